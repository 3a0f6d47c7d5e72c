"""How every process of the platform logs: one line to standard error and to the operator's collector, warnings and
worse, no values."""

from __future__ import annotations

import logging

from yteso.base.clock import log_time
from yteso.base.syslog import Syslog


class _Line(logging.Formatter):
    """One line, its time in Vietnam's zone with the offset, as in the pages' log."""

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: ARG002, N802 - logging's form
        """Vietnam's time."""
        return log_time(record.created)


def log_to_stderr(syslog: str = "", level: int = logging.WARNING) -> None:
    """Set it up once per process; `syslog`: `Settings.syslog`."""
    handlers: list[logging.Handler] = [logging.StreamHandler(), *([Syslog(syslog)] if syslog else [])]
    for handler in handlers:
        handler.setFormatter(_Line("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=level, handlers=handlers)
    # The pool's own warnings repeat the connection's error for every attempt.
    logging.getLogger("psycopg.pool").setLevel(logging.ERROR)
