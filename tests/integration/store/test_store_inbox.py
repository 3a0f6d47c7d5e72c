"""People of a breach are told in their inboxes: in batches, each once whatever is killed, others by letter."""

from __future__ import annotations

import csv
import io
import threading
from datetime import UTC, datetime, timedelta
from functools import partial

import psycopg
import pytest

from yteso.access.principal import Principal, Role
from yteso.access.restriction import EVERYTHING
from yteso.base.clock import system_clock
from yteso.base.errors import Refused
from yteso.client.breaches import Breaches, Suspicion, Told
from yteso.client.inbox import Inbox
from yteso.jobs import Task, Worker
from yteso.store import audit
from yteso.store.audit import Asked
from yteso.store.inbox import TASK, Teller
from yteso.store.protocol import Put
from yteso.store.relations import EVIDENCE, REPRESENTATIVE

SYSTEM = Principal("yteso", Role.SYSTEM)
DOCTOR = Principal("bac-si", Role.DOCTOR, "79001")
OFFICER = Principal("phu-trach-du-lieu", Role.DATA_OFFICER)
NOW = datetime.now(UTC)
WORDS = "Hồ sơ của bạn có thể đã bị xem trái phép trong đêm qua. Đầu mối: cán bộ bảo vệ dữ liệu."
ACCOUNTS = frozenset({f"p{n}" for n in range(6)} | {"parent"})
"""p6 is a child of `parent`; p7 has nobody; p8 is the same person as p5; p9 their child of 17."""


def citizen(person: str) -> Principal:
    return Principal(f"tk-{person}", Role.CITIZEN, person=person)


def child_of_parent(child: str) -> dict:
    return {
        "resourceType": "RelatedPerson",
        "id": f"r-{child}",
        "patient": {"reference": f"Patient/{child}"},
        "identifier": [{"system": REPRESENTATIVE, "value": "parent"}],
        "relationship": [{"coding": [{"code": "MTH"}]}],
        "extension": [{"url": EVIDENCE, "valueString": "Giấy mẫu"}],
    }


@pytest.fixture
def case(database, store):
    """A breach of ten Patients, nine persons."""
    ages = {"p6": 8, "p9": 17}
    people = [
        {"resourceType": "Patient", "id": one, "birthDate": f"{NOW.year - ages.get(one, 40)}-01-01"}
        for one in (*(f"p{n}" for n in range(10)), "parent")
    ]
    people[5]["link"] = [{"other": {"reference": "Patient/p8"}, "type": "replaces"}]
    people[8]["link"] = [{"other": {"reference": "Patient/p5"}, "type": "replaced-by"}]
    with database.connection() as conn:
        store.write(conn, SYSTEM, [Put(one) for one in (*people, child_of_parent("p6"), child_of_parent("p9"))])
        for n in range(10):
            store.read(conn, DOCTOR, EVERYTHING, "Patient", f"p{n}")
    desk = Breaches(database, store, system_clock)
    suspicion = Suspicion("bac-si", "", NOW - timedelta(hours=1), NOW + timedelta(hours=1))
    return desk, desk.open(OFFICER, "Tài khoản bị lộ mật khẩu", NOW - timedelta(hours=1), suspicion)


def teller(database, store, have=lambda ids: ACCOUNTS & set(ids), batch=3):
    return Teller(database, store, have, system_clock, batch)


def never() -> bool:
    return False


def messages(database) -> dict[str, int]:
    with database.connection() as conn:
        return dict(conn.execute("SELECT patient, count(*) FROM store.inbox GROUP BY patient").fetchall())


def test_each_person_is_told_once_and_who_has_no_account_stays_in_the_list(database, store, case):
    desk, breach = case
    desk.have_told(OFFICER, breach, WORDS)
    assert desk.told(OFFICER, breach) == Told(0, 9, 0)
    assert Worker(database, [Task(TASK, partial(teller(database, store).work, never))]).run_one()
    assert desk.told(OFFICER, breach) == Told(7, 0, 2)
    told = messages(database)
    assert told == dict.fromkeys([*(f"p{n}" for n in range(5)), "p6", next(iter({"p5", "p8"} & told.keys()))], 1)
    assert desk.one(OFFICER, breach).people_told is None
    rows = list(csv.DictReader(io.StringIO(desk.people_file(OFFICER, breach).removeprefix("\ufeff"))))
    untold = {row["ma_ho_so"] for row in rows if not row["da_bao_hop_thu"]}
    assert untold == {"p7", "p9"} | ({"p5", "p8"} - told.keys())


