"""JSON Schemas of FHIR R4's primitive types (§2.24.0.1): the standard's expressions, with days that exist.

The published expression of `date` allows 30 February; these do not. Two more are made exact for engines whose `\\s`
knows Unicode: only blank, tab and line ends are space in a `code`, and only control characters are kept out of strings.
"""

from __future__ import annotations

from typing import Any

from yteso.standards.fhir_r4 import PRIMITIVES

Schema = dict[str, Any]

_YEAR = r"(?:[0-9](?:[0-9](?:[0-9][1-9]|[1-9]0)|[1-9]00)|[1-9]000)"
_LEAP = r"(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)"
_DAY = (
    rf"(?:{_YEAR}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
    r"|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))"
    rf"|{_LEAP}-02-29)"
)
_CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)(?:\.[0-9]+)?"
_ZONE = r"(?:Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))"
_NO_CONTROLS = r"[^\u0000-\u0008\u000b\u000c\u000e-\u001f]+"
_BIGGEST = 2_147_483_647
_WHOLE: Schema = {"$schema": "http://json-schema.org/draft-04/schema#", "type": "integer"}
"""Draft 4 takes no 1.0 for an integer, as FHIR does not (R4 §2.24.0.1); later drafts do (2020-12 §6.1.1)."""

_PATTERNS = {
    "date": rf"(?:{_YEAR}(?:-(?:0[1-9]|1[0-2]))?|{_DAY})",
    "dateTime": rf"(?:{_YEAR}(?:-(?:0[1-9]|1[0-2]))?|{_DAY}(?:T{_CLOCK}{_ZONE})?)",
    "instant": rf"{_DAY}T{_CLOCK}{_ZONE}",
    "code": r"[^ \t\r\n]+(?:[ \t\r\n][^ \t\r\n]+)*",
    "string": _NO_CONTROLS,
    "markdown": _NO_CONTROLS,
    "uri": r"\S+",
    "url": r"\S+",
    "canonical": r"\S+",
    "base64Binary": r"(?:\s*(?:[0-9a-zA-Z+/=]\s*){4})+",
    "xhtml": r"\s*<div[\s>][\s\S]*",
}
_OTHERS: dict[str, Schema] = {
    "boolean": {"type": "boolean"},
    "decimal": {"type": "number"},
    "integer": {**_WHOLE, "minimum": -_BIGGEST - 1, "maximum": _BIGGEST},
    "unsignedInt": {**_WHOLE, "minimum": 0, "maximum": _BIGGEST},
    "positiveInt": {**_WHOLE, "minimum": 1, "maximum": _BIGGEST},
}


def primitive_schema(type_: str) -> Schema:
    """The schema of one primitive type's JSON value. KeyError when it is none."""
    if type_ in _OTHERS:
        return _OTHERS[type_]
    return {"type": "string", "pattern": f"^(?:{_PATTERNS.get(type_) or PRIMITIVES[type_]})$"}


def quick_schema(type_: str) -> Schema:
    """A cheaper schema that accepts no more than `primitive_schema`; what it gains was measured with the engine.

    `^\\S*$` and the format uuid run without an expression; excluding JSON's other types is half the price of asking
    whether a Decimal is a number.
    """
    if type_ in ("uri", "url", "canonical", "code"):
        return {"type": "string", "minLength": 1, "pattern": r"^\S*$"}
    if type_ == "id":
        return {"type": "string", "anyOf": [{"format": "uuid"}, primitive_schema("id")]}
    if type_ == "decimal":
        return {"not": {"anyOf": [{"type": other} for other in ("string", "boolean", "object", "array", "null")]}}
    return primitive_schema(type_)


def nullable(schema: Schema) -> Schema:
    """The same, or null: an item of a list whose only content is an extension (§2.6.2.3)."""
    if "enum" in schema:
        return {"enum": [*schema["enum"], None]}
    return {**schema, "type": [schema["type"], "null"]}
