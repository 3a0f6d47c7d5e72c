"""A compact JWS with claims (RFC 7515, RFC 7519): written and read the one strict way this house accepts.

In: the text, the keys that may have signed it, the algorithms and the `typ` expected. Out: the claims, or `BadToken`.
What a token says about how to check it is never followed: only `alg`, `kid` and `typ` may stand in its header, the
algorithm must be one the caller names and fit the key, and the key is one the caller already has. This file checks the
signature and the form; what claims must say is its callers' (`tokens`, `oauth`).
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Collection, Mapping
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey

from yteso.base.errors import YtesoError

LONGEST = 8192
"""Characters of a token. A longer one is not even split."""
_HEADER = frozenset(["alg", "kid", "typ"])
_PART = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
_PARTS = 3

Key = OKPKey | RSAKey | ECKey
_FITTING: Mapping[str, tuple[str, str]] = {
    "Ed25519": ("OKP", "Ed25519"),
    "Ed448": ("OKP", "Ed448"),
    "RS256": ("RSA", ""),
    "RS384": ("RSA", ""),
    "ES384": ("EC", "P-384"),
}
"""Algorithm -> key type and curve (RFC 7518 §3.1, RFC 9864 §2.2)."""


class BadToken(YtesoError):
    """The text is no token that one of these keys signed in this form."""

    permanent = True


def write(claims: Mapping[str, Any], key: Key, *, algorithm: str, kid: str, typ: str) -> str:
    """The signed token."""
    payload = json.dumps(claims, separators=(",", ":"), ensure_ascii=False).encode()
    return jws.serialize_compact({"alg": algorithm, "kid": kid, "typ": typ}, payload, key, algorithms=[algorithm])


def read(token: str, keys: Mapping[str, Key], *, algorithms: Collection[str], types: Collection[str]) -> dict[str, Any]:
    """The claims of a token that one of `keys` (by kid) signed. Raises BadToken.

    `types`: the values of `typ` accepted, without regard to case; "" accepts a header without it.
    """
    header, payload = _parts_of(token)
    if not _HEADER.issuperset(header) or not all(isinstance(value, str) for value in header.values()):
        raise BadToken
    algorithm, kid = header.get("alg", ""), header.get("kid", "")
    if algorithm not in algorithms or kid not in keys or header.get("typ", "").lower() not in types:
        raise BadToken
    key = keys[kid]
    if _kind_of(key) != _FITTING[algorithm]:
        raise BadToken
    try:
        jws.deserialize_compact(token, key, algorithms=[algorithm])
    except (JoseError, ValueError) as error:
        raise BadToken from error
    return payload


def peek(token: str) -> dict[str, Any]:
    """What a token claims, unproved: to find whose keys must prove it. Raises BadToken when it has not the form."""
    return _parts_of(token)[1]


def _parts_of(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    parts = token.split(".") if len(token) <= LONGEST else []
    if len(parts) != _PARTS:
        raise BadToken
    header, payload, _ = (_decoded(part) for part in parts)
    return _object(header), _object(payload)


def _decoded(part: str) -> bytes:
    """Only the one canonical spelling: no padding, no other alphabet, no stray bits at the end."""
    if not _PART.fullmatch(part):
        raise BadToken
    try:
        raw = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except ValueError as error:
        raise BadToken from error
    if base64.urlsafe_b64encode(raw).rstrip(b"=").decode() != part:
        raise BadToken
    return raw


def _object(raw: bytes) -> dict[str, Any]:
    try:
        found = json.loads(raw.decode("utf-8"), object_pairs_hook=_without_twins, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise BadToken from error
    if not isinstance(found, dict):
        raise BadToken
    return found


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Readers differ in which of two equal names they take (RFC 7519 §4): refuse both."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _kind_of(key: Key) -> tuple[str, str]:
    return key.key_type, "" if isinstance(key, RSAKey) else str(key.curve_name)
