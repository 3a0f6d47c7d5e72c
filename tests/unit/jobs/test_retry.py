"""Retry is decided from the error and the number of tries."""

from __future__ import annotations

from datetime import timedelta

from yteso.base.errors import Refused, YtesoError
from yteso.jobs.retry import next_try


def test_a_permanent_error_is_never_tried_again() -> None:
    assert next_try(Refused(), 1, 20) is None


def test_the_wait_doubles_up_to_ten_minutes() -> None:
    waits = [next_try(YtesoError(), n, 20) for n in (1, 2, 3, 10, 19)]
    seconds = (1, 2, 4, 512, 600)
    assert waits == [timedelta(seconds=n) for n in seconds]


def test_after_the_last_try_there_is_none() -> None:
    assert next_try(OSError(), 20, 20) is None
    assert next_try(OSError(), 10_000, 20_000) == timedelta(minutes=10)
