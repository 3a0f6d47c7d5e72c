"""Criteria instead of an id: `If-None-Exist` and conditional references (FHIR R4 §3.1.0.8.1, §3.1.0.11.2).

Two requests with the same criteria wait for each other (a named lock until commit), so that a look-up and the create
that follows it are one act and no twin is made. The look-up carries the caller's rights.
"""

from __future__ import annotations

from dataclasses import replace

from yteso.access.policy import Interaction, require
from yteso.api import rules
from yteso.api.call import Call, read_params
from yteso.base.errors import Refused
from yteso.db import Connection
from yteso.db.lock import hold
from yteso.search.parse import parse
from yteso.search.query import Query
from yteso.store.protocol import Stored


def read_criteria(call: Call, type: str, text: str) -> Query:
    """The query of `If-None-Exist: name=value&…`. Refused (400) when nothing in it, or not all of it, is understood."""
    criteria = text.strip().removeprefix(f"{type}?").removeprefix("?")
    query, issues = parse(type, read_params(criteria), call.base)
    if issues or not query.clauses:
        raise Refused(rules.BAD_CRITERIA.at(), *issues, status=400)
    return replace(query, count=2, sort=(), include=(), total="none", cursor="")


def find_one(call: Call, conn: Connection, query: Query) -> Stored | None:
    """The one visible match, or None. Refused (412) when there are several."""
    limit = require(call.who, Interaction.SEARCH, query.type)
    matches = call.engine.store.search(conn, call.who, limit, query).matches
    if len(matches) > 1:
        raise Refused(rules.SEVERAL_MATCH.at(type=query.type), status=412)
    return matches[0] if matches else None


def hold_criteria(conn: Connection, *queries: Query) -> None:
    """Let no other request decide about the same criteria until this transaction ends."""
    hold(conn, *(f"api:{query.type}:{query.clauses!r}" for query in queries))
