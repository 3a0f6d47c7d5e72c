"""$summary: the International Patient Summary of a patient (IPS, HL7 FHIR UV), as a Bundle of type document.

The Composition and its sections are made here, by `summary_sections` and `summary_text`; the resources in it are those
stored, newest first, as far as the caller may see them, with what they refer to outside patients' records. Where one of
the three required sections is empty, an entry says that nothing is known (absent-unknown), not that there is nothing.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from yteso import __version__
from yteso.access.policy import Interaction, require
from yteso.api import rules as api_rules
from yteso.api.answer import json_response
from yteso.api.call import Call
from yteso.api.condition import criteria_of, find_one
from yteso.api.operation import Operation, Parameter, levels, returned
from yteso.api.operations import rules
from yteso.api.operations.arguments import Arguments
from yteso.api.operations.asked import refuse_unused
from yteso.api.operations.document import document_bundle
from yteso.api.operations.summary_sections import SECTIONS, TYPES, Item, Section, sorted_out
from yteso.api.operations.summary_text import narrative
from yteso.api.read import refuse_absent
from yteso.base.errors import Refused
from yteso.base.http import Response
from yteso.base.ids import random_id, stable_id
from yteso.base.issue import Origin
from yteso.db import Connection
from yteso.fhir import json
from yteso.fhir.dates import instant
from yteso.store.everything import references_in
from yteso.store.protocol import Stored

MOST_OF_A_TYPE = 200
MOST_IN_A_SECTION = 50
_ABSENT_SYSTEM = "http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips"
_NO_DATA = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
_PROFILE = "http://hl7.org/fhir/uv/ips/StructureDefinition/Composition-uv-ips"
_PROFILES = frozenset([_PROFILE, "http://hl7.org/fhir/uv/ips/StructureDefinition/Bundle-uv-ips"])
_TITLE = "Tóm tắt hồ sơ sức khoẻ / International Patient Summary"

Resource = dict[str, Any]


def summary(call: Call, given: Arguments) -> Response:
    """200 with the document; 404 and 410 as for a read of the Patient. Refused (400) by another profile than IPS's."""
    if given.text("profile", _PROFILE) not in _PROFILES:
        refuse_unused(given, "profile")
    with call.reading() as conn:
        patient = _patient(call, conn, given)
        limit = require(call.who, Interaction.READ)
        found = call.engine.store.newest(conn, call.who, limit, patient.id, TYPES, MOST_OF_A_TYPE)
        sections = sorted_out(found, MOST_IN_A_SECTION)
        shown = [item.stored for items in sections.values() for item in items]
        keys = references_in([patient, *shown]) - {(one.type, one.id) for one in (patient, *shown)}
        others = call.engine.store.read_many(conn, call.who, limit, {key for key in keys if key[0] not in TYPES})
    beside = [one for key, one in sorted(others.items()) if key[0] != "Patient"]
    return json_response(200, _document(call, patient, sections, [patient, *shown, *beside]))


def _patient(call: Call, conn: Connection, given: Arguments) -> Stored:
    """The patient of the address, or the one with the identifier."""
    if call.id:
        return refuse_absent("Patient", call.engine.store.read(conn, call.who, call.limit, "Patient", call.id))
    if not given.text("identifier"):
        raise Refused(rules.MISSING.at(Origin(field="identifier"), name="identifier"), status=400)
    found = find_one(call, conn, criteria_of(call, "Patient", (("identifier", given.text("identifier")),)))
    if found is None:
        raise Refused(api_rules.NOT_FOUND.at(type="Patient"), status=404)
    return found


def _document(call: Call, patient: Stored, sections: dict[Section, list[Item]], resources: list[Stored]) -> bytes:
    now = call.engine.clock()
    subject = {"reference": f"{call.base}/Patient/{patient.id}"}
    author = _author()
    made: list[tuple[str, Resource]] = [(_urn(str(author["id"])), author)]
    told = []
    for section in SECTIONS:
        items = sections[section]
        if not items and not section.required:
            continue
        entries = [f"{call.base}/{item.stored.type}/{item.stored.id}" for item in items]
        if not items:
            unknown = _unknown(section, subject)
            made.append((_urn(str(unknown["id"])), unknown))
            entries = [_urn(str(unknown["id"]))]
        told.append(
            {
                "title": f"{section.title} / {section.title_en}",
                "code": {"coding": [{"system": "http://loinc.org", "code": section.loinc}]},
                "text": {"status": "generated", "div": narrative(section, items)},
                "entry": [{"reference": entry} for entry in entries],
            }
        )
    composition = _composition(now, subject, _urn(str(author["id"])), told)
    ready = [(_urn(str(one["id"])), json.dumps(one)) for one in (composition,)]
    ready += [(url, json.dumps(one)) for url, one in made]
    return document_bundle(call.base, random_id(), now, resources, ready)


def _composition(now: datetime, subject: Resource, author: str, sections: list[Resource]) -> Resource:
    return {
        "resourceType": "Composition",
        "id": random_id(),
        "meta": {"profile": [_PROFILE]},
        "language": "vi",
        "status": "final",
        "type": {"coding": [{"system": "http://loinc.org", "code": "60591-5", "display": "Patient summary Document"}]},
        "subject": subject,
        "date": instant(now),
        "author": [{"reference": author}],
        "title": _TITLE,
        "section": sections,
    }


def _author() -> Resource:
    """The platform itself: it put the summary together, no person did."""
    return {
        "resourceType": "Device",
        "id": stable_id("yteso", "platform"),
        "deviceName": [{"name": "Y tế số", "type": "user-friendly-name"}],
        "version": [{"value": __version__}],
    }


def _unknown(section: Section, subject: Resource) -> Resource:
    """Nothing is known: said by a code of IPS, never by silence; of a medicine IPS wants a time, or why none."""
    kind, code = section.unknown
    concept = {"coding": [{"system": _ABSENT_SYSTEM, "code": code}]}
    told: Resource = {"resourceType": kind, "id": random_id()}
    if kind == "MedicationStatement":
        return told | {
            "status": "unknown",
            "medicationCodeableConcept": concept,
            "subject": subject,
            "_effectiveDateTime": {"extension": [{"url": _NO_DATA, "valueCode": "unknown"}]},
        }
    active = {
        "coding": [{"system": f"http://terminology.hl7.org/CodeSystem/{section.clinical}", "code": "active"}]
    }  # fmt: skip
    return told | {
        "clinicalStatus": active,
        "code": concept,
        "patient" if kind == "AllergyIntolerance" else "subject": subject,
    }


def _urn(id: str) -> str:
    return UUID(id).urn


SUMMARY = Operation(
    Interaction.SUMMARY,
    summary,
    levels("type instance"),
    "http://hl7.org/fhir/uv/ips/OperationDefinition/summary",
    "The International Patient Summary of a patient.",
    types=frozenset(["Patient"]),
    parameters=(Parameter("identifier", "string"), Parameter("profile", "canonical")),
    narrower=True,
    out=returned("Bundle"),
)
