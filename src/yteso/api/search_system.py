"""search of everything: `GET [base]?_type=…&…` and `POST [base]/_search`, over several types (FHIR R4 §3.1.1.1).

A condition must be one that all types asked have: without `_type`, what every type has. Another is refused rather than
left out: leaving it out would find too much. Includes are followed from the types they begin at. The audit is asked by
itself (`GET AuditEvent`): it is no part of the record.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from yteso.access.policy import Interaction, require
from yteso.access.types import NO_RECORD
from yteso.api.answer import Link, json_response, searchset
from yteso.api.call import Call, Params
from yteso.api.own_secrets import as_given
from yteso.api.page import next_url, read_page, self_url
from yteso.api.part import parts, subset_of, unknown_elements
from yteso.api.search import CUT, INCLUDES, by_post, understand, understood
from yteso.base.errors import Refused
from yteso.base.http import Response
from yteso.base.issue import Issue, Origin
from yteso.search.parse import parse
from yteso.search.query import Across, Include, Query, Sort
from yteso.search.rules import ACROSS, ACROSS_SORT, CHAIN, RESULT, SORT, TOO_MANY, UNKNOWN
from yteso.standards.fhir_r4 import RESOURCE_TYPES
from yteso.terminology.protocol import Terminology

MOST_CONDITIONS = 1_000
"""Types × conditions: each is part of the one statement that PostgreSQL has to plan."""
_NOT_COMMON = {UNKNOWN.code, CHAIN.code}
_SORTS = ("_lastUpdated", "_id")


def search_system(call: Call) -> Response:
    """A Bundle of type searchset, newest first unless `_sort` says otherwise, within the rights of who asks."""
    params, cursor = read_page(call)
    subset = subset_of(params)
    across, issues = _understand(call, params)
    issues = (*issues, *unknown_elements(params, [query.type for query in across.queries]))
    if call.prefer.strict and issues:
        raise Refused(*issues, status=400)
    with call.reading() as conn:
        page = call.engine.store.search_across(conn, call.who, call.limit, replace(across, cursor=cursor))
    asked = understood(params, issues, [query.type for query in across.queries])
    links = [Link("self", self_url(call, asked))]
    if page.next:
        links.append(Link("next", next_url(call, asked, page.next)))
    matches = [shown for one in as_given(call, page.matches) for shown in parts(subset, [one], one.type)]
    included = parts(subset, as_given(call, page.included), "")
    told = (*(() if cursor else issues), *((CUT,) if page.cut else ()))
    total = None if across.count and dict(params).get("_total") == "none" else page.total
    return json_response(200, searchset(call, matches, included, links=links, total=total, issues=told))


def search_system_by_post(call: Call) -> Response:
    """The same with the parameters in a form, out of sight of logs."""
    return by_post(call, search_system)


def _understand(call: Call, params: Params) -> tuple[Across, tuple[Issue, ...]]:
    """The search, and which includes no type can follow. Refused (400, 403) for all else that cannot be done."""
    named = [name for key, value in params if key == "_type" for name in value.split(",") if name]
    types = _types(call, named)
    asked = tuple(pair for pair in params if pair[0] != "_type" and pair[0].partition(":")[0] not in INCLUDES)
    includes = tuple(pair for pair in params if pair[0].partition(":")[0] in INCLUDES and pair[1])
    if len(types) * len(asked) > MOST_CONDITIONS:
        raise Refused(TOO_MANY.at(limit=MOST_CONDITIONS), status=400)

    def read(terminology: Terminology | None) -> tuple[Across, tuple[Issue, ...]]:
        queries = [_query(one, asked, call.base, terminology) for one in types]
        followed, issues = _followed(types, includes)
        first = next(iter(queries), Query(""))
        found = [replace(one, sort=(), include=include) for one, include in zip(queries, followed, strict=True)]
        return Across(tuple(found), _sort(first), first.count, first.total, named=bool(named)), issues

    return understand(call, asked, read)


def _types(call: Call, named: Sequence[str]) -> list[str]:
    """The types that are asked: those named, each with its right (403), or all that the caller may see."""
    searched = RESOURCE_TYPES - NO_RECORD
    if not set(named) <= searched:
        raise Refused(RESULT.at(Origin(field="_type"), name="_type"), status=400)
    for one in named:
        require(call.who, Interaction.SEARCH, one)
    allowed = searched if call.limit.types is None else searched & call.limit.types
    return sorted(set(named) or allowed)


def _query(type: str, asked: Params, base: str, terminology: Terminology | None) -> Query:
    """The same question of one type. Refused (400) when it cannot be asked so."""
    query, issues = parse(type, asked, base, terminology)
    if issues:
        raise Refused(*(_across(issue, type) for issue in issues), status=400)
    return query


def _across(issue: Issue, type: str) -> Issue:
    """What is wrong with a condition, when it is that the type has none of the kind."""
    if issue.code == SORT.code:
        return ACROSS_SORT.at(issue.origin)
    return ACROSS.at(issue.origin, name=issue.origin.field, type=type) if issue.code in _NOT_COMMON else issue


def _sort(query: Query) -> Sort:
    if not query.sort:
        return Sort("_lastUpdated", descending=True)
    if len(query.sort) > 1 or query.sort[0].name not in _SORTS:
        raise Refused(ACROSS_SORT.at(Origin(field="_sort")), status=400)
    return query.sort[0]


def _followed(types: Sequence[str], includes: Params) -> tuple[list[tuple[Include, ...]], tuple[Issue, ...]]:
    """For each type the includes that begin at it; an issue for each that begins at none of them."""
    found: list[tuple[Include, ...]] = [()] * len(types)
    issues: list[Issue] = []
    for pair in includes:
        tries = [parse(one, [pair]) for one in types]
        if all(told for _, told in tries):
            issues += tries[0][1] if tries else ()
        found = [(*sofar, *query.include) for sofar, (query, _) in zip(found, tries, strict=True)]
    return found, tuple(issues)
