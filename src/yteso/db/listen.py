"""One connection that LISTENs: PostgreSQL channels in, (channel, payload) pairs out. Reconnects by itself."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence

import psycopg
from psycopg import sql

log = logging.getLogger(__name__)
_RETRY_SECONDS = 1.0


class Listener:
    """Notifications of some channels. What is sent while the connection is down is lost: the caller must also poll."""

    def __init__(self, dsn: str, channels: Sequence[str], application: str = "yteso listen") -> None:
        self._dsn = dsn
        self._channels = channels
        self._application = application
        self._conn: psycopg.Connection[tuple[object, ...]] | None = None

    def wait(self, timeout: float) -> list[tuple[str, str]]:
        """What arrives within `timeout` seconds, as soon as something does; [] when nothing did."""
        deadline = time.monotonic() + timeout
        try:
            conn = self._conn or self._connect()
            notes = [(n.channel, n.payload) for n in conn.notifies(timeout=timeout, stop_after=1)]
            if notes:
                notes += [(n.channel, n.payload) for n in conn.notifies(timeout=0)]
        except psycopg.OperationalError:
            log.warning("the listening connection is down")
            self.close()
            time.sleep(max(0.0, min(_RETRY_SECONDS, deadline - time.monotonic())))
            return []
        return notes

    def close(self) -> None:
        """Give the connection up."""
        if self._conn is not None:
            self._conn.close()
            self._conn = None

    def _connect(self) -> psycopg.Connection[tuple[object, ...]]:
        conn = psycopg.connect(self._dsn, autocommit=True, application_name=self._application, connect_timeout=5)
        for channel in self._channels:
            conn.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
        self._conn = conn
        return conn
