"""Method and path -> a route and its place. Pure; the table itself is in `table.py`.

A pattern is split at its slashes; `{type}` matches a resource type of FHIR R4, `{id}` and `{vid}` any text. HEAD goes
where GET goes. Refused with 404 when there is no such address, 405 when there is but not with this method. Routes are
kept by the shape of their address, so that finding one takes no longer the more there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from yteso.access.policy import Interaction
from yteso.api import rules
from yteso.api.operation import Operation
from yteso.base.errors import Refused
from yteso.base.value import value
from yteso.standards.fhir_r4 import RESOURCE_TYPES

Handler = TypeVar("Handler")
"""What answers; this file only hands it on."""


@dataclass(frozen=True, slots=True)
class Route(Generic[Handler]):
    """One address. `interaction` decides, with the type, who may; `segments` is the pattern, split.

    With `any_format` the answer is no resource, and the formats the client asks for are not ours to judge.
    """

    method: str
    segments: tuple[str, ...]
    interaction: Interaction
    handler: Handler
    operation: Operation[Any] | None = None
    any_format: bool = False

    def serves(self, type: str) -> bool:
        """False for an operation that is not offered on this type."""
        return self.operation is None or self.operation.types is None or not type or type in self.operation.types


@value(frozen=True, slots=True)
class Place:
    """What the path named. `member`: the type that is searched within the compartment `type`/`id`."""

    type: str = ""
    id: str = ""
    version: str = ""
    member: str = ""


class MethodNotAllowed(Refused):
    """The address exists, but not with this method (RFC 9110 §15.5.6)."""

    def __init__(self, allowed: Sequence[str]) -> None:
        self.allowed = ", ".join(sorted(allowed))
        super().__init__(rules.METHOD.at(allowed=self.allowed), status=405)


def route(
    method: str,
    pattern: str,
    interaction: Interaction,
    handler: Handler,
    *,
    any_format: bool = False,
) -> Route[Handler]:
    """A line of the table: `route("GET", "{type}/{id}", Interaction.READ, read)`."""
    return Route(method, split(pattern), interaction, handler, any_format=any_format)


def split(path: str) -> tuple[str, ...]:
    """The segments of a path; slashes at its ends mean nothing."""
    bare = path.strip("/")
    return tuple(bare.split("/")) if bare else ()


class Router(Generic[Handler]):
    """All routes, ready to be looked up."""

    def __init__(self, routes: Sequence[Route[Handler]]) -> None:
        self.routes = tuple(routes)
        self._by_shape: dict[tuple[str, ...], dict[str, list[Route[Handler]]]] = {}
        for one in routes:
            self._by_shape.setdefault(one.segments, {}).setdefault(one.method, []).append(one)

    def match(self, method: str, path: str) -> tuple[Route[Handler], Place]:
        """The route of a request and what its path names."""
        segments = split(path)
        shape = _shape(segments)
        methods = self._by_shape.get(shape, {})
        place = _place(shape, segments)
        if found := _serving(methods.get("GET" if method == "HEAD" else method, ()), place.type):
            return found, place
        allowed = [name for name, routes in methods.items() if _serving(routes, place.type)]
        if allowed:
            raise MethodNotAllowed([*allowed, *(["HEAD"] if "GET" in allowed else [])])
        unknown = segments and segments[0] not in RESOURCE_TYPES and segments[0][:1] not in ("_", "$")
        raise Refused((rules.UNKNOWN_TYPE if unknown else rules.UNKNOWN_PATH).at(), status=404)


def _serving(routes: Sequence[Route[Handler]], type: str) -> Route[Handler] | None:
    return next((one for one in routes if one.serves(type)), None)


_PLACES = ("{type}", "{id}", "", "{vid}")
_BULK_PLACES = ("_bulk", "{id}", "{vid}")
_MEMBER = 2


def _shape(segments: tuple[str, ...]) -> tuple[str, ...]:
    """The pattern of a path: with a type, an id and a version in their places, or as it stands."""
    if segments[:1] == _BULK_PLACES[:1] and len(segments) <= len(_BULK_PLACES):
        return _BULK_PLACES[: len(segments)]
    if not segments or segments[0] not in RESOURCE_TYPES:
        return segments
    shape = ["{type}"]
    for at, segment in enumerate(segments[1:], start=1):
        named = "{member}" if at == _MEMBER and segment in RESOURCE_TYPES else _PLACES[at] if at < len(_PLACES) else ""
        shape.append(named if named and segment[:1] not in ("_", "$", "") else segment)
    return tuple(shape)


def _place(shape: tuple[str, ...], segments: tuple[str, ...]) -> Place:
    named = dict(zip(shape, segments, strict=True))
    return Place(named.get("{type}", ""), named.get("{id}", ""), named.get("{vid}", ""), named.get("{member}", ""))
