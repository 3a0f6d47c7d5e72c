"""The province as one object: facilities, their accounts, and their files in the order in which they would be sent.

In: a seed, how many facilities, when the simulation ends, how often a file is faulty. Out: `SimFile`s, made one by one
(nothing but the calendar is held in memory). The same arguments give the same bytes, on every machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from yteso.base.clock import VIETNAM
from yteso.sandbox.bill import Tables
from yteso.sandbox.dialects import DIALECTS, check_in_file, claims_file
from yteso.sandbox.facilities import Door, Facility, Sender, facilities, organization_of, sender_of
from yteso.sandbox.faults import Fault, plant
from yteso.sandbox.legacy import as_qd4210
from yteso.sandbox.places import communes
from yteso.sandbox.plan import Calendar, Visit
from yteso.sandbox.visit import check_in, rows_of


@dataclass(frozen=True, slots=True)
class SimFile:
    """One file ready to be sent. `kind`: claims (GIAMDINHHS), checkin (XML0) or archive (QĐ 4210); `visits`: MA_LKs."""

    name: str
    facility: str
    username: str
    door: Door
    content: bytes
    made_at: datetime
    kind: str
    visits: tuple[str, ...]
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class _Batch:
    """Visits that travel in one file."""

    made_at: datetime
    facility: Facility
    kind: str
    visits: tuple[Visit, ...]
    number: int


class Province:
    """A simulated province. `fault_rate` is the share of visits (0–1) spoiled by one known fault."""

    def __init__(
        self,
        seed: int = 1,
        facilities_count: int = 12,
        *,
        until: datetime | None = None,
        fault_rate: float = 0.0,
        province_code: str = "79",
    ) -> None:
        self.seed = seed
        self.province_code = province_code
        self.fault_rate = fault_rate
        moment = until or datetime(2026, 11, 20, 15, 0, tzinfo=VIETNAM)
        self.until = moment.astimezone(VIETNAM).replace(second=0, microsecond=0)
        self.facilities = facilities(seed, facilities_count, province_code)

    def senders(self) -> tuple[Sender, ...]:
        """The machine accounts of the facilities."""
        return tuple(sender_of(self.seed, facility) for facility in self.facilities)

    def organizations(self) -> list[dict[str, Any]]:
        """The facilities as FHIR R4 Organizations, to be registered with their names before their files arrive."""
        return [organization_of(facility) for facility in self.facilities]

    def files(self, visits: int = 3000) -> Iterator[SimFile]:
        """All files of that many visits, oldest first."""
        for batch in sorted(self._batches(visits), key=lambda one: (one.made_at, one.facility.code, one.number)):
            yield self._file(batch)

    def plans(self, visits: int) -> list[Visit]:
        """The planned visits themselves, for tests and teaching."""
        calendar = Calendar(self.seed, self.facilities, communes(self.province_code), self.until, visits)
        return list(calendar.visits())

    def tables(self, visit: Visit) -> Tables:
        """The true rows of one visit, whatever dialect writes them."""
        return rows_of(visit, Random(f"{self.seed}/visit/{visit.number}"))

    def _batches(self, visits: int) -> Iterator[_Batch]:
        waiting: dict[tuple[str, bool], list[Visit]] = {}
        plans = self.plans(visits)
        for visit in plans:
            if visit.care == "03":
                yield self._batch("checkin", (visit,), visit.arrived + timedelta(minutes=45))
            if visit.left is not None:
                waiting.setdefault((visit.facility.code, visit.archive), []).append(visit)
        for group in waiting.values():
            group.sort(key=lambda one: (one.left or one.arrived, one.number))
            yield from self._by_day(group)
        for visit in plans:
            if visit.corrected and visit.left is not None:
                later = visit.left + timedelta(hours=3 + visit.number % 30)
                if later < self.until - timedelta(hours=visit.facility.silent_hours):
                    yield self._batch("claims", (visit,), later)

    def _by_day(self, visits: list[Visit]) -> Iterator[_Batch]:
        """Files of one facility: never two days in one, never more HOSO than its software puts in one."""
        most = DIALECTS[visits[0].facility.vendor].batch
        start = 0
        for at in range(1, len(visits) + 1):
            done = at == len(visits) or at - start == most
            if done or _day(visits[at]) != _day(visits[start]):
                chunk = tuple(visits[start:at])
                last = chunk[-1].left
                assert last is not None
                wait = timedelta(minutes=5 + chunk[-1].number % 90)
                kind = "archive" if chunk[0].archive else "claims"
                made_at = self.until - timedelta(hours=chunk[-1].number % 72) if chunk[0].archive else last + wait
                yield self._batch(kind, chunk, made_at)
                start = at

    def _batch(self, kind: str, visits: tuple[Visit, ...], made_at: datetime) -> _Batch:
        return _Batch(min(made_at, self.until), visits[0].facility, kind, visits, visits[0].number)

    def _file(self, batch: _Batch) -> SimFile:
        facility, dialect = batch.facility, DIALECTS[batch.facility.vendor]
        faults: list[Fault] = []
        if batch.kind == "checkin":
            content = check_in_file(dialect, [check_in(visit)["XML0"][0] for visit in batch.visits])
        else:
            tables = [self._written(visit, batch, faults) for visit in batch.visits]
            content = claims_file(dialect, facility.code, batch.made_at, tables, legacy=batch.kind == "archive")
        return SimFile(
            name=f"{facility.code}_{batch.kind}_{batch.made_at:%Y%m%d%H%M}_{batch.number:07d}.xml",
            facility=facility.code,
            username=facility.username,
            door=facility.door,
            content=content,
            made_at=batch.made_at,
            kind=batch.kind,
            visits=tuple(visit.key for visit in batch.visits),
            faults=tuple(faults),
        )

    def _written(self, visit: Visit, batch: _Batch, faults: list[Fault]) -> Tables:
        tables = self.tables(visit)
        if batch.kind == "archive":
            return as_qd4210(tables)
        first = visit.left is not None and batch.made_at < visit.left + timedelta(hours=2)
        if visit.corrected and first:
            tables["XML1"][0]["GHI_CHU"] = ""
        chance = Random(f"{self.seed}/fault/{visit.number}")
        if self.fault_rate and chance.random() < self.fault_rate:
            faults.append(plant(tables, chance))
        return tables


def _day(visit: Visit) -> object:
    return (visit.left or visit.arrived).date()
