"""One datatype -> the lines of Python that index a value of it. `program` puts them together, per type.

In: where the value is (a variable) and what stands for its path. Out: lines that add to `tok` (tokens), `mark` (marks)
and `row` (an `IndexRow`). Constants are bound to names of the scope, never printed into the text. A value of the wrong
shape makes the lines raise TypeError, AttributeError or ValueError, which `extract` reads as "not indexed".
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

from yteso.fhir import dates
from yteso.search import tokens
from yteso.search.composite import Pairs, add_pairs, is_paired
from yteso.search.hot import hot
from yteso.search.keys import mandatory, path_key, present, token
from yteso.search.numbers import currency_keys, quantity_rows, unit_keys
from yteso.search.parameters import is_prefixed, is_shared
from yteso.search.place import place_rows
from yteso.search.row import NO_DATE
from yteso.search.words import MAX_LENGTH
from yteso.standards.fhir_r4 import Path, SearchParameter

Lines = list[str]
Emit = Callable[[str], Lines]
"""The lines for a value in the variable of this name."""


@dataclass
class Scope:
    """The names that the lines of one program use."""

    names: dict[str, Any] = field(default_factory=lambda: dict(_FIXED))

    def bind(self, stem: str, value: object) -> str:
        """A new name for a value: `stem_7`."""
        name = f"{stem}_{len(self.names)}"
        self.names[name] = value
        return name


_FIXED: dict[str, Any] = {
    "NO_DATE": NO_DATE,
    "date": dates.interval,
    "period": dates.period,
    "timing": dates.timing,
    "rows_of": quantity_rows,
    "units_of": unit_keys,
    "currency": currency_keys,
    "learn_coding": tokens.learn_coding,
    "learn_code": tokens.learn_code,
    "learn_target": tokens.learn_target,
    "identifier": tokens.of_identifier,
    "identified": tokens.of_identified,
    "contact": tokens.of_contact,
    "uri": tokens.of_uri,
    "profile": tokens.of_profile,
    "text": tokens.of_text,
    "inside": tokens.of_resource,
    "add_pairs": add_pairs,
    "place": place_rows,
}


def emitter(scope: Scope, type: str, parameter: SearchParameter, path: Path) -> tuple[Emit | None, Hashable]:
    """The lines of one path of a parameter, and the identity by which a second parameter's same ones are left out."""
    key = path_key(type, path)
    if parameter.kind == "date":
        return _date(scope, type, parameter.name, path.type), (parameter.name, key)
    if parameter.kind in ("number", "quantity"):
        return _number(scope, key, path.type), ("number", key)
    if parameter.kind == "special":
        return (lambda value: [f"row.numbers += place({value})"]), ("special", key)
    if parameter.kind == "string":
        return _string(scope, key), ("string", key)
    mark = () if mandatory(type, path) else (f"mark.append({scope.bind('there', token(present(key)))})",)
    if parameter.kind == "uri" and is_shared(path):
        return _calling("profile", ", mark")(scope, key, mark), ("uri", key)
    if parameter.kind == "uri" and is_prefixed(path):
        return _address(scope, key, mark), ("uri", key)
    if parameter.kind == "token" and path.type == "string":
        return _uri(scope, key, mark), ("token", key)
    make = _MAKERS.get(parameter.kind, {}).get(path.type)
    return (make(scope, key, mark) if make else None), (parameter.kind == "token", key)


def pair_emitter(scope: Scope, type: str, parameter: SearchParameter, context: int) -> tuple[Emit | None, Hashable]:
    """The line for one context of a composite parameter; none where its parts are asked for one by one."""
    path = parameter.paths[context]
    parts = [SearchParameter(one.name, one.kind, one.paths[context]) for one in parameter.components]
    if not any(path.many) or not is_paired(*parts):
        return None, ()
    pairs = scope.bind("pairs", Pairs(path_key(type, path), parts[0], parts[1], len(path.steps)))
    return (lambda value: [f"add_pairs({pairs}, {value}, tok, row)"]), ("composite", parameter.name, context)


Mark = tuple[str, ...]
"""The line by which `:missing` sees the element; none when every step is mandatory, so never missing."""


def _coding_lines(scope: Scope, key: str, coding: str) -> Lines:
    known, is_hot = scope.bind("known", {}), hot(key.partition(".")[0]).code_key == key
    return [
        f"code = {coding}.get('code')",
        "if code is not None:",
        f"    pair = ({coding}.get('system'), code)",
        f"    found = {known}.get(pair)",
        "    if found is None:",
        f"        found = learn_coding({known}, {scope.bind('key', key)}, pair)",
        "    tok += found[0]",
        "    mark += found[1]",
        *(["    row.codes.append(found[0][0])"] if is_hot else []),
    ]


def _coding(scope: Scope, key: str, mark: Mark) -> Emit:
    return lambda value: [*mark, *_coding_lines(scope, key, value)]


