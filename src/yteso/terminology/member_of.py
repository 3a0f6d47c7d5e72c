"""FHIRPath's `memberOf` (FHIR R4 §2.9.1.1) answered by a terminology. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from yteso.terminology.protocol import Terminology
from yteso.terminology.value_set import any_of


def member_of(terminology: Terminology) -> Callable[[Any, str], bool | None]:
    """What `fhirpath.Surroundings.member_of` takes: (code, Coding or CodeableConcept; value set) -> yes, no, not known.

    Of the several codings of a concept one is enough; a concept without codings is in no value set.
    """

    def answer(value: Any, value_set: str) -> bool | None:
        return any_of(terminology.contains(value_set, system, code) for system, code in _codes(value))

    return answer


def _codes(value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield "", value
    elif isinstance(value, dict):
        codings = value.get("coding", [value])
        for coding in codings if isinstance(codings, list) else ():
            code, system = (coding.get("code"), coding.get("system")) if isinstance(coding, dict) else (None, None)
            if isinstance(code, str):
                yield (system if isinstance(system, str) else ""), code
