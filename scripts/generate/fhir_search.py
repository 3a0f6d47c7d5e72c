"""Search parameters -> extraction programs: every expression resolved to plain JSON paths, so that no FHIRPath runs.

The R4 expressions use a small language: alternatives `|`, paths, `as`, `.as()`, `.ofType()`, `.where(a='b')`,
`.where(resolve() is Type)`, `.where(hasExtension('url'))`, `.extension('url')` (whose value is meant), `[0]` and
`%resource`. What has no expression is left out and listed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from fhir_elements import Elements
from fhir_package import Resource

TOKEN = re.compile(r"\s*([A-Za-z_]\w*|'[^']*'|!=|[().|=\[\]]|\d+|%)")
KINDS = {
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
COMMON = (
    "Resource-id",
    "Resource-lastUpdated",
    "Resource-profile",
    "Resource-security",
    "Resource-source",
    "Resource-tag",
)


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


@dataclass
class Programs:
    """Programs of all types; `left_out` says which parameters have none and why."""

    elements: Elements
    left_out: dict[str, str] = field(default_factory=dict)

    def build(self) -> dict[str, dict[str, list[Any]]]:
        """Type -> name -> `[kind, targets, expression, paths, absent, components]`; `Resource` holds those of all."""
        found: dict[str, dict[str, list[Any]]] = {name: {} for name in self.elements.resources}
        parameters = self.elements.package.by_type["SearchParameter"]
        self.by_url = {parameter["url"]: parameter for parameter in parameters}
        for parameter in parameters:
            if parameter["id"].startswith("example"):
                continue
            if parameter["id"] in COMMON:
                self.add(found.setdefault("Resource", {}), "Patient", parameter)
                continue
            for type_ in parameter.get("base", ()):
                if type_ in found:
                    self.add(found[type_], type_, parameter)
        return {type_: dict(sorted(names.items())) for type_, names in sorted(found.items())}

    def add(self, names: dict[str, list[Any]], type_: str, parameter: Resource) -> None:
        kind, code = parameter["type"], parameter["code"]
        try:
            made = self.composite(type_, parameter) if kind == "composite" else self.simple(type_, parameter)
        except NotPlain as reason:
            self.left_out[f"{type_}.{code}"] = str(reason)
            return
        assert code not in names, (type_, code)
        names[code] = made

    def simple(self, type_: str, parameter: Resource) -> list[Any]:
        kind, expression = parameter["type"], own_part(parameter.get("expression", ""), type_)
        absent = ""
        if "!= false" in expression:  # Patient.deceased.exists() and Patient.deceased != false
            expression_path, absent = expression.partition(".exists()")[0], "false"
            places = [*self.places(type_, expression_path, "token"), *self.places(type_, expression_path, "date")]
        else:
            places = [*self.places(type_, expression, kind)]
        if not places:
            raise NotPlain("no element of a type this kind can search")
        targets = sorted(parameter.get("target", ()))
        return [kind, targets, expression, [as_list(place) for place in places], absent, []]

    def composite(self, type_: str, parameter: Resource) -> list[Any]:
        """Components: `[name, kind, paths]`, each path with the context's steps; the context index tells them apart."""
        contexts = own_part(parameter["expression"], type_)
        components = []
        roots = [root for part in contexts.split("|") for root in Parser(self, type_, part).alternatives()]
        for component in parameter["component"]:
            part = self.by_url[component["definition"]]
            expression = component["expression"].replace("DateTime", "dateTime")
            paths = []
            for root in roots:
                places = Parser(self, type_, expression).relative(root)
                fits = [as_list(fit) for place in places for fit in fitting(place, part["type"])]
                paths.append(fits or self.own_paths(type_, part, root))
            components.append([part["code"], part["type"], paths])
        return ["composite", [], contexts, [as_list(replace(root, types=("",))) for root in roots], "", components]

    def own_paths(self, type_: str, part: Resource, root: Place) -> list[Any]:
        """The part's own paths within the context: DocumentReference-relationship names its two parts crosswise."""
        places = self.places(type_, own_part(part["expression"], type_), part["type"])
        return [as_list(place) for place in places if place.steps[: len(root.steps)] == root.steps]

    def places(self, type_: str, expression: str, kind: str) -> Iterator[Place]:
        if not expression:
            raise NotPlain("no expression")
        for place in Parser(self, type_, expression).alternatives():
            yield from fitting(place, kind)

    def step(self, place: Place, name: str) -> Place:
        """One element further down; raises NotPlain when the type has no such element."""
        owner, prefix = place.owner, place.path
        if place.choice:
            raise NotPlain(f"a path through the choice {place.path}")
        if place.types and place.types[0] not in ("BackboneElement", "Element"):
            owner, prefix = place.types[0], ""
        rows = {row[0]: row for row in self.elements.tables[owner]}
        path = f"{prefix}.{name}" if prefix else name
        row = rows.get(path) or rows.get(path + "[x]")
        if row is None and prefix and rows[prefix][6]:
            row = rows.get(f"{rows[prefix][6]}.{name}")
        if row is None:
            raise NotPlain(f"{owner} has no element {path}")
        return replace(
            place,
            owner=owner,
            path=row[0],
            types=tuple(row[1]),
            steps=(*place.steps, name),
            many=(*place.many, row[3] != 1),
            choice=row[0].endswith("[x]"),
            targets=(),
        )


