"""One line of the table of rights: these interactions on these types, bound to these patients."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from yteso.access.interaction import Interaction


class Bound(StrEnum):
    """Whose records a grant reaches. What carries no patient's record is never bound."""

    NOBODY = "nobody"
    """Not bound to patients: everything of the types."""
    CARE = "care"
    """Patients with a care relation to the facility: visit, referral, appointment, family doctor."""
    SELF = "self"
    """The person and whom they represent now."""
    NOTIFIABLE = "notifiable"
    """Diagnoses that the law says must be reported, and who has them."""
    ORDER = "order"
    """Patients of the facilities that an inspection order names, while it runs."""


@dataclass(frozen=True, slots=True)
class Grant:
    """These interactions on these types (None: all), bound to these patients."""

    interactions: frozenset[Interaction]
    types: frozenset[str] | None
    bound: Bound = Bound.NOBODY
