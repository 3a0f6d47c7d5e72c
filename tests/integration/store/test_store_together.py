"""Several callers' reads and writes in one transaction: each answered, audited and refused for itself."""

from dataclasses import replace

import pytest

from yteso.access.principal import Principal, Role
from yteso.access.restriction import EVERYTHING, Restriction
from yteso.base.errors import Refused
from yteso.fhir.json import loads
from yteso.search import plan
from yteso.search.parse import parse
from yteso.store import find
from yteso.store.protocol import Put, Read, Remove, Search, Transaction, VersionConflict, Write
from yteso.store.verify import verify_chains


@pytest.fixture
def other():
    return Principal("nguoi-khac", Role.ADMINISTRATOR, purpose="TREAT")


def patient(id, **more):
    return {"resourceType": "Patient", "id": id, **more}


def audited(conn):
    return conn.execute("SELECT who, action, what, array_length(pats, 1), t FROM store.audit ORDER BY n").fetchall()


def test_each_write_has_its_answer_and_its_audit_row(database, store, administrator, other):
    with database.connection() as conn:
        first, second = store.write_together(
            conn,
            [Write(administrator, [Put(patient("p1"))]), Write(other, [Put(patient("p2")), Put(patient("p3"))], "two")],
        )
    assert [one.id for one in first.written] == ["p1"]
    assert [one.id for one in second.written] == ["p2", "p3"]
    with database.connection() as conn:
        assert audited(conn) == [
            ("quan-tri", "C", "Patient/p1", 1, first.t),
            ("nguoi-khac", "C", "2 resources", 2, first.t),
        ]
        assert verify_chains(conn) is None


def test_the_body_of_a_written_resource_is_what_a_read_gives(database, store, administrator):
    with database.connection() as conn:
        store.write(conn, administrator, [Put(patient("p1", gender="male"))])
        same, changed = store.write(
            conn, administrator, [Put(patient("p1", gender="male")), Put(patient("p2", meta={"source": "s"}))]
        ).written
        for one in (same, changed):
            assert one.body == store.read(conn, administrator, EVERYTHING, "Patient", one.id).body


def test_a_conflict_of_one_touches_no_other(database, store, administrator, other):
    with database.connection() as conn:
        answers = store.write_together(
            conn,
            [
                Write(administrator, [Put(patient("p1"), expected=7), Put(patient("p9"))]),
                Write(other, [Put(patient("p2"), expected=0)]),
                Write(other, [Put({"resourceType": "Nothing", "id": "x"})]),
            ],
        )
    assert isinstance(answers[0], VersionConflict)
    assert isinstance(answers[1], Transaction)
    assert isinstance(answers[2], Refused)
    with database.connection() as conn:
        assert [row[0] for row in conn.execute("SELECT id FROM store.resource").fetchall()] == ["p2"]
        assert len(audited(conn)) == 1


def test_writes_of_the_same_resource_run_one_after_the_other(database, store, administrator, other):
    with database.connection() as conn:
        answers = store.write_together(
            conn,
            [
                Write(administrator, [Put(patient("p1", gender="male"), expected=0)]),
                Write(other, [Put(patient("p1", gender="female"), expected=1)]),
                Write(other, [Put(patient("p1", gender="other"), expected=1)]),
                Write(administrator, [Remove("Patient", "p1", expected=2)]),
            ],
        )
        history = store.history(conn, administrator, EVERYTHING, "Patient", "p1").matches
    assert [type(one) for one in answers] == [Transaction, Transaction, VersionConflict, Transaction]
    assert [(one.version, one.deleted) for one in history] == [(3, True), (2, False), (1, False)]
    assert loads(history[1].body)["gender"] == "female"


def test_each_reader_sees_what_its_rights_show_and_only_that_is_audited(database, store, administrator, other):
    directory = Restriction(types=frozenset({"Organization"}))
    with database.connection() as conn:
        store.write(conn, administrator, [Put(patient("p1")), Put({"resourceType": "Organization", "id": "o1"})])
    with database.connection() as conn:
        found = store.read_together(
            conn,
            [
                Read(administrator, EVERYTHING, "Patient", "p1"),
                Read(other, directory, "Patient", "p1"),
                Read(other, directory, "Organization", "o1"),
                Read(administrator, EVERYTHING, "Patient", "nobody"),
                Read(other, EVERYTHING, "Patient", "p1"),
            ],
        )
    assert [one and one.id for one in found] == ["p1", None, "o1", None, "p1"]
    with database.connection() as conn:
        assert [row[:4] for row in audited(conn)[1:]] == [
            ("quan-tri", "R", "Patient/p1", 1),
            ("nguoi-khac", "R", "Organization/o1", None),
            ("nguoi-khac", "R", "Patient/p1", 1),
        ]
        assert verify_chains(conn) is None


def asked(kind, text, **more):
    query, issues = parse(kind, text)
    assert not issues
    return replace(query, **more)


@pytest.fixture
def results(database, store, administrator):
    coded = {"coding": [{"system": "http://a", "code": "1"}, {"code": "2"}]}
    written = [
        {
            "resourceType": "Observation",
            "id": f"o{n}",
            "status": "final",
            "code": coded,
            "subject": {"reference": f"Patient/p{n % 2}"},
            "effectiveDateTime": f"2026-01-0{n + 1}",
        }
        for n in range(6)
    ]
    with database.connection() as conn:
        store.write(conn, administrator, [Put(patient("p0")), Put(patient("p1")), *map(Put, written)])


