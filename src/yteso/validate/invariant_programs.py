"""The invariants of R4 -> functions: which hold at which place, compiled when a place is first met, then kept.

Five are written here instead of being evaluated, for they concern every element (`ele-1`), every extension (`ext-1`)
or every contained resource. Expressions that cannot mean what their text says are read as HL7's reference validator
reads them; each stands in `_REPAIRED` with its reason, and in docs/explanation/clarifications.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from yteso.fhir.fhirpath import Program, patterns, program
from yteso.fhir.fhirpath.parse import parse
from yteso.fhir.fhirpath.shapes import Shape, type_shape
from yteso.fhir.fhirpath.tree import Call, Literal, nodes
from yteso.standards.fhir_r4 import INVARIANTS, Invariant

_NAME = "name.matches('[A-Z]([A-Za-z0-9_]){0,254}')"
_REPAIRED = {
    # Matching is partial in FHIRPath; the name as a whole is meant, and only when there is one.
    _NAME: "name.exists() implies name.matches('^[A-Z]([A-Za-z0-9_]){0,254}$')",
    # An entry without a fullUrl has no version specific one.
    "fullUrl.contains('/_history/').not()": "fullUrl.exists() implies fullUrl.contains('/_history/').not()",
    # A reference of only a display or an identifier is none to a contained resource; `#` alone means the container.
    "reference.startsWith('#').not() or (reference.substring(1).trace('url') in "
    "%rootResource.contained.id.trace('ids'))": "reference.empty() or reference.startsWith('#').not() or "
    "(reference = '#' and %resource != %rootResource) or "
    "reference.substring(1) in %rootResource.contained.id",
    # The answer is FHIR's boolean, never the language's own.
    "operator = 'exists' implies (answer is Boolean)": "operator = 'exists' implies (answer is boolean)",
    # Without a probability there is nothing to judge.
    "probability is decimal implies (probability as decimal) <= 100": "probability.ofType(decimal).all($this <= 100)",
}
_REPAIRED_BY_KEY = {
    # R4 gives both the same function; each says one half of what it checks, as later versions do.
    "txt-1": "htmlChecks1()",
    "txt-2": "htmlChecks2()",
}
_UNKNOWN_HOLDS = frozenset({"per-1", "rng-2", "mdd-1", ("Task", "inv-1")})
"""Comparisons whose answer may lie in a precision or unit that was not sent: no answer is no fault."""
_WRITTEN = frozenset({"ele-1", "ext-1", "dom-2", "dom-3", "dom-4", "dom-5", "dom-6"})


@dataclass(frozen=True, slots=True)
class Judge:
    """One invariant, ready to be asked."""

    invariant: Invariant
    ask: Program
    unknown_holds: bool


class Place:
    """What holds at one shape, and the places under it by JSON property.

    `more`: what the element demands beyond its type (`Organization.telecom` beyond ContactPoint).
    """

    def __init__(self, shape: Shape, more: tuple[Judge, ...] = ()) -> None:
        self.shape = shape
        self.judges = (*_judges(shape.owner, shape.path), *more) if shape.owner else ()
        self.resource = shape.dynamic
        self.extension = shape.type == "Extension"
        self.twin = shape is _TWIN
        """True for what stands under `_name`: id and extensions of a primitive."""

    @cached_property
    def below(self) -> Mapping[str, Place]:
        """JSON property -> what holds there; properties under which nothing can be broken are left out."""
        if self.twin:
            return {"extension": place_of(type_shape("Extension"))}
        found: dict[str, Place] = {}
        for name, several in self.shape.children.items():
            path = f"{self.shape.path}.{name}".lstrip(".")
            for child in several:
                more = _judges(self.shape.owner, path) if child.shape.path != path else ()
                inner = Place(child.shape, more) if more else place_of(child.shape)
                if inner.judges or not child.shape.primitive:
                    found[child.key] = inner
                if child.shape.primitive and not child.shape.plain:
                    found[child.under] = place_of(_TWIN)
        return found


@cache
def place_of(shape: Shape) -> Place:
    """The place of a shape; one for each."""
    return Place(shape)


@cache
def _judges(owner: str, path: str) -> tuple[Judge, ...]:
    rules = [rule for rule in INVARIANTS.get(owner, ()) if rule.path.removesuffix("[x]") == path]
    return tuple(judge(rule) for rule in rules if rule.key not in _WRITTEN)


def judge(rule: Invariant) -> Judge:
    """An invariant compiled; its regular expressions are the standard's and trusted."""
    expression = _REPAIRED_BY_KEY.get(rule.key) or _REPAIRED.get(rule.expression, rule.expression)
    for pattern in _patterns(expression):
        patterns.trust(pattern)
    lenient = rule.key in _UNKNOWN_HOLDS or (rule.type, rule.key) in _UNKNOWN_HOLDS
    return Judge(rule, program(expression), lenient)


def _patterns(expression: str) -> Iterator[str]:
    for node in nodes(parse(expression)):
        if isinstance(node, Call) and node.name in ("matches", "replaceMatches"):
            first: Any = node.arguments[0] if node.arguments else None
            if isinstance(first, Literal) and isinstance(first.value, str):
                yield first.value


def common(owner: str, key: str) -> Invariant:
    """One of the invariants that are written here."""
    return next(rule for rule in INVARIANTS[owner] if rule.key == key)


_TWIN = type_shape("Element")
