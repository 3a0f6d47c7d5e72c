"""How every process of the platform logs: one line to standard error, warnings and worse, no values."""

from __future__ import annotations

import logging


def log_to_stderr(level: int = logging.WARNING) -> None:
    """Set it up once per process."""
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    # The pool's own warnings repeat the connection's error for every attempt.
    logging.getLogger("psycopg.pool").setLevel(logging.ERROR)
