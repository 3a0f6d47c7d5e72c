"""Lake -> flat tables: one DuckDB file beside the lake, made from it and made again from it whenever in doubt.

In: the lake. Out: a table per view (latest version of each resource, deleted ones gone), `intake`, `expected`. One
transaction holds the rows of a lake file and the number reached, so a kill leaves the state before or after it. Only
columns named in `deidentify.toml` are let in; ids and keys are hashed with a salt of this installation.
"""

from __future__ import annotations

import json
import secrets
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

import duckdb

from yteso.base.errors import YtesoError
from yteso.warehouse.compile import CompiledView, compile_view
from yteso.warehouse.fhirpath import BadView
from yteso.warehouse.lake import INTAKE, RECORD, Lake, LakeFile
from yteso.warehouse.shape import sql_type

HERE = Path(__file__).parent
_HASH = "substr(sha256(getvariable('salt') || '/' || CAST({} AS VARCHAR)), 1, 32)"
_HOW = {"as-is": "{}", "key": _HASH, "year": "left({}, 4)"}
_INTAKE_COLUMNS = (
    "t BIGINT, id VARCHAR, facility VARCHAR, state VARCHAR, received TIMESTAMPTZ, done TIMESTAMPTZ, size BIGINT, "
    "visits BIGINT, accepted BIGINT, unchanged BIGINT, quarantined BIGINT, failed BIGINT, errors BIGINT, "
    "warnings BIGINT"
)


class FlatDamaged(YtesoError):
    """The flat tables cannot be opened; they are made anew from the lake."""


@cache
def views() -> tuple[CompiledView, ...]:
    """All views, compiled. Raises BadView when a view has a column the de-identification rules do not name."""
    rules = _rules()
    found = []
    for path in sorted((HERE / "views").glob("*.json")):
        view = compile_view(json.loads(path.read_text()))
        allowed = rules.get(view.name, {}).get("columns", {})
        refused = [column.name for column in view.columns if allowed.get(column.name) not in _HOW]
        if refused:
            raise BadView(f"view {view.name}: not allowed by deidentify.toml: {', '.join(refused)}")
        found.append(view)
    return tuple(found)


@cache
def _rules() -> Mapping[str, Any]:
    return tomllib.loads((HERE / "deidentify.toml").read_text())


@cache
def _fingerprint() -> str:
    """Changes when the tables would be made differently: then they are made anew."""
    parts = [view.name + view.sql for view in views()] + [json.dumps(_rules(), sort_keys=True), _INTAKE_COLUMNS]
    return blake2b("\n".join(parts).encode(), digest_size=16).hexdigest()


