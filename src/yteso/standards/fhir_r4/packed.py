"""Reads the generated files: lines of `key<TAB>JSON`, each document parsed only when its key is asked for."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

V = TypeVar("V")
_HERE = Path(__file__).parent


@cache
def lines(file: str) -> Mapping[str, str]:
    """key -> text of one generated file."""
    text = (_HERE / file).read_text(encoding="utf-8")
    return dict(line.split("\t", 1) for line in text.splitlines() if not line.startswith("#"))


class Packed(Mapping[str, V]):
    """A read-only mapping over one generated file; `make` turns a key and its document into the value."""

    def __init__(self, file: str, make: Callable[[str, Any], V]) -> None:
        self._file = file
        self._make = make
        self._made: dict[str, V] = {}

    def __getitem__(self, key: str) -> V:
        try:
            return self._made[key]
        except KeyError:
            return self._made.setdefault(key, self._make(key, json.loads(lines(self._file)[key])))

    def __iter__(self) -> Iterator[str]:
        return iter(lines(self._file))

    def __len__(self) -> int:
        return len(lines(self._file))
