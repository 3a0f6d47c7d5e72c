"""What a visible resource says about a hidden one: left out on the way out, put back when it is written.

An Encounter that names a Condition tells that there is one. Who may not see the Condition, because of its label or
because the person closed it, gets the Encounter as if it had never named it: the reference is left out, and with it the
element of a list that stands for it (`Encounter.diagnosis[]`), so that nothing tells that anything is missing (ADR 50).
The version is the same. Nor is a resource found by what is left out of it (`unfound`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from yteso.access.restriction import Restriction
from yteso.access.types import PATIENT_TYPES
from yteso.base.ids import shard_of
from yteso.db import Connection, Queries, Rows, Statement, run_together
from yteso.fhir.json import dumps, loads
from yteso.search.closed import Closed, whom
from yteso.search.side import hid
from yteso.standards.fhir_r4 import TYPE_NUMBER
from yteso.store.protocol import Resource, Stored

SQL = Queries.beside(__file__)
TOLD = PATIENT_TYPES - {"Patient"}
"""Types a reference to which tells of something that may be hidden; who is seen is seen with their Patient."""
_NAMED = re.compile(rb'"reference":"((?:%s)/[A-Za-z0-9.-]{1,64})["/]' % "|".join(sorted(TOLD)).encode())

Hidden = frozenset[str]
"""References that a reader may not be told of: `Condition/1`."""
NOTHING: Hidden = frozenset()


def hidden_from(conn: Connection, limit: Restriction, bodies: Iterable[bytes], patients: Iterable[int]) -> Hidden:
    """What these bodies, of these patients, name that is hidden from who is bound so by labels and closings.

    One short statement where they name anything, and another where a patient has anything hidden.
    """
    named = _named(bodies) if is_bound(limit) else NOTHING
    if not named or not _guarded(run_together(conn, [_guarded_among(patients)])[0]):
        return NOTHING
    return hidden_among(conn, limit, named)


def is_bound(limit: Restriction) -> bool:
    """Whether labels and closings hide anything from them at all."""
    return any(isinstance(part, Closed) for part in limit.also)


def hidden_among(conn: Connection, limit: Restriction, names: Collection[str]) -> Hidden:
    """Those of these (`Type/id`) that are hidden so; what was never there, or is nobody's, is not."""
    return hidden_among_each(conn, [(limit, names)])[0]


def hidden_among_each(
    conn: Connection, asked: Sequence[tuple[Restriction, Collection[str]]], *, ends: bool = False
) -> list[Hidden]:
    """The same of names that several ask about, each for themselves, in one trip."""
    statements: list[Statement] = []
    askers: list[tuple[int, dict[tuple[int, int], str]]] = []
    for place, (limit, names) in enumerate(asked):
        keys = {(TYPE_NUMBER[type], hid(id)): text for text in names for type, id in [text.split("/")]}
        shards = (shard_of(text.partition("/")[2]) for text in keys.values())
        columns = [_array(column) for column in (shards, *zip(*keys, strict=True))]
        for part in limit.also if keys else ():
            if isinstance(part, Closed):
                statements.append(Statement(SQL["closed_among"], (*columns, whom(part))))
                askers.append((place, keys))
    hidden = [set[str]() for _ in asked]
    answers = run_together(conn, statements, ends=ends) if statements else ()
    for (place, keys), rows in zip(askers, answers, strict=True):
        hidden[place].update(keys[type, hid] for type, hid in rows)
    return [frozenset(one) for one in hidden]


def discreet(
    conn: Connection, limit: Restriction, found: Sequence[Stored], patients: Iterable[int]
) -> tuple[Stored, ...]:
    """The same versions of resources of these patients, without what they say about hidden ones."""
    hidden = hidden_from(conn, limit, (one.body for one in found), patients)
    return tuple(_without(one, hidden) for one in found) if hidden else tuple(found)


