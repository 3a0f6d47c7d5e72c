"""What a receiver is shown so that it lets us in: taken out of a resource before it is written, put back when we send.

The resource keeps `Name: ***token`: it is read, searched, exported, chained and backed up without the secret, and who
sends that back keeps what was there. The secrets are sealed beside it, each with who gave it, to whom alone it is shown
(`as_given`, ADR 53). What earlier releases stored is hidden on the way out (`hidden`). An Endpoint is an entry of the
directory by which nobody sends: it stays as it was written.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from yteso.access.principal import Principal, Role
from yteso.access.scopes import is_within
from yteso.base.errors import Refused
from yteso.base.ids import shard_of
from yteso.base.issue import Origin, Rule, Severity
from yteso.base.outward import origin_of
from yteso.db import Connection, Queries
from yteso.fhir.json import dumps, loads
from yteso.signing.safe import NotOurs, Safe
from yteso.store.protocol import Put, Resource, Stored, Writable, Write

SQL = Queries.beside(__file__, "receivers.sql")

TYPE = "Subscription"
HIDDEN = "***"
_SHUT = re.compile(r"\*\*\*([0-9a-f]{8})?", re.ASCII)
_LINE = re.compile(r"(([^\s:]{1,100}): ?)(.*)", re.ASCII | re.DOTALL)
_USER = re.compile(r"(?<=//)[^/?#@]*@")

NOT_KEPT = Rule(
    "SUB-0012",
    Severity.ERROR,
    "Giá trị của header thứ {number} bị che, và ở đây không giữ giá trị nào của tên này cho địa chỉ nhận này.",
    "The value of header {number} is hidden, and none of this name is kept here for this endpoint.",
    "Gửi lại giá trị thật của header.",
    "Send the header's real value.",
)


@dataclass(frozen=True, slots=True)
class _Kept:
    """One sealed value."""

    token: str
    name: str
    sealed: bytes
    giver: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class _Line:
    """A header's line: what stands before the value, its name in lower case, the value. A line may have no name."""

    head: str
    name: str
    value: str


def has_receiver(one: Write) -> bool:
    """Whether it writes something that could name a receiver."""
    return any(map(_names_receiver, one.changes))


def without_secrets(
    conn: Connection, safe: Safe | None, who: Principal, changes: Sequence[Writable]
) -> Sequence[Writable]:
    """The same changes, their secrets sealed beside. Raises Refused (422, SUB-0012) for a hidden value of none.

    A value that its writer gave already stays as it is, so that who writes the same again changes nothing. What the
    platform writes back hidden, as it lay there, stays as it is.
    """
    return [_without(conn, safe, one, who) if _names_receiver(one) else one for one in changes]


def as_given(conn: Connection, safe: Safe | None, who: Principal, stored: Stored) -> Stored:
    """A version as it is shown to who asks: with the values that they gave themselves and that are kept."""
    if stored.type != TYPE or HIDDEN.encode() not in stored.body:
        return stored
    resource = loads(stored.body)
    shelf = _Shelf(conn, safe, stored.id, _endpoint(resource))
    lines = [shelf.told(who, line) for line in _headers(resource)]
    shown = _with_headers(resource, lines)
    return stored if shown == resource else replace(stored, body=dumps(shown))


def hidden(text: bytes) -> bytes:
    """A stored body as it is shown."""
    resource = loads(text)
    shown = _with_headers(resource, [_hide(line) for line in _headers(resource)])
    return text if shown == resource else dumps(shown)


def opened(
    conn: Connection, safe: Safe | None, id: str, endpoint: str, headers: Iterable[tuple[str, str]]
) -> tuple[tuple[str, str], ...]:
    """Headers as they are sent to this address. Raises NotOurs when one is not kept for it, or by another key."""
    wanted = tuple(headers)
    if not any(_SHUT.fullmatch(value) for _, value in wanted):
        return wanted
    shelf = _Shelf(conn, safe, id, endpoint)
    return tuple((name, shelf.open(value)) for name, value in wanted)


def shows_secrets(lines: Iterable[Any]) -> bool:
    """Whether a value of these headers is not hidden."""
    return any(_hide(line) != line for line in lines)


def forget_others(conn: Connection, id: str, resource: Resource) -> None:
    """Only what the resource names now is kept."""
    values = [_parted(line).value for line in _headers(resource)]
    tokens = [match[1] for value in values if (match := _SHUT.fullmatch(value)) and match[1]]
    conn.execute(SQL["forget_others"], (shard_of(id), id, tokens))


def reseal(conn: Connection, safe: Safe | None, id: str, endpoint: str) -> int:
    """Seal what is kept of a Subscription by the newest key; how many values."""
    return _Shelf(conn, safe, id, endpoint).reseal()


def _names_receiver(change: Writable) -> bool:
    return isinstance(change, Put) and change.resource.get("resourceType") == TYPE


def _without(conn: Connection, safe: Safe | None, change: Writable, who: Principal) -> Writable:
    assert isinstance(change, Put)
    resource = change.resource
    lines = _headers(resource)
    if lines and (shows_secrets(lines) or who.role is not Role.SYSTEM):
        shelf = _Shelf(conn, safe, resource["id"], _endpoint(resource))
        shown = [shelf.taken(who, number, line) for number, line in enumerate(lines, start=1)]
    else:
        shown = [_hide(line) for line in lines]
    left = _with_headers(resource, shown)
    return change if left == resource else replace(change, resource=left, text=b"")


