"""Who acts: a person or a machine, with one role, perhaps bound to one facility."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    """What somebody is to the platform; what each may do is in `policy`.

    `SYSTEM` is the platform's own jobs, `FACILITY` a facility's machine account, `INTEGRATOR` a system with full
    access to the record on somebody's order, `ADMINISTRATOR` runs the platform. `CITIZEN` acts for themselves or, as
    a representative, for another person; `STAFF` is staff of a facility whose work is records, not care.
    """

    ADMINISTRATOR = "administrator"
    OPERATOR = "operator"
    STAFF = "staff"
    DOCTOR = "doctor"
    FACILITY = "facility"
    SYSTEM = "system"
    CITIZEN = "citizen"
    NURSE = "nurse"
    LAB = "lab"
    PHARMACIST = "pharmacist"
    CASHIER = "cashier"
    FACILITY_ADMINISTRATOR = "facility-administrator"
    STATION = "station"
    SURVEILLANCE = "surveillance"
    INSPECTOR = "inspector"
    ANALYST = "analyst"
    INTEGRATOR = "integrator"
    DATA_OFFICER = "data-officer"


@dataclass(frozen=True, slots=True)
class Principal:
    """`facility` is MA_CSKCB (5 characters) or empty; `purpose` is a v3-PurposeOfUse code such as TREAT.

    `person`: id of the Patient a citizen is. `client`: the app that acts for the person, empty for our own pages.
    `scope`: SMART scopes, separated by spaces, that narrow the rights; None: not narrowed; empty: nothing is left.
    `patient`: id of the Patient that `patient/` scopes are about: whom the app was opened for.
    `grant`: what the app was given its token by, if any.
    `assurance`: how sure we are of who it is, 1 (password), 2 (with a second factor), 3 (identified by the state).
    """

    name: str
    role: Role
    facility: str = ""
    purpose: str = "TREAT"
    person: str = ""
    client: str = ""
    scope: str | None = None
    assurance: int = 1
    patient: str = ""
    grant: str = field(default="", compare=False)
