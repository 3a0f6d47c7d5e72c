"""Steps 8–11 of the walk for a batch of visits, in the caller's transaction: who, which version, write, results.

All or nothing: when this returns, the caller commits resources, what is held, per-visit results, issues and the files'
progress together. Locks are taken in one order (visits, then persons), so walkers never wait in a circle.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from yteso.access.principal import Principal, Role
from yteso.base.issue import Issue, Origin, Rule, Severity
from yteso.db import Connection, Queries
from yteso.exchange import rules
from yteso.exchange.adapters.bhyt.map import Mapped, own_resources, own_texts, provenance
from yteso.exchange.held import Held, Key, lock_and_fetch, pack, save_held, unpack
from yteso.exchange.prepare import Prepared
from yteso.fhir import json
from yteso.identity import Asked, Decider, Decision, first_floor, resolve
from yteso.identity.merge import merge_patient
from yteso.store.protocol import Change, Put, Remove, Resource, Store, Transaction, Write

SQL = Queries.beside(__file__)
_Account = tuple[str, str]
"""A facility and the account it sent by."""
MOST_ISSUES = 999
"""Issues kept per visit; all are counted."""


@dataclass(slots=True)
class Outcome:
    """What becomes of one visit in this transaction."""

    step: Prepared
    state: str
    patient: str = ""
    resources: tuple[tuple[str, str], ...] = ()
    changed: bool = False
    extra: tuple[Issue, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """What this transaction does of one file: its steps, and whether it ends with them."""

    steps: Sequence[Prepared]
    finished: bool


class Settler:
    """Settles batches; remembers which facility-level resources exist, so that they are not written again and again."""

    def __init__(self, store: Store, decider: Decider = first_floor) -> None:
        self._store = store
        self._decider = decider
        self._directory: set[tuple[str, str]] = set()
        self._pending: set[tuple[str, str]] = set()

    def settle(self, conn: Connection, parts: Sequence[Part]) -> bool:
        """Everything of these parts, not committed yet; True when the record changed. No key may be there twice."""
        self._pending = set()
        outcomes = [Outcome(step, _first_state(step)) for part in parts for step in part.steps]
        ready = [one for one in outcomes if one.step.mapped is not None]
        done = Transaction(0, ())
        if ready:
            done = self._store_visits(conn, ready)
        _save_results(conn, outcomes, done.t)
        _save_progress(conn, parts, outcomes)
        return bool(done.t)

    def committed(self) -> None:
        """The transaction of the last `settle` was committed."""
        self._directory |= self._pending

    def _store_visits(self, conn: Connection, ready: Sequence[Outcome]) -> Transaction:
        held = lock_and_fetch(conn, [one.step.key for one in ready])
        fresh = [one for one in ready if _compare(one, held.get(one.step.key))]
        versions = [_again(one, held[one.step.key]) for one in ready if one.state == "unchanged"]
        done = Transaction(0, ())
        if fresh:
            done = self._write(conn, self._writes(conn, fresh, held))
            versions += [_version(one) for one in fresh]
        save_held(conn, versions)
        return done

    def _write(self, conn: Connection, writes: Sequence[Write]) -> Transaction:
        """All of them or none. Raises what the data say against one."""
        t = 0
        for done in self._store.write_together(conn, writes):
            if not isinstance(done, Transaction):
                raise done
            t = max(t, done.t)
        return Transaction(t, ())

    def _writes(self, conn: Connection, fresh: Sequence[Outcome], held: dict[Key, Held]) -> list[Write]:
        """What is to be written, by who sent it: each has its own audit row, which names facility and account."""
        decisions = resolve(conn, [_asked(_mapped(one)) for one in fresh], self._decider)
        people = self._people(conn, fresh, decisions)
        directory = self._new_directory(conn, fresh)
        changes: defaultdict[_Account, list[Change]] = defaultdict(list)
        for by, resource in (*directory, *people):
            changes[by].append(Put(resource))
        for one, decision in zip(fresh, decisions, strict=True):
            one.patient = decision.patient_id
            if decision.doubt:
                one.extra += (rules.DOUBTFUL_PERSON.at(Origin(one.step.work.name, "XML1", 1)),)
            own = _own_resources(one, decision.patient_id)
            one.resources = tuple((put.resource["resourceType"], put.resource["id"]) for put in own)
            changes[_account(one)] += [*own, *_vanished(one, held.get(one.step.key))]
        return [Write(_intake(by), own, _detail(fresh, by)) for by, own in changes.items()]

    def _people(
        self, conn: Connection, fresh: Sequence[Outcome], decisions: Sequence[Decision]
    ) -> Iterable[tuple[_Account, Resource]]:
        """Each person once, after all visits of the batch that tell of them; by the last that says more."""
        known = [("Patient", one.patient_id) for one in decisions if not one.new]
        stored = self._store.peek(conn, known) if known else {}
        people: dict[str, Resource] = {
            key[1]: json.loads(version.body) for key, version in stored.items() if not version.deleted
        }
        touched: dict[str, tuple[_Account, Resource]] = {}
        for one, decision in zip(fresh, decisions, strict=True):
            incoming = {**_mapped(one).patient, "id": decision.patient_id}
            current = people.get(decision.patient_id)
            merged = merge_patient(current, incoming, newest=decision.newest and not decision.doubt)
            if merged is not current:
                people[decision.patient_id] = merged
                touched[decision.patient_id] = (_account(one), merged)
        return touched.values()

    def _new_directory(self, conn: Connection, fresh: Sequence[Outcome]) -> list[tuple[_Account, Resource]]:
        """Organizations, Practitioners and Locations that are not there yet, by the first sender to name them.

        What is there is never overwritten.
        """
        named: dict[tuple[str, str], tuple[_Account, Resource]] = {}
        for one in fresh:
            for resource in _mapped(one).directory:
                key = (resource["resourceType"], resource["id"])
                if key not in self._directory:
                    named.setdefault(key, (_account(one), resource))
        if not named:
            return []
        there = self._store.peek(conn, sorted(named))
        self._pending |= named.keys()
        return [found for key, found in sorted(named.items(), key=lambda item: item[0]) if key not in there]


def _first_state(step: Prepared) -> str:
    return "failed" if step.failed else "quarantined" if step.mapped is None else "accepted"


def _compare(one: Outcome, held: Held | None) -> bool:
    """True when the visit must be written; else its state says why not."""
    if held is None:
        return True
    if one.step.order < held.order:
        one.state, one.patient = "outdated", held.patient
        one.extra += (rules.OUTDATED.at(Origin(one.step.work.name)),)
        return False
    if one.step.digest == held.digest:
        one.state, one.patient = "unchanged", held.patient
        return False
    return True


def _mapped(one: Outcome) -> Mapped:
    assert one.step.mapped is not None
    return one.step.mapped


def _asked(mapped: Mapped) -> Asked:
    encounter = mapped.resources[0]
    return Asked(mapped.claim, f"{mapped.facility}/{mapped.ma_lk}", encounter.get("period", {}).get("start", ""))


def _own_resources(one: Outcome, patient_id: str) -> list[Put]:
    """The visit's own resources for that person, and its Provenance."""
    mapped, work = _mapped(one), one.step.work
    resources, texts = own_resources(mapped, patient_id), own_texts(mapped, one.step.texts, patient_id)
    own = [Put(resource, text=text) for resource, text in zip(resources, texts, strict=True)]
    return [*own, Put(provenance(mapped, patient_id, work.id, work.sha256, work.received))]


