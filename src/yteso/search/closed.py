"""What a person closed, and what is sensitive -> one more condition on rows. Part of every statement, never a filter.

Read in the statement itself: a refusal, a withdrawal, an opening or its end acts with the next statement. Each row is
first asked for its label, a small number on the row; only labelled rows look for a permission. What lies in nobody's
compartment is not concerned.
"""

from __future__ import annotations

from dataclasses import dataclass

from yteso.search.fragment import Fragment, any_of
from yteso.search.side import of_history
from yteso.standards.sensitivity import LABELS

_NOW = "{0}.since <= now() AND {0}.until > now()"


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

    def condition(self, row: str, *, past: bool) -> Fragment:
        """On alias `row` of `store.resource`, or of `store.history` when `past`."""
        label = self._label(row)
        closed = self._closed(row, past)
        text = f"({row}.pat IS NULL OR (({label.text}) AND ({closed.text})))"
        now = Fragment(text, (*label.params, *closed.params))
        if not past:
            return now
        present = self._label("l")
        return Fragment(
            f"({now.text} AND EXISTS (SELECT FROM store.resource l WHERE {of_history('l', row)}"
            f" AND (l.pat IS NULL OR {present.text})))",
            (*now.params, *present.params),
        )

    def _label(self, row: str) -> Fragment:
        """A past version is as sensitive as it was and as its resource is now: rules may have changed."""
        ways = [Fragment(f"{row}.label & ~%s::int = 0", (self.anywhere,))]
        if self.person is not None:
            ways.append(Fragment(f"{row}.pat = %s", (self.person,)))
        if self.own and self.facility:
            ways.append(Fragment(f"({row}.label & ~%s::int = 0 AND {row}.maker = %s)", (self.own, self.facility)))
        ways.append(self._permitted(row))
        if self.facility:
            ways.append(self._broken(row))
        return any_of(ways)

    def _permitted(self, row: str) -> Fragment:
        """A consent that names every label of the fact, and who asks."""
        recipient = self._recipient("p")
        return Fragment(
            f"EXISTS (SELECT FROM store.consent_rule p WHERE p.pat = {row}.pat AND p.permit"
            f" AND {row}.label & ~p.label = 0 AND (p.type = 0 OR p.type = {row}.type)"
            f" AND (p.maker = '' OR p.maker = {row}.maker) AND {_NOW.format('p')} AND {recipient.text})",
            recipient.params,
        )

    def _broken(self, row: str) -> Fragment:
        """Broken glass; very restricted facts need a second person."""
        return Fragment(
            f"EXISTS (SELECT FROM store.opening o WHERE o.pat = {row}.pat AND o.facility = %s AND o.kind = 'g'"
            f" AND o.account = %s AND {_NOW.format('o')} AND ({row}.label & %s::int = 0 OR o.second IS NOT NULL))",
            (self.facility, self.account, LABELS["V"]),
        )

    def _closed(self, row: str, past: bool) -> Fragment:
        """Nothing closes it, or it is opened. A past version has no clinical date: what closes a time closes it."""
        to, opened = self._recipient("c"), self._opened("c")
        dates = "" if past else f" AND {row}.d_lo <= c.hi AND {row}.d_hi >= c.lo"
        except_for = self._recipient("p")
        return Fragment(
            f"{row}.pat = %s OR NOT EXISTS (SELECT FROM store.consent_rule c WHERE c.pat = {row}.pat AND NOT c.permit"
            f" AND {_NOW.format('c')} AND {to.text} AND (c.type = 0 OR c.type = {row}.type)"
            f" AND (c.label = 0 OR c.label & {row}.label <> 0) AND (c.maker = '' OR c.maker = {row}.maker){dates}"
            f" AND NOT {opened.text}"
            " AND NOT (c.facility = '' AND c.account = '' AND EXISTS (SELECT FROM store.consent_rule p"
            f" WHERE p.pat = c.pat AND p.permit AND (p.facility <> '' OR p.account <> '') AND {_NOW.format('p')}"
            f" AND (p.type = 0 OR p.type = {row}.type) AND (p.maker = '' OR p.maker = {row}.maker)"
            f" AND (c.label = 0 OR {row}.label & ~p.label = 0) AND {except_for.text})))",
            (self.person, *to.params, *opened.params, *except_for.params),
        )

    def _opened(self, rule: str) -> Fragment:
        return Fragment(
            f"EXISTS (SELECT FROM store.opening o WHERE o.pat = {rule}.pat AND o.facility = %s"
            f" AND o.account IN ('', %s) AND {_NOW.format('o')})",
            (self.facility, self.account),
        )

    def _recipient(self, rule: str) -> Fragment:
        return Fragment(
            f"{rule}.facility IN ('', %s) AND {rule}.account IN ('', %s) AND {rule}.role IN ('', %s)"
            f" AND {rule}.purpose IN ('', %s)",
            (self.facility, self.account, self.role, self.purpose),
        )


def opened_to(row: str, facility: str, account: str) -> Fragment:
    """That a row's patient is opened to an account of a facility now: it stands for a care relation."""
    return Fragment(
        f"EXISTS (SELECT FROM store.opening o WHERE o.pat = {row}.pat AND o.facility = %s AND o.account IN ('', %s)"
        f" AND {_NOW.format('o')})",
        (facility, account),
    )
