"""Rights that somebody gave by an act of their own: who puts one in, extends it or hands it on is found."""

from datetime import UTC, datetime, timedelta

import pytest
from tests.integration.store.test_store_openings import CCCD, COLLEAGUE, MAKER, NIGHT, OFFICER, RECORD, SELF, WORDS

from yteso.access.principal import Principal, Role
from yteso.client.openings import Openings
from yteso.store import budgets, inspections
from yteso.store.bulk import approvals
from yteso.store.bulk.desk import BulkDesk
from yteso.store.inspections import Order
from yteso.store.protocol import Put
from yteso.store.verify import BadPlace, verify

PARTNER = Principal("kho", Role.INTEGRATOR)
OFTEN = Principal("kho-3", Role.INTEGRATOR)
REASON = "Theo hợp đồng số 5"


@pytest.fixture
def given(database, store, tmp_path):
    """Each kind of it, as the platform gives it, some ended before their time."""
    openings = Openings(database, store)
    until = datetime.now(UTC) + timedelta(days=3)
    with database.connection() as conn:
        store.write(conn, MAKER, [Put(one) for one in RECORD])
    for _ in range(2):
        openings.break_glass(NIGHT, CCCD, "ETREAT", WORDS, very_restricted=True)
    first, second = (one.id for one in openings.mine(NIGHT))
    assert openings.approve(COLLEAGUE, first)
    assert openings.end(NIGHT, second)
    assert openings.review(OFFICER, second, justified=True)
    openings.open_by_code(COLLEAGUE, openings.visit_code(SELF).text)
    assert openings.visit_code(SELF).text, "one that nobody used yet"
    bulk = BulkDesk(database, store, tmp_path)
    with database.connection() as conn:
        budgets.grant(conn, OFFICER, NIGHT.name, 900, until, REASON)
        budgets.grant(conn, OFFICER, NIGHT.name, 700, until, REASON)
        bulk.start_export(conn, PARTNER, "/fhir/$export", {"level": "system"})
        approvals.add_standing(conn, OFFICER, PARTNER.name, until, REASON)
        approvals.add_standing(conn, OFFICER, "kho-2", until, REASON)
        for facility in ("79001", "79002"):
            order = Order("12/QĐ-TTr", "thanhtra", facility, until - timedelta(days=4), until, REASON)
            assert inspections.add_inspection(conn, OFFICER, order)
        assert inspections.end_inspection(conn, OFFICER, inspections.find_inspections(conn)[0].id)
        (export,) = approvals.find_exports(conn)
        assert approvals.decide(conn, OFFICER, export.id, "waiting", REASON)
        assert budgets.end_grant(conn, OFFICER, budgets.find_grants(conn, datetime.now(UTC))[0].id.upper())
        assert approvals.end_standing(conn, OFFICER, approvals.find_standing(conn)[0].id.upper()) is not None
        approvals.add_standing(conn, OFFICER, OFTEN.name, until, REASON)
        often = bulk.start_export(conn, OFTEN, "/fhir/$export", {"level": "system"})
    assert bulk.exporter.stretch(export.id)
    assert bulk.exporter.stretch(often)
    return database


def found(database, store):
    with database.connection() as conn:
        return verify(conn, store.codec(conn))


def test_what_was_given_lawfully_passes(given, store):
    assert found(given, store) is None


FORGED = "A" * 16


def forge(conn):
    """A code for the person's record that nobody drew, but whose text somebody knows."""
    conn.execute(
        "INSERT INTO store.visit_code (hash, patient, until) VALUES (sha256(%s), %s, now() + interval '10 minutes')",
        [FORGED.encode(), SELF.person],
    )


def test_a_forged_code_is_named_while_it_lies_and_after_it_was_used_beside_one_that_was_drawn(given, store):
    openings = Openings(given, store)
    with given.connection() as conn:
        forge(conn)
    assert found(given, store).about.startswith("store.visit_code ")
    openings.open_by_code(COLLEAGUE, FORGED)
    openings.open_by_code(COLLEAGUE, openings.visit_code(SELF).text)
    assert found(given, store) == BadPlace("right", about=f"store.audit Patient/{SELF.person}/$open")


def test_a_code_that_was_put_back_and_used_again_is_named(given, store):
    openings = Openings(given, store)
    text = openings.visit_code(SELF).text
    with given.connection() as conn:
        conn.execute("CREATE TABLE aside AS SELECT * FROM store.visit_code")
    openings.open_by_code(COLLEAGUE, text)
    with given.connection() as conn:
        conn.execute("INSERT INTO store.visit_code SELECT * FROM aside ON CONFLICT DO NOTHING")
        conn.execute("DROP TABLE aside")
    assert found(given, store) is None, "one cannot tell it from one that nobody used yet"
    openings.open_by_code(NIGHT, text)
    assert found(given, store) == BadPlace("right", about=f"store.audit Patient/{SELF.person}/$open")


def test_a_code_of_the_release_before_passes_whoever_uses_it(given, store, monkeypatch):
    openings = Openings(given, store)
    monkeypatch.setattr("yteso.store.openings._named", lambda text: "visit-code")
    first, second = openings.visit_code(SELF).text, openings.visit_code(SELF).text
    openings.open_by_code(COLLEAGUE, first)
    monkeypatch.undo()
    openings.open_by_code(COLLEAGUE, second)
    assert found(given, store) is None


