"""Does a profile's invariant hold on an element? One function around the FHIRPath engine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from yteso.base.errors import Refused
from yteso.validate.profiles.items import Item


def holds_on(expression: str, item: Item, resource: Mapping[str, Any]) -> bool | None:  # noqa: ARG001 -- %resource
    """True or False; an empty answer is False. None when the expression cannot be evaluated."""
    from yteso.fhir.fhirpath import evaluate  # costs 0.3 s to import; only profiles with invariants need it

    try:
        found = evaluate(expression, item.value if item.value is not None else item.shadow)
    except Refused:
        return None
    return found == [True]
