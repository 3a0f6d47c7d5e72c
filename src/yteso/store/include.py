"""What `_include` and `_revinclude` bring beside the matches: each once, none that is a match, all visible to who asks.

In: the matches of a page. Out: rows of at most `MOST_INCLUDED` resources in the order they were reached, and whether
there were more. `:iterate` goes on from what was brought, round by round, until nothing new comes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from yteso.access.restriction import Restriction
from yteso.db import Connection
from yteso.fhir import reference
from yteso.fhir.json import loads
from yteso.search.addresses import addresses_of, canonicals_to, found_by, is_canonical, means
from yteso.search.conditions import holds
from yteso.search.contexts import TYPE as CONTENT
from yteso.search.extract import references_of
from yteso.search.facts import references_to
from yteso.search.fragment import Fragment, all_of, any_of
from yteso.search.keys import number, token
from yteso.search.parameters import parameters_of, targets_of
from yteso.search.query import Include, Query
from yteso.search.rights import visible
from yteso.standards.fhir_r4 import RESOURCE_TYPES, TYPE_NUMBER
from yteso.store.codec import Codec
from yteso.store.leading import lead
from yteso.store.protocol import Stored
from yteso.store.read import NAMED, PRESENT, run, stored
from yteso.store.rows import key_of, named_lists

MOST_INCLUDED = 1_000
Name = tuple[str, str]
"""(type, id)."""


class Including:
    """The includes of one page as they are gathered."""

    def __init__(self, conn: Connection, codec: Codec, limit: Restriction, matches: Sequence[Stored]) -> None:
        self.conn, self.codec, self.limit = conn, codec, limit
        self.rights = visible(limit, "r", files=False)
        self.lead, self.bound = lead(conn, limit), limit.care_types
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
        canonicals: set[tuple[int, ...]] = set()
        for one in frontier:
            fitting = [include for include in wanted if include.source == one.type]
            resource = loads(one.body) if fitting else {}
            for include in fitting:
                for name in _names(include):
                    texts = references_of(resource, name)
                    keys.update(_targets(texts, include.target))
                    canonicals.update(_meant(include, name, texts))
        self._by_key(keys - self._seen)
        self._by_canonical(sorted(canonicals)[:MOST_INCLUDED])

    def _by_key(self, keys: Collection[Name]) -> None:
        if keys:
            files = any(type == CONTENT for type, _ in keys)
            rights = visible(self.limit, "r") if files else self.rights
            text = (
                f"SELECT {PRESENT} FROM {NAMED}"
                f" WHERE r.hash IS NOT NULL AND {rights.text} ORDER BY r.type, r.id LIMIT %s"
            )
            self._add(text, (*named_lists(sorted(key_of(*key) for key in keys)), *rights.params))

    def _by_canonical(self, canonicals: Sequence[Sequence[int]]) -> None:
        if canonicals:
            one = any_of(Fragment("r.tok @> %s::bigint[]", (list(tokens),)) for tokens in canonicals)
            text = (
                f"SELECT {PRESENT} FROM store.resource r WHERE {one.text}"
                f" AND r.hash IS NOT NULL AND {self.rights.text} ORDER BY r.type, r.id LIMIT %s"
            )
            self._add(text, (*one.params, *self.rights.params))

    def _backward(self, include: Include, frontier: Sequence[Stored]) -> None:
        wanted = [one for one in frontier if include.target in ("", one.type)]
        by_type: dict[str, list[str]] = {}
        for one in wanted:
            by_type.setdefault(one.type, []).append(one.id)
        parameters = parameters_of(include.source)
        for name in _names(include):
            if is_canonical(parameters[name]):
                self._naming(include.source, name, [loads(one.body) for one in wanted])
        facts = {
            fact
            for name in _names(include)
            for type, ids in by_type.items()
            for fact in references_to(include.source, parameters[name], type, ids)
        }
        if facts:
            self._add(*self._of(include.source, holds(include.source, "r", facts)))

    def _naming(self, source: str, name: str, meant: Sequence[Mapping[str, Any]]) -> None:
        """What names any of these by a canonical; the index knows no versions, so each is read."""
        addresses = {address for one in meant for address in addresses_of(one)}
        facts = canonicals_to(source, parameters_of(source)[name], addresses)
        if not facts:
            return

        def fits(one: Stored) -> bool:
            return any(means(text, other) for text in references_of(loads(one.body), name) for other in meant)

        tokens = sorted({number(token(fact)) for fact in facts})
        self._add(*self._of(source, Fragment("r.tok && %s::bigint[]", (tokens,))), fits)

    def _of(self, source: str, named: Fragment) -> tuple[str, tuple[Any, ...]]:
        """(SQL, parameters) of what of a type names something: many may name an organization, few of one's own do."""
        where = all_of((named, Fragment("r.type = %s", (TYPE_NUMBER[source],)), Fragment("r.hash IS NOT NULL")))
        if self.lead is not None and self.lead.is_short and source in self.bound:
            rows, where = self.lead.rows(where), self.rights
        else:
            rows, where = Fragment("store.resource r"), all_of((where, self.rights))
        text = f"SELECT {PRESENT} FROM {rows.text} WHERE {where.text} ORDER BY r.type, r.id LIMIT %s"
        return text, (*rows.params, *where.params)

    def _add(self, text: str, params: Sequence[Any], fits: Callable[[Stored], bool] = lambda _: True) -> None:
        """At most what still has room; matches and what is there already may be among the rows."""
        room = MOST_INCLUDED - len(self.found)
        for row in run(self.conn, text, (*params, room + len(self._seen) + 1)):
            one = stored(self.conn, self.codec, row)
            if (one.type, one.id) in self._seen or not fits(one):
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


def _meant(include: Include, name: str, texts: Iterable[str]) -> Iterable[tuple[int, ...]]:
    """The tokens that what a canonical means has, per type it may be of."""
    parameter = parameters_of(include.source)[name]
    if not is_canonical(parameter):
        return
    types = [one for one in targets_of(parameter) or sorted(RESOURCE_TYPES) if include.target in ("", one)]
    for text in texts:
        for type in types if ":" in text else ():
            if facts := found_by(type, text):
                yield tuple(sorted(number(token(fact)) for fact in facts))


def _targets(texts: Iterable[str], wanted: str) -> Iterable[Name]:
    for text in texts:
        target = reference.parse(text)
        if target.kind == "relative" and wanted in ("", target.type) and target.type in RESOURCE_TYPES:
            yield target.type, target.id
