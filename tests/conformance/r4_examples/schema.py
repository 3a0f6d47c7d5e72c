"""The official XML schema of FHIR R4 and some of its definitions in XML, out of a package of Maven Central.

Fetched once by the machine's Maven into the user's cache, and only taken when its bytes are those known here.
"""

from __future__ import annotations

import subprocess
import tempfile
import zipfile
from hashlib import sha256
from pathlib import Path

from r4_examples.package import cache

ARTIFACT = "ca.uhn.hapi.fhir:hapi-fhir-validation-resources-r4:6.8.0"
HASH = "391059be47eea9c99c5d4082ea08e128e1b0f90762ff7478b654925e95b68858"
COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy"
INSIDE = "org/hl7/fhir/r4/model/"
SCHEMA = f"{INSIDE}schema/fhir-single.xsd"
EXTENSIONS = f"{INSIDE}extension/extension-definitions.xml"


def folder() -> Path:
    """Where the package lies unpacked. OSError, SubprocessError or ValueError when it cannot be had."""
    place = cache() / ARTIFACT.replace(":", "-")
    if not place.is_dir():
        with tempfile.TemporaryDirectory(dir=cache()) as made:
            command = ["mvn", "-q", "-B", COPY, f"-Dartifact={ARTIFACT}", f"-DoutputDirectory={made}"]
            subprocess.run(command, check=True, capture_output=True, timeout=240)
            (jar,) = Path(made).glob("*.jar")
            if sha256(jar.read_bytes()).hexdigest() != HASH:
                raise ValueError("the package is not the one known here")
            with zipfile.ZipFile(jar) as packed:
                packed.extractall(Path(made) / "unpacked")
            (Path(made) / "unpacked").rename(place)
    return place
