"""The table of rights, walked role by role: what is granted, what is denied, and that silence means no."""

from __future__ import annotations

import pytest

from yteso.access import policy
from yteso.access.policy import DIRECTORY_TYPES, PATIENT_TYPES, TABLE, Interaction, require, restriction
from yteso.access.principal import Principal, Role
from yteso.access.purpose import USUAL
from yteso.access.restriction import EVERYTHING, Restriction
from yteso.base.errors import Refused

LOOK = ["read", "vread", "search", "history"]
WRITE = ["create", "update", "patch"]


def of(role: Role, facility: str = "79001") -> Principal:
    return Principal("an", role, facility)


def test_nobody_sees_only_the_capability_statement():
    allowed = [i for i in Interaction if restriction(None, i, "Patient") is not None]
    assert allowed == [Interaction.CAPABILITIES]


@pytest.mark.parametrize("role", [Role.INTEGRATOR, Role.SYSTEM])
@pytest.mark.parametrize("interaction", list(Interaction))
def test_integrators_and_the_platform_reach_everything(role, interaction):
    assert restriction(of(role, ""), interaction, "AuditEvent") == EVERYTHING


@pytest.mark.parametrize("interaction", LOOK)
@pytest.mark.parametrize("role", [Role.DOCTOR, Role.STAFF, Role.NURSE, Role.LAB, Role.CASHIER, Role.STATION])
def test_an_account_without_facility_is_not_an_account_without_limits(role, interaction):
    allowed = restriction(of(role, ""), interaction, "Patient")
    assert allowed is None or interaction in ("capabilities", "transaction", "batch")


@pytest.mark.parametrize("interaction", WRITE)
def test_a_doctor_writes_the_record_but_not_the_directory(interaction):
    allowed = restriction(of(Role.DOCTOR), interaction, "Condition")
    assert (allowed.types, allowed.care_facility, allowed.care_types) == (PATIENT_TYPES, "79001", PATIENT_TYPES)
    assert allowed.is_bound
    assert restriction(of(Role.DOCTOR), interaction, "Organization") is None


@pytest.mark.parametrize("role", [Role.DOCTOR, Role.STAFF, Role.OPERATOR, Role.FACILITY])
def test_nobody_who_treats_deletes(role):
    assert restriction(of(role), "delete", "Observation") is None


@pytest.mark.parametrize("interaction", LOOK)
def test_an_operator_sees_the_directory_and_no_patient(interaction):
    assert restriction(of(Role.OPERATOR, ""), interaction, "Organization") == Restriction(DIRECTORY_TYPES)
    assert restriction(of(Role.OPERATOR, ""), interaction, "Patient") is None
    assert not DIRECTORY_TYPES & PATIENT_TYPES


@pytest.mark.parametrize("interaction", [*WRITE, "delete", "transaction"])
@pytest.mark.parametrize("role", [Role.OPERATOR, Role.STAFF, Role.FACILITY])
def test_who_only_looks_writes_nothing(role, interaction):
    assert restriction(of(role), interaction, "Patient") is None


def test_a_machine_account_of_a_facility_has_no_way_into_the_record():
    allowed = [i for i in Interaction if restriction(of(Role.FACILITY), i, "Patient") is not None]
    assert allowed == [Interaction.CAPABILITIES]


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.FACILITY_ADMINISTRATOR, Role.ANALYST, Role.DATA_OFFICER])
@pytest.mark.parametrize("interaction", list(Interaction))
def test_who_runs_supervises_or_counts_reaches_no_patients_record(role, interaction):
    if interaction in ("capabilities", "batch", "transaction"):
        return
    allowed = restriction(of(role), interaction)
    assert allowed is None or (allowed.types is not None and not allowed.types & PATIENT_TYPES)
    assert all(restriction(of(role), interaction, name) is None for name in PATIENT_TYPES)


def test_a_citizen_who_is_no_person_reaches_nobody():
    assert restriction(of(Role.CITIZEN), "read", "Patient") is None
    with pytest.raises(Refused) as refused:
        require(of(Role.CITIZEN), "read", "Patient")
    assert refused.value.issues[0].code == "AUTH-0104"


@pytest.fixture
def no_rights_kept():
    policy._narrowed.cache_clear()
    yield
    policy._narrowed.cache_clear()


def test_a_narrowing_takes_away_and_is_told_apart(monkeypatch, no_rights_kept):
    monkeypatch.setattr(policy, "NARROWINGS", (lambda *_: None,))
    assert restriction(of(Role.INTEGRATOR), "read", "Patient") is None
    with pytest.raises(Refused) as refused:
        require(of(Role.INTEGRATOR), "read", "Patient")
    assert refused.value.issues[0].code == "AUTH-0105"


def test_a_history_of_everything_is_bound_to_the_readable_types():
    assert restriction(of(Role.OPERATOR), "history") == Restriction(DIRECTORY_TYPES)


def test_every_role_has_its_line_in_the_table():
    assert set(TABLE) == set(Role)


def test_a_denial_says_who_must_change_what():
    with pytest.raises(Refused) as nobody:
        require(None, "read", "Patient")
    with pytest.raises(Refused) as operator:
        require(of(Role.OPERATOR), "read", "Patient")
    with pytest.raises(Refused) as homeless:
        require(of(Role.DOCTOR, ""), "read", "Patient")
    assert [(e.value.status, e.value.issues[0].code) for e in (nobody, operator, homeless)] == [
        (401, "AUTH-0101"),
        (403, "AUTH-0102"),
        (403, "AUTH-0103"),
    ]


def test_an_unknown_interaction_is_a_mistake_and_no_right():
    with pytest.raises(ValueError):
        restriction(of(Role.INTEGRATOR), "merge", "Patient")


def test_every_role_has_its_usual_purpose():
    assert set(USUAL) == set(Role)
    assert USUAL[Role.CITIZEN] == "PATRQT"
    assert USUAL[Role.CASHIER] == "HPAYMT"
    assert {role for role in Role if USUAL[role] == "TREAT"} >= {Role.DOCTOR, Role.NURSE, Role.STATION}
    assert USUAL[Role.STAFF] != "TREAT"
