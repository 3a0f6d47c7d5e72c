"""What decides about a patient is asked once where the statement names the patient, and the values fit their places."""

from dataclasses import replace

import pytest

from yteso.access.policy import require
from yteso.access.principal import Principal, Role
from yteso.search.keys import number, patient_key
from yteso.search.rights import visible
from yteso.search.scoped import Scoped

PEOPLE = {
    "doctor": Principal("bac-si", Role.DOCTOR, facility="79001"),
    "citizen": Principal("cong-dan", Role.CITIZEN, person="p1"),
    "surveillance": Principal("dich-te", Role.SURVEILLANCE),
    "inspector": Principal("thanh-tra", Role.INSPECTOR),
}
KEY = 4711
"""No other parameter has this value."""


@pytest.mark.parametrize("name", PEOPLE)
@pytest.mark.parametrize("past", [False, True])
def test_each_place_has_its_value(name, past):
    limit = require(PEOPLE[name], "search", "Condition")
    for patient in (None, KEY):
        found = visible(limit, "r", past=past, type="Condition", patient=patient)
        assert found.text.count("%s") == len(found.params)


@pytest.mark.parametrize("name", PEOPLE)
def test_a_named_patient_stands_for_that_of_each_row(name):
    limit = require(PEOPLE[name], "search", "Condition")
    each, named = (visible(limit, "r", type="Condition", patient=patient) for patient in (None, KEY))
    asked = each.text.replace("(r.pat IS NULL OR ", "(")
    assert named.text == asked.replace("r.pat", "%s::bigint").replace("open_for(%s::bigint", "open_for(r.pat")
    assert [value for value in named.params if value != KEY] == list(each.params)
    assert KEY in named.params


def test_what_is_kept_for_one_patient_is_not_told_of_another():
    limit = require(PEOPLE["doctor"], "search", "Condition")
    first, second = (visible(limit, "r", type="Condition", patient=patient) for patient in (KEY, KEY + 1))
    assert first.text == second.text
    assert KEY not in second.params


@pytest.mark.parametrize(("patient", "shown"), [("p1", True), ("p2", False)])
def test_an_app_of_one_patient_shows_nothing_of_another(patient, shown):
    key = number(patient_key(patient))
    app = replace(PEOPLE["doctor"], scope="patient/*.rs", patient="p1")
    (part,) = (one for one in require(app, "search", "Condition").also if isinstance(one, Scoped))
    assert part.condition("r", past=False, patient=key).text == ("true" if shown else "false")
