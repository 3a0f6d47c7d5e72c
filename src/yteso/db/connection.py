"""Connections and the pool. One `with database.connection()` block is one transaction, committed at its end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import errors
from psycopg_pool import ConnectionPool

Connection = psycopg.Connection[tuple[Any, ...]]


class Database:
    """A bounded pool of connections to one PostgreSQL database."""

    def __init__(self, dsn: str, *, max_size: int = 8, application: str = "yteso") -> None:
        self.dsn = dsn
        self._pool: ConnectionPool[Connection] = ConnectionPool(
            dsn,
            min_size=1,
            max_size=max_size,
            kwargs={"application_name": application},
            open=False,
            name=application,
        )

    def open(self, timeout: float = 30.0) -> Database:
        """Connect; raises psycopg_pool.PoolTimeout when the server does not answer in `timeout` seconds."""
        self._pool.open(wait=True, timeout=timeout)
        return self

    def close(self) -> None:
        """Give every connection back and close them."""
        self._pool.close()

    @contextmanager
    def connection(self, timeout: float = 10.0) -> Iterator[Connection]:
        """A connection inside a new transaction."""
        with self._pool.connection(timeout) as connection:
            yield connection


def is_conflict(error: BaseException) -> bool:
    """True when a unique key was taken meanwhile by another transaction."""
    return isinstance(error, errors.UniqueViolation)


def is_stopped(error: BaseException) -> bool:
    """True when the server stopped a statement that took longer than it was given."""
    return isinstance(error, errors.QueryCanceled)


def is_retryable(error: BaseException) -> bool:
    """True when the same transaction may succeed if it is run again (deadlock, serialization, lost connection)."""
    return isinstance(
        error,
        (errors.DeadlockDetected, errors.SerializationFailure, errors.LockNotAvailable, psycopg.OperationalError),
    )
