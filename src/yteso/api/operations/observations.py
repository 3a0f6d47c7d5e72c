"""A patient's observations for the operations that look at many: by the search, within the caller's rights, bounded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from yteso.api.body import refuse_blocking
from yteso.api.call import Call, Params
from yteso.api.operations import rules
from yteso.base.errors import Refused
from yteso.db import Connection
from yteso.fhir import json
from yteso.search.parse import parse
from yteso.search.query import Sort
from yteso.store.protocol import Stored

MOST = 10_000
"""Observations looked at for one answer."""
_PAGE = 1_000

Group = tuple[tuple[str, str], ...]


def observations(call: Call, conn: Connection, params: Params) -> Iterator[tuple[Stored, dict[str, Any]]]:
    """Those that match, newest first, with their documents.

    Refused (400) for what a search would not understand, and (422) when there are more than MOST.
    """
    query, issues = parse("Observation", params, call.base)
    if issues:
        refuse_blocking(issues)
        raise Refused(*issues, status=400)
    query = replace(query, sort=(Sort("date", descending=True),), include=(), count=_PAGE, total="none", cursor="")
    seen = 0
    while True:
        page = call.engine.store.search(conn, call.who, call.limit, query)
        seen += len(page.matches)
        if seen > MOST or (seen == MOST and page.next):
            raise Refused(rules.TOO_MANY_OBSERVATIONS.at(limit=MOST), status=422)
        for stored in page.matches:
            yield stored, json.loads(stored.body)
        if not page.next:
            return
        query = replace(query, cursor=page.next)


def group_of(observation: dict[str, Any]) -> Group:
    """What makes observations the same kind: all codings of their code, or its text where there are none."""
    code = observation.get("code", {})
    given = [one for one in code.get("coding", ()) if "code" in one]
    codings = {(str(one.get("system", "")), str(one["code"])) for one in given}
    return tuple(sorted(codings)) or (("", str(code.get("text", ""))),)
