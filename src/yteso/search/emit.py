"""One value of one datatype -> entries of the index row. Chosen once per (type, parameter, path) when compiling.

Each maker closes over the numbers of its path, so that the work per value is a few dictionary look-ups. A value of the
wrong shape raises TypeError, AttributeError or ValueError, which `extract` reads as "not indexed".
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

from yteso.fhir import dates, reference
from yteso.search.hot import hot
from yteso.search.keys import Key, coded, exact, identified, identifier, mandatory, path_key, present, token
from yteso.search.numbers import quantity_rows
from yteso.search.row import NO_DATE, IndexRow
from yteso.search.words import prefixes
from yteso.standards.fhir_r4 import Path, SearchParameter

Emit = Callable[[Any, IndexRow], None]
Mark = tuple[Key, ...]

_REMEMBERED = 65_536
"""How many codes the memory of one element's code tokens holds before it starts anew. Identifiers are not kept."""
_RECENT = 2_048
"""How many references the memory of one element holds."""


def emitter(type: str, parameter: SearchParameter, path: Path) -> tuple[Emit | None, Hashable]:
    """The emitter of one path of a parameter, and the identity by which a second parameter's same one is left out."""
    key = path_key(type, path)
    if parameter.kind == "date":
        return _date(type, parameter.name, path.type), (parameter.name, key)
    if parameter.kind in ("number", "quantity"):
        return _number(key, path.type), ("number", key)
    if parameter.kind == "string":
        return _string(key), ("string", key)
    if parameter.kind == "token" and path.type == "string":
        return _uri(key, presence(key, type, path)), ("token", key)
    makers = _MAKERS.get(parameter.kind, {})
    maker = makers.get(path.type)
    return (maker(key, presence(key, type, path)) if maker else None), (parameter.kind == "token", key)


def presence(key: str, type: str, path: Path) -> tuple[Key, ...]:
    """The token by which `:missing` sees the element; none when every step is mandatory, so never missing."""
    return () if mandatory(type, path) else (token(present(key)),)


def _codings(key: str) -> Callable[[Any, IndexRow], list[Key]]:
    """Emits the tokens of one Coding-like value and returns those of its bare code."""
    memory: dict[tuple[str | None, str], tuple[Key, ...]] = {}

    def one(value: Any, row: IndexRow) -> list[Key]:
        code = value.get("code")
        if code is None:
            return []
        pair = (value.get("system"), code)
        tokens = memory.get(pair)
        if tokens is None:
            if len(memory) >= _REMEMBERED:
                memory.clear()
            tokens = memory[pair] = tuple(token(fact) for fact in coded(key, *pair))
        row.tok.extend(tokens)
        return [tokens[0]]

    return one


def _coding(key: str, mark: Mark) -> Emit:
    one, is_hot = _codings(key), _is_hot_code(key)

    def emit(value: Any, row: IndexRow) -> None:
        row.tok.extend(mark)
        found = one(value, row)
        if is_hot:
            row.codes.extend(found)

    return emit


def _concept(key: str, mark: Mark) -> Emit:
    one, is_hot = _codings(key), _is_hot_code(key)

    def emit(value: Any, row: IndexRow) -> None:
        row.tok.extend(mark)
        for coding in value.get("coding") or ():
            found = one(coding, row)
            if is_hot:
                row.codes.extend(found)

    return emit


def _is_hot_code(key: str) -> bool:
    return hot(key.partition(".")[0]).code_key == key


def _identifier(key: str, mark: Mark) -> Emit:

    def emit(value: Any, row: IndexRow) -> None:
        row.tok.extend(mark)
        text = value.get("value")
        if text:
            row.tok.extend(map(token, identifier(key, value.get("system"), text)))

    return emit


def _contact(key: str, mark: Mark) -> Emit:

    def emit(value: Any, row: IndexRow) -> None:
        row.tok.extend(mark)
        text = value.get("value")
        if text:
            row.tok.extend(map(token, coded(key, value.get("use"), text)))

    return emit


