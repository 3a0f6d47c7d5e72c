"""A SQL-on-FHIR v2 ViewDefinition -> one DuckDB query over a table of changed resources.

In: the view as JSON. Out: `CompiledView` with SQL that reads a relation (`id`, `t`, `type`, `body`) and gives `_id`,
`_t` and the view's columns. Known: `select`, `column`, `forEach`, `forEachOrNull`, `unionAll`, `where`, `constant`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from yteso.standards.fhir_r4 import RESOURCE_TYPES
from yteso.warehouse.expression import Expressions, Value, quoted, text_literal
from yteso.warehouse.fhirpath import BadView, parse
from yteso.warehouse.shape import Shape, sql_type, structure_literal

_CASTS = {"decimal": "DECIMAL(18, 2)", "integer64": "BIGINT"}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a view: name, FHIR type, DuckDB type."""

    name: str
    type: str
    sql_type: str


@dataclass(frozen=True, slots=True)
class CompiledView:
    """A view ready to run. `sql` has one place, `{source}`, for the relation it reads."""

    name: str
    resource: str
    columns: tuple[Column, ...]
    sql: str

    def over(self, source: str) -> str:
        """The query over that relation."""
        return self.sql.replace("{source}", source)


@dataclass(slots=True)
class _Part:
    """A compiled select: joins to add to FROM, and its columns in order (name, FHIR type, SQL)."""

    joins: list[str] = field(default_factory=list)
    columns: list[tuple[Column, str]] = field(default_factory=list)


def compile_view(view: Mapping[str, Any]) -> CompiledView:
    """Compile. Raises BadView for what the standard forbids and for what this floor does not know."""
    return _Compiler(view).run()


class _Compiler:
    def __init__(self, view: Mapping[str, Any]) -> None:
        self._view = view
        resource = view.get("resource")
        if resource not in RESOURCE_TYPES:
            raise BadView("a view needs the FHIR R4 resource type it reads")
        self._resource = str(resource)
        self._root = Value("src.r", Shape(self._resource))
        self._expressions = Expressions(self._root, _constants(view.get("constant", ())))
        self._aliases = count(1)

    def run(self) -> CompiledView:
        selects = self._view.get("select") or ()
        if not selects:
            raise BadView("a view needs at least one select")
        part = self._selects(selects, self._root)
        tests = [self._test(entry.get("path", "")) for entry in self._view.get("where", ())]
        names = [column.name for column, _ in part.columns]
        if len(set(names)) != len(names) and not self._same_paths(part):
            raise BadView("a column name stands twice in the view")
        shown = ", ".join(f"{sql} AS {quoted(column.name)}" for column, sql in part.columns)
        condition = f" WHERE {' AND '.join(tests)}" if tests else ""
        source = (
            f"SELECT id, t, from_json(body, {structure_literal(self._root.shape)}) AS r FROM {{source}} "
            f"WHERE type = {text_literal(self._resource)}"
        )
        joins = "".join(f" {join}" for join in part.joins)
        return CompiledView(
            name=str(self._view.get("name", "")),
            resource=self._resource,
            columns=tuple(column for column, _ in part.columns),
            sql=f"WITH src AS ({source}) SELECT src.id AS _id, src.t AS _t, {shown} FROM src{joins}{condition}",
        )

    def _same_paths(self, part: _Part) -> bool:
        seen: dict[str, str] = {}
        return all(seen.setdefault(column.name, sql) == sql for column, sql in part.columns)

    def _test(self, path: str) -> str:
        value = self._expressions.compile(parse(path), self._root)
        if value.shape.type != "boolean":
            raise BadView(f"where {path!r} is not true or false")
        return f"({self._expressions.single(value).sql})"

    def _selects(self, selects: Sequence[Mapping[str, Any]], item: Value) -> _Part:
        whole = _Part()
        for select in selects:
            part = self._select(select, item)
            whole.joins.extend(part.joins)
            whole.columns.extend(part.columns)
        return whole

    def _select(self, select: Mapping[str, Any], item: Value) -> _Part:
        unknown = set(select) - {"column", "select", "unionAll", "forEach", "forEachOrNull"}
        if unknown:
            raise BadView(f"select has parts this compiler does not know: {', '.join(sorted(unknown))}")
        part = _Part()
        for keyword, join in (("forEach", "JOIN"), ("forEachOrNull", "LEFT JOIN")):
            if keyword in select:
                item, text = self._each(select[keyword], item, join)
                part.joins.append(text)
        for column in select.get("column", ()):
            part.columns.append(self._column(column, item))
        nested = self._selects(select.get("select", ()), item)
        part.joins.extend(nested.joins)
        part.columns.extend(nested.columns)
        if "unionAll" in select:
            self._union(select["unionAll"], item, part)
        return part

    def _each(self, path: str, item: Value, join: str) -> tuple[Value, str]:
        value = self._expressions.compile(parse(path), item)
        alias = f"e{next(self._aliases)}"
        rows = f"SELECT unnest({value.sql}) AS item" if value.many else self._one_row(value)
        return Value(f"{alias}.item", value.shape), f"{join} LATERAL ({rows}) AS {alias} ON true"

    def _one_row(self, value: Value) -> str:
        return f"SELECT {value.sql} AS item WHERE ({value.sql}) IS NOT NULL"

    def _column(self, column: Mapping[str, Any], item: Value) -> tuple[Column, str]:
        value = self._expressions.compile(parse(column["path"]), item)
        kind = str(column.get("type") or value.shape.type)
        sql = _CASTS.get(kind, sql_type(kind))
        if column.get("collection"):
            listed = (
                f"coalesce({value.sql}, [])"
                if value.many
                else f"CASE WHEN ({value.sql}) IS NOT NULL THEN [{value.sql}] ELSE [] END"
            )
            return Column(column["name"], kind, f"{sql}[]"), f"CAST({listed} AS {sql}[])"
        return Column(column["name"], kind, sql), f"CAST({self._expressions.single(value).sql} AS {sql})"

    def _union(self, branches: Sequence[Mapping[str, Any]], item: Value, part: _Part) -> None:
        parts = [self._select(branch, item) for branch in branches]
        columns = [column for column, _ in parts[0].columns]
        if any([column.name for column, _ in one.columns] != [c.name for c in columns] for one in parts):
            raise BadView("the branches of unionAll have different columns")
        alias = f"u{next(self._aliases)}"
        queries = []
        for one in parts:
            shown = ", ".join(f"{sql} AS {quoted(column.name)}" for column, sql in one.columns)
            queries.append(f"SELECT {shown} FROM (SELECT 1) AS one{''.join(f' {join}' for join in one.joins)}")
        part.joins.append(f"JOIN LATERAL ({' UNION ALL '.join(queries)}) AS {alias} ON true")
        part.columns.extend((column, f"{alias}.{quoted(column.name)}") for column in columns)


def _constants(entries: Sequence[Mapping[str, Any]]) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for entry in entries:
        values = [(key, value) for key, value in entry.items() if key.startswith("value")]
        if len(values) != 1 or "name" not in entry:
            raise BadView("a constant needs a name and one value[x]")
        key, value = values[0]
        kind = key[5].lower() + key[6:]
        if isinstance(value, bool):
            sql = "true" if value else "false"
        elif isinstance(value, int | float):
            sql = str(value)
        else:
            sql = text_literal(str(value))
        found[entry["name"]] = Value(sql, Shape(kind))
    return found
