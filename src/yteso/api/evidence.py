"""What a caller bound to patients may not say by themselves, because it opens records.

A Consent a facility records needs what the person signed: who wants to see could otherwise write that they may. A
citizen sets their own (own_consent.py). Who represents a patient is written by who keeps the papers. And that two
Patients are one person is for who settles identities: it would show one person another one's record.
"""

from __future__ import annotations

from collections.abc import Sequence

from yteso.access.principal import Role
from yteso.access.table import RECORDS_REPRESENTATION
from yteso.api import rules
from yteso.api.call import Call
from yteso.api.own_consent import check_own_consent
from yteso.api.service import Existing
from yteso.base.errors import Refused
from yteso.base.issue import Origin
from yteso.db import Connection
from yteso.fhir import json, reference
from yteso.store.protocol import Resource
from yteso.store.relations import MERGED, named_relations

_PAPERS = frozenset(["DocumentReference", "QuestionnaireResponse", "Consent"])
"""Types of Consent.sourceReference that lie in a patient's record (a Contract does not)."""


def check_evidence(call: Call, conn: Connection, resources: Sequence[Resource], existing: Existing) -> None:
    """Refused: a Consent without its source (422) or not the citizen's to set; a Patient whose merging links change, a
    RelatedPerson by which somebody begins or ends to represent, for whom that is not the work (403)."""
    for resource in resources:
        before = _before(resource, existing)
        match resource["resourceType"]:
            case "Consent":
                _check_consent(call, conn, resource, existing)
            case "Patient" if _merged(before) != _merged(resource):
                raise Refused(rules.MERGED.at(Origin(field="Patient.link")), status=403)
            case "RelatedPerson" if call.who.role not in RECORDS_REPRESENTATION and _represents(before, resource):
                raise Refused(rules.NOT_REPRESENTATIVE.at(role=call.who.role), status=403)


def _check_consent(call: Call, conn: Connection, consent: Resource, existing: Existing) -> None:
    if call.who.role is Role.CITIZEN:
        check_own_consent(call, conn, consent, existing.get(("Consent", consent["id"])))
    elif not _has_source(consent):
        raise Refused(rules.NO_SOURCE.at(Origin(field="Consent.source[x]")), status=422)


def _has_source(consent: Resource) -> bool:
    """Whether what was signed can be looked at: its bytes, where they lie, or a paper here, which the writer sees."""
    scan = consent.get("sourceAttachment", {})
    paper = reference.parse(str(consent.get("sourceReference", {}).get("reference", "")))
    return bool(scan.get("data") or scan.get("url")) or (paper.kind == "relative" and paper.type in _PAPERS)


def _represents(before: Resource, after: Resource) -> bool:
    """Whether a RelatedPerson begins, ends or changes to represent."""
    return set(named_relations(before)) != set(named_relations(after))


def _before(resource: Resource, existing: Existing) -> Resource:
    stored = existing.get((resource["resourceType"], resource["id"]))
    return json.loads(stored.body) if stored and not stored.deleted else {}


def _merged(patient: Resource) -> set[tuple[str, str]]:
    """(type, reference) of the links that say: the same person."""
    links = [link for link in patient.get("link", ()) if link.get("type") in MERGED]
    return {(link["type"], str(link.get("other", {}).get("reference", ""))) for link in links}
