"""What a person closed, and what is sensitive -> one more condition on rows. Part of every statement, never a filter.

Read in the statement itself: a refusal, a withdrawal, an opening or its end acts with the next statement. Each row is
first asked for its label, a small number on the row, and whether its person said anything; only then `store.open_to`
decides. What lies in nobody's compartment is not concerned.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from yteso.search.fragment import Fragment
from yteso.search.side import of_history

_ALL_TIME = "(-9223372036854775808)::bigint, 9223372036854775807"


@dataclass(frozen=True, slots=True)
class Closed:
    """Whom it binds, and which labels they see without asking: `own` of facts their facility made, `anywhere` of all.

    `person`: the key of the patient somebody is: of their own facts they see every label.
    """

    account: str
    facility: str
    role: str
    purpose: str
    own: int = 0
    anywhere: int = 0
    person: int | None = None

    def condition(self, row: str, *, past: bool, patient: int | None = None) -> Fragment:
        """On alias `row` of `store.resource`, or of `store.history` when `past`.

        A past version is as sensitive as it was and as its resource is now: rules may have changed. It has no clinical
        date: a closing of a time closes it.
        """
        if not past:
            return self._open(row, f"{row}.d_lo, {row}.d_hi", patient)
        was, now = self._open(row, _ALL_TIME, patient), self._open("l", _ALL_TIME, None)
        return Fragment(
            f"({was.text} AND EXISTS (SELECT FROM store.resource l WHERE {of_history('l', row)} AND {now.text}))",
            (*was.params, *now.params),
        )

    def _open(self, row: str, dates: str, patient: int | None) -> Fragment:
        """Without a label, of somebody who said nothing, it is open; the others are asked one by one."""
        outside, pat = (f"{row}.pat IS NULL OR ", f"{row}.pat") if patient is None else ("", "%s::bigint")
        silent = f"(SELECT true FROM store.consent_rule c WHERE c.pat = {pat} LIMIT 1) IS NULL"
        return Fragment(
            f"({outside}({row}.label = 0 AND {silent})"
            f" OR store.open_for({row}.pat, {row}.type, {row}.label, {row}.maker, {dates}, %s::text[]))",
            (whom(self),) if patient is None else (patient, whom(self)),
        )


@lru_cache(maxsize=1024)
def whom(closed: Closed) -> str:
    """Whom it binds, as the text of an array: one parameter."""
    words = (closed.account, closed.facility, closed.role, closed.purpose, closed.own, closed.anywhere)
    quoted = (str(word).replace("\\", "\\\\").replace('"', '\\"') for word in words)
    person = "NULL" if closed.person is None else str(closed.person)
    return "{" + ",".join([*(f'"{word}"' for word in quoted), person]) + "}"
