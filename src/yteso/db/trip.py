"""Several statements in one round trip to the server (libpq's pipeline mode), begin and end of the transaction too.

In: statements whose values do not depend on each other's rows. Out: the rows of each. A trip of its own costs a
statement more than most of them take: the client some 30 microseconds, the server a change of processes. What
psycopg's own pipeline adds to each statement is left out here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import count
from typing import Any, NamedTuple

from psycopg import errors, generators
from psycopg.abc import PQGen
from psycopg.adapt import PyFormat, Transformer
from psycopg.pq import ExecStatus, Format, TransactionStatus
from psycopg.pq.abc import PGconn, PGresult
from psycopg.waiting import WAIT_R

from yteso.db.connection import Connection, Keeping

Rows = list[tuple[Any, ...]]
_PLACE = re.compile("%[sb%]")
_MOST = 200
"""Statements that one connection keeps; further ones are read anew each time, and all where nothing is kept."""
_DONE = (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK)
_numbers = count()


class Statement(NamedTuple):
    """Text with `%s` and `%b` places, their values, and whether it goes the same way whatever they are."""

    text: str
    params: Sequence[Any] = ()
    same_way: bool = True


def run_together(conn: Connection, statements: Sequence[Statement], *, ends: bool = False) -> list[Rows]:
    """The rows of each statement. With `ends` the transaction is committed with the last one; so it is without on a
    connection that commits by itself, outside of a transaction.

    When one fails its error is raised, what came after it was not run, and the transaction must be rolled back.
    """
    try:
        trip = _Trip(conn)
        for one in statements:
            trip.add(one)
        return trip.arrive(ends=ends)
    except errors.Error as error:
        if error.sqlstate is None:
            conn.close()
        raise
    except BaseException:  # what the server would still say is for nobody
        conn.close()
        raise


class _Trip:
    """What was sent, and which answers are awaited for it."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self._kept, self._forms = (conn.kept, conn.forms) if isinstance(conn, Keeping) else ({}, Transformer(conn))
        self._awaited = 0
        self._new: dict[int, tuple[tuple[bytes, tuple[int, ...]], bytes]] = {}
        self._shown: list[int] = []
        idle = conn.pgconn.transaction_status == TransactionStatus.IDLE
        # The server commits what stands alone in a pipeline at its end: so who commits by itself has it (Django's).
        self._alone = idle and conn.autocommit
        conn.pgconn.enter_pipeline_mode()
        if idle and not self._alone:
            self._command(b"BEGIN")

    def add(self, one: Statement) -> None:
        """Send a statement, prepared by this connection where it goes the same way."""
        query, wanted = _numbered(one.text)
        values = self._forms.dump_sequence(one.params, wanted)
        types, formats = self._forms.types or (), self._forms.formats
        name = self._kept.get((query, types)) or (self._prepare(query, types) if one.same_way else b"")
        pgconn = self._conn.pgconn
        if name:
            pgconn.send_query_prepared(name, values, formats, Format.BINARY)
        else:
            pgconn.send_query_params(query, values, types, formats, Format.BINARY)
        self._shown.append(self._awaited)
        self._awaited += 1

    def arrive(self, *, ends: bool) -> list[Rows]:
        """The rows of what was added."""
        pgconn = self._conn.pgconn
        if ends and not self._alone:
            self._command(b"COMMIT")
        pgconn.pipeline_sync()
        results = self._conn.wait(_received(pgconn))
        pgconn.exit_pipeline_mode()
        self._kept.update(new for at, new in self._new.items() if results[at].status in _DONE)
        for one in results:
            if one.status not in _DONE:
                raise errors.error_from_result(one)
        return [self._rows(results[at]) for at in self._shown]

    def _prepare(self, query: bytes, types: tuple[int, ...]) -> bytes:
        """The name of a new prepared statement, known once the server has said that it is; empty: none is kept."""
        if len(self._kept) + len(self._new) >= _MOST or not isinstance(self._conn, Keeping):
            return b""
        name = b"together_%d" % next(_numbers)
        self._conn.pgconn.send_prepare(name, query, types)
        self._new[self._awaited] = ((query, types), name)
        self._awaited += 1
        return name

    def _rows(self, result: PGresult) -> Rows:
        self._forms.set_pgresult(result)
        return self._forms.load_rows(0, result.ntuples, tuple)

    def _command(self, text: bytes) -> None:
        self._conn.pgconn.send_query_params(text, None)
        self._awaited += 1


def _received(pgconn: PGconn) -> PQGen[list[PGresult]]:
    """One answer for each thing that was sent."""
    yield from generators.send(pgconn)
    results: list[PGresult] = []
    while True:
        while pgconn.is_busy():
            yield WAIT_R
            pgconn.consume_input()
        found = pgconn.get_result()
        if found is None:  # stands between the answers
            continue
        if found.status == ExecStatus.PIPELINE_SYNC:
            return results
        results.append(found)


@lru_cache(maxsize=1024)
def _numbered(text: str) -> tuple[bytes, tuple[PyFormat, ...]]:
    """The text with `$1`, `$2`… in its places, and how the value of each is to be sent."""
    places = [place for place in _PLACE.findall(text) if place != "%%"]
    numbers = count(1)
    query = _PLACE.sub(lambda place: "%" if place[0] == "%%" else f"${next(numbers)}", text)
    return query.encode(), tuple(PyFormat.BINARY if place == "%b" else PyFormat.AUTO for place in places)