PUT_IN = (
    "INSERT INTO store.opening (kind, pat, patient, facility, account, opened_by, reason, words, until)"
    " SELECT kind, pat, patient, facility, account, opened_by, reason, words, now() + interval '4 hours'"
    " FROM store.opening WHERE kind = 'g' LIMIT 1"
)
ORDERED = (
    "INSERT INTO store.inspection (number, who, facility, since, until)"
    " VALUES ('1', 'ai-do', '79001', now(), now() + interval '1 day')"
)
BEGUN = (
    "INSERT INTO store.bulk_job (shard, id, kind, who, role, facility, purpose, request, wish, approved_by)"
    " SELECT shard, 'ma', kind, 'ai-do', 'system', '', purpose, request, wish, 'yteso' FROM store.bulk_job"
    " WHERE who = 'kho'"
)
DRAWN = "INSERT INTO store.visit_code (hash, patient, until) VALUES ('x', 'other', now() + interval '10 minutes')"
REOPENED = "UPDATE store.opening SET until = (SELECT max(until) FROM store.opening WHERE kind = 'g')"
APPROVED_AGAIN = "UPDATE store.standing_approval SET until = (SELECT max(until) FROM store.standing_approval)"
REVIEWED = (
    "UPDATE store.opening SET reviewed = now(), reviewer = 'can-bo', verdict = 'justified'"
    " WHERE kind = 'g' AND reviewed IS NULL"
)
LATER = "UPDATE store.opening SET since = since - interval '1 day', until = until - interval '1 day';"


@pytest.mark.parametrize(
    ("change", "table"),
    [
        (f"{LATER} {PUT_IN}", "opening"),
        ("UPDATE store.opening SET until = until + interval '1 minute'", "opening"),
        ("UPDATE store.opening SET since = now() + interval '1 day', until = now() + interval '28 hours'", "opening"),
        ("UPDATE store.opening SET account = 'ai-do', opened_by = 'ai-do' WHERE kind = 'g'", "opening"),
        ("UPDATE store.opening SET account = 'ai-do' WHERE kind = 'g'", "opening"),
        ("UPDATE store.opening SET facility = '79009' WHERE kind = 'v'", "opening"),
        ("UPDATE store.opening SET pat = pat + 1", "opening"),
        ("UPDATE store.opening SET patient = 'other'", "opening"),
        ("UPDATE store.opening SET kind = 'v', account = '' WHERE kind = 'g'", "opening"),
        ("UPDATE store.opening SET second = 'ai-do' WHERE kind = 'g'", "opening"),
        ("UPDATE store.opening SET until = until + interval '1 day' WHERE kind = 'v'", "opening"),
        ("DELETE FROM store.opening WHERE kind = 'g' AND reviewed IS NULL", "opening"),
        ("DELETE FROM store.opening WHERE kind = 'v'", "opening"),
        (REVIEWED, "opening"),
        ("UPDATE store.opening SET verdict = 'unjustified' WHERE reviewed IS NOT NULL", "opening"),
        ("UPDATE store.opening SET reviewed = reviewed - interval '1 day'", "opening"),
        ("UPDATE store.opening SET reviewed = NULL, reviewer = NULL, verdict = NULL", "opening"),
        ("UPDATE store.budget_grant SET most = most + 1", "budget_grant"),
        ("UPDATE store.budget_grant SET until = until + interval '1 minute'", "budget_grant"),
        (f"{REOPENED} WHERE kind = 'g'", "opening"),
        ("UPDATE store.budget_grant SET who = 'ai-do'", "budget_grant"),
        ("UPDATE store.budget_grant SET until = (SELECT max(until) FROM store.budget_grant)", "budget_grant"),
        ("UPDATE store.standing_approval SET who = 'ai-do'", "standing_approval"),
        ("UPDATE store.standing_approval SET until = until + interval '1 minute'", "standing_approval"),
        (APPROVED_AGAIN, "standing_approval"),
        ("UPDATE store.inspection SET who = 'ai-do'", "inspection"),
        ("UPDATE store.inspection SET facility = '79009' WHERE facility = '79001'", "inspection"),
        ("UPDATE store.inspection SET number = '13/QĐ-TTr'", "inspection"),
        ("UPDATE store.inspection SET until = until + interval '4 days'", "inspection"),
        ("UPDATE store.inspection SET until = (SELECT max(until) FROM store.inspection)", "inspection"),
        ("UPDATE store.inspection SET since = since - interval '1 day'", "inspection"),
        (ORDERED, "inspection"),
        ("UPDATE store.bulk_job SET approved_by = 'ai-do'", "bulk_job"),
        ("UPDATE store.bulk_job SET approved_by = 'ai-do' WHERE who = 'kho-3'", "bulk_job"),
        ("UPDATE store.bulk_job SET who = 'ai-do' WHERE who = 'kho'", "bulk_job"),
        ("UPDATE store.bulk_job SET who = 'kho-3' WHERE who = 'kho'", "bulk_job"),
        ("UPDATE store.bulk_job SET role = 'system' WHERE who = 'kho'", "bulk_job"),
        (BEGUN, "bulk_job"),
        (DRAWN, "visit_code"),
        ("UPDATE store.visit_code SET patient = 'other'", "visit_code"),
        ("UPDATE store.visit_code SET until = until + interval '1 hour'", "visit_code"),
    ],
)
def test_what_nobody_gave_so_is_named(given, store, change, table):
    with given.connection() as conn:
        conn.execute(change)
    bad = found(given, store)
    assert isinstance(bad, BadPlace)
    assert (bad.kind, bad.about.partition(" ")[0]) == ("right", f"store.{table}")
