"""When the rules change, what is stored is labelled anew; nothing that was hidden shows meanwhile."""

from datetime import UTC, datetime, timedelta

import pytest

from yteso.store import labels
from yteso.store.protocol import Put, Remove
from yteso.store.reindex import Reindex

NOW = datetime(2026, 11, 25, tzinfo=UTC)
ICD10 = "http://hl7.org/fhir/sid/icd-10"


def condition(id, code):
    return {
        "resourceType": "Condition",
        "id": id,
        "subject": {"reference": "Patient/p"},
        "encounter": {"reference": "Encounter/e"},
        "code": {"coding": [{"system": ICD10, "code": code}]},
    }


NOTE = {
    "resourceType": "Composition",
    "id": "note",
    "status": "final",
    "subject": {"reference": "Patient/p"},
    "encounter": {"reference": "Encounter/e"},
    "title": "Tóm tắt",
}


def labelled(conn):
    return dict(conn.execute("SELECT id, label FROM store.resource ORDER BY id").fetchall())


@pytest.fixture
def reindex(database, store, administrator, monkeypatch):
    monkeypatch.setattr("yteso.store.reindex.GRACE", timedelta(0))
    with database.connection() as conn:
        store.write(conn, administrator, [Put(condition("hiv", "B20")), Put(condition("flu", "J11")), Put(NOTE)])
    return Reindex(database, store)


@pytest.mark.parametrize("batch", [1, 500])
def test_the_record_is_labelled_anew_when_the_rules_change_and_only_then(database, store, reindex, monkeypatch, batch):
    """Papers too, whether or not they are looked at together with the facts of their visit."""
    monkeypatch.setattr("yteso.store.reindex.BATCH", batch)
    with database.connection() as conn:
        assert labelled(conn) == {"flu": 0, "hiv": 1, "note": 1}
        assert labels.renew(conn, NOW)
        assert not labels.renew(conn, NOW)
        conn.execute("DELETE FROM store.parameter")
        conn.execute("UPDATE store.labelling SET fingerprint = 'older rules'")
        conn.execute("UPDATE store.resource SET label = 2 WHERE id = 'flu'")
        conn.execute("UPDATE store.resource SET label = 0 WHERE id IN ('hiv', 'note')")
        assert labels.renew(conn, NOW)
    for _ in range(20):
        if not reindex.step("*"):
            break
    with database.connection() as conn:
        assert labelled(conn) == {"flu": 0, "hiv": 1, "note": 1}


def versions(conn):
    return dict(
        conn.execute("SELECT id || ver, label FROM store.history WHERE NOT deleted ORDER BY id, ver").fetchall()
    )


@pytest.mark.parametrize("batch", [1, 500])
def test_past_versions_are_labelled_anew_too_also_of_what_is_deleted(
    database, store, administrator, reindex, monkeypatch, batch
):
    """What was corrected or deleted before the rules knew it was sensitive; a version stays as sensitive as it was."""
    monkeypatch.setattr("yteso.store.reindex.BATCH", batch)
    with database.connection() as conn:
        store.write(conn, administrator, [Put(condition("hiv", "J00")), Put(condition("gone", "B20"))])
        store.write(conn, administrator, [Remove("Condition", "gone"), Put(condition("flu", "J12"))])
        assert versions(conn) == {"flu1": 0, "gone1": 1, "hiv1": 1}
        conn.execute("UPDATE store.history SET label = CASE id WHEN 'flu' THEN 2 ELSE 0 END")
        conn.execute("INSERT INTO store.labelling (fingerprint) VALUES ('older rules')")
        assert labels.renew(conn, NOW)
    for _ in range(20):
        if not reindex.step("*"):
            break
    with database.connection() as conn:
        assert versions(conn) == {"flu1": 2, "gone1": 1, "hiv1": 1}
