"""A bulk job's own addresses: how it stands, its files, taking it back (Bulk Data Access IG 2.0, status request).

Only who asked for the job finds it, by an app with no fewer scopes; for everybody else there is nothing (404). Files
are streamed from disk, compressed on the way when the client can take gzip.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from datetime import datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from yteso.api.answer import json_response
from yteso.api.call import Call
from yteso.base.errors import Refused
from yteso.base.http import Response
from yteso.base.ids import SHARDS
from yteso.db import Connection
from yteso.fhir import json
from yteso.fhir.dates import instant
from yteso.store.bulk import rules
from yteso.store.bulk.desk import BulkDesk
from yteso.store.bulk.job import File, Job

PLACE = "_bulk"
NDJSON = "application/fhir+ndjson"
_POLL_SECONDS = 2
_HELD_SECONDS = 60
_PIECE = 256 * 1024
_GZIP = 16 + zlib.MAX_WBITS
_FAST = 1


def desk_of(call: Call) -> BulkDesk:
    """Where jobs are; Refused (404, BULK-0013) on a server without a home."""
    if call.engine.bulk is None:
        raise Refused(rules.NO_ROOM.at(), status=404)
    return call.engine.bulk


def accepted(call: Call, id: str) -> Response:
    """202: the job is taken, and this is where it can be looked at."""
    return Response(202, b"", {"Content-Location": f"{call.base}/{PLACE}/{id}", "Cache-Control": "no-store"})


def bulk_status(call: Call) -> Response:
    """202 while it waits or runs, 200 with the manifest, 403 when it was not approved, 422 when it failed."""
    desk = desk_of(call)
    with call.connection() as conn:
        found = desk.find(conn, call.who, call.id)
        if found is None:
            raise _absent()
        job, files = found
        if job.state == "held":
            headers = {"X-Progress": "waiting for a second person's approval", "Retry-After": str(_HELD_SECONDS)}
            return Response(202, b"", {**headers, "Cache-Control": "no-store"})
        if job.state == "refused":
            raise Refused(rules.NOT_APPROVED.at(), status=403)
        if job.state == "waiting":
            headers = {"X-Progress": _progress(desk, conn, job), "Retry-After": str(_POLL_SECONDS)}
            return Response(202, b"", {**headers, "Cache-Control": "no-store"})
        if job.state != "done":
            raise Refused(rules.FAILED.at(), status=422)
        body = json.dumps(_manifest(call, desk, conn, job, files))
    assert job.expires is not None
    headers = {"Content-Type": "application/json", "Expires": format_datetime(job.expires, usegmt=True)}
    return json_response(200, body, headers)


def bulk_cancel(call: Call) -> Response:
    """202: the job is gone with its files. What an import has written stays written."""
    desk = desk_of(call)
    with call.connection() as conn:
        if not desk.cancel(conn, call.who, call.id):
            raise _absent()
    desk.sweep_folder(call.id)
    return Response(202, b"", {"Cache-Control": "no-store"})


def bulk_file(call: Call) -> Response:
    """One file of a job that is done."""
    desk = desk_of(call)
    with call.connection() as conn:
        found = desk.file(conn, call.who, call.id, call.version)
    if found is None:
        raise _absent()
    file, path = found
    headers = {"Content-Type": NDJSON, "Cache-Control": "private, no-store", "Vary": "Accept-Encoding"}
    if "gzip" in call.headers.get("accept-encoding", ""):
        return Response(200, _compressed(_pieces(path, file.size)), {**headers, "Content-Encoding": "gzip"})
    return Response(200, _pieces(path, file.size), {**headers, "Content-Length": str(file.size)})


def _absent() -> Refused:
    return Refused(rules.NO_JOB.at(), status=404)


def _progress(desk: BulkDesk, conn: Connection, job: Job) -> str:
    if job.kind == "import":
        counts = desk.counts(conn, job)
        return f"{counts.done} of {counts.pieces} parts, {counts.created + counts.updated + counts.unchanged} resources"
    if "at" in job.place:
        return f"{100 * int(job.place['at'][0]) // SHARDS}%, {job.written} resources"
    return f"{job.written} resources"


def _manifest(call: Call, desk: BulkDesk, conn: Connection, job: Job, files: tuple[File, ...]) -> dict[str, Any]:
    moment: datetime = job.as_of or job.asked
    told: dict[str, Any] = {
        "transactionTime": instant(moment),
        "request": job.request,
        "requiresAccessToken": True,
    }
    for kind in ("output", "deleted", "error"):
        told[kind] = [_entry(call, job, file) for file in files if file.kind == kind]
    if job.kind == "import":
        counts = desk.counts(conn, job)
        told["extension"] = {
            "created": counts.created,
            "updated": counts.updated,
            "unchanged": counts.unchanged,
            "failed": counts.failed + int(job.wish.get("long", 0)),
        }
    return told


def _entry(call: Call, job: Job, file: File) -> dict[str, Any]:
    return {"type": file.type, "url": f"{call.base}/{PLACE}/{job.id}/{file.name}", "count": file.written}


def _pieces(path: Path, size: int) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while size and (piece := stream.read(min(_PIECE, size))):
            size -= len(piece)
            yield piece


def _compressed(pieces: Iterator[bytes]) -> Iterator[bytes]:
    squeeze = zlib.compressobj(_FAST, zlib.DEFLATED, _GZIP)
    for piece in pieces:
        if data := squeeze.compress(piece):
            yield data
    yield squeeze.flush()
