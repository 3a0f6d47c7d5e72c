"""Rows that decide who may see, against what the present resources say: visits, relations, consents, joined persons.

Such a row is made from the resource it names (`care.py`, `relations.py`, `consents.py`), or spread over the Patients of
one person from other such rows. Each is made again here; the first that is changed, missing or added is named.
Nothing is asked of functions of the database. In memory: one batch, and who is joined with whom.

A facility that a resource only refers to by an Organization had that Organization's codes when the row was made. Where
the Organization never changed since, they are known; else a row must be one that ever could be, and none is missed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from yteso.db import Connection, Queries
from yteso.fhir import reference
from yteso.fhir.json import loads
from yteso.search.extract import extract
from yteso.search.keys import number, patient_key
from yteso.search.side import hid
from yteso.standards.fhir_r4 import TYPE_NAME, TYPE_NUMBER
from yteso.store import relations
from yteso.store.codec import Codec
from yteso.store.consents import consent_rules, row_values
from yteso.store.dictionaries import ensure_known
from yteso.store.relations import ALWAYS, facilities_of, hop_of, named_relations
from yteso.store.rows import Key

SQL = Queries.beside(__file__)
BATCH = 1000
_REMEMBERED = 10_000
_ENCOUNTER, _CONSENT, _PATIENT = (TYPE_NUMBER[name] for name in ("Encounter", "Consent", "Patient"))
_TELLING = sorted({*relations.TYPES, _ENCOUNTER, _CONSENT})
_BY_FACILITY, _BY_PERSON = frozenset("raf"), frozenset("pm")
_Told = tuple[str, datetime, datetime]
"""Kind of a relation, from when, until when."""


@dataclass(slots=True)
class _Expected:
    """What a resource may have as rows, and what it must have."""

    may: dict[Any, set[Any]] = field(default_factory=dict)
    must: set[Any] = field(default_factory=set)

    def add(self, key: Any, value: Any = None, *, must: bool = True) -> None:
        self.may.setdefault(key, set()).add(value)
        if must:
            self.must.add(key)

    def bad(self, there: Mapping[Any, Any]) -> Any:
        """The first row, by its key, that is missing or not as it may be; None when all is well."""
        wrong = [key for key, value in there.items() if value not in self.may.get(key, ())]
        missing = self.must - there.keys()
        return min([*wrong, *missing], key=repr, default=None)


def bad_right(conn: Connection, codec: Codec) -> str | None:
    """The first row that is not as it is made, in words; None when there is none."""
    return _bad_told(conn, codec) or _stray(conn) or _bad_spread(conn)


def streamed(conn: Connection, name: str, values: Any = ()) -> Iterator[tuple[Any, ...]]:
    """Rows of a named query, a few thousand at a time."""
    with conn.cursor(name=f"verify_{name}") as cursor:
        cursor.itersize = 2000
        cursor.execute(SQL[name], values)
        yield from cursor


# -- what resources say ---------------------------------------------------------------------------------------------


def _bad_told(conn: Connection, codec: Codec) -> str | None:
    facilities = _Facilities(conn, codec)
    batch: list[tuple[Any, ...]] = []
    for row in streamed(conn, "fetch_telling", (_TELLING,)):
        batch.append(row)
        if len(batch) == BATCH:
            if bad := _bad_of_batch(conn, facilities, batch):
                return bad
            batch = []
    return _bad_of_batch(conn, facilities, batch) if batch else None


def _bad_of_batch(conn: Connection, facilities: _Facilities, batch: Sequence[tuple[Any, ...]]) -> str | None:
    care, told, rules = _Expected(), _Expected(), _Expected()
    for shard, type, id, t, dictionary, body in batch:
        key, resource = (shard, type, id), facilities.resource(type, id, dictionary, body)
        pat = extract(resource).pat
        if pat is None:
            continue
        if type == _ENCOUNTER:
            _care(care, key, number(pat), resource, facilities, t)
        if type in relations.TYPES:
            _relations(told, rules, key, number(pat), resource, facilities, t)
        if type == _CONSENT:
            for n, rule in enumerate(consent_rules(resource)):
                rules.add((shard, id, n), (number(pat), *row_values(rule)))
    keys = [list(column) for column in zip(*((shard, type, id) for shard, type, id, *_ in batch), strict=True)]
    hids = [hid(id) for id in keys[2]]
    names = dict(zip(zip(keys[0], hids, strict=True), keys[2], strict=True))
    served = conn.execute(SQL["fetch_care_of"], (keys[0], hids, keys[1], _ENCOUNTER)).fetchall()
    related = conn.execute(SQL["fetch_relations_of"], keys).fetchall()
    allowed = conn.execute(SQL["fetch_rules_of"], (*keys, _CONSENT, _PATIENT)).fetchall()
    if bad := care.bad({(shard, _ENCOUNTER, names[shard, one], pat, at): None for shard, one, pat, at in served}):
        return _named("care", bad)
    if bad := told.bad({row[:5]: row[5:] for row in related}):
        return _named("relation", bad)
    bad = rules.bad({row[:3]: row[3:] for row in allowed})
    return f"store.consent_rule {bad[1]} {bad[2]}" if bad else None


def _care(care: _Expected, key: Key, pat: int, encounter: Mapping[str, Any], facilities: _Facilities, t: int) -> None:
    for text in extract(encounter).care:
        for code, sure in facilities.codes(text, t, hops=False).items() if "/" in text else ((text, True),):
            care.add((*key, pat, code), must=sure)


def _relations(
    told: _Expected,
    rules: _Expected,
    key: Key,
    pat: int,
    resource: Mapping[str, Any],
    facilities: _Facilities,
    t: int,
) -> None:
    for one in named_relations(resource):
        value = (one.kind, one.since, one.until)
        if "/" in one.holder and one.kind in _BY_FACILITY:
            for code, sure in facilities.codes(one.holder, t, hops=True).items():
                told.add((*key, pat, code), value, must=sure)
            continue
        told.add((*key, pat, one.holder), value)
        if one.kind == "s":
            rules.add((key[0], key[2], -1), (pat, *_MERGED))


_MERGED = (True, "", "", "", "", 0, 0, "", 0, 0, None, None)
"""The row by which `store.open_to` knows that a person may have several Patients (migration 0080), without times."""


def _named(table: str, key: tuple[Any, ...]) -> str:
    return f"store.{table} {TYPE_NAME.get(key[1], key[1])}/{key[2]} {' '.join(map(str, key[3:]))}"


def _stray(conn: Connection) -> str | None:
    """A row of a resource that is not there, or that says nothing of the kind."""
    types = {"telling": _TELLING, "encounter": _ENCOUNTER, "consent": _CONSENT, "patient": _PATIENT}
    for table in ("care", "relation", "consent_rule"):
        if row := conn.execute(SQL[f"fetch_stray_{table}"], types).fetchone():
            return f"store.{table} {' '.join(map(str, row))}"
    return None


class _Facilities:
    """References -> codes of facilities, by every version of what they lead to."""

    def __init__(self, conn: Connection, codec: Codec) -> None:
        self._conn = conn
        self._codec = codec
        self._known: dict[str, list[tuple[int, dict[str, Any]]]] = {}

    def resource(self, type: int, id: str, dictionary: int, body: bytes) -> dict[str, Any]:
        """The content of a version."""
        ensure_known(self._conn, self._codec, dictionary)
        found: dict[str, Any] = loads(self._codec.unpack(TYPE_NAME[type], id, dictionary, body)[0])
        return found

    def codes(self, text: str, t: int, *, hops: bool) -> dict[str, bool]:
        """Every code it may ever have led to, with whether it surely did for what was written at `t`."""
        found: dict[str, bool] = {}
        first = self._versions(text, frozenset(["Organization", *(relations.HOPS if hops else ())]))
        for _, resource in first:
            sure = len(first) == 1 and first[0][0] <= t
            owner = hop_of(resource) if hops else ""
            second = self._versions(owner, frozenset(["Organization"])) if owner else [(0, resource)]
            sure = sure and len(second) == 1 and second[0][0] <= t
            for _, organization in second:
                for code in facilities_of(organization):
                    found[code] = found.get(code, False) or sure
        return found

    def _versions(self, text: str, types: frozenset[str]) -> list[tuple[int, dict[str, Any]]]:
        """All versions that there ever were, with their numbers; a deletion is one that says nothing."""
        target = reference.parse(text)
        if target.kind != "relative" or target.type not in types:
            return []
        if len(self._known) > _REMEMBERED:
            self._known.clear()
        name = f"{target.type}/{target.id}"
        if name not in self._known:
            type = TYPE_NUMBER[target.type]
            rows = self._conn.execute(SQL["fetch_ever"], {"type": type, "id": target.id, "hid": hid(target.id)})
            self._known[name] = [
                (t, {} if deleted else self.resource(type, target.id, dictionary, bytes(body)))
                for t, deleted, dictionary, body in rows.fetchall()
            ]
        return self._known[name]


# -- joined persons -------------------------------------------------------------------------------------------------

_Spread = dict[tuple[int, str, str], set[_Told]]
"""(patient, holder, resource) -> how the relation may be told."""


@dataclass(frozen=True, slots=True)
class _Persons:
    """Who is joined: number of a Patient -> all of the person, as (number, id); the same by id."""

    by_pat: Mapping[int, frozenset[tuple[int, str]]]
    by_id: Mapping[str, frozenset[tuple[int, str]]]


def _bad_spread(conn: Connection) -> str | None:
    """Relations to one of a person's Patients hold for the others; who was written about just now is not looked at."""
    persons = _persons(conn)
    fresh = {pat for (pat,) in conn.execute(SQL["fetch_unswept"])}
    done: set[int] = set()
    for unit in _units(conn, persons):
        if done.isdisjoint(unit):
            done |= unit
            if not unit & fresh and (bad := _bad_of_unit(conn, persons, fresh, sorted(unit))):
                return bad
    for shard, id, pat, holder in streamed(conn, "fetch_spread"):
        if pat not in done and pat not in fresh and not _is_of(holder, persons, fresh):
            return _named("relation", (shard, 0, id, pat, holder))
    return None


