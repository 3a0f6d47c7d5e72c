"""Stored bytes -> the bytes of an answer. Bodies are spliced, never parsed: what was stored is what is sent. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec

from yteso.api import rules
from yteso.api.call import Call
from yteso.api.formats import FHIR_JSON
from yteso.api.headers import etag, version_headers
from yteso.api.outcome import operation_outcome
from yteso.base.http import Response
from yteso.base.issue import Issue
from yteso.fhir import json
from yteso.store.labelled import labelled
from yteso.store.protocol import Stored, Written


@dataclass(frozen=True, slots=True)
class Link:
    """One link of a Bundle: its relation (`self`, `next`) and its address."""

    relation: str
    url: str


def json_response(status: int, body: bytes, headers: dict[str, str] | None = None) -> Response:
    """An answer with a JSON body. A record is never kept by a cache on the way."""
    return Response(status, body, {"Content-Type": FHIR_JSON, "Cache-Control": "private, no-store", **(headers or {})})


def location(call: Call, type: str, id: str, version: int) -> str:
    """The address of one version."""
    return f"{call.base}/{type}/{id}/_history/{version}"


def written_response(call: Call, written: Written, body: bytes) -> Response:
    """The answer to a create or update. `Prefer: return` chooses its body; without it the resource comes back."""
    created = written.status == "created"
    headers = version_headers(written.version, written.updated)
    headers["Location"] = location(call, written.type, written.id, written.version)
    if call.prefer.returns == "minimal":
        return Response(201 if created else 200, b"", headers)
    if call.prefer.returns == "OperationOutcome":
        body = json.dumps(operation_outcome([rules.DONE.at(), *call.findings], 200))
    return json_response(201 if created else 200, body, headers)


def searchset(
    call: Call,
    matches: Sequence[Stored],
    included: Sequence[Stored] = (),
    *,
    links: Iterable[Link] = (),
    total: int | None = None,
    issues: Sequence[Issue] = (),
) -> bytes:
    """A Bundle of type searchset (FHIR R4 §3.1.1.5)."""
    entries = [_searched(call, stored, b"match") for stored in matches]
    entries += [_searched(call, stored, b"include") for stored in included]
    if issues:
        outcome = json.dumps(operation_outcome(issues, 200))
        entries.append(b'{"resource":%b,"search":{"mode":"outcome"}}' % outcome)
    return bundle(b"searchset", links, total, entries)


def historyset(call: Call, versions: Sequence[Stored], links: Iterable[Link], total: int | None) -> bytes:
    """A Bundle of type history, newest first (FHIR R4 §3.1.0.10)."""
    return bundle(b"history", links, total, [_past(call, stored) for stored in versions])


def bundle(kind: bytes, links: Iterable[Link], total: int | None, entries: Sequence[bytes]) -> bytes:
    """The Bundle around ready-made entries."""
    parts = [b'{"resourceType":"Bundle","type":"', kind, b'"']
    if total is not None:
        parts.append(b',"total":%d' % total)
    named = [b'{"relation":%b,"url":%b}' % (json.dumps(link.relation), json.dumps(link.url)) for link in links]
    if named:
        parts += [b',"link":[', b",".join(named), b"]"]
    if entries:
        parts += [b',"entry":[', b",".join(entries), b"]"]
    parts.append(b"}")
    return b"".join(parts)


def pretty(body: bytes) -> bytes:
    """The same JSON with line breaks; numbers keep their digits."""
    return msgspec.json.format(body, indent=2)


def _searched(call: Call, stored: Stored, mode: bytes) -> bytes:
    address = json.dumps(f"{call.base}/{stored.type}/{stored.id}")
    return b'{"fullUrl":%b,"resource":%b,"search":{"mode":"%b"}}' % (address, labelled(stored), mode)


def _past(call: Call, stored: Stored) -> bytes:
    """A first version was created, by POST or by PUT: both are told as PUT to its own address, which repeats it."""
    key = f"{stored.type}/{stored.id}"
    method, status = ("DELETE", "204 No Content") if stored.deleted else ("PUT", "200 OK")
    if stored.version == 1:
        status = "201 Created"
    told = {
        "request": {"method": method, "url": key},
        "response": {"status": status, "etag": etag(stored.version), "lastModified": stored.updated.isoformat()},
    }
    resource = b"" if stored.deleted else b'"resource":%b,' % labelled(stored)
    return b'{"fullUrl":%b,%b%b' % (json.dumps(f"{call.base}/{key}"), resource, json.dumps(told)[1:])
