"""A folder that holds an unpacked FHIR package -> its files, one by one; links are refused, sizes bounded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from yteso.base.errors import Refused
from yteso.fhir import package_rules as rules
from yteso.fhir.package import LARGEST, MANIFEST, MOST_BYTES, MOST_FILES, File, is_wanted


def read_folder(folder: Path) -> Iterator[File]:
    """The JSON files of `folder/package`, or of the folder itself. Refused (PKG-0003, PKG-0004, PKG-0011)."""
    inside = folder / "package"
    place = inside if (inside / MANIFEST).exists() else folder
    if not (place / MANIFEST).exists():
        raise Refused(rules.NOT_A_FOLDER.at(), status=400)
    if place.is_symlink():
        raise Refused(rules.LINK.at(), status=400)
    left, count = MOST_BYTES, 0
    for file in sorted(place.iterdir()):
        if not is_wanted(file.name):
            continue
        if file.is_symlink() or not file.is_file():
            raise Refused(rules.LINK.at(), status=400)
        size = file.stat().st_size
        left, count = left - size, count + 1
        if count > MOST_FILES or left < 0 or size > LARGEST:
            raise rules.too_large(MOST_FILES, MOST_BYTES, LARGEST)
        yield file.name, file.read_bytes()
