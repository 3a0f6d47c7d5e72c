"""Subscriptions told over websockets: `ws://…/subscriptions`, `bind-with-token [token]`, then notifications as text.

The token comes from `$get-ws-binding-token` and is good once; the socket ends within a second when the right it was
drawn with does (the account or app is locked, the grant taken back). What is sent is read within the rights of the
subscription's owner at that moment, and audited, as for every other channel; numbers that were sent are noted after.
Reading the database happens in threads; a socket asks twice a second, because what it missed must not be lost.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.websockets import WebSocket, WebSocketDisconnect

from yteso.base.clock import Clock
from yteso.db import Database
from yteso.store.postgres import PostgresStore
from yteso.store.subscriptions import state
from yteso.store.subscriptions.evaluate import People
from yteso.store.subscriptions.notification import bundle_of
from yteso.store.subscriptions.telling import owed
from yteso.store.subscriptions.tickets import Drawer, take_ticket

MOST = 200
_BIND = re.compile(r"bind-with-token:? +([A-Za-z0-9_-]{20,100})", re.ASCII)
_BIND_SECONDS = 15.0
_ROUND_SECONDS = 0.4
_MOST_WORDS = 100
"""Messages a client may send after binding; they mean nothing."""
_IN_A_ROW = 50
_POLICY, _GOING_AWAY, _TRY_LATER = 1008, 1001, 1013


@dataclass(slots=True)
class _Bound:
    """One subscription of one socket: the last number sent, and when something was."""

    id: str
    last: int
    at: float = field(default=0.0)


class Sockets:
    """Bounded: so many sockets at a time."""

    def __init__(
        self,
        database: Database,
        store: PostgresStore,
        people: People,
        base: str,
        clock: Clock,
        *,
        is_over: Callable[[Drawer], bool],
        most: int = MOST,
    ) -> None:
        self._database, self._store, self._people, self._is_over = database, store, people, is_over
        self._base, self._clock, self._most = base, clock, most
        self._open = 0
        self._closed = False

    def close(self) -> None:
        """Let every socket go at its next round."""
        self._closed = True

    async def serve(self, socket: WebSocket) -> None:
        """One socket, from its opening to its end."""
        if self._open >= self._most or self._closed:
            await socket.close(_TRY_LATER)
            return
        self._open += 1
        try:
            await socket.accept()
            await self._bind(socket)
        except WebSocketDisconnect:
            return
        finally:
            self._open -= 1

    async def _bind(self, socket: WebSocket) -> None:
        try:
            words = await asyncio.wait_for(socket.receive_text(), _BIND_SECONDS)
        except (TimeoutError, KeyError):
            words = ""
        match = _BIND.fullmatch(words[:200].strip())
        taken = await asyncio.to_thread(self._take, match[1]) if match else None
        if taken is None or not taken[0]:
            await socket.close(_POLICY)
            return
        listening = asyncio.create_task(_listen(socket))
        try:
            await self._tell(socket, *taken, listening)
        finally:
            listening.cancel()
            with contextlib.suppress(asyncio.CancelledError, WebSocketDisconnect):
                await listening

    async def _tell(
        self, socket: WebSocket, bound: list[_Bound], drawer: Drawer, listening: asyncio.Task[None]
    ) -> None:
        for one in bound:
            for text in await asyncio.to_thread(self._handshake, one):
                await socket.send_text(text)
        while bound and not listening.done() and not self._closed:
            if await asyncio.to_thread(self._is_over, drawer):
                break
            bound = [one for one in bound if await self._tell_one(socket, one)]
            await asyncio.wait([listening], timeout=_ROUND_SECONDS)
        if not listening.done():
            await socket.close(_GOING_AWAY)

    async def _tell_one(self, socket: WebSocket, bound: _Bound) -> bool:
        """Send what one subscription is owed, for so long that the others have their turn; False when it is over."""
        for _ in range(_IN_A_ROW):
            found = await asyncio.to_thread(self._next, bound)
            if found is None:
                return False
            if not found[0]:
                break
            await socket.send_text(found[0])
            await asyncio.to_thread(self._sent, bound, found[1])
        return True

    # -- in threads -----------------------------------------------------------------------------------------------

    def _take(self, token: str) -> tuple[list[_Bound], Drawer] | None:
        with self._database.connection() as conn:
            taken = take_ticket(conn, token)
            found = [state.fetch_one(conn, name) for name in (taken[0] if taken else ())]
        if taken is None or self._is_over(taken[1]):
            return None
        active = (one for one in found if one is not None and one.state == "active")
        return [_Bound(one.id, one.delivered, self._now) for one in active], taken[1]

    def _handshake(self, bound: _Bound) -> list[str]:
        with self._database.connection() as conn:
            watched = state.fetch_one(conn, bound.id)
        if watched is None or not watched.definition.topic:
            return []
        return [bundle_of(watched, "handshake", (), self._base, self._clock()).decode()]

    def _next(self, bound: _Bound) -> tuple[str, int] | None:
        """(text, last number) to send, an empty text when there is nothing; None when it is over."""
        with self._database.connection() as conn:
            watched = state.fetch_one(conn, bound.id)
            who = self._people(watched.owner) if watched else None
            if watched is None or who is None or watched.state != "active":
                return None
            definition = watched.definition
            told = owed(conn, self._store, who, watched, bound.last)
        if told and not definition.topic:
            return f"ping {watched.id}", told[-1].notice.n
        if told:
            text = bundle_of(watched, "event-notification", told, self._base, self._clock()).decode()
            return text, told[-1].notice.n
        if definition.topic and 0 < definition.heartbeat <= self._now - bound.at:
            return bundle_of(watched, "heartbeat", (), self._base, self._clock()).decode(), bound.last
        return "", bound.last

    def _sent(self, bound: _Bound, last: int) -> None:
        bound.last, bound.at = last, self._now
        with self._database.connection() as conn:
            watched = state.fetch_one(conn, bound.id)
            if watched is not None:
                state.note_told(conn, watched, last)

    @property
    def _now(self) -> float:
        return self._clock().timestamp()


async def _listen(socket: WebSocket) -> None:
    """Ends when the client goes away or talks too much."""
    for _ in range(_MOST_WORDS):
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            return
