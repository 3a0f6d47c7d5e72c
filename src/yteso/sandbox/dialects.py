"""Rows -> bytes as five vendors' software writes them. The meaning is equal, the bytes are not.

In: visits as tables of rows (field -> text; missing means empty), facility code, time of the file. Out: bytes.
Values are the simulator's own and hold no markup; a value with `&` or `<` is refused by assertion.

| vendor  | NOIDUNGFILE             | empty fields  | HOSO per file | besides |
|---------|-------------------------|---------------|---------------|---------|
| alpha   | base64, indented        | `<F />`       | 1             | the model of the insurer's letter |
| beta    | base64, compact         | `<F></F>`     | up to 25      | byte order mark, NGAYLAP of 12 digits |
| gamma   | nested XML              | left out      | up to 10      | NGAYLAP of 14 digits |
| delta   | CDATA, indented by tabs | `<F/>`        | up to 10      | fund before patient, XML13 under QĐ 4750 names |
| epsilon | base64 in lines of 76   | `<F></F>`     | 1             | CRLF, amounts without decimals, QĐ 4210 archives |
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Literal

from yteso.sandbox.layout import CURRENT, QD4210, Layout, words

Row = dict[str, str]
Tables = dict[str, list[Row]]

_MONEY = frozenset(
    words(
        """
    T_THUOC T_VTYT T_TONGCHI_BV T_TONGCHI_BH T_BNTT T_BNCCT T_BHTT T_NGUONKHAC T_BHTT_GDV THANH_TIEN_BV THANH_TIEN_BH
    T_NGUONKHAC_NSNN T_NGUONKHAC_VTNN T_NGUONKHAC_VTTN T_NGUONKHAC_CL DON_GIA DON_GIA_BV DON_GIA_BH"""
    )
)
_QD4750_NAMES = {"MA_CSKCB_DI": "MA_NOI_DI", "MA_CSKCB_DEN": "MA_NOI_DEN", "TINH_TRANG_CT": "PP_DIEU_TRI"}


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one vendor's software writes. `batch` is the most HOSO it puts in one file."""

    name: str
    body: Literal["base64", "lines", "nested", "cdata"]
    empty: Literal["short", "pair", "none", "tight"]
    indent: str
    newline: str
    batch: int
    stamp: str
    bom: bool = False
    bare_amounts: bool = False
    old_names: bool = False


DIALECTS: dict[str, Dialect] = {
    one.name: one
    for one in (
        Dialect("alpha", "base64", "short", " ", "\n", 1, "%Y%m%d"),
        Dialect("beta", "base64", "pair", "", "", 25, "%Y%m%d%H%M", bom=True),
        Dialect("gamma", "nested", "none", "", "", 10, "%Y%m%d%H%M%S"),
        Dialect("delta", "cdata", "tight", "\t", "\n", 10, "%Y%m%d", old_names=True),
        Dialect("epsilon", "lines", "pair", "  ", "\r\n", 1, "%Y%m%d", bare_amounts=True),
    )
}


@dataclass(frozen=True, slots=True)
class _Shape:
    """A table's tags, made once per dialect: field, key in the row, opening, closing and empty text."""

    before: str
    fields: tuple[tuple[str, str, str, str], ...]
    row_open: str
    row_close: str
    after: str


_ROOT = (
    '<GIAMDINHHS xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema">'
)


def claims_file(dialect: Dialect, facility: str, made_at: datetime, visits: Sequence[Tables], *, legacy: bool) -> bytes:
    """One GIAMDINHHS file. With `legacy` the visits must already be in QĐ 4210 fields."""
    newline, indent = dialect.newline, dialect.indent
    parts = [
        '<?xml version="1.0" encoding="utf-8"?>', newline,
        _ROOT, newline,
        f"{indent}<THONGTINDONVI><MACSKCB>{facility}</MACSKCB></THONGTINDONVI>{newline}",
        f"{indent}<THONGTINHOSO>{newline}<NGAYLAP>{made_at.strftime(dialect.stamp)}</NGAYLAP>{newline}",
        f"<SOLUONGHOSO>{len(visits)}</SOLUONGHOSO>{newline}<DANHSACHHOSO>{newline}",
    ]  # fmt: skip
    for tables in visits:
        parts.append(f"<HOSO>{newline}")
        for name in _in_order(dialect, tables):
            rows = tables[name]
            content = _wrapped(dialect, _table(dialect, name, rows, legacy=legacy))
            parts.append(
                f"<FILEHOSO>{newline}<LOAIHOSO>{name}</LOAIHOSO>{newline}"
                f"<NOIDUNGFILE>{content}</NOIDUNGFILE>{newline}</FILEHOSO>{newline}"
            )
        parts.append(f"</HOSO>{newline}")
    parts.append(
        f"</DANHSACHHOSO>{newline}{indent}</THONGTINHOSO>{newline}{indent}<CHUKYDONVI />{newline}</GIAMDINHHS>"
    )
    return _bytes(dialect, parts)


