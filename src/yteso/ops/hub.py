"""One LISTEN connection, many listeners: PostgreSQL says a topic changed, every subscriber of the topic wakes up.

A subscriber keeps a set of changed topics, not a queue of messages: a slow browser costs three words, and a hundred
files a second become two events a second. What is missed is only a reason to look again, so nothing is kept.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Hashable, Iterable

from yteso.access.principal import Role
from yteso.access.topics import HEARD
from yteso.db.listen import Listener

CHANNEL = "yteso_live"
TOPICS = frozenset(HEARD)
_WAIT_SECONDS = 1.0


class Subscriber:
    """The changed topics one browser has not been told yet. `shown` is what it came with, `role` whose that was."""

    def __init__(self, topics: Iterable[str], shown: Hashable = None, role: Role | None = None) -> None:
        self.topics = frozenset(topics) & TOPICS
        self.shown, self.role = shown, role
        self._changed: set[str] = set()
        self._news = asyncio.Event()
        self._over = asyncio.Event()

    @property
    def is_over(self) -> bool:
        """True when it is told nothing any more."""
        return self._over.is_set()

    def tell(self, topic: str) -> None:
        """The topic changed (called in the event loop)."""
        if topic in self.topics:
            self._changed.add(topic)
            self._news.set()

    def close(self) -> None:
        """Wake up for the last time."""
        self._over.set()
        self._news.set()

    async def changed(self, timeout: float) -> list[str]:
        """The topics that changed since the last call; [] after `timeout` seconds without news."""
        try:
            await asyncio.wait_for(self._news.wait(), timeout)
        except TimeoutError:
            return []
        self._news.clear()
        topics = sorted(self._changed)
        self._changed.clear()
        return topics

    async def rest(self, seconds: float) -> None:
        """Wait so long, or until it is over."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._over.wait(), seconds)


class Hub:
    """Bounded: `most` subscribers at a time."""

    def __init__(self, listener: Listener, most: int = 500) -> None:
        self._listener = listener
        self._most = most
        self._subscribers: set[Subscriber] = set()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._listen, daemon=True, name="live listen")
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def closed(self) -> bool:
        """True when the process is going down."""
        return self._stop.is_set()

    def start(self) -> None:
        """Begin to listen; called in the event loop."""
        self._loop = asyncio.get_running_loop()
        self._thread.start()

    def close(self) -> None:
        """Let every subscriber go and stop listening."""
        self._stop.set()
        for subscriber in list(self._subscribers):
            subscriber.close()

    def subscribe(self, topics: Iterable[str], shown: Hashable = None, role: Role | None = None) -> Subscriber | None:
        """A new subscriber; None when there are too many."""
        if len(self._subscribers) >= self._most:
            return None
        subscriber = Subscriber(topics, shown, role)
        self._subscribers.add(subscriber)
        return subscriber

    def listening(self) -> list[Subscriber]:
        """Who listens now."""
        return list(self._subscribers)

    def leave(self, subscriber: Subscriber) -> None:
        """The browser went away."""
        self._subscribers.discard(subscriber)

    def tell(self, topic: str) -> None:
        """Pass the news on (in the event loop)."""
        for subscriber in list(self._subscribers):
            subscriber.tell(topic)

    def _listen(self) -> None:
        assert self._loop is not None
        while not self._stop.is_set():
            for topic in {payload for _, payload in self._listener.wait(_WAIT_SECONDS)}:
                if not self._stop.is_set():
                    self._loop.call_soon_threadsafe(self.tell, topic)
        self._listener.close()