def _persons(conn: Connection) -> _Persons:
    links: dict[str, set[str]] = {}
    pats: dict[str, int] = {}
    for id, pat, holder in streamed(conn, "fetch_links"):
        links.setdefault(id, set()).add(holder.removeprefix("Patient/"))
        pats[id] = pat
    by_pat: dict[int, frozenset[tuple[int, str]]] = {}
    by_id: dict[str, frozenset[tuple[int, str]]] = {}
    for id in links:
        if id not in by_id and len(person := _joined(id, links)) > 1:
            found = frozenset((pats[one], one) for one in person)
            by_id.update(dict.fromkeys(person, found))
            by_pat.update(dict.fromkeys((pat for pat, _ in found), found))
    return _Persons(by_pat, by_id)


def _joined(id: str, links: Mapping[str, set[str]]) -> set[str]:
    """Everybody it is joined with, over any number of steps; a joining counts where both sides name it."""
    found, new = {id}, [id]
    while new:
        one = new.pop()
        more = {other for other in links[one] if one in links.get(other, ())} - found
        found |= more
        new += more
    return found


def _units(conn: Connection, persons: _Persons) -> Iterator[set[int]]:
    """Patients whose rows are spread together: a person, and a single Patient whose representative is such a person."""
    for person in set(persons.by_pat.values()):
        yield {pat for pat, _ in person}
    for pat, holder in streamed(conn, "fetch_represented"):
        if pat not in persons.by_pat and holder.removeprefix("Patient/") in persons.by_id:
            yield {pat}


