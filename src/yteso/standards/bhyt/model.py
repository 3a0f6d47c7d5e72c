"""The values the BHYT dictionary is made of: layers, tables, fields, conditions. No data here, no reading."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal

FieldType = Literal["string", "number"]
FieldFormat = Literal["", "date", "datetime", "date_or_datetime", "decimal"]
Required = Literal["yes", "cond", "no"]
Test = Literal["in", "not_in", "empty", "filled"]


@dataclass(frozen=True, slots=True)
class Layer:
    """One decision of the ministry. `accepted` is the first day its files may be sent.

    `since` and `until` are its first and last mandatory day; `since` None: never mandatory, `until` None: in force.
    """

    name: str
    decision: str
    accepted: date
    since: date | None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """A test on another field of the same row. A `;`-separated value passes `in` when one of its parts is listed."""

    field: str
    test: Test
    values: tuple[str, ...] = ()

    def holds(self, row: Mapping[str, str]) -> bool:
        """True when the row passes the test; a missing field counts as empty."""
        value = row.get(self.field, "")
        match self.test:
            case "empty":
                return not value
            case "filled":
                return bool(value)
            case "in":
                return any(part.strip() in self.values for part in value.split(";"))
            case "not_in":
                return bool(value) and value not in self.values


@dataclass(frozen=True, slots=True)
class Field:
    """One field in one layer. `max_length` counts characters, None is unlimited; `order` starts at 1.

    `format`: date `yyyymmdd`, datetime `yyyymmddHHMM`, date_or_datetime either of them, decimal a number with `.`.
    `many`: several values separated by `;`. `required` "cond": required when every one of `conditions` holds; with no
    conditions the annex names none that a row can show. `former`: the name it had in an earlier layer (same meaning).
    """

    name: str
    order: int
    type: FieldType
    max_length: int | None
    format: FieldFormat
    many: bool
    required: Required
    conditions: tuple[Condition, ...]
    former: str
    vi: str
    en: str

    def is_required(self, row: Mapping[str, str]) -> bool:
        """True when this row must fill the field."""
        if self.required == "cond":
            return bool(self.conditions) and all(condition.holds(row) for condition in self.conditions)
        return self.required == "yes"


@dataclass(frozen=True)
class Table:
    """One table in one layer.

    `root`/`list`/`item` are element names; `list` and `item` are empty when the root itself holds the fields, and all
    three when the table is typed on the insurer's portal and never sent (XML12). `superseded`: fields of other layers
    that this one does not have, so that a reader still knows them.
    """

    name: str
    layer: str
    root: str
    list: str
    item: str
    vi: str
    en: str
    fields: tuple[Field, ...]
    superseded: tuple[Field, ...] = ()

    @property
    def path(self) -> tuple[str, ...]:
        """Element names from the root to the element that holds the fields of a row."""
        return tuple(part for part in (self.root, self.list, self.item) if part)

    @cached_property
    def by_name(self) -> Mapping[str, Field]:
        """The fields of this layer by name."""
        return {field.name: field for field in self.fields}

    @cached_property
    def former_names(self) -> Mapping[str, str]:
        """Former name -> name now (`MA_NOI_DI` -> `MA_CSKCB_DI` in XML13 since QĐ 3176)."""
        return {field.former: field.name for field in self.fields if field.former}


@dataclass(frozen=True, slots=True)
class LegacyField:
    """One field of QĐ 4210. `maps_to` is the field it became (`XML3.MA_MAY`: in another table), empty when none."""

    table: str
    name: str
    type: FieldType
    path: tuple[str, ...]
    maps_to: str
