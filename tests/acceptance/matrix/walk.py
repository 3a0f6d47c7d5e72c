"""Every way to one resource, asked as one principal -> which ways tell something else than the cell of the CSV.

A cell says of a resource: `seen`, `gone` (seen as deleted), `hidden` (as if it did not exist), `denied` (the role may
not ask for the kind at all). From that follows what each action must answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from tests.acceptance.matrix.world import TARGETS, ask, id_of, who

from yteso.access.principal import Role
from yteso.api import Api

Cells = dict[str, str]
"""type -> what a role may of one target."""
Ask = Callable[..., tuple[int, Any]]

NO_BUNDLES = frozenset([Role.ANALYST, Role.FACILITY])
WHOLE = frozenset(
    [Role.DOCTOR, Role.NURSE, Role.STATION, Role.STAFF, Role.CITIZEN, Role.INSPECTOR, Role.INTEGRATOR, Role.SYSTEM]
)
"""Who may ask for $everything, $document, $summary, $lastn, $stats."""
_READ = {"seen": {200}, "gone": {410}, "hidden": {404}, "denied": {403}}


def mistakes(api: Api, role: Role, cells: dict[str, Cells]) -> Iterator[str]:
    """What differs from the cells, for every target."""

    def asking(method: str, url: str, body: Any = None) -> tuple[int, Any]:
        return ask(api, who(role), method, url, body)

    for target in TARGETS:
        for kind, expected in cells[target].items():
            for action, good in _ways(asking, role, target, kind, expected, cells[target]):
                if not good:
                    yield f"{role} {target} {kind} {expected}: {action}"
        yield from (f"{role} {target}: {action}" for action in _of_patient(asking, role, target, cells[target]))
    yield from _pages(asking, role, cells)


def misread(api: Api, role: Role, cells: dict[str, Cells]) -> Iterator[str]:
    """What differs by reading alone: enough to notice that a rule was changed."""
    for target, types in cells.items():
        for kind, expected in types.items():
            if ask(api, who(role), "GET", f"{kind}/{id_of(kind, target)}")[0] not in _READ[expected]:
                yield f"{role} {target} {kind} {expected}: read"


def _ways(asks: Ask, role: Role, target: str, kind: str, expected: str, cells: Cells) -> Iterator[tuple[str, bool]]:
    one = id_of(kind, target)
    there = [one] if expected == "seen" else []
    yield "read", asks("GET", f"{kind}/{one}")[0] in _READ[expected]
    first = {"seen": 200, "gone": 200, "hidden": 404, "denied": 403}[expected]
    yield "vread", asks("GET", f"{kind}/{one}/_history/1")[0] == first
    status, answer = asks("GET", f"{kind}/{one}/_history")
    yield "history", status == first and (first != 200 or bool(answer["entry"]))
    yield "$meta", asks("GET", f"{kind}/{one}/$meta")[0] in _READ[expected]
    for action, method, url, body in _searches(kind, one):
        status, answer = asks(method, url, body)
        yield action, status == 403 if expected == "denied" else status == 200 and _matches(answer) == there
    status, answer = asks("GET", f"{kind}?_id={one}&_summary=count")
    yield "count", status == 403 if expected == "denied" else answer["total"] == len(there)
    status, answer = asks("GET", f"{kind}?_id={one}&_total=accurate&_count=1")
    yield "total", status == 403 if expected == "denied" else answer["total"] == len(there)
    entry = {"request": {"method": "GET", "url": f"{kind}/{one}"}}
    status, answer = asks("POST", "", {"resourceType": "Bundle", "type": "batch", "entry": [entry]})
    told = {int(answer["entry"][0]["response"]["status"][:3])} if status == 200 else set()
    yield "batch", status == 403 if role in NO_BUNDLES else told == _READ[expected]
    if kind != "Patient":
        yield from _links(asks, target, kind, one, expected, cells)


def _searches(kind: str, one: str) -> Iterator[tuple[str, str, str, Any]]:
    yield "search", "GET", f"{kind}?_id={one}", None
    yield "POST _search", "POST", f"{kind}/_search", f"_id={one}".encode()
    yield "sort", "GET", f"{kind}?_id={one}&_sort=-_lastUpdated", None
    yield "sort by id", "GET", f"{kind}?_id={one}&_sort=_id", None


def _links(asks: Ask, target: str, kind: str, one: str, expected: str, cells: Cells) -> Iterator[tuple[str, bool]]:
    """Links show and find only what is seen at both ends."""
    patient, both = id_of("Patient", target), expected == "seen" == cells["Patient"]
    denied = "denied" in (expected, cells["Patient"])
    status, answer = asks("GET", f"{kind}?_id={one}&patient:Patient._id={patient}")
    yield "chain", status == 403 if expected == "denied" else denied or _matches(answer) == [one] * both
    status, answer = asks("GET", f"Patient?_id={patient}&_has:{kind}:patient:_id={one}")
    yield "_has", status == 403 if cells["Patient"] == "denied" else _matches(answer) == [patient] * both
    status, answer = asks("GET", f"{kind}?_id={one}&_include={kind}:patient")
    yield "_include", status == 403 if expected == "denied" else _included(answer) == ({patient} if both else set())
    status, answer = asks("GET", f"Patient?_id={patient}&_revinclude={kind}:patient")
    if cells["Patient"] != "denied":
        yield "_revinclude", status == 200 and (one in _included(answer)) == both
    status, answer = asks("GET", f"Patient/{patient}/{kind}")
    yield (
        "compartment",
        status == 403 if expected == "denied" else status == 404 or (one in _matches(answer)) == (expected == "seen"),
    )


def _of_patient(asks: Ask, role: Role, target: str, cells: Cells) -> Iterator[str]:
    patient = id_of("Patient", target)
    status, answer = asks("GET", f"Patient/{patient}/$everything?_count=500")
    if role not in WHOLE:
        if status != 403:
            yield "$everything is not denied"
    elif status not in _READ[cells["Patient"]]:
        yield f"$everything {status}"
    elif status == 200:
        shown = {entry["resource"]["id"] for entry in answer["entry"]}
        wanted = {id_of(kind, target) for kind, cell in cells.items() if cell == "seen"}
        known = {id_of(kind, target) for kind in cells}
        if shown & known != wanted:
            yield "$everything shows something else"


def _pages(asks: Ask, role: Role, cells: dict[str, Cells]) -> Iterator[str]:
    """Histories and searches of a whole kind, page by page: exactly what is seen, in every order."""
    for kind in next(iter(cells.values())):
        seen = sorted(id_of(kind, target) for target in TARGETS if cells[target][kind] == "seen")
        denied = next(iter(cells.values()))[kind] == "denied"
        for order in ("_id", "-_lastUpdated"):
            status, found = _all_pages(asks, f"{kind}?_sort={order}&_count=2")
            if status != (403 if denied else 200) or sorted(found) != seen:
                yield f"{role} {kind} pages by {order}"
        status, answer = asks("GET", f"{kind}/_history?_count=1000")
        told = {t for t in TARGETS if cells[t][kind] in ("seen", "gone")}
        if status != (403 if denied else 200):
            yield f"{role} {kind} history of the kind {status}"
        elif not denied:
            names = {entry["fullUrl"].rsplit("/", 1)[-1] for entry in answer.get("entry", [])}
            if names != {id_of(kind, target) for target in told}:
                yield f"{role} {kind} history of the kind shows something else"


def _all_pages(asks: Ask, url: str) -> tuple[int, list[str]]:
    found: list[str] = []
    while True:
        status, answer = asks("GET", url)
        if status != 200:
            return status, found
        found += _matches(answer)
        following = [link["url"] for link in answer["link"] if link["relation"] == "next"]
        if not following:
            return status, found
        url = following[0].removeprefix("http://test/fhir/")


def _matches(answer: Any) -> list[str]:
    entries = (answer or {}).get("entry", [])
    return [entry["resource"]["id"] for entry in entries if entry["search"]["mode"] == "match"]


def _included(answer: Any) -> set[str]:
    entries = (answer or {}).get("entry", [])
    return {entry["resource"]["id"] for entry in entries if entry["search"]["mode"] == "include"}
