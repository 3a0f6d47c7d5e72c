"""Bulk jobs that fail, lose their wake-up, grow old: nothing waits for ever and nothing stays for ever."""

from __future__ import annotations

import os
import time

from tests.integration.bulk.conftest import NDJSON, ndjson, patient

from yteso.store.bulk.export import Exporter


def test_a_job_that_fails_again_and_again_has_failed_and_says_so(bulk, write, monkeypatch):
    write(patient("p"))
    place = bulk.start("/$export")

    def broken(self, id):
        raise OSError(28, "no space")

    monkeypatch.setattr(Exporter, "stretch", broken)
    bulk.work()
    answer = bulk.client("GET", place)
    assert (answer.status, answer.codes) == (422, ["BULK-0009"])
    assert bulk.client("DELETE", place).status == 202


def test_a_job_that_failed_once_is_done_after_all(bulk, write, monkeypatch):
    write(patient("p"))
    place = bulk.start("/$export")
    work, failed = Exporter.stretch, []

    def once(self, id):
        if not failed:
            failed.append(id)
            raise OSError(5, "trouble")
        return work(self, id)

    monkeypatch.setattr(Exporter, "stretch", once)
    bulk.work()
    assert bulk.client("GET", place).status == 200


def test_a_lost_wake_up_is_made_good_by_the_sweep(bulk, desk, database):
    place = bulk.start("/$import", ndjson(patient("p")), **NDJSON)
    with database.connection() as conn:
        conn.execute("DELETE FROM jobs.procrastinate_jobs")
    bulk.work()
    assert bulk.client("GET", place).status == 202
    desk.sweep()
    bulk.work()
    assert bulk.client("GET", place).status == 200


def test_what_had_its_time_is_removed_with_its_files_and_so_are_folders_of_no_job(bulk, write, desk, database):
    write(patient("p"))
    old, young = bulk.start("/$export"), bulk.start("/$export")
    bulk.work()
    with database.connection() as conn:
        conn.execute("UPDATE store.bulk_job SET expires = now() WHERE id = %s", [old.rpartition("/")[2]])
    stray = desk.folder / "stray"
    stray.mkdir()
    for folder in desk.folder.glob("*"):
        os.utime(folder, (0, 0) if folder.name != young.rpartition("/")[2] else (time.time(), time.time()))
    desk.clean()
    assert [folder.name for folder in desk.folder.glob("*")] == [young.rpartition("/")[2]]
    assert bulk.client("GET", old).codes == ["BULK-0008"]
    assert bulk.client("GET", young).status == 200
