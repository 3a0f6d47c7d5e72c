"""What is known of one code, as the parameters out of $lookup (FHIR R4 §4.8.16.1). Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from yteso.terminology.code_system import CodeSystem, Designation, Entry

Parameter = dict[str, Any]


def told(system: CodeSystem, entry: Entry, wanted: Collection[str], language: str) -> Iterator[Parameter]:
    """The parameters. `wanted` are the properties asked for; without any, all that are known are told."""
    about = system.about
    yield {"name": "name", "valueString": about.title or about.name or about.url}
    if about.version:
        yield {"name": "version", "valueString": about.version}
    yield {"name": "display", "valueString": entry.name(language) or entry.code}
    languages = [name.removeprefix("lang.") for name in wanted if name.startswith("lang.")]
    if not wanted or "designation" in wanted or languages:
        for one in all_names(system, entry):
            if not languages or one.language in languages:
                yield {"name": "designation", "part": _designation(one)}
    for code, kind, value in _properties(system, entry):
        if not wanted or code in wanted:
            yield {"name": "property", "part": [{"name": "code", "valueCode": code}, {"name": "value", kind: value}]}


def all_names(system: CodeSystem | None, entry: Entry) -> list[Designation]:
    """The designations, and the display as one of the system's own language where that is known; Vietnamese first."""
    own = [Designation(entry.display, system.about.language)] if system and system.about.language else []
    return sorted((*own, *entry.designations), key=lambda one: not one.language.startswith("vi"))


def _designation(one: Designation) -> list[Parameter]:
    parts: list[Parameter] = []
    if one.language:
        parts.append({"name": "language", "valueCode": one.language})
    if one.use:
        parts.append({"name": "use", "valueCoding": dict(one.use)})
    return [*parts, {"name": "value", "valueString": one.value}]


def _properties(system: CodeSystem, entry: Entry) -> Iterator[tuple[str, str, Any]]:
    """Those that every code has, then its own. Parents and children are codes of the same system."""
    if entry.definition:
        yield "definition", "valueString", entry.definition
    yield "inactive", "valueBoolean", entry.inactive
    for parent in entry.parents:
        yield "parent", "valueCode", parent
    for child in system.children(entry.code):
        yield "child", "valueCode", child
    for code, kind, value in entry.properties:
        if code not in ("inactive", "parent", "child"):
            yield code, kind, value
