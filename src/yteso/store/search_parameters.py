"""Search parameters defined at run time: from SearchParameter resources to what this process indexes and searches.

`note` runs in the transaction that writes such a resource; `SearchParameters` looks now and then whether that changed,
and installs it for the process. `reindex` makes the index of what was there before.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from yteso.base.issue import Issue
from yteso.db import Connection, Queries
from yteso.jobs import enqueue
from yteso.search.define import define
from yteso.search.parameters import Defined, install
from yteso.standards.fhir_r4 import TYPE_NUMBER

SQL = Queries.beside(__file__, "search_parameters.sql")
TASK = "reindex"
LOOK_SECONDS = 2.0
"""How old a process's knowledge may be; the re-index waits longer than that before it begins."""
EVERYTHING = "*"
_KEPT = ("url", "code", "type", "base", "expression", "target")


@dataclass(frozen=True, slots=True)
class Progress:
    """How one definition stands: `indexing`, `ready`, or `refused` with the reason's number and text."""

    id: str
    url: str
    code: str
    state: str
    reason: str
    done: int
    total: int
    since: datetime


class SearchParameters:
    """What one process knows of a database's definitions."""

    def __init__(self) -> None:
        self._looked = 0.0
        self._mark: tuple[int, int] | None = None

    @property
    def is_fresh(self) -> bool:
        """True for some seconds after it was looked."""
        return self._mark is not None and time.monotonic() - self._looked <= LOOK_SECONDS

    def refresh(self, conn: Connection) -> None:
        """Install what is defined, when that may have changed."""
        if not self.is_fresh:
            now = time.monotonic()
            mark = conn.execute(SQL["fetch_mark"]).fetchone()
            self._looked = now
            if mark != self._mark:
                self._mark = mark
                install(_defined(*row) for row in conn.execute(SQL["fetch_definitions"]).fetchall())


def _defined(url: str, definition: Mapping[str, Any], ready: bool) -> Defined:
    found = define(definition)
    return Defined(url, {} if isinstance(found, Issue) else found, ready)


def note(conn: Connection, resources: Iterable[Mapping[str, Any]], removed: Sequence[str]) -> None:
    """SearchParameter resources that were written, and the ids of those that were deleted."""
    for resource in resources:
        _save(conn, resource)
    if removed:
        conn.execute(SQL["forget_definitions"], {"ids": list(removed)})


def _save(conn: Connection, resource: Mapping[str, Any]) -> None:
    if resource.get("status") != "active":
        conn.execute(SQL["forget_definitions"], {"ids": [resource["id"]]})
        return
    kept = {name: resource[name] for name in _KEPT if name in resource}
    found = define(kept)
    refused = isinstance(found, Issue)
    reason = f"{found.code}: {found.text_en}" if isinstance(found, Issue) else ""
    types = [] if isinstance(found, Issue) else sorted(TYPE_NUMBER[name] for name in found)
    state = "refused" if refused else "indexing"
    values = (resource["id"], kept.get("url", ""), kept.get("code", ""), types, state, reason, json.dumps(kept))
    conn.execute(SQL["save_definition"], values)
    if not refused:
        enqueue(conn, TASK, queueing_lock=f"{TASK}:{resource['id']}", id=resource["id"])


def index_everything(conn: Connection) -> None:
    """Let the index of every resource be made anew, in the background."""
    types = sorted(TYPE_NUMBER.values())
    conn.execute(SQL["save_definition"], (EVERYTHING, "", "", types, "indexing", "", "{}"))
    enqueue(conn, TASK, queueing_lock=f"{TASK}:{EVERYTHING}", id=EVERYTHING)


def progress(conn: Connection) -> list[Progress]:
    """How each definition stands."""
    return [Progress(*row) for row in conn.execute(SQL["fetch_progress"]).fetchall()]
