"""A small HTTP client for benchmarks: many kept connections, one thread, requests made beforehand, every answer timed.

In: an address, requests as bytes, how many at a time. Out: seconds in all and of each answer. A client that spends
little itself, because it shares the machine with what it measures; it understands `Content-Length` answers only.
"""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field


@dataclass(slots=True)
class _Lane:
    """One connection: the answer so far, how long it will be, and when the request went out."""

    connection: socket.socket
    started: float = 0.0
    wanted: int = 0
    answer: bytearray = field(default_factory=bytearray)


def request(
    method: str, path: str, token: str, body: bytes = b"", content_type: str = "application/fhir+json"
) -> bytes:
    """The bytes of one request that keeps its connection."""
    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
    if body:
        head += f"Content-Type: {content_type}\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + body


def load(port: int, requests: Iterable[bytes], concurrency: int) -> tuple[float, list[float]]:
    """Send every request, `concurrency` at a time; (seconds, seconds of each answer). SystemExit on an error status."""
    waiting = iter(requests)
    took: list[float] = []
    begun = time.perf_counter()
    with selectors.DefaultSelector() as selector:
        for _ in range(concurrency):
            connection = socket.create_connection(("127.0.0.1", port), timeout=60)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            lane = _Lane(connection)
            selector.register(connection, selectors.EVENT_READ, lane)
            if not _send(lane, waiting):
                _close(selector, lane)
        while selector.get_map():
            for key, _ in selector.select(60):
                lane = key.data
                if _received(lane):
                    took.append(time.perf_counter() - lane.started)
                    if not _send(lane, waiting):
                        _close(selector, lane)
    return time.perf_counter() - begun, sorted(took)


def _send(lane: _Lane, waiting: Iterator[bytes]) -> bool:
    data = next(waiting, None)
    if data is None:
        return False
    lane.answer.clear()
    lane.wanted = 0
    lane.started = time.perf_counter()
    lane.connection.sendall(data)
    return True


def _received(lane: _Lane) -> bool:
    piece = lane.connection.recv(262_144)
    if not piece:
        raise SystemExit("the server closed a connection")
    lane.answer += piece
    if not lane.wanted:
        end = lane.answer.find(b"\r\n\r\n")
        if end < 0:
            return False
        head = bytes(lane.answer[:end]).lower()
        if head[9:10] != b"2":
            raise SystemExit(f"refused: {bytes(lane.answer[:600])!r}")
        length = head.partition(b"content-length: ")[2].partition(b"\r")[0]
        lane.wanted = end + 4 + int(length or b"0")
    return len(lane.answer) >= lane.wanted


def _close(selector: selectors.BaseSelector, lane: _Lane) -> None:
    selector.unregister(lane.connection)
    lane.connection.close()
