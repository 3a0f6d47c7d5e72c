"""An app or machine acts: what its scopes leave of the rights of whom it acts for (a narrowing of the table)."""

from __future__ import annotations

from dataclasses import replace

from yteso.access.interaction import Interaction
from yteso.access.principal import Principal
from yteso.access.restriction import Restriction
from yteso.access.scopes import Scope, read_scopes
from yteso.access.types import PATIENT_TYPES
from yteso.search.scoped import Alternative, Scoped

ACTS = {
    Interaction.READ: "r",
    Interaction.VREAD: "r",
    Interaction.META: "r",
    Interaction.LOOKUP: "r",
    Interaction.VALIDATE_CODE: "r",
    Interaction.EXPAND: "r",
    Interaction.TRANSLATE: "r",
    Interaction.SUBSUMES: "r",
    Interaction.VALIDATE: "r",
    Interaction.SEARCH: "s",
    Interaction.LASTN: "s",
    Interaction.STATS: "s",
    Interaction.CREATE: "c",
    Interaction.UPDATE: "u",
    Interaction.PATCH: "u",
    Interaction.META_ADD: "u",
    Interaction.META_DELETE: "u",
    Interaction.DELETE: "d",
    Interaction.IMPORT: "cud",
}
"""The letters of `cruds` that an interaction needs in one scope. All others look at several resources: `rs`."""
_MANY = "rs"
_ENVELOPES = frozenset([Interaction.CAPABILITIES, Interaction.BATCH, Interaction.TRANSACTION, Interaction.BULK])
"""What holds or follows other interactions, each of which is judged by itself."""


def within_scopes(who: Principal, interaction: Interaction, type: str, limit: Restriction) -> Restriction | None:
    """The restriction that is left; None when the scopes give nothing here. Without scopes: what there was."""
    if who.scope is None or interaction in _ENVELOPES:
        return limit
    needed = set(ACTS.get(interaction, _MANY))
    left = [one for scope in read_scopes(who.scope) if (one := _alternative(who, scope, needed)) is not None]
    types = _types(left)
    if types is not None and limit.types is not None:
        types &= limit.types
    elif types is None:
        types = limit.types
    if not left or (types is not None and (not types or (type and type not in types))):
        return None
    if all(not one.patient and not one.clauses for one in left):
        return replace(limit, types=types)
    return replace(limit, types=types, also=(*limit.also, Scoped(tuple(left))))


def _alternative(who: Principal, scope: Scope, needed: set[str]) -> Alternative | None:
    if not needed <= set(scope.acts) or (scope.about == "patient" and not who.patient):
        return None
    types = None if scope.type == "*" else frozenset([scope.type])
    if scope.about == "patient":
        return Alternative(types, who.patient, PATIENT_TYPES, scope.clauses)
    return Alternative(types, clauses=scope.clauses)


def _types(left: list[Alternative]) -> frozenset[str] | None:
    """All types that any alternative names; None: one names all."""
    if any(one.types is None for one in left):
        return None
    return frozenset(name for one in left for name in one.types or ())
