"""Code systems, value sets and maps of the record by canonical url, with the rights of who asks; then those built in.

What was found and made ready is kept by the process for as long as no such resource changes. That is asked once per
engine, by transaction number, so that an answer is never older than the transaction it is given in.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from yteso.access.principal import Principal
from yteso.access.restriction import Restriction
from yteso.db import Connection, Queries
from yteso.fhir import json
from yteso.search.parse import parse
from yteso.standards.fhir_r4 import TYPE_NUMBER
from yteso.store.protocol import Resource, Store, Stored
from yteso.terminology.builtin import BUILTIN, leads
from yteso.terminology.catalogue import EXTENSION, load
from yteso.terminology.code_system import CodeSystem
from yteso.terminology.engine import Engine
from yteso.terminology.read_code_system import about_of, read_code_system
from yteso.terminology.value_set import ValueSet

SQL = Queries.beside(__file__)

TYPES = ("CodeSystem", "ValueSet", "ConceptMap")
MOST_VERSIONS = 50
MOST_MAPS = 1_000
MOST_URLS = 5_000
MOST_CONCEPTS = 500_000
"""So many concepts of the record's code systems are kept ready by a process."""

_LONGEST_TRANSACTION = timedelta(hours=1)
_SPECIAL = re.compile(r"[\\,|$]")
_DIGITS = re.compile(r"(\d+)")
_Key = tuple[Restriction, str, str]


@dataclass
class _Memory:
    """What is known as long as nothing changed since the transactions below `t` were finished."""

    t: int
    moment: datetime
    found: dict[_Key, tuple[Any, ...]] = field(default_factory=dict)
    compiled: dict[Restriction, dict[str, ValueSet | None]] = field(default_factory=dict)


class RecordCodes:
    """Makes engines over the record. One per process; threads may share it."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._memory: _Memory | None = None
        self._systems = _Systems()

    def engine(self, conn: Connection, who: Principal, limit: Restriction, *, alone: bool = False) -> Engine:
        """Terminology as `who` may see it, for use within this transaction. `limit` is the right to look codes up.

        `alone` for a transaction that has written or may be undone: nothing is taken from others or kept for them.
        """
        memory = self._fresh(conn) if alone else self._present(conn)
        compiled = memory.compiled.setdefault(limit, {})
        return Engine(_Record(self.store, self._systems, memory, conn, who, limit), compiled)

    def _present(self, conn: Connection) -> _Memory:
        memory = self._memory
        if memory is not None:
            t, moment, changed = _reach(conn, memory.t, memory.moment - _LONGEST_TRANSACTION)
            if not changed:
                memory.t, memory.moment = t, moment
                return memory
        self._memory = self._fresh(conn)
        return self._memory

    def _fresh(self, conn: Connection) -> _Memory:
        t, moment, _ = _reach(conn, 0, None)
        return _Memory(t, moment)


class _Systems:
    """Code systems made ready, by (id, version) of their resource; the oldest go when there are too many concepts."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, int, str], CodeSystem] = {}
        self._lock = threading.Lock()

    def ready(self, conn: Connection, stored: Stored) -> CodeSystem:
        key = (stored.id, stored.version, stored.updated.isoformat())
        found = self._kept.get(key)
        if found is None:
            found = _read(conn, json.loads(stored.body))
            with self._lock:
                self._kept[key] = found
                while len(self._kept) > 1 and sum(map(len, self._kept.values())) > MOST_CONCEPTS:
                    self._kept.pop(next(iter(self._kept)))
        return found


