"""Who acts: a person or a machine, with one role, perhaps bound to one facility."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """The roles of the first floor. `SYSTEM` is the platform's own jobs; `FACILITY` a facility's machine account."""

    ADMINISTRATOR = "administrator"
    OPERATOR = "operator"
    STAFF = "staff"
    DOCTOR = "doctor"
    FACILITY = "facility"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Principal:
    """`facility` is MA_CSKCB (5 characters) or empty; `purpose` is a v3-PurposeOfUse code such as TREAT."""

    name: str
    role: Role
    facility: str = ""
    purpose: str = "TREAT"
