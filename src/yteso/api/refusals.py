"""Refused requests -> audit rows, in a transaction of their own: a refusal must stay when all else is rolled back."""

from __future__ import annotations

from yteso.access.policy import Interaction
from yteso.access.principal import Principal
from yteso.api.body import is_id
from yteso.api.route import Place
from yteso.base.errors import Refused
from yteso.base.http import Request
from yteso.db import Database
from yteso.standards.fhir_r4 import RESOURCE_TYPES
from yteso.store import audit, trail
from yteso.store.whose import whose

_ACTIONS = {
    Interaction.CREATE: "C",
    Interaction.UPDATE: "U",
    Interaction.PATCH: "U",
    Interaction.META_ADD: "U",
    Interaction.META_DELETE: "U",
    Interaction.DELETE: "D",
    Interaction.EXPORT: "E",
    Interaction.IMPORT: "E",
}


def note_refusal(database: Database, who: Principal, interaction: Interaction, place: Place, refused: Refused) -> None:
    """Who was refused what, by which rule; whose record it was finds the row. Parameters of the address, and what can
    be no type or id, stay out of it."""
    known = (
        place.type if place.type in RESOURCE_TYPES else "",
        place.id if is_id(place.id) else "",
        place.member if place.member in RESOURCE_TYPES else "",
    )
    what = "/".join(part for part in known if part) or str(interaction)
    codes = " ".join(issue.code for issue in refused.issues)
    about = {"/".join(known[:2]), refused.about} if known[0] and known[1] else {refused.about}
    with database.connection() as conn:
        patients = [one for reference in about for one in whose(conn, reference)]
        audit.add_refusal(conn, who, _ACTIONS.get(interaction, "R"), what, f"{interaction} {codes}", patients)


def note_unproved(database: Database, request: Request, refused: Refused) -> None:
    """That somebody came without a token, or with one that does not hold."""
    with database.connection() as conn:
        trail.add_unproved(conn, "fhir", refused, request.remote)
