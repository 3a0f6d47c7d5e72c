"""What belongs to a day is done at the start and with each new day in Vietnam, however long a worker lives."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from yteso.jobs import Chore, Worker


class Alone(Worker):
    """A worker without a database."""

    def reap(self) -> int:
        return 0

    def prune(self) -> None:
        pass


@pytest.mark.parametrize("breaks", [False, True])
def test_a_chore_of_the_day_is_done_when_a_day_begins_in_vietnam(breaks: bool) -> None:
    now, done = [datetime(2026, 12, 31, 10, 0, tzinfo=UTC)], []

    def keep() -> None:
        done.append(f"{now[0]:%d %H}")
        if breaks:
            raise OSError

    worker = Alone(None, [], chores=[Chore("rules", None, keep)], clock=lambda: now[0])  # type: ignore[arg-type]
    for hours in (0, 1, 5, 1, 1, 22, 1, 1):
        now[0] += timedelta(hours=hours)
        worker._guarded(worker._do_chores)
    assert done == ["31 10", "31 17", "01 17"]
