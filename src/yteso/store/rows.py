"""One change -> everything its rows will hold, packed as the parameters of `queries.sql`. No connection here.

In: a resource. Out: `Row` with its canonical bytes, content hash and index entries; then rows of the composite types
`store.new_*` in PostgreSQL's binary form (`db.packed`), which costs a third of writing them value by value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from struct import Struct
from typing import Any

from yteso.base.errors import Refused
from yteso.base.ids import hid_of, shard_of
from yteso.base.issue import Origin, Rule, Severity
from yteso.db.packed import Packed, bigints, smallints
from yteso.fhir import reference
from yteso.fhir.json import content_hash, reload
from yteso.search.extract import extract
from yteso.search.hot import hot
from yteso.search.keys import Key as Fact
from yteso.search.keys import short, token
from yteso.search.numbers import Amount, settled
from yteso.search.row import IndexRow
from yteso.search.side import hid
from yteso.standards.fhir_r4 import TYPE_NAME, TYPE_NUMBER
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

KEPT = 8
"""Bytes of the hash that stay on a row (16 before ADR 46): 64 bits tell two texts of one resource apart."""

_IS_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII).fullmatch
_IS_ID = re.compile(r"[A-Za-z0-9.\-]{1,64}", re.ASCII).fullmatch


@dataclass(slots=True)
class Row:
    """A resource ready to be written; version, transaction number, label, maker and shape come later.

    `document` is None once it was let go: documents of many rows at once do not fit into the processor's memory.
    """

    key: Key
    text: bytes
    offset: int
    hash: bytes
    document: dict[str, Any] | None
    version: int = 1
    t: int = 0
    label: int = 0
    maker: str = ""
    shape: int = 0

    @property
    def resource(self) -> dict[str, Any]:
        """The document; read again from the text when it was let go."""
        document: dict[str, Any] = reload(self.text) if self.document is None else self.document
        return document


@lru_cache(maxsize=4096)
def key_of(type: str, id: str) -> Key:
    """The primary key of a resource. Raises Refused for an unknown type or an impossible id."""
    number = TYPE_NUMBER.get(type)
    if number is None:
        raise Refused(_UNKNOWN_TYPE.at(Origin(field="resourceType")), status=404)
    if _IS_ID(id) is None:
        raise Refused(_NO_ID.at(Origin(field=f"{type}.id")), status=400)
    return shard_of(id), number, id


def place_of(type: str, id: str) -> tuple[int, int, int]:
    """(shard, type number, hid) of a resource: its primary key. Raises Refused as `key_of` does."""
    shard, kind, _ = key_of(type, id)
    return shard, kind, hid(id)


def key_lists(keys: Iterable[Key]) -> tuple[Packed, Packed, Packed]:
    """Keys as lists of shards, types and hids, the cheapest form there is."""
    shards, types, ids = zip(*keys, strict=True)
    return smallints(shards), smallints(types), bigints([hid_of(id) for id in ids])


def named_lists(keys: Sequence[Key]) -> tuple[Packed, Packed, Packed, str]:
    """The same with the ids, to make sure of them; ids hold no space."""
    return (*key_lists(keys), " ".join([id for _, _, id in keys]))


def row_of(resource: dict[str, Any], text: bytes = b"") -> Row:
    """The row of a resource, whose JSON is `text` where it is known. Raises Refused as `key_of` does."""
    type, id = resource.get("resourceType"), resource.get("id")
    key = key_of(type if isinstance(type, str) else "", id if isinstance(id, str) else "")
    text, offset = canonical(resource, text)
    return Row(key, text, offset, content_hash(text), resource)


Indexed = tuple[Row, IndexRow]
_NULL = b"\0\0\0\x14\xff\xff\xff\xff"
_EIGHT = b"\0\0\0\x14\0\0\0\x08"
"""A field of type int8 (type number 20) that is NULL; one of 8 bytes."""
_KEY = Struct(">iiihiihii8s").pack
_UID = Struct(">ii16sii").pack
_NAME = Struct(">iiii").pack
_LENGTH = Struct(">i").pack
_WIDTH = _LENGTH(8)
_VERSION = Struct(">iii").pack
_DATES = Struct(">iiqiiq").pack
_ARRAY = Struct(">iiiiiii").pack
_EMPTY = Struct(">iiiii").pack
_BYTES = Struct(">ii").pack
_SHAPE = Struct(">iiiii").pack
_DICT = Struct(">iihii").pack
_LABEL = Struct(">iihii").pack
_PLACE = Struct(">iih").pack
_AMOUNT = Struct(">iidii4sii4s").pack
_NO_AMOUNT = Struct(">iiiiii").pack(701, -1, 23, -1, 23, -1)
_INT2, _INT4, _INT8, _TEXT, _BYTEA, _INT8S, _FLOAT8, _UUID = 21, 23, 20, 25, 17, 1016, 701, 2950
"""Type numbers (pg_type.dat)."""


def new_resources(rows: Iterable[Indexed], codec: Codec) -> list[bytes]:
    """Rows of `store.new_resource`."""
    found = []
    for row, index in rows:
        shard, type, id = row.key
        dictionary = codec.dictionary_of(TYPE_NAME[type])
        body = codec.pack(TYPE_NAME[type], id, dictionary, row.text, row.offset)
        fields = b"".join(
            (
                _KEY(20, _INT2, 2, shard, _INT2, 2, type, _INT8, 8, hid_of(id)),
                _id(id),
                _VERSION(_INT4, 4, row.version),
                _EIGHT + index.pat if index.pat else _NULL,
                _EIGHT + index.code if index.code else _NULL,
                _DATES(_INT8, 8, index.d_lo, _INT8, 8, index.d_hi),
                _tokens(index.tok),
                _SHAPE(_INT4, 4, row.shape, _BYTEA, KEPT),
                row.hash[:KEPT],
                _DICT(_INT2, 2, dictionary, _BYTEA, len(body)),
                body,
                _LABEL(_INT2, 2, row.label, _TEXT, len(row.maker.encode()) if row.maker else -1),
                row.maker.encode(),
                _amount(index.amount),
            )
        )
        found.append(_LENGTH(len(fields)) + fields)
    return found


def _id(id: str) -> bytes:
    """The two fields of an id: as a UUID where it is written like one, else as text."""
    if _IS_UUID(id) is not None:
        return _UID(_UUID, 16, bytes.fromhex(id.replace("-", "")), _TEXT, -1)
    return _NAME(_UUID, -1, _TEXT, len(id)) + id.encode()


def _amount(amount: Amount | None) -> bytes:
    """The three fields of the amount."""
    if amount is None:
        return _NO_AMOUNT
    value, unit, bare = amount
    return _AMOUNT(_FLOAT8, 8, value, _INT4, 4, short(unit), _INT4, 4, short(bare))


def _tokens_of(row: Row, index: IndexRow) -> list[Fact]:
    """The tokens of a row, each once; without the code and the patient that have their columns."""
    found = dict.fromkeys(index.tok)
    code_apart, patient = _columns(row.key[1])
    if code_apart and index.code is not None:
        found.pop(index.code, None)
    if patient and index.pat is not None:
        value: Any = row.resource
        for step in patient:
            value = value.get(step) if isinstance(value, dict) else None
        text = value.get("reference") if isinstance(value, dict) else None
        if isinstance(text, str):
            found.pop(_patient_fact(row.key[1], text), None)
    return list(found)


@cache
def _columns(type: int) -> tuple[bool, tuple[str, ...]]:
    """Whether a type's first code is not among its tokens; the steps to the patient who is not."""
    found = hot(TYPE_NAME[type])
    return found.code_apart, found.patients[0].steps if found.patient_key else ()


