"""What is written -> its sensitivity label and the facility that made it, on the row; content stays as it was sent.

Papers of a visit (notes, documents) tell in prose what its coded facts say: they take the labels of every fact of their
visit, written together (`mark`) or apart, before or after (`join_papers`). At night the rules' fingerprint is compared;
other rules label everything anew.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from yteso.base.clock import day_in_vietnam, system_clock
from yteso.db import Connection, Queries
from yteso.db.lock import hold
from yteso.fhir.json import loads
from yteso.fhir.reference import parse
from yteso.search.compartment import facts_within
from yteso.search.facts import references_to
from yteso.search.keys import number, token
from yteso.search.parameters import parameters_of
from yteso.search.query import Compartment
from yteso.search.sensitivity import Sensitivity, fingerprint, sensitivity
from yteso.search.side import hid
from yteso.standards.fhir_r4 import COMPARTMENTS, TYPE_NAME, TYPE_NUMBER
from yteso.store.codec import Codec
from yteso.store.dictionaries import ensure_known
from yteso.store.rows import Indexed, Key, Row

SQL = Queries.beside(__file__)
PAPERS = frozenset(
    TYPE_NUMBER[name] for name in ("Composition", "DocumentReference", "ClinicalImpression", "Media", "Provenance")
)
"""Numbers of the types that tell in prose what a visit found, or where it came from, and so that there is something."""
ALL = "*"
"""The id of the task that labels everything anew."""
MOST_HELD = 16
"""Visits of one write that others wait for; a piece of an import has thousands."""
_ENCOUNTER = TYPE_NUMBER["Encounter"]
_Visit = tuple[int, str]
"""The patient's number and the id of the Encounter."""
_OF_VISITS = sorted(COMPARTMENTS["Encounter"].keys() - {TYPE_NAME[one] for one in PAPERS})


def mark(rows: Sequence[Indexed], facility: str) -> None:
    """Set label and maker of rows that are written together for somebody of this facility ("" when of none)."""
    rules = sensitivity(day_in_vietnam(system_clock()))
    found: dict[str, int] = {}
    papers: list[tuple[Row, str]] = []
    for row, index in rows:
        row.label = rules.labels_in(row.resource) if rules.suspects(TYPE_NAME[row.key[1]], row.text) else 0
        row.maker = index.source or facility
        if row.label or row.key[1] in PAPERS:
            for visit in _visits(row.resource):
                found[visit] = found.get(visit, 0) | row.label
                if row.key[1] in PAPERS:
                    papers.append((row, visit))
    for row, visit in papers:
        row.label |= found[visit]


def join_papers(conn: Connection, rows: Sequence[Indexed], fresh: Collection[Key]) -> None:
    """What a visit's papers and facts are to each other when they are written apart; `rows` are marked.

    Nothing is looked for of a visit that is new with them (`fresh`). Who writes of one visit at the same time waits, so
    that neither misses the other; only pieces of an import, of many visits, do not (`mend_papers`).
    """
    papers, grown = _of_visits(rows)
    new = {id for _, type, id in fresh if type == _ENCOUNTER}
    visits = {visit for visit in papers.keys() | grown.keys() if visit[1] not in new}
    if 0 < len(visits) <= MOST_HELD:
        hold(conn, *(f"papers:{id}" for _, id in visits))
    if written := {visit: papers[visit] for visit in visits & papers.keys()}:
        _take(conn, written, {(key[0], key[1], hid(key[2])) for key in (row.key for row, _ in rows)})
    for visit in sorted(visits & grown.keys()):
        _give(conn, visit, grown[visit])


def mark_past(conn: Connection, codec: Codec, names: Mapping[str, Any]) -> None:
    """To past versions of a stretch of keys, also of what is deleted: the labels that today's rules add (ADR 55).

    None is taken from them: a version stays as sensitive as it was.
    """
    rules = sensitivity(day_in_vietnam(system_clock()))
    grown: list[tuple[Any, ...]] = []
    with conn.cursor(name="past") as cursor:
        cursor.itersize = 500
        cursor.execute(SQL["fetch_past"], names)
        for shard, type, id, version, label, dictionary, body in cursor:
            ensure_known(conn, codec, dictionary)
            text, _ = codec.unpack(TYPE_NAME[type], id, dictionary, body)
            more = rules.labels(text, loads(text))
            if more & ~label:
                grown.append((shard, type, id, version, more))
    if grown:
        conn.execute(SQL["label_past"], [list(column) for column in zip(*grown, strict=True)])


def give_papers(conn: Connection, rows: Sequence[Indexed]) -> None:
    """To papers that are there: the labels of facts that are being labelled anew."""
    for visit, label in sorted(_of_visits(rows)[1].items()):
        _give(conn, visit, label)