def test_the_person_reads_it_once_and_so_does_who_acts_for_a_child(database, store, case):
    desk, breach = case
    desk.have_told(OFFICER, breach, WORDS)
    teller(database, store).work(never, breach)
    inbox = Inbox(database, store, system_clock)
    assert inbox.unread(citizen("p1")) == 1
    (one,) = inbox.open(citizen("p1"))
    assert (one.words, one.about, one.read) == (WORDS, f"breach/{breach}", None)
    assert inbox.unread(citizen("p1")) == 0
    assert inbox.open(citizen("p1"))[0].read is not None
    assert len(inbox.open(citizen("p8"))) == len(inbox.open(citizen("p5"))) == 1
    assert inbox.open(citizen("parent")) == []
    assert inbox.unread(citizen("parent"), "p6") == 1
    for of in ("p9", "p1"):
        with pytest.raises(Refused, match="REPR-0006"):
            inbox.open(citizen("parent"), of)
    with pytest.raises(Refused, match="AUD-0001"):
        inbox.open(OFFICER)
    with database.connection() as conn:
        rows = audit.find(conn, Asked(patient="p1", who=OFFICER.name))
    assert [(one.action, one.what) for one in rows] == [("C", f"breach/{breach}/notice")]


def test_a_kill_in_the_middle_of_a_batch_loses_it_whole_and_tells_nobody_twice(database, store, case):
    desk, breach = case
    desk.have_told(OFFICER, breach, WORDS)
    asked = []

    def killed(ids):
        asked.append(ids)
        if len(asked) == 2:
            with database.connection() as conn:
                conn.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
                    " AND pid <> pg_backend_pid() AND state = 'idle in transaction'"
                )
        return ACCOUNTS & set(ids)

    with pytest.raises(psycopg.OperationalError):
        teller(database, store, killed).work(never, breach)
    first = desk.told(OFFICER, breach)
    assert first.waiting == 6
    assert sum(messages(database).values()) == first.told
    teller(database, store).sweep()
    teller(database, store).work(never, breach)
    assert desk.told(OFFICER, breach) == Told(7, 0, 2)
    assert set(messages(database).values()) == {1}
    with database.connection() as conn:
        rows = [one for n in range(10) for one in audit.find(conn, Asked(patient=f"p{n}", who=OFFICER.name))]
    assert {one.what for one in rows} == {f"breach/{breach}/notice"}
    assert len(rows) == 8, "seven persons, one of them with two Patients"


def test_two_workers_share_the_people(database, store, case):
    desk, breach = case
    desk.have_told(OFFICER, breach, WORDS)
    threads = [threading.Thread(target=teller(database, store, batch=1).work, args=(never, breach)) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert desk.told(OFFICER, breach) == Told(7, 0, 2)
    assert set(messages(database).values()) == {1}


def test_who_got_an_account_meanwhile_is_told_when_the_officer_asks_again(database, store, case):
    desk, breach = case
    desk.have_told(OFFICER, breach, WORDS)
    teller(database, store).work(never, breach)
    desk.tell_more(OFFICER, breach)
    teller(database, store, set).work(never, breach)
    assert desk.told(OFFICER, breach) == Told(9, 0, 0)
    assert desk.one(OFFICER, breach).people_told is not None
    with pytest.raises(Refused, match="DPO-0003"):
        desk.tell_more(OFFICER, breach)


def test_the_text_is_reviewed_sent_once_and_only_by_the_officer(database, store, case):
    desk, breach = case
    with pytest.raises(Refused, match="DPO-0002"):
        desk.have_told(OFFICER, breach, "ngắn quá")
    with pytest.raises(Refused, match="DPO-0001"):
        desk.have_told(DOCTOR, id, WORDS)
    desk.have_told(OFFICER, breach, WORDS)
    with pytest.raises(Refused, match="DPO-0003"):
        desk.have_told(OFFICER, breach, WORDS + " Lần hai.")
    assert desk.one(OFFICER, breach).notice == WORDS
