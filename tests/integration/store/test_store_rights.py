"""A restriction cannot be seen around: not by id, version, history, search, total, include, sort or cursor."""

import pytest

from yteso.access.principal import Principal, Role
from yteso.access.restriction import EVERYTHING, NOTHING, Restriction
from yteso.search.parse import parse
from yteso.store.protocol import Put, Remove

DOCTOR = Principal("bac-si", Role.DOCTOR, "79001")
OURS = Restriction(types=None, care_facility="79001")


def patient(id, name):
    return {"resourceType": "Patient", "id": id, "name": [{"text": name}], "birthDate": "1980-01-01"}


def visit(id, patient_id, facility):
    return {
        "resourceType": "Encounter",
        "id": id,
        "status": "finished",
        "subject": {"reference": f"Patient/{patient_id}"},
        "serviceProvider": {"identifier": {"value": facility}},
    }


def result(id, patient_id):
    return {
        "resourceType": "Observation",
        "id": id,
        "status": "final",
        "code": {"coding": [{"system": "s", "code": "HGB"}]},
        "subject": {"reference": f"Patient/{patient_id}"},
        "effectiveDateTime": "2024-03-05",
    }


@pytest.fixture
def people(database, store, administrator):
    """`mine` was at 79001 and 79002, `theirs` only at 79002; an Organization belongs to no patient."""
    with database.connection() as conn:
        store.write(
            conn,
            administrator,
            [
                Put(patient("mine", "Lê Thị Thử")),
                Put(patient("theirs", "Lê Văn Giả")),
                Put(visit("e1", "mine", "79001")),
                Put(visit("e2", "mine", "79002")),
                Put(visit("e3", "theirs", "79002")),
                Put(result("o1", "mine")),
                Put(result("o2", "theirs")),
                Put({"resourceType": "Organization", "id": "org", "name": "Trạm Mẫu"}),
            ],
        )


def found(conn, store, type, text, limit=OURS):
    query, issues = parse(type, text)
    assert not issues
    page = store.search(conn, DOCTOR, limit, query)
    return [one.id for one in page.matches], [one.id for one in page.included], page.total


def test_another_facilitys_patient_cannot_be_read(database, store, people):
    with database.connection() as conn:
        assert store.read(conn, DOCTOR, OURS, "Patient", "mine").id == "mine"
        assert store.read(conn, DOCTOR, OURS, "Encounter", "e2").id == "e2"
        assert store.read(conn, DOCTOR, OURS, "Organization", "org").id == "org"
        for kind, one in (("Patient", "theirs"), ("Encounter", "e3"), ("Observation", "o2")):
            assert store.read(conn, DOCTOR, OURS, kind, one) is None
            assert store.read_version(conn, DOCTOR, OURS, kind, one, 1) is None
            assert store.history(conn, DOCTOR, OURS, kind, one).matches == ()


def test_past_versions_and_tombstones_stay_hidden(database, store, administrator, people):
    with database.connection() as conn:
        store.write(conn, administrator, [Put({**patient("theirs", "Lê Văn Giả"), "gender": "male"})])
        store.write(conn, administrator, [Remove("Observation", "o2"), Remove("Observation", "o1")])
        assert store.read(conn, DOCTOR, OURS, "Observation", "o2") is None
        assert store.read(conn, DOCTOR, OURS, "Observation", "o1").deleted
        assert store.read_version(conn, DOCTOR, OURS, "Patient", "theirs", 1) is None
        assert {one.id for one in store.history(conn, DOCTOR, OURS).matches} == {"mine", "e1", "e2", "o1", "org"}
        assert {one.id for one in store.history(conn, DOCTOR, OURS, "Observation").matches} == {"o1"}


@pytest.mark.parametrize(
    ("type", "text", "ids"),
    [
        ("Patient", "name=le", ["mine"]),
        ("Patient", "birthdate=1980&_sort=name", ["mine"]),
        ("Patient", "_id=mine,theirs&_sort=_id", ["mine"]),
        ("Observation", "code=HGB", ["o1"]),
        ("Observation", "code=s|HGB&date=ge2024-01-01", ["o1"]),
        ("Observation", "status=final&_sort=-_lastUpdated", ["o1"]),
        ("Observation", "patient=theirs", []),
        ("Observation", "status:not=cancelled", ["o1"]),
        ("Observation", "encounter:missing=true", ["o1"]),
    ],
)
def test_searches_and_totals_see_only_what_may_be_seen(database, store, people, type, text, ids):
    with database.connection() as conn:
        assert found(conn, store, type, f"{text}&_total=accurate") == (ids, [], len(ids))
        assert found(conn, store, type, f"{text}&_summary=count")[2] == len(ids)


