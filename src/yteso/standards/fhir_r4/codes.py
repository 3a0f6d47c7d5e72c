"""The official CodeSystems, ValueSets and ConceptMaps of R4: (type, url) -> the resource, parsed when asked for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import orjson
import zstandard

_FILE = Path(__file__).parent / "codes.jsonl.zst"


def official(type: str, url: str) -> dict[str, Any] | None:
    """The resource, with the elements that `scripts/generate/fhir_codes.py` keeps; None when R4 has no such one."""
    line = _lines().get(type, {}).get(url)
    return {"resourceType": type, **orjson.loads(line)} if line is not None else None


def official_urls(type: str) -> Mapping[str, bytes]:
    """The urls of all resources of that type; values are their unread JSON."""
    return _lines().get(type, {})


@cache
def _lines() -> Mapping[str, Mapping[str, bytes]]:
    found: dict[str, dict[str, bytes]] = {}
    for line in zstandard.ZstdDecompressor().decompress(_FILE.read_bytes()).splitlines():
        if not line.startswith(b"#"):
            kind, url, document = line.split(b"\t", 2)
            found.setdefault(kind.decode(), {})[url.decode()] = document
    return found
