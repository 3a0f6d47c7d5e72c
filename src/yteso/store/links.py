"""What the links of a query (chains, `_has`, `_list`) come down to, looked up within the rights of who asks.

Each link is one statement of its own, innermost first, so that the statement of the page knows how many rows it is
about: the planner never has to guess the size of a join. A link that matches more than `MOST` resources is answered
row by row through the patient both sides belong to, where there is one; otherwise it is refused.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from math import inf
from time import monotonic
from typing import Any

from yteso.access.restriction import Restriction
from yteso.base.errors import Refused
from yteso.base.issue import Origin
from yteso.db import Connection
from yteso.fhir import reference
from yteso.fhir.json import dumps, loads
from yteso.search import rules, sql
from yteso.search.addresses import addresses_of, is_canonical, means
from yteso.search.conditions import Rows, Unshown, any_fact, conditions, meets
from yteso.search.entries import BUNDLE, PARAMETERS, holds_inside, inside
from yteso.search.extract import references_of
from yteso.search.facts import references_to
from yteso.search.fragment import FALSE, Fragment, all_of, any_of
from yteso.search.hot import hot
from yteso.search.keys import elsewhere, number, path_key, patient_key, token
from yteso.search.parameters import parameters_of, parents_of
from yteso.search.plan import Plan, Reached, leads_to_few, picks_few
from yteso.search.prose import has_words, may_have_words
from yteso.search.query import Chain, Clause, Condition, Filter, Has, Listed, Query, Ranked, Words
from yteso.search.rights import visible
from yteso.search.scoped import Scoped
from yteso.search.values import bare, escaped
from yteso.standards.fhir_r4 import SearchParameter
from yteso.store.codec import Codec
from yteso.store.dictionaries import ensure_known
from yteso.store.leading import lead
from yteso.store.read import run
from yteso.store.unfound import beside, facts_beside, names_in, says
from yteso.store.unnamed import hidden_among, hidden_from, is_bound, without

MOST = 2_000
"""Resources a link may come down to by their ids."""
MOST_READ = 10_000
"""Resources that are read for words: two to five tenths of a second of the processor."""
MOST_MEGABYTES = 64
"""So much the bodies of what is read may have, as they are stored: they are in memory together."""
_BODIES = "r.id, r.dict, r.body, r.pat"
_READ = 10_000
"""Rows looked at to learn which patients they belong to."""


@dataclass(frozen=True, slots=True)
class Asking:
    """Who looks up, and with what; `seconds` is how long all look-ups of one search may take together."""

    conn: Connection
    codec: Codec
    limit: Restriction
    now: datetime
    seconds: float = inf
    started: float = field(default_factory=monotonic)
    looked_up: dict[Query, Unshown] = field(default_factory=dict, compare=False)

    def plan(self, query: Query) -> Plan:
        """How the query reaches its rows, its links looked up."""
        return self.plan_from(query, reach(self, query))

    def plan_from(self, query: Query, reached: Sequence[Reached]) -> Plan:
        """The same, where it is known what the links came down to."""
        return Plan(query, self.now, reached, lead=lead(self.conn, self.limit), unshown=self.unshown(query))

    def unshown(self, query: Query) -> Unshown:
        """What must not be found of a query, as it names what is hidden from who asks (`unfound`)."""
        if not is_bound(self.limit):
            return Unshown()
        if query not in self.looked_up:
            hidden = Unshown(hidden_among(self.conn, self.limit, names_in(query)))
            asked = beside(query)
            ids = {one: found for one in asked if (found := self._saying_nothing(query, one, asked, hidden))}
            self.looked_up[query] = replace(hidden, ids=ids)
        return self.looked_up[query]

    def _saying_nothing(
        self, query: Query, clause: Clause, asked: Sequence[Clause], hidden: Unshown
    ) -> tuple[str, ...]:
        """Rows that say only in the index what a clause asks for; those of people with something hidden are read."""
        others = tuple(one for one in query.clauses if one not in asked)
        plain = Query(query.type, clauses=others, compartment=query.compartment)
        facts = facts_beside(query.type, clause)
        guarded = Fragment("store.guarded_among(ARRAY[r.pat]) <> '{}'")
        said = all_of((any_fact(Rows(query.type, "r", self.now), facts), guarded))
        plan = Plan(plain, self.now, [Reached(also=said)], lead=lead(self.conn, self.limit), unshown=hidden)
        rows = self.bodies(plan, "r.id, r.dict, r.body, r.pat", MOST_READ, clause.name)
        shown = self.shown(query.type, rows)
        return tuple(id for id, text in shown if not says(loads(text), facts))

    def shown(self, type: str, rows: Sequence[tuple[Any, ...]]) -> list[tuple[str, bytes]]:
        """(id, JSON) of rows (id, dictionary, body, patient), as who asks is shown them."""
        found = [(id, self._text(type, id, dictionary, body)) for id, dictionary, body, _ in rows]
        patients = {patient for _, _, _, patient in rows if patient is not None}
        hidden = hidden_from(self.conn, self.limit, (text for _, text in found), patients)
        return [(id, dumps(without(loads(text), hidden))) for id, text in found] if hidden else found

    def rows(self, query: Query, columns: str, limit: int) -> list[tuple[Any, ...]]:
        """Columns of visible matches, at most `limit` per access path. Refused (503, SRCH-0013) when time is up."""
        self.refuse_late()
        plan = self.plan(query)
        found: list[tuple[Any, ...]] = run(self.conn, *sql.some(plan, self.limit, columns, limit)).fetchall()
        return found

    def refuse_late(self) -> None:
        """Refused (503, SRCH-0013) when time is up."""
        if monotonic() - self.started > self.seconds:
            raise Refused(rules.TOO_SLOW.at(seconds=self.seconds), status=503)

    def documents(self, query: Query, name: str) -> list[tuple[str, dict[str, Any]]]:
        """(id, resource) of visible matches. Refused (400) when there are more than MOST, or too large ones."""
        self.refuse_late()
        found = self.bodies(self.plan(query), _BODIES, MOST, name)
        return [(id, loads(text)) for id, text in self.shown(query.type, found)]

    def bodies(self, plan: Plan, columns: str, most: int, name: str) -> list[tuple[Any, ...]]:
        """Columns of all visible matches, their bodies among them.

        Refused (400) when there are more than `most` (SRCH-0012) or when they are too large together (SRCH-0026).
        """
        text, params = sql.some(plan, self.limit, "r.id, octet_length(r.body)", most + 1)
        weighed = f"SELECT count(DISTINCT id), coalesce(sum(size), 0) FROM ({text}) AS found (id, size)"
        matched, size = run(self.conn, weighed, params).fetchone()
        if matched > most:
            raise _too_wide(name, most)
        if size > MOST_MEGABYTES * 1_000_000:
            raise Refused(rules.TOO_HEAVY.at(Origin(field=name), name=name, limit=MOST_MEGABYTES), status=400)
        found: list[tuple[Any, ...]] = run(self.conn, *sql.some(plan, self.limit, columns, most + 1)).fetchall()
        return found

    def _text(self, type: str, id: str, dictionary: int, body: bytes) -> bytes:
        self.refuse_late()
        ensure_known(self.conn, self.codec, dictionary)
        return self.codec.unpack(type, id, dictionary, body)[0]


def reach(asking: Asking, query: Query) -> list[Reached]:
    """What each link of the query came down to. Raises Refused (400, SRCH-0012) for one that is too wide."""
    reached = [_reach(asking, query, link) for link in query.links if not isinstance(link, Words)]
    for link in query.links:
        if isinstance(link, Words):
            reached.append(_read(asking, query, reached, link))
    return reached


def _read(asking: Asking, query: Query, reached: Sequence[Reached], link: Words) -> Reached:
    """What everything else leaves is read, and asked for the words."""
    found = asking.bodies(asking.plan_from(query, reached), _BODIES, MOST_READ, link.name)
    return Reached(ids=tuple(id for id, text in asking.shown(query.type, found) if _has_words(text, link)))


def _has_words(text: bytes, link: Words) -> bool:
    likely = [value for value in link.values if may_have_words(text.decode(), value)]
    return bool(likely) and any(has_words(loads(text), link.name, value) for value in likely)


def _reach(asking: Asking, query: Query, link: Chain | Has | Listed | Ranked | Filter) -> Reached:
    type = query.type
    if isinstance(link, Ranked):
        return _ranked(asking, type, link)
    if isinstance(link, Filter):
        return _filtered(asking, query, link)
    if isinstance(link, Listed):
        return _listed(asking, type, link)
    return _has(asking, type, link) if isinstance(link, Has) else _chain(asking, type, link)


def _query(type: str, condition: Condition) -> Query:
    if isinstance(condition, Clause):
        return Query(type, clauses=(condition,))
    return Query(type, links=(condition,))


def _filtered(asking: Asking, query: Query, link: Filter) -> Reached:
    """What a filter asks of a row. Its chains are looked up within the rights first, whether negated or not."""
    type, test, wide = query.type, link.test, []
    rows = Rows(type, "r", asking.now, unshown=asking.unshown(query))

    def looked_up(chain: Chain) -> Fragment:
        reached = _chain(asking, type, chain)
        if reached.ids is not None:
            return all_of(conditions(rows, [Clause("_id", "token", tuple(("eq", id) for id in reached.ids))]))
        if not reached.selective:
            wide.append(chain)
        return reached.also

    also = meets(rows, test, looked_up)
    return Reached(also=also, selective=not wide and leads_to_few(type, test))


def _chain_of_entry(asking: Asking, link: Chain) -> Reached:
    """What is asked of the first entry of a Bundle, by the Bundle's own row. Its patient and labels are in no column:
    who does not see everything of the entry's type finds nothing by it."""
    ((target, condition),) = link.targets
    if not _sees_all(asking.limit, target):
        return Reached(also=FALSE)
    if isinstance(condition, Clause) and condition.name == "_id" and not condition.modifier:
        named = Clause(link.name, "reference", tuple((sign, f"{target}/{bare(id)}") for sign, id in condition.values))
        return Reached(also=all_of(conditions(Rows(BUNDLE, "r", asking.now), [named])), selective=True)
    if isinstance(condition, Clause):
        return Reached(also=inside("r", target, condition, asking.now), selective=picks_few(target, condition))
    if not isinstance(condition, Chain) or is_canonical(parameters_of(target)[condition.name]):
        name = f"{link.name}.{getattr(condition, 'name', '_has')}"
        raise Refused(rules.WITHIN_ENTRY.at(Origin(field=name), name=name, type=target), status=400)
    parameter = parameters_of(target)[condition.name]
    facts = []
    for further, asked in condition.targets:
        found = asking.rows(_query(further, asked), "r.id", MOST + 1)
        if len(found) > MOST:
            raise _too_wide(condition.name)
        facts += references_to(target, parameter, further, sorted({id for (id,) in found}))
    return Reached(also=holds_inside("r", facts), selective=True)


