"""Criteria instead of an id: conditional create, update, patch, delete, and references (FHIR R4 §3.1.0.8.1 and others).

Two requests with the same criteria wait for each other (a named lock until commit), so that a look-up and the write
that follows it are one act and no twin is made. The look-up carries the caller's rights.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from yteso.access.policy import Interaction, require
from yteso.api import rules
from yteso.api.call import Call, Params, read_params
from yteso.api.page import GENERAL
from yteso.base.errors import Refused
from yteso.db import Connection
from yteso.db.lock import hold
from yteso.search.parse import parse
from yteso.search.query import Query
from yteso.standards.fhir_r4 import RESOURCE_TYPES
from yteso.store.protocol import Stored

Key = tuple[str, str]


def read_criteria(call: Call, type: str, text: str) -> Query:
    """The query of `If-None-Exist: name=value&…`. Refused (400) when nothing in it, or not all of it, is understood."""
    return criteria_of(call, type, read_params(text.strip().removeprefix(f"{type}?").removeprefix("?")))


def criteria_of(call: Call, type: str, params: Params) -> Query:
    """The query of criteria in an address (`PUT [type]?…`); refused alike. General parameters are none.

    A search leaves out a parameter without a value; criteria that lack one would meet too much.
    """
    if type not in RESOURCE_TYPES:
        raise Refused(rules.UNKNOWN_TYPE.at(), status=400)
    asked = [pair for pair in params if pair[0] not in GENERAL]
    query, issues = parse(type, asked, call.base)
    if issues or not query.conditions or not all(value for _, value in asked):
        raise Refused(rules.BAD_CRITERIA.at(), *issues, status=400)
    return replace(query, count=2, sort=(), include=(), total="none", cursor="")


def criteria_of_create(call: Call, type: str, header: str, params: Params) -> Query | None:
    """The query of `If-None-Exist`, or of criteria in the address, where some clients write them; None without any.

    Criteria in the address are never ignored: that would make the twin which they are there to prevent.
    """
    if header.strip():
        return read_criteria(call, type, header)
    return criteria_of(call, type, params) if any(name not in GENERAL for name, _ in params) else None


def find_one(call: Call, conn: Connection, query: Query, without: Collection[Key] = ()) -> Stored | None:
    """The one visible match, or None. Refused (412) when there are several.

    `without` are resources that the same transaction deletes: it deletes first (FHIR R4 §3.1.0.11.2).
    """
    limit = require(call.who, Interaction.SEARCH, query.type)
    wanted = replace(query, count=query.count + len(without)) if without else query
    found = call.engine.store.search(conn, call.who, limit, wanted).matches
    matches = [one for one in found if (one.type, one.id) not in without] if without else found
    if len(matches) > 1:
        raise Refused(rules.SEVERAL_MATCH.at(type=query.type), status=412)
    return matches[0] if matches else None


def hold_criteria(conn: Connection, *queries: Query) -> None:
    """Let no other request decide about the same criteria until this transaction ends."""
    hold(conn, *(f"api:{query.type}:{query.conditions!r}" for query in queries))
