"""The search parameters of a type -> Python functions that index a resource of it: text first, then compiled.

`source` shows the text (`python -c "from yteso.search.program import source; print(source('Observation'))"`). It is
made from our own generated tables alone; nothing of a request or a resource is ever in it. Two forms of the same:
`fast` is one function for the whole resource, steps shared by several paths taken once; `careful` has one function per
path, for the rare resource of an odd shape, of which what can be read is indexed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from yteso.search.emit import Emit, Lines, Scope, emitter, indented, pair_emitter
from yteso.search.hot import hot
from yteso.search.keys import Key, token
from yteso.search.parameters import generation, indexed_of
from yteso.search.row import IndexRow
from yteso.standards.fhir_r4 import SEARCH_PARAMETERS, Path

Program = Callable[[Any, list[Key], list[Key], IndexRow], None]
"""Adds what it reads of a resource (`fast`) or of a top property's value (`careful`) to tokens, marks and the row."""

_NOT_IN_RESOURCE = ("_id", "_lastUpdated")


@dataclass
class _Step:
    """One step of the paths that begin alike: what to do with its value, and where they go on."""

    many: bool
    emits: list[tuple[tuple[tuple[str, str], ...], Emit]] = field(default_factory=list)
    next: dict[tuple[str, tuple[tuple[str, str], ...]], _Step] = field(default_factory=dict)


def fast(type: str) -> Program:
    """The function that indexes a whole resource."""
    return _fast(type, generation())


@cache
def _fast(type: str, _generation: int) -> Program:
    scope = Scope()
    return _compiled(type, _fast_source(scope, type), scope)


def careful(type: str) -> Mapping[str, Sequence[Program]]:
    """Top property -> one function per path."""
    return _careful(type, generation())


@cache
def _careful(type: str, _generation: int) -> Mapping[str, Sequence[Program]]:
    scope = Scope()
    found: dict[str, list[Program]] = {}
    for path, emit in _emits(scope, type):
        ((top, step),) = _tree([(path, emit)]).items()
        found.setdefault(top, []).append(_compiled(type, "\n".join(_function("value", _each(step, "value", 1))), scope))
    return found


@cache
def absent(type: str) -> tuple[tuple[frozenset[str], Key], ...]:
    """(properties, token) for parameters that mean something by the absence of all of them."""
    return tuple(
        (frozenset(path.steps[0] for path in parameter.paths), token(f"{type}:{name}|{parameter.absent}"))
        for name, parameter in SEARCH_PARAMETERS[type].items()
        if parameter.absent
    )


def source(type: str) -> str:
    """The text of a type's fast form, for readers."""
    return _fast_source(Scope(), type)


def _fast_source(scope: Scope, type: str) -> str:
    body: Lines = []
    dated = _hot_dates(type)
    for top, step in _tree(list(_emits(scope, type))).items():
        lines = _each(step, "value", 1)
        if top in dated[1:]:
            lines = ["if row.d_lo != NO_DATE:", "    raise ValueError  # two variants of one date", *lines]
        body += [f"value = resource.get({top!r})", "if value is not None:", *indented(lines)]
    return "\n".join((f"# {type}: what its search parameters read", *_function("resource", body or ["pass"])))


def _hot_dates(type: str) -> list[str]:
    """The properties the clinical date is read from. Of two, the first in the document counts, so that is `careful`."""
    parameter = SEARCH_PARAMETERS[type].get(hot(type).date)
    return list(dict.fromkeys(path.steps[0] for path in parameter.paths)) if parameter else []


def _function(argument: str, body: Lines) -> Lines:
    return [f"def index({argument}, tok, mark, row):", *indented(body)]


def _compiled(type: str, text: str, scope: Scope) -> Program:
    exec(compile(text, f"<index of {type}>", "exec"), scope.names)  # noqa: S102 -- our own tables, see above
    made: Program = scope.names["index"]
    return made


def _emits(scope: Scope, type: str) -> Iterator[tuple[Path, Emit]]:
    seen: set[object] = set()
    for name, parameter in indexed_of(type).items():
        for at, path in enumerate(parameter.paths if name not in _NOT_IN_RESOURCE else ()):
            if parameter.kind == "composite":
                emit, identity = pair_emitter(scope, type, parameter, at)
            else:
                emit, identity = emitter(scope, type, parameter, path)
            if emit is not None and identity not in seen:
                seen.add(identity)
                yield path, emit


def _tree(parts: list[tuple[Path, Emit]]) -> dict[str, _Step]:
    tops: dict[str, _Step] = {}
    for path, emit in parts:
        step = tops.setdefault(path.steps[0], _Step(path.many[0]))
        for at in range(1, len(path.steps)):
            way = (path.steps[at], _where(path, at))
            step = step.next.setdefault(way, _Step(path.many[at]))
        step.emits.append((_where(path, len(path.steps)), emit))
    return tops


def _where(path: Path, at: int) -> tuple[tuple[str, str], ...]:
    return tuple((name, wanted) for index, name, wanted in path.where if index == at)


def _each(step: _Step, variable: str, depth: int) -> Lines:
    if not step.many:
        return _one(step, variable, depth)
    return [f"for item_{depth} in {variable}:", *indented(_one(step, f"item_{depth}", depth, variable))]


def _one(step: _Step, value: str, depth: int, among: str = "") -> Lines:
    lines: Lines = []
    for where, emit in step.emits:
        lines += _only(value, where, emit(value), among)
    for (name, where), further in step.next.items():
        inner = [
            f"child_{depth} = {value}.get({name!r})",
            f"if child_{depth} is not None:",
            *indented(_each(further, f"child_{depth}", depth + 1)),
        ]
        lines += _only(value, where, inner, among)
    return lines


def _only(value: str, where: tuple[tuple[str, str], ...], lines: Lines, among: str) -> Lines:
    if not where:
        return lines
    condition = " and ".join(_holds(value, name, wanted, among) for name, wanted in where)
    return [f"if {condition}:", *indented(lines)]


def _holds(value: str, name: str, wanted: str, among: str) -> str:
    """One condition of `Path.where`; `among` is the list the value is an element of."""
    if name == "[0]":
        return f"{value} is {among}[0]"
    if name == "extension()":
        return f"any(one.get('url') == {wanted!r} for one in {value}.get('extension') or ())"
    return f"{value}.get({name!r}) == {wanted!r}"
