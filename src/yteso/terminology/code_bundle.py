"""Step 7 of a file's walk: local codes of a visit's resources -> coded with version and display; unknown stay, flagged.

In: the resources of one visit, changed in place. Out: one warning per unknown code, with its place. Codings of systems
we do not have are left as they are: nothing can be said about them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from copy import deepcopy
from functools import lru_cache
from typing import Any

from yteso.base.issue import Issue, Origin, Rule, Severity
from yteso.terminology.concepts import UNKNOWN_CODE, lookup
from yteso.terminology.systems import CODE_LISTS, ICD10_VN, ICD10_WHO

_UNKNOWN = Rule(
    "TERM-0001",
    Severity.WARNING,
    "Mã không có trong danh mục {system}",
    "the code is not in the list {system}",
    "Dùng mã trong danh mục hiện hành; dữ liệu vẫn được lưu, mã được đánh dấu chưa rõ",
    "use a code of the list in force; the data is kept and the code is marked as unknown",
    basis="QĐ 7603/QĐ-BYT; QĐ 4469/QĐ-BYT",
)
_KNOWN = frozenset({*CODE_LISTS.values(), ICD10_VN, ICD10_WHO})
_NAMES = {uri: name for name, uri in CODE_LISTS.items()} | {ICD10_VN: "ICD-10", ICD10_WHO: "ICD-10"}
_SOURCE = re.compile(r"#(\w+)/(\d+)$")


def code_bundle(resources: Iterable[dict[str, Any]]) -> tuple[Issue, ...]:
    """Complete or flag every Coding of a system we have; a warning (TERM-0001) for each unknown code."""
    issues: list[Issue] = []
    for resource in resources:
        found: list[dict[str, Any]] = []
        _collect(resource, found)
        for coding in found:
            if not _complete(coding):
                path = _path_to(resource, coding, str(resource.get("resourceType", ""))) or ""
                issues.append(_UNKNOWN.at(_origin(resource, path), system=_NAMES[coding["system"]]))
    return tuple(issues)


def coding_of(system: str, code: str) -> dict[str, Any]:
    """A new Coding, already as `code_bundle` would leave it: a mapper that uses this needs no second pass."""
    made = _finished(system, code)
    return deepcopy(made) if "extension" in made else made.copy()


@lru_cache(maxsize=16_384)
def _finished(system: str, code: str) -> dict[str, Any]:
    coding: dict[str, Any] = {"system": system, "code": code}
    if system in _KNOWN:
        _complete(coding)
    return coding


def _complete(coding: dict[str, Any]) -> bool:
    concept = lookup(coding["system"], coding["code"])
    if concept is None:
        flag = {"url": UNKNOWN_CODE, "valueBoolean": True}
        extensions = coding.setdefault("extension", [])
        if isinstance(extensions, list) and flag not in extensions:
            extensions.append(flag)
        return False
    coding["code"] = concept.code
    if coding["system"] == concept.system:
        coding.setdefault("version", concept.version)
    coding.setdefault("display", concept.vi)
    return True


def _collect(node: Any, found: list[dict[str, Any]]) -> None:
    """Every Coding of a known system. The hot part of the step: no paths, no generators."""
    if type(node) is dict:
        system = node.get("system")
        if type(system) is str and system in _KNOWN and isinstance(node.get("code"), str):
            found.append(node)
        node = node.values()
    for child in node:
        kind = type(child)
        if kind is dict or kind is list:
            _collect(child, found)


def _path_to(node: Any, wanted: dict[str, Any], path: str) -> str | None:
    """The FHIRPath of one object inside another; asked only for an unknown code."""
    if node is wanted:
        return path
    inside: Iterable[tuple[Any, str]] = ()
    if isinstance(node, dict):
        inside = ((child, f"{path}.{name}") for name, child in node.items())
    elif isinstance(node, list):
        inside = ((child, f"{path}[{index}]") for index, child in enumerate(node))
    return next((found for child, at in inside if (found := _path_to(child, wanted, at)) is not None), None)


def _origin(resource: dict[str, Any], path: str) -> Origin:
    """The sender's table and row when the resource names them (`meta.source` ends in `#XML2/3`), and the FHIRPath."""
    meta = resource.get("meta")
    source = meta.get("source") if isinstance(meta, dict) else None
    found = _SOURCE.search(source) if isinstance(source, str) else None
    return Origin(table=found[1], row=int(found[2]), field=path) if found else Origin(field=path)