@pytest.mark.usefixtures("results")
def test_searches_that_share_a_transaction_answer_as_each_alone_within_its_own_rights(
    database, store, administrator, other
):
    nobody = Restriction(types=frozenset(["Observation"]), care_facility="79001", care_types=frozenset(["Observation"]))
    searches = [
        Search(administrator, EVERYTHING, asked("Observation", "patient=p1&_sort=-date&_count=2")),
        Search(other, EVERYTHING, asked("Observation", "code=http://a|1&_sort=date&_count=4")),
        Search(other, EVERYTHING, asked("Observation", "code=2&date=ge2026-01-03")),
        Search(other, nobody, asked("Observation", "patient=p1")),
        Search(other, EVERYTHING, asked("Observation", "code=http://b|1")),
    ]
    with database.connection() as conn:
        together = store.search_together(conn, searches)
        rows = audited(conn)[1:]
        assert verify_chains(conn) is None
    with database.connection() as conn:
        alone = [store.search(conn, one.who, one.limit, one.query) for one in searches]
        marks = [(who, action, what, count) for who, action, what, count, _ in audited(conn)[1 + len(searches) :]]
    assert together == alone
    assert [len(page.matches) for page in together] == [2, 4, 4, 0, 0]
    assert together[0].next
    assert [row[:4] for row in rows] == marks
    assert len({t for *_, t in rows}) == 1


def test_a_short_name_of_few_is_found_together_and_one_of_many_alone(database, store, administrator, monkeypatch):
    monkeypatch.setattr(plan, "FEW", 3)
    names = {f"p{at}": "Trần Thử" for at in range(4)} | {"p9": "Lý Văn Thử", "q9": "Lý Văn Thử"}
    with database.connection() as conn:
        made = [
            patient(key, name=[{"text": name}], gender="male" if key == "p9" else "female")
            for key, name in names.items()
        ]
        store.write(conn, administrator, [Put(one) for one in made])
    texts = ("name=lý", "name=Lý Văn&gender=male", "name=trần", "name=nobody", "name=Lý&birthdate=ge1900")
    searches = [Search(administrator, EVERYTHING, asked("Patient", text)) for text in texts]
    with database.connection() as conn:
        together = store.search_together(conn, searches)
        assert [page and len(page.matches) for page in together] == [2, 1, None, 0, 0]
        alone = [store.search(conn, one.who, one.limit, one.query) for one in searches]
    assert [len(page.matches) for page in alone] == [2, 1, 4, 0, 0]
    assert [one for one in together if one] == [two for one, two in zip(together, alone, strict=True) if one]


@pytest.mark.usefixtures("results")
def test_a_search_that_may_take_long_is_not_shared(database, store, administrator):
    with database.connection() as conn:
        texts = ("status=final", "patient.name=thu", "patient=p1&_include=*", "patient=p1&_total=accurate")
        searches = [Search(administrator, EVERYTHING, asked("Observation", text)) for text in texts]
        assert store.search_together(conn, searches) == [None] * len(texts)
        assert len(audited(conn)) == 1


@pytest.mark.usefixtures("results")
def test_when_one_takes_long_after_all_each_is_asked_alone_and_nothing_is_left_behind(
    database, store, administrator, monkeypatch
):
    monkeypatch.setattr(find, "QUICK_MILLISECONDS", 1)
    slow = asked("Observation", "code=1")
    page = find.sql.page

    def slowly(plan, rights):
        text, params, orders = page(plan, rights)
        return f"SELECT pg_sleep(1) FROM ({text}) q", params, orders

    monkeypatch.setattr(find.sql, "page", slowly)
    with database.connection() as conn:
        assert store.search_together(conn, [Search(administrator, EVERYTHING, slow)] * 2) == [None, None]
    with database.connection() as conn:
        assert len(audited(conn)) == 1


def test_what_is_all_new_is_committed_by_the_trip_that_writes_it_and_the_rest_by_the_caller(database, store, other):
    result = {"resourceType": "Observation", "id": "o", "status": "final", "code": {"text": "x"}}
    changes = [Put(result), Put({**result, "status": "amended"}), Put(patient("p")), Remove("Observation", "o")]
    left = []
    for change in changes:
        with database.connection() as conn:
            (done,) = store.write_together(conn, [Write(other, (change,))], ends=True)
            conn.rollback()
            left.append(len(audited(conn)))
            (again,) = store.write_together(conn, [Write(other, (change,))], ends=True)
        assert again.written[0].status in (done.written[0].status, "unchanged")
    with database.connection() as conn:
        assert [one[1] for one in audited(conn)] == ["C", "U", "C", "D"]
        assert verify_chains(conn) is None
    assert left == [1, 1, 2, 3]


def test_reads_that_end_the_transaction_leave_their_audit_rows(database, store, other):
    with database.connection() as conn:
        store.write(conn, other, [Put(patient("p"))])
    with database.connection() as conn:
        found = store.read_together(conn, [Read(other, EVERYTHING, "Patient", "p")] * 2, ends=True)
        conn.rollback()
        assert [one.id for one in found] == ["p", "p"]
        assert [one[1] for one in audited(conn)] == ["C", "R", "R"]
