"""Two Patients of one person: joined by hand, found by either number, seen as one, and parted exactly."""

from __future__ import annotations

import pytest

from yteso.access.policy import require
from yteso.access.principal import Principal, Role
from yteso.base.clock import system_clock
from yteso.base.errors import Refused
from yteso.base.ids import random_id
from yteso.client.joinings import Joinings
from yteso.client.representations import Representations
from yteso.fhir import json
from yteso.identity import Asked, PersonClaim, resolve
from yteso.search.query import Clause, Query
from yteso.store import audit
from yteso.store.audit import Asked as Looked
from yteso.store.postgres import PostgresStore
from yteso.store.protocol import Put
from yteso.store.relations import EVIDENCE, REPRESENTATIVE, spread_same, sweep_same

SYSTEM = Principal("system", Role.SYSTEM)
DESK = Principal("ho-so", Role.STAFF, "79001")
WHY = "CCCD gắn chip và CMND cũ của cùng một người, đã xem bản gốc"
SID = "http://fhir.hl7.org.vn/core/sid/"
NUMBERS = {"one": "079090000001", "two": "079090000002", "three": "079090000003"}
"""Both were at 79001; `two` and `three` at 79002, too; the third came later."""


def doctor(facility: str) -> Principal:
    return Principal(f"bs-{facility}", Role.DOCTOR, facility)


def citizen(person: str) -> Principal:
    return Principal(f"tk-{person}", Role.CITIZEN, person=person)


def visit(person: str, facility: str) -> dict:
    return {
        "resourceType": "Encounter",
        "id": random_id(),
        "status": "finished",
        "class": {"code": "AMB"},
        "subject": {"reference": f"Patient/{person}"},
        "serviceProvider": {"identifier": {"value": facility}},
    }


def condition(person: str) -> dict:
    return {"resourceType": "Condition", "id": f"c-{person}", "subject": {"reference": f"Patient/{person}"}}


class World:
    def __init__(self, database):
        self.database, self.store = database, PostgresStore()
        self.desk = Joinings(database, self.store, system_clock)
        with database.connection() as conn:
            self.ids = {
                name: resolve(conn, [self.claim(number, f"79001/{name}")])[0].patient_id
                for name, number in NUMBERS.items()
            }
        for name, person in self.ids.items():
            number = {"system": f"{SID}cccd", "value": NUMBERS[name]}
            patient = {
                "resourceType": "Patient",
                "id": person,
                "identifier": [number],
                "name": [{"text": f"{name} Mẫu"}],
            }
            self.write(patient, condition(person), visit(person, "79001"))
        self.write(*(visit(self.ids[name], "79002") for name in ("two", "three")))

    def join(self, survivor: str, other: str) -> str:
        """Proposed by the desk, done by a doctor of the facility."""
        joined = self.desk.propose(DESK, survivor, other, WHY)
        self.desk.second(doctor("79001"), joined)
        return joined

    @staticmethod
    def claim(number: str, key: str) -> Asked:
        return Asked(PersonClaim(number, (), None, "79001", "", "Người Mẫu", "1990-05-15", "male"), key)

    def write(self, *resources: dict) -> None:
        with self.database.connection() as conn:
            self.store.write(conn, SYSTEM, [Put(one) for one in resources])

    def seen(self, who: Principal, type: str, id: str) -> bool:
        with self.database.connection() as conn:
            return self.store.read(conn, who, require(who, "read", type), type, id) is not None

    def by_number(self, who: Principal, name: str) -> set[str]:
        clause = Clause("identifier", "token", (("eq", f"{SID}cccd|{NUMBERS[name]}"),))
        with self.database.connection() as conn:
            page = self.store.search(conn, who, require(who, "search", "Patient"), Query("Patient", (clause,)))
        return {one.id for one in page.matches}

    def patient(self, name: str) -> dict:
        with self.database.connection() as conn:
            key = ("Patient", self.ids[name])
            return {n: v for n, v in json.loads(self.store.peek(conn, [key])[key].body).items() if n != "meta"}

    def state(self) -> tuple:
        """What parting must give back: Patients, keys, relations."""
        with self.database.connection() as conn:
            links = conn.execute("SELECT key, patient FROM identity.link ORDER BY key").fetchall()
            relations = conn.execute("SELECT pat, kind, holder FROM store.relation ORDER BY 1, 2, 3").fetchall()
            rules = conn.execute("SELECT pat, n FROM store.consent_rule ORDER BY 1, 2").fetchall()
        return [json.dumps(self.patient(name)) for name in NUMBERS], links, relations, rules


@pytest.fixture
def world(database):
    return World(database)


