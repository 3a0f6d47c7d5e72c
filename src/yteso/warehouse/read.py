"""The reading side: rows of a published mart, for pages and tiles. Takes no lock, waits for nobody, writes nothing.

In: the home folder; a mart's name, equal-filters, a span of days. Out: rows as dicts, and `State`, which says whether
there is anything, as of when, and when the warehouse last looked. Opens DuckDB in memory over the Parquet files.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from yteso.base.errors import YtesoError
from yteso.warehouse.marts import Mart, marts

STALE = timedelta(minutes=10)
"""Marts are stale when the warehouse has not looked for so long."""

Row = dict[str, Any]


class NoSuchMart(YtesoError):
    """There is no such mart or column."""

    permanent = True


@dataclass(frozen=True, slots=True)
class State:
    """`empty`: nothing was ever published. `as_of`: the marts are true at that time; `checked`: the last look."""

    empty: bool
    as_of: datetime | None = None
    checked: datetime | None = None
    record_t: int = 0
    intake_t: int = 0

    def is_stale(self, now: datetime) -> bool:
        """True when nobody looked for ten minutes: figures may be older than they seem."""
        return self.checked is None or now - self.checked > STALE


class Marts:
    """The published marts under a home folder."""

    def __init__(self, home: Path) -> None:
        self._folder = home / "lake"

    def state(self) -> State:
        """What is published now."""
        place = self._current()
        if place is None:
            return State(empty=True)
        about = json.loads((place / "about.json").read_text())
        checked = self._folder / "checked.json"
        looked = json.loads(checked.read_text())["checked"] if checked.exists() else about["as_of"]
        return State(
            empty=False,
            as_of=datetime.fromisoformat(about["as_of"]),
            checked=datetime.fromisoformat(looked),
            record_t=about["record_t"],
            intake_t=about["intake_t"],
        )

    def about(self, name: str) -> Mart:
        """A mart's title, grain, columns. Raises NoSuchMart."""
        mart = marts().get(name)
        if mart is None:
            raise NoSuchMart(f"no mart {name!r}")
        return mart

    def table(
        self,
        name: str,
        *,
        since: date | None = None,
        until: date | None = None,
        order: Sequence[str] = (),
        limit: int | None = None,
        **equal: object,
    ) -> list[Row]:
        """Rows. `since`/`until` bound `day` (both included); `order` are columns, `-` before one turns it round."""
        self.about(name)
        return self._run(name, "*", "", since, until, order, limit, equal)

    def totals(
        self,
        name: str,
        sums: Sequence[str],
        by: Sequence[str] = (),
        *,
        since: date | None = None,
        until: date | None = None,
        order: Sequence[str] = (),
        limit: int | None = None,
        **equal: object,
    ) -> list[Row]:
        """Sums of columns, one row per group, each with the `as_of` and `t` of the mart."""
        mart = self.about(name)
        shown = [_quoted(mart, column) for column in by]
        shown += [f"sum({_quoted(mart, column)}) AS {_quoted(mart, column)}" for column in sums]
        shown += ["max(as_of) AS as_of", "max(t) AS t"]
        groups = f" GROUP BY {', '.join(_quoted(mart, column) for column in by)}" if by else ""
        return self._run(name, ", ".join(shown), groups, since, until, order, limit, equal)

    def _run(
        self,
        name: str,
        shown: str,
        groups: str,
        since: date | None,
        until: date | None,
        order: Sequence[str],
        limit: int | None,
        equal: dict[str, object],
    ) -> list[Row]:
        place = self._current()
        if place is None:
            return []
        mart = self.about(name)
        tests = [f"{_quoted(mart, column)} = ?" for column in equal]
        values: list[object] = [str(place / f"{name}.parquet"), *equal.values()]
        for bound, operator in ((since, ">="), (until, "<=")):
            if bound is not None:
                tests.append(f"{_quoted(mart, 'day')} {operator} ?")
                values.append(bound)
        where = f" WHERE {' AND '.join(tests)}" if tests else ""
        columns = [f"{_quoted(mart, one.lstrip('-'))}{' DESC' if one.startswith('-') else ''}" for one in order]
        ordered = f" ORDER BY {', '.join(columns)}" if columns else ""
        bounded = f" LIMIT {int(limit)}" if limit is not None else ""
        query = f"SELECT {shown} FROM read_parquet(?){where}{groups}{ordered}{bounded}"
        try:
            return _fetch(query, values)
        except duckdb.IOException:
            # The folder was cleared away between the two steps: a newer one is there.
            values[0] = str((self._current() or place) / f"{name}.parquet")
            return _fetch(query, values)

    def _current(self) -> Path | None:
        """The folder of the current publication, resolved once so that all files of an answer belong together."""
        link = self._folder / "marts" / "current"
        return link.resolve() if link.exists() else None


@cache
def _engine() -> duckdb.DuckDBPyConnection:
    """One DuckDB in memory per process; every query takes a cursor of its own, which makes it safe for threads."""
    engine = duckdb.connect()
    engine.execute("SET TimeZone = 'UTC'")
    return engine


def _fetch(query: str, values: list[object]) -> list[Row]:
    with _engine().cursor() as cursor:
        # By way of Arrow: DuckDB itself needs a further library to hand out times with a zone.
        table = cursor.sql(query, params=values).to_arrow_table()
        return [{name: _plain(value) for name, value in row.items()} for row in table.to_pylist()]


def _plain(value: object) -> object:
    """Sums of whole numbers come as decimals without decimals; they are whole numbers again."""
    return int(value) if isinstance(value, Decimal) and value.as_tuple().exponent == 0 else value


def _quoted(mart: Mart, column: str) -> str:
    """A column's name for SQL; only names the mart promises get there. Raises NoSuchMart."""
    if column not in mart.columns and column not in ("as_of", "t"):
        raise NoSuchMart(f"mart {mart.name} has no column {column!r}")
    return f'"{column}"'