def _of_visits(rows: Sequence[Indexed]) -> tuple[dict[_Visit, list[Row]], dict[_Visit, int]]:
    """The papers of each visit, with the labels of its facts among the rows, and those labels."""
    papers: dict[_Visit, list[Row]] = {}
    grown: dict[_Visit, int] = {}
    for row, index in rows:
        is_paper = row.key[1] in PAPERS
        if index.pat is None or not (is_paper or row.label):
            continue
        for id in _ids(row.resource):
            visit = number(index.pat), id
            if is_paper:
                papers.setdefault(visit, []).append(row)
            else:
                grown[visit] = grown.get(visit, 0) | row.label
    for visit in papers.keys() & grown.keys():
        for row in papers[visit]:
            row.label |= grown[visit]
    return papers, grown


def _take(conn: Connection, papers: Mapping[_Visit, Sequence[Row]], written: Collection[tuple[int, int, int]]) -> None:
    """To papers that are being written: the labels of what is there of their visits, and is not being written too."""
    patients = sorted({patient for patient, _ in papers})
    there: dict[int, list[tuple[Any, ...]]] = {}
    for patient, *key, label, tok in conn.execute(SQL["fetch_labelled"], (patients, sorted(PAPERS))):
        if tuple(key) not in written:
            there.setdefault(patient, []).append((*key[1:], label, tok))
    for (patient, id), rows in papers.items():
        if patient in there:
            label = _label_of(id, there[patient])
            for row in rows:
                row.label |= label


def _label_of(visit: str, facts: Iterable[tuple[Any, ...]]) -> int:
    """The labels of those facts (type, number of the id, label, tokens) that are the visit or belong to it."""
    tokens, own = set(_facts(visit, _OF_VISITS)), (_ENCOUNTER, hid(visit))
    found = 0
    for type, id, label, tok in facts:
        if (type, id) == own or not tokens.isdisjoint(tok):
            found |= label
    return found


def mend_papers(conn: Connection, codec: Codec, transactions: Sequence[int]) -> None:
    """To papers of these transactions, written side by side with the facts of their visits: the labels of those."""
    grown: dict[_Visit, int] = {}
    rows = conn.execute(SQL["fetch_facts_of_papers"], {"ts": list(transactions), "papers": sorted(PAPERS)}).fetchall()
    for patient, type, id, label, dictionary, body in rows:
        ensure_known(conn, codec, dictionary)
        for one in _ids(loads(codec.unpack(TYPE_NAME[type], id, dictionary, body)[0])):
            grown[patient, one] = grown.get((patient, one), 0) | label
    for visit, label in sorted(grown.items()):
        _give(conn, visit, label)


def _give(conn: Connection, visit: _Visit, label: int) -> None:
    """To papers that are there: the labels of what is being written."""
    patient, id = visit
    tok = _facts(id, (TYPE_NAME[one] for one in sorted(PAPERS)))
    conn.execute(SQL["label_papers"], {"label": label, "pat": patient, "papers": sorted(PAPERS), "tok": tok})


def _facts(visit: str, types: Iterable[str]) -> list[int]:
    """The tokens by which resources of these types belong to the visit."""
    whole = Compartment("Encounter", visit)
    facts = [fact for type in types for fact in facts_within(whole, type)]
    facts += references_to("Provenance", parameters_of("Provenance")["target"], "Encounter", [visit])
    return [number(token(fact)) for fact in facts]


def _ids(resource: Mapping[str, Any]) -> set[str]:
    """Ids of the visits it belongs to."""
    targets = (parse(one) for one in _visits(resource))
    return {target.id for target in targets if (target.kind, target.type) == ("relative", "Encounter")}


def _visits(resource: Mapping[str, Any]) -> Iterable[str]:
    """The visit a fact belongs to, as it names it; an Encounter is its own, and where it came from tells of it."""
    if resource["resourceType"] == "Encounter":
        yield f"Encounter/{resource['id']}"
    for name in ("encounter", "context", "target"):
        named = resource.get(name)
        inner = named.get("encounter") if isinstance(named, dict) else named
        for one in (named, *(inner if isinstance(inner, list) else ())):
            if isinstance(one, dict) and isinstance(one.get("reference"), str):
                yield one["reference"]


def rules_in_force(conn: Connection, now: datetime) -> Sensitivity | None:
    """The rules by which everything present is labelled now; None while it is being labelled anew."""
    today = day_in_vietnam(now)
    row = conn.execute(SQL["is_labelled"], (fingerprint(today),)).fetchone()
    return sensitivity(today) if row is not None and row[0] else None


def is_labelled(
    rules: Sensitivity, type: int, text: bytes, resource: Mapping[str, Any], label: int, *, past: bool
) -> bool:
    """Whether a version has the labels of its content. A paper may have more, of its visit; a past one, of its time."""
    own = rules.labels(text, resource)
    return own & ~label == 0 if past or type in PAPERS else own == label


def renew(conn: Connection, now: datetime) -> bool:
    """Nightly: when other rules are in force than those of the record's labels, label it anew, in the background."""
    fresh = fingerprint(day_in_vietnam(now))
    changed = conn.execute(SQL["note_labelling"], (fresh,)).fetchone() is not None
    if changed:
        conn.execute(SQL["label_anew"])
    return changed
