"""Calls of many threads -> batches, each done by one of the callers while the others wait. No threads of its own.

A caller that finds nobody at work does what waits, its own included; whoever comes meanwhile is in the next batch. So a
lone call waits for nothing, and under load the cost of a transaction (round trips, commit) is shared by many. Callers
whom the batch before answered are about to come again: the next one waits for them, for `PATIENCE` at most, since half
of them would else always miss it.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from yteso.base.errors import YtesoError

Ask = TypeVar("Ask")
Answer = TypeVar("Answer")


PATIENCE = 0.002
"""Seconds."""


class Interrupted(YtesoError):
    """The thread that was answering several calls was stopped."""


class _Place(Generic[Ask, Answer]):
    """One caller's place in the queue. `turn` is released when there is an answer, or when it is the caller's turn."""

    __slots__ = ("answer", "ask", "done", "error", "turn")

    def __init__(self, ask: Ask) -> None:
        self.ask = ask
        self.turn = threading.Lock()
        self.turn.acquire()
        self.done = False
        self.answer: Answer | None = None
        self.error: Exception | None = None

    def end(self, answer: Answer | None, error: Exception | None = None) -> None:
        self.answer, self.error, self.done = answer, error, True


class Together(Generic[Ask, Answer]):
    """`run` answers up to `most` asks at once, in their order. Safe to call from many threads.

    What `run` raises for several asks is not told to all of them: each is then run alone and gets its own answer or
    error. So `run` must leave nothing behind when it raises.
    """

    def __init__(
        self, run: Callable[[Sequence[Ask]], Sequence[Answer]], most: int = 64, patience: float = PATIENCE
    ) -> None:
        self._run = run
        self._most = most
        self._patience = patience
        self._guard = threading.Lock()
        self._waiting: deque[_Place[Ask, Answer]] = deque()
        self._busy = False
        self._around = 1
        self._gathering = False
        self._gate = threading.Lock()
        self._gate.acquire()

    def __call__(self, ask: Ask) -> Answer:
        """The answer to this ask; raises what `run` raises for it."""
        place: _Place[Ask, Answer] = _Place(ask)
        with self._guard:
            self._waiting.append(place)
            first, self._busy = not self._busy, True
            if self._gathering and len(self._waiting) >= self._around:
                self._gathering = False
                self._gate.release()
        if not first:
            place.turn.acquire()
        if not place.done:
            self._work()
        if place.error is not None:
            raise place.error
        return place.answer  # type: ignore[return-value]

    def _gather(self) -> None:
        """Wait until as many callers are there as were around when the batch before ended, but not for long."""
        with self._guard:
            self._gathering = len(self._waiting) < self._around
            if not self._gathering:
                return
        if self._gate.acquire(timeout=self._patience):
            return
        with self._guard:
            opened, self._gathering = not self._gathering, False
        if opened:  # in the very moment of giving up
            self._gate.acquire()

    def _work(self) -> None:
        """Answer the batch at the head of the queue, in which the caller is; then let the next caller work."""
        self._gather()
        with self._guard:
            batch = [self._waiting.popleft() for _ in range(min(self._most, len(self._waiting)))]
        try:
            self._answer(batch)
        finally:
            with self._guard:
                self._busy = bool(self._waiting)
                self._around = min(self._most, len(batch) + len(self._waiting))
                following = self._waiting[0] if self._waiting else None
            for place in batch:
                place.turn.release()
            if following is not None:
                following.turn.release()

    def _answer(self, batch: Sequence[_Place[Ask, Answer]]) -> None:
        try:
            answers = self._run([place.ask for place in batch])
        except Exception as error:
            if len(batch) == 1:
                batch[0].end(None, error)
            else:
                for place in batch:
                    self._answer([place])
            return
        except BaseException:
            for place in batch:
                place.end(None, Interrupted())
            raise
        for place, answer in zip(batch, answers, strict=True):
            place.end(answer)
