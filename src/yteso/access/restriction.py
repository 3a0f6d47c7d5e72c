"""What a principal may see, in the form a query can carry. `search` compiles it into SQL; nobody filters rows by it."""

from __future__ import annotations

from dataclasses import dataclass

from yteso.search.rights import Part


@dataclass(frozen=True, slots=True)
class Restriction:
    """All parts hold together (AND).

    `types`: resource types allowed; None means all, an empty set means nothing.
    `care_facility`: with a facility code, resources of a patient are visible only when that patient has a care
    relation with that facility now (`store.care`, `store.relation`).
    `care_account`: to this account of the facility a record may be opened for a while (`store.opening`).
    `care_types`: types that must lie in such a patient's compartment; one of them that names no patient of the
    record (a foreign reference, an identifier only) is visible to nobody so bound. Other types stay visible.
    `source_facility`: with a facility code, only resources that facility sent (`meta.source`, see clarifications).
    `person`: with a Patient's id, only that person's records and those of whom they represent now.
    `notifiable`: only notifiable diagnoses, and who has them.
    `inspector`: with an account's name, only patients of facilities that an order running now lets it inspect.
    `also`: further parts, each compiled by itself; `narrowing` adds them.
    """

    types: frozenset[str] | None = frozenset()
    care_facility: str = ""
    source_facility: str = ""
    care_account: str = ""
    care_types: frozenset[str] = frozenset()
    person: str = ""
    notifiable: bool = False
    inspector: str = ""
    also: tuple[Part, ...] = ()

    @property
    def is_bound(self) -> bool:
        """True when more than the type decides which rows are seen."""
        ways = (self.care_facility, self.source_facility, self.person, self.notifiable, self.inspector, self.also)
        return any(ways)


EVERYTHING = Restriction(types=None)
NOTHING = Restriction()
