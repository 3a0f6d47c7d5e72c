"""The matrix: every role × target × way to a resource, against a reviewed CSV; and that each rule is needed.

The expected cells are data: `matrix/cells.csv` was written from the rules as the law and the roles' work say them,
`matrix/routes.csv` was noted down once and read line by line. A wrong deny fails as a wrong grant does; a role, target,
type or route without a cell fails.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

import pytest
from tests.acceptance.matrix import routes, walk
from tests.acceptance.matrix.reading import Cells, by_role, by_target, rows
from tests.acceptance.matrix.world import TARGETS, TYPES, ask, build, id_of, who

from yteso.access import policy
from yteso.access.grant import Bound, Grant
from yteso.access.interaction import Interaction
from yteso.access.principal import Role
from yteso.access.table import TABLE
from yteso.access.types import PATIENT_TYPES
from yteso.api import Api
from yteso.base.clock import system_clock
from yteso.base.errors import Refused
from yteso.client.record import SECTIONS, Records
from yteso.db import Database
from yteso.store.postgres import PostgresStore


@pytest.fixture(scope="module")
def database(fresh_database) -> Iterator[Database]:
    with fresh_database() as dsn:
        database = Database(dsn, max_size=4).open()
        yield database
        database.close()


@pytest.fixture(scope="module")
def api(database) -> Api:
    return build(database)


@pytest.fixture(scope="module")
def cells() -> Cells:
    return by_target("cells.csv")


def test_every_role_target_and_type_has_a_cell(cells):
    assert set(cells) == set(Role)
    for targets in cells.values():
        assert list(targets) == list(TARGETS)
        assert all(tuple(row) == TYPES for row in targets.values())


@pytest.mark.parametrize("role", list(Role))
def test_each_role_sees_its_cells_and_no_other_whatever_way_it_asks(api, cells, role):
    assert list(walk.mistakes(api, role, cells[role])) == []


LOOKING = (Role.STAFF, Role.DOCTOR, Role.NURSE, Role.STATION, Role.INSPECTOR, Role.CITIZEN)
"""Who opens pages about a person: the record's and the health book's."""
OF_KIND = {kind: section for section, (kind, _, _) in SECTIONS.items()}


@pytest.mark.parametrize("role", LOOKING)
def test_pages_show_the_cells_and_no_others(api, database, cells, role):
    """What the pages ask: the banner first, then each section; and one resource, as a page of its own."""
    records, asker = Records(database, PostgresStore(), system_clock), who(role)
    for target, row in cells[role].items():
        banner = records.banner(asker, id_of("Patient", target))
        assert (banner is not None) == (row["Patient"] == "seen"), target
        for kind, cell in row.items():
            assert (records.resource(asker, kind, id_of(kind, target)) is not None) == (cell == "seen"), (target, kind)
            if kind != "Patient":
                facts = records.section(asker, id_of("Patient", target), OF_KIND[kind]).facts
                shown = {fact.resource["id"] for fact in facts}
                assert (id_of(kind, target) in shown) == (cell == "seen"), (target, kind)


@pytest.mark.parametrize("role", [role for role in Role if role not in LOOKING])
def test_no_other_role_finds_a_person_by_name_but_whom_it_may(api, database, cells, role):
    records, asker = Records(database, PostgresStore(), system_clock), who(role)
    expected = {id_of("Patient", target) for target, row in cells[role].items() if row["Patient"] == "seen"}
    if {row["Patient"] for row in cells[role].values()} == {"denied"}:
        with pytest.raises(Refused):
            records.find(asker, "Mẫu", 100)
    else:
        assert {one.id for one in records.find(asker, "Mẫu", 100).persons} == expected


@pytest.fixture(scope="module")
def addresses() -> dict[routes.Row, set[Role]]:
    return {
        (row["method"], row["address"], row["type"]): {Role(name) for name in row["roles"].split()}
        for row in rows("routes.csv")
    }


def test_every_address_has_a_row(addresses):
    assert set(addresses) == set(routes.rows())


@pytest.mark.parametrize("role", list(Role))
def test_each_role_comes_to_its_addresses_and_to_no_other(api, addresses, role):
    assert {row for row in addresses if routes.allowed(api, role, row)} == {
        r for r in addresses if role in addresses[r]
    }


@pytest.fixture(scope="module")
def rows_of_the_chain(api) -> dict[Role, dict[str, str]]:
    """role -> whose rows of the audit chain: `seen`, `hidden` or `denied`. Both persons have been looked at."""
    for target in ("own", "other"):
        assert ask(api, who(Role.INTEGRATOR), "GET", f"Patient/{id_of('Patient', target)}")[0] == 200
    return by_role("audit.csv")


def _misread_chain(api: Api, role: Role, cells: dict[str, str]) -> Iterator[str]:
    for target, expected in cells.items():
        status, answer = ask(api, who(role), "GET", f"AuditEvent?patient={id_of('Patient', target)}")
        told = "denied" if status == 403 else "seen" if answer.get("entry") else "hidden"
        if told != expected:
            yield f"{role} {target}: {told}"


@pytest.mark.parametrize("role", list(Role))
def test_each_role_sees_its_rows_of_the_chain_and_no_other(api, rows_of_the_chain, role):
    assert not list(_misread_chain(api, role, rows_of_the_chain[role]))


def _mutants() -> Iterator[tuple[str, Role, tuple[Grant, ...]]]:
    """The table without one grant, and with one grant no longer bound. Metadata is open to all, grant or not."""
    for role, grants in TABLE.items():
        for at, grant in enumerate(grants):
            if grant.interactions == {Interaction.CAPABILITIES}:
                continue
            yield f"{role}-{at}-gone", role, grants[:at] + grants[at + 1 :]
            if grant.bound is not Bound.NOBODY and Interaction.READ in grant.interactions:
                wider = Grant(grant.interactions, grant.types)
                yield f"{role}-{at}-unbound", role, (*grants[:at], wider, *grants[at + 1 :])


@pytest.mark.parametrize(("name", "role", "grants"), [pytest.param(*one, id=one[0]) for one in _mutants()])
def test_each_rule_is_needed(api, cells, addresses, rows_of_the_chain, monkeypatch, name, role, grants):
    lost = set(TABLE[role]) - set(grants)
    monkeypatch.setitem(policy.TABLE, role, grants)
    misread = chain(walk.misread(api, role, cells[role]), _misread_chain(api, role, rows_of_the_chain[role]))
    moved = (f"{row}" for row, roles in addresses.items() if routes.allowed(api, role, row) != (role in roles))
    reads = not lost or any(Interaction.READ in grant.interactions for grant in lost)
    assert next(chain(misread, moved) if reads else chain(moved, misread), ""), f"{name} changes no cell"


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.SYSTEM, Role.INTEGRATOR)])
def test_only_bound_lines_reach_a_patients_record(role):
    for grant in TABLE[role]:
        reads = grant.interactions - {Interaction.BATCH, Interaction.TRANSACTION, Interaction.CAPABILITIES}
        assert not reads or grant.bound is not Bound.NOBODY or not (grant.types or PATIENT_TYPES) & PATIENT_TYPES
