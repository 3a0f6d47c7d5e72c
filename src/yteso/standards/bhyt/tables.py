"""The generated files beside this one -> `Table` values, one set per layer, made when first asked for.

Dates: QĐ 4210/2017 ended 1 July 2024; QĐ 130 could be used from its issue but never became mandatory before QĐ 4750
replaced its fields on that day; QĐ 3176 from 1 January 2025; QĐ 1931 (MUC_HUONG of 4 characters) from 29 June 2026.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import cast

from yteso.standards.bhyt.model import (
    Condition,
    Field,
    FieldFormat,
    FieldType,
    Layer,
    LegacyField,
    Required,
    Table,
    Test,
)

LAYERS: Mapping[str, Layer] = {
    layer.name: layer
    for layer in (
        Layer("QD4210", "4210/QĐ-BYT", date(2017, 9, 20), date(2018, 1, 1), date(2024, 6, 30)),
        Layer("QD130", "130/QĐ-BYT", date(2023, 1, 18), None),
        Layer("QD4750", "4750/QĐ-BYT", date(2023, 12, 29), date(2024, 7, 1), date(2024, 12, 31)),
        Layer("QD3176", "3176/QĐ-BYT", date(2024, 10, 29), date(2025, 1, 1), date(2026, 6, 28)),
        Layer("QD1931", "1931/QĐ-BYT", date(2026, 6, 29), date(2026, 6, 29)),
    )
}
LATEST = "QD1931"

ENVELOPE = ("GIAMDINHHS", "THONGTINHOSO", "DANHSACHHOSO", "HOSO", "FILEHOSO")
"""Element names from the root of a file to one table of one visit; XML0 is sent alone, without the envelope."""

_SIZED = ("QD130", "QD4750", "QD3176", "QD1931")
_HERE = Path(__file__).parent


def layer_in_force(day: date) -> str:
    """The layer that was mandatory on that day: QD4210, QD4750, QD3176 or QD1931."""
    begun = [layer.name for layer in LAYERS.values() if layer.since and layer.since <= day]
    return begun[-1] if begun else "QD4210"


def table(name: str, layer: str = LATEST) -> Table:
    """The table as the layer has it, with its fields in order. KeyError: no such table or not in that layer.

    QD4210 has its own five tables: see `LEGACY_4210`.
    """
    return _tables(layer)[name]


@cache
def _tables(layer: str) -> Mapping[str, Table]:
    at = _SIZED.index(layer) if layer in _SIZED else None
    if at is None:
        raise KeyError(layer)
    found: dict[str, Table] = {}
    for name, root, list_, item, vi, en in _lines("tables.tsv"):
        rows = [row for row in _lines("fields.tsv") if row[0] == name]
        present = (row for row in rows if row[2 + at] != "-")
        fields = tuple(_field(row, at, order) for order, row in enumerate(present, 1))
        if not fields:
            continue
        others = tuple(_field(row, _last(row), 0) for row in rows if row[2 + at] == "-")
        root, list_, item = ("" if part == "-" else part for part in (root, list_, item))
        found[name] = Table(name, layer, root, list_, item, vi, en, fields, others)
    return found


def _last(row: tuple[str, ...]) -> int:
    return max(at for at in range(len(_SIZED)) if row[2 + at] != "-")


def _field(row: tuple[str, ...], at: int, order: int) -> Field:
    name, size = row[1], row[2 + at]
    type_130, type_now, fmt, many, required, required_3176, condition, former, vi, en = row[6:]
    return Field(
        name=name,
        order=order,
        type=cast("FieldType", type_now if at else type_130),
        max_length=None if size == "n" else int(size),
        format=cast("FieldFormat", fmt),
        many=many == "many",
        required=cast("Required", required_3176 if at >= _SIZED.index("QD3176") else required),
        conditions=tuple(_condition(text) for text in condition.split(" & ") if text),
        former=former,
        vi=vi,
        en=en,
    )


def _condition(text: str) -> Condition:
    field, test, *values = text.split(" ")
    return Condition(field, cast("Test", test), tuple(values[0].split(",")) if values else ())


@cache
def _lines(file: str) -> tuple[tuple[str, ...], ...]:
    text = (_HERE / file).read_text(encoding="utf-8")
    return tuple(tuple(line.split("\t")) for line in text.splitlines() if not line.startswith("#"))


def _legacy() -> Mapping[str, tuple[LegacyField, ...]]:
    found: dict[str, tuple[LegacyField, ...]] = {}
    for name, field, type_, path, maps_to in _lines("legacy.tsv"):
        made = LegacyField(
            name, field, cast("FieldType", type_), tuple(path.split("/")), "" if maps_to == "-" else maps_to
        )
        found[name] = (*found.get(name, ()), made)
    return found


TABLES: Mapping[str, Table] = _tables(LATEST)
"""XML0–XML15 in the newest layer, by name."""

LEGACY_4210: Mapping[str, tuple[LegacyField, ...]] = _legacy()
"""XML1–XML5 of QĐ 4210/2017 (archives): fields in order."""
