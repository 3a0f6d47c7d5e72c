"""Composite parameters (FHIR R4 §3.1.1.4.14): parts that must hold together in one element, in index and query.

Where the element can be there only once (the resource itself, `MolecularSequence.referenceSeq`) its parts are asked
for one by one. Elsewhere (`Observation.component`) the index holds a fact per pair of a code with the other value,
or the other value's numbers under a key that the code is part of. There a code is asked for with its code, not by its
system alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from yteso.fhir import reference
from yteso.search.keys import Key, coded, paired, path_key, token
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
    """The facts any of which says that both parts hold in one element; for numbers the keys of their rows."""
    (first, _, one), (second, _, other) = parts
    key = path_key(type, context)
    firsts = _asked(first, one)
    if second.kind in ("number", "quantity"):
        names = [_name(context, path) for path in second.paths]
        return [paired(f"{key}.{name}", fact) for name in names for fact in firsts]
    return [paired(key, fact, further) for fact in firsts for further in _asked(second, other)]


def _asked(part: SearchParameter, text: str) -> list[str]:
    if part.kind == "reference":
        return [f"{part.name}|{bare(text)}"]
    system, code = split_token(text)
    return [f"{part.name}|{code}" if system is None else f"{part.name}|{system}|{code}"]


def _name(context: Path, path: Path) -> str:
    return ".".join(path.steps[len(context.steps) :])


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
        for path in pairs.second.paths:
            name = ".".join(path.steps[pairs.skip :])
            for value in _reached(element, path, pairs.skip):
                for rest in quantity_rows(path.type, value):
                    row.numbers += [(token(paired(f"{pairs.key}.{name}", fact)), *rest) for fact in firsts]
        return
    seconds = [*_facts(pairs, pairs.second, element)][:MAX_FACTS]
    tok += [token(paired(pairs.key, fact, further)) for fact in firsts for further in seconds]


def _facts(pairs: Pairs, part: SearchParameter, element: Any) -> Iterator[str]:
    for path in part.paths:
        for value in _reached(element, path, pairs.skip):
            yield from _of_value(part.name, path.type, value)


def _of_value(name: str, datatype: str, value: Any) -> Iterator[str]:
    if datatype == "CodeableConcept":
        for coding in value.get("coding") or ():
            yield from _of_value(name, "Coding", coding)
    elif datatype == "Coding":
        if value.get("code"):
            yield from coded(name, value.get("system"), value["code"])[:2]
    elif datatype == "Reference":
        target = reference.parse(value.get("reference") or "")
        if target.id:
            yield f"{name}|{target.type}/{target.id}"
    else:
        text = ("true" if value else "false") if isinstance(value, bool) else str(value)
        yield f"{name}|{text}"


def _reached(element: Any, path: Path, skip: int) -> list[Any]:
    level = [element]
    for step, many in zip(path.steps[skip:], path.many[skip:], strict=True):
        found = [node[step] for node in level if step in node]
        level = [item for value in found for item in value] if many else found
    return level
