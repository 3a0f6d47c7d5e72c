"""Broken glass and visit codes: what they open, to whom, until when, and that everybody concerned is told at once."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from yteso.access.consent import closed_to
from yteso.access.policy import require
from yteso.access.principal import Principal, Role
from yteso.access.restriction import Restriction
from yteso.base.errors import Refused
from yteso.client.consents import Consents
from yteso.client.openings import Openings
from yteso.client.record import Records
from yteso.search.parse import parse
from yteso.store import audit
from yteso.store.protocol import Put

CCCD = "001180000001"
WORDS = "Cấp cứu, bất tỉnh, cần biết tiền sử dị ứng"
MAKER = Principal("bac-si", Role.DOCTOR, "79002")
NIGHT = Principal("bac-si-truc", Role.DOCTOR, "79001")
COLLEAGUE = Principal("dong-nghiep", Role.DOCTOR, "79001")
OFFICER = Principal("phu-trach-du-lieu", Role.DATA_OFFICER)
SELF = Principal("cong-dan", Role.CITIZEN, person="kin", purpose="PATRQT")


def condition(id, code, **more):
    coding = {"system": "http://hl7.org/fhir/sid/icd-10", "code": code}
    return {
        "resourceType": "Condition",
        "id": id,
        "subject": {"reference": "Patient/kin"},
        "code": {"coding": [coding]},
        **more,
    }


RECORD = [
    {
        "resourceType": "Patient",
        "id": "kin",
        "identifier": [{"system": "http://fhir.hl7.org.vn/core/sid/cccd", "value": CCCD}],
    },
    {"resourceType": "Patient", "id": "other"},
    {**condition("theirs", "J11"), "subject": {"reference": "Patient/other"}},
    condition("flu", "J11"),
    condition("hiv", "B20"),
    condition(
        "secret",
        "J11",
        meta={"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "V"}]},
    ),
]


@pytest.fixture
def openings(database, store):
    with database.connection() as conn:
        store.write(conn, MAKER, [Put(one) for one in RECORD])
    return Openings(database, store)


def seen(database, store, who):
    limit = Restriction(
        types=None,
        care_facility=who.facility,
        care_account=who.name,
        care_types=frozenset({"Patient", "Condition"}),
        also=(closed_to(who),),
    )
    with database.connection() as conn:
        return {
            one
            for one in ("flu", "hiv", "secret", "theirs")
            if store.read(conn, who, limit, "Condition", one) is not None
        }


def test_broken_glass_opens_one_record_to_one_account_of_one_facility(database, store, openings):
    assert seen(database, store, NIGHT) == set()
    patient, _ = openings.break_glass(NIGHT, CCCD, "ETREAT", WORDS)
    assert patient == "kin"
    assert seen(database, store, NIGHT) == {"flu", "hiv"}
    assert seen(database, store, COLLEAGUE) == set()
    assert seen(database, store, replace(NIGHT, facility="79003")) == set()


def test_it_ends_after_four_hours_or_when_it_is_closed(database, store, openings):
    openings.break_glass(NIGHT, CCCD, "ETREAT", WORDS)
    (one,) = openings.mine(NIGHT)
    assert (one.until - one.since).total_seconds() == 4 * 3600
    assert not openings.end(COLLEAGUE, one.id)
    assert openings.end(NIGHT, one.id)
    assert openings.mine(NIGHT) == []
    assert seen(database, store, NIGHT) == set()
    openings.break_glass(NIGHT, CCCD, "ETREAT", WORDS)
    with database.connection() as conn:
        conn.execute("UPDATE store.opening SET since = since - interval '4 hours', until = until - interval '4 hours'")
    assert seen(database, store, NIGHT) == set()


def test_very_restricted_facts_need_a_second_person(database, store, openings):
    openings.break_glass(NIGHT, CCCD, "ETREAT", WORDS, very_restricted=True)
    assert "secret" not in seen(database, store, NIGHT)
    assert openings.waiting(NIGHT) == []
    (one,) = openings.waiting(COLLEAGUE)
    assert not openings.approve(NIGHT, one.id)
    assert not openings.approve(MAKER, one.id)
    assert openings.approve(COLLEAGUE, one.id)
    assert not openings.approve(COLLEAGUE, one.id)
    assert seen(database, store, NIGHT) == {"flu", "hiv", "secret"}


def test_it_overrides_what_the_person_closed(database, store, openings):
    consent = {
        "resourceType": "Consent",
        "id": "c",
        "status": "active",
        "patient": {"reference": "Patient/kin"},
        "provision": {"type": "deny"},
    }
    with database.connection() as conn:
        store.write(conn, SELF, [Put(consent)])
    openings.break_glass(NIGHT, CCCD, "ETREAT", WORDS)
    assert seen(database, store, NIGHT) == {"flu", "hiv"}


@pytest.mark.parametrize(
    ("who", "number", "reason", "words", "code"),
    [
        (OFFICER, CCCD, "ETREAT", WORDS, "CONS-0001"),
        (replace(NIGHT, facility=""), CCCD, "ETREAT", WORDS, "CONS-0001"),
        (NIGHT, CCCD, "", WORDS, "CONS-0002"),
        (NIGHT, CCCD, "ETREAT", "   cần xem gấp      ", "CONS-0003"),
        (NIGHT, "001180000002", "ETREAT", WORDS, "CONS-0004"),
        (NIGHT, "", "ETREAT", WORDS, "CONS-0004"),
    ],
)
def test_what_is_missing_is_named_and_opens_nothing(database, store, openings, who, number, reason, words, code):
    with pytest.raises(Refused) as refused:
        openings.break_glass(who, number, reason, words)
    assert refused.value.issues[0].code == code
    assert openings.to_review(OFFICER) == []


def test_the_person_and_the_officer_are_told_at_once_and_the_officer_reviews_each_once(database, store, openings):
    openings.break_glass(NIGHT, CCCD, "ETREAT", WORDS)
    (told,) = openings.of_person(SELF)
    assert (told.account, told.facility, told.reason, told.words) == (NIGHT.name, "79001", "ETREAT", WORDS)
    (one,) = openings.to_review(OFFICER)
    assert one.id == told.id
    assert openings.review(OFFICER, one.id, justified=False)
    assert not openings.review(OFFICER, one.id, justified=True)
    assert openings.to_review(OFFICER) == []
    assert openings.of_person(SELF)[0].verdict == "unjustified"
    for who in (NIGHT, SELF):
        with pytest.raises(Refused):
            openings.to_review(who)


def test_who_breaks_it_more_than_three_times_a_week_is_named(database, store, openings):
    for _ in range(3):
        openings.break_glass(NIGHT, CCCD, "ETREAT", WORDS)
    assert openings.often(OFFICER) == []
    openings.break_glass(NIGHT, CCCD, "ETREAT", WORDS)
    assert [(one.account, one.times) for one in openings.often(OFFICER)] == [(NIGHT.name, 4)]


def test_each_step_is_in_the_audit_chain(database, store, openings):
    openings.break_glass(NIGHT, CCCD, "ETREAT", WORDS, very_restricted=True)
    (one,) = openings.waiting(COLLEAGUE)
    openings.approve(COLLEAGUE, one.id)
    openings.end(NIGHT, one.id)
    openings.review(OFFICER, one.id, justified=True)
    with database.connection() as conn:
        details = conn.execute("SELECT who, detail FROM store.audit WHERE detail LIKE 'glass:%' ORDER BY ts").fetchall()
    assert sorted(details) == sorted(
        [
            (NIGHT.name, "glass:ETREAT"),
            (NIGHT.name, f"glass:ended {one.id}"),
            (COLLEAGUE.name, "glass:second"),
            (OFFICER.name, "glass:justified"),
        ]
    )


def test_a_code_opens_the_record_to_the_facility_once_but_no_labelled_fact(database, store, openings):
    code = openings.visit_code(SELF)
    typed = f" {code.text[:4].lower()}-{code.text[4:]} "
    patient, _ = openings.open_by_code(NIGHT, typed)
    assert patient == "kin"
    assert seen(database, store, NIGHT) == {"flu"}
    assert seen(database, store, COLLEAGUE) == {"flu"}
    with pytest.raises(Refused) as refused:
        openings.open_by_code(COLLEAGUE, code.text)
    assert refused.value.issues[0].code == "CONS-0005"
    assert openings.to_review(OFFICER) == []


def test_a_code_is_over_after_ten_minutes(database, store, openings):
    code = openings.visit_code(SELF)
    with database.connection() as conn:
        conn.execute("UPDATE store.visit_code SET until = until - interval '10 minutes'")
    with pytest.raises(Refused):
        openings.open_by_code(NIGHT, code.text)
    assert seen(database, store, NIGHT) == set()


def test_glass_that_nobody_reviewed_in_time_stops_its_account_and_no_other(database, openings):
    openings.break_glass(NIGHT, CCCD, "ETREAT", WORDS)
    openings.break_glass(NIGHT, CCCD, "ETREAT", WORDS)
    with database.connection() as conn:
        conn.execute(
            "UPDATE store.opening SET since = since - interval '73 hours', until = until - interval '73 hours'"
        )
    with pytest.raises(Refused) as refused:
        openings.break_glass(NIGHT, CCCD, "ETREAT", WORDS)
    assert refused.value.issues[0].code == "CONS-0008"
    openings.break_glass(COLLEAGUE, CCCD, "ETREAT", WORDS)
    first, second, new = openings.to_review(OFFICER)
    assert (first.opened_by, second.opened_by, new.opened_by) == (NIGHT.name, NIGHT.name, COLLEAGUE.name)
    assert openings.review(OFFICER, first.id, justified=True)
    with pytest.raises(Refused):
        openings.break_glass(NIGHT, CCCD, "ETREAT", WORDS)
    assert openings.review(OFFICER, second.id, justified=False)
    assert openings.break_glass(NIGHT, CCCD, "ETREAT", WORDS)


def test_what_was_opened_under_broken_glass_is_listed_to_who_broke_it(database, store, openings):
    assert openings.broken(NIGHT, "kin") is None
    openings.break_glass(NIGHT, CCCD, "ETREAT", WORDS)
    seen(database, store, NIGHT)
    seen(database, store, MAKER)
    broken = openings.broken(NIGHT, "kin")
    assert [one.what for one in broken.looks] == ["Condition/hiv", "Condition/flu", "Patient/kin/$break-glass"]
    assert openings.broken(COLLEAGUE, "kin") is None
    assert openings.broken(NIGHT, "other") is None
    openings.end(NIGHT, broken.opening.id)
    assert openings.broken(NIGHT, "kin") is None


def test_a_merged_person_is_one_for_glass_codes_and_choices(database, store, openings):
    """Two Patients with the same number: refused while they are two, one record once each names the other."""
    twin = {**RECORD[0], "id": "twin"}
    twin_fact = {**condition("twin-flu", "J11"), "subject": {"reference": "Patient/twin"}}
    with database.connection() as conn:
        store.write(conn, MAKER, [Put(twin), Put(twin_fact)])
    with pytest.raises(Refused) as refused:
        openings.break_glass(NIGHT, CCCD, "ETREAT", WORDS)
    assert refused.value.issues[0].code == "CONS-0004"
    merged = {**twin, "link": [{"other": {"reference": "Patient/kin"}, "type": "replaced-by"}]}
    kept = {**RECORD[0], "link": [{"other": {"reference": "Patient/twin"}, "type": "replaces"}]}
    with database.connection() as conn:
        store.write(conn, MAKER, [Put(merged), Put(kept)])
    patient, _ = openings.break_glass(NIGHT, CCCD, "ETREAT", WORDS)
    assert patient == "kin"
    limit = require(NIGHT, "read", "Condition")
    with database.connection() as conn:
        assert store.read(conn, NIGHT, limit, "Condition", "twin-flu") is not None
    consents = Consents(database, store, lambda: datetime.now(UTC))
    other = replace(SELF, name="danh-tinh-cu", person="twin")
    made = consents.choose(SELF, permits=False, facility="79001")
    assert [one.id for one in consents.own(other)] == [made]
    assert [one.opened_by for one in openings.of_person(other)] == [NIGHT.name]
    assert consents.withdraw(other, made)
    records = Records(database, store, lambda: datetime.now(UTC))
    for own in (SELF, other):
        shown = {fact.resource["id"] for fact in records.section(own, own.person, "diagnoses").facts}
        assert shown == {"flu", "hiv", "secret", "twin-flu"}
        assert all(records.concerns(fact, own.person) for fact in (RECORD[3], twin_fact))
    assert not records.concerns(RECORD[2], "kin")


def purposes(database, patient="kin"):
    with database.connection() as conn:
        return [(one.who, one.action, one.purpose) for one in reversed(audit.accesses(conn, patient))][1:]


def test_what_is_done_under_broken_glass_is_recorded_as_that_until_it_ends(database, store, openings):
    openings.break_glass(NIGHT, CCCD, "ETREAT", WORDS)
    seen(database, store, NIGHT)
    seen(database, store, COLLEAGUE)
    (one,) = openings.mine(NIGHT)
    openings.end(NIGHT, one.id)
    seen(database, store, MAKER)
    assert purposes(database) == [
        ("yteso break-glass", "R", "BTG"),
        ("bac-si-truc", "E", "BTG"),
        ("bac-si-truc", "R", "BTG"),
        ("bac-si-truc", "R", "BTG"),
        ("bac-si-truc", "E", "BTG"),
    ]
    with database.connection() as conn:
        store.write(conn, NIGHT, [Put(condition("later", "J11"))])
    assert purposes(database)[-1] == ("bac-si-truc", "C", "TREAT")


def test_a_search_a_write_and_what_lies_on_a_joined_patient_are_under_the_glass_too(database, store, openings):
    openings.break_glass(NIGHT, CCCD, "ETREAT", WORDS)
    links = [("kin", "twin", "replaces"), ("twin", "kin", "replaced-by")]
    joined = [
        {"resourceType": "Patient", "id": a, "link": [{"other": {"reference": f"Patient/{b}"}, "type": kind}]}
        for a, b, kind in links
    ]
    fact = {**condition("of-twin", "J11"), "subject": {"reference": "Patient/twin"}}
    limit = require(NIGHT, "search", "Condition")
    with database.connection() as conn:
        store.write(conn, MAKER, [*map(Put, joined), Put(fact)])
    with database.connection() as conn:
        found = store.search(conn, NIGHT, limit, parse("Condition", "code=J11&_count=1&subject=Patient/twin")[0])
        assert [one.id for one in found.matches] == ["of-twin"]
        store.write(conn, NIGHT, [Put({**fact, "id": "noted"})])
        rows = audit.find(conn, audit.Asked(who=NIGHT.name, count=2))
    assert {(one.action, one.purpose) for one in rows} == {("C", "BTG"), ("R", "BTG")}


def test_another_persons_record_is_not_under_the_glass(database, store, openings):
    openings.break_glass(NIGHT, CCCD, "ETREAT", WORDS)
    with database.connection() as conn:
        store.write(conn, NIGHT, [Put({**condition("new", "J11"), "subject": {"reference": "Patient/other"}})])
        store.write(conn, replace(NIGHT, facility="79003"), [Put(condition("elsewhere", "J11"))])
    assert purposes(database, "other")[-1] == ("bac-si-truc", "C", "TREAT")
    assert ("bac-si-truc", "C", "TREAT") in purposes(database)
