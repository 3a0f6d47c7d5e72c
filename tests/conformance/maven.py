"""A package of Maven Central, fetched once by the machine's Maven into the user's cache.

It is only taken when its bytes are those known here.
"""

from __future__ import annotations

import subprocess
import tempfile
from hashlib import sha256
from pathlib import Path

from r4_examples.package import cache

COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy"


def jar(artifact: str, digest: str) -> Path:
    """The package's file. OSError, SubprocessError or ValueError when it cannot be had."""
    place = cache() / f"{artifact.replace(':', '-')}.jar"
    if not place.is_file():
        with tempfile.TemporaryDirectory(dir=cache()) as made:
            command = ["mvn", "-q", "-B", COPY, f"-Dartifact={artifact}", f"-DoutputDirectory={made}"]
            subprocess.run(command, check=True, capture_output=True, timeout=240)
            (found,) = Path(made).glob("*.jar")
            if sha256(found.read_bytes()).hexdigest() != digest:
                raise ValueError("the package is not the one known here")
            found.rename(place)
    return place
