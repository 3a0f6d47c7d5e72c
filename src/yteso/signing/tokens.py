"""Bearer tokens: who acts, in which role, for which app and until when, signed by the platform. No I/O.

This room sits below `access` and knows no roles: it signs and checks `Claims`. Everybody who wants a `Principal`
uses `yteso.access.bearer.Bearer`, which turns one into the other.

A token is a JWT of type `at+jwt` (RFC 9068) signed by the installation's newest pair that can. `iss` is the
installation, not its address, so that a token of the command line is good whatever the port is. A caller sends the
same token with each request: its signature is judged once, its claims each time.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc.jwk import OKPKey

from yteso.base.clock import Clock, system_clock
from yteso.base.errors import Misconfigured, Refused
from yteso.base.issue import Rule, Severity
from yteso.signing import jose
from yteso.signing.keys import Keys, algorithm_of

ALGORITHMS = ("Ed25519", "Ed448")
"""Of pairs that sign tokens (RFC 9864); a pair of another algorithm signs receipts and roots, and no token."""
TYPE = "at+jwt"
_SKEW = timedelta(seconds=60)

MISSING = Rule(
    "AUTH-0001",
    Severity.ERROR,
    "Thiếu mã truy cập (bearer token).",
    "The bearer token is missing.",
    "Gửi tiêu đề Authorization: Bearer <mã truy cập>.",
    "Send the header Authorization: Bearer <token>.",
    basis="RFC 6750 §2.1",
)
MALFORMED = Rule(
    "AUTH-0002",
    Severity.ERROR,
    "Mã truy cập không đúng dạng hoặc chữ ký không hợp lệ.",
    "The bearer token is malformed or its signature is not valid.",
    "Lấy mã truy cập mới từ chính hệ thống này.",
    "Take a new token from this very platform.",
    basis="RFC 6750 §3.1 invalid_token",
)
EXPIRED = Rule(
    "AUTH-0003",
    Severity.ERROR,
    "Mã truy cập đã hết hạn.",
    "The bearer token has expired.",
    "Lấy mã truy cập mới.",
    "Take a new token.",
    basis="RFC 6750 §3.1 invalid_token",
)
OTHER_AUDIENCE = Rule(
    "AUTH-0004",
    Severity.ERROR,
    "Mã truy cập không dành cho cổng này.",
    "The bearer token was not issued for this door.",
    "Lấy mã truy cập dành cho cổng đang gọi.",
    "Take a token for the door you call.",
    basis="RFC 7519 §4.1.3",
)


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token says about who acts; the words are `access`'s.

    `client` is the app that acts, `grant` what it was given it by, `scope` the rights left of it (None: all);
    `patient` is whom `patient/` scopes are about. `issued` and `expires` are set when a token is read.
    """

    name: str
    role: str
    facility: str
    purpose: str
    person: str = ""
    client: str = ""
    scope: str | None = None
    assurance: int = 1
    patient: str = ""
    grant: str = ""
    issued: float = field(default=0.0, compare=False)
    expires: float = field(default=0.0, compare=False)


_NAMES = {
    "name": "sub",
    "role": "role",
    "facility": "fac",
    "purpose": "pur",
    "person": "per",
    "client": "client_id",
    "scope": "scope",
    "assurance": "ial",
    "patient": "patient",
    "grant": "grant",
}
"""Field -> claim; a claim that says nothing (empty, None) is left out."""
_TEXTS = ("sub", "role", "fac", "pur", "per", "client_id", "patient", "grant", "jti")


