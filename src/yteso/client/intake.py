"""The intake's door for apps: the files received, what became of them, and handing one in. In process, same rights.

In: who asks, filters, an uploaded stream. Out: the frozen values of `exchange.intake`, which are re-exported here so
that an app needs no other room. Rights and refusals are the desk's own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime

import yteso.exchange.finding_rules  # noqa: F401 -- declares the rules whose texts findings are told with
from yteso.access.principal import Principal
from yteso.base.clock import Clock
from yteso.base.http import Body
from yteso.exchange import intake as desk
from yteso.exchange.adapters.bhyt.receive import Desk, receive, require_sender
from yteso.exchange.intake import (
    COUNTED,
    STATES,
    WITH_ERRORS,
    Detail,
    FacilityCount,
    File,
    FilePage,
    Filter,
    Finding,
    VisitResult,
)
from yteso.exchange.raw import Kept
from yteso.exchange.spool import drain_into

__all__ = [
    "COUNTED",
    "STATES",
    "WITH_ERRORS",
    "Detail",
    "FacilityCount",
    "File",
    "FilePage",
    "Filter",
    "Finding",
    "Intake",
    "Kept",
    "Pieces",
    "VisitResult",
]


class Pieces:
    """The raw bytes of a file, piece by piece, from a connection that `close` gives back."""

    def __init__(self, pieces: Iterator[bytes], held: ExitStack) -> None:
        self._pieces = pieces
        self._held = held

    def __iter__(self) -> Iterator[bytes]:
        return self._pieces

    def close(self) -> None:
        """Give the connection back; called by the web server also when the reader went away."""
        self._held.close()


class Intake:
    """One instance serves a process. Every method raises `Refused` where the role has no such right."""

    def __init__(self, receiver: Desk, clock: Clock) -> None:
        self._receiver = receiver
        self._database = receiver.database
        self._clock = clock

    @property
    def limit(self) -> int:
        """The largest file taken, in bytes."""
        return self._receiver.limit

    def files(self, who: Principal, wanted: Filter, cursor: str = "", count: int = 50) -> FilePage:
        """Files newest first."""
        with self._database.connection() as conn:
            return desk.list_files(conn, who, wanted, cursor=cursor, limit=count)

    def count(self, who: Principal, wanted: Filter) -> int:
        """How many files there are in all, `COUNTED` + 1 when more than `COUNTED`."""
        with self._database.connection() as conn:
            return desk.count_files(conn, who, wanted)

    def file(self, who: Principal, id: str) -> Detail:
        """One file with its receipt, visits and findings. Raises Refused (404) when absent or not to be seen."""
        with self._database.connection() as conn:
            return desk.fetch_detail(conn, who, id)

    def by_facility(self, who: Principal, since: datetime | None = None) -> list[FacilityCount]:
        """How each facility sends since a moment."""
        with self._database.connection() as conn:
            return desk.count_by_facility(conn, who, since)

    def by_code(self, who: Principal, since: datetime) -> list[tuple[str, str, int]]:
        """(rule, severity, how often) in files received since then, most frequent first."""
        with self._database.connection() as conn:
            return desk.count_by_code(conn, who, since)

    def upload(self, who: Principal, body: Body, name: str, size: int | None = None) -> Kept:
        """Keep a file handed in on a page; committed with its receipt when this returns."""
        require_sender(who)
        with self._receiver.spool() as spool:
            drain_into(spool, body, size)
            return receive(self._receiver, who, spool, name=name, door="page")

    def replay(self, who: Principal, id: str) -> bool:
        """Read a file again from its raw; False while it still waits or is being read. Administrators only."""
        with self._database.connection() as conn:
            return desk.replay(conn, who, id)

    def raw(self, who: Principal, id: str) -> tuple[File, Pieces]:
        """A file's bytes as they came. The caller closes the pieces."""
        held = ExitStack()
        try:
            conn = held.enter_context(self._database.connection())
            file, pieces = desk.fetch_raw(conn, who, id)
        except BaseException:
            held.close()
            raise
        return file, Pieces(pieces, held)
