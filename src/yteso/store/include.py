"""What `_include` and `_revinclude` bring beside the matches: each once, none that is a match, all visible to who asks.

In: the matches of a page. Out: rows of at most `MOST_INCLUDED` resources in the order they were reached, and whether
there were more. `:iterate` goes on from what was brought, round by round, until nothing new comes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from yteso.access.restriction import Restriction
from yteso.db import Connection
from yteso.fhir import reference
from yteso.fhir.json import loads
from yteso.search.extract import references_of
from yteso.search.facts import references_to
from yteso.search.keys import number, token
from yteso.search.parameters import parameters_of
from yteso.search.query import Include, Query
from yteso.search.rights import visible
from yteso.standards.fhir_r4 import RESOURCE_TYPES, TYPE_NUMBER
from yteso.store.codec import Codec
from yteso.store.protocol import Stored
from yteso.store.read import NAMED, PRESENT, run, stored
from yteso.store.rows import key_of, named_lists

MOST_INCLUDED = 1_000
Name = tuple[str, str]
"""(type, id)."""


class Including:
    """The includes of one page as they are gathered."""

    def __init__(self, conn: Connection, codec: Codec, limit: Restriction, matches: Sequence[Stored]) -> None:
        self.conn, self.codec, self.rights = conn, codec, visible(limit, "r")
        self.found: list[Stored] = []
        self.patients: set[int] = set()
        self.more = False
        self._seen: set[Name] = {(one.type, one.id) for one in matches}

    def follow(self, query: Query, frontier: Sequence[Stored]) -> None:
        """Everything the query's includes reach from its matches."""
        wanted: Sequence[Include] = query.include
        while frontier and wanted and not self.more:
            start = len(self.found)
            self._forward([one for one in wanted if not one.reverse], frontier)
            for include in wanted:
                if include.reverse:
                    self._backward(include, frontier)
            frontier = self.found[start:]
            wanted = [include for include in wanted if include.iterate]

    def _forward(self, wanted: Sequence[Include], frontier: Sequence[Stored]) -> None:
        keys: set[Name] = set()
        for one in frontier:
            fitting = [include for include in wanted if include.source == one.type]
            resource = loads(one.body) if fitting else {}
            for include in fitting:
                texts = (text for name in _names(include) for text in references_of(resource, name))
                keys.update(_targets(texts, include.target))
        keys -= self._seen
        if keys:
            text = (
                f"SELECT {PRESENT} FROM {NAMED}"
                f" WHERE r.hash IS NOT NULL AND {self.rights.text} ORDER BY r.type, r.id LIMIT %s"
            )
            self._add(text, (*named_lists(sorted(key_of(*key) for key in keys)), *self.rights.params))

    def _backward(self, include: Include, frontier: Sequence[Stored]) -> None:
        by_type: dict[str, list[str]] = {}
        for one in frontier:
            if include.target in ("", one.type):
                by_type.setdefault(one.type, []).append(one.id)
        parameters = parameters_of(include.source)
        facts = {
            fact
            for name in _names(include)
            for type, ids in by_type.items()
            for fact in references_to(include.source, parameters[name], type, ids)
        }
        if facts:
            tokens = sorted(number(token(fact)) for fact in facts)
            text = (
                f"SELECT {PRESENT} FROM store.resource r WHERE r.tok && %s::bigint[] AND r.type = %s"
                f" AND r.hash IS NOT NULL AND {self.rights.text} ORDER BY r.type, r.id LIMIT %s"
            )
            self._add(text, (tokens, TYPE_NUMBER[include.source], *self.rights.params))

    def _add(self, text: str, params: Sequence[Any]) -> None:
        """At most what still has room; matches and what is there already may be among the rows."""
        room = MOST_INCLUDED - len(self.found)
        for row in run(self.conn, text, (*params, room + len(self._seen) + 1)):
            one = stored(self.conn, self.codec, row)
            if (one.type, one.id) in self._seen:
                continue
            if len(self.found) == MOST_INCLUDED:
                self.more = True
                return
            self._seen.add((one.type, one.id))
            self.found.append(one)
            if row[8] is not None:
                self.patients.add(row[8])


def _names(include: Include) -> Iterable[str]:
    if include.name:
        return (include.name,)
    return [name for name, one in parameters_of(include.source).items() if one.kind == "reference"]


def _targets(texts: Iterable[str], wanted: str) -> Iterable[Name]:
    for text in texts:
        target = reference.parse(text)
        if target.kind == "relative" and wanted in ("", target.type) and target.type in RESOURCE_TYPES:
            yield target.type, target.id
