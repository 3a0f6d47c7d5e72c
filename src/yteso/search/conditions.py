"""One clause -> a condition on rows of one type. The counterpart of what `program` writes into the index.

Rows are those of `store.resource` under an alias, so that the same conditions serve the searched rows and those a
link leads to. Values are parameters, never text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from yteso.base.text import fold
from yteso.fhir.dates import interval, moment
from yteso.search import amounts, when
from yteso.search.composite import coded_as, pair_facts, parts_of, stands_alone
from yteso.search.facts import facts_for, facts_of, presence_of
from yteso.search.fragment import FALSE, Fragment, all_of, any_of, denied, none_of
from yteso.search.hot import hot
from yteso.search.keys import Code, Mark, elsewhere, number, path_key, patient_key, short, token, under
from yteso.search.parameters import is_shared, parameters_of
from yteso.search.place import is_placed, within
from yteso.search.query import Chain, Clause, Denied, Test
from yteso.search.row import NO_DATE
from yteso.search.side import of_row
from yteso.search.values import bare
from yteso.search.words import MAX_LENGTH
from yteso.standards.fhir_r4 import TYPE_NUMBER, Path, SearchParameter

_LAST = "\U0010ffff"
_WHOLE = {"equals": "=", "unequal": "<>"}
"""Of `_filter`: comparisons with a text as a whole, not with what begins at one of its words (`words.prefixes`)."""


@dataclass(frozen=True, slots=True)
class Unshown:
    """What rows say in the index and do not show to who asks, as it names what is hidden from them (ADR 50).

    `hidden`: what nothing is found by (`Encounter/1`). `ids`: of a clause, rows it does not hold of as they are shown.
    """

    hidden: frozenset[str] = frozenset()
    ids: Mapping[Clause, tuple[str, ...]] = field(default_factory=dict)

    def told(self, facts: Iterable[str]) -> list[str]:
        """Those of the facts that name nothing hidden."""
        return [fact for fact in facts if not (self.hidden and fact.partition("|")[2] in self.hidden)]


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of one type under one alias, asked at one moment. `singly`: side tables are looked into row by row."""

    type: str
    alias: str
    now: datetime
    singly: bool = False
    unshown: Unshown = Unshown()

    @property
    def of_type(self) -> Fragment:
        """That they are of this type."""
        return Fragment(f"{self.alias}.type = %s", (TYPE_NUMBER[self.type],))

    def shown(self, clause: Clause, found: Fragment) -> Fragment:
        """Without the rows that show nothing of what the clause finds in the index."""
        ids = self.unshown.ids.get(clause)
        return all_of((found, Fragment(f"{self.alias}.id <> ALL(%s::text[])", (list(ids),)))) if ids else found


def conditions(rows: Rows, clauses: Iterable[Clause]) -> list[Fragment]:
    """The conditions of the clauses; single tokens are asked for together."""
    together: list[int] = []
    parts: list[Fragment] = []
    for clause in clauses:
        found = _condition(rows, clause)
        if isinstance(found, int):
            together.append(found)
        else:
            parts.append(found)
    if together:
        parts.append(Fragment(f"{rows.alias}.tok @> %s::bigint[]", (sorted(set(together)),)))
    return parts


def meets(rows: Rows, test: Test, chain: Callable[[Chain], Fragment] | None = None) -> Fragment:
    """A test of a filter; `chain` says what a chain came down to, where there may be any."""
    if isinstance(test, Clause):
        return all_of(conditions(rows, [test]))
    if isinstance(test, Chain):
        assert chain is not None, "chains are looked up first"
        return chain(test)
    if isinstance(test, Denied):
        return denied(meets(rows, test.test, chain))
    parts = [meets(rows, one, chain) for one in test.tests]
    return all_of(parts) if test.word == "and" else any_of(parts)


def any_fact(rows: Rows, facts: Iterable[str]) -> Fragment:
    """That any of these facts holds, marks among them."""
    return holds(rows.type, rows.alias, facts)


