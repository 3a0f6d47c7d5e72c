"""One change -> everything its rows will hold; rows -> the buffers of PostgreSQL's binary COPY. No connection here.

In: a resource. Out: `Row` with its canonical bytes, content hash and index entries; then bytes in the format of
`COPY … (FORMAT binary)` (PostgreSQL documentation, COPY, "Binary Format"), which costs a third of row-wise writing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from struct import Struct
from typing import Any

from yteso.base.errors import Refused
from yteso.base.ids import shard_of
from yteso.base.issue import Origin, Rule, Severity
from yteso.fhir.dates import microseconds
from yteso.fhir.json import content_hash
from yteso.search.extract import extract
from yteso.search.row import IndexRow
from yteso.standards.fhir_r4 import TYPE_NUMBER
from yteso.store.codec import Codec, canonical

_UNKNOWN_TYPE = Rule(
    "FHIR-0301",
    Severity.ERROR,
    "Không có loại tài nguyên này trong FHIR R4",
    "FHIR R4 has no such resource type",
    "Sửa resourceType",
    "correct resourceType",
    basis="FHIR R4 §2.3",
)
_NO_ID = Rule(
    "FHIR-0302",
    Severity.ERROR,
    "Tài nguyên không có id hợp lệ",
    "the resource has no valid id",
    "id gồm 1–64 chữ cái không dấu, chữ số, dấu chấm hoặc gạch nối",
    "an id has 1–64 letters, digits, dots or hyphens",
    basis="FHIR R4 §2.24.0.1 (id)",
)

Key = tuple[int, int, str]
"""(shard, type number, id): the primary key, and the order in which rows are locked and written."""

_ID_CHARACTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.")


@dataclass(slots=True)
class Row:
    """A resource ready to be written; version and time come later."""

    key: Key
    text: bytes
    offset: int
    hash: bytes
    resource: dict[str, Any]
    version: int = 1


def key_of(type: str, id: str) -> Key:
    """The primary key of a resource. Raises Refused for an unknown type or an impossible id."""
    number = TYPE_NUMBER.get(type)
    if number is None:
        raise Refused(_UNKNOWN_TYPE.at(Origin(field="resourceType")), status=404)
    if not 1 <= len(id) <= 64 or not _ID_CHARACTERS.issuperset(id):
        raise Refused(_NO_ID.at(Origin(field=f"{type}.id")), status=400)
    return shard_of(id), number, id


def key_lists(keys: Iterable[Key]) -> tuple[str, str, str]:
    """Keys as three space-separated lists, the cheapest form for psycopg; ids hold no space."""
    shards, types, ids = zip(*keys, strict=True)
    return " ".join(map(str, shards)), " ".join(map(str, types)), " ".join(ids)


def row_of(resource: dict[str, Any], text: bytes = b"") -> Row:
    """The row of a resource, whose JSON is `text` where it is known. Raises Refused as `key_of` does."""
    type, id = resource.get("resourceType"), resource.get("id")
    key = key_of(type if isinstance(type, str) else "", id if isinstance(id, str) else "")
    text, offset = canonical(resource, text)
    return Row(key, text, offset, content_hash(text), resource)


HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = b"\xff\xff"
_NULL = b"\xff\xff\xff\xff"
_EIGHT = b"\0\0\0\x08"
_KEY = Struct(">hihihi").pack
_VERSION = Struct(">iiiqiq").pack
_DATES = Struct(">iqiq").pack
_ARRAY = Struct(">iiiiii").pack
_LENGTH = Struct(">i").pack
_PLACE = Struct(">ih").pack
_DICT = Struct(">ihi").pack
_TEXT = Struct(">ihi8si").pack
_MOMENT = Struct(">ihi8siqiq").pack
_NUMBER = Struct(">ihi8sididi8si8s").pack
_Y2K = 946_684_800_000_000
_INT8 = 20


def copy_resources(rows: Iterable[tuple[Row, IndexRow]], codec: Codec, t: int, updated: datetime) -> bytes:
    """The COPY buffer of new resources, in the column order of `copy_resource`."""
    parts = [HEADER]
    moment = microseconds(updated) - _Y2K
    dictionary = codec.current
    for row, index in rows:
        shard, type, id = row.key
        name = id.encode()
        body = codec.pack(row.text, row.offset)
        parts += (
            _KEY(14, 2, shard, 2, type, len(name)),
            name,
            _VERSION(4, row.version, 8, t, 8, moment),
            _EIGHT + index.pat if index.pat else _NULL,
            _EIGHT + index.code if index.code else _NULL,
            _DATES(8, index.d_lo, 8, index.d_hi),
            _array(list(dict.fromkeys(index.tok))),
            _LENGTH(len(row.hash)),
            row.hash,
            _DICT(2, dictionary, len(body)),
            body,
        )
    parts.append(TRAILER)
    return b"".join(parts)


def _array(keys: list[bytes]) -> bytes:
    if not keys:
        return _LENGTH(12) + _LENGTH(0) + _LENGTH(0) + _LENGTH(_INT8)
    count = len(keys)
    return _ARRAY(20 + 12 * count, 1, 0, _INT8, count, 1) + _EIGHT + _EIGHT.join(keys)


def copy_strings(rows: Iterable[tuple[Row, IndexRow]]) -> bytes:
    """The COPY buffer of `store.string`; empty when no row has one."""
    parts: list[bytes] = []
    for row, index in rows:
        if index.strings:
            start = _start(7, row.key)
            pieces = {(key, value): at for key, value, at in sorted(index.strings, key=_place, reverse=True)}
            for n, ((key, value), at) in enumerate(pieces.items()):
                text = value.encode()
                parts += (start, _TEXT(2, n, 8, key, len(text)), text, _PLACE(2, at))
    return _finished(parts)


def _place(piece: tuple[bytes, str, int]) -> int:
    return piece[2]


def copy_moments(rows: Iterable[tuple[Row, IndexRow]]) -> bytes:
    """The COPY buffer of `store.moment`; empty when no row has one."""
    parts: list[bytes] = []
    for row, index in rows:
        if index.moments:
            start = _start(7, row.key)
            for n, (key, low, high) in enumerate(set(index.moments)):
                parts += (start, _MOMENT(2, n, 8, key, 8, low, 8, high))
    return _finished(parts)


def copy_numbers(rows: Iterable[tuple[Row, IndexRow]]) -> bytes:
    """The COPY buffer of `store.number`; empty when no row has one."""
    parts: list[bytes] = []
    for row, index in rows:
        if index.numbers:
            start = _start(9, row.key)
            for n, (key, low, high, unit, bare) in enumerate(set(index.numbers)):
                parts += (start, _NUMBER(2, n, 8, key, 8, low, 8, high, 8, unit, 8, bare))
    return _finished(parts)


def copy_care(rows: Iterable[tuple[Row, bytes, str]]) -> bytes:
    """The COPY buffer of `store.care`: (encounter's row, patient key, facility)."""
    parts: list[bytes] = []
    for row, patient, facility in rows:
        shard, _, id = row.key
        code, name = facility.encode(), id.encode()
        parts += (_CARE(4, 2, shard), _EIGHT, patient, _LENGTH(len(code)), code, _LENGTH(len(name)), name)
    return _finished(parts)


_CARE = Struct(">hih").pack


def _start(columns: int, key: Key) -> bytes:
    shard, type, id = key
    name = id.encode()
    return _KEY(columns, 2, shard, 2, type, len(name)) + name


def _finished(parts: list[bytes]) -> bytes:
    return b"".join((HEADER, *parts, TRAILER)) if parts else b""


def index_of(row: Row) -> IndexRow:
    """The index entries of a row."""
    return extract(row.resource)
