"""Row-level security alone: the rights in each statement are torn down, and the cells of the matrix hold.

Then statements without any condition, as a reader, on every table of the database, for each role; nobody named; several
callers in turn; and each policy taken away changes what is seen.
"""

import json
import re
import threading
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from tests.acceptance.matrix import walk
from tests.acceptance.matrix.reading import by_target
from tests.acceptance.matrix.world import OURS, TARGETS, THEIRS, ask, build, id_of, resources, who

from yteso.access.policy import restriction
from yteso.access.principal import Principal, Role
from yteso.api.shared import Shared
from yteso.db import Database, Reader
from yteso.search import plan, sql
from yteso.search.fragment import TRUE
from yteso.search.parse import parse
from yteso.standards.fhir_r4 import TYPE_NUMBER
from yteso.store import compartment, everything, include, links, read, wall
from yteso.store.bulk import export, stretches
from yteso.store.bulk.desk import BulkDesk
from yteso.store.postgres import PostgresStore
from yteso.store.protocol import Put, Read, Search
from yteso.store.subscriptions import evaluate
from yteso.store.subscriptions.state import Notice, Watched
from yteso.store.subscriptions.telling import tell
from yteso.store.subscriptions.topics import Trigger

SOURCE = Path(wall.__file__).parents[1]
SYSTEM = Principal("m", Role.SYSTEM)
OPEN_TABLES = {"store.dictionary", "store.parameter", "store.shape"}
"""What a reader needs to read anything, and what tells of nobody."""
BOUND = [
    "store.resource",
    "store.history",
    "store.string",
    "store.moment",
    "store.number",
    "store.care",
    "store.relation",
    "store.opening",
    "store.inspection",
    "store.consent_rule",
]


@pytest.fixture(scope="module")
def database(fresh_database):
    with fresh_database() as dsn:
        database = Database(dsn, max_size=4).open()
        yield database
        database.close()


@pytest.fixture(scope="module")
def world(database):
    """The matrix's people, with something in every table, and both walls."""
    api = build(database)
    with database.connection() as conn:
        again = [one for target in TARGETS if target != "deleted" for one in _anew(target)]
        place = {"resourceType": "Organization", "id": "g-ours", "name": "Ta", "active": True}
        PostgresStore().write(conn, SYSTEM, [Put(one) for one in [*again, place]])
        for facility, account in ((OURS, "nguoi-doctor"), (THEIRS, "ai-do")):
            conn.execute(_OPENING, (facility, account))
            conn.execute(_RULE, (f"c-{facility}", facility, account))
    database.raise_wall()
    return api


_OPENING = (
    "INSERT INTO store.opening (kind, pat, patient, facility, account, opened_by, reason, words, until)"
    " VALUES ('g', 1, 'x', %s, %s, 'x', 'x', repeat('x', 20), now() + interval '1 hour')"
)
_RULE = "INSERT INTO store.consent_rule SELECT 0, %s, 0, 1, false, %s, %s, '', '', 0, 0, '', 0, 0, now(), now()"


def _anew(target):
    """Second versions, one with a number for the index."""
    patient, _, _, observation, *_ = resources(target)
    yield {**patient, "gender": "female"}
    yield {**observation, "valueQuantity": {"value": 7.5, "code": "mmol/L", "unit": "mmol"}}


@pytest.fixture
def torn(monkeypatch):
    """No statement carries the rights any more."""
    for module in TORN:
        monkeypatch.setattr(module, "visible", lambda *_, **__: TRUE)


TORN = (plan, sql, links, include, everything, compartment, read, stretches, evaluate)


def test_every_part_of_the_first_wall_is_torn_down():
    """A new place that puts rights into statements is one more to tear down, and to read behind the second wall."""
    asking = re.compile(r"^from yteso\.search\.rights import .*\bvisible\b", re.MULTILINE)
    found = {file for file in SOURCE.rglob("*.py") if asking.search(file.read_text(encoding="utf-8"))}
    assert found == {Path(module.__file__) for module in TORN}


def cells_of(role):
    return by_target("cells.csv")[role]


@pytest.mark.parametrize("role", list(Role))
def test_the_second_wall_holds_the_cells_when_the_first_is_torn_down(world, torn, role):
    assert list(walk.mistakes(world, role, cells_of(role))) == []


SCOPED = [
    ("Patient.rs?birthdate=lt2000", "p-same", True),
    ("Patient.rs?birthdate=ge2000", "p-same", False),
    ("Patient.rs?death-date=ge2000", "p-deceased", True),
    ("Patient.rs?death-date=ge2000", "p-same", False),
    ("Observation.rs?value-quantity=gt7", "o-same", True),
    ("Observation.rs?value-quantity=gt8", "o-same", False),
    ("Patient.rs?name=mau", "p-same", True),
    ("Patient.rs?name=nobody", "p-same", False),
]


