"""For whom a citizen acts: every act × whom it is about × door, against a reviewed CSV; and what the chain says of it.

A cell: `may`, the number of the refusal, `hidden` (as if there were nothing), `-` (this door does not have the act).
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from tests.acceptance.matrix.world import ask

from yteso.access.principal import Principal, Role
from yteso.access.restriction import EVERYTHING
from yteso.api import Api
from yteso.base.clock import day_in_vietnam, system_clock
from yteso.base.errors import Refused
from yteso.base.ids import random_id
from yteso.client.accesses import Accesses, Asked
from yteso.client.consents import Consents
from yteso.client.openings import Openings
from yteso.client.record import Records
from yteso.client.subject_requests import SubjectRequests
from yteso.db import Database
from yteso.store import audit
from yteso.store.postgres import PostgresStore
from yteso.store.protocol import Put
from yteso.store.relations import EVIDENCE, REPRESENTATIVE

CSV = Path(__file__).parent / "matrix" / "behalf.csv"
SYSTEM = Principal("system", Role.SYSTEM)
DOCTOR = Principal("bacsi", Role.DOCTOR, "79001")
ME = Principal("congdan", Role.CITIZEN, person="p-own", purpose="PATRQT")
ACTS = {
    "close": (False, ()),
    "close-hiv": (False, ("HIV",)),
    "permit-psy": (True, ("PSY",)),
    "permit-sdv": (True, ("SDV",)),
}
ACT_CODE = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
TODAY = day_in_vietnam(system_clock())


def born(years: int) -> str:
    """Of somebody of that age, whose birthday is half a year away."""
    return (TODAY - timedelta(days=365 * years + 190)).replace(day=1).isoformat()


def birthday(years: int) -> str:
    """When the child becomes so old."""
    year, _, rest = born(8).partition("-")
    return f"{int(year) + years}-{rest}"


def day(days: int) -> str:
    return (TODAY + timedelta(days=days)).isoformat()


# target -> (birth date, relationship, period, proved)
WARDS = {
    "child": (born(8), "MTH", {}, True),
    "fifteen": (born(15), "MTH", {}, True),
    "sixteen": (born(16), "MTH", {}, True),
    "grown": (born(19), "MTH", {}, True),
    "ended": (born(8), "GUARD", {"start": day(-90), "end": day(-2)}, True),
    "unproved": (born(8), "MTH", {}, False),
    "elder": (born(80), "HPOWATT", {"end": day(30)}, True),
    "one-matter": (born(80), "SPOWATT", {"end": day(30)}, True),
}
TARGETS = ("own", *WARDS, "stranger")


def representation(target: str, code: str, period: dict, proved: bool) -> dict:
    return {
        "resourceType": "RelatedPerson",
        "id": f"r-{target}",
        "patient": {"reference": f"Patient/p-{target}"},
        "identifier": [{"system": REPRESENTATIVE, "value": "p-own"}],
        "relationship": [{"coding": [{"code": code}]}],
        **({"extension": [{"url": EVIDENCE, "valueString": "Giấy mẫu"}]} if proved else {}),
        **({"period": period} if period else {}),
    }


def consent(target: str, performer: str, *, permits: bool = False, labels=(), end: str = "") -> dict:
    provision = {
        "type": "permit" if permits else "deny",
        "actor": [
            {
                "role": {"coding": [{"code": "IRCP"}]},
                "reference": {"identifier": {"system": "http://fhir.hl7.org.vn/core/sid/ma-cskcb", "value": "79009"}},
            }
        ],
        "securityLabel": [{"system": ACT_CODE, "code": one} for one in labels],
        "period": {"end": end} if end else None,
    }
    return {
        "resourceType": "Consent",
        "id": random_id(),
        "status": "active",
        "scope": {"coding": [{"code": "patient-privacy"}]},
        "category": [{"coding": [{"code": "INFA"}]}],
        "policyRule": {"coding": [{"code": "OPTOUT"}]},
        "patient": {"reference": f"Patient/p-{target}"},
        "performer": [{"reference": performer}],
        "verification": [{"verified": True}],
        "provision": {name: value for name, value in provision.items() if value},
    }


class World:
    def __init__(self, database: Database):
        self.database, self.store = database, PostgresStore()
        records = Records(database, self.store, system_clock)
        self.consents = Consents(database, self.store, system_clock)
        self.openings = Openings(database, self.store)
        self.accesses = Accesses(database, self.store, records, system_clock)
        self.requests = SubjectRequests(database, self.store, system_clock)
        self.api = Api(database, self.store)
        patients = [{"resourceType": "Patient", "id": f"p-{one}", "birthDate": born(40)} for one in ("own", "stranger")]
        patients += [
            {"resourceType": "Patient", "id": f"p-{one}", "birthDate": birth} for one, (birth, *_) in WARDS.items()
        ]
        self.write(*patients, *(representation(one, *rest) for one, (_, *rest) in WARDS.items()))
        with database.connection() as conn:
            for one in TARGETS:
                self.store.read(conn, DOCTOR, EVERYTHING, "Patient", f"p-{one}")

    def write(self, *resources: dict) -> None:
        with self.database.connection() as conn:
            self.store.write(conn, SYSTEM, [Put(one) for one in resources])

    def looked(self, target: str):
        """The doctor's look at this person, whoever may see it."""
        with self.database.connection() as conn:
            return audit.find(conn, Asked(patient=f"p-{target}", who=DOCTOR.name))[0]


