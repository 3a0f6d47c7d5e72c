"""The marts: SQL over the flat tables, and what each promises in its `.toml` (grain, columns, key, disclosure).

In: the open flat tables, the moment. Out: one Parquet file per mart in a folder of its own, then one atomic step that
makes the folder the current one: a reader sees all marts of one moment, or all of the one before. A mart that gives
other columns than it promises is refused: what is not named does not leave.
"""

from __future__ import annotations

import json
import os
import shutil
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path

import duckdb

from yteso.base.clock import day_in_vietnam
from yteso.base.errors import YtesoError
from yteso.standards.sensitivity import in_force
from yteso.warehouse.lake import settle

HERE = Path(__file__).parent
KEPT = 3
"""So many publications stay on disk, for readers that are still at an older one."""


class MartBroken(YtesoError):
    """A mart does not keep its promise."""

    permanent = True


@dataclass(frozen=True, slots=True)
class Mart:
    """One mart: its query and its promises."""

    name: str
    sql: str
    title: str
    title_en: str
    grain: str
    clock: str
    disclosure: str
    key: tuple[str, ...]
    columns: Mapping[str, str]


@cache
def marts() -> Mapping[str, Mart]:
    """All marts by name."""
    found = {}
    for path in sorted((HERE / "marts").glob("*.toml")):
        promise = tomllib.loads(path.read_text())
        found[path.stem] = Mart(
            name=path.stem,
            sql=path.with_suffix(".sql").read_text(),
            title=promise["title"],
            title_en=promise["title_en"],
            grain=promise["grain"],
            clock=promise["clock"],
            disclosure=promise["disclosure"],
            key=tuple(promise["key"]),
            columns=promise["columns"],
        )
    return found


def publish(
    connection: duckdb.DuckDBPyConnection, folder: Path, now: datetime, marks: Mapping[str, int]
) -> dict[str, int]:
    """Make all marts as of `now` and put them in place; gives rows per mart. `marks` are record and intake numbers."""
    number = 1 + max((int(path.name) for path in _publications(folder)), default=0)
    place = folder / f"{number:012d}"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(mode=0o700, parents=True)
    connection.execute("SET VARIABLE now = CAST(? AS TIMESTAMPTZ)", [now])
    connection.execute("SET VARIABLE sensitive = ?", [sensitive_codes(day_in_vietnam(now))])
    connection.execute((HERE / "prepare.sql").read_text())
    rows = {mart.name: _write(connection, mart, place, marks[mart.clock]) for mart in marts().values()}
    about = {"as_of": now.isoformat(), "record_t": marks["record"], "intake_t": marks["intake"], "rows": rows}
    write_json(place / "about.json", about)
    _make_current(folder, place)
    for old in _publications(folder)[:-KEPT]:
        shutil.rmtree(old, ignore_errors=True)
    return rows


def sensitive_codes(day: date) -> str:
    """A pattern of the diagnoses that are sensitive on a day, without dots: no mart shows them to anybody."""
    beginnings = sorted({code for rule in in_force(day) if rule.within == "icd10" for code in rule.codes})
    return f"^({'|'.join(code.replace('.', '') for code in beginnings)})"


def write_json(path: Path, value: object) -> None:
    """Replace a small file in one step."""
    aside = path.with_suffix(".writing")
    aside.write_text(json.dumps(value, ensure_ascii=False))
    settle(aside, path)


def _write(connection: duckdb.DuckDBPyConnection, mart: Mart, place: Path, mark: int) -> int:
    stamped = f"SELECT *, getvariable('now') AS as_of, {mark}::BIGINT AS t FROM ({mart.sql})"
    given = [row[0] for row in connection.execute(f"DESCRIBE {stamped}").fetchall()]
    promised = [*mart.columns, "as_of", "t"]
    if given != promised:
        raise MartBroken(f"mart {mart.name} gives {', '.join(given)} and promises {', '.join(promised)}")
    path = place / f"{mart.name}.parquet"
    row = connection.execute(f"COPY ({stamped}) TO '{path}' (FORMAT parquet, COMPRESSION zstd)").fetchone()
    return int(row[0]) if row else 0


def _make_current(folder: Path, place: Path) -> None:
    aside = folder / ".current"
    aside.unlink(missing_ok=True)
    aside.symlink_to(place.name)
    os.replace(aside, folder / "current")


def _publications(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("[0-9]*") if path.is_dir() and path.name.isdigit())
