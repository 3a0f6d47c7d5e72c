"""The matrix of writing: what is there, what was deleted, what is new, whom nobody knew; against reviewed CSVs."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.acceptance.matrix import creates, writes
from tests.acceptance.matrix.world import TARGETS, TYPES, build, bury

from yteso.access.principal import Role
from yteso.api import Api
from yteso.db import Database

HERE = Path(__file__).parent / "matrix"
Cells = dict[Role, dict[str, dict[str, str]]]


@pytest.fixture(scope="module")
def database(fresh_database) -> Iterator[Database]:
    with fresh_database() as dsn:
        database = Database(dsn, max_size=4).open()
        yield database
        database.close()


@pytest.fixture(scope="module")
def api(database) -> Api:
    return build(database)


def rows(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def cells(name: str) -> Cells:
    found: Cells = {}
    for row in rows(name):
        role, target = Role(row.pop("role")), row.pop("target")
        found.setdefault(role, {})[target] = row
    return found


@pytest.mark.parametrize(("name", "types"), [("writes.csv", TYPES), ("creates.csv", TYPES[1:])])
def test_every_role_target_and_type_has_a_cell_of_writing(name, types):
    written = cells(name)
    assert set(written) == set(Role)
    for targets in written.values():
        assert list(targets) == list(TARGETS)
        assert all(tuple(row) == types for row in targets.values())


@pytest.mark.parametrize("role", list(Role))
def test_each_role_writes_its_cells_and_no_other_whatever_way_it_asks(api, database, role):
    assert list(writes.mistakes(api, role, cells("writes.csv")[role], lambda *key: bury(database, *key))) == []


def count(database: Database) -> int:
    with database.connection() as conn:
        return conn.execute("SELECT count(*) FROM store.resource").fetchone()[0]


@pytest.mark.parametrize("role", list(Role))
def test_each_role_writes_something_new_about_whom_it_may_and_nothing_else_is_written(api, database, role):
    before = count(database)
    assert list(creates.mistakes(api, role, cells("creates.csv")[role], lambda *key: bury(database, *key))) == []
    may = [cell for row in cells("creates.csv")[role].values() for cell in row.values() if cell == "may"]
    assert (count(database) > before) == bool(may)


@pytest.mark.parametrize("role", list(Role))
def test_a_person_nobody_knew_comes_with_a_visit_of_ones_own_facility(api, role):
    expected = next(row for row in rows("newcomers.csv") if row.pop("role") == role)
    assert {kind: creates.newcomer(api, role, kind) for kind in creates.NEWCOMERS} == expected