def _bad_of_unit(conn: Connection, persons: _Persons, fresh: set[int], unit: Sequence[int]) -> str | None:
    base: set[tuple[int, str, str, _Told]] = {
        (pat, at, "care", ("f", *ALWAYS)) for pat, at in conn.execute(SQL["fetch_care_of_patients"], (unit,))
    }
    spread: dict[tuple[int, str, str], _Told] = {}
    shard = {}
    for place, type, id, pat, holder, *told in conn.execute(SQL["fetch_relations_of_patients"], (unit,)):
        if type:
            base.add((pat, holder, id, tuple(told)))
        else:
            spread[pat, holder, id], shard[pat, holder, id] = tuple(told), place
    wanted = _wanted(base, persons, unit)
    touched = {key for key in (*wanted, *spread) if _is_of(key[1], persons, fresh)}
    for key in sorted({*wanted, *spread} - touched):
        if key not in spread or spread[key] not in wanted.get(key, ()):
            return _named("relation", (shard.get(key, key[0] & 255), 0, key[2], key[0], key[1]))
    return None


def _is_of(holder: str, persons: _Persons, fresh: set[int]) -> bool:
    """Whether the holder is a person somebody wrote about just now."""
    if not holder.startswith("Patient/"):
        return False
    id = holder.removeprefix("Patient/")
    person = persons.by_id.get(id) or {(number(patient_key(id)), id)}
    return any(pat in fresh for pat, _ in person)


def _wanted(base: Iterable[tuple[int, str, str, _Told]], persons: _Persons, unit: Sequence[int]) -> _Spread:
    """What `store.spread_same` makes of them: for each of the person's Patients, and of the representative's."""
    base = set(base)
    found: dict[tuple[int, str, str], set[_Told]] = {}
    for _, holder, id, told in base:
        holders = {holder}
        if told[0] in _BY_PERSON:
            holders |= {f"Patient/{one}" for _, one in persons.by_id.get(holder.removeprefix("Patient/"), ())}
        for pat in unit:
            for one in holders:
                if (pat, one, id, told) not in base:
                    found.setdefault((pat, one, id), set()).add(told)
    return {key: {one for one in told if one[2] == max(other[2] for other in told)} for key, told in found.items()}
