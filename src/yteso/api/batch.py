"""batch: each entry of the Bundle is a request of its own, with its own rights, transaction and answer."""

from __future__ import annotations

from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any

from yteso.api.answer import bundle, json_response
from yteso.api.attached import infected_entries
from yteso.api.call import Call
from yteso.api.dispatch import dispatch
from yteso.api.entry import REASONS, entry_request
from yteso.api.headers import Prefer
from yteso.api.outcome import refusal_of
from yteso.api.room import Room
from yteso.base.errors import Refused
from yteso.base.http import Response
from yteso.fhir import json
from yteso.fhir.bundle import Entry, read_entries


def batch(call: Call, document: dict[str, Any]) -> Response:
    """A Bundle of type batch-response; entries are answered, and run, in the order they were asked.

    FHIR R4 §3.1.0.11.1 leaves the order open, because entries of one batch must not depend on each other.
    """
    entries, issues = read_entries(document)
    answers: dict[int, bytes] = {}
    infected = infected_entries(call, entries)
    room = Room(call)
    for entry in entries:
        refused = infected.get(entry.index)
        answers[entry.index] = _told(refusal_of(refused)) if refused else _answer(call, entry, room)
    for issue in issues:
        index = int(issue.origin.field.removeprefix("Bundle.entry[").partition("]")[0])
        answers[index] = _told(refusal_of(Refused(issue, status=400)))
    return json_response(200, bundle(b"batch-response", (), None, [answers[index] for index in sorted(answers)]))


def _answer(call: Call, entry: Entry, room: Room) -> bytes:
    prefer = call.prefer if call.prefer.returns else Prefer("minimal", call.prefer.strict)
    try:
        request = entry_request(call, entry)
        room.check()
        reads = request.method in ("GET", "HEAD")
        answer = dispatch(call.engine, request, call.who, prefer=prefer, document=None if reads else entry.resource)
        writes = not reads and "$" not in entry.url
        return room.take(_told(answer, is_outcome=writes and prefer.returns == "OperationOutcome"))
    except Exception as error:
        return _told(refusal_of(error))


def _told(response: Response, *, is_outcome: bool = False) -> bytes:
    """An answer as a bundle entry: its body is the resource when it went well, the outcome when it did not.

    `is_outcome`: the client preferred to be told of a write by an OperationOutcome.
    """
    body = response.body if isinstance(response.body, bytes) else b"".join(response.body)
    told = json.dumps(_head(response.status, response.headers))
    if not body:
        return b'{"response":%b}' % told
    if response.status < 400 and not is_outcome:
        return b'{"resource":%b,"response":%b}' % (body, told)
    return b'{"response":%b,"outcome":%b}}' % (told[:-1], body)


def _head(status: int, headers: Mapping[str, str]) -> dict[str, str]:
    head = {"status": f"{status} {REASONS.get(status, '')}".strip()}
    if "Location" in headers:
        head["location"] = headers["Location"]
    if "ETag" in headers:
        head["etag"] = headers["ETag"]
    if "Last-Modified" in headers:
        head["lastModified"] = parsedate_to_datetime(headers["Last-Modified"]).isoformat()
    return head