def _sees_all(limit: Restriction, type: str) -> bool:
    if limit.types is not None and type not in limit.types:
        return False
    ways = (limit.care_facility, limit.source_facility, limit.person, limit.notifiable, limit.inspector)
    return not any(ways) and all(isinstance(part, Scoped) and part.is_free(type) for part in limit.also)


def _chain(asking: Asking, type: str, link: Chain) -> Reached:
    if type == BUNDLE and link.name in PARAMETERS:
        return _chain_of_entry(asking, link)
    parameter, rows = parameters_of(type)[link.name], Rows(type, "r", asking.now)
    if is_canonical(parameter):
        return _chain_of_canonicals(asking, type, link)
    parts: list[Fragment] = []
    narrow = True
    patients: tuple[int, ...] | None = None
    for target, condition in link.targets:
        found = asking.rows(_query(target, condition), "r.id", MOST + 1)
        if len(found) <= MOST:
            ids = sorted({id for (id,) in found})
            parts.append(any_fact(rows, references_to(type, parameter, target, ids)))
            if len(link.targets) == 1 and _by_patient(type, parameter, target):
                patients = tuple(number(patient_key(id)) for id in ids)
        elif _by_patient(type, parameter, target) and isinstance(condition, Clause):
            own = Fragment("NOT r.tok @> %s::bigint[]", ([number(token(elsewhere(type)))],))
            parts.append(all_of((own, _same_patient(asking, target, condition))))
            narrow = False
        else:
            raise _too_wide(link.name)
    return Reached(patients=patients, also=any_of(parts), selective=narrow)


