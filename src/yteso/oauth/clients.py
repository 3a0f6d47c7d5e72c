"""Apps and machines that may ask for tokens: registered by an administrator, known by id, proved by their own keys.

No secrets are shared: a client with a key signs (`private_key_jwt`), one without is public and proves each log-in by
PKCE. Several keys may stand at once, so that they rotate without a pause. Keys are given as a JWK Set, not as an
address: the platform fetches nothing that an app names.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from yteso.access.principal import Role
from yteso.access.scopes import is_understood, read_scope, unguarded
from yteso.base.errors import Refused
from yteso.base.issue import Issue, Origin
from yteso.db import Connection, Queries
from yteso.oauth import rules
from yteso.signing.jose import Key
from yteso.standards.identifiers import valid_facility
from yteso.store.held import Right

SQL = Queries.beside(__file__)
PUBLIC, CONFIDENTIAL, SERVICE = "public", "confidential", "service"
KINDS = (PUBLIC, CONFIDENTIAL, SERVICE)
SERVICE_ROLES = (Role.FACILITY, Role.INTEGRATOR)
"""Whom a machine without a person may be: a facility's software, or a system with rights of its own."""
PURPOSES = ("TREAT", "HPAYMT", "HOPERAT", "PUBHLTH", "PATRQT", "HRESCH")
"""Codes of v3-PurposeOfUse that a client may be registered for."""
_ID = re.compile(r"[A-Za-z0-9._~-]{1,64}", re.ASCII)
_KID = re.compile(r"[\x21-\x7E]{1,128}", re.ASCII)
_SCHEME = re.compile(r"[a-z][a-z0-9+-]*(?:\.[a-z0-9+-]+)+", re.ASCII)
"""An app's own scheme is a reversed domain name (RFC 8252 §7.1)."""
_LOCAL = frozenset(["127.0.0.1", "::1", "localhost"])
_LEAST_BITS, _MOST_BITS = 3072, 8192
"""128 bits of security (NIST SP 800-57 part 1, table 2) for keys that are registered from now on."""
_MOST_KEYS = 8


@dataclass(frozen=True, slots=True)
class Client:
    """One registration. `scope` is the most it may ever have; `keys` are public JWKs; `launch` where it is opened."""

    id: str
    name: str
    kind: str
    redirects: tuple[str, ...] = ()
    launch: str = ""
    scope: str = ""
    keys: tuple[Mapping[str, Any], ...] = ()
    role: str = ""
    facility: str = ""
    purpose: str = "TREAT"
    active: bool = True

    def public_keys(self) -> dict[str, Key]:
        """Its keys by kid."""
        return {str(one["kid"]): _key(one) for one in self.keys}

    @property
    def algorithms(self) -> tuple[str, ...]:
        """What it may sign with (SMART App Launch 2.2, client-confidential-asymmetric)."""
        return ("RS384", "ES384")


def save_client(conn: Connection, client: Client, now: datetime, by: str) -> Client:
    """Register a client (an empty id gets a random one) or bring it to these values. Raises Refused (OAUTH-0009)."""
    client = replace(client, id=client.id or secrets.token_urlsafe(16))
    _check(client)
    row = {
        "id": client.id,
        "name": client.name.strip(),
        "kind": client.kind,
        "redirects": list(client.redirects),
        "launch": client.launch,
        "scope": " ".join(client.scope.split()),
        "keys": json.dumps([dict(one) for one in client.keys]),
        "role": client.role,
        "facility": client.facility,
        "purpose": client.purpose,
        "made": now,
        "made_by": by,
    }
    if conn.execute(SQL["save_client"], row).fetchone() is None:
        raise Refused(rules.BAD_CLIENT.at(Origin(field="kind"), field="kind"))
    return client


def fetch_client(conn: Connection, id: str) -> Client | None:
    """The client of that id, locked ones too."""
    row = conn.execute(SQL["fetch_client"], [id]).fetchone() if _ID.fullmatch(id) else None
    return _client(row) if row else None


def fetch_clients(conn: Connection) -> list[Client]:
    """All, by name."""
    return [_client(row) for row in conn.execute(SQL["fetch_clients"]).fetchall()]


def set_keys(conn: Connection, id: str, document: str) -> None:
    """Other keys for a client: a JWK Set. Raises Refused (OAUTH-0009, OAUTH-0012)."""
    found = fetch_client(conn, id)
    if found is None:
        raise Refused(rules.NO_CLIENT.at(), status=404)
    keys = read_keys(document)
    _check(replace(found, keys=keys))
    conn.execute(SQL["set_client_keys"], [json.dumps([dict(one) for one in keys]), id])


def set_active(conn: Connection, id: str, *, active: bool) -> None:
    """Lock or unlock. Raises Refused (OAUTH-0012)."""
    if conn.execute(SQL["set_client_active"], [active, id]).fetchone() is None:
        raise Refused(rules.NO_CLIENT.at(), status=404)


def read_keys(document: str) -> tuple[Mapping[str, Any], ...]:
    """The public halves of a JWK Set, each with a kid. Raises Refused (OAUTH-0009)."""
    try:
        found = json.loads(document)
        keys = found["keys"] if isinstance(found, dict) and "keys" in found else [found]
        return tuple(_public(one) for one in keys)
    except (ValueError, TypeError, KeyError, AttributeError, JoseError) as error:
        raise _bad("keys") from error


