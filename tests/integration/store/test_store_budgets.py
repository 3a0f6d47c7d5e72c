"""Egress budgets: counted within the access whoever asks, told before they are spent, a stop that shows nothing."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from yteso.access.budget import budgets as budgets_of
from yteso.access.principal import Principal, Role
from yteso.access.restriction import EVERYTHING
from yteso.base.errors import Misconfigured, Refused
from yteso.client.budgets import Budgets
from yteso.db import Database
from yteso.search.query import Query
from yteso.store import audit, budgets
from yteso.store.audit import Asked
from yteso.store.protocol import Put, Read

SYSTEM = Principal("yteso", Role.SYSTEM)
DOCTOR = Principal("bac-si", Role.DOCTOR, "79001")
COLLEAGUE = Principal("dong-nghiep", Role.DOCTOR, "79001")
OFFICER = Principal("phu-trach-du-lieu", Role.DATA_OFFICER)
MOST = 5
PEOPLE = [f"p{number}" for number in range(12)]
REASON = "Rà soát tiêm chủng của xã"


@pytest.fixture
def province(database, store):
    """Twelve people; a doctor may see five of them an hour."""
    with database.connection() as conn:
        store.write(conn, SYSTEM, [Put({"resourceType": "Patient", "id": one}) for one in PEOPLE])
        budgets.configure(conn, budgets_of([("doctor", MOST)]))
    return database


@pytest.fixture
def desk(province):
    return Budgets(province, lambda: datetime.now(UTC))


def read(database, store, who, id):
    with database.connection() as conn:
        return store.read(conn, who, EVERYTHING, "Patient", id)


def see(database, store, who, people):
    """How many of them could be read before the stop."""
    for number, one in enumerate(people):
        try:
            found = read(database, store, who, one)
        except Refused as refused:
            told = (refused.status, refused.issues[0].code, 0 < refused.retry_after <= 3601)
            return number if told == (429, "EGR-0001", True) else refused
        assert found is not None
    return len(people)


def test_the_same_person_costs_once_and_the_budget_is_the_end(province, store):
    assert see(province, store, DOCTOR, PEOPLE[:3] * 4) == 12
    assert see(province, store, DOCTOR, PEOPLE) == MOST
    assert see(province, store, DOCTOR, PEOPLE[:MOST]) == MOST
    assert see(province, store, COLLEAGUE, PEOPLE) == MOST


def test_a_page_with_too_many_people_shows_and_counts_none_of_them(province, store):
    with pytest.raises(Refused) as refused, province.connection() as conn:
        store.search(conn, DOCTOR, EVERYTHING, Query("Patient", count=MOST + 1))
    assert refused.value.status == 429
    with province.connection() as conn:
        assert audit.find(conn, Asked(who=DOCTOR.name)) == []
        assert len(store.search(conn, DOCTOR, EVERYTHING, Query("Patient", count=MOST)).matches) == MOST


@pytest.mark.parametrize("way", ["history", "read_many", "read_together"])
def test_every_way_of_seeing_people_is_counted(province, store, way):
    ways = {
        "history": lambda conn: store.history(conn, DOCTOR, EVERYTHING, "Patient", count=MOST + 1),
        "read_many": lambda conn: store.read_many(conn, DOCTOR, EVERYTHING, [("Patient", one) for one in PEOPLE]),
        "read_together": lambda conn: store.read_together(
            conn, [Read(DOCTOR, EVERYTHING, "Patient", one) for one in PEOPLE]
        ),
    }
    with pytest.raises(Refused, match="EGR-0001"), province.connection() as conn:
        ways[way](conn)


def test_many_at_once_see_no_more_than_one_after_the_other(province, store):
    found = []

    def look(one):
        try:
            found.append(read(province, store, DOCTOR, one))
        except Refused:
            found.append(None)

    threads = [threading.Thread(target=look, args=[one]) for one in PEOPLE]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(one is not None for one in found) == MOST
    with province.connection() as conn:
        assert conn.execute("SELECT people FROM store.spent WHERE who = %s", [DOCTOR.name]).fetchone() == (MOST,)


def test_a_process_asks_once_for_whom_it_knows_to_be_counted_and_another_one_asks_again(province, store):
    def seen_now(database):
        with database.connection() as one, database.connection() as other:
            for conn in (one, other):
                store.read_together(conn, [Read(DOCTOR, EVERYTHING, "Patient", "p1")], ends=True)
            return conn.execute("DELETE FROM store.seen RETURNING pat").rowcount

    assert seen_now(province) == 1
    assert seen_now(province) == 0
    another = Database(province.dsn, max_size=2).open()
    assert seen_now(another) == 1
    another.close()


def test_who_was_counted_by_what_was_undone_is_counted_again(province, store):
    for _ in range(2):
        with province.connection() as conn:
            store.read_together(conn, [Read(DOCTOR, EVERYTHING, "Patient", "p1")])
            conn.rollback()
    assert read(province, store, DOCTOR, "p1") is not None
    with province.connection() as conn:
        assert conn.execute("SELECT people FROM store.spent WHERE who = %s", [DOCTOR.name]).fetchone() == (1,)


def test_writing_and_the_platform_itself_are_never_stopped(province, store):
    machine = Principal("may79001", Role.FACILITY, "79001")
    with province.connection() as conn:
        budgets.configure(conn, budgets_of([("facility", 1)]))
        store.write(conn, machine, [Put({"resourceType": "Patient", "id": f"m{number}"}) for number in range(9)])
    assert see(province, store, SYSTEM, PEOPLE) == len(PEOPLE)
    assert see(province, store, machine, PEOPLE) == 1


def test_the_officer_is_told_from_the_share_on_and_of_every_stop(province, store, desk):
    see(province, store, DOCTOR, PEOPLE[:3])
    assert desk.spent(OFFICER) == []
    see(province, store, DOCTOR, PEOPLE[:4])
    [near] = desk.spent(OFFICER)
    assert (near.who, near.facility, near.people, near.most, near.stops) == ("bac-si", "79001", 4, MOST, 0)
    assert near.warned is not None
    read(province, store, DOCTOR, PEOPLE[4])
    with pytest.raises(Refused) as stop:
        read(province, store, DOCTOR, PEOPLE[5])
    desk.note_stop(DOCTOR, stop.value)
    [stopped] = desk.spent(OFFICER)
    assert (stopped.people, stopped.stops) == (MOST, 1)
    with province.connection() as conn:
        assert budgets.alarms(conn, datetime.now(UTC)) == (1, 1)


def test_a_grant_widens_one_account_for_a_while_and_is_in_the_chain(province, store, desk):
    assert see(province, store, DOCTOR, PEOPLE) == MOST
    desk.grant(OFFICER, DOCTOR.name, 8, 2, REASON)
    assert see(province, store, DOCTOR, PEOPLE) == 8
    assert see(province, store, COLLEAGUE, PEOPLE) == MOST
    [given] = desk.grants(OFFICER)
    assert (given.who, given.most, given.reason, given.given_by) == (DOCTOR.name, 8, REASON, OFFICER.name)
    desk.end_grant(OFFICER, given.id)
    with pytest.raises(Refused, match="DPO-0003"):
        desk.end_grant(OFFICER, given.id)
    assert desk.grants(OFFICER) == []
    with province.connection() as conn:
        rows = audit.find(conn, Asked(who=OFFICER.name))
    assert {(row.action, row.what) for row in rows} == {("C", "budget/bac-si"), ("D", "budget/bac-si")}


def test_a_grant_that_is_over_gives_nothing(province, store, desk):
    with province.connection() as conn:
        budgets.grant(conn, OFFICER, DOCTOR.name, 8, datetime.now(UTC) - timedelta(seconds=1), REASON)
    assert see(province, store, DOCTOR, PEOPLE) == MOST


@pytest.mark.parametrize(
    ("account", "most", "hours", "reason"),
    [("", 8, 2, REASON), (OFFICER.name, 8, 2, REASON), ("a", 0, 2, REASON), ("a", 8, 73, REASON), ("a", 8, 2, "ngắn")],
)
def test_a_grant_needs_another_account_a_measure_an_end_and_a_reason(desk, account, most, hours, reason):
    with pytest.raises(Refused) as refused:
        desk.grant(OFFICER, account, most, hours, reason)
    assert refused.value.status == 400
    assert desk.grants(OFFICER) == []


def test_only_the_officer_looks_and_grants(desk):
    for role in Role:
        if role is not Role.DATA_OFFICER:
            who = replace(OFFICER, role=role)
            for act in (lambda: desk.spent(who), lambda: desk.grant(who, "a", 8, 2, REASON), lambda: desk.grants(who)):  # noqa: B023
                with pytest.raises(Refused, match="DPO-0001"):
                    act()


def test_hours_that_are_over_are_forgotten(province, store):
    see(province, store, DOCTOR, PEOPLE[:MOST])
    later = datetime.now(UTC) + timedelta(hours=2)
    with province.connection() as conn:
        budgets.forget(conn, later)
        assert conn.execute("SELECT count(*) FROM store.seen").fetchone() == (0,)
        assert conn.execute("SELECT count(*) FROM store.spent").fetchone() == (1,)
        budgets.forget(conn, later + budgets.KEPT)
        assert conn.execute("SELECT count(*) FROM store.spent").fetchone() == (0,)


def test_configuration_names_roles_that_exist(database):
    assert budgets_of([("integrator", 0)]).keys() == budgets_of().keys() - {Role.INTEGRATOR}
    for unknown in ("nobody", "system"):
        with pytest.raises(Misconfigured):
            budgets_of([(unknown, 5)])
