"""How one query reaches its rows: the access path, chosen here and not left to chance (measured at 1-9 million rows).

- known ids: the primary key;
- a patient, or the few patients a chain came down to: the index (pat, type, d_lo) and everything else as a filter;
- the day of a birth, when else only texts are asked for: those born then, each asked for its texts;
- a person's name of three words or more, as most Vietnamese names are: the index of texts, as few share it;
- a code without a patient: (code, d_lo), and rows that have it as a further code by `store.moment`;
- an identifier, reference or uri: the token index alone, without the type, which the tokens imply (with it the planner
  reads the whole type's bitmap);
- the keys of whom the reader may see, where they are few (`leading`): for a person before all but an identifier;
- else the type, by clinical date or time of writing.
Alternatives of one query ("arms") exclude each other, so that pages are merged and totals added. The clause that chose
the path is not asked for by its token again: the planner would multiply what it thinks each of the two picks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import product

from yteso.base.ids import shard_of
from yteso.search import when
from yteso.search.compartment import facts_within
from yteso.search.conditions import Rows, Unshown, any_fact, conditions, dated, in_text, meets, side_keys
from yteso.search.contexts import TYPE as CONTENT
from yteso.search.facts import facts_of, is_selective
from yteso.search.fragment import TRUE, Fragment, all_of
from yteso.search.hot import hot
from yteso.search.keys import elsewhere, number, patient_key, token
from yteso.search.leading import Lead
from yteso.search.parameters import parameters_of
from yteso.search.query import Chain, Clause, Denied, Filter, Query, Test
from yteso.search.rights import Rights, visible
from yteso.search.side import hid, of_row, same_resource
from yteso.search.values import bare, split_token
from yteso.standards.fhir_r4 import TYPE_NUMBER


@dataclass(frozen=True, slots=True)
class Reached:
    """What a link came down to, for rows of the asked type: all that is given must hold.

    `ids`: one of these; `patients`: in the compartment of one of these keys; `also`: a condition on alias `r`.
    `selective`: `also` picks few rows by its tokens.
    """

    ids: tuple[str, ...] | None = None
    patients: tuple[int, ...] | None = None
    also: Fragment = TRUE
    selective: bool = False


@dataclass(frozen=True, slots=True)
class _Named:
    """The clause by which rows are reached, and the id or fact it names."""

    clause: Clause
    fact: str


@dataclass(frozen=True, slots=True)
class Texts:
    """A clause on texts that leads to the rows if it finds few, which `are_few` tells when it runs."""

    clause: Clause
    keys: list[int]
    inside: Fragment

    @property
    def are_few(self) -> Fragment:
        """A condition on no row; the same whoever asks."""
        return Fragment(f"(SELECT store.few_texts(%s::bigint[], %s, %s, {FEW}))", (self.keys, *self.inside.params))

    def rows(self, where: Fragment) -> Fragment:
        """Alias `r`: what these texts belong to. The limit tells the planner how few they are, whatever the values."""
        texts = f"SELECT * FROM store.string x WHERE x.key = ANY(%s::bigint[]) AND {self.inside.text} LIMIT {FEW}"
        return Fragment(
            f"(SELECT r.* FROM (SELECT DISTINCT x.shard, x.type, x.hid, x.t FROM ({texts}) x) x"
            f" JOIN store.resource r ON {of_row('x', 'r')} WHERE {where.text} OFFSET 0) r",
            (self.keys, *self.inside.params, *where.params),
        )


@dataclass(frozen=True, slots=True)
class Arm:
    """One alternative: where rows come from, and which columns hold the clinical date there."""

    source: Fragment
    where: Fragment
    lo: str = "r.d_lo"


_RESOURCES = Fragment("store.resource r")
_FURTHER_CODES = Fragment(f"store.moment m JOIN store.resource r ON {same_resource('r', 'm')} AND r.t = m.t")


_LONG_NAME = 3
"""Words of a name that some thousand of ten million have at most, not hundreds of thousands."""
FEW = 300
"""Texts that are looked up one by one; of more the planner finds a better way than by them, at each execution anew."""


def found_first(where: Fragment) -> Fragment:
    """The rows for which this holds, found by it alone: never by walking through an index in the order of the page."""
    return Fragment(f"(SELECT * FROM store.resource r WHERE {where.text} OFFSET 0) r", where.params)


def picks_few(type: str, clause: Clause) -> bool:
    """Whether the index of tokens leads from a clause to few rows."""
    return (
        clause.type in ("token", "reference", "uri")
        and clause.modifier in ("", "identifier", "of-type")
        and clause.name not in ("_id", "_lastUpdated")
        and is_selective(type, clause)
    )


def leads_to_few(type: str, test: Test) -> bool:
    """The same of a filter's test, all chains of which came down to few resources."""
    if isinstance(test, Clause):
        return picks_few(type, test)
    if isinstance(test, Chain | Denied):
        return isinstance(test, Chain)
    few = [leads_to_few(type, one) for one in test.tests]
    return any(few) if test.word == "and" else all(few)


