"""Search parameters -> extraction programs: every expression resolved to plain JSON paths by `search.expression`.

What has no expression is left out and listed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from fhir_elements import Elements
from fhir_package import Resource

from yteso.search.expression import NotPlain, Parser, Place, Tables, fitting, own_part
from yteso.standards.fhir_r4 import Element
from yteso.standards.fhir_r4.search import DEFINED_AT

COMMON = (
    "Resource-id",
    "Resource-lastUpdated",
    "Resource-profile",
    "Resource-security",
    "Resource-source",
    "Resource-tag",
)


@dataclass
class Programs:
    """Programs of all types; `left_out` says which parameters have none and why."""

    elements: Elements
    left_out: dict[str, str] = field(default_factory=dict)

    @cached_property
    def tables(self) -> Tables:
        """The element tables of the package as the house reads them."""
        return {
            name: {
                path: Element(path, tuple(types), least, most or None, value_set, tuple(targets), content)
                for path, types, least, most, value_set, targets, content in rows
            }
            for name, rows in self.elements.tables.items()
        }

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

    def definitions(self) -> dict[str, dict[str, str]]:
        """Type -> name -> id of the SearchParameter that defines it; `Resource` holds those of all types."""
        found: dict[str, dict[str, str]] = {name: {} for name in self.elements.resources}
        for parameter in self.elements.package.by_type["SearchParameter"]:
            if parameter["id"].startswith("example"):
                continue
            assert parameter["url"] == DEFINED_AT + parameter["id"], parameter["id"]
            for type_ in parameter.get("base", ()):
                names = found.setdefault("Resource" if type_ == "DomainResource" else type_, {})
                names[parameter["code"]] = parameter["id"]
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
        roots = [root for part in contexts.split("|") for root in Parser(self.tables, type_, part).alternatives()]
        for component in parameter["component"]:
            part = self.by_url[component["definition"]]
            expression = component["expression"].replace("DateTime", "dateTime")
            paths = []
            for root in roots:
                places = Parser(self.tables, type_, expression).relative(root)
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
        for place in Parser(self.tables, type_, expression).alternatives():
            yield from fitting(place, kind)


def as_list(place: Place) -> list[Any]:
    return [
        list(place.steps),
        [int(many) for many in place.many],
        place.types[0],
        [list(where) for where in place.where],
        list(place.targets),
    ]
