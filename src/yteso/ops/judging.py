"""The validator of the command line: R4, VN Core and named packages, without a record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from yteso.base.issue import Issue
from yteso.fhir.package import Package, package_of, read_archive
from yteso.ops.package_folder import read_folder
from yteso.terminology.engine import Engine
from yteso.terminology.held import Held
from yteso.terminology.vn_core import vn_core_package
from yteso.validate.judge import judge
from yteso.validate.profiles import Library, Shelf


def judge_of(packages: Sequence[Path], profiles: Sequence[str]) -> Callable[[Any], tuple[Issue, ...]]:
    """A judge of documents, as `$validate` is one. Raises `Refused` (PKG-00xx) when a package cannot be read."""
    loaded = [vn_core_package(), *map(read_package, packages)]
    resources = [resource for package in loaded for resource in package.resources]
    library, codes = Library(Shelf(resources)), Engine(Held(resources))
    return lambda document: judge(document, library, codes, profiles=profiles)


def read_package(source: Path) -> Package:
    """The package of a `.tgz` or of a folder. Raises `Refused`."""
    if source.is_dir():
        return package_of(read_folder(source))
    with source.open("rb") as stream:
        return package_of(read_archive(stream))
