"""A FHIR query string -> `Query` and the issues found on the way. Lenient: what is unknown is left out and reported.

In: a type and `name=value&…` (percent-encoded) or pairs already decoded (POST _search). An issue that `blocks` means
the search must not run: a value that cannot be read, a modifier nobody may ignore. It checks no rights. Here are the
parameters about the result; `chain` and `clause` read those about resources.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, cast
from urllib.parse import parse_qsl

from yteso.base.errors import Refused
from yteso.base.issue import Issue, Rule
from yteso.search import rules
from yteso.search.chain import CHAINED, may_refer, read_condition
from yteso.search.clause import MODIFIERS, Report
from yteso.search.filter import conditions_of
from yteso.search.filter_syntax import FILTER
from yteso.search.parameters import parameters_of
from yteso.search.query import Clause, Compartment, Condition, Include, Link, Listed, Query, Sort
from yteso.standards.fhir_r4 import RESOURCE_TYPES, SearchParameter
from yteso.terminology.protocol import Terminology

DEFAULT_COUNT = 20
MAX_COUNT = 1000
MAX_VALUES = 1000

_UNSORTED = frozenset({"composite", "special"})
"""Kinds that have no order."""

_ELSEWHERE = frozenset({"_format", "_pretty", "_elements"})
"""Result parameters that `api` reads itself."""


@dataclass(slots=True)
class _Found:
    """The query as it grows."""

    type: str
    report: Report
    clauses: list[Clause] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    sort: list[Sort] = field(default_factory=list)
    include: list[Include] = field(default_factory=list)
    count: int = DEFAULT_COUNT
    counted_only: bool = False
    total: Literal["none", "estimate", "accurate"] = "none"
    cursor: str = ""

    def add(self, condition: Condition) -> None:
        """One more condition that holds."""
        if isinstance(condition, Clause):
            self.clauses.append(condition)
        else:
            self.links.append(condition)

    def note(self, rule: Rule, name: str, **names: object) -> None:
        """Note an issue at a parameter."""
        self.report.add(rule, name, **names)


def parse(
    type: str,
    query: str | Sequence[tuple[str, str]],
    base_url: str = "",
    terminology: Terminology | None = None,
    compartment: Compartment | None = None,
) -> tuple[Query, tuple[Issue, ...]]:
    """The query and its issues. `base_url` is our own address, so that absolute references to us become relative.

    Without `terminology` the package's own answers. Raises Refused (400, SRCH-0009) when there are more parameters
    than anyone needs, KeyError for an unknown type.
    """
    found = _Found(type, Report(base_url.rstrip("/"), terminology))
    parameters_of(type)
    for name, value in _pairs(query):
        if "\x00" in value:
            found.note(rules.VALUE, name, kind="string")
        elif value:
            _parameter(found, name, value)
    return (
        Query(
            type,
            tuple(found.clauses),
            tuple(found.sort),
            tuple(found.include),
            0 if found.counted_only else found.count,
            found.total,
            found.cursor,
            tuple(found.links),
            compartment,
        ),
        tuple(found.report.issues),
    )


def searchable(type: str) -> dict[str, SearchParameter]:
    """The parameters of a type that a query may hold, by name: what `parse` does not leave out."""
    return {name: one for name, one in parameters_of(type).items() if one.kind in MODIFIERS}


def _pairs(query: str | Sequence[tuple[str, str]]) -> Sequence[tuple[str, str]]:
    if isinstance(query, str):
        try:
            query = parse_qsl(query, keep_blank_values=True, max_num_fields=MAX_VALUES)
        except ValueError as error:
            raise Refused(rules.TOO_MANY.at(limit=MAX_VALUES), status=400) from error
    if sum(1 + value.count(",") for _, value in query) > MAX_VALUES:
        raise Refused(rules.TOO_MANY.at(limit=MAX_VALUES), status=400)
    return query


def _parameter(found: _Found, name: str, value: str) -> None:
    bare_name = name.partition(":")[0]
    result = _RESULTS.get(bare_name)
    if result is not None:
        if name == bare_name or result is _include:
            result(found, name, value)
        else:
            found.note(rules.RESULT, name)
        return
    if bare_name in _ELSEWHERE:
        if name != bare_name:
            found.note(rules.RESULT, name)
        return
    condition = read_condition(found.report, found.type, name, value)
    if condition is not None:
        found.add(condition)


def _count(found: _Found, name: str, value: str) -> None:
    if value.isascii() and value.isdigit():
        found.count = min(int(value[:9]), MAX_COUNT)
    else:
        found.note(rules.RESULT, name)


def _summary(found: _Found, _name: str, value: str) -> None:
    """`_summary=count` is a page of nothing with a total, whatever `_count` says; others are `api`'s business."""
    found.counted_only = value == "count"


