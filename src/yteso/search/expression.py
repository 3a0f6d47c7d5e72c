"""A search parameter's FHIRPath expression -> plain JSON paths, so that no FHIRPath runs when a resource is indexed.

The expressions of R4 use a small language: alternatives `|`, paths, `as`, `.as()`, `.ofType()`, `.where(a='b')`,
`.where(resolve() is Type)`, `.where(hasExtension('url'))`, `.extension('url')` (whose value is meant), `[0]` and
`%resource`. Anything more raises NotPlain. The tables of elements come from outside: the generator of our own tables
of search parameters compiles with it too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from yteso.standards.fhir_r4 import Element, Path

Tables = Mapping[str, Mapping[str, Element]]

TOKEN = re.compile(r"\s*([A-Za-z_]\w*|'[^']*'|!=|[().|=\[\]]|\d+|%)")
KINDS: dict[str, set[str]] = {
    "token": {
        "CodeableConcept", "Coding", "Identifier", "ContactPoint",
        "code", "boolean", "string", "id", "uri", "canonical",
    },
    "reference": {"Reference", "canonical", "uri", "Resource"},
    "string": {"string", "markdown", "HumanName", "Address"},
    "date": {"date", "dateTime", "instant", "Period", "Timing"},
    "quantity": {"Quantity", "Money", "Range", "Age", "Duration", "SimpleQuantity", "SampledData"},
    "number": {"integer", "decimal", "positiveInt", "unsignedInt", "Range"},
    "uri": {"uri", "url", "canonical", "oid", "uuid"},
    "special": {"BackboneElement"},
}  # fmt: skip

ERRATA = {
    "http://hl7.org/fhir/StructureDefinition/patient-extensions-Patient-mothersMaidenName": (
        "http://hl7.org/fhir/StructureDefinition/patient-mothersMaidenName"
    ),
}
"""Extensions that a search parameter names otherwise than their own definition does."""


class NotPlain(Exception):
    """The expression is more than a path."""


@dataclass(frozen=True)
class Place:
    """How far a path has come: JSON steps so far and the type and element path reached."""

    owner: str
    path: str = ""
    types: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    many: tuple[bool, ...] = ()
    where: tuple[tuple[int, str, str], ...] = ()
    targets: tuple[str, ...] = ()
    choice: bool = False


def step(tables: Tables, place: Place, name: str) -> Place:
    """One element further down; raises NotPlain when the type has no such element."""
    owner, prefix = place.owner, place.path
    if place.choice:
        raise NotPlain(f"a path through the choice {place.path}")
    if place.types and place.types[0] not in ("BackboneElement", "Element"):
        owner, prefix = place.types[0], ""
    if owner not in tables:
        raise NotPlain(f"{owner} has no elements")
    rows = tables[owner]
    path = f"{prefix}.{name}" if prefix else name
    row = rows.get(path) or rows.get(path + "[x]")
    if row is None and prefix and rows[prefix].content:
        row = rows.get(f"{rows[prefix].content}.{name}")
    if row is None:
        raise NotPlain(f"{owner} has no element {path}")
    return replace(
        place,
        owner=owner,
        path=row.path,
        types=row.types,
        steps=(*place.steps, name),
        many=(*place.many, row.max != 1),
        choice=row.path.endswith("[x]"),
        targets=(),
    )


class Parser:
    """Recursive descent over one expression of one type."""

    def __init__(self, tables: Tables, type_: str, text: str) -> None:
        self.tables, self.type = tables, type_
        self.tokens = TOKEN.findall(text)
        if "".join(self.tokens).replace(" ", "") != re.sub(r"\s", "", text):
            raise NotPlain("unknown characters")
        self.at = 0
        self.root: Place | None = None

    def alternatives(self) -> list[Place]:
        """Where the expression leads, in its order. Raises NotPlain."""
        found = [self._path()]
        while self._peek() == "|":
            self._take("|")
            found.append(self._path())
        if self._peek():
            raise NotPlain(f"not a path at {self._peek()}")
        return found

    def relative(self, root: Place) -> list[Place]:
        """The same for a component's expression, which starts at the context."""
        self.root = root
        return self.alternatives()

    def _path(self) -> Place:
        if self._peek() == "(":
            self._take("(")
            place = self._path()
            if self._peek() == "as":
                self._take("as")
                place = cast_to(place, self._take())
            self._take(")")
        elif self._peek() == "%":
            self._take("%")
            self._take("resource")
            place = Place(self.type)
        elif self.root:
            place = step(self.tables, self.root, self._take())
        else:
            name = self._take()
            if name not in (self.type, "Resource", "DomainResource"):
                raise NotPlain(f"starts at {name}")
            place = Place(self.type)
        while self._peek() in (".", "["):
            place = self._first(place) if self._take() == "[" else self._call(place, self._take())
        if place.types[:1] == ("Extension",):
            place = step(self.tables, place, "value")
        return place

    def _first(self, place: Place) -> Place:
        self._take("0")
        self._take("]")
        return replace(place, where=(*place.where, (len(place.steps), "[0]", "")))

    def _call(self, place: Place, name: str) -> Place:
        if self._peek() != "(":
            return step(self.tables, place, name)
        self._take("(")
        if name in ("as", "ofType"):
            place = cast_to(place, self._take())
        elif name == "where":
            place = self._condition(place)
        elif name == "extension":
            url = self._take().strip("'")
            place = step(self.tables, place, "extension")
            place = replace(place, where=(*place.where, (len(place.steps), "url", ERRATA.get(url, url))))
        else:
            raise NotPlain(f"the function {name}")
        self._take(")")
        return place

    def _condition(self, place: Place) -> Place:
        name = self._take()
        if name == "resolve":
            for token in ("(", ")", "is"):
                self._take(token)
            return replace(place, targets=(self._take(),))
        if name == "hasExtension":
            self._take("(")
            place = replace(place, where=(*place.where, (len(place.steps), "extension()", self._take().strip("'"))))
            self._take(")")
            return place
        if self._peek() != "=":
            raise NotPlain(f"the condition {name}")
        self._take("=")
        return replace(place, where=(*place.where, (len(place.steps), name, self._take().strip("'"))))

    def _peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def _take(self, expected: str = "") -> str:
        token = self._peek()
        if not token or (expected and token != expected):
            raise NotPlain(f"{expected or 'a token'} expected")
        self.at += 1
        return token


