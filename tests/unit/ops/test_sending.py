"""Files to a platform over HTTP: what is sent, how the end is awaited, what a silent platform becomes."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from yteso.ops.sending import NoAnswer, Sender


class Stage(ThreadingHTTPServer):
    """Answers what a test laid down, and remembers what came."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Actor)
        self.answers: list[tuple[int, bytes]] = []
        self.seen: list[tuple[str, str, dict[str, str], bytes]] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Actor(BaseHTTPRequestHandler):
    server: Stage

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.seen.append((self.command, self.path, headers, body))
        status, text = self.server.answers.pop(0)
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST

    def log_message(self, *_: object) -> None:
        return None


@pytest.fixture
def stage() -> Iterator[Stage]:
    stage = Stage()
    thread = threading.Thread(target=stage.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield stage
    stage.shutdown()
    thread.join()
    stage.server_close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "hồ sơ mẫu.xml"
    file.write_bytes(b"<x/>" * 300_000)
    return file


def test_a_bhyt_file_goes_whole_with_its_name_and_the_token(stage: Stage, file: Path) -> None:
    stage.answers = [(202, b'{"intake": "1"}')]
    answer = Sender(stage.address, "mã-1".encode("ascii", "ignore").decode()).send_bhyt(file)
    assert (answer.status, answer.document) == (202, {"intake": "1"})
    method, path, headers, body = stage.seen[0]
    assert (method, path, body) == ("POST", "/exchange/bhyt", file.read_bytes())
    assert headers["authorization"] == "Bearer m-1"
    assert headers["content-disposition"].endswith("filename*=UTF-8''h%E1%BB%93%20s%C6%A1%20m%E1%BA%ABu.xml")


def test_a_bundle_goes_to_the_fhir_address(stage: Stage, file: Path) -> None:
    stage.answers = [(200, b"{}")]
    Sender(stage.address, "t").send_fhir(file)
    assert (stage.seen[0][1], stage.seen[0][2]["content-type"]) == ("/fhir", "application/fhir+json")


def test_the_end_is_asked_for_until_it_is_there(stage: Stage) -> None:
    states = ["received", "walking", "done_with_issues"]
    stage.answers = [(200, json.dumps({"state": state}).encode()) for state in states]
    ticks: list[int] = []
    answer = Sender(stage.address, "t").await_end("7", lambda: ticks.append(1))
    assert answer.document == {"state": "done_with_issues"}
    assert len(ticks) == 2
    assert {path for _, path, _, _ in stage.seen} == {"/exchange/intake/7"}


def test_a_refused_question_ends_the_wait(stage: Stage) -> None:
    stage.answers = [(404, b"<html>")]
    answer = Sender(stage.address, "t").await_end("7", lambda: None)
    assert (answer.status, answer.document) == (404, {})


def test_whoever_waits_too_long_is_told(stage: Stage) -> None:
    stage.answers = [(200, b'{"state": "received"}')] * 50
    with pytest.raises(NoAnswer):
        Sender(stage.address, "t").await_end("7", lambda: None, timeout=0.15)


def test_a_platform_that_is_not_there_is_no_answer(stage: Stage, file: Path) -> None:
    port = stage.server_port
    stage.server_close()
    with pytest.raises(NoAnswer):
        Sender(f"http://127.0.0.1:{port}", "t").send_bhyt(file)
