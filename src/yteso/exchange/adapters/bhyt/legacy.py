"""Older decisions read as the current one: which layer a visit follows, and its fields under the names of today.

QĐ 4210 fields take the QĐ 130 name they became; XML13 of QĐ 4750 takes the QĐ 3176 names. Fields without a successor
keep their own name. Values stay, except codes whose form changed with the decision (`MA_LOAI_KCB` 1 -> 01).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache

from yteso.base.record import Record
from yteso.standards.bhyt import LEGACY_4210, TABLES, layer_in_force

LEGACY = "QD4210"

_ONLY_4210 = frozenset({"MA_THE", "TEN_BENH", "T_TONGCHI", "MA_BENHKHAC", "TINH_TRANG_RV", "MA_LYDO_VVIEN"})
_ONLY_4210_ROWS = frozenset({"TYLE_TT", "THANH_TIEN", "T_NGOAIDS", "DIEN_BIEN"})
_RENAMED_XML13 = frozenset({"MA_NOI_DI", "MA_NOI_DEN", "PP_DIEU_TRI", "TEN_DICH_VU", "TEN_THUOC"})
_NEW_XML13 = frozenset({"MA_CSKCB_DI", "MA_CSKCB_DEN", "TINH_TRANG_CT"})

Tables = Mapping[str, tuple[Record, ...]]


def layer_of(tables: Tables) -> str:
    """The decision this visit's fields belong to; told by its fields first, by its discharge date otherwise."""
    if _follows_4210(tables):
        return LEGACY
    referral = next(iter(tables.get("XML13", ())), None)
    if referral and not _NEW_XML13 & referral.values.keys() and _RENAMED_XML13 & referral.values.keys():
        return "QD4750"
    by_date = _layer_by_date(tables)
    if referral and _NEW_XML13 & referral.values.keys() and by_date in ("QD130", "QD4750"):
        return "QD3176"
    return "QD4750" if by_date == LEGACY else by_date


def _follows_4210(tables: Tables) -> bool:
    summary = next(iter(tables.get("XML1", ())), None)
    if summary:
        return bool(_ONLY_4210 & summary.values.keys()) and "MA_BENH_CHINH" not in summary.values
    lines = (record for name in ("XML2", "XML3", "XML5") for record in tables.get(name, ())[:1])
    return any(_ONLY_4210_ROWS & record.values.keys() for record in lines)


def _layer_by_date(tables: Tables) -> str:
    for name, field in (("XML1", "NGAY_RA"), ("XML1", "NGAY_VAO"), ("XML0", "NGAY_VAO")):
        for record in tables.get(name, ())[:1]:
            text = record[field]
            try:
                return layer_in_force(date(int(text[:4]), int(text[4:6]), int(text[6:8])))
            except ValueError:
                continue
    return "QD3176"


@cache
def names_4210(table: str) -> Mapping[str, str]:
    """QĐ 4210 name -> name now, for the fields of one table that changed their name."""
    fields = LEGACY_4210.get(table, ())
    return {
        field.name: field.maps_to
        for field in fields
        if field.maps_to and field.maps_to != field.name and "." not in field.maps_to
    }


@cache
def _former_names(table: str) -> Mapping[str, str]:
    found = TABLES.get(table)
    return found.former_names if found else {}


def modern(tables: Tables, layer: str) -> Tables:
    """The same rows under the names of the current decision; origins unchanged."""
    if layer == LEGACY:
        return {name: tuple(_from_4210(record) for record in records) for name, records in tables.items()}
    if "XML13" in tables and any(_former_names("XML13").keys() & record.values.keys() for record in tables["XML13"]):
        renamed = tuple(_renamed(record, _former_names("XML13")) for record in tables["XML13"])
        return {**tables, "XML13": renamed}
    return tables


def _renamed(record: Record, names: Mapping[str, str]) -> Record:
    values = {names.get(name, name): value for name, value in record.values.items() if name in names}
    values.update((name, value) for name, value in record.values.items() if name not in names)
    return Record(record.origin, values)


def _from_4210(record: Record) -> Record:
    renamed = _renamed(record, names_4210(record.origin.table))
    care = renamed["MA_LOAI_KCB"]
    if len(care) == 1 and care.isdigit():
        return Record(record.origin, {**renamed.values, "MA_LOAI_KCB": f"0{care}"})
    return renamed