@pytest.mark.parametrize(("scope", "id", "seen"), SCOPED)
def test_an_apps_condition_on_dates_texts_and_numbers_holds_when_the_first_is_torn_down(world, torn, scope, id, seen):
    app = replace(who(Role.DOCTOR), scope=f"user/{scope}")
    kind = scope.partition(".")[0]
    status, answer = ask(world, app, "GET", f"{kind}?_count=100")
    assert status == 200
    assert (id in {entry["resource"]["id"] for entry in answer.get("entry", ())}) == seen
    assert ask(world, replace(app, scope=f"user/{kind}.r?{scope.partition('?')[2]}"), "GET", f"{kind}/{id}")[0] == (
        200 if seen else 404
    )


def test_without_the_second_wall_a_torn_first_wall_shows_everything(world, database, torn, monkeypatch):
    monkeypatch.setattr(database, "_walled", False)
    assert len(list(walk.misread(world, Role.DOCTOR, cells_of(Role.DOCTOR)))) > 20


LOOKING = [role for role in Role if restriction(who(role), "search", "Patient") or restriction(who(role), "search")]


@contextmanager
def named(database, role):
    limit = restriction(who(role), "search", "Patient") or restriction(who(role), "search")
    with database.reading() as conn:
        wall.name(conn, limit)
        yield conn


@pytest.mark.parametrize("role", LOOKING)
def test_a_statement_without_any_condition_shows_what_the_role_may_see(world, database, role):
    cells = cells_of(role)
    expected = {
        (TYPE_NUMBER[kind], f"{kind[0].lower()}-{target}")
        for target, kinds in cells.items()
        for kind, cell in kinds.items()
        if cell in ("seen", "gone")
    }
    with named(database, role) as conn:
        assert isinstance(conn, Reader)
        found = set(conn.execute("SELECT type, id FROM store.resource").fetchall())
        past = set(conn.execute("SELECT type, id FROM store.history").fetchall())
        sides = [
            conn.execute(f"SELECT DISTINCT type, hid FROM store.{side}").fetchall()
            for side in ("string", "moment", "number")
        ]
        keys = set(conn.execute("SELECT type, hid FROM store.resource").fetchall())
    kinds = {TYPE_NUMBER[kind] for kind in cells["own"]}
    assert {one for one in found if one[0] in kinds} == expected
    assert past <= found
    assert all(set(side) <= keys for side in sides)
    assert bool(sides[0]) == bool(found)
    assert bool(sides[2]) == any(kind == TYPE_NUMBER["Observation"] for kind, _ in expected)


def tables(database):
    with database.connection() as conn:
        return [
            name
            for (name,) in conn.execute(
                "SELECT oid::regclass::text FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'f')"
                " AND relnamespace::regnamespace::text !~ '^(pg_|information_schema)'"
            )
        ]


@pytest.mark.parametrize("role", [None, *LOOKING])
def test_a_reader_reaches_no_other_table(world, database, role):
    every = tables(database)
    assert len(every) > 40
    assert set(BOUND) <= set(every)
    for table in every:
        with database.reading() if role is None else named(database, role) as conn:
            try:
                conn.execute(f"SELECT * FROM {table} LIMIT 1")
            except psycopg.errors.InsufficientPrivilege:
                conn.rollback()
                reached = False
            else:
                reached = True
        assert reached == (table in BOUND or table in OPEN_TABLES), table


def test_a_reader_for_whom_nobody_was_named_sees_nothing(world, database):
    with database.reading() as conn:
        assert conn.execute("SELECT current_user").fetchone() == ("yteso_reader",)
        for table in BOUND:
            assert conn.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)
    with database.connection() as conn:
        for table in BOUND:
            assert conn.execute(f"SELECT count(*) > 0 FROM {table}").fetchone() == (True,), table


def test_a_reader_writes_nothing(world, database):
    for table in [*BOUND, "store.audit"]:
        with database.reading() as conn:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                conn.execute(f"DELETE FROM {table}")
            conn.rollback()


ROLES = ("yteso_care", "yteso_person", "yteso_types", "yteso_every", "yteso_notifiable", "yteso_order")
NAMED = {
    "yteso_care": Role.DOCTOR,
    "yteso_person": Role.CITIZEN,
    "yteso_types": Role.OPERATOR,
    "yteso_every": Role.INTEGRATOR,
    "yteso_notifiable": Role.SURVEILLANCE,
    "yteso_order": Role.INSPECTOR,
}


def limit_of(role):
    for kind in ("Patient", "Organization"):
        if limit := restriction(who(role), "search", kind):
            return limit
    raise AssertionError(role)


