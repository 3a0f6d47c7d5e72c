"""Tells one subscription what it is owed: handshake, events in order, heartbeat; notes how it went.

What is sent is read and audited in one transaction, sent outside of any, and noted in another. A process killed in
between sends again: at least once, never out of order. After MOST_FAILURES failures in a row the subscription is in
error; what it was not told stays, can be seen by `$events`, and is told when its status is `requested` again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from yteso.access.principal import Principal
from yteso.base.clock import Clock
from yteso.base.issue import Issue, Rule
from yteso.base.outward import Parcel, Post
from yteso.db import Connection, Database
from yteso.signing.safe import NotOurs
from yteso.store.postgres import PostgresStore
from yteso.store.receivers import opened
from yteso.store.subscriptions import rules, state
from yteso.store.subscriptions.evaluate import People
from yteso.store.subscriptions.notification import Kind, Told, bundle_of
from yteso.store.subscriptions.state import Watched
from yteso.store.subscriptions.telling import owed

MOST_FAILURES = 10
_LONGEST_WAIT = timedelta(minutes=10)
_JSON = ("Content-Type", "application/fhir+json; fhirVersion=4.0; charset=utf-8")
_DONE = range(200, 300)


@dataclass(frozen=True, slots=True)
class _Errand:
    """What is to be sent, and the last number it tells."""

    parcel: Parcel | None
    last: int


@dataclass(frozen=True, slots=True)
class Courier:
    """What every errand needs. `base` is the address of the FHIR endpoint as subscribers know it."""

    database: Database
    store: PostgresStore
    people: People
    post: Post
    base: str
    clock: Clock

    def due(self, conn: Connection) -> list[str]:
        """The subscriptions that are owed something now."""
        return [one.id for one in state.fetch_all(conn, "requested", "active") if self._owed(one) is not None]

    def serve(self, id: str) -> bool:
        """One errand of one subscription; True when it went well and there may be another."""
        with self.database.connection() as conn:
            watched = state.fetch_one(conn, id)
            kind = self._owed(watched) if watched else None
            if watched is None or kind is None:
                return False
            who = self.people(watched.owner)
            stop = self._must_stop(watched) or (None if who else rules.NO_OWNER)
            if stop is not None:
                state.change_state(conn, self.store, watched, "off" if stop is rules.ENDED else "error", stop.at())
                return False
            assert who is not None
            try:
                headers = opened(conn, self.store.safe, id, watched.definition.endpoint, watched.definition.headers)
            except NotOurs:
                state.change_state(conn, self.store, watched, "error", rules.NO_SECRET.at())
                return False
            errand = self._errand(conn, watched, who, kind)
        parcel = errand.parcel
        status = self.post.send(replace(parcel, headers=(*headers, *parcel.headers))) if parcel else 200
        with self.database.connection() as conn:
            if status in _DONE:
                self._went_well(conn, watched, kind, errand)
            else:
                self._failed(conn, watched, status)
        return status in _DONE

    def _owed(self, watched: Watched) -> Kind | None:
        """What to send now, if anything; something too when it must stop. Websockets are told by who holds them."""
        now = self.clock()
        definition = watched.definition
        if self._must_stop(watched):
            return "heartbeat"
        waiting = watched.retry_at is not None and watched.retry_at > now
        if definition.channel != "rest-hook" or waiting:
            return None
        if watched.state == "requested":
            return "handshake"
        if watched.delivered < watched.events:
            return "event-notification"
        quiet = (now - watched.sent_at).total_seconds()
        return "heartbeat" if definition.topic and 0 < definition.heartbeat <= quiet else None

    def _must_stop(self, watched: Watched) -> Rule | None:
        definition = watched.definition
        if definition.end is not None and definition.end <= self.clock():
            return rules.ENDED
        if definition.channel == "rest-hook" and not self.post.may_reach(definition.endpoint):
            return rules.NOT_ALLOWED
        return None

    def _errand(self, conn: Connection, watched: Watched, who: Principal, kind: Kind) -> _Errand:
        definition = watched.definition
        if kind != "event-notification":
            parcel = self._bundle(watched, kind, ()) if definition.topic else None
            return _Errand(parcel, watched.delivered)
        told = owed(conn, self.store, who, watched, watched.delivered)
        if not told:
            return _Errand(None, watched.events)
        parcel = self._bundle(watched, kind, told) if definition.topic else self._classic(watched, told[0])
        return _Errand(parcel, told[-1].notice.n)

    def _bundle(self, watched: Watched, kind: Kind, told: Sequence[Told]) -> Parcel:
        return self._parcel(watched, "POST", "", bundle_of(watched, kind, told, self.base, self.clock()))

    def _classic(self, watched: Watched, told: Told) -> Parcel | None:
        """Without a payload an empty POST; with one, the resource is put to the endpoint (FHIR R4 Subscription)."""
        if watched.definition.content == "empty":
            return self._parcel(watched, "POST", "", b"")
        if not told.body:
            return None
        return self._parcel(watched, "PUT", f"/{told.notice.type}/{told.notice.id}", told.body)

    def _parcel(self, watched: Watched, method: str, path: str, body: bytes) -> Parcel:
        definition = watched.definition
        url = definition.endpoint.rstrip("/") + path if path else definition.endpoint
        return Parcel(method, url, (_JSON,) if body else (), body, definition.timeout)

    def _went_well(self, conn: Connection, watched: Watched, kind: Kind, errand: _Errand) -> None:
        if kind == "handshake":
            state.change_state(conn, self.store, watched, "active", None)
        else:
            state.note_told(conn, watched, errand.last)

    def _failed(self, conn: Connection, watched: Watched, status: int | None) -> None:
        issue: Issue = rules.NO_ANSWER.at() if status is None else rules.BAD_ANSWER.at(status=status)
        wait = min(_LONGEST_WAIT, timedelta(seconds=2 ** min(watched.failures, 12)))
        if state.note_failure(conn, watched, wait, issue.code) >= MOST_FAILURES:
            state.change_state(conn, self.store, watched, "error", issue)
