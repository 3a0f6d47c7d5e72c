"""References of a resource that is written alone and name nothing yet: they are made real, or the write is refused.

`Type?criteria` leads to the one visible resource that meets them, as in a transaction (FHIR R4 §3.1.0.11.2); a
`urn:uuid:` names an entry of a Bundle, and here is none. Kept as they were sent, both would lead nowhere, and nobody
would know.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from yteso.api import rules
from yteso.api.body import make_local
from yteso.api.call import Call
from yteso.api.condition import find_one, read_criteria
from yteso.base.errors import Refused
from yteso.base.issue import Issue, Origin
from yteso.db import Connection
from yteso.fhir.reference import parse, references

Resource = dict[str, Any]
Holder = tuple[str, dict[str, Any]]
"""Where a Reference stands (`Observation.subject`), and the object."""


def settle(call: Call, resource: Resource) -> Resource:
    """The resource, its conditional references made real in place. Refused (400, 412) for each that names nothing."""
    if open_texts(resource):
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
    """The references that may name nothing yet."""
    texts = (str(holder["reference"]) for holder in references(resource))
    return frozenset(text for text in texts if text.startswith("urn:uuid:") or "?" in text)


def _settle(call: Call, resource: Resource, conn: Connection | None, before: frozenset[str]) -> None:
    place = str(resource.get("resourceType", ""))
    found = [one for one in _open(resource, place) if one[1]["reference"] not in before]
    nameless = [rules.NAMELESS.at(Origin(field=place)) for place, holder in found if _is_urn(holder)]
    if nameless:
        raise Refused(*nameless, status=400)
    for place, holder in found:
        holder["reference"] = _named(call, conn, holder["reference"], place)


def _is_urn(holder: dict[str, Any]) -> bool:
    return str(holder["reference"]).startswith("urn:uuid:")


def _open(value: Any, place: str) -> Iterator[Holder]:
    """A Bundle inside is left alone: its references are to its own entries."""
    if isinstance(value, list):
        for at, item in enumerate(value):
            yield from _open(item, f"{place}[{at}]")
    elif isinstance(value, dict) and value.get("resourceType") != "Bundle":
        text = value.get("reference")
        if isinstance(text, str) and (text.startswith("urn:uuid:") or parse(text).kind == "conditional"):
            yield f"{place}.reference", value
        for name, inner in value.items():
            yield from _open(inner, f"{place}.{name}")


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
