"""A query and the rights of who asks -> one SQL statement for a page, one for its total. No connection.

The access path is chosen here, not left to chance (measured at 1–9 million rows):
- a patient: the index (pat, type, d_lo) and everything else as a filter;
- a code without a patient: (code, d_lo), and rows that have it as a further code by `store.moment`;
- an identifier, reference or uri: the token index alone, without the type, which the tokens imply (with it the planner
  reads the whole type's bitmap);
- else the type, by clinical date or time of writing.
Alternatives of one query ("arms") exclude each other, so that pages are merged and totals added.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import product
from typing import Any

from yteso.base.text import fold
from yteso.fhir.dates import interval, moment
from yteso.search import amounts, when
from yteso.search.cursor import Cursor, after
from yteso.search.facts import facts_of, is_selective, presence_of
from yteso.search.fragment import FALSE, Fragment, all_of, any_of, none_of
from yteso.search.hot import hot
from yteso.search.keys import number, path_key, patient_key, token
from yteso.search.order import Order, orders_of
from yteso.search.query import Clause, Query
from yteso.search.rights import Rights, visible
from yteso.search.row import NO_DATE
from yteso.search.values import bare, split_token
from yteso.search.words import MAX_LENGTH
from yteso.standards.fhir_r4 import SEARCH_PARAMETERS, TYPE_NUMBER

COLUMNS = "r.type, r.id, r.ver, r.ts, r.t, r.hash IS NULL, r.dict, r.body, r.pat"
WIDTH = 9
"""How many columns come before the sort keys."""

_LAST = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Arm:
    """One alternative: where rows come from, and which columns hold the clinical date there."""

    source: str
    where: Fragment
    lo: str = "r.d_lo"


def page(query: Query, rights: Rights, now: datetime) -> tuple[str, tuple[Any, ...], tuple[Order, ...]]:
    """(SQL, parameters, sort keys) of one page, with one row more than asked to tell whether there is a next one."""
    plan = _Plan(query, now)
    orders = orders_of(query, by_date=plan.by_date)
    cursor = Cursor.read(query, orders) if query.cursor else None
    texts, params = [], []
    for arm in plan.arms(rights):
        keys = [order.expression(arm.lo) for order in orders]
        where = all_of((arm.where, after(cursor, orders, arm.lo, TYPE_NUMBER[query.type])) if cursor else (arm.where,))
        columns = ", ".join((COLUMNS, *(key.text for key in keys)))
        texts.append(f"(SELECT {columns} FROM {arm.source} WHERE {where.text} {_order_by(orders)} LIMIT %s)")
        params += [value for key in keys for value in key.params]
        params += [*where.params, query.count + 1]
    if len(texts) == 1:
        return texts[0][1:-1], tuple(params), orders
    return f"{' UNION ALL '.join(texts)} {_order_by(orders)} LIMIT %s", (*params, query.count + 1), orders


def total(query: Query, rights: Rights, now: datetime) -> tuple[str, tuple[Any, ...]]:
    """(SQL, parameters) of the exact number of matches."""
    arms = list(_Plan(query, now).arms(rights))
    text = " + ".join(f"(SELECT count(*) FROM {arm.source} WHERE {arm.where.text})" for arm in arms)
    return f"SELECT {text}", tuple(value for arm in arms for value in arm.where.params)


def condition(query: Query, rights: Rights, now: datetime) -> Fragment:
    """The query as a condition on alias `r` of `store.resource`, for who reaches rows by another way."""
    plan = _Plan(query, now)
    own = Fragment("r.type = %s AND r.hash IS NOT NULL", (TYPE_NUMBER[query.type],))
    dates = [when.condition(clause.values, "r.d_lo", "r.d_hi", now) for clause in plan.dates]
    return all_of((visible(rights, "r"), own, *plan._conditions(), *dates))


def _order_by(orders: Sequence[Order]) -> str:
    """The sort keys by their place among the columns, then the id in the direction of the first key."""
    parts = [f"{WIDTH + at} {'DESC' if order.descending else 'ASC'}" for at, order in enumerate(orders, start=1)]
    return f"ORDER BY {', '.join(parts)}, 2 {'DESC' if orders[0].descending else 'ASC'}"


class _Plan:
    """How one query reaches its rows."""

    def __init__(self, query: Query, now: datetime) -> None:
        self.query = query
        self.now = now
        self.hot = hot(query.type)
        self.patient = self._patient()
        self.code = "" if self.patient else self._code()
        sorted_by_date = bool(query.sort) and query.sort[0].name == self.hot.date
        self.dates = [clause for clause in query.clauses if clause.name == self.hot.date and not clause.modifier]
        self.by_date = bool(self.hot.date) and bool(self.patient or self.code or self.dates or sorted_by_date)

    def arms(self, rights: Rights) -> Iterable[Arm]:
        common = [visible(rights, "r"), Fragment("r.hash IS NOT NULL"), *self._conditions()]
        if self.patient:
            key = number(patient_key(self.patient))
            common.append(Fragment("r.pat = %s AND r.type = %s", (key, TYPE_NUMBER[self.query.type])))
            dates = [when.condition(clause.values, "r.d_lo", "r.d_hi", self.now) for clause in self.dates]
            yield Arm("store.resource r", all_of((*common, *dates)))
            return
        for source, lo, hi, own in self._sources():
            for chosen in product(*self._dates(lo, hi)):
                yield Arm(source, all_of((*common, own, *chosen)), lo)

    def _sources(self) -> Iterable[tuple[str, str, str, Fragment]]:
        if not self.code:
            yield "store.resource r", "r.d_lo", "r.d_hi", self._type()
            return
        key = number(token(self.code))
        yield "store.resource r", "r.d_lo", "r.d_hi", Fragment("r.code = %s", (key,))
        joined = "store.moment m JOIN store.resource r ON r.shard = m.shard AND r.type = m.type AND r.id = m.id"
        yield joined, "m.lo", "m.hi", Fragment("m.key = %s", (key,))

    def _dates(self, lo: str, hi: str) -> list[tuple[Fragment, ...]]:
        """Per clause on the clinical date its alternatives; only the first one is parted."""
        parts: list[tuple[Fragment, ...]] = []
        for at, clause in enumerate(self.dates):
            if at or lo != "r.d_lo":
                parts.append((when.condition(clause.values, lo, hi, self.now),))
            else:
                own = Fragment("r.type = %s", (TYPE_NUMBER[self.query.type],))
                first, *rest = when.alternatives(clause.values, lo, hi, self.now)
                parts.append((first, *(all_of((own, long)) for long in rest)))
        return parts

    def _type(self) -> Fragment:
        selective = any(
            clause.type in ("token", "reference", "uri")
            and clause.modifier in ("", "identifier")
            and clause.name not in ("_id", "_lastUpdated")
            and is_selective(self.query.type, clause)
            for clause in self.query.clauses
        )
        return all_of(()) if selective else Fragment("r.type = %s", (TYPE_NUMBER[self.query.type],))

    def _patient(self) -> str:
        """The id of the patient when a clause names exactly one by the path `pat` is taken from."""
        for clause in self.query.clauses:
            if clause.type != "reference" or clause.modifier not in ("", "Patient") or not self.hot.patient_key:
                continue
            facts = facts_of(self.query.type, clause)
            start = f"{self.hot.patient_key}|Patient/"
            if len(facts) == 1 and facts[0].startswith(start):
                return facts[0][len(start) :]
        return ""

    def _code(self) -> str:
        """The fact of the bare code when a clause names exactly one code of the hot code element."""
        for clause in self.query.clauses:
            if self.hot.code and clause.name == self.hot.code and not clause.modifier and len(clause.values) == 1:
                _, code = split_token(clause.values[0][1])
                if code:
                    return f"{self.hot.code_key}|{code}"
        return ""

    def _conditions(self) -> list[Fragment]:
        """Everything but the clinical date, which the arms carry. Single tokens are asked for together."""
        together: list[int] = []
        parts: list[Fragment] = []
        for clause in self.query.clauses:
            if clause in self.dates:
                continue
            if clause.modifier == "missing":
                parts.append(self._missing(clause))
            elif clause.type in ("token", "reference", "uri") or clause.modifier == "exact":
                found = self._tokens(clause)
                if isinstance(found, int):
                    together.append(found)
                else:
                    parts.append(found)
            else:
                parts.append(self._side(clause))
        if together:
            parts.append(Fragment("r.tok @> %s::bigint[]", (sorted(set(together)),)))
        return parts

    def _tokens(self, clause: Clause) -> Fragment | int:
        if clause.name == "_id":
            ids = [bare(value) for _, value in clause.values]
            found = Fragment("(r.type = %s AND r.id = ANY(%s::text[]))", (TYPE_NUMBER[self.query.type], ids))
            return none_of(found) if clause.modifier == "not" else found
        keys = sorted({number(token(fact)) for fact in facts_of(self.query.type, clause)})
        if clause.modifier == "not":
            own = Fragment("r.type = %s", (TYPE_NUMBER[self.query.type],))
            return all_of((own, none_of(Fragment("r.tok && %s::bigint[]", (keys,)))))
        if not keys:
            return FALSE
        return keys[0] if len(keys) == 1 else Fragment("r.tok && %s::bigint[]", (keys,))

    def _side(self, clause: Clause) -> Fragment:
        if clause.name == "_lastUpdated":
            return any_of(_updated(prefix, value) for prefix, value in clause.values)
        if clause.type == "date":
            return _exists("moment", self._date_key(clause), when.condition(clause.values, "x.lo", "x.hi", self.now))
        keys = [
            number(token(path_key(self.query.type, path)))
            for path in SEARCH_PARAMETERS[self.query.type][clause.name].paths
        ]
        if clause.type == "string":
            return _exists("string", keys, any_of(_text(value, clause.modifier) for _, value in clause.values))
        return _exists("number", keys, any_of(amounts.condition(*value, "x") for value in clause.values))

    def _date_key(self, clause: Clause) -> list[int]:
        return [number(token(f"{self.query.type}:{clause.name}"))]

    def _missing(self, clause: Clause) -> Fragment:
        own = Fragment("r.type = %s", (TYPE_NUMBER[self.query.type],))
        there = self._present(clause)
        wanted = [value == "true" for _, value in clause.values]
        return all_of((own, *(none_of(there) if missing else there for missing in wanted)))

    def _present(self, clause: Clause) -> Fragment:
        if clause.name in ("_id", "_lastUpdated"):
            return Fragment("r.id IS NOT NULL")
        if clause.name == self.hot.date:
            return Fragment("r.d_lo <> %s", (NO_DATE,))
        if clause.type == "date":
            return _exists("moment", self._date_key(clause), Fragment("true"))
        paths = SEARCH_PARAMETERS[self.query.type][clause.name].paths
        if clause.type in ("string", "number", "quantity"):
            keys = [number(token(path_key(self.query.type, path))) for path in paths]
            return _exists("string" if clause.type == "string" else "number", keys, Fragment("true"))
        facts = presence_of(self.query.type, clause.name)
        if facts is None:
            return Fragment("r.hash IS NOT NULL")
        return Fragment("r.tok && %s::bigint[]", (sorted(number(token(fact)) for fact in facts),))


def _exists(table: str, keys: list[int], condition: Fragment) -> Fragment:
    same = f"SELECT FROM store.{table} x WHERE x.shard = r.shard AND x.type = r.type AND x.id = r.id"
    if len(keys) == 1:
        return Fragment(f"EXISTS ({same} AND x.key = %s AND {condition.text})", (keys[0], *condition.params))
    return Fragment(f"EXISTS ({same} AND x.key = ANY(%s::bigint[]) AND {condition.text})", (keys, *condition.params))


def _text(value: str, modifier: str) -> Fragment:
    folded = fold(bare(value))[:MAX_LENGTH]
    if not folded:
        return FALSE
    if modifier == "contains":
        escaped = folded.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        return Fragment("x.val LIKE %s", (f"%{escaped}%",))
    return Fragment("(x.val >= %s AND x.val < %s)", (folded, folded + _LAST))


def _updated(prefix: str, value: str) -> Fragment:
    found = interval(value)
    assert found is not None, "parse lets only dates through"
    low, high = moment(found[0]), moment(found[1])
    return {
        "eq": Fragment("(r.ts >= %s AND r.ts <= %s)", (low, high)),
        "ne": Fragment("(r.ts < %s OR r.ts > %s)", (low, high)),
        "gt": Fragment("r.ts > %s", (high,)),
        "sa": Fragment("r.ts > %s", (high,)),
        "lt": Fragment("r.ts < %s", (low,)),
        "eb": Fragment("r.ts < %s", (low,)),
        "ge": Fragment("r.ts >= %s", (low,)),
        "le": Fragment("r.ts <= %s", (high,)),
        "ap": Fragment("(r.ts >= %s AND r.ts <= %s)", (low, high)),
    }[prefix]
