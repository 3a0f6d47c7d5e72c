"""Whose records somebody may see -> keys that lead a search to its rows, where nothing else it names does.

A search of who is bound to some patients, and that names none of them, would walk over everybody's rows and ask of each
whether it is seen. These keys go first instead: what it costs then follows what the reader may see. A person's own are
few, always. Those of a facility may be most of the record: then everybody's rows, newest first, fill a page sooner.
"""

from __future__ import annotations

from dataclasses import dataclass

from yteso.search.fragment import Fragment, all_of
from yteso.search.keys import number, patient_key
from yteso.search.rights import Rights, cared_for, wards
from yteso.search.scoped import Scoped

FEW = 300
"""People whose rows are looked up in a few milliseconds, whatever else the record holds."""
SOME = 1_000
"""People whose rows are looked up sooner than many rows of others, where what else is asked may leave few of them."""


@dataclass(frozen=True, slots=True)
class Lead:
    """`people`: SQL of an array of keys of patients, each once. `own`: they are one person's; then names and codes are
    asked of their rows, not the other way round. `exact`: who is among them is seen by that, and need not be asked for
    again. `count`: how many they are; `known`: how many the record has (0: not known)."""

    people: Fragment
    own: bool
    exact: bool = True
    count: int = 0
    known: int = 0

    @property
    def is_short(self) -> bool:
        """True when few rows are looked at."""
        return self.own or self.count <= FEW

    def is_shorter(self, *, whole: bool, filtered: bool) -> bool:
        """Whether they lead to an answer sooner than the rows of everybody, newest first.

        Of those, one in (known / count) is seen, so that a page looks at some twenty times as many; by keys some twenty
        rows a patient are. Each of everybody's is looked at for the `whole` (a count, an order of no index), and
        perhaps for what is `filtered`.
        """
        if self.is_short or self.count**2 <= self.known:
            return True
        return (filtered and self.count <= SOME) or (whole and self.count * 10 <= self.known)

    def rows(self, where: Fragment) -> Fragment:
        """Alias `r`: the rows of these people for which a condition on alias `r` holds, found by their keys alone."""
        inner = all_of((Fragment("r.pat = k.pat"), where))
        return Fragment(
            f"unnest({self.people.text}) AS k (pat)"
            f" CROSS JOIN LATERAL (SELECT * FROM store.resource r WHERE {inner.text} OFFSET 0) r",
            (*self.people.params, *inner.params),
        )


def led_by(rights: Rights, count: int = 0, known: int = 0) -> Lead | None:
    """What leads; `count` and `known` are of patients of the facility and of all. None when nobody bounds them so."""
    launched = _launched(rights)
    if launched is not None:
        return Lead(Fragment("ARRAY[%s::bigint]", (launched,)), own=True, exact=False)
    ways = (rights.care_facility, rights.person, rights.notifiable, rights.inspector)
    exact = sum(map(bool, ways)) == 1
    if rights.person:
        return Lead(wards(rights.person), own=True, exact=exact)
    if rights.care_facility:
        people = cared_for(rights.care_facility, rights.care_account)
        return Lead(people, own=False, exact=exact, count=count, known=known)
    return None


def _launched(rights: Rights) -> int | None:
    """The patient an app was started for, when all that it may see of patients is theirs."""
    for part in rights.also:
        if isinstance(part, Scoped):
            patients = {one.patient for one in part.alternatives}
            if len(patients) == 1 and "" not in patients:
                return number(patient_key(patients.pop()))
    return None
