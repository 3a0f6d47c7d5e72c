"""How long a representation lasts: days of Vietnam, whole years, and who was born on 29 February."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from yteso.access.principal import Principal, Role
from yteso.base.clock import day_in_vietnam
from yteso.client.people import banner_of
from yteso.client.representations import ends_in_time, shown
from yteso.store.relations import EVIDENCE, REPRESENTATIVE

MOTHER = Principal("me", Role.CITIZEN, person="mother")


def tie(code="MTH", **period):
    return {
        "resourceType": "RelatedPerson",
        "id": "tie",
        "patient": {"reference": "Patient/child"},
        "identifier": [{"system": REPRESENTATIVE, "value": "mother"}],
        "relationship": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-RoleCode", "code": code}]}],
        "extension": [{"url": EVIDENCE, "valueString": "Giấy khai sinh số 9 Mẫu"}],
        "period": period,
    }


def told(birth, now, related):
    child = banner_of({"resourceType": "Patient", "id": "child", "birthDate": birth}, day_in_vietnam(now))
    [one] = shown(related, child, now, MOTHER)
    return one.until, one.in_force


@pytest.mark.parametrize(
    ("birth", "until", "over"),
    [
        ("2012-02-29", "2030-03-01", datetime(2030, 2, 28, 17, tzinfo=UTC)),
        ("2012-12-31", "2030-12-31", datetime(2030, 12, 30, 17, tzinfo=UTC)),
        ("2013-01-01", "2031-01-01", datetime(2030, 12, 31, 17, tzinfo=UTC)),
    ],
)
def test_a_parents_ends_when_the_18th_birthday_begins_in_vietnam(birth, until, over):
    assert told(birth, over - timedelta(seconds=1), tie()) == (until, True)
    assert told(birth, over, tie()) == (until, False)


def test_one_with_an_end_lasts_until_the_end_of_that_day_in_vietnam():
    related = tie("HPOWATT", end="2026-12-31")
    assert told("1950", datetime(2026, 12, 31, 16, 59, tzinfo=UTC), related) == ("2026-12-31", True)
    assert told("1950", datetime(2026, 12, 31, 17, 0, tzinfo=UTC), related) == ("2026-12-31", False)
    ended = tie("HPOWATT", end="2026-12-31T17:30:00Z")
    assert told("1950", datetime(2026, 12, 31, 17, 0, tzinfo=UTC), ended) == ("2027-01-01", True)


@pytest.mark.parametrize(
    ("until", "today", "good"),
    [
        ("2026-12-31", date(2026, 12, 31), False),
        ("2027-01-01", date(2026, 12, 31), True),
        ("2029-12-31", date(2026, 12, 31), True),
        ("2030-01-01", date(2026, 12, 31), False),
        ("2031-02-28", date(2028, 2, 29), True),
        ("2031-03-01", date(2028, 2, 29), False),
        ("20270101", date(2026, 12, 31), False),
        ("2026-W53-5", date(2026, 12, 31), False),
        ("", date(2026, 12, 31), False),
    ],
)
def test_an_end_is_a_day_after_today_and_within_whole_years(until, today, good):
    assert ends_in_time(until, today, 3) is good
