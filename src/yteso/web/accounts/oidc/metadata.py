"""What a provider publishes: its endpoints (OpenID Connect Discovery §4) and its keys. Kept ten minutes."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import orjson

from yteso.base.errors import Refused
from yteso.base.outward import Parcel
from yteso.web import rules
from yteso.web.accounts.oidc.provider import Provider

_SECONDS = 10.0
_KEPT = 600.0
_OK = 200
_FAILED = 500


@dataclass(frozen=True, slots=True)
class Metadata:
    """The endpoints, all of them at the listed origins."""

    authorization: str
    token: str
    userinfo: str
    jwks: str
    names_issuer: bool


_kept: dict[tuple[Provider, str], tuple[float, Any]] = {}


def metadata(provider: Provider) -> Metadata:
    """The endpoints. Raises Refused WEB-0008, WEB-0013 (discovery)."""
    found = _fetched(provider, f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration", "discovery")
    if found.get("issuer") != provider.issuer:
        raise refused(provider, "issuer")
    addresses = [found.get(f"{name}", "") for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
    userinfo = found.get("userinfo_endpoint", "")
    for address in [*addresses, *([userinfo] if userinfo else [])]:
        if not isinstance(address, str) or not provider.post.may_reach(address):
            raise refused(provider, "endpoints")
    authorization, token, jwks = addresses
    named = found.get("authorization_response_iss_parameter_supported") is True
    return Metadata(authorization, token, userinfo, jwks, named)


def keys(provider: Provider, *, again: bool = False) -> dict[str, Any]:
    """The provider's JWK Set; `again` asks anew, for a key nobody knows yet."""
    return _fetched(provider, metadata(provider).jwks, "keys", again=again)


def _fetched(provider: Provider, url: str, check: str, *, again: bool = False) -> dict[str, Any]:
    kept = _kept.get((provider, url))
    if kept is not None and not again and time.monotonic() - kept[0] < _KEPT:
        found: dict[str, Any] = kept[1]
        return found
    found = asked(provider, Parcel("GET", url, (("Accept", "application/json"),), b"", _SECONDS), check)
    _kept[provider, url] = (time.monotonic(), found)
    return found


def posted(provider: Provider, url: str, form: dict[str, str], headers: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    """The answer to a form. Raises Refused WEB-0008 (token)."""
    kind = (("Content-Type", "application/x-www-form-urlencoded"), ("Accept", "application/json"))
    return asked(provider, Parcel("POST", url, kind + headers, urlencode(form).encode(), _SECONDS), "token")


def asked(provider: Provider, parcel: Parcel, check: str) -> dict[str, Any]:
    """A JSON object from the provider. Raises Refused naming the check: WEB-0008, or WEB-0013 when none answers."""
    if not provider.post.may_reach(parcel.url):
        raise refused(provider, check)
    answer = provider.post.ask(parcel)
    if answer is None or answer.status >= _FAILED:
        raise Refused(rules.PROVIDER_AWAY.at(provider=provider.name, check=check), status=503)
    try:
        found = orjson.loads(answer.body) if answer.status == _OK else None
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise refused(provider, check)
    return found


def refused(provider: Provider, check: str) -> Refused:
    """The log-in cannot be trusted."""
    return Refused(rules.NOT_TRUSTED.at(provider=provider.name, check=check), status=403)
