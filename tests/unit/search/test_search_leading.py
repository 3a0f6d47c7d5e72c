"""Whose keys lead a search, and when it is sooner answered in the order of everybody's rows."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from yteso.access.policy import require
from yteso.access.principal import Principal, Role
from yteso.search import sql
from yteso.search.leading import FEW, SOME, Lead, led_by
from yteso.search.parse import parse
from yteso.search.plan import Plan

CITIZEN = require(Principal("cong-dan", Role.CITIZEN, person="p1"), "search", "Observation")
DOCTOR = require(Principal("bac-si", Role.DOCTOR, facility="79001"), "search", "Observation")
NOW = datetime(2026, 1, 1, tzinfo=UTC)
PROVINCE = 1_000_000


def plan(rights, text, *, count=0, known=0, quickly=False, type="Observation"):
    query, issues = parse(type, text)
    assert not issues
    return Plan(query, NOW, by_few=quickly, lead=led_by(rights, count, known))


@pytest.mark.parametrize(
    ("type", "text", "led"),
    [
        ("Observation", "", True),
        ("Observation", "_sort=-date", True),
        ("Observation", "code=x", True),
        ("Observation", "encounter=Encounter/e", True),
        ("Observation", "identifier=s|1", False),
        ("Observation", "patient=p1", False),
        ("Observation", "_id=o1", False),
        ("Patient", "name=le", True),
        ("Organization", "name=le", False),
    ],
)
def test_a_persons_own_keys_lead_unless_something_names_fewer_rows(type, text, led):
    made = plan(CITIZEN, text, type=type)
    assert (made.lead is not None) is led
    assert not led or (made.is_quick and made.same_way and made.is_served)


@pytest.mark.parametrize(
    ("text", "count", "led"),
    [
        ("", FEW, True),
        ("", 1_000, True),
        ("", 1_001, False),
        ("_total=accurate", 1_001, True),
        ("_total=accurate", 100_000, True),
        ("_sort=value-quantity", 100_000, True),
        ("_sort=-date", 1_001, False),
        ("_total=accurate", 100_001, False),
        ("status=final", 1_001, False),
        ("code=x", FEW, True),
        ("identifier=s|1", FEW, False),
    ],
)
def test_the_people_of_a_facility_lead_where_they_are_few_beside_all(text, count, led):
    assert (plan(DOCTOR, text, count=count, known=PROVINCE).lead is not None) is led


def test_what_else_is_asked_may_leave_so_few_that_more_people_lead():
    assert plan(DOCTOR, "status=final", count=SOME, known=2_000).lead is not None
    assert plan(DOCTOR, "", count=SOME, known=2_000).lead is None


def test_a_code_leads_a_doctors_quick_search_and_a_name_does():
    assert plan(DOCTOR, "code=x", count=FEW, quickly=True).lead is None
    assert plan(DOCTOR, "name=le", count=FEW, quickly=True, type="Patient").lead is None


def test_nobody_leads_who_sees_everybody():
    assert led_by(require(Principal("may", Role.INTEGRATOR), "search", "Observation")) is None


def test_an_app_of_one_patient_is_led_by_them():
    app = replace(Principal("bac-si", Role.DOCTOR, facility="79001"), scope="patient/*.rs", patient="p1")
    made = led_by(require(app, "search", "Observation"))
    assert isinstance(made, Lead)
    assert (made.own, made.exact) == (True, False)


@pytest.mark.parametrize("rights", [CITIZEN, DOCTOR], ids=["citizen", "doctor"])
@pytest.mark.parametrize("type", ["Observation", "Device"])
def test_each_place_of_a_led_search_has_its_value(rights, type):
    made = plan(rights, "status=final&_sort=-_lastUpdated", type=type)
    text, params, _ = sql.page(made, rights)
    assert text.count("%s") == len(params)
    assert ("r.pat IS NULL" in text.partition("UNION ALL")[2]) is (type == "Device")
