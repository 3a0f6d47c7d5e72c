"""The writing process is killed with SIGKILL at several moments of its work; the figures come out the same."""

import os
import signal
import subprocess
import sys

import pytest
from made_up_changes import NOW, parts

from yteso.warehouse import Marts, Warehouse
from yteso.warehouse.marts import marts

HERE = os.path.dirname(__file__)
WRITER = """
import os, signal, sys
sys.path.insert(0, sys.argv[2])
from pathlib import Path
import yteso.warehouse.flat, yteso.warehouse.lake, yteso.warehouse.marts
from made_up_changes import NOW, parts
from yteso.warehouse import Warehouse

module, name, calls = sys.argv[3], sys.argv[4], int(sys.argv[5])
owner = __import__(f"yteso.warehouse.{module}", fromlist=["x"])
real, left = getattr(owner, name), calls

def deadly(*values, **named):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(*values, **named)

setattr(owner, name, deadly)
with Warehouse(Path(sys.argv[1])) as warehouse:
    for part in parts():
        warehouse.refresh(part, [], NOW)
"""


def figures(home):
    return {
        name: [
            {key: value for key, value in row.items() if key not in ("as_of", "t")} for row in Marts(home).table(name)
        ]
        for name in marts()
    }


@pytest.fixture(scope="module")
def wanted(tmp_path_factory):
    home = tmp_path_factory.mktemp("whole")
    with Warehouse(home) as warehouse:
        warehouse.refresh([one for part in parts() for one in part], [], NOW)
    return figures(home)


@pytest.mark.parametrize(
    ("module", "name", "calls"),
    [
        ("lake", "settle", 1),
        ("lake", "settle", 2),
        ("flat", "_name", 30),
        ("marts", "_write", 3),
        ("marts", "_make_current", 2),
    ],
)
def test_a_killed_writer_is_followed_by_one_that_finishes_the_work(tmp_path, wanted, module, name, calls):
    command = [sys.executable, "-c", WRITER, str(tmp_path), HERE, module, name, str(calls)]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
    with Warehouse(tmp_path) as warehouse:
        mark = warehouse.record_mark
        warehouse.refresh([one for part in parts() for one in part if one.t > mark], [], NOW)
    assert figures(tmp_path) == wanted
