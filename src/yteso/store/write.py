"""Changes -> rows, all or nothing, inside the caller's transaction. The hot path: few statements, sets, no look-backs.

1. fetch what is there (one statement)   2. decide what each change does   3. lock what will be replaced, decide again
4. carry out (`apply.py`): one audit row per write, which gives number and time, and all rows

Several callers' writes may share the statements and the transaction; each still stands or falls alone, and has its own
audit row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from yteso.base.errors import Refused
from yteso.base.issue import Rule, Severity
from yteso.db import Connection, Queries
from yteso.search.keys import number
from yteso.search.row import IndexRow
from yteso.standards.fhir_r4 import TYPE_NAME, TYPE_NUMBER
from yteso.store import apply, audit, contexts, labels, search_parameters
from yteso.store.codec import Codec
from yteso.store.protocol import EXISTS, Made, Put, Transaction, VersionConflict, Writable, Write, Written
from yteso.store.rows import Key, Row, index_of, key_lists, key_of, row_of

SQL = Queries.beside(__file__)

Status = Literal["created", "updated", "unchanged", "deleted", "absent"]
_SAME_NUMBER = Rule(
    "FHIR-0303",
    Severity.ERROR,
    "Id này trùng số hiệu với một id khác đã có",
    "the id has the same number as another one that is there",
    "Chọn một id khác",
    "choose another id",
)
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""When something that was never there was last updated."""
_SEARCH_PARAMETER = TYPE_NUMBER["SearchParameter"]
_ACTION = {"created": "C", "updated": "U", "deleted": "D"}
_REPLACES = frozenset({"created", "updated", "deleted"})


@dataclass(frozen=True, slots=True)
class Present:
    """What is there now. `hash`: how that of its content begins; None for a tombstone."""

    version: int
    hash: bytes | None
    updated: datetime
    patient: int | None
    t: int


@dataclass(slots=True)
class Wish:
    """What the caller wants for one key; `row` is None to remove it. With `new` nothing can be there.

    `index`: where it was made before."""

    key: Key
    row: Row | None
    expected: int | None
    new: bool = False
    index: IndexRow | None = None


@dataclass(slots=True)
class _Plan:
    """One write on its way: what was asked in order, the wish that counts for each key, and what becomes of it."""

    write: Write
    asked: list[Wish]
    wishes: dict[Key, Wish]
    statuses: dict[Key, Status] = field(default_factory=dict)
    failure: VersionConflict | Refused | None = None
    done: Transaction | None = None

    def decide(self, present: Mapping[Key, Present]) -> None:
        """What each wish does to what is there; a version that is not the expected one ends the plan."""
        try:
            self.statuses = {key: _decide(wish, present.get(key)) for key, wish in self.wishes.items()}
        except VersionConflict as conflict:
            self.failure, self.statuses = conflict, {}

    @property
    def changes(self) -> bool:
        """Whether anything will not stay as it is."""
        return not _REPLACES.isdisjoint(self.statuses.values())

    def replaced(self, present: Mapping[Key, Present]) -> list[Key]:
        """Keys of what is there and will not stay as it is."""
        return [key for key, status in self.statuses.items() if key in present and status in _REPLACES]

    def created(self, present: Mapping[Key, Present]) -> list[Key]:
        """Keys of what was never there."""
        return [key for key, status in self.statuses.items() if status == "created" and key not in present]


def write(conn: Connection, codec: Codec, one: Write) -> Transaction:
    """See `protocol.Store.write`."""
    (done,) = write_together(conn, codec, [one])
    if isinstance(done, Transaction):
        return done
    raise done


def write_together(
    conn: Connection, codec: Codec, writes: Sequence[Write], *, ends: bool = False
) -> list[Transaction | VersionConflict | Refused]:
    """See `protocol.Store.write_together`. Of a write's changes to one resource the last one answers for all."""
    plans = [_plan(one) for one in writes]
    groups = _disjoint([plan for plan in plans if plan.failure is None])
    for group in groups:
        _write_group(conn, codec, group, ends=ends and group is groups[-1])
    return [_outcome(plan) for plan in plans]


def _plan(one: Write) -> _Plan:
    try:
        asked = [_wish(change) for change in one.changes]
    except Refused as refused:
        return _Plan(one, [], {}, failure=refused)
    wishes = {wish.key: wish for wish in asked}
    return _Plan(one, asked, {key: wishes[key] for key in sorted(wishes)})


def _wish(change: Writable) -> Wish:
    if isinstance(change, Put):
        row = row_of(change.resource, change.text)
        return Wish(row.key, row, change.expected, change.new)
    if isinstance(change, Made):
        return Wish(change.row.key, change.row, None, index=change.index)
    return Wish(key_of(change.type, change.id), None, change.expected)


def _disjoint(plans: Iterable[_Plan]) -> list[list[_Plan]]:
    """In their order, in groups within which no resource is written twice."""
    groups: list[list[_Plan]] = []
    met: set[Key] = set()
    for plan in plans:
        if not groups or not met.isdisjoint(plan.wishes):
            groups.append([])
            met = set()
        groups[-1].append(plan)
        met.update(plan.wishes)
    return groups


def _outcome(plan: _Plan) -> Transaction | VersionConflict | Refused:
    found = plan.failure or plan.done
    assert found is not None
    return found


def _write_group(conn: Connection, codec: Codec, plans: Sequence[_Plan], *, ends: bool) -> None:
    keys = [key for plan in plans for key, wish in plan.wishes.items() if not wish.new]
    if len(plans) > 1:
        keys.sort()
    present = _fetch(conn, "fetch_present", keys)
    for plan in plans:
        plan.decide(present)
    if replaced := sorted(key for plan in plans for key in plan.replaced(present)):
        present.update(_fetch(conn, "lock_present", replaced))
        for plan in plans:
            if plan.failure is None:
                plan.decide(present)
    changing = [plan for plan in plans if plan.changes]
    t, now = _carry_out(conn, codec, changing, present, ends=ends) if changing else (0, NEVER)
    for plan in plans:
        if plan.failure is None:
            changed = any(plan is one for one in changing)
            plan.done = Transaction(t if changed else 0, _answers(plan, present, now if changed else NEVER))


