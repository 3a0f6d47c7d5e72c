"""`/healthz` and the readings of `/metrics`: is the database there, do walkers and exporter live, how much waits.

Open to everybody, so it tells numbers and states only. 503 means: this platform cannot do its work now.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from yteso.base.clock import Clock, system_clock
from yteso.base.http import Request, Response
from yteso.base.trace import where
from yteso.db import Connection, Database, is_retryable
from yteso.jobs.status import JobStatus, fetch_status
from yteso.ops.answer import json_of
from yteso.ops.metrics import CONTENT_TYPE, Reading, exposition
from yteso.ops.pulse import read_pulse

log = logging.getLogger(__name__)
_PATIENCE_SECONDS = 3.0
_STALE_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Backlog:
    """What the rooms tell.

    `waiting`: files received and not yet walked to their end. `files`: (door, state, files, with findings) of the last
    24 hours. `newest_t`: the store's newest transaction number. `unexported_since`: when the oldest change was written
    that the warehouse does not have; None when it has all. `subscriptions`: (state, how many, events not yet told).
    `egress`: accounts beyond the alarm of their budget, and refusals for it, within the hour.
    `wall_lacks`: what keeps row-level security from standing (ADR 39).
    """

    waiting: int
    files: tuple[tuple[str, str, int, int], ...] = ()
    newest_t: int = 0
    unexported_since: datetime | None = None
    subscriptions: tuple[tuple[str, int, int], ...] = ()
    egress: tuple[int, int] = (0, 0)
    wall_lacks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class State:
    """Everything known at one moment; `database` is False when it did not answer and then nothing else is known."""

    database: bool
    jobs: JobStatus | None = None
    backlog: Backlog | None = None
    exporter_age: float | None = None
    exporter_t: int = 0

    @property
    def parts(self) -> dict[str, bool]:
        """Which part works."""
        return {
            "database": self.database,
            "walkers": bool(self.jobs and self.jobs.workers),
            "exporter": self.exporter_age is not None and self.exporter_age < _STALE_SECONDS,
            "wall": bool(self.backlog and not self.backlog.wall_lacks),
        }

    @property
    def well(self) -> bool:
        """True when files are taken in and worked on. A late exporter makes figures late, not the platform ill; without
        the second wall the first one holds."""
        return self.parts["database"] and self.parts["walkers"]


class Health:
    """Answers /healthz and /metrics. `fetch_backlog` is given the transaction number the warehouse has reached."""

    def __init__(
        self,
        database: Database,
        home: Path,
        fetch_backlog: Callable[[Connection, int], Backlog],
        clock: Clock = system_clock,
    ) -> None:
        self._database = database
        self._home = home
        self._fetch_backlog = fetch_backlog
        self._clock = clock

    def state(self) -> State:
        """Look now; never raises."""
        pulse = read_pulse(self._home)
        age = (self._clock() - pulse.at).total_seconds() if pulse else None
        exported = pulse.t if pulse else 0
        try:
            jobs, backlog = self._ask(exported)
        except Exception as error:
            log.warning("health: the database does not answer: %s", where(error))
            return State(database=False, exporter_age=age)
        return State(database=True, jobs=jobs, backlog=backlog, exporter_age=age, exporter_t=exported)

    def _ask(self, exported: int) -> tuple[JobStatus, Backlog]:
        """Asked once more when the connection was lost: it may be from before the database was started again."""
        for last in (False, True):
            try:
                with self._database.connection(_PATIENCE_SECONDS) as conn:
                    return fetch_status(conn), self._fetch_backlog(conn, exported)
            except Exception as error:
                if last or not is_retryable(error):
                    raise
                self._database.check()
        raise AssertionError("unreachable")

    def healthz(self, _: Request) -> Response:
        """JSON; 200 when well, else 503."""
        state = self.state()
        document: dict[str, object] = {
            "status": "ok" if state.well else "down",
            **{name: "ok" if works else "down" for name, works in state.parts.items()},
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        if state.jobs and state.backlog:
            document |= {
                "workers": state.jobs.workers,
                "backlog": state.backlog.waiting,
                "jobs": state.jobs.jobs,
                "exported": state.exporter_t,
            }
            if state.backlog.wall_lacks:
                document["wall_lacks"] = list(state.backlog.wall_lacks)
        if state.exporter_age is not None:
            document["exporter_age_seconds"] = round(state.exporter_age, 1)
        return json_of(document, 200 if state.well else 503)

    def metrics(self, _: Request) -> Response:
        """Prometheus text format 0.0.4."""
        return Response(200, exposition(self._readings), {"Content-Type": CONTENT_TYPE})

    def _readings(self) -> list[Reading]:
        state = self.state()
        readings: list[Reading] = [("yteso_up", {"part": name}, float(up)) for name, up in state.parts.items()]
        if state.exporter_age is not None:
            readings.append(("yteso_export_age_seconds", {}, state.exporter_age))
        if state.jobs and state.backlog:
            readings += [("yteso_jobs", {"state": name}, float(n)) for name, n in state.jobs.jobs.items()]
            readings += [("yteso_workers", {}, float(state.jobs.workers))]
            readings += readings_of(state.backlog, state.exporter_t, self._clock())
        return readings


def readings_of(backlog: Backlog, exported: int, now: datetime) -> list[Reading]:
    """What the rooms told, as gauges; `exported` is the transaction number the warehouse has reached."""
    since = backlog.unexported_since
    readings: list[Reading] = [
        ("yteso_intake_backlog", {}, float(backlog.waiting)),
        ("yteso_store_transaction", {}, float(backlog.newest_t)),
        ("yteso_export_transaction", {}, float(exported)),
        ("yteso_export_lag_seconds", {}, max(0.0, (now - since).total_seconds()) if since else 0.0),
    ]
    for name, many in zip(("alarm", "stop"), backlog.egress, strict=True):
        readings.append(("yteso_egress", {"state": name}, float(many)))
    for door, state, files, with_findings in backlog.files:
        labels = {"door": door, "state": state}
        readings.append(("yteso_intake_files", labels, float(files)))
        readings.append(("yteso_intake_files_with_findings", labels, float(with_findings)))
    for state, many, waiting in backlog.subscriptions:
        readings.append(("yteso_subscriptions", {"state": state}, float(many)))
        readings.append(("yteso_subscription_events_waiting", {"state": state}, float(waiting)))
    return readings
