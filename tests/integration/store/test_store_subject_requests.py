"""Subject requests: filed by the person alone, the law's clocks, extended once, closed, all in the chain."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from yteso.access.principal import Principal, Role
from yteso.base.clock import VIETNAM
from yteso.base.errors import Refused
from yteso.client.subject_requests import KINDS, SubjectRequests
from yteso.standards.subject_requests import in_force
from yteso.store import audit
from yteso.store.audit import Asked
from yteso.store.subject_requests import MOST_OPEN

PERSON = Principal("nguoi-dan", Role.CITIZEN, person="p1")
OTHER = Principal("nguoi-khac", Role.CITIZEN, person="p2")
OFFICER = Principal("phu-trach-du-lieu", Role.DATA_OFFICER)
WORDS = "Số điện thoại trong hồ sơ của tôi đã cũ"
ANSWER = "Đã sửa số điện thoại theo yêu cầu của ông bà"


class Clock:
    """A clock that tests set."""

    def __init__(self, moment):
        self.moment = moment

    def __call__(self):
        return self.moment


def ends(begun, days):
    """A term of the law ends with its last day."""
    return (begun + timedelta(days=days)).replace(hour=23, minute=59, second=59)


@pytest.fixture
def clock():
    return Clock(datetime(2026, 11, 27, 9, 0, tzinfo=VIETNAM))


@pytest.fixture
def desk(database, store, clock):
    return SubjectRequests(database, store, clock)


@pytest.mark.parametrize(
    ("kind", "days", "others", "more"),
    [
        ("access", 10, 15, 10),
        ("copy", 10, 15, 10),
        ("correction", 10, 15, 10),
        ("erasure", 20, 20, 15),
        ("restriction", 15, 20, 15),
        ("objection", 15, 20, 15),
        ("withdrawal", 15, 20, 15),
    ],
)
def test_each_kind_has_its_clock_longer_with_others_and_prolonged_once(desk, clock, kind, days, others, more):
    filed, begun = desk.file(PERSON, kind, WORDS), clock()
    [one] = desk.queue(OFFICER, open=True)
    assert (one.id, one.due) == (filed, ends(begun, days))
    assert one.answer_due.astimezone(VIETNAM).isoformat() == "2026-12-01T23:59:59+07:00"
    clock.moment += timedelta(days=1)
    desk.acknowledge(OFFICER, filed, others=True)
    [one] = desk.mine(PERSON)
    assert (one.due, one.others) == (ends(begun, others), True)
    desk.extend(OFFICER, filed, "Phải hỏi cơ sở đã gửi dữ liệu")
    [one] = desk.mine(PERSON)
    assert one.due == ends(begun, others + more)
    with pytest.raises(Refused, match="DPO-0003"):
        desk.extend(OFFICER, filed, "Cần thêm thời gian lần nữa")


def test_nothing_is_prolonged_after_its_last_day(desk, clock):
    kept, filed = desk.file(PERSON, "access", WORDS), desk.file(PERSON, "correction", WORDS)
    clock.moment = ends(clock.moment, 10)
    desk.extend(OFFICER, kept, "Phải hỏi cơ sở đã gửi dữ liệu")
    clock.moment += timedelta(seconds=1)
    with pytest.raises(Refused, match="DPO-0303"):
        desk.extend(OFFICER, filed, "Phải hỏi cơ sở đã gửi dữ liệu")


def test_every_kind_has_one_clock_with_its_law_on_every_day():
    for day in (date(2025, 12, 31), date(2026, 1, 1), date(2030, 1, 1)):
        assert set(in_force(day)) == set(KINDS)
    for one in in_force(date(2026, 1, 1)).values():
        assert one.days <= one.others
        assert "356/2025" in one.basis
        assert one.source


def test_the_person_follows_it_to_the_end(desk, clock):
    filed = desk.file(PERSON, "correction", WORDS)
    desk.acknowledge(OFFICER, filed)
    [one] = desk.mine(PERSON)
    assert (one.acknowledged, one.closed) == (clock(), None)
    clock.moment += timedelta(days=3)
    desk.close(OFFICER, filed, "done", ANSWER)
    [one] = desk.mine(PERSON)
    assert (one.outcome, one.answer, one.closed, one.closed_by) == ("done", ANSWER, clock(), OFFICER.name)
    assert desk.queue(OFFICER, open=True) == []
    for late in (lambda: desk.close(OFFICER, filed, "done", ANSWER), lambda: desk.acknowledge(OFFICER, filed)):
        with pytest.raises(Refused, match="DPO-0003"):
            late()


def test_what_is_due_first_comes_first(desk, clock):
    first = desk.file(PERSON, "copy", WORDS)
    clock.moment += timedelta(days=1)
    second = desk.file(OTHER, "access", WORDS)
    desk.acknowledge(OFFICER, first)
    assert [one.id for one in desk.queue(OFFICER, open=True)] == [second, first]


def test_people_see_their_own_only(desk):
    desk.file(PERSON, "erasure", WORDS)
    assert desk.mine(OTHER) == []


def test_every_act_is_in_the_chain_with_whom_it_is_about(desk, database):
    filed = desk.file(PERSON, "withdrawal", WORDS)
    desk.acknowledge(OFFICER, filed)
    desk.close(OFFICER, filed, "refused", ANSWER)
    with database.connection() as conn:
        rows = audit.find(conn, Asked(patient="p1"))
    assert [(row.who, row.action, row.detail) for row in reversed(rows)] == [
        (PERSON.name, "C", "withdrawal"),
        (OFFICER.name, "U", "acknowledged"),
        (OFFICER.name, "U", "closed: refused"),
    ]
    assert {row.what for row in rows} == {f"request/{filed}"}


@pytest.mark.parametrize(("kind", "words"), [("", WORDS), ("other", WORDS), ("copy", "ngắn"), ("copy", "a" * 4001)])
def test_a_request_needs_a_kind_and_words(desk, kind, words):
    with pytest.raises(Refused) as refused:
        desk.file(PERSON, kind, words)
    assert refused.value.status == 400
    assert desk.mine(PERSON) == []


def test_every_kind_is_taken_until_too_many_wait(desk):
    for number in range(MOST_OPEN):
        desk.file(PERSON, KINDS[number % len(KINDS)], WORDS)
    with pytest.raises(Refused, match="DPO-0302"):
        desk.file(PERSON, "copy", WORDS)
    desk.file(OTHER, "copy", WORDS)


def test_only_a_person_with_a_record_files_and_only_the_officer_works(desk):
    filed = desk.file(PERSON, "copy", WORDS)
    with pytest.raises(Refused, match="AUD-0001"):
        desk.file(replace(PERSON, person=""), "copy", WORDS)
    for role in Role:
        who = Principal("ai-do", role, "79001", person="p1")
        if role is not Role.CITIZEN:
            with pytest.raises(Refused, match="AUD-0001"):
                desk.file(who, "copy", WORDS)
        if role is not Role.DATA_OFFICER:
            for act in (desk.acknowledge, lambda one, asked: desk.close(one, asked, "done", ANSWER)):
                with pytest.raises(Refused, match="DPO-0001"):
                    act(who, filed)
    assert len(desk.queue(OFFICER, open=True)) == 1


def test_the_operators_own_figure_counts_where_no_source_names_one(database, store, clock):
    own = SubjectRequests(database, store, clock, {"access": 18, "withdrawal": 99})
    begun = clock.moment
    for kind, days in (("access", 18), ("withdrawal", 15)):
        filed = own.file(PERSON, kind, WORDS)
        assert next(one for one in own.mine(PERSON) if one.id == filed).due == ends(begun, days)
        own.acknowledge(OFFICER, filed, others=True)
        held = next(one for one in own.mine(PERSON) if one.id == filed)
        assert held.due == ends(begun, {"access": 18, "withdrawal": 20}[kind])
    told = own.clocks()
    assert (told["access"].seen, told["access"].source) == (True, "YTESO_REQUEST_DAYS")
    assert [kind for kind, one in told.items() if not one.seen] == ["copy", "correction", "erasure"]
