"""Which resource each writing step of a transaction means: its id, found or given, and the version it needs.

Decided under the lock of the criteria, within the caller's rights, before anything is written. Two steps that mean
one resource are refused: they have no order between them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from yteso.access.policy import Interaction
from yteso.api import rules
from yteso.api.call import Call
from yteso.api.condition import find_one, hold_criteria
from yteso.api.headers import refuse_expected
from yteso.api.plan import WRITES, Step, refused_at
from yteso.api.room import Room
from yteso.api.update import chosen_id, needed_version
from yteso.base.errors import Refused
from yteso.base.ids import random_id, shard_of
from yteso.base.issue import Origin
from yteso.db import Connection
from yteso.fhir.reference import parse
from yteso.store.protocol import Stored, VersionConflict


@dataclass(frozen=True, slots=True)
class Target:
    """`found` is what the criteria met. A delete whose criteria met nothing has no id. `new`: the id is made here."""

    id: str
    expected: int | None = None
    found: Stored | None = None
    new: bool = False


def targets_of(call: Call, conn: Connection, steps: Sequence[Step], room: Room) -> dict[int, Target]:
    """The target of every writing step, by the entry's place. New ids share the shard of the Bundle's patient."""
    writing = [step for step in steps if step.interaction in WRITES]
    hold_criteria(conn, *(step.query for step in writing if step.query is not None))
    patient = _patient_of(steps)
    shard = shard_of(patient or random_id())
    removed = {(step.type, step.id) for step in writing if step.interaction is Interaction.DELETE and step.id}
    targets: dict[int, Target] = {}
    for step in writing:
        try:
            if step.query is not None:
                room.check()
            target = _target(call, conn, step, shard, removed)
        except VersionConflict as conflict:
            raise refused_at(f"{step.place}.request", conflict) from conflict
        except Refused as refused:
            placed = [replace(issue, origin=Origin(field=_placed(step, issue.origin))) for issue in refused.issues]
            raise Refused(*placed, status=refused.status) from refused
        if step.interaction is Interaction.DELETE and target.id:
            removed.add((step.type, target.id))
        targets[step.index] = target
    _refuse_twins(writing, targets)
    return targets


def _target(call: Call, conn: Connection, step: Step, shard: int, removed: set[tuple[str, str]]) -> Target:
    if step.query is None:
        return Target(step.id or random_id(shard), step.expected, new=not step.id)
    deletes = step.interaction is Interaction.DELETE
    found = find_one(call, conn, step.query, () if deletes else removed)
    if step.interaction is Interaction.CREATE:
        return Target(found.id if found else random_id(shard), 0, found, new=found is None)
    if step.interaction is Interaction.UPDATE:
        assert step.resource is not None
        chosen = chosen_id(step.resource, found, "resource.", shard)
        new = found is None and "id" not in step.resource
        return Target(chosen, needed_version(step.expected, found), found, new)
    if found is None and not deletes:
        raise Refused(rules.NOT_FOUND.at(type=step.type), status=404)
    if found is None:
        refuse_expected(step.expected)
    return Target(found.id if found else "", step.expected, found)


def _placed(step: Step, origin: Origin) -> str:
    return f"{step.place}.{origin.field}" if origin.field.startswith("resource") else f"{step.place}.request"


def _patient_of(steps: Iterable[Step]) -> str:
    """The id of the first patient the Bundle updates or refers to as already there; empty when there is none."""
    for step in steps:
        resource = step.resource or {}
        if step.type == "Patient" and step.id:
            return step.id
        for name in ("subject", "patient", "beneficiary"):
            holder = resource.get(name)
            target = parse(str(holder.get("reference", ""))) if isinstance(holder, dict) else None
            if target and target.kind == "relative" and target.type == "Patient":
                return target.id
    return ""


def _refuse_twins(steps: Iterable[Step], targets: Mapping[int, Target]) -> None:
    """Two steps that write one resource, or would create one under the same criteria."""
    seen: set[tuple[str, str]] = set()
    for step in steps:
        keys = set(_keys(step, targets[step.index]))
        if not keys.isdisjoint(seen):
            raise Refused(rules.SAME_TARGET.at(Origin(field=step.place)), status=400)
        seen |= keys


def _keys(step: Step, target: Target) -> Iterator[tuple[str, str]]:
    """What a step has to itself: the resource it writes, and the criteria under which it may create one."""
    creates = step.interaction is Interaction.CREATE
    if step.query is not None and (creates or step.interaction is Interaction.UPDATE):
        yield step.type, repr(step.query.conditions)
    if target.id and not (creates and step.query is not None):
        yield step.type, target.id
