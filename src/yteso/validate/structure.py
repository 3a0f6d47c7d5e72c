"""Is this JSON document a FHIR R4 resource? Base definitions only: no profiles, no invariants, no references.

In: a document as `fhir.json.loads` gives it (decimals as Decimal). Out: numbered issues with a FHIRPath expression as
place; none when it is sound. Sound documents are accepted by a quick schema in microseconds; only what it refuses is
read again by the exact one for its reasons, and may still be sound. Resources inside (contained, Bundle entries,
Parameters) are checked by their own type.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from itertools import islice, zip_longest
from typing import Any

import jsonschema_rs

from yteso.base.issue import Issue, Origin
from yteso.fhir.xml import narrative
from yteso.fhir.xml.rules import BAD_NARRATIVE
from yteso.standards.fhir_r4 import ELEMENTS, RESOURCE_TYPES
from yteso.validate.schema import schema_of
from yteso.validate.structure_rules import ACTIVE_NARRATIVE, EMPTY, NOT_A_RESOURCE, expression, issues_of

MOST_ISSUES = 200
"""No more findings than this are listed for one resource."""

_CONTAINED = frozenset(("contained",))
_DEEPEST = 24
"""Resources inside resources beyond this depth are refused rather than followed."""


def check_resource(resource: Any) -> tuple[Issue, ...]:
    """The structure issues (FHIR-2xxx) of a resource and of the resources inside it; at most MOST_ISSUES."""
    type_ = resource.get("resourceType") if isinstance(resource, dict) else None
    root = type_ if isinstance(type_, str) and type_ in RESOURCE_TYPES else ""
    if root and _quick(root)(resource):
        if _holders(root).isdisjoint(resource) or _holds_plain_ones(root, resource):
            return ()
        return tuple(islice(_inside(resource, root, 0), MOST_ISSUES))
    return tuple(islice(_issues(resource, root, 0), MOST_ISSUES))


def _holds_plain_ones(root: str, resource: dict[str, Any]) -> bool:
    """True proves that all it holds are sound contained resources that hold nothing themselves; no places are told."""
    return _holders(root).intersection(resource) == _CONTAINED and all(map(_is_plain, resource["contained"]))


def _is_plain(inner: Any) -> bool:
    type_ = inner.get("resourceType") if isinstance(inner, dict) else None
    known = isinstance(type_, str) and type_ in RESOURCE_TYPES
    return known and _holders(type_).isdisjoint(inner) and _quick(type_)(inner)


def _issues(resource: Any, place: str, depth: int) -> Iterator[Issue]:
    type_ = resource.get("resourceType") if isinstance(resource, dict) else None
    if not isinstance(type_, str) or type_ not in RESOURCE_TYPES or depth > _DEEPEST:
        yield NOT_A_RESOURCE.at(Origin(field=place))
        return
    if not _quick(type_)(resource):
        yield from _reasons(type_, resource, place)
    if not _holders(type_).isdisjoint(resource):
        yield from _inside(resource, place, depth)


def _inside(resource: dict[str, Any], place: str, depth: int) -> Iterator[Issue]:
    """What the schema of the type does not look into: narratives and whole resources."""
    for path in _narrative_paths(resource["resourceType"]):
        for text, at in _reach(resource, path, ()):
            if isinstance(text, str) and not narrative.is_sound(text):
                yield BAD_NARRATIVE.at(Origin(field=expression(place, at)))
            elif isinstance(text, str) and not narrative.is_inert(text):
                yield ACTIVE_NARRATIVE.at(Origin(field=expression(place, at)))
    for path in _inner_paths(resource["resourceType"]):
        for inside, at in _reach(resource, path, ()):
            if isinstance(inside, dict) and "resourceType" in inside:
                yield from _issues(inside, expression(place, at), depth + 1)


def _reasons(type_: str, resource: Any, place: str) -> Iterator[Issue]:
    seen = set()
    for error in _exact(type_).iter_errors(resource):
        for issue in issues_of(error, place):
            if (issue.code, issue.origin, issue.text) not in seen:
                seen.add((issue.code, issue.origin, issue.text))
                yield issue
    yield from (EMPTY.at(Origin(field=expression(place, at))) for at in _voids(resource, ()))


def _voids(node: Any, at: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    """Places in lists of primitives where neither list has anything: null only keeps the two in step (§2.6.2.3)."""
    if isinstance(node, list):
        for index, item in enumerate(node):
            yield from _voids(item, (*at, index))
    elif isinstance(node, dict) and not (at and "resourceType" in node):
        for name, value in node.items():
            if name[:1] == "_" and isinstance(value, list):
                values = node.get(name[1:])
                pairs = zip_longest(values if isinstance(values, list) else (), value)
                yield from ((*at, name[1:], index) for index, pair in enumerate(pairs) if pair == (None, None))
            if isinstance(value, dict | list):
                yield from _voids(value, (*at, name))


@cache
def _quick(type_: str) -> Callable[[Any], bool]:
    schema = schema_of(type_, quick=True)
    return _compiled(schema, validate_formats=True).is_valid


@cache
def _exact(type_: str) -> jsonschema_rs.Draft202012Validator:
    return _compiled(schema_of(type_))


def _compiled(schema: dict[str, Any], *, validate_formats: bool = False) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(
        schema, offline=True, validate_formats=validate_formats, pattern_options=jsonschema_rs.RegexOptions()
    )


@cache
def _holders(type_: str) -> frozenset[str]:
    """The elements of the type under which whole resources or narratives may stand."""
    return frozenset(path[0] for path in (*_inner_paths(type_), *_narrative_paths(type_)))


@cache
def _inner_paths(type_: str) -> tuple[tuple[str, ...], ...]:
    """Where the type may hold whole resources: `contained`, `entry.resource`, `parameter.resource`, …"""
    found = [tuple(e.path.split(".")) for e in ELEMENTS[type_].values() if e.types == ("Resource",)]
    if type_ == "Parameters":  # parameter.part.part… repeats parameter (§2.29)
        found += [("parameter", *("part",) * level, "resource") for level in range(1, 8)]
    return tuple(found)


@cache
def _narrative_paths(type_: str) -> tuple[tuple[str, ...], ...]:
    """Where the type may hold XHTML: `text.div`; in a Composition also in sections, and sections of sections."""
    found = [(*e.path.split("."), "div") for e in ELEMENTS[type_].values() if e.types == ("Narrative",)]
    if type_ == "Composition":
        found += [(*("section",) * level, "text", "div") for level in range(2, 8)]
    return tuple(found)


def _reach(node: Any, path: tuple[str, ...], at: tuple[str | int, ...]) -> Iterator[tuple[Any, tuple[str | int, ...]]]:
    """Every value at the end of a path of property names, with its place; odd shapes are passed over."""
    if isinstance(node, list):
        for index, item in enumerate(node):
            yield from _reach(item, path, (*at, index))
    elif not path:
        yield node, at
    elif isinstance(node, dict) and path[0] in node:
        yield from _reach(node[path[0]], path[1:], (*at, path[0]))