@dataclass(frozen=True)
class Tokens:
    """Issues and verifies the tokens of one installation. `audience` names it; both sides must agree."""

    keys: Keys
    audience: str = "yteso"
    clock: Clock = system_clock

    def issue(self, claims: Claims, ttl: timedelta, now: datetime | None = None) -> str:
        """A token that says `claims`, valid from now for `ttl`."""
        now = now or self.clock()
        said = {claim: getattr(claims, field) for field, claim in _NAMES.items()}
        payload = {
            "iss": self.issuer,
            "aud": self.audience,
            "iat": now.timestamp(),
            "exp": int((now + ttl).timestamp()),
            "jti": secrets.token_urlsafe(12),
            **{claim: value for claim, value in said.items() if value or (claim == "scope" and value is not None)},
        }
        kid, (algorithm, key) = next(reversed(self._pairs.items()))
        return jose.write(payload, key, algorithm=algorithm, kid=kid, typ=TYPE)

    def verify(self, token: str, now: datetime | None = None) -> Claims:
        """What the token says. Raises Refused (401) with AUTH-0001…0004; a minute of clock skew is allowed."""
        if not token:
            raise Refused(MISSING.at(), status=401)
        try:
            payload, claims = _remembered(self, token)
        except jose.BadToken as error:
            raise Refused(MALFORMED.at(), status=401) from error
        moment = (now or self.clock()).timestamp()
        if payload["iss"] != self.issuer or payload["aud"] != self.audience:
            raise Refused(OTHER_AUDIENCE.at(), status=401)
        if moment >= payload["exp"]:
            raise Refused(EXPIRED.at(), status=401)
        if moment + _SKEW.total_seconds() < max(payload["iat"], payload.get("nbf", 0)):
            raise Refused(MALFORMED.at(), status=401)
        return claims

    @cached_property
    def issuer(self) -> str:
        """The installation: its first key, which stays when further ones are made."""
        return f"urn:yteso:{self.keys.oldest}"

    @cached_property
    def _pairs(self) -> dict[str, tuple[str, jose.Key]]:
        return pairs_of(self.keys)

    def __hash__(self) -> int:
        return id(self)

    def __eq__(self, other: object) -> bool:
        return self is other


def pairs_of(keys: Keys) -> dict[str, tuple[str, jose.Key]]:
    """Key id -> algorithm and key of each pair that signs tokens, the newest last. Raises Misconfigured for none."""
    found: dict[str, tuple[str, jose.Key]] = {
        kid: (algorithm_of(pair), OKPKey.import_key(pair))
        for kid, pair in keys.pairs.items()
        if isinstance(pair, Ed25519PrivateKey | Ed448PrivateKey)
    }
    if not found:
        raise Misconfigured(f"none of the signing keys is {' or '.join(ALGORITHMS)}: nothing signs tokens")
    return found


@lru_cache(maxsize=4096)
def _remembered(tokens: Tokens, token: str) -> tuple[Mapping[str, Any], Claims]:
    """What stands behind a signature; its form is right, what it says is not judged here. Raises BadToken."""
    payload = _read(tokens, token)
    moments = [payload.get("iat"), payload.get("exp"), payload.get("nbf", 0)]
    texts = [payload.get(name, "") for name in (*_TEXTS, "scope")]
    if not all(isinstance(one, int | float) and not isinstance(one, bool) for one in [*moments, payload.get("ial", 1)]):
        raise jose.BadToken
    if not all(isinstance(one, str) for one in texts) or not all(payload.get(name) for name in ("sub", "role", "jti")):
        raise jose.BadToken
    return MappingProxyType({"iss": "", "aud": "", **payload}), _claims(payload)


def _read(tokens: Tokens, token: str) -> Mapping[str, Any]:
    """By the pairs of the start; failing that, by those that another process made and signs by since."""
    try:
        return _read_by(tokens._pairs, token)
    except jose.BadToken:
        now = tokens.keys.now()
        if now.pairs.keys() == tokens.keys.pairs.keys():
            raise
    return _read_by(pairs_of(now), token)


def _read_by(pairs: Mapping[str, tuple[str, jose.Key]], token: str) -> Mapping[str, Any]:
    return jose.read(token, {kid: key for kid, (_, key) in pairs.items()}, algorithms=ALGORITHMS, types=[TYPE])


def _claims(payload: Mapping[str, Any]) -> Claims:
    given = {field: payload[claim] for field, claim in _NAMES.items() if claim in payload}
    empty = {"facility": "", "purpose": ""}
    return Claims(**{**empty, **given}, issued=payload["iat"], expires=payload["exp"])
