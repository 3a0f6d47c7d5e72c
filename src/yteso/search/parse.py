"""A FHIR query string -> `Query` and the issues found on the way. Lenient: what is unknown is left out and reported.

In: a type and `name=value&…` (percent-encoded) or pairs already decoded (POST _search). An issue that `blocks` means
the search must not run: a value that cannot be read, a modifier nobody may ignore. It checks no rights.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Literal, cast
from urllib.parse import parse_qsl

from yteso.base.errors import Refused
from yteso.base.issue import Issue, Origin, Rule
from yteso.fhir.dates import interval
from yteso.search import rules
from yteso.search.order import SORTABLE
from yteso.search.query import Clause, Include, Query, Sort
from yteso.search.values import bare, split
from yteso.standards.fhir_r4 import RESOURCE_TYPES, SEARCH_PARAMETERS, SearchParameter
from yteso.standards.identifiers import canonical_system

DEFAULT_COUNT = 20
MAX_COUNT = 1000
MAX_VALUES = 1000

_PREFIX = re.compile(r"(eq|ne|gt|lt|ge|le|sa|eb|ap)(?=[\d+\-.])")
_PREFIXED = frozenset({"date", "number", "quantity"})
_MODIFIERS = {
    "token": ("not", "missing"),
    "string": ("exact", "contains", "missing"),
    "reference": ("identifier", "missing"),
    "uri": ("missing",),
    "date": ("missing",),
    "number": ("missing",),
    "quantity": ("missing",),
}
"""The kinds of parameters that can be searched by, with their modifiers."""

_ELSEWHERE = frozenset({"_format", "_pretty", "_elements"})
"""Result parameters that `api` reads itself."""


@dataclass(slots=True)
class _Found:
    """The query as it grows."""

    type: str
    base_url: str
    clauses: list[Clause] = field(default_factory=list)
    sort: list[Sort] = field(default_factory=list)
    include: list[Include] = field(default_factory=list)
    count: int = DEFAULT_COUNT
    total: Literal["none", "estimate", "accurate"] = "none"
    cursor: str = ""
    issues: list[Issue] = field(default_factory=list)

    def report(self, rule: Rule, name: str, **names: object) -> None:
        """Note an issue at a parameter, named as far as a parameter's name can go."""
        self.issues.append(rule.at(Origin(field=name[:64]), name=name[:64], **names))


def parse(type: str, query: str | Sequence[tuple[str, str]], base_url: str = "") -> tuple[Query, tuple[Issue, ...]]:
    """The query and its issues. `base_url` is our own address, so that absolute references to us become relative.

    Raises Refused (400, SRCH-0009) when there are more parameters than anyone needs, KeyError for an unknown type.
    """
    found = _Found(type, base_url.rstrip("/"))
    for name, value in _pairs(query):
        if "\x00" in value:
            found.report(rules.VALUE, name, kind="string")
        elif value:
            _parameter(found, name, value)
    return (
        Query(
            type,
            tuple(found.clauses),
            tuple(found.sort),
            tuple(found.include),
            found.count,
            found.total,
            found.cursor,
        ),
        tuple(found.issues),
    )


def searchable(type: str) -> dict[str, SearchParameter]:
    """The parameters of a type that a query may hold, by name: what `parse` does not leave out."""
    return {name: one for name, one in SEARCH_PARAMETERS[type].items() if one.kind in _MODIFIERS}


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
    bare_name, _, modifier = name.partition(":")
    result = _RESULTS.get(bare_name)
    if result is not None:
        result(found, name, value)
        return
    if bare_name in _ELSEWHERE:
        return
    parameter = SEARCH_PARAMETERS[found.type].get(bare_name)
    if parameter is None:
        found.report(rules.UNKNOWN, name, type=found.type)
    elif parameter.kind not in _MODIFIERS:
        found.report(rules.NOT_SUPPORTED, name, kind=parameter.kind)
    else:
        _clause(found, parameter, modifier, value)