@pytest.fixture(scope="module")
def world(fresh_database) -> Iterator[World]:
    with fresh_database() as dsn:
        database = Database(dsn, max_size=4).open()
        yield World(database)
        database.close()


def rows() -> list[dict[str, str]]:
    with CSV.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def performer_of(target: str) -> str:
    return "Patient/p-own" if target == "own" else f"RelatedPerson/r-{target}"


def by_page(world: World, target: str, act: str) -> str:
    of = "" if target == "own" else f"p-{target}"
    given = consent(target, f"Patient/p-{target}" if act == "withdraw-own" else performer_of(target))
    if act.startswith("withdraw"):
        world.write(given)
    try:
        if act == "look":
            return "may" if world.accesses.mine(ME, Asked(who=DOCTOR.name), of) else "hidden"
        if act == "question":
            return "may" if world.accesses.question(ME, world.looked(target).id, "Vì sao xem hồ sơ?", of) else "asked"
        if act == "code":
            return "may" if world.openings.visit_code(ME, of).text else ""
        if act == "request":
            return "may" if world.requests.file(ME, "copy", "Xin bản sao hồ sơ", of) else ""
        if act in ACTS:
            permits, labels = ACTS[act]
            return "may" if world.consents.choose(ME, permits=permits, facility="79009", labels=labels, of=of) else ""
        return "may" if world.consents.withdraw(ME, given["id"], of) else "hidden"
    except Refused as refused:
        return refused.issues[0].code


def by_fhir(world: World, target: str, act: str) -> str:
    patient, performer = f"p-{target}", performer_of(target)
    if act == "look":
        status, answer = ask(world.api, ME, "GET", f"AuditEvent?patient={patient}&agent={DOCTOR.name}")
        return "may" if answer.get("entry") else "hidden"
    if act in ACTS:
        permits, labels = ACTS[act]
        end = "" if target == "own" else day(1)
        wanted = consent(target, performer, permits=permits, labels=labels, end=end)
        status, answer = ask(world.api, ME, "POST", "Consent", wanted)
    else:
        given = consent(target, f"Patient/{patient}" if act == "withdraw-own" else performer)
        world.write(given)
        changed = {**given, "status": "inactive", "performer": [{"reference": performer}]}
        status, answer = ask(world.api, ME, "PUT", f"Consent/{given['id']}", changed)
    return "may" if status in (200, 201) else answer["issue"][0]["details"]["coding"][0]["code"]