@dataclass(frozen=True)
class _Record:
    """`terminology.protocol.Content`: the record first, then what is built in."""

    store: Store
    systems: _Systems
    memory: _Memory
    conn: Connection
    who: Principal
    limit: Restriction

    def code_system(self, url: str, version: str = "") -> CodeSystem | None:
        """See `terminology.protocol.Content`. One that only names its codes does not hide those that are built in."""

        def made(stored: Stored) -> CodeSystem:
            return self.systems.ready(self.conn, stored)

        found = self._found("CodeSystem", url, made, lambda system: system.about.version)
        ours = [one for one in found if one.about.is_version(version)]
        full = (one for one in ours if one.about.content != "not-present")
        return next(full, None) or BUILTIN.code_system(url, version) or next(iter(ours), None)

    def value_set(self, url: str, version: str = "") -> Resource | None:
        """See `terminology.protocol.Content`. `ValueSet/id` names one of the record (FHIR R4 §3.1.1.4.10, `:in`)."""
        return self._resource("ValueSet", url, version) or BUILTIN.value_set(url, version)

    def all_codes_of(self, url: str) -> str:
        """See `terminology.protocol.Content`: of built-in systems; others are asked for as `[system]?fhir_vs`."""
        return BUILTIN.all_codes_of(url)

    def concept_map(self, url: str, version: str = "") -> Resource | None:
        """See `terminology.protocol.Content`."""
        return self._resource("ConceptMap", url, version) or BUILTIN.concept_map(url, version)

    def concept_maps(self, source: str, target: str) -> Iterable[Resource]:
        """See `terminology.protocol.Content`."""
        ours = self._found("ConceptMap", "", _document, _version)
        return [*(one for one in ours if leads(one, source, target)), *BUILTIN.concept_maps(source, target)]

    def _resource(self, type: str, url: str, version: str) -> Resource | None:
        found = self._found(type, url, _document, _version)
        return next((one for one in found if version in ("", _version(one))), None)

    def _found(
        self, type: str, url: str, made: Callable[[Stored], Any], version: Callable[[Any], str]
    ) -> Sequence[Any]:
        """All versions of a canonical url (or all resources of the type), newest first."""
        known = self.memory.found
        key = (self.limit, type, url)
        if key not in known:
            if len(known) > MOST_URLS:
                known.clear()
            query, _ = parse(type, _asked(type, url))
            matches = self.store.search(self.conn, self.who, self.limit, query).matches
            ordered = sorted((made(stored) for stored in matches), key=lambda one: _natural(version(one)), reverse=True)
            known[key] = tuple(ordered)
        return known[key]


def _asked(type: str, url: str) -> list[tuple[str, str]]:
    """Parameters that find a canonical url, or `Type/id`; without either all of a type."""
    if not url:
        return [("_count", str(MOST_MAPS))]
    kind, _, id = url.partition("/")
    named = ("_id", escaped(id)) if kind == type else ("url", escaped(url))
    return [named, ("_count", str(MOST_VERSIONS))]


def escaped(text: str) -> str:
    """A text as one search value (FHIR R4 §3.1.1.4.0)."""
    return _SPECIAL.sub(r"\\\g<0>", text)


def _document(stored: Stored) -> Resource:
    found: Resource = json.loads(stored.body)
    return found


def _version(resource: Resource) -> str:
    return str(resource.get("version", ""))


def _natural(version: str) -> list[tuple[int, str]]:
    """`2.10` comes after `2.9`."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in _DIGITS.split(version)]


def _read(conn: Connection, resource: Resource) -> CodeSystem:
    """The code system with its concepts, which stand in the resource or in a catalogue it names."""
    named = (one.get("valueString") for one in resource.get("extension", ()) if one.get("url") == EXTENSION)
    try:
        catalogue = bytes.fromhex(next(named, None) or "")
    except (ValueError, TypeError):
        catalogue = b""
    if not catalogue:
        return read_code_system(resource)
    return CodeSystem(about_of({**resource, "content": "complete"}), load(conn, catalogue))


def _reach(conn: Connection, t: int, ts: datetime | None) -> tuple[int, datetime, bool]:
    """(transactions below this are finished, the server's time, whether something changed since `t`)."""
    types = [TYPE_NUMBER[name] for name in TYPES]
    row = conn.execute(SQL["fetch_changed_since"], {"types": types, "ts": ts, "t": t}).fetchone()
    assert row is not None
    return row[0], row[1], bool(row[2])