def check_in_file(dialect: Dialect, rows: Sequence[Row]) -> bytes:
    """One CHI_TIEU_TRANG_THAI_KCB file: check-ins travel alone, never inside GIAMDINHHS."""
    table = _table(dialect, "XML0", rows, legacy=False)
    ending = "</CHI_TIEU_TRANG_THAI_KCB>"
    head, _, _ = table.rpartition(ending)
    return _bytes(dialect, ['<?xml version="1.0" encoding="utf-8"?>', dialect.newline, head, "<CHUKYDONVI />", ending])


def _in_order(dialect: Dialect, tables: Tables) -> list[str]:
    """XML1 first, except that beta's software appends it last."""
    ordered = sorted(tables, key=lambda name: int(name[3:]))
    return ordered[1:] + ordered[:1] if dialect.bom else ordered


def _bytes(dialect: Dialect, parts: Iterable[str]) -> bytes:
    content = "".join(parts).encode()
    return b"\xef\xbb\xbf" + content if dialect.bom else content


def _wrapped(dialect: Dialect, table: str) -> str:
    if dialect.body == "nested":
        return table
    document = f'<?xml version="1.0" encoding="utf-8"?>{dialect.newline}{table}'
    if dialect.body == "cdata":
        return f"<![CDATA[{document}]]>"
    encoded = base64.b64encode(document.encode()).decode()
    if dialect.body == "base64":
        return encoded
    return "\r\n".join(encoded[at : at + 76] for at in range(0, len(encoded), 76))


def _table(dialect: Dialect, name: str, rows: Sequence[Row], *, legacy: bool) -> str:
    shape = _shape(dialect.name, name, legacy)
    parts = [shape.before]
    for row in rows:
        parts.append(shape.row_open)
        get = row.get
        if dialect.bare_amounts and not legacy:
            row = {field: _bare(field, text) for field, text in row.items()}
            get = row.get
        parts.extend(
            [begin + text + end if (text := get(field)) else empty for field, begin, end, empty in shape.fields]
        )
        parts.append(shape.row_close)
    parts.append(shape.after)
    return "".join(parts)


def _bare(field: str, text: str) -> str:
    """`85600.00` -> `85600`, for software that drops zero decimals."""
    if field in _MONEY and "." in text:
        whole, _, decimals = text.partition(".")
        return whole if not decimals.strip("0") else text
    return text


@cache
def _shape(dialect_name: str, table: str, legacy: bool) -> _Shape:
    dialect = DIALECTS[dialect_name]
    layout = (QD4210 if legacy else CURRENT)[table]
    newline, indent = dialect.newline, dialect.indent
    deep = indent * (3 if layout.list else 2 if layout.row else 1)
    fields = []
    for field in _ordered(dialect, layout, table):
        tag = _QD4750_NAMES.get(field, field) if dialect.old_names and table == "XML13" else field
        empty = {"short": f"<{tag} />", "pair": f"<{tag}></{tag}>", "tight": f"<{tag}/>", "none": ""}[dialect.empty]
        fields.append((field, f"{deep}<{tag}>", f"</{tag}>{newline}", f"{deep}{empty}{newline}" if empty else ""))
    opening = [f"<{layout.root}>{newline}"]
    closing = [f"</{layout.root}>"]
    if layout.list:
        opening.append(f"{indent}<{layout.list}>{newline}")
        closing.insert(0, f"{indent}</{layout.list}>{newline}")
    row_indent = indent * (2 if layout.list else 1)
    return _Shape(
        before="".join(opening),
        fields=tuple(fields),
        row_open=f"{row_indent}<{layout.row}>{newline}" if layout.row else "",
        row_close=f"{row_indent}</{layout.row}>{newline}" if layout.row else "",
        after="".join(closing),
    )


def _ordered(dialect: Dialect, layout: Layout, table: str) -> tuple[str, ...]:
    """delta writes what the fund pays before what the patient pays, and XML13 with two fields QĐ 3176 took away."""
    if dialect.old_names and table == "XML13":
        at = layout.fields.index("TOMTAT_KQ") + 1
        return (*layout.fields[:at], "TEN_DICH_VU", "TEN_THUOC", *layout.fields[at:])
    if not dialect.old_names or "T_BHTT" not in layout.fields or "T_BNTT" not in layout.fields:
        return layout.fields
    swap = {"T_BNTT": "T_BHTT", "T_BHTT": "T_BNTT"}
    return tuple(swap.get(field, field) for field in layout.fields)