class Flat:
    """The open flat tables. One process has them; readers use the published marts."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "flat.duckdb"
        self._salt = _salt(folder / "salt")
        self.connection = self._opened()

    def close(self) -> None:
        """Close the file."""
        self.connection.close()

    def mark(self, kind: str) -> int:
        """The number up to which the tables hold the lake."""
        row = self.connection.execute("SELECT reached FROM mark WHERE kind = ?", [kind]).fetchone()
        return int(row[0]) if row else 0

    def take(self, lake: Lake) -> bool:
        """Bring in what the lake has more; True when something came."""
        came = False
        for file in lake.files(RECORD, self.mark(RECORD)):
            self._in_one_step(RECORD, file, self._take_record)
            came = True
        for file in lake.files(INTAKE, self.mark(INTAKE)):
            self._in_one_step(INTAKE, file, self._take_intake)
            came = True
        return came

    def expect(self, facilities: Sequence[str]) -> bool:
        """Set who should send (coverage); True when it changed."""
        known = [row[0] for row in self.connection.execute("SELECT code FROM expected ORDER BY code").fetchall()]
        wanted = sorted(set(facilities))
        if known == wanted:
            return False
        self.connection.execute("BEGIN")
        self.connection.execute("DELETE FROM expected")
        self.connection.execute("INSERT INTO expected SELECT unnest(?::VARCHAR[])", [wanted])
        self.connection.execute("COMMIT")
        return True

    def _in_one_step(self, kind: str, file: LakeFile, take: Any) -> None:
        self.connection.execute("BEGIN")
        try:
            take(file)
            self.connection.execute("DELETE FROM mark WHERE kind = ?", [kind])
            self.connection.execute("INSERT INTO mark VALUES (?, ?)", [kind, file.last])
            self.connection.execute("COMMIT")
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise

    def _take_record(self, file: LakeFile) -> None:
        run = self.connection.execute
        types = [view.resource for view in views()]
        run(
            "CREATE OR REPLACE TEMP TABLE batch AS SELECT t, type, id, deleted, body FROM read_parquet(?) "
            "WHERE t > ? AND list_contains(?::VARCHAR[], type) "
            "QUALIFY row_number() OVER (PARTITION BY type, id ORDER BY t DESC, version DESC) = 1",
            [str(file.path), self.mark(RECORD), types],
        )
        for view in views():
            gone = _HASH.format("id")
            run(f"DELETE FROM {view.name} WHERE _id IN (SELECT {gone} FROM batch WHERE type = ?)", [view.resource])
            columns = _rules()[view.name]["columns"]
            shown = ", ".join(f"{_HOW[columns[c.name]].format(_name(c.name))} AS {_name(c.name)}" for c in view.columns)
            source = view.over("(SELECT * FROM batch WHERE NOT deleted)")
            run(f"INSERT INTO {view.name} SELECT {_HASH.format('_id')} AS _id, _t, {shown} FROM ({source})")

    def _take_intake(self, file: LakeFile) -> None:
        run = self.connection.execute
        names = ", ".join(column.split()[0] for column in _INTAKE_COLUMNS.split(", "))
        run(
            f"CREATE OR REPLACE TEMP TABLE batch AS SELECT {names} FROM read_parquet(?) WHERE t > ? "
            "QUALIFY row_number() OVER (PARTITION BY id ORDER BY t DESC) = 1",
            [str(file.path), self.mark(INTAKE)],
        )
        run("DELETE FROM intake WHERE id IN (SELECT id FROM batch)")
        run("INSERT INTO intake SELECT * FROM batch")

    def _opened(self) -> duckdb.DuckDBPyConnection:
        try:
            connection = self._connected()
            if _is_current(connection):
                return connection
            connection.close()
        except duckdb.Error:
            pass  # a file of another version or half-written by a dying disk: the lake has everything in it
        for path in self._path.parent.glob("flat.duckdb*"):
            path.unlink()
        connection = self._connected()
        _create(connection)
        return connection

    def _connected(self) -> duckdb.DuckDBPyConnection:
        connection = duckdb.connect(str(self._path))
        connection.execute("SET TimeZone = 'Asia/Ho_Chi_Minh'")
        connection.execute("SET memory_limit = '512MB'")
        connection.execute(f"SET VARIABLE salt = '{self._salt}'")
        return connection


def _name(text: str) -> str:
    return f'"{text}"'


def _is_current(connection: duckdb.DuckDBPyConnection) -> bool:
    tables = {row[0] for row in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    if "fingerprint" not in tables:
        return False
    row = connection.execute("SELECT made_by FROM fingerprint").fetchone()
    return row is not None and row[0] == _fingerprint()


def _create(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("BEGIN")
    connection.execute("CREATE TABLE mark (kind VARCHAR, reached BIGINT)")
    connection.execute("CREATE TABLE expected (code VARCHAR)")
    connection.execute(f"CREATE TABLE intake ({_INTAKE_COLUMNS})")
    for view in views():
        columns = ", ".join(f"{_name(column.name)} {column.sql_type}" for column in view.columns)
        connection.execute(f"CREATE TABLE {view.name} (_id {sql_type('id')}, _t BIGINT, {columns})")
    connection.execute("CREATE TABLE fingerprint (made_by VARCHAR)")
    connection.execute("INSERT INTO fingerprint VALUES (?)", [_fingerprint()])
    connection.execute("COMMIT")


def _salt(path: Path) -> str:
    """The installation's secret for keyed hashes; made once, readable by the platform's user only."""
    if not path.exists():
        path.touch(mode=0o600, exist_ok=True)
        path.write_text(secrets.token_hex(32))
    return path.read_text().strip()
