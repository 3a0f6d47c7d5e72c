"""The text of a reference -> what it points at. No look-up: whether the target exists is the store's business.

Six shapes exist (FHIR R4 §2.3.0): `Type/id`, `Type/id/_history/n`, an absolute address ending so, `urn:uuid:…` or
`urn:oid:…` inside a bundle, `#id` into `contained`, and `Type?search` inside a transaction.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from yteso.standards.fhir_r4 import RESOURCE_TYPES

_RESTFUL = re.compile(
    r"(?:(?P<base>(?:https?|HTTPS?)://\S+?)/)?(?P<type>[A-Z][A-Za-z]{2,63})/(?P<id>[A-Za-z0-9.\-]{1,64})"
    r"(?:/_history/(?P<version>[A-Za-z0-9.\-]{1,64}))?",
    re.ASCII,
)
_RELATIVE = re.compile(r"([A-Z][A-Za-z]+)/[A-Za-z0-9.\-]+(?:/_history/[A-Za-z0-9.\-]+)?", re.ASCII)
"""Also of ids longer than an id may be: the official examples have one."""

Kind = Literal["relative", "absolute", "urn", "contained", "conditional", "other"]


@dataclass(frozen=True, slots=True)
class Reference:
    """One reference's parts. `type` and `id` are empty where the shape has none; `base` is without a final slash."""

    kind: Kind
    text: str
    type: str = ""
    id: str = ""
    version: str = ""
    base: str = ""


def parse(text: str) -> Reference:
    """Take a reference apart; text of no known shape has the kind "other"."""
    if text.startswith("#"):
        return Reference("contained", text, id=text[1:])
    if text.startswith("urn:"):
        return Reference("urn", text)
    match = _RESTFUL.fullmatch(text)
    if match:
        kind: Kind = "absolute" if match["base"] else "relative"
        return Reference(kind, text, match["type"], match["id"], match["version"] or "", match["base"] or "")
    if "?" in text and text.partition("?")[0].isalpha():
        return Reference("conditional", text, type=text.partition("?")[0])
    return Reference("other", text)


def is_plain(text: str) -> bool:
    """True for `Type/id` of a type of FHIR R4, with or without a version, and for an address elsewhere: what can be
    left as it is. Names of entries, of contained resources and criteria are not, and what is no reference."""
    found = _RELATIVE.fullmatch(text)
    if found:
        return found[1] in RESOURCE_TYPES
    return ":" in text.partition("?")[0] and not text.startswith(("urn:uuid:", "#"))


def references(document: Any) -> Iterator[dict[str, Any]]:
    """Every Reference-like object (one with a text `reference`) anywhere in a document, in no promised order."""
    stack = [document]
    while stack:
        value = stack.pop()
        if isinstance(value, dict):
            if isinstance(value.get("reference"), str):
                yield value
            stack.extend(value.values())
        elif isinstance(value, list):
            stack.extend(value)
