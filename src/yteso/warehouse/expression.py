"""FHIRPath tree -> DuckDB SQL over typed structs, with its type and whether it may hold many.

In: a tree and the item it starts from. Out: `Value`. A single value is a scalar (NULL is the empty collection), a
repeating one a LIST without NULLs. Two-valued `exists`, three-valued logic elsewhere, as FHIRPath has it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import count

from yteso.fhir.fhirpath.tree import Binary, Call, Dollar, Index, Literal, Name, Tree, Variable
from yteso.warehouse.fhirpath import BadView
from yteso.warehouse.shape import Shape

_THIS = Dollar("$this")
_OPERATORS = frozenset({"and", "or", "=", "!=", "<", ">", "<=", ">="})


@dataclass(frozen=True, slots=True)
class Value:
    """An SQL expression, the shape of its items, and whether it is a list of them."""

    sql: str
    shape: Shape
    many: bool = False


def quoted(name: str) -> str:
    """An SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def text_literal(text: str) -> str:
    """An SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


class Expressions:
    """Compiles the expressions of one view. `constants` are SQL literals with their FHIR types."""

    def __init__(self, root: Value, constants: Mapping[str, Value]) -> None:
        self._root = root
        self._constants = constants
        self._fresh = count(1)
        self._functions: dict[str, Callable[[Value, tuple[Tree, ...]], Value]] = {
            "where": self._where,
            "exists": self._exists,
            "empty": self._empty,
            "first": self._first,
            "join": self._join,
            "not": self._not,
            "extension": self._extension,
            "getReferenceKey": self._reference_key,
        }

    def compile(self, node: Tree, item: Value) -> Value:
        """The SQL of `node` where `$this` is `item`. Raises BadView."""
        if isinstance(node, Literal):
            return _literal(node.value)
        if isinstance(node, Variable):
            if node.name not in self._constants:
                raise BadView(f"the view has no constant {node.name!r}")
            return self._constants[node.name]
        if node == _THIS:
            return item
        if isinstance(node, Binary):
            return self._binary(node, item)
        if isinstance(node, Index):
            return self._index(node, item)
        if isinstance(node, Name):
            return self._child(item if node.base is None else self.compile(node.base, item), node.name)
        if isinstance(node, Call):
            return self._call(node, item)
        raise BadView(f"{_told(node)} is not supported in views")

    def single(self, value: Value) -> Value:
        """The value as one item; more than one is an error when the query runs, as the standard asks."""
        if not value.many:
            return value
        many = f"error('more than one value where one is expected')::{_sql_of(value)}"
        return Value(f"CASE WHEN len({value.sql}) > 1 THEN {many} ELSE ({value.sql})[1] END", value.shape)

    def _call(self, node: Call, item: Value) -> Value:
        if node.name == "ofType":
            return self._of_type(node, item)
        if node.name == "getResourceKey":
            return self._child(self._root, "id")
        if node.name not in self._functions:
            raise BadView(f"function {node.name}() is not supported in views")
        base = item if node.base is None else self.compile(node.base, item)
        return self._functions[node.name](base, node.arguments)

    def _child(self, base: Value, name: str, choice: str = "") -> Value:
        json_name, shape, many = base.shape.child(name, choice)
        field = quoted(json_name)
        if not base.many:
            return Value(f"({base.sql}).{field}", shape, many)
        x = self._variable()
        inner = f"list_filter(list_transform({base.sql}, lambda {x}: {x}.{field}), lambda {x}: {x} IS NOT NULL)"
        return Value(f"flatten({inner})" if many else inner, shape, many=True)

    def _of_type(self, node: Call, item: Value) -> Value:
        wanted = node.arguments[0] if len(node.arguments) == 1 else None
        if not isinstance(node.base, Name) or not isinstance(wanted, Literal):
            raise BadView("ofType() needs an element before it and a type inside")
        base = item if node.base.base is None else self.compile(node.base.base, item)
        return self._child(base, node.base.name, wanted.value)

    def _where(self, base: Value, arguments: tuple[Tree, ...]) -> Value:
        if len(arguments) != 1:
            raise BadView("where() needs one criterion")
        if not base.many:
            test = self._truth(self.compile(arguments[0], base))
            return replace(base, sql=f"CASE WHEN {test} THEN {base.sql} END")
        x = self._variable()
        test = self._truth(self.compile(arguments[0], Value(x, base.shape)))
        return replace(base, sql=f"list_filter({base.sql}, lambda {x}: {test})")

    def _exists(self, base: Value, arguments: tuple[Tree, ...]) -> Value:
        found = self._where(base, arguments) if arguments else base
        test = f"coalesce(len({found.sql}), 0) > 0" if found.many else f"({found.sql}) IS NOT NULL"
        return Value(f"({test})", Shape("boolean"))

    def _empty(self, base: Value, arguments: tuple[Tree, ...]) -> Value:
        return Value(f"(NOT {self._exists(base, arguments).sql})", Shape("boolean"))

    def _first(self, base: Value, _: tuple[Tree, ...]) -> Value:
        return Value(f"({base.sql})[1]", base.shape) if base.many else base

    def _join(self, base: Value, arguments: tuple[Tree, ...]) -> Value:
        separator = self.compile(arguments[0], base).sql if arguments else "''"
        joined = f"array_to_string({base.sql}, {separator})" if base.many else base.sql
        return Value(f"coalesce({joined}, '')", Shape("string"))

    def _not(self, base: Value, _: tuple[Tree, ...]) -> Value:
        return Value(f"(NOT {self._truth(base)})", Shape("boolean"))

    def _extension(self, base: Value, arguments: tuple[Tree, ...]) -> Value:
        if len(arguments) != 1 or not isinstance(arguments[0], Literal):
            raise BadView("extension() needs one url")
        return self._where(self._child(base, "extension"), (Binary("=", Name(None, "url"), arguments[0]),))

    def _reference_key(self, base: Value, arguments: tuple[Tree, ...]) -> Value:
        """The id at the end of a relative reference; NULL when a type is asked for and it is another."""
        reference = self._child(base, "reference")
        kind = arguments[0] if arguments else None
        if kind is not None and not isinstance(kind, Name):
            raise BadView("getReferenceKey() takes a type name")
        wanted = text_literal(kind.name if kind else "[A-Z][A-Za-z]*")
        pattern = f"'(^|/)' || {wanted} || '/([^/]+)(/_history/.*)?$'"
        if not reference.many:
            return Value(f"nullif(regexp_extract({reference.sql}, {pattern}, 2), '')", Shape("string"))
        x = self._variable()
        keys = f"list_transform({reference.sql}, lambda {x}: nullif(regexp_extract({x}, {pattern}, 2), ''))"
        return Value(f"list_filter({keys}, lambda {x}: {x} IS NOT NULL)", Shape("string"), many=True)

    def _index(self, node: Index, item: Value) -> Value:
        base, at = self.compile(node.base, item), self.compile(node.at, item)
        if base.many:
            return Value(f"({base.sql})[({at.sql}) + 1]", base.shape)
        return Value(f"CASE WHEN ({at.sql}) = 0 THEN {base.sql} END", base.shape)

    def _binary(self, node: Binary, item: Value) -> Value:
        if node.operator not in _OPERATORS:
            raise BadView(f"the operator {node.operator} is not supported in views")
        left, right = self.compile(node.left, item), self.compile(node.right, item)
        if node.operator in ("and", "or"):
            sql = f"({self._truth(left)} {node.operator.upper()} {self._truth(right)})"
        else:
            operator = "<>" if node.operator == "!=" else node.operator
            a, b = _comparable(self.single(left), self.single(right))
            sql = f"({a} {operator} {b})"
        return Value(sql, Shape("boolean"))

    def _truth(self, value: Value) -> str:
        if value.shape.type != "boolean":
            raise BadView(f"a criterion must be true or false, not a {value.shape.type}")
        return self.single(value).sql

    def _variable(self) -> str:
        return f"x{next(self._fresh)}"


def _comparable(left: Value, right: Value) -> tuple[str, str]:
    """Decimals are kept as text; compared with a number they become one."""
    numbers = {"decimal", "integer", "positiveInt", "unsignedInt"}
    if left.shape.type in numbers and right.shape.type in numbers:
        cast = "CAST({} AS DECIMAL(38, 10))"
        return tuple(cast.format(one.sql) if one.shape.type == "decimal" else one.sql for one in (left, right))  # type: ignore[return-value]
    return left.sql, right.sql


def _sql_of(value: Value) -> str:
    return "VARCHAR" if value.shape.type not in ("boolean", "integer") else value.shape.type.upper()


def _literal(value: object) -> Value:
    if isinstance(value, bool):
        return Value("true" if value else "false", Shape("boolean"))
    if isinstance(value, int):
        return Value(str(value), Shape("integer"))
    if isinstance(value, Decimal):
        return Value(str(value), Shape("decimal"))
    if isinstance(value, str):
        return Value(text_literal(value), Shape("string"))
    raise BadView(f"a literal {type(value).__name__} is not supported in views")


def _told(node: Tree) -> str:
    return node.name if isinstance(node, Dollar) else f"the operator {getattr(node, 'operator', '')}"
