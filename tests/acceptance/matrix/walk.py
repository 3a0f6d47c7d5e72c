"""Every way to one resource, asked as one principal -> which ways tell something else than the cell of the CSV.

A cell says of a resource: `seen`, `gone` (seen as deleted), `hidden` (as if it did not exist), `denied` (the role may
not ask for the kind at all). From that follows what each action must answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from tests.acceptance.matrix.world import TARGETS, TYPES, ask, id_of, who

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
    """What differs from the cells, for every target: one by one, and all of a kind together."""

    def asking(method: str, url: str, body: Any = None) -> tuple[int, Any]:
        return ask(api, who(role), method, url, body)

    for target in TARGETS:
        for kind, expected in cells[target].items():
            for action, good in _ways(asking, target, kind, expected):
                if not good:
                    yield f"{role} {target} {kind} {expected}: {action}"
        yield from (f"{role} {target}: {action}" for action in _of_patient(asking, role, target, cells[target]))
    for kind in TYPES:
        of_kind = {target: cells[target][kind] for target in TARGETS}
        patients = {target: cells[target]["Patient"] for target in TARGETS}
        for action, got, wanted in _together(asking, role, kind, of_kind, patients):
            if got != wanted:
                yield f"{role} {kind} all together: {action} {got} is not {wanted}"
    yield from _pages(asking, role, cells)
    yield from _everything(asking, role, cells)


def misread(api: Api, role: Role, cells: dict[str, Cells]) -> Iterator[str]:
    """What differs by reading alone: enough to notice that a rule was changed."""
    for target, types in cells.items():
        for kind, expected in types.items():
            status = ask(api, who(role), "GET", f"{kind}/{id_of(kind, target)}")[0]
            assert status < 500, "an error is no cell that breaks"
            if status not in _READ[expected]:
                yield f"{role} {target} {kind} {expected}: read"


def _ways(asks: Ask, target: str, kind: str, expected: str) -> Iterator[tuple[str, bool]]:
    """The ways to one resource by its id."""
    one = id_of(kind, target)
    yield "read", asks("GET", f"{kind}/{one}")[0] in _READ[expected]
    first = {"seen": 200, "gone": 200, "hidden": 404, "denied": 403}[expected]
    yield "vread", asks("GET", f"{kind}/{one}/_history/1")[0] == first
    status, answer = asks("GET", f"{kind}/{one}/_history")
    yield "history", status == first and (first != 200 or bool(answer["entry"]))
    yield "$meta", asks("GET", f"{kind}/{one}/$meta")[0] in _READ[expected]
    status, answer = asks("GET", f"{kind}?_id={one}")
    there = [one] if expected == "seen" else []
    yield "search", status == 403 if expected == "denied" else status == 200 and _matches(answer) == there
    if kind != "Patient":
        status, answer = asks("GET", f"Patient/{id_of('Patient', target)}/{kind}")
        seen = (one in _matches(answer)) == (expected == "seen")
        yield "compartment", status == 403 if expected == "denied" else status == 404 or seen


Found = int | list[str] | list[int]
"""A status that is no 200, the ids found, or statuses."""


def _together(
    asks: Ask, role: Role, kind: str, cells: Cells, patients: Cells
) -> Iterator[tuple[str, Found | None, Found | None]]:
    """(action, what came, what must come) of all resources of a kind at once: what is seen, and nothing of the rest."""
    ids = ",".join(id_of(kind, target) for target in TARGETS)
    denied = "denied" in cells.values()
    seen: Found = 403 if denied else sorted(id_of(kind, target) for target in TARGETS if cells[target] == "seen")
    many = 403 if denied else [len(seen) if isinstance(seen, list) else 0]
    for action, method, url, body in _searches(kind, ids):
        yield action, _found(asks(method, url, body)), seen
    for action, extra in (("count", "_summary=count"), ("total", "_total=accurate&_count=1")):
        status, answer = asks("GET", f"{kind}?_id={ids}&{extra}")
        yield action, [answer["total"]] if status == 200 else status, many
    entries = [{"request": {"method": "GET", "url": f"{kind}/{id_of(kind, target)}"}} for target in TARGETS]
    status, answer = asks("POST", "", {"resourceType": "Bundle", "type": "batch", "entry": entries})
    told = [int(one["response"]["status"][:3]) for one in answer["entry"]] if status == 200 else status
    yield "batch", told, 403 if role in NO_BUNDLES else [min(_READ[cells[target]]) for target in TARGETS]
    if kind != "Patient":
        yield from _links(asks, kind, ids, cells, patients)


def _searches(kind: str, ids: str) -> Iterator[tuple[str, str, str, Any]]:
    yield "search", "GET", f"{kind}?_id={ids}&_count=100", None
    yield "POST _search", "POST", f"{kind}/_search", f"_id={ids}&_count=100".encode()
    yield "sort", "GET", f"{kind}?_id={ids}&_count=100&_sort=-_lastUpdated", None
    yield "sort by id", "GET", f"{kind}?_id={ids}&_count=100&_sort=_id", None


def _links(
    asks: Ask, kind: str, ids: str, cells: Cells, patients: Cells
) -> Iterator[tuple[str, Found | None, Found | None]]:
    """Links show and find only what is seen at both ends."""
    persons = ",".join(id_of("Patient", target) for target in TARGETS)
    both = [target for target in TARGETS if cells[target] == patients[target] == "seen"]
    there, whose = sorted(id_of(kind, one) for one in both), sorted(id_of("Patient", one) for one in both)
    of_kind, of_persons = "denied" in cells.values(), "denied" in patients.values()
    if not of_persons or of_kind:
        got = _found(asks("GET", f"{kind}?_id={ids}&_count=100&patient:Patient._id={persons}"))
        yield "chain", got, 403 if of_kind else there
    got = _found(asks("GET", f"Patient?_id={persons}&_count=100&_has:{kind}:patient:_id={ids}"))
    yield "_has", got, 403 if of_persons else whose
    got = _found(asks("GET", f"{kind}?_id={ids}&_count=100&_include={kind}:patient"), "include")
    yield "_include", got, 403 if of_kind else whose
    if not of_persons:
        got = _found(asks("GET", f"Patient?_id={persons}&_count=100&_revinclude={kind}:patient"), "include")
        yield "_revinclude", got, there


def _found(answered: tuple[int, Any], mode: str = "match") -> Found:
    status, answer = answered
    entries = (answer or {}).get("entry", [])
    return (
        status if status != 200 else sorted(one["resource"]["id"] for one in entries if one["search"]["mode"] == mode)
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
        shown = {(entry["resource"]["resourceType"], entry["resource"]["id"]) for entry in answer["entry"]}
        wanted = {(kind, id_of(kind, target)) for kind, cell in cells.items() if cell == "seen"}
        known = {(kind, id_of(kind, target)) for kind in cells}
        if shown & known != wanted:
            yield "$everything shows something else"


def _pages(asks: Ask, role: Role, cells: dict[str, Cells]) -> Iterator[str]:
    """Histories and searches of a whole kind, page by page: exactly what is seen, in every order."""
    for kind in next(iter(cells.values())):
        seen = sorted(id_of(kind, target) for target in TARGETS if cells[target][kind] == "seen")
        denied = next(iter(cells.values()))[kind] == "denied"
        for order in ("_id", "-_lastUpdated"):
            status, found = _all_pages(asks, f"{kind}?_sort={order}&_count=5")
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


def _everything(asks: Ask, role: Role, cells: dict[str, Cells]) -> Iterator[str]:
    """Searches of several kinds at once, by name and of everything, page by page: what is seen of each, and no more."""
    kinds = [kind for kind in TYPES if "denied" not in {row[kind] for row in cells.values()}]
    ids = ",".join(id_of(kind, target) for kind in TYPES for target in TARGETS)
    seen = sorted(id_of(kind, target) for kind in kinds for target in TARGETS if cells[target][kind] == "seen")
    for order in ("_id", "-_lastUpdated"):
        if kinds and _sorted(_all_pages(asks, f"?_type={','.join(kinds)}&_sort={order}&_count=7")) != (200, seen):
            yield f"{role} several kinds by {order}"
        status, found = _all_pages(asks, f"?_id={ids}&_sort={order}&_count=50")
        if status == 200 and sorted(found) != seen:
            yield f"{role} everything by {order}"
        if (status == 403) != (role in NO_BUNDLES):
            yield f"{role} everything {status}"
    for kind in set(TYPES) - set(kinds):
        if asks("GET", f"?_type={kind}")[0] != 403:
            yield f"{role} {kind} is not denied among several kinds"
    if kinds:
        status, answer = asks("GET", f"?_type={','.join(kinds)}&_summary=count")
        if (status, answer["total"]) != (200, len(seen)):
            yield f"{role} several kinds are counted otherwise"


def _sorted(answered: tuple[int, list[str]]) -> tuple[int, list[str]]:
    status, found = answered
    return status, sorted(found)


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
        url = following[0].removeprefix("http://test/fhir").removeprefix("/")


def _matches(answer: Any) -> list[str]:
    entries = (answer or {}).get("entry", [])
    return [entry["resource"]["id"] for entry in entries if entry["search"]["mode"] == "match"]
