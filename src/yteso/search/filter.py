"""`_filter=…` on a type -> the conditions it means, of the same kinds as those of other parameters, or a refusal.

In: the text (FHIR R4 §3.1.3), read by `filter_syntax`. Out: clauses and chains that all hold, as far as it is nothing
more, so that they are planned like any others; what is nested in `or` and `not` stays one `Filter`. It checks no
rights: they are added to whatever the query asks, and chains are looked up within them before anything is negated.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Literal

from yteso.base.errors import Refused
from yteso.base.issue import Origin
from yteso.search import rules
from yteso.search.chain import MAX_DEPTH, MAX_TARGETS
from yteso.search.clause import Report, read_clause
from yteso.search.filter_syntax import FILTER, Compared, Joined, Negated, Said, Step, read_filter
from yteso.search.parameters import parameters_of, targets_of
from yteso.search.query import Chain, Clause, Condition, Denied, Filter, Test, Together
from yteso.search.values import PREFIXED, escaped, split
from yteso.standards.fhir_r4 import SearchParameter

MOST_CHAINS = 10

_COMPARED = ("eq", "ne", "gt", "lt", "ge", "le", "ap", "sa", "eb")
_OPERATORS = {
    "string": ("eq", "ne", "co", "sw", "ew", "pr"),
    "token": ("eq", "ne", "in", "ni", "ss", "sb", "pr"),
    "date": (*_COMPARED, "co", "po", "pr"),
    "number": (*_COMPARED, "pr"),
    "quantity": (*_COMPARED, "pr"),
    "reference": ("re", "pr"),
    "uri": ("eq", "ne", "pr"),
    "composite": ("eq",),
    "special": ("eq", "pr"),
}
_OF_ALL = {"_id": ("eq", "ne", "pr"), "_lastUpdated": (*_COMPARED, "po", "pr")}
"""Parameters that no table answers: fewer operators."""

_MODIFIERS = {"in": "in", "ni": "not-in", "ss": "below", "sb": "above"}
"""Of codes: `ss` asks for codes below the value, `sb` for codes above it."""
_LAID = {"eq": "equals", "ne": "unequal", "co": "contains", "sw": "begins", "ew": "ends"}
"""Of texts: how the value is laid on them. All but `contains` are no modifiers of any parameter (see `conditions`)."""
_NAMESPACES = {
    "loinc": "http://loinc.org",
    "snomed": "http://snomed.info/sct",
    "rxnorm": "http://www.nlm.nih.gov/research/umls/rxnorm",
    "ucum": "http://unitsofmeasure.org",
}


def conditions_of(report: Report, type: str, text: str) -> list[Condition]:
    """Conditions that all hold. Raises Refused (400): SRCH-0019 to SRCH-0022, or what is wrong with a value."""
    test = _Reader(report, text).test(type, read_filter(text), 0)
    parts = test.tests if isinstance(test, Together) and test.word == "and" else (test,)
    plain: list[Condition] = [part for part in parts if isinstance(part, Clause | Chain)]
    nested = [part for part in parts if not isinstance(part, Clause | Chain)]
    return [*plain, *([Filter(_together("and", nested), text)] if nested else [])]


def operators_of(parameter: SearchParameter) -> tuple[str, ...]:
    """What a parameter can be compared by."""
    return _OF_ALL.get(parameter.name, _OPERATORS[parameter.kind])


class _Reader:
    """One filter. `chains` are counted over all of it: each is a look-up."""

    def __init__(self, report: Report, text: str) -> None:
        self._report = report
        self._text = text
        self._chains = 0

    def test(self, type: str, said: Said, depth: int) -> Test:
        """What is said, about a type. `depth`: so many references were followed."""
        if isinstance(said, Negated):
            return Denied(self.test(type, said.said, depth))
        if isinstance(said, Joined):
            return _together(said.word, [self.test(type, part, depth) for part in said.parts])
        return self._along(type, said.path, said, depth)

    def _along(self, type: str, path: Sequence[Step], said: Compared, depth: int) -> Test:
        parameter = parameters_of(type).get(path[0].name)
        if parameter is None:
            raise _no_path(type, path[0].name)
        if len(path) == 1:
            return self._leaf(parameter, said.operator, said.value)
        self._chains += 1
        fitting = [one for one in targets_of(parameter) if path[1].name in parameters_of(one)]
        within = depth < MAX_DEPTH and self._chains <= MOST_CHAINS and len(fitting) <= MAX_TARGETS
        if parameter.kind != "reference" or not fitting or not within:
            raise _no_path(type, path[0].name)
        return Chain(parameter.name, tuple(self._targets(fitting, path, said, depth + 1)))

    def _targets(
        self, types: Iterable[str], path: Sequence[Step], said: Compared, depth: int
    ) -> Iterable[tuple[str, Condition]]:
        """What must hold of the target, per type for which it can be asked; refused when it can for none."""
        found, refusals = [], []
        for one in types:
            try:
                found.append((one, self._at_target(one, path, said, depth)))
            except Refused as refusal:
                refusals.append(refusal)
        if not found:
            raise refusals[0]
        return found

    def _at_target(self, type: str, path: Sequence[Step], said: Compared, depth: int) -> Condition:
        inside = path[0].inside
        also = [self.test(type, inside, depth)] if inside is not None else []
        test = _together("and", [*also, self._along(type, path[1:], said, depth)])
        return test if isinstance(test, Clause | Chain) else Filter(test, self._text)

    def _leaf(self, parameter: SearchParameter, operator: str, value: str) -> Test:
        kind = parameter.kind
        allowed = operators_of(parameter)
        if operator not in allowed:
            origin, name = Origin(field=FILTER), parameter.name
            issue = rules.FILTER_OPERATOR.at(origin, name=name, operator=operator, allowed=", ".join(allowed))
            raise Refused(issue, status=400)
        if operator == "pr":
            return self._clause(parameter, "missing", {"true": "false", "false": "true"}.get(value.lower(), value))
        written = _written(kind, value)
        if kind in PREFIXED:
            return self._prefixed(parameter, operator, written)
        if kind == "string":
            return replace(self._clause(parameter, "", written), modifier=_LAID[operator])
        if operator == "ne":
            return self._unequal(parameter, value)
        return self._clause(parameter, _MODIFIERS.get(operator, ""), written)

    def _prefixed(self, parameter: SearchParameter, operator: str, written: str) -> Clause:
        if operator not in ("co", "po"):
            return self._clause(parameter, "", operator + written)
        clause = self._clause(parameter, "", f"eq{written}")
        return replace(clause, values=tuple((operator, text) for _, text in clause.values))

    def _unequal(self, parameter: SearchParameter, value: str) -> Test:
        """Of codes and addresses: there is a value, and none is equal; the index cannot tell which others there are."""
        equal = Denied(self._leaf(parameter, "eq", value))
        there = self._clause(parameter, "missing", "false")
        return equal if parameter.absent else _together("and", [there, equal])

    def _clause(self, parameter: SearchParameter, modifier: str, written: str) -> Clause:
        attempt = Report(self._report.base_url, self._report.terminology)
        found = read_clause(attempt, parameter, modifier, written)
        if isinstance(found, Clause):
            return found
        name = parameter.name
        wrong = attempt.issues or [rules.VALUE.at(Origin(field=name), name=name, kind=parameter.kind)]
        raise Refused(*wrong, status=400)


def _together(word: Literal["and", "or"], tests: Sequence[Test]) -> Test:
    """The tests as one; what is joined by the same word is one list, and values of one parameter one clause."""
    flat: list[Test] = []
    for test in tests:
        flat += test.tests if isinstance(test, Together) and test.word == word else (test,)
    if len(flat) == 1:
        return flat[0]
    one = _one_of(flat) if word == "or" else None
    return one or Together(word, tuple(flat))


def _one_of(tests: Sequence[Test]) -> Clause | None:
    """`code eq a or code eq b` as the one clause `code=a,b`."""
    clauses = [test for test in tests if isinstance(test, Clause)]
    asked = {(one.name, one.modifier) for one in clauses}
    if len(clauses) < len(tests) or len(asked) > 1 or clauses[0].modifier == "not":
        return None
    return replace(clauses[0], values=tuple(value for one in clauses for value in one.values))


def _written(kind: str, value: str) -> str:
    """The value as a parameter of this kind has it in an address; a comma is part of the value here."""
    if kind == "string":
        return escaped(value)
    parts = split("\\,".join(split(value, ",")), "|")
    at = 1 if kind == "quantity" else 0
    if len(parts) > at + 1:
        parts[at] = _NAMESPACES.get(parts[at], parts[at])
    return "|".join(parts)


def _no_path(type: str, name: str) -> Refused:
    names = {"name": name[:64], "type": type, "depth": MAX_DEPTH, "most": MOST_CHAINS}
    return Refused(rules.FILTER_PATH.at(Origin(field=FILTER), **names), status=400)