def counted(conn):
    """What each role sees of each table, inside a transaction of the owner that is rolled back."""
    seen = {}
    for role, person in NAMED.items():
        conn.execute(wall.wall.NAME, wall.wall.named(limit_of(person)))
        assert conn.execute("SELECT current_user").fetchone() == (role,)
        for table in BOUND:
            seen[role, table] = conn.execute(f"SELECT count(*) FROM {table}").fetchone()
        conn.execute("RESET ROLE")
    return seen


def test_each_policy_is_needed(world, database):
    with database.connection() as conn:
        whole = counted(conn)
        policies = conn.execute(
            "SELECT tablename, policyname FROM pg_policies WHERE schemaname = 'store' AND policyname LIKE 'wall%'"
        ).fetchall()
        assert len(policies) == 25
        for table, policy in policies:
            with conn.transaction(force_rollback=True):
                conn.execute(f"DROP POLICY {policy} ON store.{table}")
                assert wall.missing(conn) == ["policies"]
                assert counted(conn) != whole, (table, policy)
        for table in BOUND:
            with conn.transaction(force_rollback=True):
                conn.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
                assert wall.missing(conn) == ["policies"]
                assert counted(conn) != whole, table


# -- reading on the owner's connection: inside a write, for a job -----------------------------------------------------


@pytest.mark.parametrize("role", [Role.DOCTOR, Role.CASHIER, Role.SYSTEM])
def test_what_a_transaction_reads_is_behind_the_second_wall(world, torn, role):
    """All that is seen in one; each other entry refuses its transaction as reading alone does."""
    named = [
        (cell, f"{kind}/{id_of(kind, target)}")
        for target, kinds in cells_of(role).items()
        for kind, cell in kinds.items()
    ]
    seen = [url for cell, url in named if cell == "seen"]
    assert reading(world, role, *seen) == (200, len(seen))
    for cell, url in named:
        if cell != "seen":
            assert reading(world, role, url) == ({"gone": 410, "hidden": 404, "denied": 403}[cell], 0), url


def reading(world, role, *urls):
    """(status, entries that went well) of a transaction that only reads."""
    entries = [{"request": {"method": "GET", "url": url}} for url in urls]
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": entries}
    status, answer = ask(world, who(role), "POST", "", bundle)
    return status, sum(entry["response"]["status"].startswith("200") for entry in answer.get("entry", []))


def linked(url):
    """A transaction of one order that names its patient by a condition."""
    order = {
        "resourceType": "ServiceRequest",
        "status": "active",
        "intent": "order",
        "subject": {"reference": url},
        "performer": [{"identifier": {"value": OURS}}],
    }
    entry = {"resource": order, "request": {"method": "POST", "url": "ServiceRequest"}}
    return {"resourceType": "Bundle", "type": "transaction", "entry": [entry]}


@pytest.mark.parametrize(("patient", "status"), [("p-same", 200), ("p-other", 412), ("p-labelled-no", 412)])
def test_a_reference_by_condition_finds_only_what_is_seen(world, torn, patient, status):
    assert ask(world, who(Role.DOCTOR), "POST", "", linked(f"Patient?_id={patient}"))[0] == status


def test_what_a_write_looks_for_first_is_behind_the_second_wall(world, torn):
    doctor, observation = who(Role.DOCTOR), resources("other")[3]
    assert ask(world, doctor, "PUT", f"Observation?_id={observation['id']}", observation)[0] in (403, 404)
    assert ask(world, doctor, "PUT", f"Observation/{observation['id']}", observation)[0] in (403, 404)
    mine = resources("same")[3]
    assert ask(world, doctor, "PUT", f"Observation?_id={mine['id']}", mine)[0] == 200


def test_without_the_second_wall_a_transaction_would_read_everything(world, database, torn, monkeypatch):
    monkeypatch.setattr(database, "_walled", False)
    assert reading(world, Role.DOCTOR, "Patient/p-other") == (200, 1)


def test_a_document_holds_only_what_is_seen(world, database, torn):
    """It may be stored, so that it is made on the connection that writes."""
    subject, others = {"reference": "Patient/p-same"}, ("Observation/o-same", "Observation/o-other")
    composition = {
        "resourceType": "Composition",
        "id": "mau",
        "status": "final",
        "type": {"text": "x"},
        "subject": subject,
        "date": "2026-01-01",
        "author": [{"display": "x"}],
        "title": "x",
        "section": [{"entry": [{"reference": other} for other in others]}],
    }
    with database.connection() as conn:
        PostgresStore().write(conn, SYSTEM, [Put(composition)])
    status, answer = ask(world, who(Role.DOCTOR), "GET", "Composition/mau/$document")
    assert status == 200
    assert {one["resource"]["id"] for one in answer["entry"]} == {"mau", "p-same", "o-same"}