def _carry_out(
    conn: Connection, codec: Codec, plans: Sequence[_Plan], present: Mapping[Key, Present], *, ends: bool
) -> tuple[int, datetime]:
    fresh: list[tuple[Row, IndexRow]] = []
    renewed: list[tuple[Row, IndexRow]] = []
    removed: list[Key] = []
    notes: list[audit.Note] = []
    for plan in plans:
        created, replaced = plan.created(present), plan.replaced(present)
        begun = len(fresh), len(renewed)
        touched = {pat for key in replaced if (pat := present[key].patient) is not None}
        content: list[bytes] = []
        for keys, target in ((created, fresh), (replaced, renewed)):
            for key in keys:
                wish = plan.wishes[key]
                row = wish.row
                content.append(_leaf(key, row, present))
                if row is None:
                    removed.append(key)
                    continue
                index = wish.index or index_of(row)
                target.append((row, index))
                if index.pat:
                    touched.add(number(index.pat))
        written = [*fresh[begun[0] :], *renewed[begun[1] :]]
        touched |= contexts.patients(conn, written, [key for key in replaced if plan.wishes[key].row is None])
        labels.mark(written, plan.write.who.facility)
        action, what = _about(plan.statuses, (*created, *replaced))
        notes.append(audit.Note(plan.write.who, action, what, plan.write.detail, touched, b"".join(content)))
    labels.join_papers(conn, [*fresh, *renewed], {row.key for row, _ in fresh})
    if len(plans) > 1:  # locked and written in the order of keys, whoever asked
        fresh.sort(key=_key)
        renewed.sort(key=_key)
    old = {key: present[key].t for key in sorted([*(row.key for row, _ in renewed), *removed])}
    ends = ends and all(row.key[1] != _SEARCH_PARAMETER for row, _ in fresh)
    t, now = apply.carry_out(conn, codec, notes, fresh, renewed, old, ends=ends)
    _note_definitions(conn, [*fresh, *renewed], removed)
    return t, now


def _leaf(key: Key, row: Row | None, present: Mapping[Key, Present]) -> bytes:
    """The leaf of the version a change leaves."""
    _, type, id = key
    if row is None:
        return audit.removal_leaf(TYPE_NAME[type], id, present[key].version + 1, present[key].patient)
    return audit.leaf(TYPE_NAME[type], id, row.version, row.hash)


def _note_definitions(conn: Connection, written: Sequence[tuple[Row, IndexRow]], removed: Sequence[Key]) -> None:
    """What defines a search parameter is told to the index."""
    resources = [row.resource for row, _ in written if row.key[1] == _SEARCH_PARAMETER]
    gone = [id for _, type, id in removed if type == _SEARCH_PARAMETER]
    if resources or gone:
        search_parameters.note(conn, resources, gone)


def _key(pair: tuple[Row, IndexRow]) -> Key:
    return pair[0].key


def _fetch(conn: Connection, name: str, keys: Sequence[Key]) -> dict[Key, Present]:
    if not keys:
        return {}
    rows = conn.execute(SQL[name], key_lists(keys))
    found = {(shard, type, id): Present(*rest) for shard, type, id, *rest in rows}
    if not found.keys() <= set(keys):
        raise Refused(_SAME_NUMBER.at(), status=409)
    return found


def _decide(wish: Wish, present: Present | None) -> Status:
    """What the wish does to what is there. Raises VersionConflict."""
    exists = present is not None and present.hash is not None
    if wish.expected is not None:
        there = present.version if present is not None and exists else 0
        if wish.expected != there and not (exists and wish.expected == EXISTS):
            raise VersionConflict(TYPE_NAME[wish.key[1]], wish.key[2])
    if wish.row is None:
        return "deleted" if exists else "absent"
    if not exists:
        wish.row.version = present.version + 1 if present else 1
        return "created"
    assert present is not None
    assert present.hash is not None
    if wish.row.hash.startswith(present.hash):
        return "unchanged"
    wish.row.version = present.version + 1
    return "updated"


def _about(statuses: Mapping[Key, Status], keys: Sequence[Key]) -> tuple[str, str]:
    """(action, what) of the audit row: one resource by name, several by count (their rows carry the number t)."""
    actions = {_ACTION[statuses[key]] for key in keys}
    what = f"{TYPE_NAME[keys[0][1]]}/{keys[0][2]}" if len(keys) == 1 else f"{len(keys)} resources"
    return (actions.pop() if len(actions) == 1 else "U"), what


def _answers(plan: _Plan, present: Mapping[Key, Present], now: datetime) -> tuple[Written, ...]:
    """One answer per change, in their order."""
    return tuple(
        _answer(plan.wishes[wish.key], present.get(wish.key), plan.statuses[wish.key], now) for wish in plan.asked
    )


def _answer(wish: Wish, before: Present | None, status: Status, now: datetime) -> Written:
    _, type, id = wish.key
    version = before.version if before else 0
    if wish.row is not None:
        row = wish.row
        if status == "unchanged":
            now = before.updated if before else NEVER
        else:
            version = row.version
        return Written(TYPE_NAME[type], id, version, now, status, row.text, row.offset)
    if status == "deleted":
        return Written(TYPE_NAME[type], id, version + 1, now, status)
    return Written(TYPE_NAME[type], id, version, before.updated if before else NEVER, status)
