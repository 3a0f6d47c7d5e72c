import base64
import hashlib
import json
import threading
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest

from yteso.base.clock import VIETNAM
from yteso.sandbox import Province
from yteso.sandbox import feed as feed_module
from yteso.sandbox.feed import NotSent, feed

UNTIL = datetime(2026, 11, 18, 15, 0, tzinfo=VIETNAM)


class Platform:
    """A front door that only remembers; `refuse` gives answers to be made before the good one."""

    def __init__(self):
        self.calls, self.contents, self.tokens, self.refuse = [], [], 0, []
        self.lock = threading.Lock()

    def answer(self, path, headers, body):
        with self.lock:
            self.calls.append(path)
            if path == "/api/token/take":
                self.tokens += 1
                return 200, {"APIKey": {"access_token": f"token{self.tokens}", "id_token": "proof"}}
            if self.refuse:
                return self.refuse.pop(0), {}
            if path == "/exchange/bhyt":
                content, shape = body, lambda number: {"intake": number, "again": False}
            elif path.startswith("/api/kcb/"):
                content = base64.b64decode(json.loads(body)["files"][0])
                shape = lambda number: {"fileResults": [{"maGiaoDich": number}]}  # noqa: E731
            else:
                assert headers["tokenId"] == "proof"
                content = base64.b64decode(parse_qs(body.decode())["fileHSBase64"][0])
                shape = lambda number: {"maGiaoDich": number, "thongDiep": ""}  # noqa: E731
            self.contents.append(content)
            return 200, shape(hashlib.sha256(content).hexdigest())


@pytest.fixture
def platform():
    platform = Platform()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, answer = platform.answer(self.path, self.headers, body)
            content = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    platform.address = f"http://127.0.0.1:{server.server_port}"
    yield platform
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def province():
    return Province(seed=2, until=UNTIL)


@pytest.fixture(scope="module")
def files(province):
    return list(province.files(80))


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch):
    monkeypatch.setattr(feed_module.time, "sleep", lambda _: None)


def test_every_file_arrives_whole_by_its_own_door(platform, province, files):
    sent = list(feed(files, province.senders(), platform.address))
    assert all(one.accepted for one in sent)
    plain = {file.content if file.door != "hanoi" else file.content.removeprefix(b"\xef\xbb\xbf") for file in files}
    assert set(platform.contents) == plain
    paths = {path.lower() for path in platform.calls}
    assert {"/exchange/bhyt", "/api/qd130/guihosoxmlqd3176", "/api/kcb/xml/qd3176/guihosoxml"} <= paths


def test_the_files_of_one_facility_arrive_in_their_order(platform, province, files):
    list(feed(files, province.senders(), platform.address, connections=4))
    place = {content: at for at, content in enumerate(platform.contents)}
    for facility in province.facilities:
        if facility.door == "hanoi":
            continue
        places = [place[file.content] for file in files if file.facility == facility.code]
        assert places == sorted(places)


def test_a_token_is_taken_once_and_again_when_it_ran_out(platform, province, files):
    own = [file for file in files if file.facility == "79901"]
    list(feed(own, province.senders(), platform.address))
    assert platform.tokens == 1
    platform.refuse = [401]
    assert all(one.accepted for one in feed(own, province.senders(), platform.address))
    assert platform.tokens == 3


def test_a_busy_platform_is_asked_again(platform, province, files):
    platform.refuse = [503, 429, 503]
    assert all(one.accepted for one in feed(files[:3], province.senders(), platform.address))


def test_a_refused_file_is_told_and_not_sent_again(platform, province, files):
    platform.refuse = [422]
    (answer,) = feed(files[:1], province.senders(), platform.address)
    assert (answer.accepted, answer.status) == (False, 422)
    assert platform.contents == []


def test_a_platform_that_stays_away_is_an_error(province, files):
    with pytest.raises(NotSent):
        list(feed(files[:2], province.senders(), "http://127.0.0.1:9"))


def test_an_error_of_the_maker_of_files_reaches_the_caller(platform, province, files):
    def broken():
        yield files[0]
        raise RuntimeError("no more")

    with pytest.raises(RuntimeError, match="no more"):
        list(feed(broken(), province.senders(), platform.address))


def test_a_caller_may_stop_early(platform, province, files):
    answers = feed(files, province.senders(), platform.address, connections=2)
    assert next(answers).accepted
    answers.close()
    assert len(platform.contents) < len(files)