class Discretion:
    """The same of several readers' pages: of most patients nothing is hidden, which is asked once for all of them.

    `asked` goes out with what the caller sends, whose rows `told` reads; it asks more only where something is.
    """

    def __init__(self, pages: Sequence[tuple[Restriction, Sequence[Stored], Collection[int]]]) -> None:
        self._pages = pages
        self._named = [_named(one.body for one in found) if is_bound(limit) else NOTHING for limit, found, _ in pages]

    @property
    def asked(self) -> list[Statement]:
        """One statement; none when no page of who is bound names anything."""
        people = {one for names, (_, _, seen) in zip(self._named, self._pages, strict=True) if names for one in seen}
        return [_guarded_among(people)] if people else []

    def told(self, conn: Connection, answers: Sequence[Rows], *, ends: bool = False) -> list[tuple[Stored, ...]]:
        """The pages; `answers`: the rows of what was asked. With `ends` nothing more is done on the connection."""
        guarded = {one for rows in answers for one in _guarded(rows)}
        places = [
            at
            for at, (names, (_, _, seen)) in enumerate(zip(self._named, self._pages, strict=True))
            if names and not guarded.isdisjoint(seen)
        ]
        asked = [(self._pages[at][0], self._named[at]) for at in places]
        hidden = dict(zip(places, hidden_among_each(conn, asked, ends=ends), strict=True))
        return [
            tuple(_without(one, hidden[at]) for one in found) if hidden.get(at) else tuple(found)
            for at, (_, found, _) in enumerate(self._pages)
        ]


def _named(bodies: Iterable[bytes]) -> frozenset[str]:
    return frozenset(found.decode() for body in bodies for found in _NAMED.findall(body))


def _guarded_among(patients: Iterable[int]) -> Statement:
    return Statement(SQL["guarded_among"], [_array(patients)])


def _guarded(rows: Rows) -> Sequence[int]:
    """Those of the patients of whom anything is labelled or closed."""
    return [one for (several,) in rows for one in several]


def _array(numbers: Iterable[int]) -> str:
    return "{" + ",".join(map(str, numbers)) + "}"


def _without(stored: Stored, hidden: Hidden) -> Stored:
    if hidden.isdisjoint(found.decode() for found in _NAMED.findall(stored.body)):
        return stored
    return replace(stored, body=dumps(without(loads(stored.body), hidden)))


def without(resource: Resource, hidden: Hidden) -> Resource:
    """A resource that does not name these."""
    return _cleaned(resource, hidden)[0]


def _cleaned(value: Mapping[str, Any], hidden: Hidden) -> tuple[dict[str, Any], bool]:
    """An element without hidden references; whether one was a property of its own, or all it had."""
    kept: dict[str, Any] = {}
    named = False
    for name, inner in value.items():
        if isinstance(inner, dict):
            if _is_hidden(inner, hidden):
                named = True
            elif (rest := _cleaned(inner, hidden)[0]) or not inner:
                kept[name] = rest
        elif isinstance(inner, list):
            items = [_item(one, hidden) for one in inner if not _tells(one, hidden)]
            if items or not inner:
                kept[name] = items
        else:
            kept[name] = inner
    return kept, named or (not kept and bool(value))


def _item(one: Any, hidden: Hidden) -> Any:
    return _cleaned(one, hidden)[0] if isinstance(one, dict) else one


def _tells(one: Any, hidden: Hidden) -> bool:
    """Whether an element of a list is a hidden reference, or stands for one."""
    return isinstance(one, dict) and (_is_hidden(one, hidden) or _cleaned(one, hidden)[1])


def _is_hidden(value: Mapping[str, Any], hidden: Hidden) -> bool:
    text = value.get("reference")
    return isinstance(text, str) and "/".join(text.split("/")[:2]) in hidden


def restored(stored: Resource, new: Resource, hidden: Hidden) -> Resource:
    """What somebody wrote who did not see all of what is there: with what was hidden, where it stood."""
    return _restored(stored, new, hidden) if hidden else new


def _restored(stored: Mapping[str, Any], new: Mapping[str, Any], hidden: Hidden) -> dict[str, Any]:
    found = dict(new)
    for name, inner in stored.items():
        if isinstance(inner, dict):
            if _is_hidden(inner, hidden):
                found.setdefault(name, inner)
            elif isinstance(new.get(name), dict):
                found[name] = _restored(inner, new[name], hidden)
        elif isinstance(inner, list) and isinstance(new.get(name, []), list) and _is_cut(inner, hidden):
            found[name] = _restored_items(inner, list(new.get(name, [])), hidden)
    return {name: found[name] for name in stored if name in found} | found


def _is_cut(items: Sequence[Any], hidden: Hidden) -> bool:
    return any(_tells(one, hidden) or _item(one, hidden) != one for one in items)


def _restored_items(stored: Sequence[Any], items: list[Any], hidden: Hidden) -> list[Any]:
    for at, one in enumerate(stored):
        if _tells(one, hidden):
            items.insert(min(at, len(items)), one)
        elif isinstance(one, dict) and (seen := _item(one, hidden)) != one:
            place = items.index(seen) if seen in items else at
            if place < len(items) and isinstance(items[place], dict):
                items[place] = _restored(one, items[place], hidden)
    return items
