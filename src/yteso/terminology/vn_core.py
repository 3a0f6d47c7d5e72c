"""The package of VN Core's known constraints: the facts of `standards.vn_core` with the code lists of this room."""

from __future__ import annotations

from collections.abc import Iterable

from yteso.fhir.package import Package
from yteso.standards import vn_core
from yteso.terminology.concepts import concepts

TITLE = "Ràng buộc đã biết của VN Core · known constraints of VN Core"


def vn_core_package() -> Package:
    """The package; takes some tens of milliseconds, the caller keeps it."""
    return Package(vn_core.PACKAGE, vn_core.VERSION, TITLE, tuple(vn_core.artefacts(_list_of)))


def _list_of(field: str) -> Iterable[tuple[str, str, str, str, str]]:
    return (
        (one.code, one.vi, one.en, one.since.isoformat(), one.until.isoformat() if one.until else "")
        for one in concepts(field).values()
    )
