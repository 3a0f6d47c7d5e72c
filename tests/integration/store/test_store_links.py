"""Chains, `_has`, `_list`, compartments and includes: what they find, and that nobody sees through them."""

import pytest

from yteso.access.principal import Principal, Role
from yteso.access.restriction import EVERYTHING, Restriction
from yteso.base.errors import Refused
from yteso.search.fragment import Fragment
from yteso.search.parse import parse
from yteso.search.query import Compartment, Query
from yteso.store import find, include, links
from yteso.store.protocol import Put

DOCTOR = Principal("bac-si", Role.DOCTOR, "79001")
OURS = Restriction(types=None, care_facility="79001")


def reference(text):
    return {"reference": text}


def visit(id, patient, facility, part_of=None):
    found = {
        "resourceType": "Encounter",
        "id": id,
        "status": "finished",
        "subject": reference(f"Patient/{patient}"),
        "serviceProvider": {"identifier": {"value": facility}},
        "participant": [{"individual": reference("Practitioner/dr")}],
    }
    return {**found, "partOf": reference(f"Encounter/{part_of}")} if part_of else found


def result(id, patient, encounter, code):
    return {
        "resourceType": "Observation",
        "id": id,
        "status": "final",
        "code": {"coding": [{"system": "s", "code": code}]},
        "subject": reference(f"Patient/{patient}"),
        "encounter": reference(f"Encounter/{encounter}"),
        "performer": [reference("Practitioner/dr")],
    }


RECORD = [
    {"resourceType": "Patient", "id": "mine", "name": [{"text": "Lê Thị Thử"}], "birthDate": "1980-01-01"},
    {"resourceType": "Patient", "id": "theirs", "name": [{"text": "Lê Văn Giả"}], "birthDate": "1990-01-01"},
    {"resourceType": "Practitioner", "id": "dr", "name": [{"text": "Bác sĩ Mẫu"}]},
    visit("e1", "mine", "79001"),
    visit("e2", "mine", "79001", part_of="e1"),
    visit("e3", "theirs", "79002"),
    result("o1", "mine", "e2", "HGB"),
    result("o2", "theirs", "e3", "HGB"),
    result("o3", "mine", "e1", "GLU"),
    {
        "resourceType": "List",
        "id": "l",
        "status": "current",
        "mode": "working",
        "subject": reference("Patient/mine"),
        "entry": [{"item": reference("Observation/o1")}, {"item": reference("Observation/o2")}],
    },
    {
        "resourceType": "List",
        "id": "hidden",
        "status": "current",
        "mode": "working",
        "subject": reference("Patient/theirs"),
        "entry": [{"item": reference("Observation/o3")}],
    },
]


@pytest.fixture
def record(database, store, administrator):
    with database.connection() as conn:
        store.write(conn, administrator, [Put(one) for one in RECORD])


def found(database, store, type, text, limit=EVERYTHING, compartment=None):
    query, issues = parse(type, text, compartment=compartment)
    assert not issues
    with database.connection() as conn:
        page = store.search(conn, DOCTOR, limit, query)
    return {one.id for one in page.matches}, {one.id for one in page.included}


LINKED = [
    ("Observation", "subject:Patient.name=le", {"o1", "o2", "o3"}, {"o1", "o3"}),
    ("Observation", "patient.name=van", {"o2"}, set()),
    ("Observation", "subject.name=giả", {"o2"}, set()),
    ("Observation", "encounter:Encounter.part-of:Encounter.status=finished", {"o1"}, {"o1"}),
    ("Observation", "encounter.subject:Patient.birthdate=1990&code=HGB", {"o2"}, set()),
    ("Observation", "performer:Practitioner.name=bac", {"o1", "o2", "o3"}, {"o1", "o3"}),
    ("Observation", "subject:Patient.name=le&performer:Practitioner.name=nobody", set(), set()),
    ("Patient", "_has:Observation:patient:code=HGB", {"mine", "theirs"}, {"mine"}),
    ("Patient", "_has:Observation:patient:code=s|GLU", {"mine"}, {"mine"}),
    ("Patient", "_has:Observation:patient:encounter.part-of:Encounter._id=e1", {"mine"}, {"mine"}),
    ("Practitioner", "_has:Observation:performer:code=HGB", {"dr"}, {"dr"}),
    ("Practitioner", "_has:Encounter:practitioner:_has:Observation:encounter:subject=Patient/theirs", {"dr"}, set()),
    ("Encounter", "_has:Observation:encounter:code=HGB", {"e2", "e3"}, {"e2"}),
    ("Observation", "_list=l", {"o1", "o2"}, {"o1"}),
    ("Observation", "_list=List/hidden", {"o3"}, set()),
    ("Patient", "_list=l", set(), set()),
]


