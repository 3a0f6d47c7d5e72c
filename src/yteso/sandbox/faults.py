"""Known faults, planted on purpose: what was spoiled, where, and what kind of rule must find it.

In: a visit's tables and a random source. Out: the tables, changed in place, and the `Fault` for tests to look for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

Row = dict[str, str]
Tables = dict[str, list[Row]]


@dataclass(frozen=True, slots=True)
class Fault:
    """One planted fault. `row` is the STT in its table, `visit` the MA_LK; `kind` names the sort of rule it breaks."""

    visit: str
    table: str
    row: int
    field: str
    kind: str


def plant(tables: Tables, chance: Random) -> Fault:
    """Spoil one thing that the tables have."""
    possible = [spoil for spoil in _SPOILERS if spoil.__name__ != "_bad_bed" or _bed_row(tables)]
    visit = tables["XML1"][0]["MA_LK"]
    table, row, field, kind = chance.choice(possible)(tables, chance)
    return Fault(visit, table, row, field, kind)


_Spoiled = tuple[str, int, str, str]


def _letter_in_number(tables: Tables, chance: Random) -> _Spoiled:
    table = "XML2" if "XML2" in tables else "XML3"
    at = chance.randrange(len(tables[table]))
    tables[table][at]["SO_LUONG"] += "O"
    return table, at + 1, "SO_LUONG", "number"


def _impossible_date(tables: Tables, chance: Random) -> _Spoiled:
    at = chance.randrange(len(tables["XML3"]))
    tables["XML3"][at]["NGAY_YL"] = tables["XML3"][at]["NGAY_YL"][:4] + "02310830"
    return "XML3", at + 1, "NGAY_YL", "date"


def _missing_diagnosis(tables: Tables, _: Random) -> _Spoiled:
    tables["XML1"][0]["MA_BENH_CHINH"] = ""
    return "XML1", 1, "MA_BENH_CHINH", "required"


def _wrong_total(tables: Tables, chance: Random) -> _Spoiled:
    row = tables["XML1"][0]
    row["T_TONGCHI_BV"] = f"{float(row['T_TONGCHI_BV']) + chance.randint(1, 90) * 1000:.2f}"
    return "XML1", 1, "T_TONGCHI_BV", "sum"


def _wrong_line(tables: Tables, chance: Random) -> _Spoiled:
    at = chance.randrange(len(tables["XML3"]))
    row = tables["XML3"][at]
    row["THANH_TIEN_BV"] = f"{float(row['THANH_TIEN_BV']) + 500:.2f}"
    return "XML3", at + 1, "THANH_TIEN_BV", "product"


def _left_before_arrival(tables: Tables, _: Random) -> _Spoiled:
    row = tables["XML1"][0]
    row["NGAY_RA"] = f"{int(row['NGAY_VAO'][:4]) - 1}{row['NGAY_VAO'][4:]}"
    return "XML1", 1, "NGAY_RA", "order"


def _unknown_sex(tables: Tables, _: Random) -> _Spoiled:
    tables["XML1"][0]["GIOI_TINH"] = "5"
    return "XML1", 1, "GIOI_TINH", "code"


def _short_citizen_id(tables: Tables, _: Random) -> _Spoiled:
    row = tables["XML1"][0]
    row["SO_CCCD"] = (row["SO_CCCD"] or "079190000000")[:11]
    return "XML1", 1, "SO_CCCD", "format"


def _long_code(tables: Tables, _: Random) -> _Spoiled:
    row = tables["XML1"][0]
    row["MA_BENH_CHINH"] = f"{row['MA_BENH_CHINH']};{row['MA_BENH_CHINH']}"
    return "XML1", 1, "MA_BENH_CHINH", "length"


def _bed_row(tables: Tables) -> int:
    return next((at for at, row in enumerate(tables["XML3"], start=1) if row.get("MA_GIUONG")), 0)


def _bad_bed(tables: Tables, _: Random) -> _Spoiled:
    at = _bed_row(tables)
    tables["XML3"][at - 1]["MA_GIUONG"] = "X1"
    return "XML3", at, "MA_GIUONG", "format"


_SPOILERS: tuple[Callable[[Tables, Random], _Spoiled], ...] = (
    _letter_in_number,
    _impossible_date,
    _missing_diagnosis,
    _wrong_total,
    _wrong_line,
    _left_before_arrival,
    _unknown_sex,
    _short_citizen_id,
    _long_code,
    _bad_bed,
)
