"""Bulk jobs × role: one's own, and one of another account: how it stands, its files, taking it back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

from tests.acceptance.matrix.world import who

from yteso.access.principal import Principal, Role
from yteso.api import Api
from yteso.base.http import Request, Response
from yteso.store.bulk import approvals
from yteso.store.bulk.desk import BulkDesk

ANOTHER = Principal("may-khac", Role.INTEGRATOR)
_LINE = b'{"resourceType":"Basic","id":"b-%b","code":{"text":"x"}}\n'
_TOLD = {200: "seen", 202: "seen", 404: "hidden", 403: "denied"}


def approve(database: Any) -> None:
    """Let the machines of the matrix export for a day."""
    officer = who(Role.DATA_OFFICER)
    with database.connection() as conn:
        for name in (ANOTHER.name, who(Role.INTEGRATOR).name):
            approvals.add_standing(conn, officer, name, datetime.now(UTC) + timedelta(days=1), "Ma trận quyền")


def run(api: Api, desk: BulkDesk, asker: Principal, kind: str) -> tuple[str, str]:
    """(address of a job that is done, address of its first file, "" when it has none); empty when it is denied."""
    if kind == "export":
        started = _ask(api, asker, "GET", "$export?_type=Patient")
    else:
        started = _ask(api, asker, "POST", "$import", _LINE % asker.name.encode())
    if started.status == 403:
        return "", ""
    place = started.headers["Content-Location"].removeprefix("http://test/fhir/")
    desk.work(lambda: False, job=place.rpartition("/")[2], place=0)
    return place, f"{place}/Patient.1.ndjson" if kind == "export" else ""


def told(api: Api, asker: Principal, job: tuple[str, str]) -> Iterator[str]:
    """What each way to the job answers, taking it back last."""
    place, file = job
    for method, url in (("GET", place), ("GET", file), ("DELETE", place)):
        if url:  # An import has no file; who may not ask has no job.
            yield _TOLD[_ask(api, asker, method, url).status]


def same_name(role: Role) -> Principal:
    """Another role under the name of the account that asked: a name alone is not enough."""
    return replace(who(role), name=ANOTHER.name)


def _ask(api: Api, asker: Principal, method: str, url: str, body: bytes = b"") -> Response:
    path, _, query = url.partition("?")
    headers = {"prefer": "respond-async", "content-type": "application/fhir+ndjson"}
    return api.handle(Request(method, f"/{path}", query, headers, BytesIO(body), "http://test/fhir"), asker)
