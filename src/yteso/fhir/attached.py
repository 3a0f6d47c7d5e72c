"""A resource -> the files inside it, wherever they stand, each with its place. Pure.

A file is a base64Binary (`Attachment.data`, `Binary.data`, `Signature.data`, an extension's `valueBase64Binary`, …) or
a data: address in any text (RFC 2397; an `Attachment.url`, a picture in a narrative). Contained resources and those of
a Bundle are looked through too. What is in a file, compressed or put into another one, is whoever opens it to see.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_to_bytes

import pybase64

NAMES = frozenset(["data", "hash", "query", "carrierAIDC"])
CHOICE = "Base64Binary"
"""How properties of base64Binary are called in JSON, and how those of a choice of types end."""
_SAMPLED = "dimensions"
"""A mandatory property of SampledData, whose `data` are numbers."""
_ADDRESS = re.compile(r"""data:([^,:"'<>\s]{0,200}),([^"'<>]*)""", re.IGNORECASE)
_STEP = 64 * 1024


class NotBase64(ValueError):
    """The text stands for no bytes, or for several, according to who reads it."""


@dataclass(frozen=True, slots=True)
class Attached:
    """One file. `place` is a FHIRPath expression; `text` is base64, or what a data: address holds."""

    place: str
    text: str
    address: bool = False

    def pieces(self) -> Iterator[bytes]:
        """Its bytes, a piece at a time. Raises NotBase64."""
        return _held(self.text) if self.address else _decoded(self.text)


def attached(resource: Any, place: str = "") -> Iterator[Attached]:
    """The files of a resource, sound or not. `place` stands in the place of its type."""
    if isinstance(resource, dict):
        yield from _inside(resource, place or str(resource.get("resourceType", "")))


def _inside(value: Any, place: str) -> Iterator[Attached]:
    if isinstance(value, dict):
        for name, inner in value.items():
            if isinstance(inner, str):
                if _is_file(name, value):
                    yield Attached(f"{place}.{name}", inner)
                elif ":" in inner and "data:" in inner.lower():
                    yield from (Attached(f"{place}.{name}", one[0], address=True) for one in _ADDRESS.finditer(inner))
            elif isinstance(inner, dict | list):
                yield from _inside(inner, f"{place}.{name}")
    elif isinstance(value, list):
        for at, item in enumerate(value):
            if isinstance(item, dict | list):
                yield from _inside(item, f"{place}[{at}]")


def _is_file(name: str, holder: dict[str, Any]) -> bool:
    if name in NAMES:
        return name != "data" or _SAMPLED not in holder
    return name.endswith(CHOICE)


def _held(address: str) -> Iterator[bytes]:
    """Of a data: address; base64 there may lack its padding."""
    kind, _, text = address.partition(",")
    raw = unquote_to_bytes(text)
    if not kind.lower().endswith(";base64"):
        yield raw
        return
    letters = "".join(raw.decode("ascii", "replace").split())
    yield from _decoded(letters + "=" * (-len(letters) % 4))


def _decoded(text: str) -> Iterator[bytes]:
    """Padding stands at the end alone (RFC 4648 §3.5): after it readers differ in what they go on with."""
    left, ended = "", False
    for start in range(0, len(text), _STEP):
        letters = left + "".join(text[start : start + _STEP].split())
        whole = len(letters) - len(letters) % 4
        left = letters[whole:]
        if ended and letters:
            raise NotBase64
        ended = letters.endswith("=", 0, whole)
        try:
            yield pybase64.b64decode(letters[:whole], validate=True)
        except ValueError as error:
            raise NotBase64 from error
    if left:
        raise NotBase64
