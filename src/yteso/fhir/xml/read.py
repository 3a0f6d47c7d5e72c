"""XML bytes -> the JSON document of one FHIR R4 resource, in one pass. No I/O, no DOCTYPE, no entities, no network.

In: bytes somebody sent. Out: a document as `fhir.json` reads it, keys in the order of the standard; or Refused (400)
with one issue FHIR-04xx naming the place, whatever the bytes. Each element is judged when its tag opens, so that what
does not belong here stops the reading there. Comments and processing instructions are passed over (§2.6.1); elements
in another order than the standard's are put in order, because nothing else can be meant by them.

The parser is expat: it tells the byte where a tag stands, so that a narrative is cut out exactly as it was written.
"""

from __future__ import annotations

import re
from itertools import pairwise
from pyexpat import ErrorString, ExpatError, ParserCreate, XMLParserType, errors
from typing import Any, NoReturn

from yteso.base.errors import Refused
from yteso.base.issue import Origin, Rule
from yteso.fhir.json import MAX_DEPTH
from yteso.fhir.locate import ROOT, shown_name
from yteso.fhir.numbers import Unreadable
from yteso.fhir.xml import rules
from yteso.fhir.xml.frame import Frame, add, add_twin, occurrence, settle
from yteso.fhir.xml.narrative import is_whole, standing_alone
from yteso.fhir.xml.shape import EXTENSIONS, FHIR, SEPARATOR, XHTML, Field, shape_of
from yteso.standards.fhir_r4 import RESOURCE_TYPES

_SPACE = " \t\r\n"
_PIECE = 1024 * 1024
_MOST_ATTRIBUTES = 10_000
_ATTRIBUTE = re.compile(rb"=\s*[\"']")
_LAST = True
"""For expat: nothing follows these bytes."""
_ENCODINGS = ("utf-8", "utf8", "us-ascii")
_SCHEMA_HINTS = f"http://www.w3.org/2001/XMLSchema-instance{SEPARATOR}"
_RESOURCES = {f"{FHIR}{SEPARATOR}{type_}": type_ for type_ in RESOURCE_TYPES}


def loads(data: bytes) -> dict[str, Any]:
    """The resource. Raises `Refused` (400) with FHIR-0007, FHIR-0008 or FHIR-04xx; never anything else."""
    _check_bytes(data)
    return _Reader(data).read()


def _check_bytes(data: bytes) -> None:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _refused(rules.NOT_UTF8, position=error.start) from error
    if b"\x00" in data:
        raise _refused(rules.NUL, position=data.index(b"\x00"))


def _refused(rule: Rule, place: str = ROOT, **names: object) -> Refused:
    return Refused(rule.at(Origin(field=place), **names), status=400)


