"""The first code and the patient of a resource have columns and no tokens; every search finds them there."""

import pytest

from yteso.access.restriction import EVERYTHING
from yteso.search.keys import number, token
from yteso.search.parse import parse
from yteso.store.protocol import Put

RESULTS = {
    "one": {"code": ["a"], "subject": "Patient/p"},
    "two": {"code": ["b", "a"], "subject": "Patient/q"},
    "three": {"code": ["c"], "subject": "Group/g", "performer": "Patient/p"},
    "four": {"subject": "Patient/p"},
}


def observation(id, code=(), subject="", performer=""):
    found = {"resourceType": "Observation", "id": id, "subject": {"reference": subject}, "status": "final"}
    if code:
        found["code"] = {"coding": [{"system": "http://s", "code": one} for one in code]}
    return found | ({"performer": [{"reference": performer}]} if performer else {})


@pytest.fixture
def results(database, store, administrator):
    people = [{"resourceType": "Patient", "id": one} for one in ("p", "q")]
    with database.connection() as conn:
        store.write(conn, administrator, [Put(observation(name, **one)) for name, one in RESULTS.items()])
        store.write(conn, administrator, [Put(one) for one in people])


def test_what_has_a_column_is_not_among_the_tokens(database, results):
    with database.connection() as conn:
        tokens = {name: set(tok) for name, tok in conn.execute("SELECT id, tok FROM store.resource WHERE type <> 103")}
    for fact, without in {
        "Observation.code|a": {"one", "three", "four"},
        "Observation.code|b": set(RESULTS),
        "Observation.subject|Patient/p": set(RESULTS),
        "Observation.performer|Patient/p": {"one", "two", "four"},
    }.items():
        assert {name for name, tok in tokens.items() if number(token(fact)) not in tok} == without, fact


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("code=a", {"one", "two"}),
        ("code=a,c", {"one", "two", "three"}),
        ("code=b", {"two"}),
        ("code=http://s|a", {"one", "two"}),
        ("code=http://t|a", set()),
        ("code=http://s|a,c", {"one", "two", "three"}),
        ("code:not=a", {"three", "four"}),
        ("code=a&patient=q", {"two"}),
        ("code=a&code=b", {"two"}),
        ("subject=Patient/p,Patient/q", {"one", "two", "four"}),
        ("subject=p,g", {"one", "three", "four"}),
        ("subject=Group/g,Patient/q", {"two", "three"}),
        ("performer=Patient/p", {"three"}),
        ("performer=Patient/p,Patient/q", {"three"}),
        ("subject:Patient._id=p", {"one", "four"}),
        ("_filter=code eq a and subject re Patient/p", {"one"}),
        ("_filter=not (code eq a) or subject re Patient/q", {"two", "three", "four"}),
    ],
)
def test_every_search_finds_it_in_its_column(database, store, administrator, results, text, ids):
    query, issues = parse("Observation", text)
    assert not issues
    with database.connection() as conn:
        assert {one.id for one in store.search(conn, administrator, EVERYTHING, query).matches} == ids


@pytest.mark.parametrize(
    ("include", "ids"), [("subject", {"one", "four"}), ("performer", {"three"}), ("*", {"one", "three", "four"})]
)
def test_what_refers_to_a_patient_comes_beside(database, store, administrator, results, include, ids):
    query, issues = parse("Patient", f"_id=p&_revinclude=Observation:{include}")
    assert not issues
    with database.connection() as conn:
        assert {one.id for one in store.search(conn, administrator, EVERYTHING, query).included} == ids
