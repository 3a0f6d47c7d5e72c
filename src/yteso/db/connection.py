"""Connections and the pool. One `with database.connection()` block is one transaction, committed at its end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import errors
from psycopg.abc import PQGen
from psycopg.adapt import Transformer
from psycopg.pq import TransactionStatus
from psycopg_pool import ConnectionPool

from yteso.db.server_conf import READING

Connection = psycopg.Connection[tuple[Any, ...]]


class Keeping(psycopg.Connection[tuple[Any, ...]]):
    """A connection that keeps things for `trip.run_together`: the names of prepared statements by their text and the
    types of values; the forms in which values come and go. `database`: whose pool it is of."""

    database: Database | None = None

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.kept: dict[tuple[bytes, tuple[int, ...]], bytes] = {}
        self.forms = Transformer(self)

    def _deallocate(self, name: bytes | None) -> PQGen[None]:
        """After each rollback psycopg lets the server forget all that is prepared, ours too."""
        if name is None:
            self.kept.clear()
        return super()._deallocate(name)


class Reader(Keeping):
    """A connection whose role owns nothing: row-level security binds it, and nobody is named when it begins."""


class Owner(Keeping):
    """A connection of the owner of the tables. Where the wall stands (`walled`), it has the role of somebody's bound
    (`lowered`) while it reads for them (`reading`)."""

    walled = False
    reading = False
    lowered = False


class Database:
    """Bounded pools of connections to one PostgreSQL database: one for the owner, one for who reads for somebody.

    `readers` is the address of another log-in for who reads, which cannot become the owner; without one, the owner's
    log-in takes the readers' role.
    """

    def __init__(self, dsn: str, *, readers: str = "", max_size: int = 8, application: str = "yteso") -> None:
        self.dsn = dsn
        self._pool: ConnectionPool[Owner] = ConnectionPool(
            dsn,
            connection_class=Owner,
            min_size=1,
            max_size=max_size,
            kwargs={"application_name": application},
            open=False,
            name=application,
        )
        self._readers: ConnectionPool[Reader] = ConnectionPool(
            readers or dsn,
            connection_class=Reader,
            min_size=0,
            max_size=max_size,
            kwargs={"application_name": application, "options": READING},
            open=False,
            name=f"{application} reader",
        )
        self._walled = False

    def open(self, timeout: float = 30.0) -> Database:
        """Connect; raises psycopg_pool.PoolTimeout when the server does not answer in `timeout` seconds."""
        self._pool.open(wait=True, timeout=timeout)
        return self

    def raise_wall(self) -> None:
        """From now on who reads for somebody is bound by row-level security; the database must be ready for it."""
        self._readers.open()
        self._walled = True

    def check(self) -> None:
        """Replace connections that died while nobody used them, as all do when the database is started again."""
        self._pool.check()
        if self._walled:
            self._readers.check()

    def close(self) -> None:
        """Give every connection back and close them."""
        self._pool.close()
        self._readers.close()

    @contextmanager
    def connection(self, timeout: float = 10.0) -> Iterator[Connection]:
        """A connection inside a new transaction."""
        with self._pool.connection(timeout) as connection:
            connection.walled, connection.database = self._walled, self
            yield connection

    @contextmanager
    def reading(self, timeout: float = 10.0) -> Iterator[Connection]:
        """The same for who reads for somebody: a `Reader` where the wall stands, else a connection of the owner."""
        if not self._walled:
            with self.connection(timeout) as connection:
                yield connection
            return
        with self._readers.connection(timeout) as reader:
            reader.database = self
            yield reader


def is_conflict(error: BaseException) -> bool:
    """True when a unique key was taken meanwhile by another transaction."""
    return isinstance(error, errors.UniqueViolation)


def is_in_order(conn: Connection) -> bool:
    """True inside a transaction in which no statement failed."""
    return conn.info.transaction_status is TransactionStatus.INTRANS


def is_stopped(error: BaseException) -> bool:
    """True when the server stopped a statement that took longer than it was given."""
    return isinstance(error, errors.QueryCanceled)


def said_by(error: BaseException, state: str) -> str | None:
    """The detail of an error that a function of ours raised with this state (SQLSTATE); None of any other."""
    return error.diag.message_detail if isinstance(error, psycopg.Error) and error.sqlstate == state else None


def is_retryable(error: BaseException) -> bool:
    """True when the same transaction may succeed if it is run again (deadlock, serialization, lost connection)."""
    return isinstance(
        _driver_error(error),
        (errors.DeadlockDetected, errors.SerializationFailure, errors.LockNotAvailable, psycopg.OperationalError),
    )


_GONE = ("08", "57P")
"""SQLSTATE of a connection that is lost and of a server that goes or is not there yet (PostgreSQL, appendix A)."""


def is_away(error: BaseException) -> bool:
    """True when the server does not answer: it was killed, ends, still starts, or cannot be reached."""
    said = _driver_error(error)
    return isinstance(said, psycopg.OperationalError) and (said.sqlstate is None or said.sqlstate.startswith(_GONE))


def _driver_error(error: BaseException) -> BaseException | None:
    """The driver's own error. Django, which only the pages know, raises one of its own from it."""
    return error if isinstance(error, psycopg.Error) else error.__cause__