def _code(key: str, mark: Mark) -> Emit:
    """A `code`, `boolean`, `id`: its system is implied by the element, so only the bare code is a fact."""
    memory: dict[object, Key] = {}

    def emit(value: Any, row: IndexRow) -> None:
        row.tok.extend(mark)
        number = memory.get(value)
        if number is None:
            if len(memory) >= _REMEMBERED:
                memory.clear()
            text = ("true" if value else "false") if isinstance(value, bool) else str(value)
            number = memory[value] = token(f"{key}|{text}")
        row.tok.append(number)

    return emit


def _exists(key: str, mark: Mark) -> Emit:
    """A date where a boolean is asked (`Patient.deceased`): its presence means true."""
    number = token(f"{key}|true")

    def emit(_value: Any, row: IndexRow) -> None:
        row.tok.extend((*mark, number))

    return emit


def _uri(key: str, mark: Mark) -> Emit:
    """A uri, canonical or plain text as a token; a canonical is also found without its version or fragment."""

    def emit(value: str, row: IndexRow) -> None:
        row.tok.extend(mark)
        row.tok.append(token(f"{key}|{value}"))
        for separator in "|#":
            bare, found, _ = value.partition(separator)
            if found and bare:
                row.tok.append(token(f"{key}|{bare}"))

    return emit


def _reference(key: str, _mark: Mark) -> Emit:
    """The memory serves the many resources of one visit that name the same patient and encounter."""
    memory: dict[str, tuple[Key, ...]] = {}
    nowhere = token(present(key))

    def emit(value: Any, row: IndexRow) -> None:
        text = value.get("reference")
        if text and text[0] != "#":
            tokens = memory.get(text)
            if tokens is None:
                if len(memory) >= _RECENT:
                    memory.clear()
                tokens = memory[text] = _target_tokens(key, text)
            row.tok.extend(tokens)
        else:
            row.tok.append(nowhere)
        named = value.get("identifier")
        if named and named.get("value"):
            row.tok.extend(map(token, identified(key, named.get("system"), named["value"])))

    return emit


def _target_tokens(key: str, text: str) -> tuple[Key, ...]:
    found = reference.parse(text)
    name = f"{found.base}/{found.type}/{found.id}".lstrip("/") if found.id else text
    return token(f"{key}|{name}"), token(present(key, found.type))


_MAKERS: dict[str, dict[str, Callable[[str, Mark], Emit]]] = {
    "token": {
        "CodeableConcept": _concept,
        "Coding": _coding,
        "Identifier": _identifier,
        "ContactPoint": _contact,
        "code": _code,
        "boolean": _code,
        "id": _code,
        "string": _uri,
        "uri": _uri,
        "dateTime": _exists,
    },
    "uri": {"uri": _uri, "url": _uri, "canonical": _uri},
    "reference": {"Reference": _reference, "canonical": _uri, "uri": _uri},
}

_PARTS = ("text", "family", "given", "prefix", "suffix", "line", "district", "city", "state", "country", "postalCode")
"""The searchable parts of a HumanName and of an Address (FHIR R4 §3.1.1.4.9)."""


def _string(key: str) -> Emit:
    number = token(key)

    def emit(value: Any, row: IndexRow) -> None:
        for text in _texts(value):
            row.tok.append(token(exact(key, text)))
            row.strings.extend((number, part, at) for at, part in enumerate(prefixes(text)))

    return emit


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    found: list[str] = []
    for part in _PARTS:
        text = value.get(part)
        if isinstance(text, str):
            found.append(text)
        elif text:
            found.extend(item for item in text if isinstance(item, str))
    return found


_INTERVALS: dict[str, Callable[[Any], dates.Interval | None]] = {
    "Period": dates.period,
    "Timing": dates.timing,
}


def _date(type: str, name: str, datatype: str) -> Emit:
    read = _INTERVALS.get(datatype, dates.interval)
    if hot(type).date == name:

        def emit_hot(value: Any, row: IndexRow) -> None:
            found = read(value)
            if found and row.d_lo == NO_DATE:
                row.d_lo, row.d_hi = found

        return emit_hot
    number = token(f"{type}:{name}")

    def emit(value: Any, row: IndexRow) -> None:
        found = read(value)
        if found:
            row.moments.append((number, *found))

    return emit


def _number(key: str, datatype: str) -> Emit:
    number = token(key)

    def emit(value: Any, row: IndexRow) -> None:
        row.numbers.extend((number, *rest) for rest in quantity_rows(datatype, value))

    return emit
