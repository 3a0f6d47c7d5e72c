"""StructureDefinitions -> element tables: path, types, cardinality, required binding, targets; codes of value sets."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from fhir_package import Package, Resource

REGEX = "http://hl7.org/fhir/StructureDefinition/regex"
FHIR_TYPE = "http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type"
SYSTEM_STRING = "http://hl7.org/fhirpath/System."


class Elements:
    """All element tables of a package."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.resources = {
            name: definition
            for name, definition in package.structures("resource").items()
            if not definition.get("abstract")
        }
        self.datatypes = {
            name: definition
            for name, definition in package.structures("complex-type").items()
            if name not in ("Element", "BackboneElement")
        }

    @cached_property
    def tables(self) -> dict[str, list[list[Any]]]:
        """Type -> rows `[path, types, min, max, value set, targets, content]`; max 0 is unbounded.

        `content` is the path whose children this element has too (`Questionnaire.item` inside itself).
        """
        definitions = {**self.datatypes, **self.resources}
        return {name: [*self.rows(definition)] for name, definition in sorted(definitions.items())}

    @cached_property
    def summaries(self) -> dict[str, list[str]]:
        """Resource type -> the paths of the elements that `_summary=true` keeps."""
        return {
            name: [
                element["path"].partition(".")[2]
                for element in definition["snapshot"]["element"][1:]
                if element.get("isSummary")
            ]
            for name, definition in sorted(self.resources.items())
        }

    def rows(self, definition: Resource) -> Iterator[list[Any]]:
        for element in definition["snapshot"]["element"][1:]:
            path = element["path"].partition(".")[2]
            types = [type_code(type_) for type_ in element.get("type", [])]
            if path == "id" and definition["kind"] == "resource":
                types = ["id"]  # the definitions say System.String; FHIR R4 §2.25.0.1 says id
            targets = sorted(
                profile.rsplit("/", 1)[-1]
                for type_ in element.get("type", [])
                for profile in type_.get("targetProfile", [])
            )
            maximum = 0 if element["max"] == "*" else int(element["max"])
            yield [
                path,
                types,
                element["min"],
                maximum,
                self.required_binding(element),
                [] if "Resource" in targets else targets,
                element.get("contentReference", "").partition(".")[2],
            ]

    def required_binding(self, element: Resource) -> str:
        """The canonical url of the required value set when its codes can be listed from the package; else empty."""
        binding = element.get("binding", {})
        if binding.get("strength") != "required" or "valueSet" not in binding:
            return ""
        url = binding["valueSet"].partition("|")[0]
        return url if self.expansion(url) else ""

    @cached_property
    def value_sets(self) -> dict[str, dict[str, list[str]]]:
        """Every value set that the tables bind -> system -> codes."""
        urls = {row[4] for rows in self.tables.values() for row in rows if row[4]}
        return {url: self.expansion(url) for url in sorted(urls)}

    @cached_property
    def primitives(self) -> dict[str, str]:
        """Primitive type -> the regular expression of its value (empty when the standard gives none)."""
        found = {}
        for name, definition in sorted(self.package.structures("primitive-type").items()):
            value = next(e for e in definition["snapshot"]["element"] if e["path"].endswith(".value"))
            extensions = [x for type_ in value["type"] for x in type_.get("extension", [])]
            found[name] = next((x["valueString"] for x in extensions if x["url"] == REGEX), "")
        return found

    def expansion(self, url: str) -> dict[str, list[str]]:
        """system -> codes of a value set; empty when a part of it is not in the package (languages, UCUM, …)."""
        if url not in self._expanded:
            self._expanded[url] = self._expand(url)
        return self._expanded[url]

    @cached_property
    def _expanded(self) -> dict[str, dict[str, list[str]]]:
        return {}

    @cached_property
    def _value_sets(self) -> dict[str, Resource]:
        return self.package.canonical("ValueSet")

    @cached_property
    def _code_systems(self) -> dict[str, Resource]:
        return self.package.canonical("CodeSystem")

    def _expand(self, url: str) -> dict[str, list[str]]:
        compose = self._value_sets.get(url, {}).get("compose")
        if not compose or compose.get("exclude"):
            return {}
        found: dict[str, list[str]] = {}
        for include in compose["include"]:
            for system, codes in self._include(include).items():
                known = found.setdefault(system, [])
                known.extend(code for code in codes if code not in known)
            if not self._include(include):
                return {}
        return found

    def _include(self, include: Resource) -> dict[str, list[str]]:
        if "valueSet" in include:
            parts = [self.expansion(url.partition("|")[0]) for url in include["valueSet"]]
            return parts[0] if len(parts) == 1 and "system" not in include else {}
        system = include["system"]
        if "concept" in include:
            return {system: [concept["code"] for concept in include["concept"]]}
        code_system = self._code_systems.get(system, {})
        if code_system.get("content") != "complete":
            return {}
        if "filter" not in include:
            return {system: [code for code, _ in walk(code_system["concept"])]}
        filters = include["filter"]
        if len(filters) != 1 or filters[0]["op"] not in ("is-a", "descendent-of"):
            return {}
        top = filters[0]["value"]
        codes = [code for code, parents in walk(code_system["concept"]) if top in parents]
        return {system: ([top] if filters[0]["op"] == "is-a" else []) + codes}


def walk(concepts: list[Resource], parents: tuple[str, ...] = ()) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every concept's code with the codes above it."""
    for concept in concepts:
        yield concept["code"], parents
        yield from walk(concept.get("concept", []), (*parents, concept["code"]))


def type_code(type_: Resource) -> str:
    """The FHIR name of an element's type; `System.String` of ids and urls is resolved by its extension."""
    code: str = type_["code"]
    if not code.startswith(SYSTEM_STRING):
        return code
    named = (x.get("valueUrl") or x.get("valueUri") for x in type_.get("extension", []) if x["url"] == FHIR_TYPE)
    return next(named, None) or "string"
