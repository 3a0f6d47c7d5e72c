"""What the law wants kept is taken away by nothing: no statement, no function of the database, no nightly job."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from yteso.access.principal import Principal, Role
from yteso.base.settings import Settings
from yteso.ops.compose import Services
from yteso.store.postgres import PostgresStore
from yteso.store.protocol import Put, Remove

SOURCE = Path(__file__).resolve().parents[3] / "src" / "yteso"
KEPT = (
    *("resource", "history", "dictionary", "intake", "raw_chunk", "audit", "root", "lane"),
    *("breach", "breach_person", "opening", "questioned", "processing", "subject_request", "inbox"),
)
REMOVES = re.compile(
    r"(?:DELETE\s+FROM|TRUNCATE(?:\s+TABLE)?|DROP\s+TABLE(?:\s+IF\s+EXISTS)?)\s+(?:ONLY\s+)?([\w.%]+)", re.I
)
SYSTEM = Principal("kiem-thu", Role.SYSTEM)


def is_kept(table: str) -> bool:
    """Also of a partition (`audit_07`, `history_2026_11`)."""
    name = table.rpartition(".")[2].lower()
    return any(name == one or re.fullmatch(rf"{one}_(?:[0-9_]+|default)", name) for one in KEPT)


def test_no_statement_of_the_source_takes_them_away():
    found = {
        (str(path.relative_to(SOURCE)), table)
        for path in (*SOURCE.rglob("*.sql"), *SOURCE.rglob("*.py"))
        if "migrations" not in path.parts and "warehouse" not in path.parts
        for table in REMOVES.findall(path.read_text(encoding="utf-8"))
        if is_kept(table)
    }
    assert found == set()


def test_no_function_of_the_database_takes_them_away(database):
    with database.connection() as conn:
        tables = {name for (name,) in conn.execute("SELECT relname FROM pg_class WHERE relkind IN ('r', 'p')")}
        functions = conn.execute(
            "SELECT n.nspname || '.' || p.proname, p.prosrc"
            " FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
            " WHERE n.nspname IN ('store', 'exchange', 'identity', 'jobs', 'oauth')"
        ).fetchall()
    assert set(KEPT) <= tables
    assert len(functions) > 20
    found = {(name, table) for name, text in functions for table in REMOVES.findall(text)}
    assert {(name, table) for name, table in found if is_kept(table)} == set()
    moves = {name: text for name, text in functions if any("%" in table for table in REMOVES.findall(text))}
    assert set(moves) == {"store.make_partitions"}
    assert all("RETURNING" in text and "INSERT INTO" in text for text in moves.values()), "rows come into a partition"


def test_forty_years_of_nights_leave_every_version_and_every_row(database, settings: Settings):
    store = PostgresStore()
    with database.connection() as conn:
        store.write(conn, SYSTEM, [Put({"resourceType": "Patient", "id": "p"})])
        store.write(conn, SYSTEM, [Put({"resourceType": "Patient", "id": "p", "gender": "female"})])
        store.write(conn, SYSTEM, [Remove("Patient", "p")])

    def there():
        with database.connection() as conn:
            counted = "SELECT (SELECT count(*) FROM store.resource), (SELECT count(*) FROM store.history),"
            return conn.execute(f"{counted} (SELECT count(*) FROM store.audit)").fetchone()

    before = there()
    assert before[0] + before[1] >= 3
    services = Services(settings, database, clock=lambda: datetime.now(UTC) + timedelta(days=40 * 365))
    services.forget_seen()
    services.maintain_store()
    services.bulk.clean()
    services.sweep_same()
    services.spread_same()
    assert there() == before
