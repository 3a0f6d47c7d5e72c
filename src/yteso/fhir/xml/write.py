"""A JSON document of FHIR R4 -> XML bytes, elements in the order of the standard. No I/O.

In: a document as `fhir.json` reads it. Out: UTF-8 bytes; or Refused (406) with FHIR-043x naming the place, for what
XML has no form for. A document whose structure was checked always has one, except for characters XML does not know.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from operator import attrgetter
from typing import Any

from yteso.base.errors import Refused
from yteso.base.issue import Origin, Rule
from yteso.fhir.locate import shown_name
from yteso.fhir.xml import rules
from yteso.fhir.xml.narrative import element_of
from yteso.fhir.xml.shape import ESCAPES, FHIR, Field, Shape, shape_of
from yteso.standards.fhir_r4 import RESOURCE_TYPES

_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'
_SPECIAL = re.compile('[&<>"\x00-\x1f\ud800-\udfff\ufffe\uffff]').search
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]").search
_Write = Callable[[Field, Any, list[str]], None]
_index = attrgetter("index")


class _Whole(str):
    """A part that stands on its line as it is: a narrative."""

    __slots__ = ()


class _Unwritable(Exception):
    """What has no form in XML; each level on the way up adds its step of the place."""

    def __init__(self, rule: Rule, step: str = "") -> None:
        super().__init__(rule.code)
        self.rule = rule
        self.steps = [step] if step else []


def dumps(document: Any, *, pretty: bool = False) -> bytes:
    """The XML of one resource; `pretty` puts each element on a line of its own, narratives stay as they are."""
    parts: list[str] = []
    try:
        _resource(document, parts, f' xmlns="{FHIR}"')
    except _Unwritable as wrong:
        root = document.get("resourceType", "") if isinstance(document, dict) else ""
        place = ".".join((str(root), *reversed(wrong.steps))).replace(".[", "[")
        raise Refused(wrong.rule.at(Origin(field=place)), status=406) from wrong
    text = _indented(parts) if pretty else _DECLARATION + "".join(parts)
    return text.encode("utf-8")


def _resource(node: Any, parts: list[str], namespace: str = "") -> None:
    type_ = node.get("resourceType") if isinstance(node, dict) else None
    if not isinstance(type_, str) or type_ not in RESOURCE_TYPES:
        raise _Unwritable(rules.OTHER_KIND)
    parts.append(f"<{type_}{namespace}>")
    before = len(parts)
    _children(shape_of(type_), node, parts)
    if len(parts) == before:
        parts[-1] = f"<{type_}{namespace}/>"
    else:
        parts.append(f"</{type_}>")


def _children(shape: Shape, node: dict[str, Any], parts: list[str]) -> None:
    keys = shape.keys
    fields: list[Field] = []
    for key in node:
        field = keys.get(key)
        if field is None:
            if key == "resourceType" and shape.resource:
                continue
            raise _Unwritable(rules.NO_PLACE, shown_name(key))
        if key == field.name or field.name not in node:
            fields.append(field)
    fields.sort(key=_index)
    for field in fields:
        try:
            _WRITERS[field.kind](field, node, parts)
        except _Unwritable as wrong:
            wrong.steps.append(field.name)
            raise


def _attribute(_field: Field, _node: dict[str, Any], _parts: list[str]) -> None:
    """Already stands in the opening tag."""


def _primitives(field: Field, node: dict[str, Any], parts: list[str]) -> None:
    value, extra = node.get(field.name), node.get(field.twin)
    if not field.many:
        _primitive(field, value, extra, parts)
        return
    values, extras = _listed(value), _listed(extra)
    for index in range(max(len(values), len(extras))):
        try:
            _primitive(
                field,
                values[index] if index < len(values) else None,
                extras[index] if index < len(extras) else None,
                parts,
            )
        except _Unwritable as wrong:
            wrong.steps.append(f"[{index}]")
            raise


def _primitive(field: Field, value: Any, extra: Any, parts: list[str]) -> None:
    shown = "" if value is None else f' value="{_text_of(field, value)}"'
    if extra is None:
        if not shown:
            raise _Unwritable(rules.NOTHING)
        parts.append(f"<{field.name}{shown}/>")
        return
    _element(field, extra, parts, shown)


def _text_of(field: Field, value: Any) -> str:
    kind = type(value)
    if kind not in field.primitive.types:
        if kind is not Decimal or int not in field.primitive.types or value != int(value):
            raise _Unwritable(rules.OTHER_KIND)
        return str(int(value))  # A whole number that JSON wrote as 5.0.
    if kind is str:
        return _escaped(value)
    if kind is bool:
        return "true" if value else "false"
    return str(value)


def _escaped(text: str) -> str:
    if not _SPECIAL(text):
        return text
    if _FORBIDDEN(text):
        raise _Unwritable(rules.NO_CHARACTER)
    return text.translate(ESCAPES)


def _complexes(field: Field, node: dict[str, Any], parts: list[str]) -> None:
    _items(field, node, parts, _element)


def _element(field: Field, node: Any, parts: list[str], shown: str = "") -> None:
    """One element with attributes and children; `shown` is the value attribute of a primitive."""
    if not isinstance(node, dict):
        raise _Unwritable(rules.OTHER_KIND)
    if not node:
        raise _Unwritable(rules.NOTHING)
    for name in field.shape.attributes:
        if name in node:
            if type(node[name]) is not str:
                raise _Unwritable(rules.OTHER_KIND, name)
            shown += f' {name}="{_escaped(node[name])}"'
    parts.append(f"<{field.name}{shown}>")
    before = len(parts)
    _children(field.shape, node, parts)
    if len(parts) == before:
        parts[-1] = f"<{field.name}{shown}/>"
    else:
        parts.append(f"</{field.name}>")


def _resources(field: Field, node: dict[str, Any], parts: list[str]) -> None:
    _items(field, node, parts, _held)


def _held(field: Field, node: Any, parts: list[str]) -> None:
    parts.append(f"<{field.name}>")
    _resource(node, parts)
    parts.append(f"</{field.name}>")


def _narrative(field: Field, node: dict[str, Any], parts: list[str]) -> None:
    text = node.get(field.name)
    if not isinstance(text, str):
        raise _Unwritable(rules.OTHER_KIND)
    try:
        parts.append(_Whole(element_of(text)))
    except ValueError as error:
        raise _Unwritable(rules.BAD_NARRATIVE) from error


_WRITERS = {
    "attribute": _attribute,
    "primitive": _primitives,
    "complex": _complexes,
    "resource": _resources,
    "xhtml": _narrative,
}


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise _Unwritable(rules.OTHER_KIND)
    if not value:
        raise _Unwritable(rules.NOTHING)
    return value


def _items(
    field: Field, node: dict[str, Any], parts: list[str], write: Callable[[Field, Any, list[str]], None]
) -> None:
    value = node[field.name]
    if not field.many:
        write(field, value, parts)
        return
    for index, item in enumerate(_listed(value)):
        try:
            write(field, item, parts)
        except _Unwritable as wrong:
            wrong.steps.append(f"[{index}]")
            raise


def _indented(parts: list[str]) -> str:
    lines = [_DECLARATION]
    level = 0
    for part in parts:
        closes = part.startswith("</")
        level -= closes
        lines.append("  " * level + part)
        level += not (closes or part.endswith("/>") or isinstance(part, _Whole))
    return "\n".join(lines) + "\n"
