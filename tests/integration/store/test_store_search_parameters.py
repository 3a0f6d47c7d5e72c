"""Search parameters defined at run time: indexed at once, searchable when everything is indexed, also after a kill."""

from datetime import timedelta
from pathlib import Path

import pytest

import yteso.store
from yteso.access.principal import Principal, Role
from yteso.access.restriction import EVERYTHING
from yteso.search import parameters
from yteso.search.parse import parse, searchable
from yteso.store import reindex, search_parameters
from yteso.store.postgres import PostgresStore
from yteso.store.protocol import Put, Remove
from yteso.store.search_parameters import progress

WHO = Principal("quan-tri", Role.ADMINISTRATOR)
URL = "http://yteso.example/ethnicity"
EXTENSION = "http://yteso.example/StructureDefinition/ethnicity"


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(reindex, "GRACE", timedelta(0))
    monkeypatch.setattr(search_parameters, "LOOK_SECONDS", 0.0)
    yield
    parameters.install([])


def definition(**more):
    return {
        "resourceType": "SearchParameter",
        "id": "ethnicity",
        "url": URL,
        "name": "ethnicity",
        "status": "active",
        "description": "dân tộc",
        "code": "ethnicity",
        "base": ["Patient"],
        "type": "token",
        "expression": f"Patient.extension('{EXTENSION}').value",
        **more,
    }


def patient(id, code):
    coding = {"system": "http://dan-toc", "code": code}
    return {
        "resourceType": "Patient",
        "id": id,
        "name": [{"text": "Lê Thử"}],
        "birthDate": "1980",
        "extension": [{"url": EXTENSION, "valueCodeableConcept": {"coding": [coding]}}],
    }


def run(database, store, id="ethnicity", most=50):
    work = reindex.Reindex(database, store)
    for _ in range(most):
        if not work.step(id):
            return
    raise AssertionError("the re-index does not end")


def found(database, store, text, type="Patient"):
    with database.connection() as conn:
        store.refresh(conn)
        query, issues = parse(type, text)
        assert not issues, issues
        return {one.id for one in store.search(conn, WHO, EVERYTHING, query).matches}


def put(database, store, *resources):
    with database.connection() as conn:
        store.write(conn, WHO, [Put(one) for one in resources])


def states(database):
    with database.connection() as conn:
        return [(one.id, one.state, one.done, one.total) for one in progress(conn)]


def test_what_was_there_before_and_what_comes_meanwhile_is_found_when_it_is_ready(database, store):
    put(database, store, patient("before", "01"), patient("other", "02"))
    put(database, store, definition())
    with database.connection() as conn:
        store.refresh(conn)
    assert "ethnicity" not in searchable("Patient")
    put(database, store, patient("meanwhile", "01"))
    run(database, store)
    assert states(database) == [("ethnicity", "ready", 3, 3)]
    assert found(database, store, "ethnicity=http://dan-toc|01") == {"before", "meanwhile"}
    assert found(database, store, "name=le&ethnicity:not=01") == {"other"}
    put(database, store, patient("after", "01"))
    assert found(database, store, "ethnicity=01") == {"before", "meanwhile", "after"}
    assert found(database, store, "birthdate=1980&name=thu") == {"before", "meanwhile", "other", "after"}


def test_a_killed_re_index_goes_on_where_it_was(database, store, monkeypatch):
    monkeypatch.setattr(reindex, "BATCH", 2)
    put(database, store, *(patient(f"p{n}", "01") for n in range(7)))
    put(database, store, definition())
    for _ in range(4):  # seen, fence, and some batches; then the process is gone
        reindex.Reindex(database, store).step("ethnicity")
    (_, state, done, _) = states(database)[0]
    assert (state, 0 < done < 7) == ("indexing", True)
    run(database, PostgresStore())
    assert states(database)[0][1:] == ("ready", 7, 7)
    assert len(found(database, store, "ethnicity=01")) == 7


def test_a_writer_that_is_not_finished_is_waited_for(database, store):
    put(database, store, patient("p", "01"))
    put(database, store, definition())
    work = reindex.Reindex(database, store)
    with database.connection() as open_transaction:
        open_transaction.execute("SELECT store.present_t()")
        assert [work.step("ethnicity") for _ in range(4)] == ["wait"] * 4
    run(database, store)


def test_a_definition_that_cannot_be_served_is_kept_and_says_why(database, store):
    put(database, store, definition(expression="Patient.name.given.first()"), definition(id="taken", code="gender"))
    with database.connection() as conn:
        told = {one.id: (one.state, one.reason.partition(":")[0]) for one in progress(conn)}
    assert told == {"ethnicity": ("refused", "SRCH-0016"), "taken": ("refused", "SRCH-0017")}


def test_a_definition_that_is_deleted_or_retired_is_no_longer_searched(database, store):
    for end in ([Remove("SearchParameter", "ethnicity")], [Put(definition(status="retired"))]):
        put(database, store, definition())
        run(database, store)
        with database.connection() as conn:
            store.refresh(conn)
            assert "ethnicity" in searchable("Patient")
            store.write(conn, WHO, end)
        with database.connection() as conn:
            store.refresh(conn)
        assert "ethnicity" not in searchable("Patient")


def test_the_index_of_everything_can_be_made_anew(database, store):
    put(database, store, patient("p", "01"))
    with database.connection() as conn:
        conn.execute("UPDATE store.resource SET tok = '{}', pat = NULL")
        conn.execute("DELETE FROM store.string")
        search_parameters.index_everything(conn)
    assert found(database, store, "name=le&birthdate=1980") == set()
    run(database, store, "*")
    assert found(database, store, "name=le&birthdate=1980") == {"p"}
    with database.connection() as conn:
        assert store.read(conn, WHO, EVERYTHING, "Patient", "p").version == 1


def test_an_update_has_what_is_stored_already_indexed_anew(database, store):
    text = (Path(yteso.store.__file__).parent / "migrations" / "0011_post_index_anew.sql").read_text(encoding="utf-8")
    with database.connection() as conn:
        conn.execute(text)
    assert states(database) == []
    put(database, store, patient("p", "01"))
    with database.connection() as conn:
        conn.execute("UPDATE store.resource SET tok = '{}'")
        conn.execute(text)
    run(database, store, "*")
    assert states(database) == [("*", "ready", 1, 1)]
    with database.connection() as conn:
        assert conn.execute("SELECT cardinality(tok) > 0 FROM store.resource").fetchone() == (True,)
