"""Is a coded value in a value set? Of the several codings of a concept one is enough (FHIR R4 §4.1.5)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from yteso.validate.profiles.items import Item
from yteso.validate.profiles.model import Binding

Contains = Callable[[str, str, str], bool | None]


def codes_in(item: Item, binding: Binding, contains: Contains) -> bool | None:
    """True or False; None when it cannot be said. A concept without codings is outside a required value set only."""
    codes = list(_codes(item.value))
    if not codes:
        absent = not isinstance(item.value, dict) or "coding" in item.value
        return absent or not binding.required
    answers = [contains(binding.value_set, system, code) for system, code in codes]
    if True in answers:
        return True
    return None if None in answers else False


def _codes(value: Any) -> Iterator[tuple[str, str]]:
    """(system, code) of a code, Coding, CodeableConcept or Quantity."""
    if isinstance(value, str):
        yield "", value
    elif isinstance(value, dict):
        codings = value.get("coding")
        for coding in codings if isinstance(codings, list) else [value]:
            code = coding.get("code") if isinstance(coding, dict) else None
            if isinstance(code, str):
                system = coding.get("system")
                yield (system if isinstance(system, str) else ""), code
