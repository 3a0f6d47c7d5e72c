"""A tree -> one Python function `(context, focus) -> items`, made once and called for every resource.

Every node of the tree becomes a closure. The focus is what `$this` is: functions that judge items one by one call
their argument with one item as focus; arguments that are values are worked out with the focus of the call.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from yteso.fhir.fhirpath import operators
from yteso.fhir.fhirpath.context import Context
from yteso.fhir.fhirpath.functions import FUNCTIONS, Function
from yteso.fhir.fhirpath.nodes import Items, Node, integer, is_type, number, single, steps
from yteso.fhir.fhirpath.parse import parse
from yteso.fhir.fhirpath.quantities import Quantity
from yteso.fhir.fhirpath.refusals import Unanswerable, too_much, unknown
from yteso.fhir.fhirpath.shapes import TYPES
from yteso.fhir.fhirpath.tree import (
    Binary,
    Call,
    Dollar,
    Index,
    Literal,
    Name,
    Tree,
    TypeOperation,
    Unary,
    Variable,
)

Program = Callable[[Context, Items], Items]

_SYSTEM = frozenset({"Boolean", "Integer", "Decimal", "String", "Quantity", "Date", "DateTime", "Time", "Any"})


@lru_cache(maxsize=4096)
def program(expression: str) -> Program:
    """The function of an expression, from the cache when it is known. Raises Refused."""
    try:
        return build(parse(expression))
    except RecursionError:
        too_much()


def build(tree: Tree) -> Program:
    """The function of a tree."""
    match tree:
        case Literal(value):
            items = [] if value is None else [value]
            return lambda _context, _focus: items
        case Name(base, name):
            return _name(base, name)
        case Call(base, name, arguments):
            return _call(base, name, arguments)
        case Index(base, at):
            return _index(build(base), build(at))
        case Variable(name):
            return lambda context, _focus: context.variable(name)
        case Dollar(name):
            return _DOLLARS[name]
        case Unary(operator, operand):
            return _signed(build(operand), negative=operator == "-")
        case TypeOperation(operator, operand, type_):
            return _typed(build(operand), operator, type_)
        case Binary(operator, left, right):
            return _binary(operator, build(left), build(right))


_DOLLARS: dict[str, Program] = {
    "$this": lambda _context, focus: focus,
    "$index": lambda context, _focus: [context.index],
    "$total": lambda context, _focus: context.total,
}


def _name(base: Tree | None, name: str) -> Program:
    if base is not None:
        inner = build(base)

        def step(context: Context, focus: Items) -> Items:
            found = steps(inner(context, focus), name)
            context.tick(len(found))
            return found

        return step
    if name[0].isupper():
        return lambda _context, focus: (
            [item for item in focus if type(item) is Node and is_type(item, name)] or steps(focus, name)
        )

    def start(context: Context, focus: Items) -> Items:
        found = steps(focus, name)
        context.tick(len(found))
        return found

    return start


def _call(base: Tree | None, name: str, arguments: tuple[Tree, ...]) -> Program:
    inner: Program = build(base) if base is not None else _DOLLARS["$this"]
    if name in ("is", "as", "ofType") and len(arguments) == 1 and isinstance(arguments[0], Literal):
        return _typed(inner, name, str(arguments[0].value))
    function = FUNCTIONS.get(name)
    if function is None:
        unknown(f"{name}()")
    if not function.least <= len(arguments) <= function.most:
        unknown(f"{name}() / {len(arguments)}")
    parts = [build(argument) for argument in arguments]
    return _lazy(inner, function, parts) if function.lazy else _eager(inner, function, parts)


def _lazy(inner: Program, function: Function, parts: list[Program]) -> Program:
    run = function.run
    return lambda context, focus: run(context, inner(context, focus), *parts)


def _eager(inner: Program, function: Function, parts: list[Program]) -> Program:
    run = function.run
    if function.context:
        return lambda context, focus: run(context, inner(context, focus), *[part(context, focus) for part in parts])
    if not parts:
        return lambda context, focus: run(inner(context, focus))
    if len(parts) == 1:
        only = parts[0]
        return lambda context, focus: run(inner(context, focus), only(context, focus))
    return lambda context, focus: run(inner(context, focus), *[part(context, focus) for part in parts])


def _index(inner: Program, at: Program) -> Program:
    def pick(context: Context, focus: Items) -> Items:
        place = integer(at(context, focus))
        items = inner(context, focus)
        return [items[place]] if place is not None and 0 <= place < len(items) else []

    return pick


def _signed(inner: Program, *, negative: bool) -> Program:
    def signed(context: Context, focus: Items) -> Items:
        items = inner(context, focus)
        value = single(items)
        if isinstance(value, Quantity):
            return [Quantity(-value.value if negative else value.value, value.unit, value.calendar)]
        found = number(items)
        return [] if found is None else [-found if negative else found]

    return signed


def _typed(inner: Program, operator: str, type_: str) -> Program:
    namespace, _, plain = type_.rpartition(".")
    if namespace not in ("", "FHIR", "System") or (
        namespace != "System" and plain not in TYPES and (namespace or plain not in _SYSTEM)
    ):
        unknown(type_)
    if operator == "ofType":
        return lambda context, focus: [item for item in inner(context, focus) if is_type(item, type_)]

    def judged(context: Context, focus: Items) -> Items:
        items = inner(context, focus)
        if len(items) > 1:
            raise Unanswerable
        if operator == "is":
            return [is_type(items[0], type_)] if items else []
        return [item for item in items if is_type(item, type_)]

    return judged


def _binary(operator: str, left: Program, right: Program) -> Program:
    logic = operators.LOGIC.get(operator)
    if logic is not None:
        decide: Program = logic(left, right)
        return decide
    act: Callable[[Items, Items], Any] = operators.OPERATORS[operator]

    def answer(context: Context, focus: Items) -> Items:
        one, other = left(context, focus), right(context, focus)
        context.tick(len(one) + len(other))
        found: Items = act(one, other)
        if found and type(found[0]) is str:
            context.tick(len(found[0]) >> 4)
        return found

    return answer