def holds(type: str, alias: str, facts: Iterable[str]) -> Fragment:
    """The same for rows of a type under an alias, whenever it is asked."""
    tokens, marks, codes = set(), set(), set()
    patients: dict[str, set[int]] = {}
    for fact in facts:
        key = token(fact)
        if isinstance(fact, Mark):
            marks.add(number(short(key)))
        elif own := patient_of(fact):
            patients.setdefault(own[0], set()).add(own[1])
        else:
            tokens.add(number(key))
        if is_apart(type, fact):
            codes.add(number(key))
    found = [_of_patients(alias, types, keys) for keys, types in _together(patients).items()]
    if codes:
        found.append(Fragment(f"({alias}.code IS NOT NULL AND {alias}.code = ANY(%s::bigint[]))", (sorted(codes),)))
    if tokens:
        found.append(Fragment(f"{alias}.tok && %s::bigint[]", (sorted(tokens),)))
    if marks:
        shapes = "ARRAY(SELECT s.shape FROM store.shape s WHERE s.marks && %s::integer[])"
        found.append(Fragment(f"{alias}.shape = ANY({shapes})", (sorted(marks),)))
    return any_of(found)


def in_column(type: str, fact: str) -> bool:
    """True when a row may hold the fact in a column and not among its tokens."""
    return is_apart(type, fact) or patient_of(fact) is not None


def is_apart(type: str, fact: str) -> bool:
    """True for a code that may stand in the column of the type's code in place of the tokens."""
    found = hot(type)
    return isinstance(fact, Code) and found.code_apart and fact.startswith(f"{found.code_key}|")


def patient_of(fact: str) -> tuple[str, int] | None:
    """(type, key of the patient) of a fact that the column of the patient answers, in place of the tokens."""
    start, between, id = fact.partition("|Patient/")
    type = start.partition(".")[0]
    answers = bool(between) and type in TYPE_NUMBER and hot(type).patient_key == start
    return (type, number(patient_key(id))) if answers else None


def _together(patients: Mapping[str, set[int]]) -> Mapping[frozenset[int], list[str]]:
    """Keys of patients -> the types that are asked for just these."""
    found: dict[frozenset[int], list[str]] = {}
    for type, keys in patients.items():
        found.setdefault(frozenset(keys), []).append(type)
    return found


def _of_patients(alias: str, types: Sequence[str], keys: Iterable[int]) -> Fragment:
    """That rows of these types name one of these patients by their main path, not elsewhere."""
    text = f"{alias}.pat IS NOT NULL AND {alias}.pat = ANY(%s::bigint[]) AND {alias}.type = ANY(%s::smallint[])"
    numbers = sorted(TYPE_NUMBER[type] for type in types)
    others = sorted(number(token(elsewhere(type))) for type in types if len(hot(type).patients) > 1)
    if not others:
        return Fragment(f"({text})", (sorted(keys), numbers))
    return Fragment(f"({text} AND NOT {alias}.tok && %s::bigint[])", (sorted(keys), numbers, others))


def dated(rows: Rows, clause: Clause) -> Fragment:
    """A clause on the clinical date."""
    return when.condition(clause.values, f"{rows.alias}.d_lo", f"{rows.alias}.d_hi", rows.now)


def _condition(rows: Rows, clause: Clause) -> Fragment | int:
    if clause.modifier == "missing":
        return _missing(rows, clause)
    if clause.name == "_id":
        ids = [bare(value) for _, value in clause.values]
        found = Fragment(f"({rows.of_type.text} AND {rows.alias}.id = ANY(%s::text[]))", (*rows.of_type.params, ids))
        return none_of(found) if clause.modifier == "not" else found
    if clause.name == "_lastUpdated":
        return any_of(_updated(rows, prefix, value) for prefix, value in clause.values)
    if clause.type == "special":
        return any_of(within(value, rows.alias) for _, value in clause.values)
    if clause.type == "composite":
        return any_of(_composite(rows, clause.name, value) for _, value in clause.values)
    if clause.type == "uri" and clause.modifier == "below":
        return _under(rows, parameters_of(rows.type)[clause.name], [bare(value) for _, value in clause.values])
    if clause.type in ("token", "reference", "uri") or clause.modifier == "exact":
        return _tokens(rows, clause)
    return _side(rows, parameters_of(rows.type)[clause.name], clause.values, clause.modifier)


