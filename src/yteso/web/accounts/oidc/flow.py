"""The log-in itself: Authorization Code with PKCE (RFC 7636), state, nonce; the ID token's signature and claims are
always checked (OpenID Connect Core §3.1.3.7), also the issuer of the answer (RFC 9207).

`begin` gives the address to send the browser to and what to remember; `finish` takes what came back and says who it is.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus, urlencode

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from yteso.base.errors import Refused
from yteso.base.outward import Parcel
from yteso.signing.shelf import Shelf
from yteso.web import rules
from yteso.web.accounts.oidc import client_key, metadata
from yteso.web.accounts.oidc.metadata import refused
from yteso.web.accounts.oidc.provider import Provider

ALGORITHMS = ["ES256", "RS256", "PS256", "ES384", "EdDSA"]
"""Signatures with a private key only: never `none`, never one made with a secret both sides know."""

_LEEWAY = 60
_WAIT = 600
_FRESH = 300


@dataclass(frozen=True, slots=True)
class Who:
    """Whom the provider vouches for."""

    issuer: str
    subject: str
    name: str
    citizen: str
    birth_date: str
    assurance: int


def begin(provider: Provider, back: str, moment: int, *, again: bool = False) -> tuple[str, dict[str, Any]]:
    """(address of the provider's page, what the session keeps until the person is back).

    `again`: the provider must ask who it is, whatever session it has with the person (`max_age`).
    """
    kept = {
        "provider": provider.id,
        "state": secrets.token_urlsafe(24),
        "nonce": secrets.token_urlsafe(24),
        "verifier": secrets.token_urlsafe(48),
        "at": moment,
        "again": again,
    }
    digest = hashlib.sha256(str(kept["verifier"]).encode()).digest()
    asked = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": back,
        "scope": provider.scope,
        "state": kept["state"],
        "nonce": kept["nonce"],
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }
    if again:
        asked |= {"max_age": "0", "prompt": "login"}
    if provider.acr_values:
        asked["acr_values"] = provider.acr_values
    address = metadata.metadata(provider).authorization
    return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}", kept


def finish(
    provider: Provider, kept: dict[str, Any], answer: dict[str, str], *, back: str, shelf: Shelf, moment: int
) -> Who:
    """Who came back. Raises Refused WEB-0008 naming the check that failed."""
    known = metadata.metadata(provider)
    _check_answer(provider, kept, answer, known, moment)
    form = {
        "grant_type": "authorization_code",
        "code": answer["code"],
        "redirect_uri": back,
        "code_verifier": kept["verifier"],
        "client_id": provider.client_id,
    }
    headers: tuple[tuple[str, str], ...] = ()
    if provider.method == "private_key_jwt":
        form["client_assertion_type"] = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
        form["client_assertion"] = client_key.assertion(shelf, provider.client_id, known.token, moment)
    elif provider.method == "client_secret_basic":
        headers = (("Authorization", _basic(provider)),)
    tokens = metadata.posted(provider, known.token, form, headers)
    claims = _id_token(provider, str(tokens.get("id_token", "")), kept["nonce"], moment)
    if kept["again"] and moment - _number(claims, "auth_time") > _FRESH:
        raise refused(provider, "auth_time")
    return _who(provider, {**_userinfo(provider, known.userinfo, tokens, claims), **claims})


def _check_answer(
    provider: Provider, kept: dict[str, Any], answer: dict[str, str], known: metadata.Metadata, moment: int
) -> None:
    if kept.get("provider") != provider.id or not 0 <= moment - kept.get("at", 0) < _WAIT:
        raise refused(provider, "session")
    if not secrets.compare_digest(answer.get("state", "").encode(), kept["state"].encode()):
        raise refused(provider, "state")
    named = answer.get("iss")
    if (named is None and known.names_issuer) or (named is not None and named != provider.issuer):
        raise refused(provider, "iss")
    if answer.get("error") == "access_denied":
        raise Refused(rules.STOPPED.at(provider=provider.name), status=403)
    if not answer.get("code"):
        raise refused(provider, "refused")


def _basic(provider: Provider) -> str:
    """RFC 6749 §2.3.1: both halves are form-encoded first."""
    pair = f"{quote_plus(provider.client_id)}:{quote_plus(provider.secret)}"
    return f"Basic {base64.b64encode(pair.encode()).decode()}"


def _id_token(provider: Provider, text: str, nonce: str, moment: int) -> dict[str, Any]:
    try:
        token = _decoded(provider, text)
    except (JoseError, ValueError, KeyError) as error:
        raise refused(provider, "signature") from error
    claims = token.claims
    audience = claims.get("aud")
    audience = audience if isinstance(audience, list) else [audience]
    checks = {
        "issuer": claims.get("iss") == provider.issuer,
        "audience": provider.client_id in audience
        and (len(audience) == 1 or claims.get("azp") == provider.client_id)
        and claims.get("azp") in (None, provider.client_id),
        "expiry": _number(claims, "exp") > moment - _LEEWAY,
        "time": abs(moment - _number(claims, "iat")) < _WAIT,
        "nonce": claims.get("nonce") == nonce,
        "subject": isinstance(claims.get("sub"), str) and 0 < len(claims["sub"]) <= 255,
    }
    for name, good in checks.items():
        if not good:
            raise refused(provider, name)
    return dict(claims)


def _decoded(provider: Provider, text: str) -> jwt.Token:
    """Checked with the keys at hand; a key that is not among them makes us ask for the keys once more."""
    try:
        return jwt.decode(text, KeySet.import_key_set(metadata.keys(provider)), algorithms=ALGORITHMS)
    except (JoseError, ValueError):
        return jwt.decode(text, KeySet.import_key_set(metadata.keys(provider, again=True)), algorithms=ALGORITHMS)


def _number(claims: dict[str, Any], name: str) -> float:
    value = claims.get(name)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else float("-inf")


def _userinfo(provider: Provider, address: str, tokens: dict[str, Any], claims: dict[str, Any]) -> dict[str, Any]:
    """More claims of the same subject; only asked when a mapped claim is missing in the ID token."""
    wanted = [claim for _, claim in provider.claims]
    access = tokens.get("access_token")
    if not address or not isinstance(access, str) or all(claim in claims for claim in wanted):
        return {}
    parcel = Parcel("GET", address, (("Authorization", f"Bearer {access}"), ("Accept", "application/json")), b"", 10.0)
    found = metadata.asked(provider, parcel, "userinfo")
    if found.get("sub") != claims["sub"]:
        raise refused(provider, "userinfo")
    return found


def _who(provider: Provider, claims: dict[str, Any]) -> Who:
    return Who(
        provider.issuer,
        claims["sub"],
        provider.claim("name", claims)[:120],
        provider.claim("citizen", claims),
        provider.claim("birth_date", claims),
        provider.assurance_of(claims),
    )
