"""Who goes where, when and why: the calendar of the province before a single row is written.

In: seed, facilities, number of visits, the moment the simulation ends. Out: `Visit` plans, cheap to make and to sort;
`visit.py` turns one into rows. Time never runs past the end; silent facilities stop before it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from yteso.sandbox.conditions import CHRONIC, Picture, acute_picture
from yteso.sandbox.facilities import Facility
from yteso.sandbox.people import Person, person
from yteso.sandbox.places import Commune

DAYS = 60
"""How far back visits reach, in days."""

_HOURS = (1, 1, 1, 1, 1, 2, 6, 24, 30, 26, 20, 9, 4, 16, 20, 16, 9, 5, 4, 3, 3, 2, 2, 1)
_WEEKDAYS = (1.25, 1.1, 1.05, 1.0, 1.0, 0.6, 0.35)


@dataclass(frozen=True, slots=True)
class Visit:
    """One planned visit. `left` is empty while the patient is still in; `archive` marks an old QĐ 4210 record."""

    number: int
    facility: Facility
    person: Person
    picture: Picture
    care: str
    arrived: datetime
    left: datetime | None
    emergency: bool = False
    came_from: str = ""
    referred_to: str = ""
    archive: bool = False
    corrected: bool = False

    @property
    def key(self) -> str:
        """MA_LK in the style of the facility's software; unique in the facility."""
        return _KEYS[self.facility.vendor](self)

    @property
    def local_code(self) -> str:
        """MA_BN: what this facility calls the person; each facility has its own."""
        return (
            _LOCAL_PREFIXES[self.facility.vendor] + f"{(self.person.number * 31 + int(self.facility.code)) % 10**7:07d}"
        )


_KEYS: dict[str, Callable[[Visit], str]] = {
    "alpha": lambda one: f"{one.facility.code}.{one.arrived:%Y.%m}.{one.number:06d}",
    "beta": lambda one: f"{one.arrived:%y%m%d}{one.number:07d}",
    "gamma": lambda one: f"{one.facility.code}{one.number:08d}",
    "delta": lambda one: f"DT{one.arrived:%y}-{one.number:09d}",
    "epsilon": lambda one: f"{one.arrived:%Y}{one.number:06d}",
}
_LOCAL_PREFIXES = {"alpha": "BN", "beta": "", "gamma": "G-", "delta": "P", "epsilon": "HS"}