def _vanished(one: Outcome, before: Held | None) -> list[Change]:
    """What the version before said and this one does not. Its Provenance stays: it tells of the history."""
    if before is None:
        return []
    gone = unpack(before.resources) - set(one.resources)
    return [Remove(*reference) for reference in sorted(gone) if reference[0] != "Provenance"]


def _version(one: Outcome) -> Held:
    step = one.step
    facility, ma_lk = step.key
    rank = 0 if _mapped(one).arrival else 1
    work = step.work
    packed = pack(one.resources)
    return Held(
        facility, ma_lk, rank, work.received, work.seq, step.position, work.id, one.patient, step.digest, packed
    )


def _again(one: Outcome, before: Held) -> Held:
    """The same content from a newer file: only the order moves on."""
    work = one.step.work
    return replace(before, received=work.received, seq=work.seq, pos=one.step.position)


def _account(one: Outcome) -> _Account:
    return one.step.work.facility, one.step.work.sender


def _intake(by: _Account) -> Principal:
    """The platform's own hand for a facility, which sent it by that account."""
    facility, account = by
    return Principal("intake", Role.SYSTEM, facility, "HOPERAT", client=account)


def _detail(fresh: Sequence[Outcome], by: _Account) -> str:
    """The files of that account, by which a row is traced to what was sent."""
    return "intake " + " ".join(dict.fromkeys(one.step.work.id for one in fresh if _account(one) == by))


