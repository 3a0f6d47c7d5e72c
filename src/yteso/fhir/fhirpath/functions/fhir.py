"""What FHIR R4 adds to the language (§2.9.1.6): extensions, values of primitives, references, codes, narrative."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from yteso.fhir.fhirpath.context import Context
from yteso.fhir.fhirpath.functions.declare import function
from yteso.fhir.fhirpath.narrative import has_content, is_basic, is_sound
from yteso.fhir.fhirpath.nodes import Items, Node, single, steps, string, system
from yteso.fhir.fhirpath.refusals import Unanswerable, unanswerable
from yteso.fhir.fhirpath.shapes import RESOURCE_NAMES

_BASE = "http://hl7.org/fhir/StructureDefinition/"


@function("extension", 1, context=True)
def _extension(context: Context, items: Items, url: Items) -> Items:
    wanted = string(url)
    if not wanted:
        return []
    found = steps(items, "extension")
    context.tick(len(found))
    return [one for one in found if type(one.value) is dict and one.value.get("url") == wanted]


@function("hasValue")
def _has_value(items: Items) -> Items:
    return [len(items) == 1 and type(system(items[0])) is not Node]


@function("getValue")
def _get_value(items: Items) -> Items:
    value = system(items[0]) if len(items) == 1 else None
    return [] if value is None or type(value) is Node else [value]


@function("resolve", context=True)
def _resolve(context: Context, items: Items) -> Items:
    found = (context.resolved(reference) for item in items if (reference := _reference(item)))
    return [node for node in found if node is not None]


def _reference(item: Any) -> str:
    value = item.value if type(item) is Node else item
    if isinstance(value, dict):
        value = value.get("reference")
    return value if isinstance(value, str) else ""


@function("memberOf", 1, context=True)
def _member_of(context: Context, items: Items, value_set: Items) -> Items:
    url, value = string(value_set), single(items)
    asked = context.around.member_of
    if url is None or value is None or asked is None:
        return []
    answer = asked(value.value if type(value) is Node else value, url)
    return [] if answer is None else [answer]


@function("conformsTo", 1, context=True)
def _conforms_to(context: Context, items: Items, profile: Items) -> Items:
    url, value = string(profile), single(items)
    if url is None or type(value) is not Node:
        return []
    base = url.removeprefix(_BASE)
    if base != url and base in RESOURCE_NAMES:
        return [value.type == base]
    answer = context.around.conforms_to(value.value, url) if context.around.conforms_to is not None else None
    return [answer] if answer is not None else unanswerable()


def _narratives(name: str, test: Callable[[str], bool]) -> None:
    def checks(items: Items) -> Items:
        texts = [item.value if type(item) is Node else item for item in items]
        return [all(isinstance(text, str) and test(text) for text in texts)]

    function(name)(checks)


_narratives("htmlChecks", is_sound)
_narratives("htmlChecks1", is_basic)
_narratives("htmlChecks2", has_content)


@function("checkModifiers", 0, 32)
def _check_modifiers(items: Items, *modifiers: Items) -> Items:
    known = {string(modifier) for modifier in modifiers}
    found = steps(items, "modifierExtension")
    if any(not isinstance(one.value, dict) or one.value.get("url") not in known for one in found):
        raise Unanswerable
    return items
