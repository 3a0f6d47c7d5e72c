"""Catalogues in the record: imported with versions, asked without reading them all, changed without stale answers."""

from __future__ import annotations

import json
import threading

import pytest

from yteso.access.policy import CODE_TYPES
from yteso.access.principal import Principal, Role
from yteso.access.restriction import EVERYTHING, NOTHING, Restriction
from yteso.base.errors import Refused
from yteso.store.codes import RecordCodes
from yteso.store.import_codes import MOST_INSIDE, import_codes
from yteso.store.postgres import PostgresStore
from yteso.store.protocol import Put
from yteso.terminology.catalogue import EXTENSION
from yteso.terminology.catalogue_file import CatalogueFile

WHO = Principal("nhập danh mục", Role.SYSTEM)
URL = "urn:test:dich-vu"


@pytest.fixture
def store():
    return PostgresStore()


@pytest.fixture
def codes(store):
    return RecordCodes(store)


@pytest.fixture
def bring(database, store, tmp_path):
    """Import a table of so many codes; the first one is the parent of all others."""

    def bring(count: int, version: str = "1", *more: str):
        path = tmp_path / f"{count}-{version}.csv"
        rows = [f"c{n},Dịch vụ số {n},{'c0' if n else ''}" for n in range(count)]
        path.write_text("\n".join(["code,display,parent", *rows, *more]), encoding="utf-8")
        with database.connection() as conn:
            return import_codes(conn, store, WHO, CatalogueFile(path), {"url": URL, "version": version})

    return bring


@pytest.mark.parametrize("count", [MOST_INSIDE, MOST_INSIDE + 1, 5_001])
def test_an_imported_catalogue_answers_whether_its_codes_are_in_the_resource_or_beside_it(
    database, store, codes, bring, count
):
    done = bring(count)
    assert (done.status, done.concepts, done.left_out, done.issues) == ("created", count, 0, ())
    with database.connection() as conn:
        engine = codes.engine(conn, WHO, EVERYTHING)
        assert engine.display(URL, f"c{count - 1}") == f"Dịch vụ số {count - 1}"
        assert engine.knows(URL, f"c{count}") is False
        assert len(engine.descendants(URL, "c0")) == count
        assert len(engine.expand(f"{URL}?fhir_vs")[URL]) == count
        stored = json.loads(store.read(conn, WHO, EVERYTHING, "CodeSystem", done.id).body)
    inside = count <= MOST_INSIDE
    assert (len(stored.get("concept", ())), stored["count"]) == (count if inside else 0, count)
    assert stored["content"] == ("complete" if inside else "not-present")
    assert any(one["url"] == EXTENSION for one in stored.get("extension", ())) is not inside


def test_the_same_file_twice_changes_nothing_and_a_new_version_stands_beside_the_old_one(database, codes, bring):
    first = bring(1_500)
    again = bring(1_500)
    assert (again.id, again.status) == (first.id, "unchanged")
    newer = bring(1_600, "2")
    assert newer.id != first.id
    with database.connection() as conn:
        engine = codes.engine(conn, WHO, EVERYTHING)
        assert engine.code_system(URL).about.version == "2"
        assert len(engine.code_system(f"{URL}|1")) == 1_500
        assert engine.code_system(f"{URL}|3") is None
        pieces = conn.execute("SELECT count(*), sum(concepts) FROM terminology.piece").fetchone()
    assert pieces == (2, 3_100)


def test_a_corrected_file_of_the_same_version_replaces_it_at_once(database, codes, bring):
    first = bring(1_500)
    with database.connection() as conn:
        assert codes.engine(conn, WHO, EVERYTHING).knows(URL, "extra") is False
    second = bring(1_500, "1", "extra,Thêm,c0", ",không mã,")
    assert (second.id, second.status, second.left_out) == (first.id, "updated", 1)
    assert [issue.code for issue in second.issues] == ["TERM-0303"]
    with database.connection() as conn:
        assert codes.engine(conn, WHO, EVERYTHING).knows(URL, "extra") is True


def test_what_another_transaction_has_not_committed_is_not_seen_and_then_seen(database, store, codes, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("code\na\n")
    with database.connection() as writer:
        import_codes(writer, store, WHO, CatalogueFile(path), {"url": URL})
        with database.connection() as reader:
            assert codes.engine(reader, WHO, EVERYTHING).knows(URL, "a") is None
    with database.connection() as reader:
        assert codes.engine(reader, WHO, EVERYTHING).knows(URL, "a") is True


def test_an_undone_transaction_leaves_no_trace_in_what_is_kept(database, store, codes, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("code\na\n")
    with database.connection() as conn:
        import_codes(conn, store, WHO, CatalogueFile(path), {"url": URL})
        assert codes.engine(conn, WHO, EVERYTHING, alone=True).knows(URL, "a") is True
        conn.rollback()
    with database.connection() as conn:
        assert codes.engine(conn, WHO, EVERYTHING).knows(URL, "a") is None


def test_rights_decide_what_of_the_record_is_seen_and_leave_a_trace(database, codes, bring):
    bring(3)
    with database.connection() as conn:
        assert codes.engine(conn, WHO, NOTHING).knows(URL, "c0") is None
        assert codes.engine(conn, WHO, Restriction(frozenset(["Patient"]))).knows(URL, "c0") is None
        assert codes.engine(conn, WHO, Restriction(CODE_TYPES)).knows(URL, "c0") is True
        reads = "SELECT count(*) FROM store.audit WHERE action = 'R' AND what LIKE 'CodeSystem%'"
        before = conn.execute(reads).fetchone()[0]
        assert codes.engine(conn, WHO, Restriction(CODE_TYPES)).knows(URL, "c1") is True
        assert conn.execute(reads).fetchone()[0] == before > 0


def test_without_a_url_or_with_a_broken_header_nothing_is_written(database, store, tmp_path):
    table, broken = tmp_path / "a.csv", tmp_path / "b.json"
    table.write_text("code\na\n")
    broken.write_text(json.dumps({"resourceType": "CodeSystem", "url": URL, "status": "perhaps", "concept": []}))
    for path, code in ((table, "TERM-0306"), (broken, "FHIR-2")):
        with pytest.raises(Refused) as refused, database.connection() as conn:
            import_codes(conn, store, WHO, CatalogueFile(path), {})
        assert refused.value.issues[0].code.startswith(code)
    with database.connection() as conn:
        assert conn.execute("SELECT count(*) FROM store.resource").fetchone() == (0,)


def test_readers_never_see_an_older_state_than_what_was_committed_before_they_asked(database, store, codes):
    committed, stop, wrong = [0], threading.Event(), []

    def system(n: int):
        concepts = [{"code": f"c{one}"} for one in range(n + 1)]
        head = {"resourceType": "CodeSystem", "id": "s", "url": URL, "status": "active", "content": "complete"}
        return {**head, "concept": concepts}

    def reader():
        while not stop.is_set():
            before = committed[0]
            with database.connection() as conn:
                known = codes.engine(conn, WHO, EVERYTHING).knows(URL, f"c{before}")
            if known is not True:
                wrong.append((before, known))

    with database.connection() as conn:
        store.write(conn, WHO, [Put(system(0))])
    threads = [threading.Thread(target=reader) for _ in range(4)]
    for thread in threads:
        thread.start()
    for n in range(1, 40):
        with database.connection() as conn:
            store.write(conn, WHO, [Put(system(n))])
        committed[0] = n
    stop.set()
    for thread in threads:
        thread.join()
    assert wrong == []
