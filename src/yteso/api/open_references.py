"""References that name nothing yet, or nothing at all: they are made real, or the write is refused.

`Type?criteria` leads to the one visible resource that meets them, as in a transaction (FHIR R4 §3.1.0.11.2); a
`urn:uuid:` names an entry of a Bundle, and where a resource is written alone there is none; `#id` names a contained
resource; and what is no address, and names no type, is no reference. Kept as they were sent, they would lead nowhere,
and nobody would know.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

from yteso.api import rules
from yteso.api.body import make_local
from yteso.api.call import Call
from yteso.api.condition import find_one, read_criteria
from yteso.base.errors import Refused
from yteso.base.issue import Issue, Origin
from yteso.db import Connection
from yteso.fhir.reference import is_plain, parse, references

Resource = dict[str, Any]
Kind = Literal["urn", "lost", "bad", "conditional"]


def settle(call: Call, resource: Resource) -> Resource:
    """The resource, its conditional references and those to our own address made real in place, in one walk.

    Refused (400, 412) for each that names nothing.
    """
    whole = True
    for holder in references(resource):
        text = holder["reference"]
        if call.base and text.startswith(f"{call.base}/"):
            text = holder["reference"] = text[len(call.base) + 1 :]
        whole = whole and is_plain(text)
    if not whole:
        _settle(call, resource, None, frozenset())
    return resource


def settled(call: Call, conn: Connection, change: Callable[[Resource], Resource]) -> Callable[[Resource], Resource]:
    """The same of what a change adds; what stood there before it, written by an older release, stays."""

    def work(resource: Resource) -> Resource:
        before = open_texts(resource)
        result = change(resource)
        if isinstance(result, dict) and open_texts(make_local(result, call.base)) - before:
            _settle(call, result, conn, before)
        return result

    return work


def open_texts(resource: Any) -> frozenset[str]:
    """The references that may name nothing yet, or nothing at all."""
    return frozenset(text for holder in references(resource) if not is_plain(text := str(holder["reference"])))


def refuse_nameless(resources: Iterable[tuple[str, Resource]]) -> None:
    """Refused (400) for each reference that names nothing after all of a transaction's are real.

    In: the place of each entry, and its resource.
    """
    issues = [
        _IN_BUNDLE[one.kind].at(Origin(field=one.place))
        for entry, resource in sorted(resources, key=lambda pair: int(pair[0].partition("[")[2][:-1]))
        for one in _open(resource, f"{entry}.resource")
        if one.kind in _IN_BUNDLE
    ]
    if issues:
        raise Refused(*issues, status=400)


def _settle(call: Call, resource: Resource, conn: Connection | None, before: frozenset[str]) -> None:
    found = [one for one in _open(resource, str(resource.get("resourceType", ""))) if one.text not in before]
    issues = [_NOTHING[one.kind].at(Origin(field=one.place)) for one in found if one.kind in _NOTHING]
    if issues:
        raise Refused(*issues, status=400)
    for one in found:
        one.holder["reference"] = _named(call, conn, one.text, one.place)


@dataclass(frozen=True, slots=True)
class _Open:
    """One such Reference: where it stands (`Observation.subject.reference`), and what it is."""

    place: str
    holder: dict[str, Any]
    kind: Kind

    @property
    def text(self) -> str:
        """What it says."""
        return str(self.holder["reference"])


_NOTHING = {"urn": rules.NAMELESS, "lost": rules.NOT_CONTAINED, "bad": rules.BAD_REFERENCE}
_IN_BUNDLE = {**_NOTHING, "urn": rules.NO_ENTRY}


def _open(value: Any, place: str, parts: frozenset[str] = frozenset()) -> Iterator[_Open]:
    """A Bundle inside is left alone: its references are to its own entries. `parts`: what is contained around here."""
    if isinstance(value, list):
        for at, item in enumerate(value):
            yield from _open(item, f"{place}[{at}]", parts)
    elif isinstance(value, dict) and value.get("resourceType") != "Bundle":
        if "contained" in value:
            parts = parts | _parts(value["contained"])
        if kind := _kind(value.get("reference"), parts):
            yield _Open(f"{place}.reference", value, kind)
        for name, inner in value.items():
            yield from _open(inner, f"{place}.{name}", parts)


def _parts(contained: Any) -> frozenset[str]:
    rows = contained if isinstance(contained, list) else []
    return frozenset(f"#{one.get('id')}" for one in rows if isinstance(one, dict))


def _kind(text: Any, parts: frozenset[str]) -> Kind | None:
    if not isinstance(text, str) or is_plain(text) or text == "#" or text in parts:
        return None
    if text.startswith("urn:uuid:"):
        return "urn"
    if text.startswith("#"):
        return "lost"
    return "conditional" if parse(text).kind == "conditional" else "bad"


def _named(call: Call, conn: Connection | None, text: str, place: str) -> str:
    kind = text.partition("?")[0]
    try:
        query = read_criteria(call, kind, text)
        if conn is not None:
            found = find_one(call, conn, query)
        else:
            with call.reading() as reading:
                found = find_one(call, reading, query)
        if found is None:
            raise Refused(rules.NO_MATCH.at(type=kind), status=412)
    except Refused as refused:
        raise Refused(*(_placed(issue, place) for issue in refused.issues), status=refused.status) from refused
    return f"{kind}/{found.id}"


def _placed(issue: Issue, place: str) -> Issue:
    return replace(issue, origin=Origin(field=place))
