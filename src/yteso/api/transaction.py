"""transaction: all entries of the Bundle or none, in one database transaction (FHIR R4 §3.1.0.11.2).

Order DELETE, POST, PUT, GET. Names that entries give each other (`urn:uuid:…`, the fullUrl) become the ids of the
record before anything is written; conditional creates and references are decided under a lock inside the transaction.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from yteso.access.policy import Interaction
from yteso.api import rules
from yteso.api.answer import bundle, json_response
from yteso.api.attached import refuse_infected
from yteso.api.body import Resource, make_local, with_id
from yteso.api.call import Call
from yteso.api.change import changed
from yteso.api.condition import find_one, read_criteria
from yteso.api.dispatch import dispatch
from yteso.api.entry import REASONS
from yteso.api.headers import etag
from yteso.api.names import named_in, names_of
from yteso.api.open_references import refuse_nameless
from yteso.api.outcome import operation_outcome
from yteso.api.plan import WRITES, Step, plan, refused_at
from yteso.api.profiles import judge_claims
from yteso.api.rights import as_sent, as_told, check_changes
from yteso.api.room import Room
from yteso.api.targets import Target, targets_of
from yteso.base.errors import Refused
from yteso.base.http import Response
from yteso.base.issue import Issue
from yteso.db import Connection
from yteso.fhir import json
from yteso.fhir.bundle import rewrite
from yteso.fhir.reference import parse, references
from yteso.store.protocol import Change, Put, Remove, Stored, VersionConflict, Written

_CONDITIONAL = re.compile(rb'"reference"\s*:\s*"(?:https?:[^"]*|[A-Za-z]+)(?:\?|\\u003[fF])')


def transaction(call: Call, document: Resource, raw: bytes) -> Response:
    """200 with a Bundle of type transaction-response; anything wrong with one entry refuses them all.

    Running rewrites the document in place, so that a second attempt, after a deadlock, reads the bytes again.
    """
    ready = [plan(call, document)]
    written = [(step.resource, f"{step.place}.resource") for step in ready[0] if step.resource is not None]
    refuse_infected(call, written)
    judge_claims(call, written)
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
    targets: dict[int, Target] = field(default_factory=dict)
    resolved: dict[str, str] = field(default_factory=dict)
    nameless: list[tuple[str, Resource]] = field(default_factory=list)
    room: Room = field(init=False)

    def answer(self) -> bytes:
        """Do everything and tell it, in the order of the Bundle's entries."""
        self.room = Room(self.call)
        self.targets = targets_of(self.call, self.conn, self.steps, self.room)
        changes = self._changes()
        asked = list(changes.values())
        whole = check_changes(self.call, self.conn, asked)
        written = self._written(dict(zip(changes, whole, strict=True)))
        as_sent(asked, list(written.values()), whole)
        answers = dict(self._told(written))
        for step in self.steps:
            if step.interaction not in WRITES:
                answers[step.index] = self._read(step)
        return bundle(b"transaction-response", (), None, [answers[index] for index in sorted(answers)])

    def _written(self, changes: Mapping[int, Change]) -> dict[int, Written]:
        """What became of each change. Refused (412), naming the entry whose version is not the expected one."""
        try:
            done = self.call.engine.store.write(self.conn, self.call.who, list(changes.values()), "transaction").written
        except VersionConflict as conflict:
            steps = {(step.type, self.targets[step.index].id): step for step in self.steps if step.index in changes}
            raise refused_at(f"{steps[conflict.key].place}.request", conflict) from conflict
        return dict(zip(changes, done, strict=True))

    def _changes(self) -> dict[int, Change]:
        """What is to be written; a create that found its resource writes nothing, a delete that found none neither."""
        names = names_of(self.steps, {index: target.id for index, target in self.targets.items()}, self.call.base)
        changes: dict[int, Change] = {}
        patched = [(step.type, self.targets[step.index].id) for step in self.steps if step.patch is not None]
        if patched:
            self.call.engine.store.lock(self.conn, patched)  # In one order for everybody, before any is read.
        for step in self.steps:
            target = self.targets.get(step.index)
            if target is None or not target.id or (step.interaction is Interaction.CREATE and target.found):
                continue
            if step.patch is not None:
                changes[step.index] = self._patched(step, target, names)
            elif step.resource is None:
                changes[step.index] = Remove(step.type, target.id, target.expected)
            else:
                self._link(step, step.resource, names)
                changes[step.index] = Put(with_id(step.resource, target.id), target.expected, new=target.new)
        refuse_nameless(self.nameless)
        return changes

    def _patched(self, step: Step, target: Target, names: Mapping[str, str]) -> Put:
        def change(resource: Resource) -> Resource:
            assert step.patch is not None
            result = step.patch(resource)
            self._link(step, result, names)
            return result

        place = f"{step.place}.resource"
        try:
            return changed(self.call, self.conn, (step.type, target.id), target.expected, change, place)
        except Refused as refused:
            raise refused_at(place, refused) from refused
        except VersionConflict as conflict:
            raise refused_at(f"{step.place}.request", conflict) from conflict

    def _link(self, step: Step, resource: Resource, names: Mapping[str, str]) -> None:
        """Make the resource's references real, in place."""
        if rewrite(resource, names):
            self.nameless.append((step.place, resource))
        if self.absolute:
            make_local(resource, self.call.base)
        if self.conditional:
            for holder in references(resource):
                if parse(holder["reference"]).kind == "conditional":
                    holder["reference"] = self._resolve(step, holder["reference"])

    def _resolve(self, step: Step, text: str) -> str:
        """The reference in the place of a conditional one (`Practitioner?identifier=…`): to what the record has, else
        to what the Bundle writes, for it is written first (FHIR R4 §3.1.0.11.2)."""
        if text not in self.resolved:
            kind, _, criteria = text.partition("?")
            try:
                self.room.check()
                query = read_criteria(self.call, kind, criteria)
                existing = find_one(self.call, self.conn, query)
                named = f"{kind}/{existing.id}" if existing else named_in(self.steps, self.targets, query)
                if not named:
                    raise Refused(rules.NO_MATCH.at(type=kind), status=412)
            except Refused as refused:
                raise refused_at(f"{step.place}.resource", refused) from refused
            self.resolved[text] = named
        return self.resolved[text]

    def _told(self, written: Mapping[int, Written]) -> Iterable[tuple[int, bytes]]:
        bodies: dict[tuple[str, str], Stored] = {}
        if self.call.prefer.returns == "representation":
            bodies = self.call.engine.store.peek(self.conn, [(done.type, done.id) for done in written.values()])
            bodies = {key: self._as_given(as_told(self.call, self.conn, one)) for key, one in bodies.items()}
        for index, done in written.items():
            stored = bodies.get((done.type, done.id))
            told = _response(done)
            if self.call.prefer.returns == "OperationOutcome":
                told["outcome"] = operation_outcome([rules.DONE.at(), *self._findings(index)], 200)
            yield index, _entry(told, stored.body if stored else b"")
        for index, target in self.targets.items():
            if index in written:
                continue
            existing = target.found
            if existing is None:
                yield index, _entry({"status": "204 No Content"}, b"")
                continue
            same = Written(existing.type, existing.id, existing.version, existing.updated, "unchanged")
            shown = self._as_given(existing).body if self.call.prefer.returns == "representation" else b""
            yield index, _entry(_response(same), shown)

    def _as_given(self, there: Stored) -> Stored:
        return self.call.engine.store.as_given(self.conn, self.call.who, [there])[0]

    def _findings(self, index: int) -> list[Issue]:
        place = f"Bundle.entry[{index}]."
        return [issue for issue in self.call.findings if issue.origin.field.startswith(place)]

    def _read(self, step: Step) -> bytes:
        assert step.request is not None
        try:
            self.room.check()
            response = dispatch(self.call.engine, step.request, self.call.who, prefer=self.call.prefer, conn=self.conn)
        except Refused as refused:
            raise refused_at(f"{step.place}.request", refused) from refused
        told = {"status": f"{response.status} {REASONS[response.status]}"}
        if "ETag" in response.headers:
            told["etag"] = response.headers["ETag"]
        body = response.body if isinstance(response.body, bytes) else b"".join(response.body)
        return self.room.take(_entry(told, body))


def _response(done: Written) -> dict[str, object]:
    code = {"created": 201, "updated": 200, "unchanged": 200, "deleted": 204, "absent": 204}[done.status]
    told: dict[str, object] = {"status": f"{code} {REASONS[code]}"}
    if done.status not in ("deleted", "absent"):
        told["location"] = f"{done.type}/{done.id}/_history/{done.version}"
    if done.status != "absent":
        told |= {"etag": etag(done.version), "lastModified": done.updated.isoformat()}
    return told


def _entry(told: Mapping[str, object], body: bytes) -> bytes:
    response = json.dumps(told)
    return b'{"resource":%b,"response":%b}' % (body, response) if body else b'{"response":%b}' % response
