"""Cases of the data officer's desk, held by the rows of their acts: who moves a clock, an answer or a case is found."""

from datetime import timedelta

import pytest

from yteso.access.principal import Principal, Role
from yteso.base.clock import system_clock
from yteso.search.keys import number, patient_key
from yteso.store import audit, breaches, cases, subject_requests
from yteso.store.breaches import Affected, Suspicion
from yteso.store.inbox import Teller, start_telling
from yteso.store.protocol import AuditNote, Put
from yteso.store.verify import BadPlace, verify

PERSON = Principal("nguoi-dan", Role.CITIZEN, person="p1")
OFFICER = Principal("phu-trach-du-lieu", Role.DATA_OFFICER)
EARLIER = "11111111-1111-4111-8111-111111111111"


@pytest.fixture
def desk(database, store, administrator):
    """Each kind of case, open and closed; and one that an earlier release opened, whose row tells no digest."""
    now = system_clock()
    hour = timedelta(hours=1)
    with database.connection() as conn:
        conn.execute("SET TIME ZONE 'Asia/Ho_Chi_Minh'")
        store.write(conn, administrator, [Put({"resourceType": "Patient", "id": "p1"})])
        for n in (1, 2):
            case = cases.open_case(conn, PERSON, "p1", (3, n), "Vì sao xem hồ sơ của tôi?", now, detail="own")
        assert cases.answer_case(conn, OFFICER, case, "Khám bệnh", now)
        asked = [
            subject_requests.file(conn, PERSON, "p1", "copy", "Xin một bản sao", now, detail="own") for _ in range(3)
        ]
        assert subject_requests.acknowledge(conn, OFFICER, asked[0], now, others=True)
        assert subject_requests.extend(conn, OFFICER, asked[0], "Cần hỏi cơ sở")
        assert subject_requests.close(conn, OFFICER, asked[1], "done", "Đã gửi", now)
        suspicion = Suspicion("bac-si", "", now - hour, now)
        breaches.open_breach(conn, OFFICER, "Mất máy", now, suspicion, now)
        breach = breaches.open_breach(conn, OFFICER, "Lộ mật khẩu", now, suspicion, now)
        assert breaches.describe(conn, OFFICER, breach, "Lộ mật khẩu", "a", "b", "c")
        assert breaches.tell_authority(conn, OFFICER, breach, now)
        people = [Affected(number(patient_key("p1")), "p1", 1, now, now, 1)]
        assert start_telling(conn, OFFICER, breach, "Hồ sơ của bạn", people, now)
        conn.execute(
            "INSERT INTO store.questioned (shard, id, patient, lane, n, asked_by, question, opened, due)"
            " SELECT shard, %s, patient, 3, 3, asked_by, question, opened, due FROM store.questioned LIMIT 1",
            (EARLIER,),
        )
        audit.add_note(conn, PERSON, AuditNote("C", "own", ("p1",)), f"case/{EARLIER}")
    teller = Teller(database, store, lambda ids: ids, system_clock)
    while teller.step(breach):
        pass
    with database.connection() as conn:
        assert breaches.find_breaches(conn, breach)[0].people_told is not None
        assert breaches.close(conn, OFFICER, breach, "Đã đổi mật khẩu", now)
    return database


def found(database, store):
    with database.connection() as conn:
        return verify(conn, store.codec(conn))


def test_cases_as_the_desk_left_them_pass(desk, store):
    assert found(desk, store) is None


MADE_UP = (
    "INSERT INTO store.breach (what, noticed, account, facility, since, until, opened_by, opened)"
    " SELECT what, noticed, account, facility, since, until, opened_by, opened FROM store.breach LIMIT 1"
)


@pytest.mark.parametrize(
    ("change", "table"),
    [
        ("UPDATE store.questioned SET due = due + interval '1 day' WHERE answered IS NULL", "questioned"),
        ("UPDATE store.questioned SET answer = 'khác' WHERE answered IS NOT NULL", "questioned"),
        ("UPDATE store.questioned SET answer = NULL, answered = NULL, answered_by = NULL", "questioned"),
        ("UPDATE store.questioned SET n = n + 5", "questioned"),
        (f"DELETE FROM store.questioned WHERE id = '{EARLIER}'", "questioned"),
        ("DELETE FROM store.questioned", "questioned"),
        ("UPDATE store.subject_request SET due = due + interval '1 day' WHERE extended IS NULL", "subject_request"),
        ("UPDATE store.subject_request SET filed = filed + interval '1 day'", "subject_request"),
        ("UPDATE store.subject_request SET answer_due = answer_due + interval '1 day'", "subject_request"),
        ("UPDATE store.subject_request SET acknowledged = filed", "subject_request"),
        ("UPDATE store.subject_request SET outcome = 'refused' WHERE closed IS NOT NULL", "subject_request"),
        ("UPDATE store.subject_request SET patient = 'p2'", "subject_request"),
        ("DELETE FROM store.subject_request WHERE closed IS NULL", "subject_request"),
        ("UPDATE store.breach SET noticed = noticed + interval '3 days'", "breach"),
        ("UPDATE store.breach SET authority_told = authority_told - interval '1 day'", "breach"),
        ("UPDATE store.breach SET people_told = people_told - interval '1 day'", "breach"),
        ("UPDATE store.breach SET account = 'ai-do'", "breach"),
        ("UPDATE store.breach SET notice = 'khác' WHERE notice IS NOT NULL", "breach"),
        ("UPDATE store.breach SET conclusion = 'khác' WHERE closed IS NOT NULL", "breach"),
        ("DELETE FROM store.breach WHERE closed IS NULL", "breach"),
        (MADE_UP, "breach"),
    ],
)
def test_what_no_act_did_is_named(desk, store, change, table):
    with desk.connection() as conn:
        assert conn.execute(change).rowcount
    bad = found(desk, store)
    assert isinstance(bad, BadPlace)
    assert (bad.kind, bad.about.partition(" ")[0]) == ("right", f"store.{table}")
