"""Named SQL: a room's `queries.sql` holds its statements, each under a line `-- name --` and a line of purpose."""

from __future__ import annotations

import re
from pathlib import Path
from typing import LiteralString, cast

_NAME = re.compile(r"^-- (\w+) --$", re.MULTILINE)


class Queries:
    """The statements of one file, by name. `Queries.beside(__file__)["fetch_version"]` is the SQL text."""

    def __init__(self, text: str) -> None:
        parts = _NAME.split(text)
        self._sql = {name: body.strip() for name, body in zip(parts[1::2], parts[2::2], strict=True)}

    @classmethod
    def beside(cls, module_file: str, name: str = "queries.sql") -> Queries:
        """The statements in the file `name` next to a module."""
        return cls((Path(module_file).parent / name).read_text(encoding="utf-8"))

    def __getitem__(self, name: str) -> LiteralString:
        return cast("LiteralString", self._sql[name])

    def __iter__(self):  # type: ignore[no-untyped-def]
        return iter(self._sql)
