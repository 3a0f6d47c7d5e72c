"""Rows in PostgreSQL's own binary form: as one parameter (as cheap as COPY, but no trip of its own), and for COPY.

In: the fields of rows, packed as `record_send` writes them (PostgreSQL source, rowtypes.c). Out: the array of them as
`array_recv` reads it (arrayfuncs.c), for a statement that says `unnest(%b::schema.type[])`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from struct import Struct
from weakref import WeakKeyDictionary

import psycopg
from psycopg.adapt import Dumper
from psycopg.pq import Format

from yteso.db.connection import Connection

_HEADER = Struct(">iiiii").pack
_INT2, _INT8 = 21, 20
_SMALL = [Struct(">ih").pack(2, number) for number in range(1024)]
_EIGHT = b"\0\0\0\x08"
_numbers: WeakKeyDictionary[Connection, dict[str, int]] = WeakKeyDictionary()


class Packed(bytes):
    """A parameter that PostgreSQL reads as it is; the statement says of which type."""


class _AsItIs(Dumper):
    format = Format.BINARY
    oid = 0

    def dump(self, obj: Packed) -> bytes:
        return obj


psycopg.adapters.register_dumper(Packed, _AsItIs)


def type_number(conn: Connection, name: str) -> int:
    """The number PostgreSQL gave a type of this database; asked once per connection, not inside a pipeline."""
    known = _numbers.setdefault(conn, {})
    found = known.get(name)
    if found is None:
        row = conn.execute("SELECT %s::regtype::oid::bigint", [name]).fetchone()
        assert row is not None
        found = known[name] = int(row[0])
    return found


def copy_buffer(rows: Iterable[bytes]) -> bytes:
    """What `COPY … FROM STDIN (FORMAT binary)` reads (PostgreSQL documentation, COPY, "Binary Format")."""
    return b"".join((b"PGCOPY\n\xff\r\n\0", bytes(8), *rows, b"\xff\xff"))


def smallints(numbers: Sequence[int]) -> Packed:
    """The parameter for a `smallint[]` of numbers from 0 to 1023."""
    return Packed(b"".join((_HEADER(1, 0, _INT2, len(numbers), 1), *[_SMALL[number] for number in numbers])))


def bigints(numbers: Sequence[bytes]) -> Packed:
    """The parameter for a `bigint[]`; each number as its 8 bytes."""
    header = _HEADER(1, 0, _INT8, len(numbers), 1)
    return Packed(header + _EIGHT + _EIGHT.join(numbers) if numbers else header)


def rows_of(number: int, rows: Sequence[bytes]) -> Packed:
    """The parameter that holds these rows of the type with this number; each row with its length in front."""
    return Packed(b"".join((_HEADER(1, 0, number, len(rows), 1), *rows)))