def _clause(found: _Found, parameter: SearchParameter, modifier: str, value: str) -> None:
    name, kind = parameter.name, parameter.kind
    allowed = _MODIFIERS[kind]
    if modifier and modifier not in allowed and not (kind == "reference" and modifier in RESOURCE_TYPES):
        found.report(rules.MODIFIER, name, modifier=modifier[:32], allowed=", ".join(allowed))
        return
    values = tuple(_value(found, kind, modifier, one) for one in split(value, ",") if one)
    if modifier == "identifier" or any(path.type == "Identifier" for path in parameter.paths):
        values = tuple((prefix, _canonical(text)) for prefix, text in values)
    if modifier == "missing" and any(text not in ("true", "false") for _, text in values):
        found.report(rules.VALUE, name, kind="boolean")
    elif modifier != "missing" and not all(_is_good(kind, text) for _, text in values):
        found.report(rules.VALUE, name, kind=kind)
    elif values:
        found.clauses.append(Clause(name, kind, values, modifier))


def _value(found: _Found, kind: str, modifier: str, text: str) -> tuple[str, str]:
    if kind in _PREFIXED and modifier != "missing":
        if kind == "date":
            text = text.replace(" ", "+")  # An unencoded "+07:00" arrives as " 07:00".
        match = _PREFIX.match(text)
        return (match[1], text[2:]) if match else ("eq", text)
    if kind == "reference" and found.base_url and text.startswith(f"{found.base_url}/"):
        text = text[len(found.base_url) + 1 :]
    return "eq", text


def _canonical(identifier: str) -> str:
    """`system|value` with the VN Core URI of the system, as the index has it, and so in criteria, locks and cursors."""
    system, *rest = split(identifier, "|")
    known = canonical_system(bare(system)) if rest else system
    return identifier if known == bare(system) else "|".join((known, *rest))


def _is_good(kind: str, text: str) -> bool:
    if kind == "date":
        return interval(text) is not None
    if kind in ("number", "quantity"):
        return _is_number(split(text, "|")[0])
    return bool(bare(text))


def _is_number(text: str) -> bool:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return False
    return number.is_finite() and -99 <= number.adjusted() <= 99 and len(text) <= 64


def _count(found: _Found, name: str, value: str) -> None:
    if value.isascii() and value.isdigit():
        found.count = min(int(value[:9]), MAX_COUNT)
    else:
        found.report(rules.RESULT, name)


def _summary(found: _Found, _name: str, value: str) -> None:
    """`_summary=count` is a page of nothing with a total; other summaries are `api`'s business."""
    if value == "count":
        found.count = 0


def _total(found: _Found, name: str, value: str) -> None:
    if value in ("none", "estimate", "accurate"):
        found.total = cast('Literal["none", "estimate", "accurate"]', value)
    else:
        found.report(rules.RESULT, name)


def _sort(found: _Found, _name: str, value: str) -> None:
    for part in value.split(","):
        name = part.removeprefix("-")
        parameter = SEARCH_PARAMETERS[found.type].get(name)
        if name in ("_id", "_lastUpdated") or (parameter is not None and parameter.kind in SORTABLE):
            if name not in (sort.name for sort in found.sort):
                found.sort.append(Sort(name, descending=part.startswith("-")))
        elif part:
            found.report(rules.SORT, name)


def _include(found: _Found, name: str, value: str) -> None:
    source, _, rest = value.partition(":")
    parameter_name, _, target = rest.partition(":")
    parameter = SEARCH_PARAMETERS[source].get(parameter_name) if source in RESOURCE_TYPES else None
    good = parameter is not None and parameter.kind == "reference" and source == found.type
    if name != "_include" or not good or (target and target not in RESOURCE_TYPES):
        found.report(rules.INCLUDE, name)
    else:
        found.include.append(Include(source, parameter_name, target))


def _cursor(found: _Found, _name: str, value: str) -> None:
    found.cursor = value


_RESULTS = {
    "_count": _count,
    "_summary": _summary,
    "_total": _total,
    "_sort": _sort,
    "_include": _include,
    "_revinclude": _include,
    "_cursor": _cursor,
}