@lru_cache(maxsize=4096)
def _patient_fact(type: int, text: str) -> Fact:
    """The token of a patient that the main path of a type refers to; empty, which is none, for other references."""
    found = reference.parse(text)
    named = found.kind == "relative" and found.type == "Patient"
    return token(f"{hot(TYPE_NAME[type]).patient_key}|Patient/{found.id}") if named else b""


def _tokens(keys: list[bytes]) -> bytes:
    """The field of the tokens."""
    if not keys:
        return _EMPTY(_INT8S, 12, 0, 0, _INT8)
    count = len(keys)
    return _ARRAY(_INT8S, 20 + 12 * count, 1, 0, _INT8, count, 1) + _WIDTH + _WIDTH.join(keys)


def new_strings(rows: Iterable[Indexed]) -> list[bytes]:
    """Rows of `store.new_string`: each text of a resource once, at the first word it starts from."""
    found = []
    for row, index in rows:
        if index.strings:
            start = _start(7, row)
            pieces = {(key, value): at for key, value, at in sorted(index.strings, key=_place, reverse=True)}
            for (key, value), at in pieces.items():
                text = value.encode()
                fields = b"".join((start, _EIGHT, key, _BYTES(_TEXT, len(text)), text, _PLACE(_INT2, 2, at)))
                found.append(_LENGTH(len(fields)) + fields)
    return found


