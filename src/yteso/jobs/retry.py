"""Whether and when a failed job is tried again: decided from the error and the number of tries. Pure."""

from __future__ import annotations

from datetime import timedelta

from yteso.base.errors import YtesoError

_FIRST = timedelta(seconds=1)
_LONGEST = timedelta(minutes=10)


def next_try(error: BaseException, attempts: int, most: int) -> timedelta | None:
    """How long to wait before the next try; None when there is none.

    `attempts` counts the tries so far, this one included. An error that says it is permanent is not tried again; the
    wait doubles from one second to ten minutes.
    """
    if attempts >= most or (isinstance(error, YtesoError) and error.permanent):
        return None
    doublings: int = min(attempts - 1, 16)
    return min(_LONGEST, _FIRST * (1 << doublings))
