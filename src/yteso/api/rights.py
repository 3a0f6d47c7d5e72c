"""May this caller write exactly this? For callers bound to their patients: only what concerns patients in care.

The policy says which types a role may write; here the restriction of reading guards the content: what is overwritten
must be visible to the writer, and so must everything clinical the new content refers to. A resource that the same
request creates counts as visible, so that a first visit and its new patient can be written together.

Who is bound to patients gives no ids: under an id of their own choice, what is hidden and what was never there would
be told apart by the answer (and the ids of files are a function of their keys, which can be guessed).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from yteso.access.policy import PATIENT_TYPES, Interaction, require, restriction
from yteso.api import rules
from yteso.api.call import Call
from yteso.api.evidence import check_evidence
from yteso.api.service import check_service
from yteso.api.watching import check_watching, watches
from yteso.base.errors import Refused
from yteso.db import Connection
from yteso.fhir import json
from yteso.fhir.reference import parse, references
from yteso.store.codec import canonical
from yteso.store.protocol import Change, Put, Resource, Stored, Written
from yteso.store.unnamed import discreet, hidden_from, restored
from yteso.store.whose import whose

Key = tuple[str, str]


def check_changes(call: Call, conn: Connection, changes: Sequence[Change]) -> list[Change]:
    """The changes as they are to be written: with what the caller was not told is there (`store.unnamed`).

    Refused (403) when a change reaches a patient outside the caller's care. Free for unrestricted callers. Also when an
    app would subscribe to more than it may read.
    """
    check_watching(call.who, changes)
    bound = [change for change in changes if _is_bound(call, change)]
    if not bound:
        return list(changes)
    keys = [_key(change) for change in bound]
    visible = {_key(change) for change in changes if isinstance(change, Put) and change.new}
    for key in keys:
        _see(call, conn, key, visible)
    existing = call.engine.store.peek(conn, keys)
    for change in bound:
        if isinstance(change, Put):
            for key in _clinical_references(change.resource):
                _see(call, conn, key, visible)
    written = [change.resource for change in bound if isinstance(change, Put)]
    check_service(call, conn, written, existing)
    check_evidence(call, conn, written, existing)
    return [_whole(call, conn, change, existing.get(_key(change))) for change in changes]


def as_sent(asked: Sequence[Change], done: Sequence[Written], whole: Sequence[Change]) -> None:
    """What became of changes is told as it was sent, without what `check_changes` put back."""
    for sent, one, written in zip(asked, done, whole, strict=True):
        if isinstance(sent, Put) and written is not sent and one.text:
            one.text, one.offset = canonical(sent.resource)


def as_told(call: Call, conn: Connection, there: Stored) -> Stored:
    """What is there as the caller may be told of it."""
    limit = restriction(call.who, Interaction.READ, there.type)
    return discreet(conn, limit, [there], whose(conn, f"{there.type}/{there.id}"))[0] if limit is not None else there


def _whole(call: Call, conn: Connection, change: Change, there: Stored | None) -> Change:
    """The change with what its resource says already about what is hidden from the caller."""
    if not isinstance(change, Put) or there is None or there.deleted:
        return change
    limit = require(call.who, Interaction.READ, there.type)
    hidden = hidden_from(conn, limit, [there.body], whose(conn, f"{there.type}/{there.id}"))
    if not hidden:
        return change
    return replace(change, resource=restored(json.loads(there.body), change.resource, hidden), text=b"")


def is_free(call: Call, change: Change) -> bool:
    """True when `check_changes` has nothing to look at."""
    return not _is_bound(call, change) and not watches(call.who, change)


def _is_bound(call: Call, change: Change) -> bool:
    """The right is that of the change itself: inside a Bundle the call's own right is only that of the envelope."""
    if isinstance(change, Put):
        interaction = Interaction.CREATE if change.expected == 0 else Interaction.UPDATE
        limit = require(call.who, interaction, change.resource["resourceType"])
    else:
        limit = require(call.who, Interaction.DELETE, change.type)
    return limit.is_bound


def _see(call: Call, conn: Connection, key: Key, visible: set[Key]) -> None:
    if key in visible:
        return
    limit = require(call.who, Interaction.READ, key[0])
    if call.engine.store.read(conn, call.who, limit, *key) is None:
        raise Refused(rules.HIDDEN.at(type=key[0]), status=403, about="/".join(key))
    visible.add(key)


def _clinical_references(resource: Resource) -> Iterator[Key]:
    """What the resource says about patients. A clinical resource that names none here would be in nobody's care."""
    targets = [parse(holder["reference"]) for holder in references(resource)]
    kind = resource["resourceType"]
    owners = PATIENT_TYPES if kind == "Binary" else {"Patient"}  # What a file's context is of, it is of.
    if kind != "Patient" and not any(target.type in owners and target.kind == "relative" for target in targets):
        raise Refused(rules.NO_PATIENT.at(type=kind), status=403)
    yield from {(target.type, target.id) for target in targets if target.type in PATIENT_TYPES}


def _key(change: Change) -> Key:
    if isinstance(change, Put):
        return change.resource["resourceType"], change.resource["id"]
    return change.type, change.id
