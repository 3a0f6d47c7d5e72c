"""A Subscription resource -> what it asks for, or numbered issues with their places. Pure.

Two kinds: criteria that are a search (FHIR R4 Subscription), and criteria that name a topic, with the extensions of the
R5 backport for filters, content, heartbeat, timeout and batches. Whether the endpoint may be reached is not its matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from yteso.access.principal import Role
from yteso.base.errors import Refused
from yteso.base.issue import Issue, Origin, Rule
from yteso.fhir.dates import interval, moment
from yteso.search.parse import parse
from yteso.search.query import is_looked_up
from yteso.standards.fhir_r4 import RESOURCE_TYPES
from yteso.store.subscriptions import rules
from yteso.store.subscriptions.topics import UNWATCHED, Trigger, triggers_of

BACKPORT = "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/"
OWNER = "urn:yteso:StructureDefinition:subscription-owner"
"""An administrator's extension: the account whose rights decide what is told, when it is not the writer's own."""
MANAGERS = frozenset([Role.INTEGRATOR, Role.SYSTEM])
"""Whose extension it may be."""
MOST_AT_ONCE = 100
LONGEST_TIMEOUT = 60
SHORTEST_HEARTBEAT = 5
_DAY_SECONDS = 86_400
_TIMEOUT = 20
_MOST_FILTERS = 20
_MOST_HEADERS = 20

_JSON = frozenset(["application/fhir+json", "application/json"])
_HEADER = re.compile(r"([A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}): ?([\x20-\x7e]{0,4000})", re.ASCII)
_OURS = re.compile(r"host|connection|keep-alive|te|trailer|transfer-encoding|upgrade|proxy-.*|content-.*|expect", re.I)
_RESULT_PARAMETERS = frozenset(["_sort", "_count", "_include", "_revinclude", "_summary", "_elements", "_total"])


@dataclass(frozen=True, slots=True)
class Definition:
    """What a Subscription asks for. `topic` is empty for criteria that are a search.

    `content` is empty, id-only or full-resource; `heartbeat` 0 means none; `owner` is empty when the writer owns it.
    """

    topic: str
    triggers: tuple[Trigger, ...]
    channel: str
    endpoint: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    content: str = "empty"
    heartbeat: int = 0
    timeout: int = _TIMEOUT
    most: int = 1
    end: datetime | None = None
    owner: str = ""


def issues_of(resource: Mapping[str, Any]) -> list[Issue]:
    """What is wrong with a Subscription whose structure is sound."""
    return list(_Reader(resource).issues())


def read_definition(resource: Mapping[str, Any]) -> Definition:
    """What a sound Subscription asks for. Raises Refused when it is not sound."""
    reader = _Reader(resource)
    found = list(reader.issues())
    if found:
        raise Refused(*found, status=422)
    return reader.definition()


class _Reader:
    """One Subscription."""

    def __init__(self, resource: Mapping[str, Any]) -> None:
        self._resource = resource
        self._channel: Mapping[str, Any] = resource.get("channel", {})
        self._criteria = str(resource.get("criteria", ""))
        self._topic = self._criteria if ":" in self._criteria.partition("?")[0] else ""

    def definition(self) -> Definition:
        return Definition(
            topic=self._topic,
            triggers=tuple(self._triggers()),
            channel=self._channel["type"],
            endpoint=self._channel.get("endpoint", ""),
            headers=tuple(_header(text) for text in self._channel.get("header", ())),
            content=self._content(),
            heartbeat=self._number("heartbeat-period", 0),
            timeout=self._number("timeout", _TIMEOUT),
            most=self._number("max-count", 1),
            end=_moment(self._resource["end"]) if "end" in self._resource else None,
            owner=str(_extension(self._resource, OWNER) or ""),
        )

    def issues(self) -> Iterator[Issue]:
        yield from self._criteria_issues()
        other = _extension(self._channel.get("_type", {}), f"{BACKPORT}backport-channel-type")
        if self._channel.get("type") not in ("rest-hook", "websocket") or other is not None:
            yield _at(rules.BAD_CHANNEL, "channel.type")
        if self._channel.get("type") == "rest-hook" and not _is_endpoint(self._channel.get("endpoint", "")):
            yield _at(rules.BAD_ENDPOINT, "channel.endpoint")
        payload = self._channel.get("payload", "application/fhir+json")
        if payload.partition(";")[0].strip().lower() not in _JSON or self._content() not in CONTENTS:
            yield _at(rules.BAD_PAYLOAD, "channel.payload")
        headers = self._channel.get("header", ())
        for number, text in enumerate(headers, start=1):
            if not _header(text)[0] or number > _MOST_HEADERS:
                yield _at(rules.BAD_HEADER, f"channel.header[{number - 1}]", number=number)
        yield from self._number_issues()

    def _criteria_issues(self) -> Iterator[Issue]:
        if self._topic and not triggers_of(self._topic):
            yield _at(rules.UNKNOWN_TOPIC, "criteria")
            return
        if not self._topic and not _is_search(self._criteria):
            yield _at(rules.BAD_CRITERIA, "criteria")
        types = {trigger.type for trigger in triggers_of(self._topic)}
        filters = self._filters()
        if self._topic and any(not _is_search(one) or one.partition("?")[0] not in types for one in filters):
            yield _at(rules.BAD_FILTER, "criteria.extension")
        if len(filters) > _MOST_FILTERS:
            yield _at(rules.BAD_FILTER, "criteria.extension")

    def _number_issues(self) -> Iterator[Issue]:
        for name, low, high in _NUMBERS:
            value = _extension(self._channel, f"{BACKPORT}backport-{name}")
            if value is not None and not (isinstance(value, int) and low <= value <= high):
                yield _at(rules.BAD_NUMBER, "channel.extension", name=name, low=low, high=high)

    def _triggers(self) -> Iterator[Trigger]:
        if not self._topic:
            kind, _, query = self._criteria.partition("?")
            yield Trigger(kind, "CU", (query,) if query else ())
            return
        filters = [one.partition("?") for one in self._filters()]
        for trigger in triggers_of(self._topic):
            own = tuple(query for kind, _, query in filters if kind == trigger.type and query)
            yield replace(trigger, queries=trigger.queries + own)

    def _filters(self) -> Sequence[str]:
        extensions = self._resource.get("_criteria", {}).get("extension", ())
        url = f"{BACKPORT}backport-filter-criteria"
        return [str(one.get("valueString", "")) for one in extensions if one.get("url") == url]

    def _content(self) -> str:
        """A classic Subscription with a payload gets the resource itself."""
        if not self._topic:
            return "full-resource" if "payload" in self._channel else "empty"
        given = _extension(self._channel.get("_payload", {}), f"{BACKPORT}backport-payload-content")
        return "empty" if given is None else str(given)

    def _number(self, name: str, default: int) -> int:
        value = _extension(self._channel, f"{BACKPORT}backport-{name}")
        return default if value is None else int(value)


CONTENTS = frozenset(["empty", "id-only", "full-resource"])
_NUMBERS = (
    ("heartbeat-period", SHORTEST_HEARTBEAT, _DAY_SECONDS),
    ("timeout", 1, LONGEST_TIMEOUT),
    ("max-count", 1, MOST_AT_ONCE),
)


def _at(rule: Rule, place: str, **names: object) -> Issue:
    return rule.at(Origin(field=f"Subscription.{place}"), **names)


def _extension(holder: Mapping[str, Any], url: str) -> Any:
    """The value of the first extension with this url."""
    for one in holder.get("extension", ()):
        if one.get("url") == url:
            return next((value for name, value in one.items() if name.startswith("value")), None)
    return None


def _is_search(text: str) -> bool:
    """True for `Type?query` that a strict search would take, of a type that is watched."""
    kind, _, query = text.partition("?")
    if kind not in RESOURCE_TYPES - UNWATCHED:
        return False
    if {pair.partition("=")[0].partition(":")[0] for pair in query.split("&")} & _RESULT_PARAMETERS:
        return False
    try:
        found, issues = parse(kind, query)
    except Refused:
        return False
    # A chain is looked up when it is asked; a change is judged by itself.
    return not issues and not any(map(is_looked_up, found.links))


def _moment(text: str) -> datetime:
    """The moment of an instant, also of one that the calendar of Python does not have (second 60, year 9999)."""
    found = interval(text)
    assert found is not None, "the structure was judged"
    return moment(found[0])


def _is_endpoint(text: str) -> bool:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    plain = all("!" <= char <= "~" for char in text) and len(text) <= 2_000
    named = bool(parts.hostname) and parts.username is None and parts.password is None
    return plain and named and parts.scheme in ("https", "http") and not parts.fragment and port != 0


def _header(text: str | None) -> tuple[str, str]:
    """(name, value); an empty name for what cannot be sent, also for a header that consists of extensions."""
    match = _HEADER.fullmatch(text or "")
    if match is None or _OURS.fullmatch(match[1]):
        return "", ""
    return match[1], match[2]
