"""Composite parameters (FHIR R4 §3.1.1.4.14): parts that must hold together in one element, in index and query.

Where the element can be there only once (the resource itself, `MolecularSequence.referenceSeq`) its parts are asked
for one by one. Elsewhere (`Observation.component`) the index holds a fact per pair of a code with the other value, or
the other value's numbers beside each code. There a code is asked for with its code, not by its system alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from yteso.fhir import reference
from yteso.search.fragment import Fragment
from yteso.search.keys import Key, coded, number, paired, path_key, short, token
from yteso.search.numbers import quantity_rows
from yteso.search.row import IndexRow
from yteso.search.values import bare, prefixed, split, split_token
from yteso.standards.fhir_r4 import Path, SearchParameter

Parts = Sequence[tuple[SearchParameter, str, str]]
"""(parameter of the part within one context, prefix, value)."""

MAX_FACTS = 64
"""How many codes of one element are paired."""


def parts_of(parameter: SearchParameter, context: int, value: str) -> Parts:
    """The parts of `code$value` within one of the parameter's contexts."""
    return [
        (SearchParameter(part.name, part.kind, part.paths[context], expression=""), *prefixed(part.kind, text))
        for part, text in zip(parameter.components, split(value, "$"), strict=True)
    ]


def stands_alone(context: Path, parts: Parts) -> bool:
    """True where no pairs are indexed: the element can be there only once, or is not made of a code and one value."""
    return not any(context.many) or not is_paired(*(part for part, _, _ in parts))


def is_paired(*parts: SearchParameter) -> bool:
    """True for two parts that the index holds as pairs."""
    return len(parts) == 2 and all(part.kind in ("token", "reference", "number", "quantity") for part in parts)


def pair_facts(type: str, context: Path, parts: Parts) -> list[str]:
    """The facts any of which says that both parts, neither of them numbers, hold in one element."""
    (first, _, one), (second, _, other) = parts
    key, skip = path_key(type, context), len(context.steps)
    return [paired(key, fact, further) for fact in _asked(first, one, skip) for further in _asked(second, other, skip)]


def coded_as(context: Path, part: SearchParameter, text: str) -> Fragment:
    """That a row of `store.number`, alias `x`, is of an element with this code."""
    keys = [number(short(token(fact))) for fact in _asked(part, text, len(context.steps))]
    bare_code = part.kind == "reference" or split_token(text)[0] is None
    return Fragment(f"x.{'code' if bare_code else 'coded'} = ANY(%s::integer[])", (keys,))


def _asked(part: SearchParameter, text: str, skip: int) -> list[str]:
    names = [_name(path, skip) for path in part.paths]
    if part.kind == "reference":
        return [f"{name}|{bare(text)}" for name in names]
    system, code = split_token(text)
    return [f"{name}|{code}" if system is None else f"{name}|{system}|{code}" for name in names]


def _name(path: Path, skip: int) -> str:
    """What of a path lies inside its element: two parameters that read the same share their facts."""
    return ".".join(path.steps[skip:])


@dataclass(frozen=True, slots=True)
class Pairs:
    """What to index of one element of a context."""

    key: str
    first: SearchParameter
    second: SearchParameter
    skip: int
    """Steps of the paths that lead to the element."""


def add_pairs(pairs: Pairs, element: Any, tok: list[Key], row: IndexRow) -> None:
    """The pairs of one element. An odd shape raises as everything in `emit` does."""
    firsts = [*_facts(pairs, pairs.first, element)][:MAX_FACTS]
    if not firsts:
        return
    if pairs.second.kind in ("number", "quantity"):
        codes = [(token(bare_code), token(full)) for bare_code, full in firsts]
        for path in pairs.second.paths:
            key = token(path_key(pairs.key.partition(".")[0], path))
            for value in _reached(element, path, pairs.skip):
                for rest in quantity_rows(path.type, value):
                    row.coded += [(key, *rest, *code) for code in codes]
        return
    seconds = [*_facts(pairs, pairs.second, element)][:MAX_FACTS]
    tok += [
        token(paired(pairs.key, fact, further))
        for first in firsts
        for fact in dict.fromkeys(first)
        for second in seconds
        for further in dict.fromkeys(second)
    ]


def _facts(pairs: Pairs, part: SearchParameter, element: Any) -> Iterator[tuple[str, str]]:
    for path in part.paths:
        for value in _reached(element, path, pairs.skip):
            yield from _of_value(_name(path, pairs.skip), path.type, value)


def _of_value(name: str, datatype: str, value: Any) -> Iterator[tuple[str, str]]:
    """The fact of a value alone, and with its system."""
    if datatype == "CodeableConcept":
        for coding in value.get("coding") or ():
            yield from _of_value(name, "Coding", coding)
    elif datatype == "Coding":
        if value.get("code"):
            yield coded(name, value.get("system"), value["code"])
    elif datatype == "Reference":
        target = reference.parse(value.get("reference") or "")
        if target.id:
            yield (f"{name}|{target.type}/{target.id}",) * 2
    else:
        text = ("true" if value else "false") if isinstance(value, bool) else str(value)
        yield (f"{name}|{text}",) * 2


def _reached(element: Any, path: Path, skip: int) -> list[Any]:
    level = [element]
    for step, many in zip(path.steps[skip:], path.many[skip:], strict=True):
        found = [node[step] for node in level if step in node]
        level = [item for value in found for item in value] if many else found
    return level
