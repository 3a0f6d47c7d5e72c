"""The official XML schema of FHIR R4 and some of its definitions in XML, out of a package of Maven Central."""

from __future__ import annotations

import tempfile
import zipfile
from pathlib import Path

from maven import jar
from r4_examples.package import cache

ARTIFACT = "ca.uhn.hapi.fhir:hapi-fhir-validation-resources-r4:6.8.0"
HASH = "391059be47eea9c99c5d4082ea08e128e1b0f90762ff7478b654925e95b68858"
INSIDE = "org/hl7/fhir/r4/model/"
SCHEMA = f"{INSIDE}schema/fhir-single.xsd"
EXTENSIONS = f"{INSIDE}extension/extension-definitions.xml"


def folder() -> Path:
    """Where the package lies unpacked. OSError, SubprocessError or ValueError when it cannot be had."""
    place = cache() / ARTIFACT.replace(":", "-")
    if not place.is_dir():
        with tempfile.TemporaryDirectory(dir=cache()) as made:
            with zipfile.ZipFile(jar(ARTIFACT, HASH)) as packed:
                packed.extractall(Path(made) / "unpacked")
            (Path(made) / "unpacked").rename(place)
    return place
