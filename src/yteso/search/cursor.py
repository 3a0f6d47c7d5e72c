"""The opaque mark of where a page ended, and the condition "after it". Never holds a name: texts are looked up again.

A cursor is base64url of a checksum over the query and the last row's id and numeric sort values. It gives no right:
the page after it is searched with the rights of who asks.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any

from yteso.base.errors import Refused
from yteso.base.ids import shard_of
from yteso.base.issue import Origin, Rule, Severity
from yteso.fhir.dates import microseconds, moment
from yteso.search.fragment import Fragment, any_of
from yteso.search.order import Order
from yteso.search.query import Query
from yteso.search.side import hid

BAD_CURSOR = Rule(
    "SRCH-0001",
    Severity.ERROR,
    "Liên kết trang kế tiếp không dùng được cho yêu cầu này",
    "the link to the next page does not belong to this request",
    "Gửi lại yêu cầu từ trang đầu",
    "send the request again from its first page",
)


_LOOKED_UP = frozenset({"id", "string", "number"})
"""Kinds of sort keys whose value is not in the cursor: the last row tells it again."""


def refuse_cursor() -> Refused:
    """The refusal of a cursor that is broken or belongs to another request."""
    return Refused(BAD_CURSOR.at(Origin(field="_cursor")), status=400)


def pack(values: Sequence[Any]) -> str:
    """Values as an opaque, URL-safe text."""
    return base64.urlsafe_b64encode(json.dumps(values, separators=(",", ":")).encode()).decode().rstrip("=")


def unpack(text: str) -> list[Any]:
    """The values of `pack`. Raises Refused."""
    try:
        values = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError) as error:
        raise refuse_cursor() from error
    if not isinstance(values, list) or any(map(_is_odd, values)):
        raise refuse_cursor()
    return values


def _is_odd(value: object) -> bool:
    """True for what no page ends with, and PostgreSQL does not take."""
    if isinstance(value, str):
        return "\x00" in value or any("\ud800" <= letter <= "\udfff" for letter in value)
    return isinstance(value, bool | list | dict)


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last row shown: its id and, per sort key, its number (microseconds) or None for a text."""

    id: str
    values: tuple[int | None, ...]

    @classmethod
    def read(cls, query: Query, orders: Sequence[Order]) -> Cursor:
        """The cursor of a query. Raises Refused when it is another query's."""
        parts = unpack(query.cursor)
        if len(parts) != 2 + len(orders):
            raise refuse_cursor()
        mark, id, *values = parts
        numeric = all(
            value is None if order.kind in _LOOKED_UP else isinstance(value, int) and -(2**63) <= value < 2**63
            for value, order in zip(values, orders, strict=True)
        )
        if mark != checksum(query) or not isinstance(id, str) or not numeric:
            raise refuse_cursor()
        return cls(id, tuple(values))


def write(query: Query, orders: Sequence[Order], id: str, values: Sequence[Any]) -> str:
    """The cursor after a row with these sort values."""
    kept = [microseconds(value) if isinstance(value, datetime) else value for value in values]
    bare = [None if order.kind in _LOOKED_UP else value for order, value in zip(orders, kept, strict=True)]
    return pack([checksum(query), id, *bare])


def after(cursor: Cursor, orders: Sequence[Order], lo: str, type: int) -> Fragment:
    """The rows that come later: greater in the first key that differs, at last in the id."""
    keys = [order.expression(lo) for order in orders] + [Fragment("r.id")]
    ends = [_end(cursor, order, value, type) for order, value in zip(orders, cursor.values, strict=True)]
    ends.append(Fragment("%s", (cursor.id,)))
    signs = ["<" if order.descending else ">" for order in orders]
    signs.append(signs[0])
    cases = []
    for at, sign in enumerate(signs):
        pairs = [(keys[i], "=", ends[i]) for i in range(at)] + [(keys[at], sign, ends[at])]
        cases.append(_compared(pairs))
    bound = _compared([(keys[0], signs[0] + "=", ends[0])])
    rest = any_of(cases)
    return Fragment(f"{bound.text} AND {rest.text}", (*bound.params, *rest.params))


def _compared(pairs: Sequence[tuple[Fragment, str, Fragment]]) -> Fragment:
    text = " AND ".join(f"{left.text} {sign} {right.text}" for left, sign, right in pairs)
    return Fragment(f"({text})", tuple(v for left, _, right in pairs for v in (*left.params, *right.params)))


def _end(cursor: Cursor, order: Order, value: int | None, type: int) -> Fragment:
    if order.kind == "id":
        return Fragment("%s", (cursor.id,))
    if value is None:
        key = order.expression("c.d_lo", "c")
        text = f"(SELECT {key.text} FROM store.resource c WHERE c.shard = %s AND c.type = %s AND c.hid = %s)"
        return Fragment(text, (*key.params, shard_of(cursor.id), type, hid(cursor.id)))
    return Fragment("%s", (moment(value),)) if order.kind == "updated" else Fragment("%s::bigint", (value,))


def checksum(query: Query) -> str:
    """Ties a cursor to its query; clauses may name patients, hence a hash."""
    asked = repr((query.type, query.conditions, query.sort))
    return blake2b(asked.encode(), digest_size=6).hexdigest()