def test_an_include_does_not_lead_out_of_the_restriction(database, store, administrator, people):
    with database.connection() as conn:
        store.write(
            conn, administrator, [Put({**visit("e4", "mine", "79001"), "partOf": {"reference": "Encounter/e3"}})]
        )
        assert found(conn, store, "Encounter", "_id=e4&_include=Encounter:part-of&_include=Encounter:patient") == (
            ["e4"],
            ["mine"],
            1,
        )
        assert found(conn, store, "Encounter", "_id=e4&_include=Encounter:part-of", EVERYTHING)[1] == ["e3"]


def test_a_cursor_gives_no_right(database, store, administrator, people):
    query, _ = parse("Patient", "name=le&_sort=name&_count=1")
    with database.connection() as conn:
        page = store.search(conn, administrator, EVERYTHING, query)
        assert page.next
        following, _ = parse("Patient", f"name=le&_sort=name&_count=1&_cursor={page.next}")
        assert [one.id for one in store.search(conn, administrator, EVERYTHING, following).matches] == ["theirs"]
        assert store.search(conn, DOCTOR, OURS, following).matches == ()


def test_types_limit_everything(database, store, people):
    limit = Restriction(types=frozenset({"Organization"}))
    with database.connection() as conn:
        assert store.read(conn, DOCTOR, limit, "Patient", "mine") is None
        assert found(conn, store, "Patient", "name=le&_total=accurate", limit) == ([], [], 0)
        assert found(conn, store, "Organization", "name=tram", limit)[0] == ["org"]
        assert store.read(conn, DOCTOR, NOTHING, "Organization", "org") is None
        assert {one.type for one in store.history(conn, DOCTOR, limit).matches} == {"Organization"}


def test_a_source_facility_sees_only_what_it_sent(database, store, administrator):
    def sent(id, facility):
        return {"resourceType": "Basic", "id": id, "meta": {"source": f"urn:yteso:bhyt:{facility}:LK1#XML1/1"}}

    limit = Restriction(types=None, source_facility="79001")
    with database.connection() as conn:
        store.write(
            conn,
            administrator,
            [Put(sent("a", "79001")), Put(sent("b", "79002")), Put({"resourceType": "Basic", "id": "c"})],
        )
        assert found(conn, store, "Basic", "_total=accurate", limit) == (["a"], [], 1)
        assert store.read(conn, DOCTOR, limit, "Basic", "b") is None
        assert [one.id for one in store.history(conn, DOCTOR, limit).matches] == ["a"]


def test_care_follows_the_encounters(database, store, administrator, people):
    with database.connection() as conn:
        store.write(conn, administrator, [Put(visit("e3", "theirs", "79001"))])
        assert store.read(conn, DOCTOR, OURS, "Patient", "theirs") is not None
        store.write(conn, administrator, [Remove("Encounter", "e3")])
        assert store.read(conn, DOCTOR, OURS, "Patient", "theirs") is None


def test_an_encounter_that_only_refers_to_an_organization_is_served_by_its_code(database, store, administrator, people):
    organization = {"resourceType": "Organization", "id": "org2", "identifier": [{"system": "x", "value": "79001"}]}
    encounter = {**visit("e9", "theirs", ""), "serviceProvider": {"reference": "Organization/org2"}}
    with database.connection() as conn:
        store.write(conn, administrator, [Put(organization), Put(encounter)])
        assert store.read(conn, DOCTOR, OURS, "Observation", "o2") is not None


@pytest.mark.parametrize(
    "subject",
    [
        {},
        {"subject": {"identifier": {"system": "s", "value": "1"}, "display": "Lê Văn Giả"}},
        {"subject": {"reference": "https://elsewhere.example/fhir/Patient/x"}},
        {"subject": {"reference": "Group/g"}},
    ],
)
def test_a_patients_type_that_names_no_patient_of_the_record_is_shown_to_no_clinician(
    database, store, people, administrator, subject
):
    nameless = {**result("o3", "x"), **subject}
    if not subject:
        del nameless["subject"]
    limit = Restriction(types=None, care_facility="79001", care_types=frozenset({"Observation"}))
    with database.connection() as conn:
        store.write(conn, administrator, [Put(nameless)])
        assert store.read(conn, DOCTOR, limit, "Observation", "o3") is None
        assert store.read_version(conn, DOCTOR, limit, "Observation", "o3", 1) is None
        assert found(conn, store, "Observation", "code=HGB", limit)[0] == ["o1"]
        assert [one.id for one in store.history(conn, DOCTOR, limit, "Observation").matches] == ["o1"]
        assert found(conn, store, "Organization", "", limit)[0] == ["org"]
        assert store.read(conn, administrator, EVERYTHING, "Observation", "o3") is not None
