"""Bearer tokens: who acts, in which role, until when, signed by the platform. Stateless; verifying does no I/O.

This room sits below `access` and knows no roles: it signs and checks `Claims`. Everybody who wants a `Principal`
uses `yteso.access.bearer.Bearer`, which turns one into the other.

A token is `yt1.<payload>.<signature>`: base64url of JSON and of an Ed25519 signature over `yt1.<payload>`. One
algorithm, named by the prefix, so there is nothing to negotiate and nothing to confuse.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson

from yteso.base.clock import Clock, system_clock
from yteso.base.errors import Refused
from yteso.base.issue import Rule, Severity
from yteso.signing.keys import Keys

_PREFIX = "yt1"
_LONGEST = 4096
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
    """What a token says about who acts; the words are `access`'s."""

    name: str
    role: str
    facility: str
    purpose: str


@dataclass(frozen=True, slots=True)
class Tokens:
    """Issues and verifies the tokens of one installation. `audience` names it; both sides must agree."""

    keys: Keys
    audience: str = "yteso"
    clock: Clock = system_clock

    def issue(self, claims: Claims, ttl: timedelta) -> str:
        """A token that says `claims`, valid from now for `ttl`."""
        now = self.clock()
        payload = {
            "sub": claims.name,
            "role": claims.role,
            "fac": claims.facility,
            "pur": claims.purpose,
            "aud": self.audience,
            "iat": int(now.timestamp()),
            "exp": int((now + ttl).timestamp()),
            "kid": self.keys.current,
        }
        signed = f"{_PREFIX}.{_encode(orjson.dumps(payload))}"
        return f"{signed}.{_encode(self.keys.sign(signed.encode()))}"

    def verify(self, token: str, now: datetime | None = None) -> Claims:
        """What the token says. Raises Refused (401) with AUTH-0001…0004; a minute of clock skew is allowed."""
        if not token:
            raise Refused(MISSING.at(), status=401)
        payload = self._payload(token)
        moment = (now or self.clock()).timestamp()
        if payload["aud"] != self.audience:
            raise Refused(OTHER_AUDIENCE.at(), status=401)
        if moment >= payload["exp"]:
            raise Refused(EXPIRED.at(), status=401)
        if moment + _SKEW.total_seconds() < payload["iat"]:
            raise Refused(MALFORMED.at(), status=401)
        return Claims(payload["sub"], payload["role"], payload["fac"], payload["pur"])

    def _payload(self, token: str) -> dict[str, Any]:
        try:
            prefix, body, signature = token.split(".")
            if prefix != _PREFIX or len(token) > _LONGEST:
                raise ValueError(prefix)
            payload = orjson.loads(_decode(body))
            if not self.keys.verifies(payload["kid"], _decode(signature), f"{prefix}.{body}".encode()):
                raise ValueError(prefix)
        except (ValueError, KeyError, TypeError, binascii.Error) as error:
            raise Refused(MALFORMED.at(), status=401) from error
        assert isinstance(payload, dict)
        return payload


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
