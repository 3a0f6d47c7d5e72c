"""What a caller bound to a facility's patients may not say by themselves, because it opens records.

A Consent they record needs what the person signed: who wants to see could otherwise write that they may. And that two
Patients are one person is for who settles identities: it would show one person another one's record.
"""

from __future__ import annotations

from collections.abc import Sequence

from yteso.api import rules
from yteso.api.service import Existing
from yteso.base.errors import Refused
from yteso.base.issue import Origin
from yteso.fhir import json
from yteso.store.protocol import Resource
from yteso.store.relations import MERGED


def check_evidence(resources: Sequence[Resource], existing: Existing) -> None:
    """Refused: a Consent without its source (422), a Patient whose merging links change (403)."""
    for resource in resources:
        if resource["resourceType"] == "Consent" and not resource.keys() & {"sourceAttachment", "sourceReference"}:
            raise Refused(rules.NO_SOURCE.at(Origin(field="Consent.source[x]")), status=422)
        if resource["resourceType"] == "Patient":
            stored = existing.get(("Patient", resource["id"]))
            before = json.loads(stored.body) if stored and not stored.deleted else {}
            if _merged(before) != _merged(resource):
                raise Refused(rules.MERGED.at(Origin(field="Patient.link")), status=403)


def _merged(patient: Resource) -> set[tuple[str, str]]:
    """(type, reference) of the links that say: the same person."""
    links = [link for link in patient.get("link", ()) if link.get("type") in MERGED]
    return {(link["type"], str(link.get("other", {}).get("reference", ""))) for link in links}