def _tokens(rows: Rows, clause: Clause) -> Fragment | int:
    facts = rows.unshown.told(facts_of(rows.type, clause))
    if clause.modifier == "not":
        return all_of((rows.of_type, none_of(rows.shown(clause, any_fact(rows, facts)))))
    alone = len(facts) == 1 and not (isinstance(facts[0], Mark) or in_column(rows.type, facts[0]))
    if alone and clause not in rows.unshown.ids:
        return number(token(facts[0]))
    return rows.shown(clause, any_fact(rows, facts))


def _side(rows: Rows, parameter: SearchParameter, values: tuple[tuple[str, str], ...], modifier: str = "") -> Fragment:
    """A clause that columns or a side table answer: date, string, number, quantity."""
    if parameter.kind == "date":
        if parameter.name == hot(rows.type).date:
            return when.condition(values, f"{rows.alias}.d_lo", f"{rows.alias}.d_hi", rows.now)
        inside = when.condition(values, "x.lo", "x.hi", rows.now)
        return _exists(rows, "moment", _date_key(rows, parameter.name), inside)
    keys = side_keys(rows.type, parameter.paths)
    if parameter.kind == "string":
        return _exists(rows, "string", keys, any_of(in_text(value, modifier) for _, value in values))
    beside = _exists(rows, "number", keys, any_of(amounts.inside(*value) for value in values))
    if not is_amount(rows.type, keys):
        return beside
    return any_of((*(amounts.own(*value, rows.alias) for value in values), beside))


def side_keys(type: str, paths: Iterable[Path]) -> list[int]:
    """The keys of these paths in the side tables."""
    return [number(token(path_key(type, path))) for path in paths]


def is_amount(type: str, keys: Iterable[int]) -> bool:
    """True when one of these keys is that of the amount, which has a column."""
    return number(token(hot(type).amount_key)) in keys


def _date_key(rows: Rows, name: str) -> list[int]:
    return [number(token(f"{rows.type}:{name}"))]


def _composite(rows: Rows, name: str, value: str) -> Fragment:
    """Any context within which every part holds. A context there can be only one of needs no index of pairs."""
    parameter = parameters_of(rows.type)[name]
    found = []
    for at, context in enumerate(parameter.paths):
        parts = parts_of(parameter, at, value)
        if stands_alone(context, parts):
            found.append(all_of(_part(rows, part, prefix, text) for part, prefix, text in parts))
            continue
        (first, _, code), (second, prefix, text) = parts
        if second.kind in ("number", "quantity"):
            both = all_of((coded_as(context, first, code), amounts.inside(prefix, text)))
            found.append(_exists(rows, "number", side_keys(rows.type, second.paths), both))
        else:
            found.append(any_fact(rows, pair_facts(rows.type, context, parts)))
    return any_of(found)


def _part(rows: Rows, part: SearchParameter, prefix: str, text: str) -> Fragment:
    if part.kind in ("token", "reference", "uri"):
        return any_fact(rows, facts_for(rows.type, part, "", (text,)))
    return _side(rows, part, ((prefix, text),))


def _missing(rows: Rows, clause: Clause) -> Fragment:
    there = rows.shown(clause, _present(rows, clause))
    wanted = [value == "true" for _, value in clause.values]
    return all_of((rows.of_type, any_of(none_of(there) if missing else there for missing in wanted)))


