"""The table of rights, walked role by role: what is granted, what is denied, and that silence means no."""

from __future__ import annotations

import pytest

from yteso.access.policy import DIRECTORY_TYPES, PATIENT_TYPES, TABLE, Interaction, require, restriction
from yteso.access.principal import Principal, Role
from yteso.access.restriction import EVERYTHING, Restriction
from yteso.base.errors import Refused

LOOK = ["read", "vread", "search", "history"]
WRITE = ["create", "update", "patch"]


def of(role: Role, facility: str = "79001") -> Principal:
    return Principal("an", role, facility)


def test_nobody_sees_only_the_capability_statement():
    allowed = [i for i in Interaction if restriction(None, i, "Patient") is not None]
    assert allowed == [Interaction.CAPABILITIES]


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.SYSTEM])
@pytest.mark.parametrize("interaction", list(Interaction))
def test_the_administrator_and_the_platform_reach_everything(role, interaction):
    assert restriction(of(role, ""), interaction, "AuditEvent") == EVERYTHING


@pytest.mark.parametrize("interaction", LOOK)
@pytest.mark.parametrize("role", [Role.DOCTOR, Role.STAFF])
def test_doctor_and_staff_look_only_at_patients_in_care_of_their_facility(role, interaction):
    allowed = restriction(of(role), interaction, "Observation")
    assert allowed is not None
    assert allowed.care_facility == "79001"
    assert allowed.types is not None
    assert "Observation" in allowed.types
    assert "AuditEvent" not in allowed.types


@pytest.mark.parametrize("interaction", list(Interaction))
@pytest.mark.parametrize("role", [Role.DOCTOR, Role.STAFF])
def test_an_account_without_facility_is_not_an_account_without_limits(role, interaction):
    allowed = restriction(of(role, ""), interaction, "Patient")
    assert allowed is None or interaction in ("capabilities", "transaction", "batch")


@pytest.mark.parametrize("interaction", WRITE)
def test_a_doctor_writes_the_record_but_not_the_directory(interaction):
    bound = Restriction(PATIENT_TYPES, "79001", care_types=PATIENT_TYPES)
    assert restriction(of(Role.DOCTOR), interaction, "Condition") == bound
    assert restriction(of(Role.DOCTOR), interaction, "Organization") is None


@pytest.mark.parametrize("role", [Role.DOCTOR, Role.STAFF, Role.OPERATOR, Role.FACILITY])
def test_nobody_but_the_administrator_deletes(role):
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
        restriction(of(Role.ADMINISTRATOR), "merge", "Patient")
