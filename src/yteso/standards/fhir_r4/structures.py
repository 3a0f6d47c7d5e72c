"""The StructureDefinitions of R4: every type with its snapshot, the standard's own profiles and extensions.

Documents are shared and never to be changed; `fhir_r4.elements` has the same facts in the form the hot paths use. The
file (300 KB, 8 MB unpacked) is read when a definition is first asked for; each is parsed only when it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, cast

import zstandard

CANONICAL = "http://hl7.org/fhir/StructureDefinition/"
"""Before the name of a definition: its address."""

_FILE = Path(__file__).parent / "structures.tsv.zst"


class _Structures(Mapping[str, dict[str, Any]]):
    def __getitem__(self, name: str) -> dict[str, Any]:
        return _structure(name)

    def __contains__(self, name: object) -> bool:
        return name in _lines()

    def __iter__(self) -> Iterator[str]:
        return iter(_lines())

    def __len__(self) -> int:
        return len(_lines())


STRUCTURES: Mapping[str, dict[str, Any]] = _Structures()
"""name (`Patient`, `HumanName`, `bp`, `patient-nationality`) -> StructureDefinition; types have a snapshot, profiles
and extensions only their differential."""


def is_type(name: str) -> bool:
    """True for the types of R4, abstract ones (Element, DomainResource) and primitives too."""
    return name in STRUCTURES and "snapshot" in STRUCTURES[name]


@cache
def _structure(name: str) -> dict[str, Any]:
    definition = cast("dict[str, Any]", json.loads(_lines()[name]))
    for element in definition.get("snapshot", {}).get("element", ()):
        element["base"] = {"path": element["path"], "min": element["min"], "max": element["max"]}
    return {"resourceType": "StructureDefinition", "id": name, **definition}


@cache
def _lines() -> Mapping[str, bytes]:
    text = zstandard.ZstdDecompressor().decompress(_FILE.read_bytes())
    rows = (line.partition(b"\t") for line in text.splitlines() if not line.startswith(b"#"))
    return {name.decode(): rest for name, _, rest in rows}