class Parser:
    """Recursive descent over one expression of one type."""

    def __init__(self, programs: Programs, type_: str, text: str) -> None:
        self.programs, self.type = programs, type_
        self.tokens = TOKEN.findall(text)
        if "".join(self.tokens).replace(" ", "") != re.sub(r"\s", "", text):
            raise NotPlain("unknown characters")
        self.at = 0
        self.root: Place | None = None

    def alternatives(self) -> list[Place]:
        found = [self.path()]
        while self.peek() == "|":
            self.take("|")
            found.append(self.path())
        if self.peek():
            raise NotPlain(f"not a path at {self.peek()}")
        return found

    def relative(self, root: Place) -> list[Place]:
        """The same for a component's expression, which starts at the context."""
        self.root = root
        return self.alternatives()

    def path(self) -> Place:
        if self.peek() == "(":
            self.take("(")
            place = self.path()
            if self.peek() == "as":
                self.take("as")
                place = cast_to(place, self.take())
            self.take(")")
        elif self.peek() == "%":
            self.take("%")
            self.take("resource")
            place = Place(self.type)
        elif self.root:
            place = self.programs.step(self.root, self.take())
        else:
            name = self.take()
            if name not in (self.type, "Resource", "DomainResource"):
                raise NotPlain(f"starts at {name}")
            place = Place(self.type)
        while self.peek() in (".", "["):
            place = self.first(place) if self.take() == "[" else self.call(place, self.take())
        if place.types[:1] == ("Extension",):
            place = self.programs.step(place, "value")
        return place

    def first(self, place: Place) -> Place:
        self.take("0")
        self.take("]")
        return replace(place, where=(*place.where, (len(place.steps), "[0]", "")))

    def call(self, place: Place, name: str) -> Place:
        if self.peek() != "(":
            return self.programs.step(place, name)
        self.take("(")
        if name in ("as", "ofType"):
            place = cast_to(place, self.take())
        elif name == "where":
            place = self.condition(place)
        elif name == "extension":
            url = self.take().strip("'")
            place = self.programs.step(place, "extension")
            place = replace(place, where=(*place.where, (len(place.steps), "url", ERRATA.get(url, url))))
        else:
            raise NotPlain(f"the function {name}")
        self.take(")")
        return place

    def condition(self, place: Place) -> Place:
        name = self.take()
        if name == "resolve":
            for token in ("(", ")", "is"):
                self.take(token)
            return replace(place, targets=(self.take(),))
        if name == "hasExtension":
            self.take("(")
            place = replace(place, where=(*place.where, (len(place.steps), "extension()", self.take().strip("'"))))
            self.take(")")
            return place
        if self.peek() != "=":
            raise NotPlain(f"the condition {name}")
        self.take("=")
        return replace(place, where=(*place.where, (len(place.steps), name, self.take().strip("'"))))

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, expected: str = "") -> str:
        token = self.peek()
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


def as_list(place: Place) -> list[Any]:
    return [
        list(place.steps),
        [int(many) for many in place.many],
        place.types[0],
        [list(where) for where in place.where],
        list(place.targets),
    ]
