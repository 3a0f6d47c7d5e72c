"""Rows of somebody's trail that would tell a representative what the record hides from them (ADR 41).

Who looked and who wrote is told to parents and guardians too. But a row about a fact they may not see (violence, a
visit of a youth's own) tells that there is one, and where; who did it may be the one who asks. So what names such a
fact, what wrote nothing else, and what was done at a facility of which only hidden facts are there, is left out for
them. A stranger who looks without a reason made no fact, and is told of. The person sees every row.
"""

from __future__ import annotations

from dataclasses import dataclass

from yteso.db import Connection, Queries
from yteso.search.closed import Closed, whom
from yteso.search.keys import number, patient_key
from yteso.standards.fhir_r4 import TYPE_NAME, TYPE_NUMBER

SQL = Queries.beside(__file__)
_PATIENT = TYPE_NUMBER["Patient"]


@dataclass(frozen=True, slots=True)
class Untold:
    """`names` of hidden facts (`Condition/1`); `facilities` known by hidden facts alone; transactions (`ts`) that wrote
    nothing of the person but such."""

    names: tuple[str, ...] = ()
    facilities: tuple[str, ...] = ()
    ts: tuple[int, ...] = ()


NOTHING = Untold()


def untold(conn: Connection, closed: Closed | None, person: str) -> Untold:
    """What is not told of this person to who is bound so; of most nothing is hidden, and nothing more is looked at."""
    key = number(patient_key(person))
    if closed is None or not conn.execute(SQL["guarded_among"], ([key],)).fetchall()[0][0]:
        return NOTHING
    names: set[str] = set()
    makers: dict[bool, set[str]] = {True: set(), False: set()}
    ts: dict[bool, set[int]] = {True: set(), False: set()}
    for type, id, maker, hidden, t in conn.execute(SQL["fetch_facts_told"], {"pat": key, "who": whom(closed)}):
        if hidden:
            names.add(f"{TYPE_NAME[type]}/{id}")
        elif type == _PATIENT:
            continue  # written anew by each visit, hidden ones too
        makers[hidden].add(maker)
        ts[hidden].add(t)
    facilities = makers[True] - makers[False] - {""}
    return Untold(tuple(sorted(names)), tuple(sorted(facilities)), tuple(sorted(ts[True] - ts[False])))