def _total(found: _Found, name: str, value: str) -> None:
    if value in ("none", "estimate", "accurate"):
        found.total = cast('Literal["none", "estimate", "accurate"]', value)
    else:
        found.note(rules.RESULT, name)


def _sort(found: _Found, _name: str, value: str) -> None:
    for part in value.split(","):
        name = part.removeprefix("-")
        parameter = parameters_of(found.type).get(name)
        if name in ("_id", "_lastUpdated") or (parameter is not None and parameter.kind not in _UNSORTED):
            if name not in (sort.name for sort in found.sort):
                found.sort.append(Sort(name, descending=part.startswith("-")))
        elif part:
            found.note(rules.SORT, name)


def _include(found: _Found, name: str, value: str) -> None:
    """`_include`, `_revinclude`, each with `:iterate` (`:recurse` in older clients)."""
    kind, _, modifier = name.partition(":")
    source, _, rest = value.partition(":")
    parameter_name, _, target = rest.partition(":")
    include = Include(source, parameter_name, target, modifier in ("iterate", "recurse"), kind == "_revinclude")
    if source == "*" and not rest and not include.reverse:
        include = Include(found.type, "", "", include.iterate)
    elif parameter_name == "*":
        include = Include(source, "", target, include.iterate, include.reverse)
    if modifier not in ("", "iterate", "recurse") or not (rest or source == "*") or not _can_follow(found, include):
        found.note(rules.INCLUDE, name)
    else:
        found.include.append(include)


def _can_follow(found: _Found, include: Include) -> bool:
    if include.source not in RESOURCE_TYPES - CHAINED or (include.target and include.target not in RESOURCE_TYPES):
        return False
    if include.name:
        parameter = parameters_of(include.source).get(include.name)
        if parameter is None or parameter.kind != "reference":
            return False
        if include.reverse and not include.iterate:
            return may_refer(parameter, found.type) and include.target in ("", found.type)
    return include.reverse or include.iterate or include.source == found.type


def _list(found: _Found, name: str, value: str) -> None:
    id = value.removeprefix("List/")
    if not id or id.startswith("$") or "," in id:
        found.note(rules.RESULT, name)
    else:
        found.links.append(Listed(id))


def _filter(found: _Found, _name: str, value: str) -> None:
    """Nothing of a filter is ever left out: what is wrong with it stops the search."""
    try:
        for condition in conditions_of(found.report, found.type, value):
            found.add(condition)
    except Refused as refusal:
        found.report.issues += refusal.issues


def _contained(found: _Found, name: str, value: str) -> None:
    """Contained resources are not searched: `false` is what is done anyhow (FHIR R4 §3.1.1.5.7)."""
    if value != "false":
        found.note(rules.UNKNOWN, name, type=found.type)


def _cursor(found: _Found, _name: str, value: str) -> None:
    found.cursor = value


_RESULTS = {
    "_count": _count,
    "_summary": _summary,
    "_total": _total,
    "_sort": _sort,
    "_include": _include,
    "_revinclude": _include,
    "_contained": _contained,
    "_list": _list,
    FILTER: _filter,
    "_cursor": _cursor,
}
