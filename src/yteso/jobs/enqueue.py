"""A job added inside the caller's transaction: it exists exactly when what it belongs to was committed."""

from __future__ import annotations

import json
from datetime import timedelta

from yteso.db import Connection, Queries, Statement

SQL = Queries.beside(__file__)
DEFAULT_QUEUE = "default"
_AT_ONCE = timedelta(0)


def enqueue(
    conn: Connection,
    task: str,
    *,
    queueing_lock: str | None = None,
    queue: str = DEFAULT_QUEUE,
    priority: int = 0,
    delay: timedelta = _AT_ONCE,
    **args: object,
) -> int | None:
    """Add a job for the task of that name; `args` must be JSON. Returns its number.

    With a `queueing_lock`, None is returned when an equal job already waits or is just being added by another
    transaction; that is not an error and costs one index look-up. Such a job may start before the caller commits, so
    work that must be seen needs a sweep of its own beside the job.
    """
    asked = asking(task, queueing_lock=queueing_lock, queue=queue, priority=priority, delay=delay, **args)
    row = conn.execute(asked.text.encode(), asked.params).fetchone()
    return int(row[0]) if row else None


def asking(
    task: str,
    *,
    queueing_lock: str | None = None,
    queue: str = DEFAULT_QUEUE,
    priority: int = 0,
    delay: timedelta = _AT_ONCE,
    **args: object,
) -> Statement:
    """The statement by which `enqueue` adds a job, for whoever sends others with it. Its row is the job's number."""
    about = [queue, task, priority, queueing_lock, json.dumps(args), delay]
    return Statement(SQL["enqueue"], [*about, *[queueing_lock] * 3])