class Plan:
    """The arms of one query. `is_served`: an index leads to few rows, whatever else is asked.

    `by_few`: a short name may lead to the rows. Who asks so sees nothing when it is that of many (`few.are_few`).
    `lead`: whom the reader may see; what is told here of the way to the rows holds for this reader then, as what is
    `unshown` does.
    """

    def __init__(
        self,
        query: Query,
        now: datetime,
        reached: Sequence[Reached] = (),
        *,
        by_few: bool = False,
        lead: Lead | None = None,
        unshown: Unshown = Unshown(),
    ) -> None:
        self.query = query
        self.rows = Rows(query.type, "r", now, unshown=unshown)
        self.reached = list(reached)
        if query.compartment:
            self.reached.append(self._compartment())
        self.hot = hot(query.type)
        self.ids = self._ids()
        self.patient = None if self.ids is not None else self._patient()
        self.patients = self._patients()
        self.code = None if self.patients is not None or self.ids is not None else self._code()
        sorted_by_date = bool(query.sort) and query.sort[0].name == self.hot.date
        self.dates = [clause for clause in query.clauses if clause.name == self.hot.date and not clause.modifier]
        self.selective = any(picks_few(query.type, clause) for clause in query.clauses) or any(
            one.selective for one in self.reached
        )
        self.by_birth = self._by_birth()
        self.is_served = self.ids is not None or self.patients is not None or self.selective or self.by_birth
        self.by_name = self._by_name()
        self.few = self._few() if by_few else None
        self.lead = self._lead(lead, quickly=by_few)
        if self.lead is not None:
            self.is_served = self.is_served or self.lead.is_short
            self.by_birth, self.by_name, self.few = False, False, None
        self.by_date = bool(self.hot.date) and bool(
            self.patients is not None or self.code or self.dates or sorted_by_date
        )

    @property
    def same_way(self) -> bool:
        """True when the way to the rows is the same whatever the values, so that it need not be planned each time."""
        named = self.ids is not None or self.patient is not None or self.code is not None
        led = self.lead is not None
        return not self.reached and (named or led or self.by_token or self.by_birth or self.by_texts)

    @property
    def by_token(self) -> bool:
        """True when the index of tokens leads to the rows: one of the clauses picks few."""
        known = self.ids is not None or self.patients is not None or self.code is not None or self.lead is not None
        return self.selective and not known

    @property
    def is_quick(self) -> bool:
        """True when few rows are looked at: by their patient, by an identifier, or in the order of a code alone."""
        alone = self.code is not None and all(
            clause is self.code.clause or clause in self.dates for clause in self.query.clauses
        )
        return not self.reached and (self.is_served or alone or self.by_texts)

    @property
    def by_texts(self) -> bool:
        """True when a name leads to the rows."""
        return self.by_name or self.few is not None

    def whole(self) -> Fragment:
        """Everything that is asked, as one condition."""
        parts = [self.rows.of_type, Fragment("r.hash IS NOT NULL"), *conditions(self.rows, self.query.clauses)]
        parts += [meets(self.rows, link.test) for link in self.query.links if isinstance(link, Filter)]
        return all_of((*parts, *(one.also for one in self.reached)))

    def arms(self, rights: Rights) -> Iterable[Arm]:
        """Every row that answers is in exactly one of them, and visible."""
        named = [way.clause for way in (self.patient, self.code) if way is not None]
        others = [one for one in self.query.clauses if one not in self.dates and not any(one is it for it in named)]
        (only,) = self.patients if self.patients is not None and len(self.patients) == 1 else (None,)
        seen = visible(rights, "r", type=self.query.type, patient=only)
        if self.few is not None:
            others.remove(self.few.clause)
        rows = replace(self.rows, singly=self.by_birth or self.few is not None)
        asked = [Fragment("r.hash IS NOT NULL"), *conditions(rows, others), *(one.also for one in self.reached)]
        dates = [dated(self.rows, clause) for clause in self.dates]
        if self.ids is not None:
            yield Arm(self._by_id(self.ids), all_of((seen, *asked, *self._of_patients(), *dates)))
        elif self.patients is not None:
            yield Arm(_RESOURCES, all_of((*self._of_patients(), self.rows.of_type, seen, *asked, *dates)))
        elif self.lead is not None:
            yield self._led(self.lead, rights)
            if self.query.type not in rights.care_types:
                yield from self._walked(all_of((Fragment("r.pat IS NULL"), seen, *asked)))
        elif self.by_token:
            for chosen in product(*self._dates("r.d_lo", "r.d_hi")):
                yield Arm(found_first(all_of((*asked, *chosen))), seen)
        elif self.few is not None:
            yield Arm(self.few.rows(all_of((self.rows.of_type, *asked, *dates))), all_of((self.few.are_few, seen)))
        elif self.by_birth or self.by_name:
            yield Arm(found_first(all_of((self.rows.of_type, *asked, *dates))), seen)
        else:
            yield from self._walked(all_of((seen, *asked)))

    def _walked(self, common: Fragment) -> Iterable[Arm]:
        """By code or by type, in the order of the page."""
        for source, lo, hi, own in self._sources():
            for chosen in product(*self._dates(lo, hi)):
                yield Arm(source, all_of((common, own, *chosen)), lo)

    def _led(self, lead: Lead, rights: Rights) -> Arm:
        """All that is asked, of the rows of these people."""
        rows = replace(self.rows, singly=True)
        asked = [*conditions(rows, self.query.clauses), *(one.also for one in self.reached)]
        source = lead.rows(all_of((self.rows.of_type, Fragment("r.hash IS NOT NULL"), *asked)))
        return Arm(source, visible(rights, "r", type=self.query.type, led=lead.exact))

    def _of_patients(self) -> tuple[Fragment, ...]:
        if self.patients is None:
            return ()
        keys = list(self.patients)
        found = Fragment("r.pat = %s", (keys[0],)) if len(keys) == 1 else Fragment("r.pat = ANY(%s::bigint[])", (keys,))
        if self.patient is None or len(self.hot.patients) == 1:
            return (found,)
        return found, Fragment("NOT r.tok @> %s::bigint[]", ([number(token(elsewhere(self.query.type)))],))

    def _by_id(self, ids: Sequence[str]) -> Fragment:
        return Fragment(
            "unnest(%s::smallint[], %s::bigint[], %s::text[]) AS k (shard, hid, id)"
            " JOIN store.resource r ON r.shard = k.shard AND r.type = %s AND r.hid = k.hid AND r.id = k.id",
            ([shard_of(id) for id in ids], [hid(id) for id in ids], list(ids), TYPE_NUMBER[self.query.type]),
        )

    def _sources(self) -> Iterable[tuple[Fragment, str, str, Fragment]]:
        if self.code is None:
            yield _RESOURCES, "r.d_lo", "r.d_hi", self.rows.of_type
            return
        key = number(token(self.code.fact))
        facts = [fact for fact in facts_of(self.query.type, self.code.clause) if fact != self.code.fact]
        systems = [Fragment("array_position(r.tok, %s) IS NOT NULL", (number(token(fact)),)) for fact in facts]
        yield _RESOURCES, "r.d_lo", "r.d_hi", all_of((Fragment("r.code = %s", (key,)), *systems))
        yield _FURTHER_CODES, "m.lo", "m.hi", all_of((Fragment("m.key = %s", (key,)), *systems))

    def _dates(self, lo: str, hi: str) -> list[tuple[Fragment, ...]]:
        """Per clause on the clinical date its alternatives; only the first one is parted."""
        parts: list[tuple[Fragment, ...]] = []
        for at, clause in enumerate(self.dates):
            if at or lo != "r.d_lo":
                parts.append((when.condition(clause.values, lo, hi, self.rows.now),))
            else:
                first, *rest = when.alternatives(clause.values, lo, hi, self.rows.now)
                parts.append((first, *(all_of((self.rows.of_type, long)) for long in rest)))
        return parts

    def _by_birth(self) -> bool:
        """True when a day of birth leads to the rows, and else only texts are asked for: few are born on one day."""
        if self.reached or self.ids is not None or self.patients is not None or self.hot.date != "birthdate":
            return False
        others = [clause for clause in self.query.clauses if clause not in self.dates]
        texts = all(clause.type == "string" and clause.modifier in ("", "contains") for clause in others)
        return texts and any(map(when.is_day, self.dates))

    def _by_name(self) -> bool:
        """True when a name leads to the rows that is so long that few share it; too many for `is_served` still may."""
        if self.reached or self.is_served or self.hot.date != "birthdate":
            return False
        return any(
            clause.name == "name"
            and not clause.modifier
            and all(len(bare(value).split()) >= _LONG_NAME for _, value in clause.values)
            for clause in self.query.clauses
        )

    def _few(self) -> Texts | None:
        """The first short text of a person that is asked for, when nothing else leads to the rows."""
        if self.reached or self.is_served or self.by_name or self.hot.date != "birthdate":
            return None
        for clause in self.query.clauses:
            if clause.type == "string" and not clause.modifier and len(clause.values) == 1:
                inside = in_text(clause.values[0][1], "")
                if inside.params:
                    paths = parameters_of(self.query.type)[clause.name].paths
                    return Texts(clause, side_keys(self.query.type, paths), inside)
        return None

    def _lead(self, lead: Lead | None, *, quickly: bool) -> Lead | None:
        """Whom the reader may see, when their rows are the shortest way to what is asked."""
        of_patients = (bool(self.hot.patients) or self.query.type == "Patient") and self.query.type != CONTENT
        if lead is None or not of_patients or self.ids is not None or self.patients is not None:
            return None
        query = self.query
        if lead.own:
            named = (clause for clause in query.clauses if clause.type != "reference")
            return None if any(picks_few(query.type, clause) for clause in named) else lead
        if self.selective or self.by_birth or self.by_texts or (quickly and self.code is not None):
            return None
        in_order = all(sort.name in ("_id", "_lastUpdated", self.hot.date) for sort in query.sort)
        whole = query.total != "none" or not query.count or not in_order
        filtered = bool(self.reached) or len(query.clauses) > len(self.dates)
        return lead if lead.is_shorter(whole=whole, filtered=filtered) else None

    def _compartment(self) -> Reached:
        assert self.query.compartment is not None
        whole, type = self.query.compartment, self.query.type
        own = Reached(ids=(whole.id,)) if whole.type == type else None
        facts = self.rows.unshown.told(facts_within(whole, type))
        return own or Reached(also=any_fact(self.rows, facts), selective=True)

    def _ids(self) -> tuple[str, ...] | None:
        """The ids it can only be among, each once."""
        known = [set(one.ids) for one in self.reached if one.ids is not None]
        for clause in self.query.clauses:
            if clause.name == "_id" and not clause.modifier:
                known.append({bare(value) for _, value in clause.values})
        return tuple(sorted(set.intersection(*known))) if known else None

    def _patients(self) -> tuple[int, ...] | None:
        known = [set(one.patients) for one in self.reached if one.patients is not None]
        if self.patient is not None:
            known.append({number(patient_key(self.patient.fact))})
        return tuple(sorted(set.intersection(*known))) if known else None

    def _patient(self) -> _Named | None:
        """The id of the patient when a clause names exactly one by the path `pat` is taken from."""
        for clause in self.query.clauses:
            if clause.type != "reference" or clause.modifier not in ("", "Patient") or not self.hot.patient_key:
                continue
            facts = facts_of(self.query.type, clause)
            start = f"{self.hot.patient_key}|Patient/"
            if len(facts) == 1 and facts[0].startswith(start):
                return _Named(clause, facts[0][len(start) :])
        return None

    def _code(self) -> _Named | None:
        """The fact of the bare code when a clause names exactly one code of the hot code element."""
        for clause in self.query.clauses:
            if self.hot.code and clause.name == self.hot.code and not clause.modifier and len(clause.values) == 1:
                _, code = split_token(clause.values[0][1])
                if code:
                    return _Named(clause, f"{self.hot.code_key}|{code}")
        return None