def own_part(expression: str, type_: str) -> str:
    """The alternatives of an expression that start at this type (or at Resource)."""
    roots = (type_, "Resource", "DomainResource")
    parts = [part.strip() for part in expression.split("|")]
    if expression == "name | alias":  # InsurancePlan-name forgot its type
        parts = [f"{type_}.{part}" for part in parts]
    return " | ".join(part for part in parts if re.split(r"\W", part.lstrip("("))[0] in roots)


def cast_to(place: Place, type_: str) -> Place:
    """A choice narrowed to one type: its JSON name carries the type."""
    if type_ not in place.types:
        raise NotPlain(f"{place.path} is never a {type_}")
    if not place.choice:
        return replace(place, types=(type_,))
    return replace(
        place, types=(type_,), choice=False, steps=(*place.steps[:-1], place.steps[-1] + type_[0].upper() + type_[1:])
    )


def fitting(place: Place, kind: str) -> Iterator[Place]:
    """The place once per type that this kind of parameter can search."""
    for type_ in place.types:
        if type_ in KINDS[kind]:
            yield cast_to(place, type_)


def path_of(place: Place) -> Path:
    """A place whose type is known, as the tables of search parameters have it."""
    return Path(place.steps, place.many, place.types[0], place.where, place.targets)


def paths_of(tables: Tables, type_: str, expression: str, kind: str) -> list[Path]:
    """The paths of a type that an expression of a parameter of this kind means. Raises NotPlain, also for none."""
    found = [
        path_of(fit)
        for place in Parser(tables, type_, own_part(expression, type_)).alternatives()
        for fit in fitting(place, kind)
    ]
    if not found:
        raise NotPlain("no element of a type this kind can search")
    return found