def _chain_of_canonicals(asking: Asking, type: str, link: Chain) -> Reached:
    """What is meant is read for its url and version, and so are those that name it: the index knows no versions."""
    meant = [
        one for target, condition in link.targets for _, one in asking.documents(_query(target, condition), link.name)
    ]
    addresses = sorted({address for one in meant for address in addresses_of(one)})
    if not addresses:
        return Reached(ids=())
    naming = Query(type, (Clause(link.name, "reference", tuple(("eq", escaped(text)) for text in addresses)),))
    return Reached(
        ids=tuple(
            id
            for id, resource in asking.documents(naming, link.name)
            if any(means(text, one) for text in references_of(resource, link.name) for one in meant)
        )
    )


def _ranked(asking: Asking, type: str, link: Ranked) -> Reached:
    """References to all of a hierarchy below or above some resources, as far as it is visible."""
    parameter, rows = parameters_of(type)[link.name], Rows(type, "r", asking.now)
    hidden = asking.unshown(Query(type, links=(link,))).hidden
    parts = []
    for target, parent in parents_of(parameter).items():
        named = (value for value in link.values if value not in hidden)
        start = {value.removeprefix(f"{target}/") for value in named if value.startswith(f"{target}/")}
        step = _above if link.above else _below
        known, fresh = start, start
        while fresh:
            fresh = step(asking, target, parent, fresh) - known
            known = known | fresh
            if len(known) > MOST:
                raise _too_wide(link.name)
        parts.append(any_fact(rows, references_to(type, parameter, target, sorted(known))))
    return Reached(also=any_of(parts), selective=True)