def test_either_number_finds_the_survivor_and_new_visits_go_there(world):
    one, two = world.ids["one"], world.ids["two"]
    world.join(one, two)
    assert one in world.by_number(DESK, "one") & world.by_number(DESK, "two")
    survivor, other = world.patient("one"), world.patient("two")
    assert survivor["identifier"][1] == {"system": f"{SID}cccd", "value": NUMBERS["two"], "use": "old"}
    assert survivor["link"] == [{"other": {"reference": f"Patient/{two}"}, "type": "replaces"}]
    assert (other["active"], other["link"][0]["type"]) == (False, "replaced-by")
    with world.database.connection() as conn:
        (decision,) = resolve(conn, [world.claim(NUMBERS["two"], "79001/later")])
    assert decision.patient_id == one


def test_facilities_and_the_citizen_see_both_as_one_and_later_ones_too(world):
    one, two = world.ids["one"], world.ids["two"]
    assert not world.seen(doctor("79002"), "Condition", f"c-{one}")
    world.join(one, two)
    for who in (doctor("79001"), doctor("79002"), citizen(one), citizen(two)):
        assert world.seen(who, "Condition", f"c-{one}"), who
        assert world.seen(who, "Condition", f"c-{two}"), who
        assert not world.seen(citizen(one), "Condition", f"c-{world.ids['three']}")
    world.write(visit(one, "79003"))
    with world.database.connection() as conn:
        assert sweep_same(conn) == 1
    with world.database.connection() as conn:
        assert sweep_same(conn) == spread_same(conn) == 0
    assert world.seen(doctor("79003"), "Condition", f"c-{two}")


def test_a_third_one_joins_the_same_person(world):
    one, two, three = (world.ids[name] for name in NUMBERS)
    world.join(two, three)
    world.join(one, two)
    for who in map(citizen, world.ids.values()):
        assert all(world.seen(who, "Condition", f"c-{person}") for person in world.ids.values())
    with world.database.connection() as conn:
        (decision,) = resolve(conn, [world.claim(NUMBERS["three"], "79001/later")])
    assert decision.patient_id == one
    assert three


def test_who_represents_one_represents_both_whichever_patient_they_have(world):
    one, two, three = (world.ids[name] for name in NUMBERS)
    kin = {
        "resourceType": "RelatedPerson",
        "id": "kin",
        "patient": {"reference": f"Patient/{two}"},
        "identifier": [{"system": REPRESENTATIVE, "value": three}],
        "relationship": [{"coding": [{"code": "POWATT"}]}],
        "extension": [{"url": EVIDENCE, "valueString": "Giấy mẫu"}],
        "period": {"end": "2099-01-01"},
    }
    holder = {"resourceType": "Patient", "id": "cu", "identifier": [], "name": [{"text": "Cũ Mẫu"}]}
    world.write(kin, {n: v for n, v in holder.items() if v}, visit("cu", "79001"))
    world.join(one, two)
    world.join("cu", three)
    for account in (three, "cu"):
        assert all(world.seen(citizen(account), "Condition", f"c-{person}") for person in (one, two)), account
    assert Representations(world.database, world.store, system_clock).acts_for(citizen("cu"), one)
    later = {**kin, "id": "later", "patient": {"reference": "Patient/moi"}}
    world.write({"resourceType": "Patient", "id": "moi", "name": [{"text": "Mới Mẫu"}]}, condition("moi"), later)
    with world.database.connection() as conn:
        assert sweep_same(conn) == 1
    assert world.seen(citizen("cu"), "Condition", "c-moi")
    world.write({**later, "active": False})
    assert not world.seen(citizen("cu"), "Condition", "c-moi")


def test_parting_gives_back_exactly_what_was(world):
    before = world.state()
    joined = world.join(world.ids["one"], world.ids["two"])
    assert world.state() != before
    world.desk.part(DESK, joined, "Hai anh em sinh đôi, giấy tờ khác nhau")
    assert world.state() == before
    assert not world.seen(doctor("79002"), "Condition", f"c-{world.ids['one']}")
    assert not world.seen(citizen(world.ids["one"]), "Condition", f"c-{world.ids['two']}")
    ((kept, *_),) = world.desk.done(DESK)
    assert (kept.id, kept.parted_by, kept.parting) == (joined, "ho-so", "Hai anh em sinh đôi, giấy tờ khác nhau")


