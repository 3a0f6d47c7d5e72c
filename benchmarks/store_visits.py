"""Invented visits of 45 resources each, shaped like what the BHYT adapter makes of one outpatient visit. Seeded.

In: a number of the visit. Out: its resources as JSON documents, ids on the visit's shard. Names carry the marker "Thử".
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from yteso.base.clock import VIETNAM
from yteso.base.ids import stable_id

FAMILIES = [
    "Nguyễn",
    "Trần",
    "Lê",
    "Phạm",
    "Hoàng",
    "Phan",
    "Vũ",
    "Võ",
    "Đặng",
    "Bùi",
    "Đỗ",
    "Hồ",
    "Ngô",
    "Dương",
    "Lý",
]
MIDDLES = ["Văn", "Thị", "Hữu", "Đức", "Minh", "Ngọc", "Thanh", "Quốc", "Kim", "Xuân", "Hoài", "Bảo"]
GIVENS = ["An", "Bình", "Châu", "Dũng", "Giang", "Hà", "Hải", "Hạnh", "Hoa", "Hùng", "Khánh", "Lan", "Linh", "Long"]
ICD = [f"{letter}{number:02}" for letter in "ABEGIJKLMNR" for number in range(0, 100, 3)]
TESTS = [f"22.{number:04}.1370" for number in range(300)]
DRUGS = [f"40.{number}" for number in range(1, 900)]
SERVICES = [f"{a:02}.{b:04}.0075" for a in range(1, 20) for b in range(1, 60)]
FACILITIES = [f"79{number:03}" for number in range(1, 41)]
ICD_SYSTEM = "http://hl7.org/fhir/sid/icd-10"
SERVICE_SYSTEM = "http://fhir.hl7.org.vn/core/CodeSystem/dvkt"
DRUG_SYSTEM = "http://fhir.hl7.org.vn/core/CodeSystem/thuoc"
LABORATORY = {"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "laboratory"}
CCCD = "http://fhir.hl7.org.vn/core/sid/cccd"
CARD = "http://fhir.hl7.org.vn/core/sid/bhyt"
PER_VISIT = 45
START = datetime(2024, 1, 1, 7, tzinfo=VIETNAM)


def person(number: int) -> tuple[str, str, str, str]:
    """(CCCD, name, birth date, gender) of an invented person."""
    chance = random.Random(f"person {number}")
    name = f"{chance.choice(FAMILIES)} {chance.choice(MIDDLES)} {chance.choice(GIVENS)} Thử"
    birth = f"{chance.randint(1935, 2023)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
    return f"{79_000_000_000 + number:012}", name, birth, chance.choice(("male", "female"))


def visit(number: int, people: int) -> list[dict[str, Any]]:
    """The 45 resources of one visit of one of `people` persons."""
    return _Visit(number, people).resources()


class _Visit:
    def __init__(self, number: int, people: int) -> None:
        self.chance = random.Random(f"visit {number}")
        self.number = number
        self.person = self.chance.randrange(people)
        self.facility = self.chance.choice(FACILITIES)
        self.key = f"{self.facility}/LK{number:09}"
        self.start = START + timedelta(minutes=self.chance.randrange(60 * 24 * 700))
        self.patient = stable_id("person", str(self.person))
        self.encounter = self.id("Encounter", 0)

    def id(self, table: str, row: int) -> str:
        return stable_id(table, str(row), self.key, near=self.key)

    def time(self, minutes: int) -> str:
        return (self.start + timedelta(minutes=minutes)).isoformat()

    def one(self, kind: str, row: int, table: str, /, **fields: Any) -> dict[str, Any]:
        return {
            "resourceType": kind,
            "id": self.id(kind, row),
            "meta": {"source": f"urn:yteso:bhyt:{self.facility}:LK{self.number:09}#{table}/{row}"},
            **fields,
        }

    def of_visit(self, kind: str, row: int, table: str, /, **fields: Any) -> dict[str, Any]:
        return self.one(
            kind,
            row,
            table,
            subject={"reference": f"Patient/{self.patient}"},
            encounter={"reference": f"Encounter/{self.encounter}"},
            **fields,
        )

    def resources(self) -> list[dict[str, Any]]:
        return [
            self.patient_resource(),
            self.coverage(),
            self.encounter_resource(),
            *(self.condition(row) for row in range(3)),
            *(self.medication(row) for row in range(8)),
            *(self.charge(row) for row in range(15)),
            *(self.observation(row) for row in range(12)),
            *(self.report(row) for row in range(2)),
            self.claim(),
            self.provenance(),
        ]

    def patient_resource(self) -> dict[str, Any]:
        cccd, name, birth, gender = person(self.person)
        family, *given = name.split(" ")
        return {
            "resourceType": "Patient",
            "id": self.patient,
            "meta": {"profile": ["http://fhir.hl7.org.vn/core/StructureDefinition/vn-core-patient"]},
            "identifier": [{"system": CCCD, "value": cccd}, {"system": CARD, "value": f"GD479{cccd[2:]}"}],
            "name": [{"use": "official", "text": name, "family": family, "given": given}],
            "gender": gender,
            "birthDate": birth,
            "address": [{"text": "12 đường Mẫu, phường Thử", "city": "Hồ Chí Minh", "country": "VN"}],
        }

    def coverage(self) -> dict[str, Any]:
        return self.one(
            "Coverage",
            0,
            "XML1",
            status="active",
            beneficiary={"reference": f"Patient/{self.patient}"},
            subscriberId=f"GD479{self.person:010}",
            period={"start": "2024-01-01", "end": "2026-12-31"},
            payor=[{"display": "BHXH"}],
        )

    def encounter_resource(self) -> dict[str, Any]:
        return {
            "resourceType": "Encounter",
            "id": self.encounter,
            "meta": {"source": f"urn:yteso:bhyt:{self.facility}:LK{self.number:09}#XML1/0"},
            "identifier": [{"system": f"urn:yteso:lk:{self.facility}", "value": f"LK{self.number:09}"}],
            "status": "finished",
            "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
            "subject": {"reference": f"Patient/{self.patient}"},
            "period": {"start": self.time(0), "end": self.time(self.chance.choice((90, 120, 4000)))},
            "serviceProvider": {"identifier": {"value": self.facility}},
        }

    def condition(self, row: int) -> dict[str, Any]:
        code = self.chance.choice(ICD)
        return self.of_visit(
            "Condition",
            row,
            "XML1",
            code={"coding": [{"system": ICD_SYSTEM, "code": code, "display": f"Bệnh {code}"}]},
            recordedDate=self.time(10),
        )

    def medication(self, row: int) -> dict[str, Any]:
        code = self.chance.choice(DRUGS)
        return self.of_visit(
            "MedicationRequest",
            row,
            "XML2",
            status="completed",
            intent="order",
            medicationCodeableConcept={"coding": [{"system": DRUG_SYSTEM, "code": code, "display": f"Thuốc {code}"}]},
            authoredOn=self.time(20),
            dosageInstruction=[{"text": "Ngày uống 2 lần, mỗi lần 1 viên"}],
            dispenseRequest={"quantity": {"value": self.chance.randint(5, 60), "unit": "viên"}},
        )

    def charge(self, row: int) -> dict[str, Any]:
        code = self.chance.choice(SERVICES)
        price = Decimal(self.chance.randrange(10_000, 2_000_000)).quantize(Decimal("1.00"))
        return self.one(
            "ChargeItem",
            row,
            "XML3",
            status="billable",
            code={"coding": [{"system": SERVICE_SYSTEM, "code": code, "display": f"Dịch vụ {code}"}]},
            subject={"reference": f"Patient/{self.patient}"},
            context={"reference": f"Encounter/{self.encounter}"},
            occurrenceDateTime=self.time(15),
            quantity={"value": Decimal("1.00")},
            priceOverride={"value": price, "currency": "VND"},
        )

    def observation(self, row: int) -> dict[str, Any]:
        code = self.chance.choice(TESTS)
        return self.of_visit(
            "Observation",
            row,
            "XML4",
            status="final",
            category=[{"coding": [LABORATORY]}],
            code={"coding": [{"system": SERVICE_SYSTEM, "code": code, "display": f"Xét nghiệm {code}"}]},
            effectiveDateTime=self.time(30),
            valueQuantity={"value": Decimal(self.chance.randrange(1, 9999)) / 100, "unit": "mmol/l"},
        )

    def report(self, row: int) -> dict[str, Any]:
        return self.of_visit(
            "DiagnosticReport",
            row,
            "XML4",
            status="final",
            code={"coding": [{"system": SERVICE_SYSTEM, "code": self.chance.choice(TESTS)}]},
            effectiveDateTime=self.time(60),
            result=[{"reference": f"Observation/{self.id('Observation', n)}"} for n in range(row * 6, row * 6 + 6)],
        )

    def claim(self) -> dict[str, Any]:
        encounter = [{"reference": f"Encounter/{self.encounter}"}]
        return self.one(
            "Claim",
            0,
            "XML1",
            status="active",
            type={"coding": [{"system": "http://terminology.hl7.org/CodeSystem/claim-type", "code": "institutional"}]},
            use="claim",
            patient={"reference": f"Patient/{self.patient}"},
            created=self.time(120),
            provider={"identifier": {"value": self.facility}},
            priority={"coding": [{"code": "normal"}]},
            insurance=[{"sequence": 1, "focal": True, "coverage": {"display": "BHYT"}}],
            item=[
                {
                    "sequence": n,
                    "productOrService": {"coding": [{"system": SERVICE_SYSTEM, "code": TESTS[n]}]},
                    "encounter": encounter,
                    "net": {"value": 150_000, "currency": "VND"},
                }
                for n in range(1, 6)
            ],
            total={"value": Decimal("1500000.00"), "currency": "VND"},
        )

    def provenance(self) -> dict[str, Any]:
        return self.one(
            "Provenance",
            0,
            "XML1",
            target=[{"reference": f"Encounter/{self.encounter}"}, {"reference": f"Patient/{self.patient}"}],
            recorded=self.time(180),
            agent=[{"who": {"identifier": {"value": self.facility}}}],
            entity=[{"role": "source", "what": {"identifier": {"value": str(self.number)}}}],
        )