# -- results ----------------------------------------------------------------------------------------------------------


def _save_results(conn: Connection, outcomes: Sequence[Outcome], t: int) -> None:
    visits = [one for one in outcomes if one.step.position]
    if visits:
        with conn.cursor().copy(SQL["copy_visits"]) as copy:
            for one in visits:
                step, changed = one.step, t if one.state == "accepted" else 0
                key = (step.work.shard, step.work.id, step.position, step.ma_lk, step.facility)
                copy.write_row((*key, one.state, changed, one.patient or None, len(one.resources)))
    if any(one.step.issues or one.extra for one in outcomes):
        with conn.cursor().copy(SQL["copy_issues"]) as copy:
            for one in outcomes:
                for place, issue in enumerate((*one.extra, *one.step.issues)[:MOST_ISSUES]):
                    copy.write_row(_issue_row(one.step, place, issue))


def _issue_row(step: Prepared, place: int, issue: Issue) -> tuple[object, ...]:
    origin = issue.origin
    key = (step.work.shard, step.work.id, step.item * 1000 + place, step.position, issue.code, issue.severity.value)
    return (*key, step.ma_lk, origin.table, origin.row, origin.field, _own_texts(issue))


def _own_texts(issue: Issue) -> list[str] | None:
    """The texts when they are not simply those of the rule."""
    rule = Rule.registry.get(issue.code)
    texts = [issue.text, issue.text_en, issue.fix, issue.fix_en]
    return None if rule and texts == [rule.text, rule.text_en, rule.fix, rule.fix_en] else texts


def _save_progress(conn: Connection, parts: Sequence[Part], outcomes: Sequence[Outcome]) -> None:
    by_file: defaultdict[str, list[Outcome]] = defaultdict(list)
    for one in outcomes:
        by_file[one.step.work.id].append(one)
    rows = [_progress_row(part, by_file[part.steps[0].work.id]) for part in parts if part.steps]
    if rows:
        conn.execute(SQL["save_progress"], [list(column) for column in zip(*rows, strict=True)])


def _progress_row(part: Part, outcomes: Sequence[Outcome]) -> tuple[object, ...]:
    work = part.steps[0].work
    states = Counter(one.state for one in outcomes if one.step.position)
    severities = Counter(issue.severity for one in outcomes for issue in (*one.extra, *one.step.issues))
    return (
        work.shard,
        work.id,
        part.finished,
        next((step.signature for step in part.steps if step.signature), ""),
        part.steps[-1].item,
        states.total(),
        *(states[name] for name in ("accepted", "unchanged", "outdated", "quarantined", "failed")),
        severities[Severity.ERROR] + severities[Severity.FATAL],
        severities[Severity.WARNING],
        severities[Severity.INFORMATION],
    )
