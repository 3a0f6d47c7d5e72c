"""The matrix of writing: what is there, what was deleted, what is new, whom nobody knew; against reviewed CSVs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from tests.acceptance.matrix import creates, writes
from tests.acceptance.matrix.reading import by_target, rows
from tests.acceptance.matrix.world import TARGETS, TYPES, ask, build, bury, who

from yteso.access import policy
from yteso.access.grant import Bound
from yteso.access.principal import Role
from yteso.api import Api, evidence, rights
from yteso.db import Database


@pytest.fixture(scope="module")
def database(fresh_database) -> Iterator[Database]:
    with fresh_database() as dsn:
        database = Database(dsn, max_size=4).open()
        yield database
        database.close()


@pytest.fixture(scope="module")
def api(database) -> Api:
    return build(database)


@pytest.mark.parametrize(("name", "types"), [("writes.csv", TYPES), ("creates.csv", creates.KINDS)])
def test_every_role_target_and_type_has_a_cell_of_writing(name, types):
    written = by_target(name)
    assert set(written) == set(Role)
    for targets in written.values():
        assert list(targets) == list(TARGETS)
        assert all(tuple(row) == types for row in targets.values())


@pytest.mark.parametrize("role", list(Role))
def test_each_role_writes_its_cells_and_no_other_whatever_way_it_asks(api, database, role):
    assert list(writes.mistakes(api, role, by_target("writes.csv")[role], lambda *key: bury(database, *key))) == []


def count(database: Database) -> int:
    with database.connection() as conn:
        return conn.execute("SELECT count(*) FROM store.resource").fetchone()[0]


@pytest.mark.parametrize("role", list(Role))
def test_each_role_writes_something_new_about_whom_it_may_and_nothing_else_is_written(api, database, role):
    before = count(database)
    assert list(creates.mistakes(api, role, by_target("creates.csv")[role], lambda *key: bury(database, *key))) == []
    may = [cell for row in by_target("creates.csv")[role].values() for cell in row.values() if cell == "may"]
    assert (count(database) > before) == bool(may)


@pytest.mark.parametrize("role", list(Role))
def test_a_person_nobody_knew_comes_with_a_visit_of_ones_own_facility(api, role):
    expected = next(row for row in rows("newcomers.csv") if row.pop("role") == role)
    assert {kind: creates.newcomer(api, role, kind) for kind in creates.NEWCOMERS} == expected


# -- each rule of writing is needed ----------------------------------------------------------------------------------

WRITERS = {
    # role -> a type it writes
    Role.DOCTOR: "Observation",
    Role.STATION: "Observation",
    Role.NURSE: "Observation",
    Role.LAB: "Observation",
    Role.PHARMACIST: "MedicationDispense",
    Role.CASHIER: "ChargeItem",
    Role.STAFF: "RelatedPerson",
}


def created(api: Api, role: Role, kind: str, target: str) -> str:
    """How a plain create of a fact about the target ends, as a cell."""
    status = ask(api, who(role), "POST", kind, creates.fact(kind, target))[0]
    return {201: "may", 403: "hidden"}[status]


@pytest.mark.parametrize("role", WRITERS)
def test_that_writing_is_bound_to_patients_is_needed(api, monkeypatch, role):
    """What is written is looked at within the rights of reading: both lines are bound, and unbound both give way."""
    kind = WRITERS[role]
    assert created(api, role, kind, "other") == by_target("creates.csv")[role]["other"][kind] == "hidden"
    monkeypatch.setitem(policy.TABLE, role, tuple(replace(grant, bound=Bound.NOBODY) for grant in policy.TABLE[role]))
    assert created(api, role, kind, "other") == "may"


def test_that_what_is_written_is_looked_at_is_needed(api, monkeypatch):
    monkeypatch.setattr(rights, "_see", lambda *_: None)
    assert created(api, Role.DOCTOR, "Observation", "other") == "may"


def test_that_a_visit_is_ones_own_is_needed(api, monkeypatch):
    expected = next(row for row in rows("newcomers.csv") if row["role"] == Role.DOCTOR)
    assert creates.newcomer(api, Role.DOCTOR, "with-their-visit") == expected["with-their-visit"] == "denied"
    monkeypatch.setattr(rights, "check_service", lambda *_: None)
    assert creates.newcomer(api, Role.DOCTOR, "with-their-visit") == "may"
    assert creates.newcomer(api, Role.DOCTOR, "alone") == "may"


def test_that_evidence_is_asked_for_is_needed(api, monkeypatch):
    consent = {"resourceType": "Consent", "status": "active", "scope": {"text": "x"}, "category": [{"text": "x"}]}
    consent["patient"] = {"reference": "Patient/p-same"}
    assert ask(api, who(Role.DOCTOR), "POST", "Consent", consent)[0] == 422
    monkeypatch.setattr(rights, "check_evidence", lambda *_: None)
    assert ask(api, who(Role.DOCTOR), "POST", "Consent", consent | {"status": "inactive"})[0] == 201


def test_who_writes_that_somebody_represents_a_patient_is_needed(api, monkeypatch):
    assert created(api, Role.DOCTOR, "RelatedPerson", "same") == "hidden"
    assert by_target("creates.csv")[Role.DOCTOR]["same"]["RelatedPerson"] == "denied"
    monkeypatch.setattr(evidence, "RECORDS_REPRESENTATION", frozenset([Role.DOCTOR]))
    assert created(api, Role.DOCTOR, "RelatedPerson", "same") == "may"
    assert created(api, Role.STATION, "RelatedPerson", "same") == "hidden"
