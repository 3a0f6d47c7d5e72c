"""A FHIR package (NPM form: `package/package.json` and resources) -> its name, version and resources. No I/O.

In: a stream of `.tgz` bytes, or the files of a folder one by one. Out: the conformance resources, and an issue for each
file that could not be read. Nothing is unpacked to disk; links, odd paths and archives beyond the bounds are refused
(PKG-00xx) before their content is looked at.
"""

from __future__ import annotations

import gzip
import re
import tarfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

from yteso.base.errors import Refused
from yteso.base.issue import Issue, Origin
from yteso.fhir import package_rules as rules
from yteso.fhir.json import loads

Resource = dict[str, Any]
File = tuple[str, bytes]

CONFORMANCE = frozenset(
    [
        "CapabilityStatement",
        "CodeSystem",
        "CompartmentDefinition",
        "ConceptMap",
        "GraphDefinition",
        "ImplementationGuide",
        "MessageDefinition",
        "NamingSystem",
        "OperationDefinition",
        "SearchParameter",
        "StructureDefinition",
        "StructureMap",
        "TerminologyCapabilities",
        "ValueSet",
    ]
)
"""The types that are taken from a package; examples and the rest stay in it."""

MOST_FILES = 20_000
MOST_BYTES = 512 * 1024 * 1024
"""Of the whole archive, unpacked."""
LARGEST = 64 * 1024 * 1024
"""Of one file."""
MANIFEST = "package.json"
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,127}", re.ASCII)
_VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z.+_-]{0,63}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Package:
    """What a package holds. `issues` tell what was left out; the rest is there."""

    name: str
    version: str
    title: str
    resources: tuple[Resource, ...]
    issues: tuple[Issue, ...] = ()


def read_archive(stream: BinaryIO) -> Iterator[File]:
    """The files of `package/` in a gzipped tar. Refused (PKG-0001 … PKG-0004) for anything else."""
    try:
        with gzip.GzipFile(fileobj=stream, mode="rb") as unpacked:
            yield from _members(cast("BinaryIO", _Bounded(unpacked)))
    except (tarfile.TarError, EOFError, OSError, zlib.error, ValueError, OverflowError) as error:
        raise Refused(rules.NOT_A_PACKAGE.at(), status=400) from error


def _members(stream: BinaryIO) -> Iterator[File]:
    size = count = 0
    with tarfile.open(fileobj=stream, mode="r|") as tar:
        for member in tar:
            size, count = size + member.size, count + 1
            if count > MOST_FILES or size > MOST_BYTES or member.size > LARGEST:
                raise rules.too_large(MOST_FILES, MOST_BYTES, LARGEST)
            if member.isdir():
                continue
            if not member.isfile() or member.issparse():
                raise Refused(rules.LINK.at(), status=400)
            name = safe_path(member.name)
            if name.startswith("package/") and is_wanted(name.removeprefix("package/")):
                file = tar.extractfile(member)
                assert file is not None
                yield name.removeprefix("package/"), file.read()


class _Bounded:
    """The unpacked bytes, of which no more is made than the bound allows, headers and skipped files included."""

    def __init__(self, stream: gzip.GzipFile) -> None:
        self._stream = stream
        self._left = MOST_BYTES

    def read(self, size: int) -> bytes:
        """As a file's `read`."""
        found = self._stream.read(size)
        self._left -= len(found)
        if self._left < 0:
            raise rules.too_large(MOST_FILES, MOST_BYTES, LARGEST)
        return found


def safe_path(name: str) -> str:
    """The path as it is. Refused (PKG-0002) when it is absolute, leads upwards, or is not plain."""
    parts = name.removeprefix("./").split("/")
    bad = name.startswith("/") or "\\" in name or "\0" in name or any(part in ("", ".", "..") for part in parts)
    if bad:
        raise Refused(rules.PATH.at(), status=400)
    return "/".join(parts)


def is_wanted(name: str) -> bool:
    """True for the JSON files that lie directly in the package, its index aside."""
    return "/" not in name and name.endswith(".json") and not name.startswith(".")


def package_of(files: Iterable[File]) -> Package:
    """The package of these files. Refused (PKG-0005, PKG-0006) without a usable manifest."""
    manifest: Resource | None = None
    resources: list[Resource] = []
    issues: list[Issue] = []
    for file, data in files:
        try:
            document = loads(data)
        except Refused:
            document = None
        if file == MANIFEST:
            manifest = document if isinstance(document, dict) else None
        elif isinstance(document, dict) and document.get("resourceType") in CONFORMANCE:
            resources.append(document)
        elif document is None:
            issues.append(rules.UNREADABLE.at(Origin(file=file)))
    name, version, title = _named(manifest)
    return Package(name, version, title, tuple(resources), tuple(issues))


def _named(manifest: Resource | None) -> tuple[str, str, str]:
    if manifest is None:
        raise Refused(rules.NO_MANIFEST.at(), status=400)
    name, version = manifest.get("name"), manifest.get("version")
    if not (
        isinstance(name, str) and _NAME.fullmatch(name) and isinstance(version, str) and _VERSION.fullmatch(version)
    ):
        raise Refused(rules.NO_MANIFEST.at(), status=400)
    versions = manifest.get("fhirVersions") or manifest.get("fhir-version-list") or ["4.0.1"]
    if not isinstance(versions, list) or not any(str(one).startswith("4.0") for one in versions):
        raise Refused(rules.OTHER_FHIR.at(), status=400)
    title = manifest.get("title") or manifest.get("description") or name
    return name, version, " ".join(str(title).split())[:200]
