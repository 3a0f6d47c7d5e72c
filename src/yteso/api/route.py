"""Method and path -> a route and its place. Pure; the table itself is in `table.py`.

A pattern is split at its slashes; `{type}` matches a resource type of FHIR R4, `{id}` and `{vid}` any text. HEAD goes
where GET goes. Refused with 404 when there is no such address, 405 when there is but not with this method.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from yteso.access.policy import Interaction
from yteso.api import rules
from yteso.base.errors import Refused
from yteso.base.http import Response
from yteso.standards.fhir_r4 import RESOURCE_TYPES

if TYPE_CHECKING:
    from yteso.api.call import Call


@dataclass(frozen=True, slots=True)
class Route:
    """One address. `interaction` decides, with the type, who may; `segments` is the pattern, split."""

    method: str
    segments: tuple[str, ...]
    interaction: Interaction
    handler: Callable[[Call], Response]


@dataclass(frozen=True, slots=True)
class Place:
    """What the path named."""

    type: str = ""
    id: str = ""
    version: str = ""


class MethodNotAllowed(Refused):
    """The address exists, but not with this method (RFC 9110 §15.5.6)."""

    def __init__(self, allowed: Sequence[str]) -> None:
        self.allowed = ", ".join(sorted(allowed))
        super().__init__(rules.METHOD.at(allowed=self.allowed), status=405)


def route(method: str, pattern: str, interaction: Interaction, handler: Callable[[Call], Response]) -> Route:
    """A line of the table: `route("GET", "{type}/{id}", Interaction.READ, read)`."""
    return Route(method, split(pattern), interaction, handler)


def split(path: str) -> tuple[str, ...]:
    """The segments of a path; slashes at its ends mean nothing."""
    bare = path.strip("/")
    return tuple(bare.split("/")) if bare else ()


def match(routes: Sequence[Route], method: str, path: str) -> tuple[Route, Place]:
    """The route of a request and what its path names."""
    segments = split(path)
    wanted = "GET" if method == "HEAD" else method
    allowed = set()
    for candidate in routes:
        place = _place(candidate.segments, segments)
        if place is not None:
            if candidate.method == wanted:
                return candidate, place
            allowed.add(candidate.method)
    if allowed:
        raise MethodNotAllowed([*allowed, *(["HEAD"] if "GET" in allowed else [])])
    unknown = segments and segments[0] not in RESOURCE_TYPES and segments[0][:1] not in ("_", "$")
    raise Refused((rules.UNKNOWN_TYPE if unknown else rules.UNKNOWN_PATH).at(), status=404)


def _place(pattern: tuple[str, ...], segments: tuple[str, ...]) -> Place | None:
    if len(pattern) != len(segments):
        return None
    named = {"{type}": "", "{id}": "", "{vid}": ""}
    for expected, given in zip(pattern, segments, strict=True):
        if expected not in named:
            if expected != given:
                return None
        elif (expected == "{type}") != (given in RESOURCE_TYPES) or given[:1] in ("_", "$", ""):
            return None
        else:
            named[expected] = given
    return Place(named["{type}"], named["{id}"], named["{vid}"])