class _Reader:
    """One reading: the stack of open elements, and the parser that calls its methods."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.document: dict[str, Any] = {}
        self.stack: list[Frame] = [Frame(None, None, self.document, 0)]
        self.scope: list[tuple[str, str, int]] = []
        self.inside = 0
        self.started = 0
        self.parser: XMLParserType = ParserCreate("UTF-8", SEPARATOR)
        self.parser.buffer_text = True
        self.parser.XmlDeclHandler = self._declaration
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.StartNamespaceDeclHandler = self._name_opens
        self.parser.EndNamespaceDeclHandler = self._name_closes
        self._listen()

    def read(self) -> dict[str, Any]:
        """Parse everything; the parser and this object refer to each other, which ends here."""
        try:
            for end in range(_PIECE, len(self.data), _PIECE):
                self.parser.Parse(self.data[end - _PIECE : end])
                self._check_tag(end)
            self.parser.Parse(self.data[(len(self.data) - 1) // _PIECE * _PIECE :], _LAST)
        except ExpatError as error:
            rule = rules.ENTITY if ErrorString(error.code) == errors.XML_ERROR_UNDEFINED_ENTITY else rules.MALFORMED
            place = self._place() if len(self.stack) > 1 else ROOT
            raise _refused(rule, place, line=error.lineno, column=error.offset + 1) from error
        finally:
            del self.parser
        return self.document

    def _check_tag(self, end: int) -> None:
        """A tag of megabytes holds one long value, not a million attributes: looking at those costs its square."""
        start = self.parser.CurrentByteIndex
        if end - start > _PIECE and len(_ATTRIBUTE.findall(self.data, start, end)) > _MOST_ATTRIBUTES:
            self._refuse(rules.UNKNOWN_ATTRIBUTE)

    def _listen(self) -> None:
        self.parser.StartElementHandler = self._opens
        self.parser.EndElementHandler = self._closes
        self.parser.CharacterDataHandler = self._text

    def _refuse(self, rule: Rule, step: str = "", **names: object) -> NoReturn:
        raise _refused(rule, self._place() + step, **names)

    def _place(self) -> str:
        """Where the innermost open element stands, as a FHIRPath expression."""
        steps = [str(self.document.get("resourceType", ROOT))]
        for outer, frame in pairwise(self.stack):
            if frame.field is not None:
                steps.append(frame.field.name + occurrence(outer, frame, frame.field))
        return ".".join(steps)

    # What the parser calls, in the order of a document.

    def _declaration(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if encoding is not None and encoding.lower() not in _ENCODINGS:
            raise _refused(rules.OTHER_ENCODING)

    def _doctype(self, *_declared: object) -> NoReturn:
        raise _refused(rules.DOCTYPE)

    def _name_opens(self, prefix: str | None, uri: str | None) -> None:
        self.scope.append((prefix or "", uri or "", self.parser.CurrentByteIndex))

    def _name_closes(self, _prefix: str | None) -> None:
        self.scope.pop()

    def _opens(self, name: str, attributes: dict[str, str]) -> None:
        frame = self.stack[-1]
        shape = frame.shape
        if shape is None:
            self._resource_opens(frame, name, attributes)
            return
        field = shape.tags.get(name)
        if field is None:
            self._unknown(name)
        frame.empty = False
        if field.index < frame.last:
            frame.unordered = True
        else:
            frame.last = field.index
        node = frame.node
        if not field.many and (field.name in node or (field.kind == "primitive" and field.twin in node)):
            self._refuse(rules.TWICE, f".{field.name}")
        if field.rivals and not field.rivals.isdisjoint(node):
            self._refuse(rules.RIVALS, f".{field.name}")
        if field.kind == "primitive":
            self._primitive_opens(frame, field, attributes)
        elif field.kind == "complex":
            self._complex_opens(frame, field, attributes)
        elif field.kind == "xhtml":
            self._narrative_opens(frame, field)
        else:
            if attributes:
                self._refuse(rules.UNKNOWN_ATTRIBUTE, f".{field.name}")
            self.stack.append(Frame(field, None, node, frame.depth + field.many))

    def _unknown(self, name: str) -> NoReturn:
        namespace, _, bare = name.rpartition(SEPARATOR)
        shape = self.stack[-1].shape
        misnamed = namespace != FHIR or (shape is not None and f"{XHTML}{SEPARATOR}{bare}" in shape.tags)
        self._refuse(rules.NAMESPACE if misnamed else rules.UNKNOWN_ELEMENT, f".{shown_name(bare)}")

    def _resource_opens(self, frame: Frame, name: str, attributes: dict[str, str]) -> None:
        type_ = _RESOURCES.get(name)
        if type_ is None or not frame.empty:
            self._refuse(rules.NOT_A_RESOURCE if name.startswith(FHIR + SEPARATOR) else rules.NAMESPACE)
        frame.empty = False
        for attribute in attributes:
            if not attribute.startswith(_SCHEMA_HINTS):
                self._refuse(rules.UNKNOWN_ATTRIBUTE)
        depth = frame.depth + 1
        if depth > MAX_DEPTH:
            self._refuse(rules.DEPTH, limit=MAX_DEPTH)
        field = frame.field
        node = self.document
        if field is not None:
            node = {}
            add(frame.node, field, node)
        node["resourceType"] = type_
        self.stack.append(Frame(None, shape_of(type_), node, depth))

    def _primitive_opens(self, frame: Frame, field: Field, attributes: dict[str, str]) -> None:
        inner = Frame(field, EXTENSIONS, {}, frame.depth + 1 + field.many)
        value: Any = None
        for attribute, text in attributes.items():
            if attribute == "value":
                value = self._value(field, text)
            elif attribute == "id":
                inner.node["id"] = text
            else:
                self._refuse(rules.UNKNOWN_ATTRIBUTE, f".{field.name}")
        inner.empty = value is None and not inner.node
        name = field.name
        if not field.many:
            if value is not None:
                frame.node[name] = value
        else:
            if frame.depth >= MAX_DEPTH:
                self._refuse(rules.DEPTH, f".{name}", limit=MAX_DEPTH)
            if value is None:
                frame.holes = True
            frame.node.setdefault(name, []).append(value)
            if field.twin in frame.node:
                frame.node[field.twin].append(None)
        self.stack.append(inner)

    def _value(self, field: Field, text: str) -> Any:
        try:
            value = field.primitive.read(text)
        except Unreadable as wrong:
            self._refuse(wrong.rule, f".{field.name}", **wrong.names)
        if value is None:
            self._refuse(rules.WRONG_FORM, f".{field.name}")
        return value

    def _complex_opens(self, frame: Frame, field: Field, attributes: dict[str, str]) -> None:
        depth = frame.depth + 1 + field.many
        if depth > MAX_DEPTH:
            self._refuse(rules.DEPTH, f".{field.name}", limit=MAX_DEPTH)
        node: dict[str, Any] = {}
        inner = Frame(field, field.shape, node, depth)
        for attribute, text in attributes.items():
            if attribute not in field.shape.attributes:
                self._refuse(rules.UNKNOWN_ATTRIBUTE, f".{field.name}")
            node[attribute] = text
            inner.empty = False
        add(frame.node, field, node)
        self.stack.append(inner)

    def _closes(self, _name: str) -> None:
        frame = self.stack.pop()
        field = frame.field
        if field is None:
            if frame.shape is not None:
                settle(frame)
        elif frame.empty:
            self.stack.append(frame)
            self._refuse(rules.NO_VALUE if field.kind == "primitive" else rules.EMPTY_ELEMENT)
        elif field.kind == "complex":
            settle(frame)
        elif frame.node and field.kind == "primitive":
            if frame.depth > MAX_DEPTH:
                self.stack.append(frame)
                self._refuse(rules.DEPTH, limit=MAX_DEPTH)
            add_twin(self.stack[-1].node, field, frame.node)

    def _text(self, text: str) -> None:
        if text.strip(_SPACE):
            self._refuse(rules.TEXT_OUTSIDE)

    # A narrative: nothing inside is looked at but where it ends.

    def _narrative_opens(self, frame: Frame, field: Field) -> None:
        self.stack.append(Frame(field, None, frame.node, frame.depth))
        self.started = self.parser.CurrentByteIndex
        self.inside = 1
        self.parser.StartElementHandler = self._mark_opens
        self.parser.EndElementHandler = self._mark_closes
        self.parser.CharacterDataHandler = None

    def _mark_opens(self, _name: str, _attributes: object) -> None:
        self.inside += 1

    def _mark_closes(self, _name: str) -> None:
        self.inside -= 1
        if self.inside:
            return
        frame = self.stack.pop()
        assert frame.field is not None
        frame.node[frame.field.name] = self._narrative()
        self._listen()

    def _narrative(self) -> str:
        """The bytes from where the tag opened to where it closed; an empty element closes before its parent's tag."""
        start, at = self.started, self.parser.CurrentByteIndex
        name = self.data[start + 1 : self.data.index(b">", start)].split()[0].rstrip(b"/")
        closing = self.data.startswith(b"</" + name, at)
        text = self.data[start : self.data.index(b">", at) + 1 if closing else at].decode("utf-8")
        outer = {prefix: uri for prefix, uri, where in self.scope if where < start}
        if text.startswith("<div") and (set(outer) == {""} or is_whole(text)):
            return text
        return standing_alone(text, outer, frozenset(prefix for prefix, _, where in self.scope if where == start))
