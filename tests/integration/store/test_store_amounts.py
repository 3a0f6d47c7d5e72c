"""The one number of a resource stands on its row, a component's beside its code; rows of the layout before go on."""

import pytest
from tests.integration.store.earlier import as_before, write_earlier
from tests.integration.store.test_store_search_parameters import quick, run  # noqa: F401 - a fixture too

from yteso.access.restriction import EVERYTHING
from yteso.db import Database
from yteso.db.migrate import migrate
from yteso.ops.compose import ROOMS
from yteso.search.extract import extract
from yteso.search.keys import token
from yteso.search.parse import parse
from yteso.search.row import NO_DATE
from yteso.store.protocol import Put

NONE = "0b1d8e2c-0000-8000-8000-0000000000af"
LOINC, UCUM = "http://loinc.org", "http://unitsofmeasure.org"


def coded(code):
    return {"coding": [{"system": LOINC, "code": code}]}


def quantity(value, code="mg", unit="mg", **more):
    return {"value": value, "system": UCUM, "code": code, "unit": unit, **more}


def pressure(id, systolic, diastolic):
    parts = (("8480-6", systolic), ("8462-4", diastolic))
    component = [{"code": coded(code), "valueQuantity": quantity(value, "mm[Hg]", "mmHg")} for code, value in parts]
    return {"resourceType": "Observation", "id": id, "code": coded("85354-9"), "component": component}


def measured(id, value, **more):
    return {"resourceType": "Observation", "id": id, "code": coded("2339-0"), "valueQuantity": quantity(value, **more)}


RESULTS = [
    measured("low", 4),
    measured("mid", 5.4),
    measured("high", 20, code="g/L", unit="gam/l"),
    measured("above", 90, comparator=">"),
    pressure("tense", 180, 110),
    pressure("calm", 110, 70),
    {"resourceType": "Observation", "id": NONE, "code": coded("2339-0")},
]
ASKED = [
    ("value-quantity=5.4", {"mid"}),
    ("value-quantity=gt5", {"mid", "high", "above"}),
    ("value-quantity=ne5.4", {"low", "high", "above"}),
    (f"value-quantity=lt30|{UCUM}|mg", {"low", "mid"}),
    ("value-quantity=20||g/L,20||gam/l", {"high"}),
    ("value-quantity=20||gam/l", {"high"}),
    ("value-quantity=gt5||mg", {"mid", "above"}),
    ("value-quantity=20|http://other|g/L", set()),
    ("value-quantity:missing=true", {"tense", "calm", NONE}),
    ("value-quantity:missing=false", {"low", "mid", "high", "above"}),
    ("combo-value-quantity=gt100", {"above", "tense", "calm"}),
    ("code-value-quantity=2339-0$lt5", {"low"}),
    ("component-code-value-quantity=8480-6$gt150", {"tense"}),
    ("component-code-value-quantity=8462-4$gt150", set()),
    (f"component-code-value-quantity={LOINC}|8462-4$lt100||mmHg", {"calm"}),
    ("component-code-value-quantity=http://other|8462-4$lt100", set()),
    (f"combo-code-value-quantity={LOINC}|8480-6$lt150|{UCUM}|mm[Hg]", {"calm"}),
]


def found(database, store, administrator, text, type="Observation"):
    query, issues = parse(type, text)
    assert not issues
    with database.connection() as conn:
        return [one.id for one in store.search(conn, administrator, EVERYTHING, query).matches]


def beside(database):
    """How many numbers have a row of their own."""
    with database.connection() as conn:
        return conn.execute("SELECT count(*) FROM store.number").fetchone()[0]


@pytest.fixture
def results(database, store, administrator):
    with database.connection() as conn:
        store.write(conn, administrator, [Put(one) for one in RESULTS])


@pytest.mark.parametrize(("text", "ids"), ASKED)
def test_numbers_are_found_by_value_unit_and_code(database, store, administrator, results, text, ids):
    assert set(found(database, store, administrator, text)) == ids


def test_numbers_give_an_order_wherever_they_stand(database, store, administrator, results):
    up = found(database, store, administrator, "value-quantity:missing=false&_sort=value-quantity")
    down = found(database, store, administrator, "value-quantity:missing=false&_sort=-value-quantity")
    assert (up, down) == (["low", "mid", "high", "above"], ["above", "high", "mid", "low"])
    first, issues = parse("Observation", "value-quantity:missing=false&_sort=value-quantity&_count=2")
    assert not issues
    with database.connection() as conn:
        page = store.search(conn, administrator, EVERYTHING, first)
    assert [one.id for one in page.matches] == ["low", "mid"]
    after, issues = parse(
        "Observation", f"value-quantity:missing=false&_sort=value-quantity&_count=2&_cursor={page.next}"
    )
    assert not issues
    with database.connection() as conn:
        assert [one.id for one in store.search(conn, administrator, EVERYTHING, after).matches] == ["high", "above"]


