"""Changes of the record -> notices, by transaction number: one look takes what is finished, each change once.

A look is one transaction: it holds the mark, finds for every subscription at work (also one in error) which changes
after the mark meet its searches and its owner's rights, numbers them, and moves the mark. So numbers have no gaps, and
a killed look is simply made again. A resource that changed several times between two looks is told once, as it is then.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from yteso.access.policy import Interaction, restriction
from yteso.access.principal import Principal
from yteso.base.clock import Clock
from yteso.base.errors import Refused
from yteso.base.trace import where
from yteso.db import Connection, is_retryable
from yteso.fhir.json import loads
from yteso.search import sql
from yteso.search.fragment import Fragment, all_of, any_of
from yteso.search.parse import parse
from yteso.search.rights import visible
from yteso.standards.fhir_r4 import TYPE_NUMBER
from yteso.store.postgres import PostgresStore
from yteso.store.read import run
from yteso.store.receivers import forget_others
from yteso.store.subscriptions import rules
from yteso.store.subscriptions.definition import MANAGERS, read_definition
from yteso.store.subscriptions.state import SQL, TYPE, State, Watched, change_state, fetch_all, fetch_one, save
from yteso.store.subscriptions.topics import Trigger
from yteso.store.wall import name, on_behalf

log = logging.getLogger(__name__)
MOST = 5_000
"""Changed rows of one look."""
_SLACK = 50
"""So many numbers may pass without a change that anybody watches before the mark is moved."""

People = Callable[[str], Principal | None]
"""The account of a name as it is now; None when it is gone or locked."""

OFF: State = "off"


@dataclass(frozen=True, slots=True)
class Look:
    """What every look needs."""

    store: PostgresStore
    people: People
    clock: Clock

    def once(self, conn: Connection) -> bool:
        """One look; True when another one should follow at once."""
        row = conn.execute(SQL["hold_watch"]).fetchone()
        if row is None:
            return False
        after = row[0]
        horizon = _number(conn, "fetch_horizon")
        active = fetch_all(conn, "requested", "active", "error")
        types = sorted({TYPE_NUMBER[TYPE], *(TYPE_NUMBER[t.type] for w in active for t in w.definition.triggers)})
        if conn.execute(SQL["fetch_first"], (after, horizon, types)).fetchone() is None:
            if horizon - after > _SLACK:
                conn.execute(SQL["save_watch"], (horizon,))
            return False
        end = conn.execute(SQL["fetch_end"], (after, horizon, types, MOST)).fetchone()
        last = end[0] if end else horizon
        for watched in active:
            self._number_guarded(conn, watched, after, last)
        self._take_up(conn, after, last)
        conn.execute(SQL["save_watch"], (last,))
        return end is not None

    def _number_guarded(self, conn: Connection, watched: Watched, after: int, last: int) -> None:
        """What goes wrong with one subscription stops no other: it is in error, and says what it passed over."""
        try:
            with conn.transaction():
                self._number_events(conn, watched, after, last)
        except Exception as error:
            if is_retryable(error):
                raise
            log.error("changes were not judged for a subscription: %s", where(error))
            change_state(conn, self.store, watched, "error", rules.NOT_JUDGED.at(), OFF)

    def _number_events(self, conn: Connection, watched: Watched, after: int, last: int) -> None:
        who = self.people(watched.owner)
        if who is None:
            return
        seen: dict[tuple[int, str], tuple[Any, ...]] = {}
        for trigger in watched.definition.triggers:
            for row in _matches(conn, who, watched, trigger, max(after, watched.started), last, self.clock()):
                seen[row[0], row[1]] = row
        if not seen:
            return
        rows = sorted(seen.values(), key=lambda row: (row[3], row[0], row[1]))
        with conn.cursor() as cursor, cursor.copy(SQL["copy_notice"]) as copy:
            for n, (type, id, version, t, at, verb) in enumerate(rows, start=watched.events + 1):
                copy.write_row((*watched.key, n, t, at, type, id, version, verb))
        conn.execute(SQL["save_events"], (watched.events + len(rows), *watched.key))

    # -- subscriptions that were written --------------------------------------------------------------------------

    def _take_up(self, conn: Connection, after: int, last: int) -> None:
        changed = conn.execute(SQL["fetch_changed"], (after, last, TYPE_NUMBER[TYPE])).fetchall()
        for id, version, t, deleted in changed:
            known = fetch_one(conn, id)
            if deleted:
                forget_others(conn, id, {})
                if known is not None:
                    conn.execute(SQL["remove_one"], {"shard": known.key[0], "id": id})
            elif known is None or known.version < version:
                self._take_up_guarded(conn, id, t, last, known)

    def _take_up_guarded(self, conn: Connection, id: str, t: int, last: int, known: Watched | None) -> None:
        """What nobody foresaw in one Subscription stops no other."""
        try:
            with conn.transaction():
                self._take_up_one(conn, id, t, last, known)
        except Exception as error:
            if is_retryable(error):
                raise
            log.error("a subscription was not taken up: %s", where(error))
            found = self.store.peek(conn, [(TYPE, id)])[TYPE, id]
            save(conn, id, found.version, OFF, "", loads(found.body), last, rules.NOT_TAKEN_UP.code)

    def _take_up_one(self, conn: Connection, id: str, t: int, last: int, known: Watched | None) -> None:
        """What its writer asks for: `requested` begins with a handshake or at once, `off` and `error` rest."""
        found = self.store.peek(conn, [(TYPE, id)])[TYPE, id]
        document = loads(found.body)
        writer = conn.execute(SQL["fetch_writer"], (t, f"{TYPE}/{id}", f"{TYPE}/{id}")).fetchone()
        owner = writer[0] if writer else (known.owner if known else "")
        try:
            definition = read_definition(document)
        except Refused as refusal:
            save(conn, id, found.version, "off", owner, document, last, refusal.issues[0].code)
            self._tell_state(conn, id, "error", refusal)
            return
        if definition.owner and writer and writer[1] in MANAGERS:
            owner = definition.owner
        forget_others(conn, id, document)
        wanted: State = "requested" if document.get("status") in ("requested", "active") else "off"
        save(conn, id, found.version, wanted, owner, document, last, "")
        at_once = definition.channel == "websocket" or not definition.topic
        if wanted == "requested" and at_once:
            self._tell_state(conn, id, "active", None)

    def _tell_state(self, conn: Connection, id: str, state: State, refusal: Refused | None) -> None:
        watched = fetch_one(conn, id)
        assert watched is not None
        issue, row = (refusal.issues[0], OFF) if refusal else (None, None)
        change_state(conn, self.store, watched, state, issue, row)


def _matches(
    conn: Connection, who: Principal, watched: Watched, trigger: Trigger, after: int, last: int, now: datetime
) -> Sequence[tuple[Any, ...]]:
    """(type, id, version, t, time, verb) of the changes in between that meet the trigger, within `who`'s rights.

    Created is what did not live when the subscription began and was not told yet: a first version that was overwritten
    before anybody looked is no less new. What is deleted has no index, so that it is told only where nothing is asked.
    """
    limit = restriction(who, Interaction.SEARCH, trigger.type)
    if limit is None:
        return ()
    own = Fragment("r.t > %s AND r.t <= %s AND r.type = %s", (after, last, TYPE_NUMBER[trigger.type]))
    queries = [sql.condition(parse(trigger.type, query)[0], limit, now) for query in trigger.queries]
    met = all_of((Fragment("r.hash IS NOT NULL"), *queries))
    if not trigger.queries:
        met = any_of((met, Fragment("r.hash IS NULL")))
    where = all_of((own, visible(limit, "r"), met))
    with on_behalf(conn):
        name(conn, limit)
        seen = run(conn, f"SELECT r.shard, r.hid FROM store.resource r WHERE {where.text}", where.params).fetchall()
    if not seen:
        return ()
    shards, hids = zip(*seen, strict=True)
    params = (list(shards), list(hids), TYPE_NUMBER[trigger.type], watched.started, *watched.key, list(trigger.verbs))
    rows: Sequence[tuple[Any, ...]] = run(conn, _VERBS, params).fetchall()
    return rows


_VERBS = """
SELECT type, id, ver, t, ts, verb FROM (
    SELECT r.type, r.id, r.ver, r.t, r.ts, CASE
        WHEN r.hash IS NULL THEN CASE WHEN coalesce(told.verb <> 'D', NOT before.deleted) THEN 'D' END
        WHEN coalesce(told.verb <> 'D', NOT before.deleted) THEN 'U'
        ELSE 'C' END AS verb
    FROM unnest(%s::smallint[], %s::bigint[]) k (shard, hid)
    JOIN store.resource r ON r.shard = k.shard AND r.type = %s AND r.hid = k.hid
    LEFT JOIN LATERAL (
        SELECT h.deleted FROM store.history h
        WHERE r.ver > 1 AND h.shard = r.shard AND h.type = r.type AND h.id = r.id AND h.t <= %s
        ORDER BY h.ver DESC LIMIT 1) before ON true
    LEFT JOIN LATERAL (
        SELECT n.verb FROM store.notice n
        WHERE n.shard = %s AND n.subscription = %s AND n.type = r.type AND n.id = r.id
        ORDER BY n.n DESC LIMIT 1) told ON true) m
WHERE m.verb = ANY(%s::text[])"""
"""What happened to changes that are seen: by past versions and by what was told, which the owner alone reads."""


def _number(conn: Connection, name: str) -> int:
    row = conn.execute(SQL[name]).fetchone()
    assert row is not None
    return int(row[0])
