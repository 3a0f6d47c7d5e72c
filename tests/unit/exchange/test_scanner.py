"""A real server speaks clamd's protocol: what it is sent, what its answers become, and that no answer is none."""

from __future__ import annotations

import socketserver
import struct
import threading

import pytest

from yteso.exchange.scanner import NotScanned, Scanner

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Clamd(socketserver.StreamRequestHandler):
    """INSTREAM as clamd(8) tells it; `server.answer` answers instead where a test sets it."""

    def handle(self):
        assert self.rfile.read(10) == b"zINSTREAM\0"
        found = b""
        while size := struct.unpack(">I", self.rfile.read(4))[0]:
            found += self.rfile.read(size)
        self.server.seen.append(found)
        verdict = b"stream: Eicar-Test-Signature FOUND\0" if EICAR in found else b"stream: OK\0"
        self.wfile.write(self.server.answer if self.server.answer is not None else verdict)


class Unix(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True


class Tcp(socketserver.ThreadingTCPServer):
    daemon_threads = True


@pytest.fixture(params=["unix", "tcp"])
def clamd(request, tmp_path):
    server = Unix(str(tmp_path / "clamd.ctl"), Clamd) if request.param == "unix" else Tcp(("127.0.0.1", 0), Clamd)
    server.seen, server.answer = [], None
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    where = server.server_address
    server.place = where if isinstance(where, str) else f"127.0.0.1:{where[1]}"
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_find_is_named_and_clean_bytes_are_clean(clamd):
    scanner = Scanner(clamd.place)
    assert scanner.find([b"<a>", b"x" * 100_000, b"</a>"]) == ""
    assert scanner.find([b"<a>" + EICAR[:20], EICAR[20:] + b"</a>"]) == "Eicar-Test-Signature"
    assert [len(one) for one in clamd.seen] == [100_007, len(EICAR) + 7]


@pytest.mark.parametrize(
    "answer",
    [
        b"INSTREAM size limit exceeded. ERROR\0",
        b"",
        b"stream: OK and more\0",
        b"stream:  FOUND\0",
        b"\xff\0",
    ],
)
def test_anything_but_a_verdict_is_none(clamd, answer):
    clamd.answer = answer
    with pytest.raises(NotScanned):
        Scanner(clamd.place).find([b"x"])


def test_who_does_not_answer_gave_no_verdict(tmp_path):
    for place in (str(tmp_path / "nobody.ctl"), "127.0.0.1:9"):
        with pytest.raises(NotScanned):
            Scanner(place, 2.0).find([b"x"])