def test_what_came_meanwhile_stays_and_the_other_gets_its_own_back(world):
    one, two = world.ids["one"], world.ids["two"]
    joined = world.join(one, two)
    changed = {**world.patient("one"), "gender": "male"}
    changed["identifier"] = [*changed["identifier"], {"system": f"{SID}bhxh", "value": "7900000001"}]
    world.write(changed)
    world.desk.part(DESK, joined, "Hai anh em sinh đôi, giấy tờ khác nhau")
    after = world.patient("one")
    assert (after["gender"], [i["value"] for i in after["identifier"]]) == ("male", [NUMBERS["one"], "7900000001"])
    assert "link" not in after
    assert world.by_number(DESK, "two") == {two}


def test_both_persons_and_their_history_tell_of_it(world):
    one, two = world.ids["one"], world.ids["two"]
    joined = world.join(one, two)
    world.desk.part(DESK, joined, "Hai anh em sinh đôi, giấy tờ khác nhau")
    with world.database.connection() as conn:
        for person, other in ((one, two), (two, one)):
            told = [(row.who, row.detail) for row in audit.find(conn, Looked(patient=person, action="U"))]
            parted, done, asked = (
                f"{deed} with Patient/{other}" for deed in ("parted", "joined", "proposed to be one")
            )
            desk = [("ho-so", parted), ("ho-so", f"parted {joined}")]
            assert told == [*desk, ("bs-79001", done), ("bs-79001", f"joined {joined}"), ("ho-so", asked)]
            versions = conn.execute("SELECT count(*) FROM store.history WHERE id = %s", [person]).fetchone()
            assert versions == (2,)


@pytest.mark.parametrize(
    ("who", "survivor", "other", "reason", "number"),
    [
        (DESK, "one", "one", WHY, "IDEN-0001"),
        (DESK, "one", "two", "giống", "IDEN-0004"),
        (Principal("ho-so-xa", Role.STAFF, "79002"), "one", "two", WHY, "IDEN-0002"),
        (Principal("bac-si", Role.DOCTOR, "79001"), "one", "two", WHY, "IDEN-0002"),
        (Principal("quan-tri", Role.ADMINISTRATOR), "one", "two", WHY, "IDEN-0002"),
        (Principal("phu-trach", Role.DATA_OFFICER), "one", "two", WHY, "IDEN-0002"),
    ],
)
def test_who_may_not_or_has_no_reason_joins_nobody(world, who, survivor, other, reason, number):
    before = world.state()
    with pytest.raises(Refused, match=number):
        world.desk.propose(who, world.ids[survivor], world.ids[other], reason)
    assert world.state() == before


def test_joinings_are_parted_once_and_the_last_one_first(world):
    one, two, three = (world.ids[name] for name in NUMBERS)
    first = world.join(two, three)
    second = world.join(one, two)
    with pytest.raises(Refused, match="IDEN-0003"):
        world.join(one, three)
    with pytest.raises(Refused, match="IDEN-0006"):
        world.desk.part(DESK, first, WHY)
    world.desk.part(DESK, second, WHY)
    world.desk.part(DESK, first, WHY)
    with pytest.raises(Refused, match="IDEN-0005"):
        world.desk.part(DESK, first, WHY)
    with world.database.connection() as conn:
        (decision,) = resolve(conn, [world.claim(NUMBERS["three"], "79001/later")])
    assert decision.patient_id == three


def test_nothing_is_joined_by_one_person_alone(world):
    one, two = world.ids["one"], world.ids["two"]
    before = world.state()
    asked = world.desk.propose(DESK, one, two, WHY)
    assert world.state() == before
    far, nurse = doctor("79002"), Principal("dd", Role.NURSE, "79001")
    for who, number in ((DESK, "IDEN-0008"), (far, "IDEN-0005"), (nurse, "IDEN-0002")):
        with pytest.raises(Refused, match=number):
            world.desk.second(who, asked)
    with pytest.raises(Refused, match="IDEN-0007"):
        world.desk.propose(DESK, world.ids["three"], two, WHY)
    with pytest.raises(Refused, match="IDEN-0005"):
        world.desk.part(DESK, asked, WHY)
    world.desk.refuse(doctor("79001"), asked, "Ngày sinh khác nhau trên giấy tờ gốc")
    for act in (world.desk.second, lambda who, joined: world.desk.refuse(who, joined, WHY)):
        with pytest.raises(Refused, match="IDEN-0005"):
            act(doctor("79001"), asked)
    assert world.state() == before
    world.join(one, two)
    assert world.state() != before


def test_what_changed_between_proposal_and_agreement_is_judged_anew(world):
    one, two, three = (world.ids[name] for name in NUMBERS)
    asked = world.desk.propose(DESK, one, two, WHY)
    world.join(three, one)
    with pytest.raises(Refused, match="IDEN-0003"):
        world.desk.second(doctor("79001"), asked)
