"""A small record for the warehouse's tests: visits as resources, files as intake rows."""

from datetime import datetime, timedelta

import orjson

from yteso.base.clock import VIETNAM
from yteso.warehouse import IntakeChange, RecordChange

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=VIETNAM)
CORE = "http://fhir.hl7.org.vn/core"
TOTALS = "urn:yteso:bhyt:StructureDefinition:claim-totals"


def change(t, resource, version=1):
    body = orjson.dumps(resource)
    return RecordChange(t, resource["resourceType"], resource["id"], version, deleted=False, updated=NOW, body=body)


def gone(t, kind, key, version=2):
    return RecordChange(t, kind, key, version, deleted=True, updated=NOW, body=b"")


def organization(code):
    return {
        "resourceType": "Organization",
        "id": f"org-{code}",
        "identifier": [{"system": f"{CORE}/sid/ma-cskcb", "value": code}],
        "name": f"Bệnh viện {code}",
        "type": [{"text": "Bệnh viện"}],
    }


def visit(number, *, facility="79901", care="01", icd="I10", days_ago=0, insured=True, fund=80):
    """Encounter, Condition, Claim and Patient of one visit; the patient's name carries the marker."""
    start = NOW - timedelta(days=days_ago, hours=3)
    key = [{"system": f"{CORE}/sid/ma-lk", "value": f"{facility}/LK{number}"}]
    provider = {"reference": f"Organization/org-{facility}"}
    period = {"start": start.isoformat(), "end": (start + timedelta(hours=1)).isoformat()}
    patient = {
        "resourceType": "Patient",
        "id": f"p{number}",
        "name": [{"text": "Nguyễn Văn Thử An"}],
        "identifier": [{"system": f"{CORE}/sid/cccd", "value": "079090123456"}],
        "gender": "female",
        "birthDate": "1990-05-15",
    }
    encounter = {
        "resourceType": "Encounter",
        "id": f"e{number}",
        "identifier": key,
        "status": "finished",
        "class": {"code": "AMB"},
        "type": [{"coding": [{"system": f"{CORE}/CodeSystem/vn-encounter-type-cs", "code": care}]}],
        "subject": {"reference": f"Patient/p{number}", "display": "Nguyễn Văn Thử An"},
        "period": period,
        "serviceProvider": provider,
        "diagnosis": [{"condition": {"reference": f"Condition/c{number}"}, "rank": 1}],
    }
    condition = {
        "resourceType": "Condition",
        "id": f"c{number}",
        "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10", "code": icd}], "text": f"Tên của {icd}"},
        "encounter": {"reference": f"Encounter/e{number}"},
        "recordedDate": period["end"],
    }
    amounts = {"hospitalAmount": 100, "insuranceAmount": 100, "fundPays": fund, "coPay": 100 - fund, "selfPay": 0}
    claim = {
        "resourceType": "Claim",
        "id": f"cl{number}",
        "status": "active",
        "identifier": key,
        "provider": provider,
        "billablePeriod": period,
        "total": {"value": 100.00, "currency": "VND"},
        "extension": [
            {
                "url": TOTALS,
                "extension": [
                    {"url": name, "valueMoney": {"value": value, "currency": "VND"}} for name, value in amounts.items()
                ],
            }
        ],
        **({"insurer": {"display": "BHXH"}} if insured else {}),
    }
    return [patient, encounter, condition, claim]


def visits(first_t, *resources):
    """Changes with one transaction per visit."""
    return [change(first_t + place, one) for place, group in enumerate(resources) for one in group]


def received(t, number, facility="79901", *, state="done", hours_ago=1, errors=0):
    moment = NOW - timedelta(hours=hours_ago)
    return IntakeChange(
        t=t, id=f"file{number}", facility=facility, sender=f"{facility}_HIS", door="plain", state=state,
        received=moment, done=moment, size=1000, visits=2, accepted=2, unchanged=0, quarantined=0, failed=0,
        errors=errors, warnings=0,
    )  # fmt: skip


def parts():
    """Three exports, one after the other: facilities, visits, and one visit changed."""
    yield [change(1, organization("79901"))]
    yield visits(2, *(visit(number, icd="A97.0") for number in range(8)))
    yield visits(20, visit(3, icd="I10", fund=10), visit(30))