def _place(piece: tuple[bytes, str, int]) -> int:
    return piece[2]


_MOMENT = Struct(">ii8siiqiiq").pack


def new_moments(rows: Iterable[Indexed]) -> list[bytes]:
    """Rows of `store.new_moment`."""
    found = []
    for row, index in rows:
        if index.moments:
            start = _start(7, row)
            size = _LENGTH(len(start) + 48)
            for key, low, high in set(index.moments):
                found.append(size + start + _MOMENT(_INT8, 8, key, _INT8, 8, low, _INT8, 8, high))
    return found


_NUMBER = Struct(">ii8siidiidii4sii4s").pack
_CODES = Struct(">ii4sii4s").pack
_NO_CODES = _CODES(_INT4, 4, bytes(4), _INT4, 4, bytes(4))


def new_numbers(rows: Iterable[Indexed]) -> list[bytes]:
    """Rows of `store.new_number`."""
    found = []
    for row, index in rows:
        if index.numbers or index.coded:
            start = _start(11, row)
            size = _LENGTH(len(start) + 96)
            found += [size + start + _number(*one) + _NO_CODES for one in set(index.numbers)]
            for key, low, high, unit, bare, code, coded in set(index.coded):
                codes = _CODES(_INT4, 4, short(code), _INT4, 4, short(coded))
                found.append(size + start + _number(key, low, high, unit, bare) + codes)
    return found


def _number(key: Fact, low: float, high: float, unit: Fact, bare: Fact) -> bytes:
    return _NUMBER(_INT8, 8, key, _FLOAT8, 8, low, _FLOAT8, 8, high, _INT4, 4, short(unit), _INT4, 4, short(bare))


_ROW = Struct(">iiihiihii8siiq").pack
_CARE = Struct(">iiihii8sii").pack
_VERSION_SIZE = _LENGTH(Struct(">iiihiihii8siiq").size)


def _start(columns: int, row: Row) -> bytes:
    """How every side row begins: shard, type, hid, t."""
    shard, type, id = row.key
    return _ROW(columns, _INT2, 2, shard, _INT2, 2, type, _INT8, 8, hid_of(id), _INT8, 8, row.t)


def old_versions(versions: Iterable[tuple[Key, int]]) -> list[bytes]:
    """Rows of `store.old_version`: keys and the transaction numbers of their versions."""
    return [
        _VERSION_SIZE + _ROW(4, _INT2, 2, shard, _INT2, 2, type, _INT8, 8, hid_of(id), _INT8, 8, t)
        for (shard, type, id), t in versions
    ]


def new_care(rows: Iterable[tuple[Row, bytes, str]]) -> list[bytes]:
    """Rows of `store.new_care`, from (encounter's row, patient key, facility)."""
    found = []
    for row, patient, facility in rows:
        name = facility.encode()
        fields = b"".join(
            (
                _CARE(4, _INT2, 2, row.key[0], _INT8, 8, patient, _TEXT, len(name)),
                name,
                _EIGHT,
                hid_of(row.key[2]),
            )
        )
        found.append(_LENGTH(len(fields)) + fields)
    return found


def index_of(row: Row) -> IndexRow:
    """The index entries of a row, without what has columns of its own."""
    index = extract(row.resource)
    index.tok = _tokens_of(row, index)
    if index.numbers:
        index.amount, index.numbers = settled(_amount_key(row.key[1]), index.numbers, index.coded)
    return index


@cache
def _amount_key(type: int) -> Fact:
    return token(hot(TYPE_NAME[type]).amount_key)
