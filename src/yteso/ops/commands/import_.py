"""`yteso import FILE.ndjson…`: load files of resources, one a line, into the record; prints counts and findings."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from yteso.ops.commands.place import at_database, console, errors
from yteso.ops.exits import DATA, FAILED

if TYPE_CHECKING:
    from yteso.ops.compose import Services
    from yteso.store.bulk.job import Job

_LOOK_SECONDS = 0.2
_MOST = 20


def import_(
    files: Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, help="NDJSON (một tài nguyên mỗi dòng)")],
    processes: Annotated[int, typer.Option(min=1, max=64, help="Số tiến trình · Processes")] = os.cpu_count() or 1,
) -> None:
    """Nạp tệp NDJSON vào hồ sơ, in số lượng và các dòng sai. · Load NDJSON into the record."""
    with at_database() as settings:
        from yteso.ops.compose import build
        from yteso.ops.supervisor import environment_of

        services = build(settings, application="yteso import", connections=2)
        try:
            states = [_load(services, file, processes, environment_of(settings)) for file in files]
        finally:
            services.close()
    if FAILED in states:
        raise typer.Exit(FAILED)
    if DATA in states:
        raise typer.Exit(DATA)


def _load(services: Services, file: Path, processes: int, environment: dict[str, str]) -> int:
    """One file, all the way; the exit code it asks for."""
    from yteso.access.principal import Principal, Role
    from yteso.store.bulk.job import fetch_job

    who = Principal("yteso import", Role.SYSTEM, purpose="HOPERAT")
    with file.open("rb") as stream:
        id = services.bulk.import_upload(who, f"yteso import {file.name}", "", stream, file.name)  # noqa: A001
    own = {**environment, "YTESO_PARENT": str(os.getpid())}
    workers = [subprocess.Popen([sys.executable, "-m", "yteso.ops.loader", id], env=own) for _ in range(processes)]
    try:
        with console.status(file.name) as spinner:
            while any(worker.poll() is None for worker in workers):
                time.sleep(_LOOK_SECONDS)
                spinner.update(f"{file.name}: {_progress(services, id)}")
    finally:
        for worker in workers:
            worker.terminate()
            worker.wait()
    with services.database.connection() as conn:
        job = fetch_job(conn, id)
    if job is None or job.state != "done":
        errors.print(f"{file.name}: chưa xong · not finished ({id})")
        return FAILED
    return _tell(services, file, job)


def _progress(services: Services, id: str) -> str:
    from yteso.store.bulk.job import fetch_job

    with services.database.connection() as conn:
        job = fetch_job(conn, id)
        if job is None:
            return ""
        counts = services.bulk.counts(conn, job)
    return f"{counts.done}/{counts.pieces}"


def _tell(services: Services, file: Path, job: Job) -> int:
    from yteso.store.bulk.intake import ERRORS

    with services.database.connection() as conn:
        counts = services.bulk.counts(conn, job)
    failed = counts.failed + int(job.wish["long"])
    console.print(
        f"{file.name}: {counts.created} mới · created, {counts.updated} cập nhật · updated, "
        f"{counts.unchanged} không đổi · unchanged, {failed} dòng sai · lines failed"
    )
    found = services.bulk.folder / job.id / ERRORS
    with found.open("rb") as stream:
        for line in stream.readlines(64 * 1024)[:_MOST]:
            errors.print(_finding(json.loads(line)["issue"][0]), highlight=False)
    if failed:
        errors.print(f"→ {found}", highlight=False)
    return DATA if failed else 0


def _finding(issue: dict[str, Any]) -> str:
    place = " ".join((*issue.get("location", ()), *issue.get("expression", ())))
    return f"{place} {issue['details']['coding'][0]['code']}: {issue['details']['text']}"