def _present(rows: Rows, clause: Clause) -> Fragment:
    always = Fragment(f"{rows.alias}.hash IS NOT NULL")
    if clause.name in ("_id", "_lastUpdated"):
        return always
    if clause.type == "special":
        return is_placed(rows.alias)
    if clause.name == hot(rows.type).date:
        return Fragment(f"{rows.alias}.d_lo <> %s", (NO_DATE,))
    if clause.type == "date":
        return _exists(rows, "moment", _date_key(rows, clause.name), Fragment("true"))
    paths = parameters_of(rows.type)[clause.name].paths
    if clause.type in ("string", "number", "quantity"):
        keys = side_keys(rows.type, paths)
        beside = _exists(rows, "string" if clause.type == "string" else "number", keys, Fragment("true"))
        own = is_amount(rows.type, keys)
        return any_of((Fragment(f"{rows.alias}.amount IS NOT NULL"), beside)) if own else beside
    facts = presence_of(rows.type, clause.name)
    return always if facts is None else any_fact(rows, facts)


def _exists(rows: Rows, table: str, keys: list[int], condition: Fragment) -> Fragment:
    r = rows.alias
    key, value = ("= %s", keys[0]) if len(keys) == 1 else ("= ANY(%s::bigint[])", keys)
    same = f"FROM store.{table} x WHERE {of_row('x', r)} AND x.key {key} AND {condition.text}"
    text = f"((SELECT true {same} LIMIT 1) IS TRUE)" if rows.singly else f"EXISTS (SELECT {same})"
    return Fragment(text, (value, *condition.params))


def in_text(value: str, modifier: str) -> Fragment:
    """What is asked of a text, on alias `x` of `store.string`."""
    folded = fold(bare(value))[:MAX_LENGTH]
    if not folded:
        return FALSE
    if modifier in _WHOLE:
        return Fragment(f"(x.at = 0 AND x.val {_WHOLE[modifier]} %s)", (folded,))
    if modifier in ("contains", "ends"):
        escaped = folded.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        return Fragment("x.val LIKE %s", (f"%{escaped}%" if modifier == "contains" else f"%{escaped}",))
    begun = Fragment("(x.val >= %s AND x.val < %s)", (folded, folded + _LAST))
    return all_of((Fragment("x.at = 0"), begun)) if modifier == "begins" else begun


def _under(rows: Rows, parameter: SearchParameter, uris: Sequence[str]) -> Fragment:
    """That a uri is one of these or lies under it: by marks what many share, else by how it begins."""
    keys = [path_key(rows.type, path) for path in parameter.paths if is_shared(path)]
    marks = [under(key, uri.partition("|")[0].rstrip("/")) for key in keys for uri in uris]
    others = side_keys(rows.type, [path for path in parameter.paths if not is_shared(path)])
    found = [any_fact(rows, marks)] if marks else []
    return any_of([*found, _exists(rows, "string", others, any_of(map(_below, uris)))] if others else found)


def _below(uri: str) -> Fragment:
    """The uri and everything that begins with it and a slash (FHIR R4 §3.1.1.4.14)."""
    start = uri.rstrip("/")[:MAX_LENGTH]
    return Fragment("(x.val = %s OR x.val = %s OR (x.val > %s AND x.val < %s))", (start, uri, f"{start}/", f"{start}0"))


def _updated(rows: Rows, prefix: str, value: str) -> Fragment:
    found = interval(value)
    assert found is not None, "parse lets only dates through"
    low, high, ts = moment(found[0]), moment(found[1]), f"{rows.alias}.ts"
    between = Fragment(f"({ts} >= %s AND {ts} <= %s)", (low, high))
    return {
        "eq": between,
        "ap": between,
        "po": between,
        "ne": Fragment(f"({ts} < %s OR {ts} > %s)", (low, high)),
        "gt": Fragment(f"{ts} > %s", (high,)),
        "sa": Fragment(f"{ts} > %s", (high,)),
        "lt": Fragment(f"{ts} < %s", (low,)),
        "eb": Fragment(f"{ts} < %s", (low,)),
        "ge": Fragment(f"{ts} >= %s", (low,)),
        "le": Fragment(f"{ts} <= %s", (high,)),
    }[prefix]