def test_every_target_and_act_has_a_cell():
    acts = ("look", "question", "code", "request", *ACTS, "withdraw", "withdraw-own")
    assert [(row["target"], row["act"]) for row in rows()] == [(one, act) for one in TARGETS for act in acts]


@pytest.mark.parametrize("target", TARGETS)
def test_each_act_ends_as_its_cell_says_at_both_doors(world, target):
    told = []
    for row in rows():
        if row["target"] == target:
            found = {"page": by_page(world, target, row["act"]), "fhir": row["fhir"]}
            if row["fhir"] != "-":
                found["fhir"] = by_fhir(world, target, row["act"])
            told += [f"{row['act']}: {found}"] if found != {"page": row["page"], "fhir": row["fhir"]} else []
    assert told == []


def test_the_chain_says_by_which_representation_it_was_done(world):
    world.openings.visit_code(ME, "p-child")
    chosen = world.consents.choose(ME, permits=False, facility="79008", of="p-child")
    sent = ask(world.api, ME, "POST", "Consent", consent("child", "RelatedPerson/r-child"))[1]["id"]
    found = ask(world.api, ME, "GET", "AuditEvent?patient=p-child&agent=congdan&action=C&_count=3")[1]["entry"]
    named = [one["resource"]["entity"][0].get("what", {}).get("reference") for one in found]
    assert named == [f"Consent/{sent}", f"Consent/{chosen}", None]
    for one in found:
        event = one["resource"]
        assert event["agent"][0]["who"]["reference"] == "Patient/p-own"
        assert {"what": {"reference": "RelatedPerson/r-child"}, "description": "on behalf of"} in event["entity"]


def test_a_parents_permission_ends_before_the_child_decides(world):
    chosen = world.consents.choose(ME, permits=True, facility="79008", labels=("HIV", "PSY"), of="p-child")
    given = ask(world.api, ME, "GET", f"Consent/{chosen}")[1]
    last = date.fromisoformat(given["provision"]["period"]["end"])
    assert (last + timedelta(days=1)).isoformat() == birthday(15)
    longer = consent("child", "RelatedPerson/r-child", permits=True, labels=("HIV",), end=birthday(16))
    status, answer = ask(world.api, ME, "POST", "Consent", longer)
    assert (status, answer["issue"][0]["details"]["coding"][0]["code"]) == (403, "API-0048")


def test_who_sets_it_stands_in_it_and_an_app_needs_a_scope_that_names_it(world):
    status, answer = ask(world.api, ME, "POST", "Consent", consent("child", "Patient/p-own"))
    assert (status, answer["issue"][0]["details"]["coding"][0]["code"]) == (403, "API-0047")
    for scope, expected in (("patient/*.cruds", 403), ("patient/Consent.c patient/*.r", 201)):
        app = Principal("congdan", Role.CITIZEN, person="p-own", client="app", scope=scope, patient="p-child")
        assert ask(world.api, app, "POST", "Consent", consent("child", "RelatedPerson/r-child"))[0] == expected


def test_an_app_sees_the_accesses_of_whom_it_was_opened_for(world):
    scope = "patient/AuditEvent.rs"
    app = Principal("congdan", Role.CITIZEN, person="p-own", client="app", scope=scope, patient="p-child")
    told = ask(world.api, app, "GET", f"AuditEvent?agent={DOCTOR.name}")[1]["entry"]
    assert told[0]["resource"]["entity"][0]["what"]["reference"] == "Patient/p-child"
    assert "entry" not in ask(world.api, app, "GET", "AuditEvent?patient=p-own")[1]
    event = world.looked("child").id
    assert ask(world.api, app, "GET", f"AuditEvent/{event}")[0] == 200
    assert ask(world.api, app, "GET", f"AuditEvent/{world.looked('own').id}")[0] == 404
    assert ask(world.api, ME, "GET", f"AuditEvent/{event}")[0] == 200
    assert ask(world.api, ME, "GET", f"AuditEvent/{world.looked('sixteen').id}")[0] == 404
