"""docs/reference/roles.md from the table of rights. Run: python scripts/generate/roles.py"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from yteso.access.consent import OWN, WARD
from yteso.access.grant import Bound, Grant
from yteso.access.principal import Role
from yteso.access.table import TABLE
from yteso.access.types import DESK_TYPES, PATIENT_TYPES, REFERENCE_TYPES
from yteso.standards.sensitivity import names

TARGET = Path(__file__).parents[2] / "docs" / "reference" / "roles.md"
_HEAD = """<!-- made by scripts/generate/roles.py; do not edit -->
# Roles and rights / Vai trò và quyền

What is not here is denied. Rights become conditions of each statement (ADR 0019, 0032). Scopes of apps, consent and
sensitivity labels narrow them further.

| whose records | who that is |
| --- | --- |
| care | patients with a visit, a referral, an appointment or a family doctor at the account's facility |
| self | the person, and whom they represent now (a parent until the child is 18) |
| notifiable | diagnoses the law has reported, without HIV, and who has them |
| order | patients of the facilities an inspection order names, while it runs |
| nobody | types that carry no patient's record, or a system with the whole record |
"""
_SENSITIVE = """A fact with a label (`standards/sensitivity/rules.toml`) is seen by its person, by these roles in care,
by whom the person permits it, and under broken glass (V: with a second doctor). ADR 0033 and 0041."""
_WHOLE = "the whole record"
_NOBODYS = "what belongs to no patient"


def page() -> str:
    """The page as it should stand."""
    return (
        _HEAD
        + "\n".join(_labels())
        + "\n"
        + "".join(f"\n## {role}\n\n" + "\n".join(_table(role)) + "\n" for role in sorted(Role))
    )


def _labels() -> Iterator[str]:
    """Who sees which sensitive facts without being asked to; consent and broken glass open them to others."""
    yield from ("", "## Sensitive facts", "", _SENSITIVE, "")
    yield "| role | made by the own facility |"
    yield "| --- | --- |"
    for role in sorted(OWN):
        yield f"| {role} | {', '.join(names(OWN[role]))} |"
    ages = "; ".join(f"{label} before {age}" for label, age in WARD.items())
    yield from ("", f"A parent or guardian sees of a child's facts, by the child's age at their date: {ages}.")


def _table(role: Role) -> Iterator[str]:
    yield "| may | on | whose records |"
    yield "| --- | --- | --- |"
    for grant in TABLE[role]:
        yield f"| {', '.join(sorted(grant.interactions))} | {_types(grant)} | {grant.bound} |"


def _types(grant: Grant) -> str:
    if grant.types is None:
        return "everything" if len(grant.interactions) > 2 else "–"
    left = set(grant.types)
    words = []
    for name, types in ((_WHOLE, PATIENT_TYPES), (_NOBODYS, REFERENCE_TYPES), (f"{_NOBODYS}, no Device", DESK_TYPES)):
        if types <= left and (types is not PATIENT_TYPES or grant.bound is not Bound.NOBODY):
            words.append(name)
            left -= types
    return ", ".join([*words, *sorted(left)])


if __name__ == "__main__":
    TARGET.write_text(page(), encoding="utf-8")