def _concept(scope: Scope, key: str, mark: Mark) -> Emit:
    def lines(value: str) -> Lines:
        inner = _coding_lines(scope, key, "coding")
        return [*mark, f"for coding in {value}.get('coding') or ():", *indented(inner)]

    return lines


def _code(scope: Scope, key: str, mark: Mark) -> Emit:
    """A `code`, `boolean`, `id`: its system is implied by the element, so only the bare code is a fact."""
    known, name = scope.bind("known", {}), scope.bind("key", key)
    return lambda value: [
        *mark,
        f"found = {known}.get({value})",
        f"tok.append(learn_code({known}, {name}, {value}) if found is None else found)",
    ]


def _exists(scope: Scope, key: str, mark: Mark) -> Emit:
    """A date where a boolean is asked (`Patient.deceased`): its presence means true."""
    number = scope.bind("true", token(f"{key}|true"))
    return lambda _: [*mark, f"tok.append({number})"]


def _calling(function: str, further: str = "") -> Callable[[Scope, str, Mark], Emit]:
    def make(scope: Scope, key: str, mark: Mark) -> Emit:
        name = scope.bind("key", key)
        return lambda value: [*mark, f"{function}({name}, {value}, tok{further})"]

    return make


_uri = _calling("uri")


def _reference(scope: Scope, key: str, _mark: Mark) -> Emit:
    """The memory serves the many resources of one visit that name the same patient and encounter."""
    known, name, nowhere = scope.bind("known", {}), scope.bind("key", key), scope.bind("nowhere", token(present(key)))
    return lambda value: [
        f"target = {value}.get('reference')",
        "if target and target[0] != '#':",
        f"    found = {known}.get(target)",
        "    if found is None:",
        f"        found = learn_target({known}, {name}, target)",
        "    tok.append(found[0])",
        "    mark.append(found[1])",
        "else:",
        f"    mark.append({nowhere})",
        f"named = {value}.get('identifier')",
        "if named:",
        f"    identified({name}, named, tok)",
    ]


_MAKERS: dict[str, dict[str, Callable[[Scope, str, Mark], Emit]]] = {
    "token": {
        "CodeableConcept": _concept,
        "Coding": _coding,
        "Identifier": _calling("identifier", ", mark"),
        "ContactPoint": _calling("contact", ", mark"),
        "code": _code,
        "boolean": _code,
        "id": _code,
        "string": _uri,
        "uri": _uri,
        "dateTime": _exists,
    },
    "uri": {"uri": _uri, "url": _uri, "canonical": _uri},
    "reference": {"Reference": _reference, "canonical": _uri, "uri": _uri, "Resource": _calling("inside")},
}


def _address(scope: Scope, key: str, mark: Mark) -> Emit:
    """A uri: as it is, and how it begins."""
    name, number = scope.bind("key", key), scope.bind("field", token(key))
    return lambda value: [
        *mark,
        f"uri({name}, {value}, tok)",
        f"row.strings.append(({number}, {value}[:{MAX_LENGTH}], 0))",
    ]


def _string(scope: Scope, key: str) -> Emit:
    name, number = scope.bind("key", key), scope.bind("field", token(key))
    return lambda value: [f"text({name}, {number}, {value}, tok, row.strings)"]


def _date(scope: Scope, type: str, name: str, datatype: str) -> Emit:
    read = {"Period": "period", "Timing": "timing"}.get(datatype, "date")
    if hot(type).date == name:
        return lambda value: [
            f"found = {read}({value})",
            "if found and row.d_lo == NO_DATE:",
            "    row.d_lo, row.d_hi = found",
        ]
    number = scope.bind("field", token(f"{type}:{name}"))
    return lambda value: [
        f"found = {read}({value})",
        "if found:",
        f"    row.moments.append(({number}, *found))",
    ]


def _number(scope: Scope, key: str, datatype: str) -> Emit:
    number = scope.bind("field", token(key))
    if datatype in ("Quantity", "SimpleQuantity"):
        return lambda value: [
            f"if 'comparator' in {value}:",
            f"    row.numbers += [({number}, *rest) for rest in rows_of({datatype!r}, {value})]",
            "elif 'value' in " + value + ":",
            f"    amount = float({value}['value'])",
            f"    for full, bare in units_of({value}.get('system'), {value}.get('code'), {value}.get('unit')):",
            f"        row.numbers.append(({number}, amount, amount, full, bare))",
        ]
    if datatype == "Money":
        return lambda value: [
            f"amount = {value}.get('value')",
            "if amount is not None:",
            "    amount = float(amount)",
            f"    row.numbers.append(({number}, amount, amount, *currency(str({value}.get('currency', '')))))",
        ]
    return lambda value: [f"row.numbers += [({number}, *rest) for rest in rows_of({datatype!r}, {value})]"]


def indented(lines: Lines) -> Lines:
    """The lines one level deeper."""
    return [f"    {line}" for line in lines]