def _below(asking: Asking, type: str, parent: str, ids: Collection[str]) -> set[str]:
    """What is directly part of these."""
    clause = Clause(parent, "reference", tuple(("eq", f"{type}/{id}") for id in sorted(ids)))
    return {id for (id,) in asking.rows(Query(type, (clause,)), "r.id", MOST + 1)}


def _above(asking: Asking, type: str, parent: str, ids: Collection[str]) -> set[str]:
    """What these are directly part of."""
    clause = Clause("_id", "token", tuple(("eq", id) for id in sorted(ids)))
    found = set()
    for _, resource in asking.documents(Query(type, (clause,)), parent):
        targets = (reference.parse(text) for text in references_of(resource, parent))
        found |= {target.id for target in targets if target.kind == "relative" and target.type == type}
    return found


def _has(asking: Asking, type: str, link: Has) -> Reached:
    parameter = parameters_of(link.source)[link.name]
    query = _query(link.source, link.condition)
    if _by_patient(link.source, parameter, type):
        return _patients_with(asking, query, link)
    found = asking.documents(query, f"_has:{link.source}:{link.name}")
    texts = {text for _, resource in found for text in references_of(resource, link.name)}
    targets = map(reference.parse, texts)
    ids = {target.id for target in targets if target.kind == "relative" and target.type == type}
    if is_canonical(parameter) and "url" in parameters_of(type):
        ids |= _meant(asking, type, texts)
    return Reached(ids=tuple(sorted(ids)))


def _meant(asking: Asking, type: str, texts: Collection[str]) -> set[str]:
    """The ids of what canonicals mean."""
    addresses = sorted({text.partition("#")[0].partition("|")[0] for text in texts if ":" in text})
    if not addresses:
        return set()
    query = Query(type, (Clause("url", "uri", tuple(("eq", escaped(text)) for text in addresses)),))
    return {id for id, one in asking.documents(query, "url") if any(means(text, one) for text in texts)}


def _patients_with(asking: Asking, query: Query, link: Has) -> Reached:
    own = number(token(elsewhere(link.source)))
    found = asking.rows(query, f"r.pat, r.tok @> ARRAY[{own}::bigint]", _READ)
    if len(found) < _READ:
        return Reached(patients=tuple(sorted({pat for pat, other in found if pat is not None and not other})))
    if not isinstance(link.condition, Clause):
        raise _too_wide(f"_has:{link.source}:{link.name}")
    inside = Fragment("NOT q.tok @> %s::bigint[]", ([own],))
    return Reached(also=_same_patient(asking, link.source, link.condition, inside))


def _same_patient(asking: Asking, type: str, clause: Clause, *further: Fragment) -> Fragment:
    """That the row's patient has a visible resource of this type for which the clause holds."""
    rows = Rows(type, "q", asking.now, unshown=asking.unshown(Query(type, (clause,))))
    inner = all_of(
        (
            rows.of_type,
            Fragment("q.hash IS NOT NULL"),
            visible(asking.limit, "q", type=type),
            *further,
            *conditions(rows, [clause]),
        )
    )
    return Fragment(f"EXISTS (SELECT FROM store.resource q WHERE q.pat = r.pat AND {inner.text})", inner.params)


def _by_patient(type: str, parameter: SearchParameter, target: str) -> bool:
    """Whether the parameter, leading to a patient, is the one that the column `pat` is taken from."""
    main = hot(type).patient_key
    paths = [
        path for path in parameter.paths if path.type == "Reference" and (not path.targets or target in path.targets)
    ]
    return target == "Patient" and bool(main) and [path_key(type, path) for path in paths] == [main]


def _listed(asking: Asking, type: str, link: Listed) -> Reached:
    """The entries of a List that the caller may see; nothing when there is none."""
    query = Query("List", clauses=(Clause("_id", "token", (("eq", link.id),)),))
    ids: set[str] = set()
    for dictionary, body in asking.rows(query, "r.dict, r.body", 1):
        ensure_known(asking.conn, asking.codec, dictionary)
        for text in _items(loads(asking.codec.unpack("List", link.id, dictionary, body)[0])):
            target = reference.parse(text)
            if target.kind == "relative" and target.type == type:
                ids.add(target.id)
    if len(ids) > MOST:
        raise _too_wide("_list")
    return Reached(ids=tuple(sorted(ids)))


def _items(resource: dict[str, Any]) -> Sequence[str]:
    entries = resource.get("entry") or ()
    return [
        entry["item"]["reference"] for entry in entries if not entry.get("deleted") and "reference" in entry["item"]
    ]


def _too_wide(name: str, limit: int = 0) -> Refused:
    return Refused(rules.TOO_WIDE.at(Origin(field=name), name=name, limit=limit or MOST), status=400)