@pytest.mark.parametrize(("type", "text", "all", "ours"), LINKED)
@pytest.mark.parametrize("narrow", [True, False])
def test_links_find_what_holds_there_and_only_through_what_is_visible(
    database, store, record, monkeypatch, type, text, all, ours, narrow
):
    if not narrow:  # as if everything matched more than is looked up by id
        monkeypatch.setattr(links, "MOST", 0)
        monkeypatch.setattr(links, "_READ", 1)
    for limit, expected in ((EVERYTHING, all), (OURS, ours)):
        try:
            ids, _ = found(database, store, type, text, limit)
        except Refused as refusal:
            assert "SRCH-0012" in str(refusal)  # noqa: PT017 -- a wide link is refused or answered, never wrong
            assert not narrow
        else:
            assert ids == expected


WRITTEN = [
    ("Observation", "code:text=huyet sac", {"o1"}),
    ("Observation", "code:text=Huyết", {"o1", "o2"}),
    ("Observation", "code:text=sắc,glucose", {"o1", "o3"}),
    ("Observation", "_text=ghi chú", {"o1"}),
    ("Observation", "_text=sắc", set()),
    ("Observation", "_content=sac to", {"o1"}),
    ("Observation", "_content=http", set()),
    ("Observation", "_content=huyet&subject:Patient.name=van", {"o2"}),
    ("Patient", "_has:Observation:patient:code:text=glucose", {"mine"}),
    ("Observation", "subject:Patient._content=thị", {"o1", "o3"}),
]


@pytest.mark.parametrize(("type", "text", "ids"), WRITTEN)
def test_words_that_people_wrote_are_found_folded(database, store, record, administrator, type, text, ids):
    div = '<div xmlns="http://www.w3.org/1999/xhtml">Ghi&#160;chú <b>Thử</b></div>'
    narrative = {"status": "additional", "div": div}
    written = [
        {
            **result("o1", "mine", "e2", "HGB"),
            "code": {"text": "Huyết sắc tố"},
            "text": narrative,
        },
        {
            **result("o2", "theirs", "e3", "HGB"),
            "code": {"coding": [{"system": "s", "code": "1", "display": "Huyết áp"}]},
        },
        {**result("o3", "mine", "e1", "GLU"), "code": {"text": "Glucose"}},
    ]
    with database.connection() as conn:
        store.write(conn, administrator, [Put(one) for one in written])
    assert found(database, store, type, text)[0] == ids
    assert "o2" not in found(database, store, type, text, OURS)[0]


def test_words_are_looked_for_among_a_bounded_number_of_resources(database, store, record, monkeypatch):
    monkeypatch.setattr(links, "MOST_READ", 2)
    with pytest.raises(Refused, match="SRCH-0012"):
        found(database, store, "Observation", "_content=x")
    assert found(database, store, "Observation", "_content=x&subject=Patient/mine")[0] == set()


INCLUDED = [
    ("_include=Observation:subject", {"theirs"}, set()),
    ("_include=Observation:subject:Group", set(), set()),
    ("_include=Observation:encounter&_include:iterate=Encounter:practitioner", {"e3", "dr"}, {"dr"}),
    ("_include=*", {"theirs", "e3", "dr"}, {"dr"}),
    ("_include=Observation:performer&_revinclude:iterate=Encounter:practitioner", {"dr", "e1", "e2", "e3"}, None),
    ("_revinclude=List:item", {"l"}, None),
    ("_revinclude=List:*", {"l"}, None),
]


