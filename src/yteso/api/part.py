"""`_summary` and `_elements` of a request -> the part of each resource that its answer holds (FHIR R4 §3.1.1.5.8)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from yteso.api.call import Params
from yteso.base.errors import Refused
from yteso.base.issue import Issue, Origin
from yteso.fhir.subset import SUMMARY_KINDS, Subset, is_element
from yteso.search.rules import ELEMENT, RESULT
from yteso.store.protocol import Stored

MAX_ELEMENTS = 200


def subset_of(params: Params) -> Subset | None:
    """What part is asked for; None: everything. Names of elements may come in several lists.

    Refused (400) for a value that FHIR does not know.
    """
    if not params:
        return None
    asked = dict(params)
    summary = asked.get("_summary", "")
    elements = elements_of(params)
    if summary and summary not in SUMMARY_KINDS:
        raise Refused(RESULT.at(Origin(field="_summary"), name="_summary"), status=400)
    if len(elements) > MAX_ELEMENTS:
        raise Refused(RESULT.at(Origin(field="_elements"), name="_elements"), status=400)
    if elements:
        return Subset(elements=elements)
    return Subset(summary) if summary in ("true", "text", "data") else None


def elements_of(params: Params) -> tuple[str, ...]:
    """The names that `_elements` asks for."""
    lists = ",".join(value for name, value in params if name == "_elements")
    return tuple(name.strip() for name in lists.split(",") if name.strip())


def unknown_elements(params: Params, types: Collection[str]) -> tuple[Issue, ...]:
    """An issue for each name that none of these types has: nothing is shown for it."""
    unknown = dict.fromkeys(name[:64] for name in elements_of(params) if not is_element(name, types))
    return tuple(ELEMENT.at(Origin(field=name), name=name) for name in unknown)


def parts(subset: Subset | None, found: Sequence[Stored], type: str) -> Sequence[Stored]:
    """The same resources, each the part that is asked for; `type` is the one the request is about."""
    if subset is None:
        return found
    return [replace(one, body=subset.body(one.type, one.body, asked_for=one.type == type)) for one in found]
