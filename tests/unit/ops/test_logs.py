"""Every process's warnings leave the machine when the operator names a collector; standard error has them too."""

import logging
import re
import socket
import subprocess
import sys

import pytest

from yteso.base.settings import Settings
from yteso.base.syslog import Syslog, split_address

LINE = re.compile(r"<(\d+)>1 \d{4}-\d\d-\d\dT[0-9:.]+Z \S+ yteso \d+ - - (.*)")
WARNS = """
import logging
from yteso.ops.logs import log_to_stderr
log_to_stderr({syslog!r})
logging.getLogger("yteso.ops.exporter").error("first line\\nsecond line")
logging.getLogger("yteso").info("not told")
logging.getLogger("yteso").warning("over")
"""
PAGES = """
import logging.config, pathlib, tempfile
from yteso.base.settings import Settings
from yteso.web.configuration import django_settings
with tempfile.TemporaryDirectory() as home:
    found = django_settings(Settings(home=pathlib.Path(home), syslog={syslog!r}))
logging.config.dictConfig(found["LOGGING"])
try:
    raise ValueError("079199000001")
except ValueError:
    logging.getLogger("django.request").exception("Internal Server Error: /recover/secret-token/")
"""


@pytest.fixture
def collector():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as found:
        found.bind(("127.0.0.1", 0))
        found.settimeout(10)
        yield found


def address(collector):
    return f"127.0.0.1:{collector.getsockname()[1]}"


def told(collector):
    match = LINE.fullmatch(collector.recv(4096).decode())
    assert match
    return int(match[1]), match[2]


def run(program, syslog):
    return subprocess.run(
        [sys.executable, "-c", program.format(syslog=syslog)], check=True, capture_output=True, text=True, timeout=60
    ).stderr


def test_a_process_sends_its_warnings_and_errors_one_a_line(collector):
    stderr = run(WARNS, address(collector))
    priority, line = told(collector)
    assert priority == 16 * 8 + 3
    assert line.endswith("ERROR yteso.ops.exporter first line second line")
    priority, line = told(collector)
    assert (priority, line.endswith("WARNING yteso over")) == (16 * 8 + 4, True)
    assert "second line" in stderr


def test_the_pages_send_theirs_without_values_and_secrets(collector):
    stderr = run(PAGES, address(collector))
    _, line = told(collector)
    assert "ERROR django.request Internal Server Error: /recover/***" in line
    assert "ValueError" in line
    assert "079199000001" not in line + stderr
    assert "secret-token" not in line + stderr


def test_a_local_socket_is_a_collector_too(tmp_path):
    path = str(tmp_path / "log")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as found:
        found.bind(path)
        found.settimeout(10)
        run(WARNS, path)
        assert told(found)[1].endswith("second line")


def test_a_collector_that_is_away_holds_nobody_up_and_is_found_again(tmp_path):
    path = str(tmp_path / "log")
    handler = Syslog(path)
    record = logging.LogRecord("x", logging.ERROR, "", 0, "later", None, None)
    handler.emit(record)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as found:
        found.bind(path)
        found.settimeout(10)
        handler.emit(record)
        assert told(found)[1] == "later"
    handler.emit(record)
    handler.close()


def test_a_name_server_that_does_not_know_the_collector_is_not_asked_for_each_line(monkeypatch):
    asked, now = [], [0.0]

    def unknown(*address, **_):
        asked.append(address)
        raise socket.gaierror

    monkeypatch.setattr("yteso.base.syslog.socket.getaddrinfo", unknown)
    monkeypatch.setattr("yteso.base.syslog.time.monotonic", lambda: now[0])
    handler = Syslog("logs.example.vn:514")
    for later in (0.0, 1.0, 28.0, 2.0, 1.0):
        now[0] += later
        handler.emit(logging.LogRecord("yteso", logging.ERROR, __file__, 1, "line", None, None))
    assert asked == [("logs.example.vn", 514)] * 2


@pytest.mark.parametrize("text", ["logs", "logs:", ":514", "logs:0", "logs:70000", "logs:x"])
def test_an_address_that_is_none_is_refused_at_the_start(text):
    with pytest.raises(ValueError, match="YTESO_SYSLOG"):
        Settings.from_environment({"YTESO_SYSLOG": text})


def test_addresses_of_six_and_of_names_are_taken():
    assert split_address("[::1]:514") == ("::1", 514)
    assert split_address("logs.example.vn:6514") == ("logs.example.vn", 6514)
    assert Settings.from_environment({"YTESO_SYSLOG": "/dev/log"}).syslog == "/dev/log"