class Calendar:
    """Draws the visits of a province. Same arguments, same visits."""

    def __init__(
        self, seed: int, facilities: Sequence[Facility], places: tuple[Commune, ...], until: datetime, visits: int
    ) -> None:
        self._chance = Random(f"{seed}/calendar")
        self._seed, self._facilities, self._places, self._until = seed, tuple(facilities), places, until
        self._codes = tuple(facility.code for facility in facilities)
        self._population = max(60, int(visits * 0.55))
        self._visits = visits
        self._people: dict[int, Person] = {}
        midnight = until.replace(hour=0, minute=0, second=0, microsecond=0)
        self._days = [midnight - timedelta(days=back) for back in range(DAYS)]
        self._latest = until - timedelta(minutes=90)
        today = max(0.3, until.hour / 20) if self._latest > midnight + timedelta(minutes=30) else 0.0
        self._day_weights = [_WEEKDAYS[day.weekday()] * (1.0 if back else today) for back, day in enumerate(self._days)]

    def visits(self) -> Iterator[Visit]:
        """All visits, unsorted: first the monthly refills of the chronically ill, then everything else."""
        refills = list(self._refills(int(self._visits * 0.3)))
        yield from refills
        for number in range(len(refills) + 1, self._visits + 1):
            yield self._one(number)

    def _person(self, number: int) -> Person:
        if number not in self._people:
            self._people[number] = person(
                self._seed, number, today=self._until.date(), places=self._places, codes=self._codes
            )
        return self._people[number]

    def _refills(self, wanted: int) -> Iterator[Visit]:
        made = 0
        for index in range(self._population):
            someone = self._person(index)
            if not someone.chronic:
                continue
            picture = CHRONIC[index % len(CHRONIC)]
            day = self._chance.randrange(28)
            while day < DAYS:
                if made == wanted:
                    return
                made += 1
                arrived = self._moment(self._days[day])
                facility = self._open(self._facilities[someone.home], arrived)
                care = "05" if index % 5 < 3 else "01"
                yield self._outpatient(made, facility, someone, picture, arrived, care)
                day += 28

    def _one(self, number: int) -> Visit:
        chance = self._chance
        someone = self._person(chance.randrange(self._population))
        arrived = self._moment(chance.choices(self._days, self._day_weights)[0])
        near = self._facilities[someone.home]
        facility = near if chance.random() < 0.5 else self._by_size()
        facility = self._open(facility, arrived)
        picture = acute_picture(chance, arrived.month, someone.age(arrived.date()))
        if facility.vendor == "epsilon" and number % 6 == 0 and someone.card and someone.born.year < 2020:
            old = arrived.replace(year=2024, month=1 + number % 5, day=1 + number % 28)
            return self._outpatient(number, facility, someone, picture, old, "01", archive=True)
        if facility.kind in ("hospital", "centre") and chance.random() < picture.admitted:
            return self._inpatient(number, facility, someone, picture, arrived)
        return self._outpatient(number, facility, someone, picture, arrived, "01")

    def _outpatient(
        self,
        number: int,
        facility: Facility,
        someone: Person,
        picture: Picture,
        arrived: datetime,
        care: str,
        *,
        archive: bool = False,
    ) -> Visit:
        chance = self._chance
        left = min(arrived + timedelta(minutes=chance.randint(50, 150)), self._until - timedelta(minutes=6))
        refer = facility.kind in ("station", "clinic", "centre") and not picture.chronic and chance.random() < 0.06
        return Visit(
            number=number,
            facility=facility,
            person=someone,
            picture=picture,
            care=care,
            arrived=arrived,
            left=left,
            came_from=self._elsewhere(facility, "station", "clinic") if chance.random() < 0.04 else "",
            referred_to=self._elsewhere(facility, "hospital") if refer and not archive else "",
            archive=archive,
            corrected=not archive and chance.random() < 0.008,
        )

    def _inpatient(
        self, number: int, facility: Facility, someone: Person, picture: Picture, arrived: datetime
    ) -> Visit:
        chance = self._chance
        days = chance.randint(*picture.stay)
        leave = (arrived + timedelta(days=days)).replace(hour=chance.randint(8, 15), minute=chance.randrange(60))
        left = leave if leave < self._until - timedelta(minutes=30) else None
        return Visit(
            number=number,
            facility=facility,
            person=someone,
            picture=picture,
            care="03",
            arrived=arrived,
            left=left,
            emergency=chance.random() < 0.4,
            referred_to=self._elsewhere(facility, "hospital") if left and chance.random() < 0.07 else "",
            corrected=chance.random() < 0.02,
        )

    def _moment(self, day: datetime) -> datetime:
        last = 23 if day.date() != self._latest.date() else self._latest.hour
        hour = self._chance.choices(range(last + 1), _HOURS[: last + 1])[0]
        moment = day + timedelta(hours=hour, minutes=self._chance.randrange(60))
        return min(moment, self._latest)

    def _open(self, facility: Facility, arrived: datetime) -> Facility:
        """The facility, or a large one when it is silent at that time."""
        silent = facility.silent_hours and arrived > self._until - timedelta(hours=facility.silent_hours + 4)
        return self._by_size(sending=True) if silent else facility

    def _by_size(self, *, sending: bool = False) -> Facility:
        choice = [one for one in self._facilities if not (sending and one.silent_hours)] or list(self._facilities)
        return self._chance.choices(choice, [one.weight for one in choice])[0]

    def _elsewhere(self, facility: Facility, *kinds: str) -> str:
        others = [one.code for one in self._facilities if one.kind in kinds and one.code != facility.code]
        return self._chance.choice(others) if others else ""
