"""The reviewed CSVs of the matrix, read: expected cells by role, and by target where there are several."""

from __future__ import annotations

import csv
from pathlib import Path

from yteso.access.principal import Role

HERE = Path(__file__).parent
Cells = dict[Role, dict[str, dict[str, str]]]


def rows(name: str) -> list[dict[str, str]]:
    """The rows of a table, its columns by name."""
    with (HERE / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def by_role(name: str) -> dict[Role, dict[str, str]]:
    """Of a table with one row for each role."""
    return {Role(row.pop("role")): row for row in rows(name)}


def by_target(name: str) -> Cells:
    """Of a table with a row for each role and target."""
    found: Cells = {}
    for row in rows(name):
        role, target = Role(row.pop("role")), row.pop("target")
        found.setdefault(role, {})[target] = row
    return found
