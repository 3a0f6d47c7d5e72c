"""A subscription by websocket on the running platform: the door, the exporter's notifier and the live process."""

from __future__ import annotations

import base64
import json
import os
import socket
import struct
import time
import urllib.request

import pytest

pytestmark = pytest.mark.slow

SUBSCRIPTION = {
    "resourceType": "Subscription",
    "id": "live",
    "status": "requested",
    "reason": "thử",
    "criteria": "urn:yteso:topic:Organization",
    "channel": {"type": "websocket"},
}


class Websocket:
    """As much of RFC 6455 as a client needs to send one text and read texts."""

    def __init__(self, port: int, path: str) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=20)
        self._stream = self._socket.makefile("rb")
        key = base64.b64encode(os.urandom(16)).decode()
        lines = (f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", "Upgrade: websocket", "Connection: Upgrade")
        more = (f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13")
        self._socket.sendall("\r\n".join((*lines, *more, "", "")).encode())
        assert b"101" in self._stream.readline()
        while self._stream.readline() != b"\r\n":
            pass

    def send(self, text: str) -> None:
        data, mask = text.encode(), os.urandom(4)
        assert len(data) < 126
        masked = bytes(byte ^ mask[at % 4] for at, byte in enumerate(data))
        self._socket.sendall(bytes([0x81, 0x80 | len(data)]) + mask + masked)

    def receive(self) -> dict:
        _, size = self._stream.read(2)
        if size == 126:
            (size,) = struct.unpack(">H", self._stream.read(2))
        return json.loads(self._stream.read(size))

    def close(self) -> None:
        self._stream.close()
        self._socket.close()


def ask(platform, token: str, method: str, path: str, body: dict | None = None) -> dict:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/fhir+json"}
    data = json.dumps(body).encode() if body else None
    request = urllib.request.Request(f"http://127.0.0.1:{platform.port}/fhir/{path}", data, headers, method=method)
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.load(answer)


def kind_of(bundle: dict) -> str:
    rows = bundle["entry"][0]["resource"]["parameter"]
    return next(row["valueCode"] for row in rows if row["name"] == "type")


def test_a_change_is_told_over_a_websocket_within_a_moment(platform) -> None:
    token = platform.run("token", "--user", "tichhop").stdout.strip()
    ask(platform, token, "PUT", "Subscription/live", SUBSCRIPTION)
    deadline = time.monotonic() + 30
    while ask(platform, token, "GET", "Subscription/live")["status"] != "active":
        assert time.monotonic() < deadline
        time.sleep(0.2)
    given = ask(platform, token, "GET", "Subscription/live/$get-ws-binding-token")["parameter"]
    ticket = next(row["valueString"] for row in given if row["name"] == "token")
    address = next(row["valueUrl"] for row in given if row["name"] == "websocket-url")
    assert address == f"ws://127.0.0.1:{platform.port + 1}/subscriptions"
    websocket = Websocket(platform.port + 1, "/subscriptions")
    try:
        websocket.send(f"bind-with-token {ticket}")
        assert kind_of(websocket.receive()) == "handshake"
        ask(
            platform,
            token,
            "PUT",
            "Organization/mau",
            {"resourceType": "Organization", "id": "mau", "name": "Cơ sở Mẫu"},
        )
        started = time.monotonic()
        assert kind_of(websocket.receive()) == "event-notification"
        assert time.monotonic() - started < 15
    finally:
        websocket.close()
