"""Concepts of a large catalogue <-> pieces in the database, so that no request reads a resource of many megabytes.

A piece is a zstd-compressed JSON list of at most `PIECE` concepts, each a list `[code, display, definition, parents,
designations, properties]` without its empty end. Reading makes a `CodeSystem` once per process; `store` keeps it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import zstandard

from yteso.db import Connection, Queries
from yteso.fhir import json
from yteso.terminology.code_system import Designation, Entry

SQL = Queries.beside(__file__)

EXTENSION = "urn:yteso:extension:catalogue"
"""On a CodeSystem with content `not-present`: the catalogue (hexadecimal) that holds its concepts."""

PIECE = 2_000
_LEVEL = 9


def is_there(conn: Connection, catalogue: bytes) -> int:
    """How many concepts of the catalogue are in the database; 0 when it is not."""
    row = conn.execute(SQL["has_catalogue"], (catalogue,)).fetchone()
    return int(row[0]) if row else 0


def save(conn: Connection, catalogue: bytes, entries: Iterable[Entry]) -> int:
    """Write all pieces, a few thousand concepts in memory at a time; gives back how many concepts there are."""
    total, waiting = 0, iter(entries)
    n = 0
    while piece := [_packed(entry) for entry in islice(waiting, PIECE)]:
        body = zstandard.ZstdCompressor(level=_LEVEL).compress(json.dumps(piece))
        conn.execute(SQL["add_piece"], (catalogue, n, len(piece), body))
        total, n = total + len(piece), n + 1
    return total


def load(conn: Connection, catalogue: bytes) -> Iterator[Entry]:
    """Every concept in order; none when the catalogue is not there."""
    for (body,) in conn.execute(SQL["fetch_pieces"], (catalogue,)):
        for packed in json.loads(zstandard.ZstdDecompressor().decompress(body)):
            yield _unpacked(*packed)


def _packed(entry: Entry) -> list[Any]:
    whole: list[Any] = [
        entry.code,
        entry.display,
        entry.definition,
        entry.parents,
        [(one.value, one.language, one.use) for one in entry.designations],
        entry.properties,
    ]
    while not whole[-1]:
        whole.pop()
    return whole


def _unpacked(
    code: str, display: str = "", definition: str = "", parents: Any = (), designations: Any = (), properties: Any = ()
) -> Entry:
    return Entry(
        code,
        display,
        definition,
        tuple(parents),
        tuple(Designation(*one) for one in designations),
        tuple((name, kind, value) for name, kind, value in properties),
    )
