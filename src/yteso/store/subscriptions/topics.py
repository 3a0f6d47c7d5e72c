"""The topics of this server, from `topics.toml` and one for each resource type. Pure; read once."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from yteso.standards.fhir_r4 import RESOURCE_TYPES

OF_TYPE = "urn:yteso:topic:"
UNWATCHED = frozenset(["Subscription"])
"""The server writes these itself while it tells; nobody is told of them."""


@dataclass(frozen=True, slots=True)
class Trigger:
    """A change of this type, with one of these verbs, that meets every one of the searches."""

    type: str
    verbs: str
    queries: tuple[str, ...] = ()


def triggers_of(topic: str) -> tuple[Trigger, ...]:
    """What a topic is about; empty when there is no such topic."""
    named = _named().get(topic)
    if named is not None:
        return named
    kind = topic.removeprefix(OF_TYPE)
    return (Trigger(kind, "CUD"),) if kind != topic and kind in RESOURCE_TYPES - UNWATCHED else ()


def title_of(topic: str) -> str:
    """What people call it, in both languages."""
    kind = topic.removeprefix(OF_TYPE)
    return _titles().get(topic) or f"Mọi thay đổi của {kind} · Every change of {kind}"


def topics() -> tuple[str, ...]:
    """The canonical addresses of all topics, the named ones first."""
    return (*_named(), *(OF_TYPE + kind for kind in sorted(RESOURCE_TYPES - UNWATCHED)))


def _titles() -> dict[str, str]:
    return {url: topic["title"] for url, topic in _document().items()}


@cache
def _document() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "topics.toml").read_text(encoding="utf-8"))


@cache
def _named() -> dict[str, tuple[Trigger, ...]]:
    return {
        url: tuple(
            Trigger(one["type"], one["verbs"], (one["query"],) if one["query"] else ()) for one in topic["triggers"]
        )
        for url, topic in _document().items()
    }
