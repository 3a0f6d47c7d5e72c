"""Audit rows as a person reads them: names, and what one did at one sitting together."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

from yteso.client.accesses import Access
from yteso.web.looks import look, runs

NOON = datetime(2026, 11, 26, 5, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _vietnamese():
    with translation.override("vi"):
        yield


def access(minutes=0, who="bs-minh", role="doctor", what="Patient/p", **more):
    fields = {"facility": "79001", "purpose": "TREAT", "action": "R", "detail": "", **more}
    return Access(0, minutes, NOON - timedelta(minutes=minutes), who, role, what=what, **fields)


def told(*found, names=None):
    return [look(one, "nguoidan", "p", names or {}) for one in found]


def test_who_looked_is_called_by_name_and_an_unknown_account_by_itself():
    known, unknown = told(access(), access(who="bs-khac"), names={"bs-minh": "Bác sĩ Minh Mẫu"})
    assert (known.who, unknown.who) == ("Bác sĩ Minh Mẫu", "bs-khac")


def test_what_one_did_at_one_sitting_stands_together():
    later, parts = access(0), [access(4, what="Condition"), access(9, what="Observation")]
    assert [len(run) for run in runs(told(later, *parts))] == [3]


@pytest.mark.parametrize(
    "other",
    [{"who": "bs-khac"}, {"facility": "79002"}, {"purpose": "ETREAT"}, {"outcome": "4"}, {"behalf": "x"}],
    ids=["another account", "another facility", "another reason", "refused", "for another"],
)
def test_what_differs_for_a_person_stands_apart(other):
    assert [len(run) for run in runs(told(access(0), access(1, **other)))] == [1, 1]


def test_a_look_after_a_pause_stands_apart():
    assert [len(run) for run in runs(told(access(0), access(11)))] == [1, 1]


def test_what_the_platform_wrote_on_a_day_is_one_line_and_a_machine_that_reads_is_not():
    wrote = [access(n, who="intake", role="system", action="U", facility="") for n in (0, 60, 180)]
    reads = access(200, who="command", role="system", facility="")
    found = runs(told(*wrote, reads))
    assert [len(run) for run in found] == [3, 1]
    assert [run[0].by_itself for run in found] == [True, False]
    assert found[0][0].role == ""
