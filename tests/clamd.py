"""A small server that speaks clamd's protocol as clamd(8) tells it: one file, or a session of numbered ones."""

from __future__ import annotations

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
FOUND = "Eicar-Test-Signature"


class Clamd(socketserver.StreamRequestHandler):
    """`server.answer` answers instead where a test sets it; more than `server.most` bytes are too many."""

    def handle(self):
        self.server.connections += 1
        command, number = self.command(), 0
        if command == b"zINSTREAM":
            self.scan("")
        elif command == b"zIDSESSION":
            while (command := self.command()) == b"zINSTREAM":
                number += 1
                if not self.scan(f"{number}: "):
                    return
            assert command in (b"zEND", b""), command

    def command(self):
        found = b""
        while (letter := self.rfile.read(1)) not in (b"", b"\0"):
            found += letter
        return found

    def scan(self, number):
        found = b""
        while size := struct.unpack(">I", self.rfile.read(4))[0]:
            found += self.rfile.read(size)
            if len(found) > self.server.most:
                self.wfile.write(f"{number}INSTREAM size limit exceeded. ERROR\0".encode())
                return False
        self.server.seen.append(found)
        verdict = f"{number}stream: {f'{FOUND} FOUND' if EICAR in found else 'OK'}\0".encode()
        answer = self.server.answer if self.server.answer is not None else verdict
        self.wfile.write(answer)
        return answer != b""


class Unix(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True


class Tcp(socketserver.ThreadingTCPServer):
    daemon_threads = True


@contextmanager
def running(socket: Path | None = None) -> Iterator[Unix | Tcp]:
    """The server at that socket, else at a port of this machine; `seen` are the files it was shown."""
    server = Unix(str(socket), Clamd) if socket else Tcp(("127.0.0.1", 0), Clamd)
    server.seen, server.answer, server.connections, server.most = [], None, 0, 1 << 24
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    where = server.server_address
    server.place = where if isinstance(where, str) else f"127.0.0.1:{where[1]}"
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
