"""What a representation lets its holder do in the ward's name: consents, codes for a visit, who looked and questions.

Reading is the query's own matter (`search.rights`). Acting ends earlier: with the age from which a child decides, and
nobody acts on what they may not see. Pure; `store.mandates` finds what is in force.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from yteso.access.consent import WARD

DECIDES = 16
"""From this birthday a child alone sets who sees the record, and sees alone who looked at it: a child is who is not
yet 16, and has a right to a private life (Luật Trẻ em 102/2016/QH13 điều 1 and 21). No text at hand names the age for
these acts, so it is a setting (`YTESO_CHILD_DECIDES`) until the data officer confirms it."""
_OF_ONE_MATTER = frozenset(["SPOWATT"])
"""A power of attorney for one matter: what that is nobody can read from the code, so it gives sight and no act."""


@dataclass(frozen=True, slots=True)
class Mandate:
    """A representation in force `today`: the RelatedPerson `id`, its v3-RoleCode, and of a minor the day of birth.

    `decides`: the age from which a child acts alone here.
    """

    id: str
    relationship: str
    today: date
    born: date | None = None
    decides: int = DECIDES

    @property
    def acts(self) -> bool:
        """Whether the holder acts for the ward."""
        if self.relationship in _OF_ONE_MATTER:
            return False
        return self.born is None or self.today < birthday(self.born, self.decides)

    def hidden(self, labels: Iterable[str]) -> tuple[str, ...]:
        """Those of the labels the holder may not name: the child decides about them already, or nobody but the ward."""
        return tuple(one for one in labels if self.end(one) <= self.today)

    def end(self, label: str) -> date:
        """Before which day the holder may name this label: none for an adult's or for what no parent sees."""
        if self.born is None or label not in WARD:
            return date.min
        return birthday(self.born, min(WARD[label], self.decides))


def birthday(born: date, years: int) -> date:
    """The first day somebody is so old; who was born on 29 February has it on 1 March where the year has no such day.

    Where a term has no corresponding day in its last month, it ends when that month's last day ends (Bộ luật Dân sự
    91/2015/QH13 điều 148 khoản 3). The database counts the same: `store.birthday`, and a birth after this day so many
    years ago (`store.wards`, mandates).
    """
    return born.replace(year=born.year + years, day=1) + timedelta(days=born.day - 1)
