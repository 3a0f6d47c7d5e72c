"""One filter of ValueSet.compose (FHIR R4 §4.9.5, filter-operator) -> the codes of a system it chooses. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from yteso.base.errors import Refused
from yteso.terminology.code_system import CodeSystem, Entry
from yteso.terminology.pattern import matcher
from yteso.terminology.rules import BAD_FILTER

Test = Callable[[Entry], bool]

_ITSELF = ("concept", "code")
_BUILT_IN = frozenset(["concept", "code", "display", "definition", "parent", "child", "inactive", "notSelectable"])
"""What every system can be asked for (R4 concept-properties) beside the properties it declares."""


@dataclass(frozen=True, slots=True)
class Filter:
    """`property op value`, as it stands in the value set."""

    property: str
    op: str
    value: str


def choose(system: CodeSystem, filters: tuple[Filter, ...]) -> tuple[Entry, ...]:
    """The entries that every filter lets pass, in the system's order. Refused (422) for a filter we cannot apply."""
    tests = [_test(system, one) for one in filters]
    return tuple(entry for entry in system.entries if all(test(entry) for test in tests))


def _test(system: CodeSystem, one: Filter) -> Test:
    test = _by_hierarchy(system, one) or _by_value(system, one)
    if test is None:
        raise Refused(BAD_FILTER.at(op=one.op, url=system.about.url), status=422)
    return test


def _by_hierarchy(system: CodeSystem, one: Filter) -> Test | None:
    if one.property not in _ITSELF or one.op not in ("is-a", "descendent-of", "is-not-a", "generalizes"):
        return None
    top = system.get(one.value)
    itself = frozenset([top.code] if top else ())
    if one.op == "generalizes":
        reached = system.ancestors(one.value) if system.subsumes else itself
    else:
        reached = system.descendants(one.value) if system.subsumes else itself
    if one.op == "descendent-of":
        reached -= itself
    if one.op == "is-not-a":
        return lambda entry: entry.code not in reached
    return lambda entry: entry.code in reached


def _by_value(system: CodeSystem, one: Filter) -> Test | None:
    declared = {each.get("code") for each in system.about.properties}
    if one.property not in _BUILT_IN and one.property not in declared:
        return None
    value = _values(system, one.property)
    if one.op == "=":
        return lambda entry: one.value in value(entry)
    if one.op in ("in", "not-in"):
        wanted = {part.strip() for part in one.value.split(",")}
        return lambda entry: wanted.isdisjoint(value(entry)) is (one.op == "not-in")
    if one.op == "regex":
        matches = matcher(one.value)
        return lambda entry: any(matches(text) for text in value(entry))
    if one.op == "exists":
        return lambda entry: any(value(entry)) is (one.value == "true")
    return None


def _values(system: CodeSystem, name: str) -> Callable[[Entry], list[str]]:
    """How to read one property of an entry, as texts."""
    readers: dict[str, Callable[[Entry], list[str]]] = {
        "concept": lambda entry: [entry.code],
        "code": lambda entry: [entry.code],
        "display": lambda entry: [entry.display],
        "definition": lambda entry: [entry.definition] if entry.definition else [],
        "parent": lambda entry: list(entry.parents),
        "child": lambda entry: list(system.children(entry.code)),
        "inactive": lambda entry: [_text(entry.inactive)],
        "notSelectable": lambda entry: [_text(entry.abstract)],
    }
    return readers.get(name) or (lambda entry: [_text(value) for value in entry.values(name)])


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value.get("code", "")) if isinstance(value, dict) else str(value)
