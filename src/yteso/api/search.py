"""search: `GET [base]/[type]?…` and `POST [base]/[type]/_search` (FHIR R4 §3.1.1).

What a question holds that we do not know is left out and told in an entry of its own; `Prefer: handling=strict` makes
it a refusal (FHIR R4 §3.1.1.2.1). A value that cannot be read is always refused: leaving it out would find too much.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from yteso.api import audit_event, rules
from yteso.api.answer import Link, json_response, searchset
from yteso.api.body import refuse_blocking
from yteso.api.call import MAX_PARAMETERS, Call, Params, read_body, read_params
from yteso.api.formats import check_form, wanted_format
from yteso.api.own_secrets import as_given
from yteso.api.page import next_url, read_page, self_url
from yteso.api.part import parts, subset_of, unknown_elements
from yteso.api.present import look_of, shown
from yteso.api.terms import terms_of
from yteso.base.errors import Refused
from yteso.base.http import Response
from yteso.base.issue import Issue, Rule
from yteso.db import Connection
from yteso.search.clause import BY_TERMINOLOGY
from yteso.search.filter_syntax import FILTER
from yteso.search.parse import parse
from yteso.search.query import Compartment, Query
from yteso.search.rules import ELEMENT, INCLUDED_MANY, NO_COMPARTMENT, SORT
from yteso.standards.fhir_r4 import COMPARTMENTS
from yteso.store.include import MOST_INCLUDED
from yteso.store.protocol import Page, Search
from yteso.terminology.protocol import Terminology

Understood = TypeVar("Understood")

MAX_FORM = 1024 * 1024
CUT = INCLUDED_MANY.at(limit=MOST_INCLUDED)
INCLUDES = ("_include", "_revinclude")
_PARTLY = {"_sort": SORT, "_elements": ELEMENT}
"""Lists of names of which some may be left out."""
_LOOKS = frozenset(["_format", "_pretty"])
"""General parameters that the door looks for in the address only."""


def search(call: Call) -> Response:
    """A Bundle of type searchset: matches, what `_include` brings, links, and a total when it is asked for or known."""
    if call.type == audit_event.TYPE:
        return audit_event.search_events(call)
    return _search(call, None)


def search_compartment(call: Call) -> Response:
    """The same among what belongs to one resource: `GET Patient/1/Observation?…` (FHIR R4 §2.11)."""
    if call.type not in COMPARTMENTS:
        raise Refused(NO_COMPARTMENT.at(type=call.type), status=404)
    if call.member == audit_event.TYPE:
        return audit_event.search_about(call)
    return _search(replace(call, type=call.member), Compartment(call.type, call.id))


def _search(call: Call, compartment: Compartment | None) -> Response:
    params, cursor = read_page(call)
    subset = subset_of(params)
    query, issues = _understand(call, params, compartment)
    issues = (*issues, *unknown_elements(params, [call.type]))
    if call.prefer.strict and issues:
        raise Refused(*issues, status=400)
    refuse_blocking(issues)
    page = _page(call, replace(query, cursor=cursor or query.cursor))
    used = understood(params, issues, [call.type])
    links = [Link("self", self_url(call, used))]
    if page.next:
        links.append(Link("next", next_url(call, used, page.next)))
    told = (*(() if cursor else issues), *((CUT,) if page.cut else ()))
    total = None if query.count and dict(params).get("_total") == "none" else page.total
    matches, included = (parts(subset, as_given(call, found), call.type) for found in (page.matches, page.included))
    return json_response(200, searchset(call, matches, included, links=links, total=total, issues=told))


def _page(call: Call, query: Query) -> Page:
    if call.conn is None:
        return call.engine.shared.search(Search(call.who, call.limit, query))
    return call.engine.store.search(call.conn, call.who, call.limit, query)


def _understand(call: Call, params: Params, compartment: Compartment | None) -> tuple[Query, tuple[Issue, ...]]:
    return understand(call, params, lambda terms: parse(call.type, params, call.base, terms, compartment))


def understand(call: Call, params: Params, read: Callable[[Terminology | None], Understood]) -> Understood:
    """What `read` makes of the parameters. Only a question about value sets or hierarchies looks into the record."""
    asks = any(name == FILTER or name.rpartition(":")[2] in BY_TERMINOLOGY for name, _ in params)
    if not asks and call.engine.store.is_fresh:
        return read(None)

    def reading(conn: Connection) -> Understood:
        call.engine.store.refresh(conn)
        return read(terms_of(call, conn) if asks else None)

    return reading(call.conn) if call.conn is not None else call.attempt(reading)


def search_by_post(call: Call) -> Response:
    """The same with the parameters in a form, out of sight of logs; those of the address count too."""
    return by_post(call, search)


def search_compartment_by_post(call: Call) -> Response:
    """A compartment search with the parameters in a form."""
    return by_post(call, search_compartment)


def by_post(call: Call, answer: Callable[[Call], Response]) -> Response:
    """The answer to the parameters of the form and of the address."""
    check_form(call.headers)
    data = read_body(call.request, min(MAX_FORM, call.engine.max_body))
    try:
        form = read_params(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise Refused(rules.BAD_QUERY.at(limit=MAX_PARAMETERS), status=400) from error
    asked = replace(call, params=call.params + form)
    if not _LOOKS.isdisjoint(dict(form)):
        general = dict(asked.params)
        wanted_format(call.headers.get("accept", ""), general.get("_format", ""))
        return shown(call.request, answer(asked), look_of(call.headers, general))
    return answer(asked)


def understood(params: Params, issues: Sequence[Issue], types: Sequence[str]) -> Params:
    """The parameters that were used: what the self link tells (FHIR R4 §3.1.1.1.1), and the next page is asked by.

    Of several `_include` only those that no type can follow are left out, of `_sort` only what nobody sorts by, and of
    `_elements` what nothing has, unless nothing else is asked for: the rest of a resource is not shown instead.
    """
    partly = {rule: {issue.origin.field for issue in issues if issue.code == rule.code} for rule in _PARTLY.values()}
    left_out = {issue.origin.field for issue in issues if issue.code not in {rule.code for rule in partly}}
    return tuple(
        (name, told)
        for name, value in params
        if (told := _rest(name, value, partly)) and name != "_cursor"
        if name[:64] not in left_out or _can_follow(types, name, value)
    )


def _rest(name: str, value: str, partly: Mapping[Rule, Container[str]]) -> str:
    rule = _PARTLY.get(name)
    if rule is None:
        return value
    rest = ",".join(part for part in value.split(",") if part.strip().removeprefix("-")[:64] not in partly[rule])
    return rest or (value if rule is ELEMENT else "")


def _can_follow(types: Sequence[str], name: str, value: str) -> bool:
    return name.partition(":")[0] in INCLUDES and any(not parse(one, [(name, value)])[1] for one in types)