def test_only_what_has_no_column_has_a_row_of_its_own_and_it_goes_with_its_version(database, store, administrator):
    with database.connection() as conn:
        store.write(conn, administrator, [Put(one) for one in RESULTS])
    assert beside(database) == 2 + 1 + 4 * 2  # two writings of a unit, a comparator, four components of two writings
    with database.connection() as conn:
        store.write(conn, administrator, [Put({"resourceType": "Observation", "id": one["id"]}) for one in RESULTS])
        assert conn.execute("SELECT count(amount) FROM store.resource").fetchone() == (0,)
    assert beside(database) == 0


@pytest.fixture
def earlier_url(empty_database_url, tmp_path):
    """A database as it was before amounts and shapes."""
    return as_before(110, empty_database_url, tmp_path)


def test_what_was_stored_before_is_found_at_once_and_indexed_anew(earlier_url, store, administrator):
    database = Database(earlier_url).open()
    with database.connection() as conn:
        for one in RESULTS:
            write_earlier(conn, one)
    migrate(earlier_url, ROOMS)
    sets = {frozenset(extract(one).mark) for one in RESULTS}
    with database.connection() as conn:
        assert conn.execute("SELECT count(*) FROM store.shape").fetchone() == (len(sets),)
        assert conn.execute("SELECT id FROM store.resource WHERE uid IS NOT NULL").fetchall() == [(NONE,)]
    by_code = [(text, ids) for text, ids in ASKED if "code-value" in text and not text.startswith("code")]
    for text, ids in ASKED:
        if (text, ids) not in by_code:
            assert set(found(database, store, administrator, text)) == ids, text
    assert set(found(database, store, administrator, "component-code:missing=false")) == {"tense", "calm"}
    rows = beside(database)
    run(database, store, "*")
    for text, ids in ASKED:
        assert set(found(database, store, administrator, text)) == ids, text
    assert beside(database) < rows
    with database.connection() as conn:
        assert conn.execute("SELECT count(amount) FROM store.resource").fetchone() == (2,)
        assert conn.execute("SELECT count(*) FROM store.shape").fetchone() == (len(sets),)
    database.close()


def prescription(id, *codes, written="", taken=""):
    coding = [{"system": "http://thuoc", "code": code} for code in codes]
    found = {"resourceType": "MedicationRequest", "id": id, "medicationCodeableConcept": {"coding": coding}}
    found |= {"authoredOn": written} if written else {}
    return found | ({"dosageInstruction": [{"timing": {"event": [taken]}}]} if taken else {})


def test_a_prescription_is_dated_by_when_it_was_written_also_where_it_was_stored_before(
    earlier_url, store, administrator
):
    asked = [
        ("authoredon=2024-03", ["plain"]),
        ("authoredon:missing=true", ["never", "taken"]),
        ("date=2024-05", ["both"]),
        ("date=ge2024&_sort=-authoredon", ["both", "taken"]),
        ("code=b&authoredon=ge2024", ["both"]),
        ("_sort=-authoredon", ["both", "plain", "taken", "never"]),
    ]
    rows = [
        prescription("plain", "a", written="2024-03-05"),
        prescription("both", "a", "b", written="2024-04-01", taken="2024-05-01"),
        prescription("taken", "a", taken="2024-06-01"),
        prescription("never", "a"),
    ]
    database = Database(earlier_url).open()
    with database.connection() as conn:
        for one in rows:
            index = extract(one)
            earlier = {token("MedicationRequest:date"): (NO_DATE, NO_DATE)}
            earlier |= {key: (low, high) for key, low, high in index.moments}
            low, high = earlier.pop(token("MedicationRequest:date"))
            further = [(key, low, high) for key in earlier]
            written = [(token("MedicationRequest:authoredon"), index.d_lo, index.d_hi)] if "authoredOn" in one else []
            write_earlier(conn, one, d_lo=low, d_hi=high, moments=[*further, *written])
    migrate(earlier_url, ROOMS)
    for again in (False, True):
        if again:
            with database.connection() as conn:
                before = conn.execute("SELECT key, lo, hi, hid FROM store.moment ORDER BY 1, 2, 3, 4").fetchall()
            run(database, store, "*")
        for text, ids in asked:
            assert sorted(found(database, store, administrator, text, "MedicationRequest")) == sorted(ids), text
        assert found(database, store, administrator, "_sort=-authoredon", "MedicationRequest")[:2] == ["both", "plain"]
    with database.connection() as conn:
        assert conn.execute("SELECT key, lo, hi, hid FROM store.moment ORDER BY 1, 2, 3, 4").fetchall() == before
    database.close()
