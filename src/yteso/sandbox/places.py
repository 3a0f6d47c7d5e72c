"""The communes of one province after 1 July 2025, with their official codes, from the package `vietnamadminunits`.

In: a province code ("79"). Out: its communes in the order of their codes. Reads the package's data file.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True)
class Commune:
    """A ward, commune or special zone: 5-digit code, name with its kind (`"Phường Thủ Dầu Một"`), province."""

    code: str
    name: str
    province_code: str
    province: str


@cache
def communes(province_code: str) -> tuple[Commune, ...]:
    """All communes of the province. Raises ValueError when there is no such province."""
    # Imported here: the package loads geometry libraries (0.6 s) that nothing else at run time needs.
    from vietnamadminunits.database import get_data

    found = [
        Commune(row["wardCode"], row["ward"], province_code, row["province"])
        for row in get_data(["provinceCode", "province", "wardCode", "ward"])
        if row["provinceCode"] == province_code and row["wardCode"]
    ]
    if not found:
        raise ValueError(f"no province with code {province_code!r}")
    return tuple(sorted(found, key=lambda commune: commune.code))
