import os
import signal
import subprocess
import sys

import pytest
from made_up_changes import change, organization, received

from yteso.warehouse import lake as lake_module
from yteso.warehouse.lake import INTAKE, RECORD, Lake


def some(first, last):
    return [change(t, organization(f"{t:05d}")) for t in range(first, last + 1)]


def test_an_empty_lake_starts_at_zero(tmp_path):
    lake = Lake(tmp_path / "lake")
    assert lake.watermark(RECORD) == 0
    assert lake.append_record([]) == 0
    assert lake.files(RECORD) == []


def test_the_watermark_is_the_last_number_kept(tmp_path):
    lake = Lake(tmp_path / "lake")
    assert lake.append_record(some(1, 5)) == 5
    assert lake.append_intake([received(9, 1)]) == 1
    assert (lake.watermark(RECORD), lake.watermark(INTAKE)) == (5, 9)


def test_the_same_changes_again_write_nothing(tmp_path):
    lake = Lake(tmp_path / "lake")
    lake.append_record(some(1, 5))
    assert lake.append_record(some(1, 5)) == 0
    assert lake.append_record(some(4, 7)) == 2
    assert [(file.first, file.last) for file in lake.files(RECORD)] == [(1, 5), (6, 7)]


def test_a_writer_killed_in_the_middle_leaves_nothing_behind(tmp_path):
    script = (
        "import os, signal, sys; sys.path.insert(0, sys.argv[2])\n"
        "from pathlib import Path\n"
        "from made_up_changes import change, organization\n"
        "from yteso.warehouse.lake import Lake\n"
        "def changes():\n"
        "    for t in range(1, 50_000):\n"
        "        if t == 45_000: os.kill(os.getpid(), signal.SIGKILL)\n"
        "        yield change(t, organization(str(t)))\n"
        "Lake(Path(sys.argv[1])).append_record(changes())\n"
    )
    here = os.path.dirname(__file__)
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path / "lake"), here], check=False)
    assert done.returncode == -signal.SIGKILL
    lake = Lake(tmp_path / "lake")
    assert lake.watermark(RECORD) == 0
    assert lake.append_record(some(1, 3)) == 3
    lake.compact(RECORD)
    assert [path.suffix for path in (tmp_path / "lake" / RECORD).iterdir()] == [".parquet"]


def test_many_small_files_become_one(tmp_path):
    lake = Lake(tmp_path / "lake")
    for t in range(1, lake_module.RUN + 1):
        lake.append_record(some(t, t))
    assert lake.compact(RECORD) == lake_module.RUN
    assert [(file.first, file.last) for file in lake.files(RECORD)] == [(1, lake_module.RUN)]
    assert len(list((tmp_path / "lake" / RECORD).iterdir())) == 1
    assert lake.compact(RECORD) == 0


def test_a_kill_between_joining_and_clearing_away_shows_nothing_twice(tmp_path, monkeypatch):
    lake = Lake(tmp_path / "lake")
    for t in range(1, lake_module.RUN + 1):
        lake.append_record(some(t, t))
    monkeypatch.setattr(Lake, "_drop_covered", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        lake.compact(RECORD)
    monkeypatch.undo()
    assert len(list((tmp_path / "lake" / RECORD).iterdir())) == lake_module.RUN + 1
    assert [(file.first, file.last) for file in lake.files(RECORD)] == [(1, lake_module.RUN)]
    lake.compact(RECORD)
    assert len(list((tmp_path / "lake" / RECORD).iterdir())) == 1


def test_others_may_not_look_into_the_lake(tmp_path):
    Lake(tmp_path / "lake")
    assert (tmp_path / "lake").stat().st_mode & 0o077 == 0
