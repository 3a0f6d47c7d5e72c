"""Provinces and communes since 1 July 2025 (NQ 202/2025/QH15; 34 and 3,321) and what the former ones became.

Reads the data files of the PyPI package vietnamadminunits when first asked; the package itself is not imported,
because it loads geometry libraries (0.6 s) that a look-up does not need.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Province:
    """One of the 34 provinces and centrally-run cities: 2-digit code, full and short name."""

    code: str
    name: str
    short: str


@dataclass(frozen=True, slots=True)
class Commune:
    """One of the 3,321 communes, wards and special zones: 5-digit code, centre in degrees, area in km²."""

    code: str
    name: str
    kind: str
    province: Province
    latitude: float
    longitude: float
    area: float


@cache
def provinces() -> Mapping[str, Province]:
    """code -> province."""
    rows = _rows("SELECT DISTINCT provinceCode, province, provinceShort FROM admin_units ORDER BY provinceCode")
    return {code: Province(code, name, short) for code, name, short in rows}


@cache
def communes() -> Mapping[str, Commune]:
    """code -> commune, in the order of the codes."""
    columns = "wardCode, ward, wardType, provinceCode, wardLat, wardLon, wardAreaKm2"
    rows = _rows(f"SELECT {columns} FROM admin_units ORDER BY wardCode")  # noqa: S608 -- a constant
    return {
        code: Commune(code, name, kind, provinces()[province], latitude, longitude, area)
        for code, name, kind, province, latitude, longitude, area in rows
    }


def communes_of(province: str) -> tuple[Commune, ...]:
    """The communes of one province, by code; empty when there is no such province."""
    return tuple(commune for commune in communes().values() if commune.province.code == province)


def is_province(code: str) -> bool:
    """True for the 2-digit code of a province of today or of the former 63."""
    return code in provinces() or code in _former_provinces()


def is_commune(code: str) -> bool:
    """True for the 5-digit code of a commune of today or from before July 2025."""
    return code in communes() or code in _former_communes()


@cache
def _former_communes() -> frozenset[str]:
    return frozenset(code for (code,) in _rows("SELECT wardCode FROM admin_units_legacy WHERE wardCode <> ''"))


def commune_after_merger(former: str) -> tuple[Commune, ...]:
    """The communes that a former (before July 2025) commune code became, the package's default first; empty if none.

    A divided commune has several. Former and present codes overlap: use it only for a code known to be a former one.
    """
    return tuple(communes()[code] for code in _successors().get(former, ()))


def province_after_merger(former: str) -> Province | None:
    """The province that one of the former 63 provinces (2-digit code) is part of now."""
    now = _former_provinces().get(former)
    return provinces()[now] if now else None


@cache
def _successors() -> Mapping[str, tuple[str, ...]]:
    codes_by_key = {
        (province, ward): code
        for province, ward, code in _rows("SELECT provinceKey, wardKey, wardCode FROM admin_units")
    }
    converter = _converter()
    by_key: dict[str, list[str]] = {}
    for province, wards in converter["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for ward, former_keys in wards.items():
            for former in former_keys:
                by_key.setdefault(former, []).append(codes_by_key.get((province, ward), ""))
    for province, divided in converter["DICT_PROVINCE_WARD_DIVIDED"].items():
        for former, parts in divided.items():
            for part in sorted(parts, key=lambda part: not part["isDefaultNewWard"]):
                by_key.setdefault(former, []).append(codes_by_key.get((province, part["newWardKey"]), ""))
    found: dict[str, tuple[str, ...]] = {}
    for code, *keys in _rows(
        "SELECT wardCode, provinceKey, districtKey, coalesce(wardKey, '') FROM admin_units_legacy WHERE wardCode <> ''"
    ):
        found[code] = tuple(dict.fromkeys(new for new in by_key.get("_".join(keys), ()) if new))
    return found


@cache
def _former_provinces() -> Mapping[str, str]:
    former = dict(_rows("SELECT DISTINCT provinceKey, provinceCode FROM admin_units_legacy"))
    now = dict(_rows("SELECT DISTINCT provinceKey, provinceCode FROM admin_units"))
    return {former[old]: now[new] for new, olds in _converter()["DICT_PROVINCE"].items() for old in olds}


@cache
def _converter() -> Any:
    return json.loads((_data() / "converter_2025.json").read_text(encoding="utf-8"))


def _rows(query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(f"file:{_data() / 'dataset.db'}?mode=ro&immutable=1", uri=True)) as connection:
        return connection.execute(query).fetchall()


def _data() -> Path:
    spec = find_spec("vietnamadminunits")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("vietnamadminunits")
    return Path(spec.origin).parent / "data"
