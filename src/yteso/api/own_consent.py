"""A Consent that a citizen writes: for themselves, or for somebody they represent, within `access.mandate`.

The same limits as on the pages (`client.consents`), judged on what the resource says (`store.consents.consent_rules`).
Who sets it stands in `performer`; what a ward chose themselves stays theirs.
"""

from __future__ import annotations

from datetime import datetime, time

from yteso.access.mandate import Mandate
from yteso.access.principal import Principal, Role
from yteso.access.scopes import read_scopes
from yteso.api import rules
from yteso.api.call import Call
from yteso.base.clock import VIETNAM
from yteso.base.errors import Refused
from yteso.base.issue import Origin
from yteso.db import Connection
from yteso.fhir import json
from yteso.standards.sensitivity import names
from yteso.store.consents import ConsentRule, consent_rules, persons_of
from yteso.store.mandates import BY, mandate_for
from yteso.store.protocol import Change, Put, Resource, Stored


def check_own_consent(call: Call, conn: Connection, consent: Resource, stored: Stored | None) -> None:
    """Refused (403): API-0046 not in this name, API-0047 another performer, API-0048 not these labels, API-0049."""
    if call.who.scope is not None and not any(one.type == "Consent" for one in read_scopes(call.who.scope)):
        raise Refused(rules.NOT_NAMED_IN_SCOPE.at(), status=403)
    own = [f"Patient/{one}" for one in persons_of(conn, call.who.person)]
    patient = _patient(consent)
    before = json.loads(stored.body) if stored and not stored.deleted else {}
    mandate = (
        None if patient in own else mandate_for(conn, call.engine.store, call.who, patient.removeprefix("Patient/"))
    )
    if mandate is None and patient not in own:
        raise Refused(rules.NOT_IN_ITS_NAME.at(Origin(field="Consent.patient")), status=403)
    if before and (_patient(before) != patient or (mandate and patient in _performers(before))):
        raise Refused(rules.NOT_IN_ITS_NAME.at(Origin(field="Consent.patient")), status=403)
    if mandate is None:
        _require_performer(consent, own)
        return
    _require_performer(consent, [f"RelatedPerson/{mandate.id}"])
    if not all(_within(mandate, rule) for one in (consent, before) for rule in consent_rules(one)):
        raise Refused(rules.LABELS_NOT_ITS.at(Origin(field="Consent.provision")), status=403)


def in_whose_name(who: Principal, change: Change) -> str:
    """What the row of a citizen's Consent says beside the act, once it was checked: by which representation."""
    if who.role is not Role.CITIZEN or not isinstance(change, Put) or change.resource["resourceType"] != "Consent":
        return ""
    return "".join(f" by {one}" for one in _performers(change.resource) if f"by {one}".startswith(BY))


def _within(mandate: Mandate, rule: ConsentRule) -> bool:
    """Whether the representative may say this: of every label, and no permission for when the child decides alone."""
    labels = names(rule.label)
    if mandate.hidden(labels):
        return False
    ends = [datetime.combine(mandate.end(one), time.min, VIETNAM) for one in labels]
    return not rule.permit or all(rule.period[1] < end for end in ends)


def _require_performer(consent: Resource, known: list[str]) -> None:
    performers = _performers(consent)
    if len(performers) != 1 or performers[0] not in known:
        raise Refused(rules.NOT_SIGNED.at(Origin(field="Consent.performer"), performer=known[0]), status=403)


def _performers(consent: Resource) -> list[str]:
    return [str(one.get("reference", "")) for one in consent.get("performer", ())]


def _patient(consent: Resource) -> str:
    return str(consent.get("patient", {}).get("reference", ""))