def _public(given: Any) -> Mapping[str, Any]:
    """Only what a public key is made of: no certificate, no address, no private part is kept."""
    if not isinstance(given, dict) or not isinstance(given.get("kid", ""), str):
        raise ValueError
    key = _key(given)
    if isinstance(key, RSAKey) and not _LEAST_BITS <= key.public_key.key_size <= _MOST_BITS:
        raise ValueError
    if isinstance(key, ECKey) and key.curve_name != "P-384":
        raise ValueError
    kid = given.get("kid") or key.thumbprint()
    if not _KID.fullmatch(kid):
        raise ValueError
    parts = key.as_dict(private=False)
    return {name: parts[name] for name in ("kty", "n", "e", "crv", "x", "y") if name in parts} | {"kid": kid}


def _key(given: Mapping[str, Any]) -> Key:
    kind = given["kty"]
    parts = {name: given[name] for name in ("kty", "n", "e", "crv", "x", "y") if name in given}
    if kind == "RSA":
        return RSAKey.import_key(parts)
    if kind == "EC":
        return ECKey.import_key(parts)
    raise ValueError


def _check(client: Client) -> None:
    service = client.kind == SERVICE
    facility = valid_facility(client.facility) if client.facility else not service or client.role != Role.FACILITY
    good = {
        "id": bool(_ID.fullmatch(client.id)),
        "name": 0 < len(client.name.strip()) <= 120 and client.name.isprintable(),
        "kind": client.kind in KINDS,
        "redirects": _good_redirects(client) and len(client.redirects) <= 16,
        "launch": not client.launch or _is_web(client.launch),
        "scope": bool(client.scope.split()) and all(_good_scope(client, one) for one in client.scope.split()),
        "keys": _good_keys(client),
        "role": client.role in SERVICE_ROLES if service else not client.role,
        "facility": facility,
        "purpose": client.purpose in PURPOSES,
    }
    for field, is_good in good.items():
        if not is_good:
            raise _bad(field, client.scope.split())


def _good_redirects(client: Client) -> bool:
    if client.kind == SERVICE:
        return not client.redirects
    return bool(client.redirects) and all(map(_is_redirect, client.redirects))


def _good_scope(client: Client, text: str) -> bool:
    scope = read_scope(text)
    if client.kind == SERVICE:
        return text == "exchange" or (scope is not None and scope.about == "system")
    return is_understood(text) and text != "exchange" and (scope is None or scope.about != "system")


def _good_keys(client: Client) -> bool:
    kids = [one["kid"] for one in client.keys]
    if client.kind == PUBLIC:
        return not kids
    return 0 < len(kids) <= _MOST_KEYS and len(set(kids)) == len(kids)


def _is_redirect(address: str) -> bool:
    """https, this very machine (RFC 8252 §7.3), or an app's own scheme; never with a fragment or credentials."""
    return _is_web(address) or (_is_plain(address) and bool(_SCHEME.fullmatch(urlsplit(address).scheme)))


def _is_web(address: str) -> bool:
    if not _is_plain(address):
        return False
    parts = urlsplit(address)
    local = parts.hostname in _LOCAL
    return (
        bool(parts.hostname)
        and "@" not in parts.netloc
        and (parts.scheme == "https" or (parts.scheme == "http" and local))
    )


def _is_plain(address: str) -> bool:
    ok = address.isascii() and address.isprintable() and len(address) <= 512
    if not ok or not {"#", "\\", " ", ";", ",", "'", '"', "*"}.isdisjoint(address):
        return False
    try:
        return urlsplit(address).port != 0
    except ValueError:
        return False


def _bad(field: str, scopes: Iterable[str] = ()) -> Refused:
    if field == "scope" and unguarded(scopes):
        return Refused(wrong_scope(scopes))
    return Refused(rules.BAD_CLIENT.at(Origin(field=field), field=field))


def rights_of(client: Client) -> tuple[Right, Right, Right]:
    """What a registration gives, as the audit holds it: what it may be, by which keys, and whether it is locked."""
    may = (client.kind, client.redirects, client.launch, client.scope, client.role, client.facility, client.purpose)
    return (
        Right("oauth.client", client.id, may),
        Right("oauth.client.keys", client.id, tuple(map(dict, client.keys))),
        Right("oauth.client.active", client.id, (client.active,)),
    )


def _client(row: Sequence[Any]) -> Client:
    name, kind, redirects, launch, scope, keys, role, facility, purpose, active = row[1:]
    return Client(row[0], name, kind, tuple(redirects), launch, scope, tuple(keys), role, facility, purpose, active)


def wrong_scope(asked: Iterable[str]) -> Issue:
    """What to tell of scopes of which not all are understood, or none is left."""
    parameter = unguarded(asked)
    origin = Origin(field="scope")
    return rules.CONDITION.at(origin, parameter=parameter) if parameter else rules.SCOPE.at(origin)


def scopes_of(client: Client) -> Iterable[str]:
    """The most it may have."""
    return client.scope.split()
