"""Rights -> what the database is told: each time everything, so that nothing of who was named before is left."""

import json

import pytest

from yteso.access.policy import restriction
from yteso.access.principal import Principal, Role
from yteso.access.restriction import EVERYTHING, NOTHING, Restriction
from yteso.search import wall
from yteso.search.keys import number, patient_key
from yteso.standards.fhir_r4 import TYPE_NUMBER

PEOPLE = {
    Role.DOCTOR: "yteso_care",
    Role.CASHIER: "yteso_care",
    Role.CITIZEN: "yteso_person",
    Role.INSPECTOR: "yteso_order",
    Role.SURVEILLANCE: "yteso_notifiable",
    Role.OPERATOR: "yteso_types",
    Role.INTEGRATOR: "yteso_every",
}


def told(limit):
    return dict(zip(("database_role", *wall._SETTINGS), wall.named(limit), strict=True))


def of(role):
    person = "p1" if role is Role.CITIZEN else ""
    kind = "Organization" if role is Role.OPERATOR else "Patient"
    return restriction(Principal("ai-do", role, "79001", person=person), "search", kind)


@pytest.mark.parametrize("role", PEOPLE)
def test_each_bound_has_its_role_and_each_naming_sets_everything(role):
    values = wall.named(of(role))
    assert values[0] == PEOPLE[role]
    assert len(values) == wall.NAME.count("%s") == wall.NAME.count("set_config")
    assert all(isinstance(value, str) for value in values)


def test_who_comes_next_is_told_by_what_differs_only_where_that_leaves_every_setting_as_it_is_to_be():
    (doctor, other, cashier, citizen) = (
        wall.named(restriction(Principal(name, role, facility, person=person), "search", "Patient"))
        for name, role, facility, person in (
            ("a", Role.DOCTOR, "79001", ""),
            ("b", Role.DOCTOR, "79002", ""),
            ("c", Role.CASHIER, "79001", ""),
            ("d", Role.CITIZEN, "", "p1"),
        )
    )
    names = ("", *wall._SETTINGS)
    for before, after in ((doctor, other), (other, doctor), (doctor, doctor)):
        told = dict(zip(wall._OWN, wall.told_next(before, after), strict=True))
        assert {**dict(zip(names, before, strict=True)), **told} == dict(zip(names, after, strict=True))
    pairs = ((doctor, cashier), (cashier, doctor), (doctor, citizen), (citizen, doctor))
    assert [wall.told_next(*pair) for pair in pairs] == [None] * 4
    assert wall.NAME_NEXT.count("%s") == len(wall._OWN)


def test_an_app_is_told_anew_after_who_has_none():
    limit = of(Role.DOCTOR)
    app = Principal("ai-do", Role.DOCTOR, "79001", client="a", scope="user/Patient.rs")
    scoped = restriction(app, "search", "Patient")
    assert wall.named(limit) != wall.named(scoped)
    assert wall.told_next(wall.named(limit), wall.named(scoped)) is None
    assert wall.told_next(wall.named(scoped), wall.named(limit)) is None


def test_a_doctor_is_told_by_facility_and_account():
    one = told(of(Role.DOCTOR))
    assert (one["holder"], one["facility"], one["account"], one["role"]) == ("79001", "79001", "ai-do", "doctor")
    assert (one["pat"], one["facts"], one["anywhere"]) == ("", "", "0")


def test_a_citizen_is_told_by_person_and_by_no_facility():
    one = told(restriction(Principal("ai-do", Role.CITIZEN, person="p1"), "search", "Patient"))
    assert (one["holder"], one["pat"]) == ("Patient/p1", str(number(patient_key("p1"))))
    assert one["facility"] == ""


def test_only_what_needs_no_patient_is_loose():
    limit = Restriction(
        frozenset({"Patient", "Organization"}), care_facility="79001", care_types=frozenset({"Patient"})
    )
    one = told(limit)
    assert one["types"] == f"{{{TYPE_NUMBER['Organization']},{TYPE_NUMBER['Patient']}}}"
    assert one["loose"] == f"{{{TYPE_NUMBER['Organization']}}}"


def test_nothing_is_nothing_and_everything_a_role():
    assert (told(NOTHING)["database_role"], told(NOTHING)["types"], told(NOTHING)["loose"]) == (
        "yteso_types",
        "{}",
        "{}",
    )
    assert told(EVERYTHING)["database_role"] == "yteso_every"


def test_an_app_that_may_see_less_of_a_child_lets_the_database_know_its_age():
    one = told(Restriction(frozenset({"Observation"}), person="p1", care_types=frozenset({"Observation", "Patient"})))
    assert str(TYPE_NUMBER["Patient"]) in one["types"]
    assert one["loose"] == "{}"


APP = ("app", "app_free", "app_own", "app_loose", "app_found")


def app(scope, patient=""):
    who = Principal("ai-do", Role.DOCTOR, "79001", scope=scope, patient=patient)
    return told(restriction(who, "search", "Observation"))


def numbers(*names):
    return "{" + ",".join(map(str, sorted(TYPE_NUMBER[name] for name in names))) + "}"


def test_who_acts_for_themselves_has_no_app():
    assert [told(of(Role.DOCTOR))[name] for name in APP] == [""] * 5
    assert [app("user/Observation.rs")[name] for name in APP] == [""] * 5  # types alone are in `types`


def test_an_app_is_told_by_its_patient_and_by_what_is_of_nobody():
    one = app("patient/Observation.rs patient/Organization.rs user/Condition.rs", "p1")
    assert one["app"] == str(number(patient_key("p1")))
    assert (one["app_free"], one["app_own"]) == (numbers("Condition"), numbers("Observation", "Organization"))
    assert (one["app_loose"], one["app_found"]) == (numbers("Organization"), "")


def test_an_apps_conditions_are_told_tokens_apart_from_what_wants_a_look_at_the_row():
    one = app(
        "patient/Observation.rs?performer=Practitioner/x,Practitioner/y&identifier=a|1 user/Observation.rs?date=ge2020",
        "p1",
    )
    tokens, further = json.loads(one["app_found"])
    assert (tokens["types"], tokens["own"], tokens["loose"]) == ([TYPE_NUMBER["Observation"]], True, False)
    assert [len(group) for group in tokens["tokens"]] == [2, 1]
    assert "further" not in tokens
    assert (further["own"], further["tokens"]) == (False, [])
    assert [way["in"] for way in further["further"][0]["any"]] == ["date"]
    assert one["app_free"] == numbers()


def test_a_code_is_looked_for_in_its_column_and_among_the_tokens():
    (found,) = json.loads(app("user/Observation.rs?code=1", "p1")["app_found"])
    assert sorted(way["in"] for way in found["further"][0]["any"]) == ["code", "tok"]
