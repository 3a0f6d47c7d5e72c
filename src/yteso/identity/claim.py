"""What one source says about who a person is: the claim the identity room decides on. A value, no behaviour."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PersonClaim:
    """One source's claim. `cccd` 12 digits or None; `bhyt` card numbers; `bhxh` the 10-digit insurance number or None.

    `local_code` is the person's code at `facility`; `birth_date` a FHIR date of any precision or ""; `gender` a FHIR
    code or "".
    """

    cccd: str | None
    bhyt: tuple[str, ...]
    bhxh: str | None
    facility: str
    local_code: str
    name: str
    birth_date: str
    gender: str
