"""Codes to codes by ConceptMaps, forwards and backwards, as $translate asks (FHIR R4 §4.10). Pure.

In: the maps that may answer and one code. Out: matches, each with the map it is from. A group's `unmapped` answers for
codes the group does not list; another map it names is asked too, at most `DEEPEST` times in a row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Resource = Mapping[str, Any]
Find = Callable[[str], Resource | None]

DEEPEST = 5
NOT_A_MATCH = frozenset(["unmatched", "disjoint"])
_BACKWARDS = {"wider": "narrower", "narrower": "wider", "subsumes": "specializes", "specializes": "subsumes"}


@dataclass(frozen=True, slots=True)
class Question:
    """One code, and where it should lead. `given` are the dependencies known: (element, value)."""

    system: str
    code: str
    target_system: str = ""
    reverse: bool = False
    given: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Match:
    """One answer; `products` are (element, system, code) that come with it."""

    equivalence: str
    system: str
    code: str
    display: str
    map: str
    products: tuple[tuple[str, str, str], ...] = ()

    @property
    def good(self) -> bool:
        """True unless the map says that there is no such thing."""
        return self.equivalence not in NOT_A_MATCH

    def parameter(self) -> dict[str, Any]:
        """As a parameter out."""
        parts: list[dict[str, Any]] = [{"name": "equivalence", "valueCode": self.equivalence}]
        if self.code:
            parts.append({"name": "concept", "valueCoding": _coding(self.system, self.code, self.display)})
        for element, system, code in self.products:
            inner = [
                {"name": "element", "valueUri": element},
                {"name": "concept", "valueCoding": _coding(system, code)},
            ]
            parts.append({"name": "product", "part": inner})
        if self.map:
            parts.append({"name": "source", "valueUri": self.map})
        return {"name": "match", "part": parts}


def translate(maps: Iterable[Resource], question: Question, find: Find) -> list[Match]:
    """Every match once, in the order of the maps."""
    found = (match for one in maps for match in _by_map(one, question, find, 0))
    return list(dict.fromkeys(found))


def _by_map(one: Resource, question: Question, find: Find, depth: int) -> Iterator[Match]:
    for group in one.get("group", ()):
        here, there = ("target", "source") if question.reverse else ("source", "target")
        if group.get(here, "") not in ("", question.system):
            continue
        if question.target_system not in ("", group.get(there, "")):
            continue
        if question.reverse:
            yield from _backwards(one, group, question)
            continue
        elements = [element for element in group.get("element", ()) if element.get("code") == question.code]
        for element in elements:
            yield from _forwards(one, group, element, question)
        if not elements and depth < DEEPEST:
            yield from _unmapped(one, group, question, find, depth)


def _forwards(one: Resource, group: Resource, element: Resource, question: Question) -> Iterator[Match]:
    for target in element.get("target", ()):
        needed = {(part.get("property", ""), part.get("value", "")) for part in target.get("dependsOn", ())}
        if needed <= question.given:
            products = tuple(
                (part.get("property", ""), part.get("system", ""), part.get("value", ""))
                for part in target.get("product", ())
            )
            yield _match(one, group.get("target", ""), target, target.get("equivalence", ""), products)


def _backwards(one: Resource, group: Resource, question: Question) -> Iterator[Match]:
    for element in group.get("element", ()):
        for target in element.get("target", ()):
            if target.get("code") == question.code:
                equivalence = target.get("equivalence", "")
                yield _match(one, group.get("source", ""), element, _BACKWARDS.get(equivalence, equivalence))


def _unmapped(one: Resource, group: Resource, question: Question, find: Find, depth: int) -> Iterator[Match]:
    rule = group.get("unmapped", {})
    if rule.get("mode") == "provided":
        yield _match(one, group.get("target", ""), {"code": question.code}, "equal")
    elif rule.get("mode") == "fixed":
        yield _match(one, group.get("target", ""), rule, "equivalent")
    elif rule.get("mode") == "other-map":
        other = find(rule.get("url", ""))
        if other is not None:
            yield from _by_map(other, question, find, depth + 1)


def _match(
    one: Resource,
    system: str,
    concept: Resource,
    equivalence: str,
    products: tuple[tuple[str, str, str], ...] = (),
) -> Match:
    return Match(equivalence, system, concept.get("code", ""), concept.get("display", ""), one.get("url", ""), products)


def _coding(system: str, code: str, display: str = "") -> dict[str, str]:
    named = {"system": system, "code": code, "display": display}
    return {name: value for name, value in named.items() if value}
