"""Who serves the patients that a caller bound to a facility writes: an Encounter is what lets a facility see a patient.

So its writer names the own facility and no other, and a new patient comes with such an Encounter. What an Encounter
lets whom see is read by `search.extract`, as the store reads it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial

from yteso.api import rules
from yteso.api.call import Call
from yteso.base.errors import Refused
from yteso.base.issue import Origin
from yteso.db import Connection
from yteso.fhir import json, reference
from yteso.search.extract import extract
from yteso.search.keys import Key, patient_key
from yteso.store.protocol import Resource, Stored

Existing = Mapping[tuple[str, str], Stored]
Service = tuple[Key | None, tuple[str, ...]]
"""A patient, and the facility codes and Organization references that serve them."""


def check_service(call: Call, conn: Connection, resources: Sequence[Resource], existing: Existing) -> None:
    """Refused (403) when an Encounter is another facility's business, or a new Patient has none of the caller's."""
    own = cache(partial(_is_own, call, conn))
    served: set[Key | None] = set()
    new: set[Key | None] = set()
    for resource in resources:
        key = resource["resourceType"], resource["id"]
        if key[0] == "Encounter":
            after = _service(resource)
            _check_encounter(own, existing.get(key), after)
            if any(map(own, after[1])):
                served.add(after[0])
        elif key[0] == "Patient" and key not in existing:
            new.add(patient_key(key[1]))
    if not new <= served:
        raise Refused(rules.NO_VISIT.at(Origin(field="Patient")), status=403)


def _check_encounter(own: Callable[[str], bool], stored: Stored | None, after: Service) -> None:
    """Unchanged, or served by the own facility alone, before and after; a visit may also never have named anybody."""
    before = _service(json.loads(stored.body)) if stored and not stored.deleted else (None, ())
    if after == before:
        return
    removed = bool(before[1]) and not after[1]
    if removed or not all(map(own, {*before[1], *after[1]})):
        raise Refused(rules.OTHER_FACILITY.at(Origin(field="Encounter.serviceProvider")), status=403)


def _service(encounter: Resource) -> Service:
    row = extract(encounter)
    return row.pat, row.care


def _is_own(call: Call, conn: Connection, name: str) -> bool:
    """True for the code of the caller's facility, and for a reference to the Organization that has it."""
    if "/" not in name:
        return name == call.who.facility
    target = reference.parse(name)
    if target.kind != "relative" or target.type != "Organization":
        return False
    key = (target.type, target.id)
    stored = call.engine.store.peek(conn, [key]).get(key)
    if stored is None or stored.deleted:
        return False
    identifiers = json.loads(stored.body).get("identifier", ())
    return any(one.get("value") == call.who.facility for one in identifiers)
