"""A breach: whom the suspects saw comes from the chain and nothing else; the 72 hours; who was told when; the end."""

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from yteso.access.principal import Principal, Role
from yteso.access.restriction import EVERYTHING, Restriction
from yteso.base.clock import VIETNAM
from yteso.base.errors import Refused
from yteso.client.breaches import Breaches, Suspicion
from yteso.search.keys import number, patient_key
from yteso.search.parse import parse
from yteso.search.query import Across, Query
from yteso.store import audit
from yteso.store.audit import Asked
from yteso.store.protocol import Put

SYSTEM = Principal("yteso", Role.SYSTEM)
DOCTOR = Principal("bac-si", Role.DOCTOR, "79001")
COLLEAGUE = Principal("dong-nghiep", Role.DOCTOR, "79001")
ELSEWHERE = Principal("noi-khac", Role.DOCTOR, "79002")
SELF = Principal("nguoi-dan", Role.CITIZEN, person="p9")
COUNTS = Principal("nguoi-dem", Role.DOCTOR, "79003")
MACHINE = Principal("may", Role.INTEGRATOR)
OFFICER = Principal("phu-trach-du-lieu", Role.DATA_OFFICER)
WHAT = "Tài khoản bị lộ mật khẩu, có truy cập lạ trong đêm"
NOW = datetime.now(UTC)


@pytest.fixture
def desk(database, store):
    people = [
        {
            "resourceType": "Patient",
            "id": f"p{number}",
            "name": [{"text": f"=Người Thử {number}"}],
            "birthDate": "1980-01-01",
            "telecom": [{"system": "phone", "value": f"090000000{number}"}],
        }
        for number in range(10)
    ]
    with database.connection() as conn:
        store.write(conn, SYSTEM, [Put(one) for one in people])
        for who, one in (
            (DOCTOR, "p1"),
            (DOCTOR, "p1"),
            (DOCTOR, "p2"),
            (COLLEAGUE, "p2"),
            (ELSEWHERE, "p3"),
            (SELF, "p9"),
        ):
            store.read(conn, who, EVERYTHING, "Patient", one)
        store.read(conn, DOCTOR, Restriction(frozenset()), "Patient", "p4")
        audit.add_refusal(conn, DOCTOR, "R", "Patient/p5", "AUTH-0102")
        store.write(conn, DOCTOR, [Put({**people[6], "gender": "male"})])
    return Breaches(database, store, lambda: datetime.now(UTC))


def suspect(account="", facility="", since=NOW - timedelta(hours=1), until=NOW + timedelta(hours=1)):
    return Suspicion(account, facility, since, until)


def opened(desk, **named):
    return desk.one(OFFICER, desk.open(OFFICER, WHAT, NOW - timedelta(hours=2), suspect(**named)))


@pytest.mark.parametrize(
    ("named", "people"),
    [
        ({"account": "bac-si"}, ["p1", "p2"]),
        ({"account": "dong-nghiep"}, ["p2"]),
        ({"facility": "79001"}, ["p1", "p2"]),
        ({"facility": "79002"}, ["p3"]),
        ({"account": "bac-si", "facility": "79002"}, []),
        ({"account": "nguoi-dan"}, ["p9"]),  # stolen: who has the account saw the record
        ({"account": "bac-si", "since": NOW - timedelta(hours=3), "until": NOW - timedelta(hours=2)}, []),
    ],
)
def test_the_affected_are_those_the_suspects_saw_in_that_time(desk, named, people):
    found = desk.affected(OFFICER, opened(desk, **named))
    assert sorted(one.patient for one in found) == people
    if people == ["p1", "p2"]:
        assert {one.patient: one.times for one in found}["p1"] == 2


def test_searches_count_as_seeing(desk, database, store):
    with database.connection() as conn:
        store.search(conn, COLLEAGUE, EVERYTHING, Query("Patient", count=50))
    assert len(desk.affected(OFFICER, opened(desk, account="dong-nghiep"))) == 10


@pytest.mark.parametrize(
    ("asked", "seen"),
    [
        ("_id=p7&_summary=count", {"p7"}),
        ("_id=p3,p7&_summary=count", {"p3", "p7"}),
        ("_id=p3,p5,p7&_total=accurate&_count=1", {"p3", "p5", "p7"}),
        ("_id=p7&gender=female&_summary=count", set()),
        ("_summary=count", set()),  # ten people: the figure tells of nobody
    ],
)
def test_who_counts_one_person_saw_that_person(desk, database, store, asked, seen):
    """Whether somebody has something is told by a count of one as well as by the row."""
    query, issues = parse("Patient", asked)
    assert not issues
    with database.connection() as conn:
        store.search(conn, COUNTS, EVERYTHING, query)
    assert {one.patient for one in desk.affected(OFFICER, opened(desk, account=COUNTS.name))} == seen


def test_a_small_count_of_several_types_tells_of_its_people_too(desk, database, store):
    queries = tuple(parse(kind, "_id=p7&_summary=count")[0] for kind in ("Observation", "Patient"))
    with database.connection() as conn:
        store.search_across(conn, COUNTS, EVERYTHING, Across(queries, count=0, total="accurate"))
    assert [one.patient for one in desk.affected(OFFICER, opened(desk, account=COUNTS.name))] == ["p7"]