class _Shelf:
    """What is kept of one Subscription for the origin it sends to: another one would get what was not meant for it."""

    def __init__(self, conn: Connection, safe: Safe | None, id: str, endpoint: str) -> None:
        self._conn, self._safe, self._id = conn, safe, id
        self._place = f"Subscription/{id}/{origin_of(endpoint)}"
        self._kept = [_Kept(*row) for row in conn.execute(SQL["fetch_secrets"], (shard_of(id), id))]

    def taken(self, who: Principal, number: int, line: Any) -> Any:
        """The line without its secret, which is kept; the newest one of its name for a line that is hidden already."""
        part = _parted(line)
        if not part.name:
            return line
        known = {one.token: one for one in self._kept if one.name == part.name and self._text(one) is not None}
        if match := _SHUT.fullmatch(part.value):
            if not known:
                place = Origin(field=f"Subscription.channel.header[{number - 1}]")
                raise Refused(NOT_KEPT.at(place, number=number), status=422)
            return f"{part.head}{HIDDEN}{match[1] if match[1] in known else next(iter(known))}"
        own = who.role is Role.SYSTEM
        given = (one for one in known.values() if own or _gave(one.giver, who))
        same = next((one for one in given if self._text(one) == part.value), None) or self._add(who, part)
        return f"{part.head}{HIDDEN}{same.token}"

    def told(self, who: Principal, line: Any) -> Any:
        """The line with its value, if it is theirs and kept."""
        part = _parted(line)
        match = _SHUT.fullmatch(part.value)
        one = next((one for one in self._kept if match and one.token == match[1] and _gave(one.giver, who)), None)
        text = self._text(one) if one else None
        return line if text is None else f"{part.head}{text}"

    def open(self, value: str) -> str:
        """The value that this hides. Raises NotOurs."""
        match = _SHUT.fullmatch(value)
        if match is None:
            return value
        text = next((self._text(one) for one in self._kept if one.token == match[1]), None)
        if text is None:
            raise NotOurs
        return text

    def reseal(self) -> int:
        """What is for another address, or by a key that is gone, stays as it is."""
        count = 0
        for one in self._kept:
            if self._safe is not None and (text := self._text(one)) is not None:
                sealed = self._safe.seal(text, self._place)
                self._conn.execute(SQL["reseal_secret"], (sealed, shard_of(self._id), self._id, one.token))
                count += 1
        return count

    def _add(self, who: Principal, part: _Line) -> _Kept:
        assert self._safe is not None, "who writes a Subscription has a safe"
        giver = _giver(who)
        one = _Kept(secrets.token_hex(4), part.name, self._safe.seal(part.value, self._place), giver)
        told = dumps(giver).decode() if giver else None
        self._conn.execute(SQL["add_secret"], (shard_of(self._id), self._id, one.token, one.name, one.sealed, told))
        self._kept.append(one)
        return one

    def _text(self, one: _Kept) -> str | None:
        try:
            return self._safe.open(one.sealed, self._place) if self._safe else None
        except NotOurs:
            return None


def _giver(who: Principal) -> dict[str, Any] | None:
    """Who gave a value, as it is kept beside it. The platform gives none of its own."""
    if who.role is Role.SYSTEM:
        return None
    return {
        "name": who.name,
        "role": who.role.value,
        "client": who.client,
        "scope": who.scope,
        "assurance": who.assurance,
    }


def _gave(giver: dict[str, Any] | None, who: Principal) -> bool:
    """Whether this is who gave it: the same account in the same role, itself or by the same app, logged in no worse
    and with scopes no narrower than when it did."""
    if giver is None:
        return False
    same = (giver["name"], giver["role"], giver["client"]) == (who.name, who.role.value, who.client)
    return same and giver["assurance"] <= who.assurance and _reaches(who.scope, giver["scope"])


def _reaches(scope: str | None, given: str | None) -> bool:
    if scope is None or given is None:
        return scope is None
    return is_within(given.split(), scope.split())


def _hide(line: Any) -> Any:
    """The line as it is shown: also one without a name, or of an earlier release."""
    if not isinstance(line, str):
        return line
    part = _parted(line)
    return line if _SHUT.fullmatch(part.value) else f"{part.head}{HIDDEN}"


def _parted(line: Any) -> _Line:
    match = _LINE.fullmatch(line) if isinstance(line, str) else None
    return _Line(match[1], match[2].casefold(), match[3]) if match else _Line("", "", str(line))


def _endpoint(resource: Resource) -> str:
    channel = resource.get("channel")
    return str(channel.get("endpoint", "")) if isinstance(channel, dict) else ""


def _headers(resource: Resource) -> list[Any]:
    channel = resource.get("channel")
    found = channel.get("header") if isinstance(channel, dict) else None
    return found if isinstance(found, list) else []


def _with_headers(resource: Resource, lines: list[Any]) -> Resource:
    """The resource with these headers, and no name and password in its address."""
    channel = resource.get("channel")
    if not isinstance(channel, dict):
        return resource
    return {**resource, "channel": _changed(_changed(channel, "header", lines), "endpoint", None)}


def _changed(holder: dict[str, Any], name: str, lines: list[Any] | None) -> dict[str, Any]:
    value = holder.get(name)
    if isinstance(value, str) and lines is None:
        return {**holder, name: _USER.sub(f"{HIDDEN}@", value)}
    return {**holder, name: lines} if lines else holder
