"""What a principal may see, in the form a query can carry. `search` compiles it into SQL; nobody filters rows by it."""

from __future__ import annotations

from dataclasses import dataclass

from yteso.search.rights import Part


@dataclass(frozen=True, slots=True)
class Restriction:
    """All parts hold together (AND).

    `types`: resource types allowed; None means all, an empty set means nothing.
    `care_facility`: with a facility code, resources of a patient are visible only when that patient has an
    Encounter served by that facility (`store.care`).
    `care_account`: to this account of the facility a record may be opened for a while (`store.opening`).
    `care_types`: types that must lie in such a patient's compartment; one of them that names no patient of the
    record (a foreign reference, an identifier only) is visible to nobody so bound. Other types stay visible.
    `source_facility`: with a facility code, only resources that facility sent (`meta.source`, see clarifications).
    """

    types: frozenset[str] | None = frozenset()
    care_facility: str = ""
    source_facility: str = ""
    care_account: str = ""
    care_types: frozenset[str] = frozenset()
    also: tuple[Part, ...] = ()


EVERYTHING = Restriction(types=None)
NOTHING = Restriction()