def test_a_subscriber_is_told_only_of_what_is_seen(world, database, torn):
    """Both what is looked for in all changes and what is told of one."""
    store, doctor = PostgresStore(), who(Role.DOCTOR)
    with database.connection() as conn:
        rows = evaluate._matches(conn, doctor, WATCHED, Trigger("Condition", "CUD"), 0, 2**62, NOW)
        notices = [Notice(1, 1, NOW, "Condition", one, 1, "C") for one in ("c-same", "c-other")]
        told = tell(conn, store, doctor, notices, "full-resource")
    expected = {f"c-{target}" for target, kinds in cells_of(Role.DOCTOR).items() if kinds["Condition"] == "seen"}
    assert {row[1] for row in rows} == expected
    assert [(one.seen, bool(one.body)) for one in told] == [(True, True), (False, False)]


NOW = datetime(2026, 1, 1, tzinfo=UTC)
WATCHED = Watched("s", 1, "active", "ai-do", "{}", 0, 0, 0, 0, None, NOW, "")


def test_an_export_holds_only_what_is_seen(world, database, torn, tmp_path, monkeypatch):
    """Nobody who is bound may export; if somebody could, the second wall would hold."""
    store, doctor = PostgresStore(), who(Role.DOCTOR)
    limit = restriction(doctor, "search", "Patient")
    monkeypatch.setattr(export, "require", lambda *_: limit)
    desk = BulkDesk(database, store, tmp_path)
    with database.connection() as conn:
        job = desk.start_export(conn, doctor, "x", {"level": "system", "types": ["Observation"]})
        assert desk.decide_export(conn, who(Role.DATA_OFFICER), job, "waiting", "Lý do mẫu, đủ dài")
    while desk.exporter.stretch(job):
        pass
    lines = [line for file in (tmp_path / "bulk" / job).iterdir() for line in file.read_bytes().splitlines()]
    expected = {f"o-{target}" for target, kinds in cells_of(Role.DOCTOR).items() if kinds["Observation"] == "seen"}
    assert {json.loads(line)["id"] for line in lines} == expected


def patients(page):
    return sorted(one.id for one in page.matches)


def test_callers_in_one_transaction_see_each_their_own(world, database, torn):
    store, query = PostgresStore(), parse("Patient", "birthdate=ge1900&_count=100&_total=none")[0]
    by_id = parse("Patient", "_id=p-own,p-same,p-referred,p-other&_total=none")[0]
    callers = [who(Role.DOCTOR), who(Role.CITIZEN), who(Role.INTEGRATOR), who(Role.SURVEILLANCE), who(Role.INSPECTOR)]
    asked = [Search(one, restriction(one, "search", "Patient"), by_id) for one in callers * 3]
    expected = [
        ["p-referred", "p-same"],
        ["p-own"],
        ["p-other", "p-own", "p-referred", "p-same"],
        [],
        ["p-same"],
    ]
    with database.reading() as conn:
        assert [patients(page) for page in store.search_together(conn, asked)] == expected * 3
        reads = [Read(one.who, one.limit, "Patient", "p-same") for one in asked]
        assert [found is not None for found in store.read_together(conn, reads)] == [True, False, True, False, True] * 3
    with database.reading() as conn:
        assert conn.execute("SELECT count(*) FROM store.resource").fetchone() == (0,)
        assert conn.execute("SELECT current_setting('yteso.types', true)").fetchone()[0] in (None, "")
        assert patients(store.search(conn, callers[1], asked[1].limit, query)) == [
            *("p-abused", "p-minor", "p-own", "p-own-twin", "p-ward")
        ]


def test_callers_of_many_threads_see_each_their_own(world, database, torn):
    shared, wrong = Shared(database, PostgresStore()), []
    query = parse("Patient", "_id=p-own,p-same,p-other&_total=none")[0]
    expected = {Role.DOCTOR: ["p-same"], Role.CITIZEN: ["p-own"], Role.INTEGRATOR: ["p-other", "p-own", "p-same"]}

    def ask(role):
        limit = restriction(who(role), "search", "Patient")
        for _ in range(40):
            if patients(shared.search(Search(who(role), limit, query))) != expected[role]:
                wrong.append(role)
            for one in ("p-own", "p-same", "p-other"):
                seen = shared.read(Read(who(role), limit, "Patient", one)) is not None
                if seen != (one in expected[role]):
                    wrong.append((role, one))

    threads = [threading.Thread(target=ask, args=(role,)) for role in [*expected] * 3]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_the_index_of_tokens_serves_a_reader(world, database):
    with named(database, Role.DOCTOR) as conn:
        conn.execute("SET LOCAL enable_seqscan = off")
        plan = conn.execute("EXPLAIN SELECT id FROM store.resource WHERE tok @> ARRAY[1, 2]::bigint[]").fetchall()
    assert any("resource_tok" in line for (line,) in plan)