@pytest.mark.parametrize(("text", "all", "ours"), INCLUDED)
def test_includes_bring_what_is_visible_and_nothing_else(database, store, record, text, all, ours):
    assert found(database, store, "Observation", f"_id=o2&{text}")[1] == all
    matches, brought = found(database, store, "Observation", f"_id=o2&{text}", OURS)
    assert (matches, brought) == (set(), set())
    mine = found(database, store, "Observation", f"_id=o1&{text}", OURS)[1]
    assert not mine & {"theirs", "e3", "hidden", "o2"}


def test_more_than_a_bound_is_not_included_and_that_is_told(database, store, record, monkeypatch):
    monkeypatch.setattr(include, "MOST_INCLUDED", 2)
    query, _ = parse("Observation", "_id=o1&_include=*")
    with database.connection() as conn:
        page = store.search(conn, DOCTOR, EVERYTHING, query)
    assert (len(page.included), page.cut) == (2, True)


COMPARTMENTS = [
    (Compartment("Patient", "mine"), "Observation", {"o1", "o3"}, {"o1", "o3"}),
    (Compartment("Patient", "theirs"), "Observation", {"o2"}, set()),
    (Compartment("Patient", "mine"), "Patient", {"mine"}, {"mine"}),
    (Compartment("Patient", "mine"), "Organization", set(), set()),
    (Compartment("Encounter", "e2"), "Observation", {"o1"}, {"o1"}),
    (Compartment("Practitioner", "dr"), "Encounter", {"e1", "e2", "e3"}, {"e1", "e2"}),
]


@pytest.mark.parametrize(("compartment", "type", "all", "ours"), COMPARTMENTS)
def test_a_compartment_holds_what_its_definition_says(database, store, record, compartment, type, all, ours):
    assert found(database, store, type, "", EVERYTHING, compartment)[0] == all
    assert found(database, store, type, "", OURS, compartment)[0] == ours


def test_a_whole_compartment_holds_only_what_is_visible(database, store, record):
    mine, theirs = Query("Patient", compartment=Compartment("Patient", "mine")), Compartment("Patient", "theirs")
    with database.connection() as conn:
        for limit in (EVERYTHING, OURS):
            page = store.whole_compartment(conn, DOCTOR, limit, mine, ())
            assert {one.id for one in page.matches} == {"mine", "e1", "e2", "o1", "o3", "l"}
        hidden = Query("Patient", compartment=theirs)
        assert store.whole_compartment(conn, DOCTOR, OURS, hidden, ()).matches == ()
        assert len(store.whole_compartment(conn, DOCTOR, EVERYTHING, hidden, ()).matches) == 4


def test_a_search_that_no_index_serves_ends_by_itself(database, store, record, monkeypatch):
    query, _ = parse("Observation", "status=final")
    with database.connection() as conn:
        conn.execute("CREATE FUNCTION slow(bigint) RETURNS boolean LANGUAGE sql AS 'SELECT pg_sleep(1) IS NOT NULL'")
        monkeypatch.setattr(find, "SECONDS", 0.2)
        conditions = links.conditions
        monkeypatch.setattr(
            "yteso.search.plan.conditions",
            lambda rows, clauses: [*conditions(rows, clauses), Fragment("slow(r.t)")],
        )
        with pytest.raises(Refused, match="SRCH-0013") as refused:
            store.search(conn, DOCTOR, EVERYTHING, query)
    assert refused.value.status == 503


def test_many_quick_links_have_no_more_time_together_than_one(database, store, record, monkeypatch):
    query, issues = parse("Observation", [("subject:Patient.name", f"n{n}") for n in range(900)])
    assert not issues
    with database.connection() as conn:
        assert store.search(conn, DOCTOR, EVERYTHING, query).matches == ()
        monkeypatch.setattr(find, "SECONDS", 0.1)
        with pytest.raises(Refused, match="SRCH-0013"):
            store.search(conn, DOCTOR, EVERYTHING, query)