def test_who_fetches_the_files_of_an_export_saw_everybody_in_it(desk, database):
    """The export was made before the account was stolen; its files were fetched by the thief."""
    job, other = "7a9e2f6c-0000-4000-8000-000000000001", "7a9e2f6c-0000-4000-8000-000000000002"
    keys = {one: number(patient_key(one)) for one in ("p1", "p2", "p3", "p7")}
    with database.connection() as conn:
        for made, people in ((job, ("p1", "p2")), (job, ("p7",)), (other, ("p3",))):
            pats = [keys[one] for one in people]
            audit.note(conn, MACHINE, "E", "$export", f"export {made}: {len(people)}", pats)
    begun = datetime.now(UTC)
    with database.connection() as conn:
        audit.note(conn, MACHINE, "R", f"bulk/{job}/Patient.1.ndjson", "3 lines", [])
        audit.note(conn, MACHINE, "R", f"bulk/{job}/Condition.1.ndjson", "9 lines", [])
    found = desk.affected(OFFICER, opened(desk, account="may", since=begun))
    assert {one.patient: (one.times, one.accounts) for one in found} == dict.fromkeys(["p1", "p2", "p7"], (1, 1))
    assert all(one.first >= begun for one in found)


def test_the_file_tells_how_to_reach_people_and_they_can_read_that_it_was_made(desk, database):
    case = opened(desk, account="bac-si")
    lines = list(csv.DictReader(io.StringIO(desk.people_file(OFFICER, case.id).removeprefix("\ufeff"))))
    assert [(one["ma_ho_so"], one["dien_thoai"], one["so_lan_bi_xem"]) for one in lines] == [
        ("p1", "0900000001", "2"),
        ("p2", "0900000002", "1"),
    ]
    assert lines[0]["ho_ten"] == "'=Người Thử 1"
    with database.connection() as conn:
        for person, times in (("p1", 1), ("p3", 0)):
            rows = audit.find(conn, Asked(patient=person, who=OFFICER.name))
            assert [row.what for row in rows] == [f"breach/{case.id}/people"] * times


def test_the_clock_runs_from_the_notice_and_the_case_ends_after_the_authority_was_told(desk):
    case = opened(desk, account="bac-si")
    assert case.due == case.noticed + timedelta(hours=72)
    with pytest.raises(Refused, match="DPO-0003"):
        desk.close(OFFICER, case.id, "Đã khóa tài khoản và đổi mật khẩu")
    for wrong in (None, case.noticed - timedelta(minutes=1), datetime.now(UTC) + timedelta(hours=1)):
        with pytest.raises(Refused, match="DPO-0202"):
            desk.tell(OFFICER, case.id, "authority", wrong)
    told = case.noticed + timedelta(hours=1)
    desk.tell(OFFICER, case.id, "authority", told)
    with pytest.raises(Refused, match="DPO-0003"):
        desk.tell(OFFICER, case.id, "authority", told)
    desk.tell(OFFICER, case.id, "people", told)
    desk.describe(OFFICER, case.id, {"what": WHAT, "measures": "Khóa tài khoản"})
    desk.close(OFFICER, case.id, "Đã khóa tài khoản và đổi mật khẩu")
    closed = desk.one(OFFICER, case.id)
    assert (closed.authority_told, closed.people_told, closed.measures) == (told, told, "Khóa tài khoản")
    assert closed.closed_by == OFFICER.name
    with pytest.raises(Refused, match="DPO-0003"):
        desk.describe(OFFICER, case.id, {"what": WHAT})


@pytest.mark.parametrize("first", [datetime(1, 1, 1, tzinfo=VIETNAM), datetime(202, 11, 26, tzinfo=VIETNAM)])
def test_a_year_of_no_computer_is_a_slip_and_spoils_no_list(desk, first):
    """The database keeps 1 January of year 1 of Vietnam in the year before it, which no datetime can hold."""
    for noticed, since in ((NOW, first), (first, NOW - timedelta(hours=1))):
        with pytest.raises(Refused, match="DPO-0201"):
            desk.open(OFFICER, WHAT, noticed, suspect(account="bac-si", since=since))
    assert desk.all(OFFICER) == []


def test_every_act_is_in_the_chain(desk, database):
    case = opened(desk, account="bac-si")
    desk.describe(OFFICER, case.id, {"what": WHAT})
    with database.connection() as conn:
        rows = audit.find(conn, Asked(who=OFFICER.name))
    assert [(row.action, row.what, row.detail) for row in reversed(rows)] == [
        ("C", f"breach/{case.id}", "opened"),
        ("U", f"breach/{case.id}", "described"),
    ]


@pytest.mark.parametrize(
    ("what", "noticed", "suspicion"),
    [
        ("ngắn", NOW, suspect("a")),
        (WHAT, None, suspect("a")),
        (WHAT, NOW + timedelta(days=1), suspect("a")),
        (WHAT, NOW, None),
        (WHAT, NOW, suspect()),
        (WHAT, NOW, suspect("a", since=NOW, until=NOW)),
    ],
)
def test_a_case_needs_words_a_past_moment_and_a_suspicion(desk, what, noticed, suspicion):
    with pytest.raises(Refused) as refused:
        desk.open(OFFICER, what, noticed, suspicion)
    assert refused.value.status == 400
    assert desk.all(OFFICER) == []


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.DATA_OFFICER])
def test_nobody_else_opens_reads_or_downloads(desk, role):
    case = opened(desk, account="bac-si")
    who = replace(OFFICER, role=role)
    for act in (
        lambda: desk.all(who),
        lambda: desk.people_file(who, case.id),
        lambda: desk.open(who, WHAT, NOW, suspect("a")),
    ):
        with pytest.raises(Refused, match="DPO-0001"):
            act()
