"""`YTESO_HOME/oidc.json` -> the providers people may sign in with. Read anew when the file changes."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from yteso.base.errors import Refused
from yteso.base.outward import Post, origin_of
from yteso.web import rules

_METHODS = ("private_key_jwt", "client_secret_basic", "none")
_ID = re.compile(r"[a-z0-9-]{1,40}")


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider.

    `claims` says which claim is the citizen number (`citizen`), the name, the day of birth (ISO 8601). `assurance`
    turns a value of `acr` or `amr` into `Principal.assurance`; other log-ins count as 1. `citizens`: who comes from
    here with a citizen number that exactly one record has becomes that person's account; `least`: how sure the provider
    must be of a citizen, whose record opens (who merely typed a number may be anybody). `origins` are further origins
    of its endpoints, `private` allows addresses of the own network.
    """

    id: str
    name: str
    issuer: str
    client_id: str
    method: str = "private_key_jwt"
    secret: str = field(default="", repr=False)
    scope: str = "openid profile"
    acr_values: str = ""
    claims: tuple[tuple[str, str], ...] = (
        ("citizen", "citizen_id"),
        ("name", "name"),
        ("birth_date", "birthdate"),
    )
    assurance: tuple[tuple[str, int], ...] = ()
    citizens: bool = False
    least: int = 2
    origins: tuple[str, ...] = ()
    private: bool = False

    @property
    def post(self) -> Post:
        """The door to this provider and to nobody else."""
        return Post.to([self.issuer, *self.origins], private=self.private)

    def claim(self, name: str, claims: dict[str, Any]) -> str:
        """A mapped claim as text; empty when it is not there."""
        value = claims.get(dict(self.claims).get(name, ""), "")
        return value.strip() if isinstance(value, str) else ""

    def assurance_of(self, claims: dict[str, Any]) -> int:
        """How sure the provider says it is, 1 to 3."""
        amr = claims.get("amr", [])
        said = {claims.get("acr"), *(amr if isinstance(amr, list) else [])}
        return max((level for value, level in self.assurance if value in said), default=1)


def load(home: Path) -> tuple[Provider, ...]:
    """The providers; none without a file. Raises Refused WEB-0007 naming the field that is not right."""
    path = home / "oidc.json"
    try:
        changed = path.stat().st_mtime_ns
    except FileNotFoundError:
        return ()
    return _read(path, changed)


@lru_cache(maxsize=4)
def _read(path: Path, changed: int) -> tuple[Provider, ...]:  # noqa: ARG001 - a change reads anew
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise _bad("JSON") from error
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise _bad("[…]")
    found = tuple(_provider(row, path.parent) for row in rows)
    if len({one.id for one in found}) != len(found):
        raise _bad("id")
    return found


def _provider(row: dict[str, Any], folder: Path) -> Provider:
    unknown = set(row) - set(Provider.__dataclass_fields__) - {"secret_file"}
    if unknown:
        raise _bad(min(unknown))
    method = row.get("method", "private_key_jwt")
    if method not in _METHODS:
        raise _bad("method")
    secret = _secret(row, folder) if method == "client_secret_basic" else ""
    one = Provider(
        id=_text(row, "id"),
        name=_text(row, "name"),
        issuer=_text(row, "issuer"),
        client_id=_text(row, "client_id"),
        method=method,
        secret=secret,
        scope=row.get("scope", "openid profile"),
        acr_values=row.get("acr_values", ""),
        claims=tuple({**dict(Provider.__dataclass_fields__["claims"].default), **row.get("claims", {})}.items()),
        assurance=tuple((value, _level(level, "assurance")) for value, level in row.get("assurance", {}).items()),
        citizens=row.get("citizens", False) is True,
        least=_level(row.get("least", Provider.__dataclass_fields__["least"].default), "least"),
        origins=tuple(row.get("origins", ())),
        private=row.get("private", False) is True,
    )
    _check(one)
    return one


def _check(one: Provider) -> None:
    """Plain http only for a provider that is marked as one of the own network."""
    if not _ID.fullmatch(one.id):
        raise _bad("id")
    for name, addresses in (("issuer", (one.issuer,)), ("origins", one.origins)):
        for address in addresses:
            origin = origin_of(address)
            if origin is None or (origin[0] != "https" and not one.private):
                raise _bad(name)
    if "openid" not in one.scope.split():
        raise _bad("scope")


def _secret(row: dict[str, Any], folder: Path) -> str:
    try:
        return (folder / _text(row, "secret_file")).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise _bad("secret_file") from error


def _text(row: dict[str, Any], name: str) -> str:
    value = row.get(name)
    if not isinstance(value, str) or not value:
        raise _bad(name)
    return value


def _level(value: Any, name: str) -> int:
    if value not in (1, 2, 3):
        raise _bad(name)
    return int(value)


def _bad(name: str) -> Refused:
    return Refused(rules.BAD_PROVIDER.at(field=name), status=503)
