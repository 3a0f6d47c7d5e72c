"""transaction: all entries of the Bundle or none, in one database transaction (FHIR R4 §3.1.0.11.2).

Order DELETE, POST, PUT, GET. Names that entries give each other (`urn:uuid:…`, the fullUrl) become the ids of the
record before anything is written; conditional creates and references are decided under a lock inside the transaction.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from yteso.api import rules
from yteso.api.answer import bundle, json_response
from yteso.api.body import Resource, make_local, with_id
from yteso.api.call import Call
from yteso.api.condition import find_one, hold_criteria, read_criteria
from yteso.api.dispatch import dispatch
from yteso.api.entry import REASONS
from yteso.api.headers import etag
from yteso.api.names import names_of, refuse_nameless
from yteso.api.outcome import operation_outcome
from yteso.api.plan import WRITES, Step, plan
from yteso.api.rights import check_changes
from yteso.base.errors import Refused
from yteso.base.http import Response
from yteso.base.ids import random_id, shard_of
from yteso.base.issue import Origin
from yteso.db import Connection
from yteso.fhir import json
from yteso.fhir.bundle import rewrite
from yteso.fhir.reference import parse, references
from yteso.store.protocol import Change, Put, Remove, Stored, Written

_CONDITIONAL = re.compile(rb'"reference"\s*:\s*"[A-Za-z]+\?')


def transaction(call: Call, document: Resource, raw: bytes) -> Response:
    """200 with a Bundle of type transaction-response; anything wrong with one entry refuses them all.

    Running rewrites the document in place, so that a second attempt, after a deadlock, reads the bytes again.
    """
    ready = [plan(call, document)]
    conditional = bool(_CONDITIONAL.search(raw))
    # A name in JSON may hide its slashes (`http:\/\/…`); then every resource is looked through.
    absolute = f"{call.base}/".encode() in raw or b"\\/" in raw

    def work(conn: Connection) -> bytes:
        steps = ready.pop() if ready else plan(call, json.loads(raw))
        return _Run(call, conn, steps, conditional, absolute).answer()

    return json_response(200, call.attempt(work))


@dataclass(slots=True)
class _Run:
    """One attempt at the steps, on one connection. The flags say whether such references may be there at all."""

    call: Call
    conn: Connection
    steps: Sequence[Step]
    conditional: bool
    absolute: bool
    found: dict[int, Stored] = field(default_factory=dict)

    def answer(self) -> bytes:
        """Do everything and tell it, in the order of the Bundle's entries."""
        self._find_existing()
        ids = self._ids()
        changes = self._changes(ids)
        _refuse_twins(self.steps, ids)
        check_changes(self.call, self.conn, list(changes.values()))
        written = self.call.engine.store.write(self.conn, self.call.who, list(changes.values()), "transaction").written
        answers = dict(self._told(dict(zip(changes, written, strict=True))))
        for step in self.steps:
            if step.interaction not in WRITES:
                answers[step.index] = self._read(step)
        return bundle(b"transaction-response", (), None, [answers[index] for index in sorted(answers)])

    def _find_existing(self) -> None:
        queries = {
            step.index: read_criteria(self.call, step.type, step.condition) for step in self.steps if step.condition
        }
        hold_criteria(self.conn, *queries.values())
        for index, query in queries.items():
            if existing := find_one(self.call, self.conn, query):
                self.found[index] = existing

    def _ids(self) -> dict[int, str]:
        """The id of each written entry. New ones share the shard of the Bundle's patient, if it names one."""
        patient = _patient_of(self.steps)
        shard = shard_of(patient) if patient else shard_of(random_id())
        ids = {step.index: step.id or random_id(shard) for step in self.steps if step.interaction in WRITES}
        return ids | {index: existing.id for index, existing in self.found.items()}

    def _changes(self, ids: Mapping[int, str]) -> dict[int, Change]:
        names = names_of(self.steps, ids, self.call.base)
        changes: dict[int, Change] = {}
        for step in self.steps:
            if step.index in self.found or step.interaction not in WRITES:
                continue
            if step.resource is None:
                changes[step.index] = Remove(step.type, step.id, step.expected)
                continue
            rewrite(step.resource, names)
            if self.absolute:
                make_local(step.resource, self.call.base)
            if self.conditional:
                self._resolve(step)
            changes[step.index] = Put(with_id(step.resource, ids[step.index]), step.expected)
        refuse_nameless(step for step in self.steps if step.index in changes)
        return changes

    def _resolve(self, step: Step) -> None:
        """Put ids in the place of conditional references (`Practitioner?identifier=…`)."""
        for holder in references(step.resource):
            target = parse(holder["reference"])
            if target.kind != "conditional":
                continue
            query = read_criteria(self.call, target.type, target.text.partition("?")[2])
            existing = find_one(self.call, self.conn, query)
            if existing is None:
                place = Origin(field=f"Bundle.entry[{step.index}].resource")
                raise Refused(rules.NO_MATCH.at(place, type=target.type), status=412)
            holder["reference"] = f"{existing.type}/{existing.id}"

    def _told(self, written: Mapping[int, Written]) -> Iterable[tuple[int, bytes]]:
        bodies: dict[tuple[str, str], Stored] = {}
        if self.call.prefer.returns == "representation":
            bodies = self.call.engine.store.peek(self.conn, [(done.type, done.id) for done in written.values()])
        for index, done in written.items():
            stored = bodies.get((done.type, done.id))
            told = _response(done, with_outcome=self.call.prefer.returns == "OperationOutcome")
            yield index, _entry(told, stored.body if stored else b"")
        for index, existing in self.found.items():
            same = Written(existing.type, existing.id, existing.version, existing.updated, "unchanged")
            shown = existing.body if self.call.prefer.returns == "representation" else b""
            yield index, _entry(_response(same), shown)

    def _read(self, step: Step) -> bytes:
        response = dispatch(self.call.engine, step.request, self.call.who, prefer=self.call.prefer, conn=self.conn)
        told = {"status": f"{response.status} {REASONS[response.status]}"}
        if "ETag" in response.headers:
            told["etag"] = response.headers["ETag"]
        return _entry(told, response.body if isinstance(response.body, bytes) else b"".join(response.body))


def _patient_of(steps: Sequence[Step]) -> str:
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


def _refuse_twins(steps: Sequence[Step], ids: Mapping[int, str]) -> None:
    """Two entries that write one resource, or would create one under the same criteria, have no order between them."""
    seen: set[tuple[str, str]] = set()
    for step in steps:
        key = (step.type, "?" + step.condition if step.condition else ids.get(step.index, ""))
        if step.interaction in WRITES:
            if key in seen:
                raise Refused(rules.SAME_TARGET.at(Origin(field=f"Bundle.entry[{step.index}]")), status=400)
            seen.add(key)


def _response(done: Written, *, with_outcome: bool = False) -> dict[str, object]:
    code = {"created": 201, "updated": 200, "unchanged": 200, "deleted": 204, "absent": 204}[done.status]
    told: dict[str, object] = {"status": f"{code} {REASONS[code]}"}
    if done.status not in ("deleted", "absent"):
        told["location"] = f"{done.type}/{done.id}/_history/{done.version}"
    if done.status != "absent":
        told |= {"etag": etag(done.version), "lastModified": done.updated.isoformat()}
    if with_outcome:
        told["outcome"] = operation_outcome([rules.DONE.at()], 200)
    return told


def _entry(told: Mapping[str, object], body: bytes) -> bytes:
    response = json.dumps(told)
    return b'{"resource":%b,"response":%b}' % (body, response) if body else b'{"response":%b}' % response
