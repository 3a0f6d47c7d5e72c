"""A real server speaks clamd's protocol: what it is sent, what its answers become, and that no answer is none."""

from __future__ import annotations

import pytest
from tests.clamd import EICAR, FOUND, running

from yteso.base.scanner import NotScanned, Scanner, Session


@pytest.fixture(params=["unix", "tcp"])
def clamd(request, tmp_path):
    with running(tmp_path / "clamd.ctl" if request.param == "unix" else None) as server:
        yield server


def test_a_find_is_named_and_clean_bytes_are_clean(clamd):
    scanner = Scanner(clamd.place)
    assert scanner.find([b"<a>", b"x" * 100_000, b"</a>"]) == ""
    assert scanner.find([b"<a>" + EICAR[:20], EICAR[20:] + b"</a>"]) == FOUND
    assert [len(one) for one in clamd.seen] == [100_007, len(EICAR) + 7]


ANSWERS = [
    b"INSTREAM size limit exceeded. ERROR\0",
    b"",
    b"stream: OK and more\0",
    b"stream:  FOUND\0",
    b"\xff\0",
]


@pytest.mark.parametrize("answer", ANSWERS)
def test_anything_but_a_verdict_is_none(clamd, answer):
    clamd.answer = answer
    with pytest.raises(NotScanned):
        Scanner(clamd.place).find([b"x"])


def test_who_does_not_answer_gave_no_verdict(tmp_path):
    for place in (str(tmp_path / "nobody.ctl"), "127.0.0.1:9"):
        with pytest.raises(NotScanned):
            Scanner(place, 2.0).find([b"x"])


def test_a_session_takes_a_thousand_files_by_one_connection(clamd):
    session = Session(Scanner(clamd.place))
    found = [session.find([b"x" * n, b"", EICAR if n == 500 else b""]) for n in range(1000)]
    session.close()
    assert [n for n, name in enumerate(found) if name] == [500]
    assert found[500] == FOUND
    assert clamd.connections == 1


def test_a_session_that_is_asked_nothing_connects_to_nobody(clamd):
    Session(Scanner(clamd.place)).close()
    assert clamd.connections == 0


@pytest.mark.parametrize("answer", [*ANSWERS, b"stream: OK\0", b"2: stream: OK\0"])
def test_in_a_session_only_the_answer_about_this_file_counts(clamd, answer):
    clamd.answer = answer
    session = Session(Scanner(clamd.place, 2.0))
    with pytest.raises(NotScanned):
        session.find([b"x"])
    session.close()


def test_a_file_that_is_too_large_costs_no_verdict_but_its_own(clamd):
    clamd.most = 1000
    session = Session(Scanner(clamd.place))
    assert session.find([b"x"]) == ""
    with pytest.raises(NotScanned):
        session.find([b"x" * 600, b"x" * 600])
    assert session.find([EICAR]) == FOUND
    session.close()
    assert clamd.connections == 2


def test_after_three_files_without_a_verdict_the_scanner_is_asked_no_more(clamd):
    clamd.answer = b""
    session = Session(Scanner(clamd.place, 2.0))
    for _ in range(10):
        with pytest.raises(NotScanned):
            session.find([b"x"])
    assert len(clamd.seen) == 3


def test_a_file_that_breaks_off_leaves_nothing_of_itself_for_the_next(clamd):
    def broken():
        yield EICAR
        raise LookupError

    session = Session(Scanner(clamd.place))
    with pytest.raises(LookupError):
        session.find(broken())
    assert session.find([b"x"]) == ""
    session.close()


def test_all_files_of_a_session_together_have_so_many_seconds(clamd):
    session = Session(Scanner(clamd.place, 0.2))
    assert session.find([b"x"]) == ""
    session._until = 0.0
    with pytest.raises(NotScanned):
        session.find([b"x"])
    session.close()
