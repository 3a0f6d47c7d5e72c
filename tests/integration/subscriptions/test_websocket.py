"""Subscriptions over websockets: bound by a token good once, told in order, going on where it ended."""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import replace

import pytest
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from tests.integration.api.conftest import BASE, INTEGRATOR, Client
from tests.integration.subscriptions.conftest import TOPIC, Received, patient

from yteso.base.settings import Settings
from yteso.oauth.ended import Ended, end
from yteso.ops.hub import Hub
from yteso.ops.live import application_of
from yteso.ops.sockets import Sockets

ASKED = {
    "resourceType": "Subscription",
    "status": "requested",
    "reason": "thử",
    "criteria": f"{TOPIC}Patient",
    "channel": {"type": "websocket", "payload": "application/fhir+json"},
}


class Closed(Exception):
    """The server closed the socket."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code


class Socket:
    """One websocket into an ASGI application (ASGI specification, "WebSocket"), which runs in a thread of its own."""

    def __init__(self, app, *headers):
        self._headers = list(headers)
        self._app, self._out, self._ready = app, queue.Queue(), threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True)
        self._thread.start()
        assert self._ready.wait(30)
        self._next("websocket.accept")

    async def _run(self):
        self._loop, self._in = asyncio.get_running_loop(), asyncio.Queue()
        self._in.put_nowait({"type": "websocket.connect"})
        self._ready.set()
        scope = {
            "type": "websocket",
            "path": "/subscriptions",
            "headers": self._headers,
            "query_string": b"",
            "subprotocols": [],
        }

        async def send(message):
            self._out.put(message)

        await self._app(scope, self._in.get, send)

    def _next(self, kind):
        message = self._out.get(timeout=30)
        if message["type"] == "websocket.close":
            raise Closed(message["code"])
        assert message["type"] == kind
        return message

    def send_text(self, text):
        self._loop.call_soon_threadsafe(self._in.put_nowait, {"type": "websocket.receive", "text": text})

    def receive_text(self):
        return self._next("websocket.send")["text"]

    def leave(self):
        with suppress(RuntimeError):  # The server may have ended it just before: then its loop is closed.
            self._loop.call_soon_threadsafe(self._in.put_nowait, {"type": "websocket.disconnect", "code": 1000})
        self._thread.join(10)


class Live:
    """The route under which the live process serves sockets."""

    def __init__(self, sockets):
        self.app = Starlette(routes=[WebSocketRoute("/subscriptions", sockets.serve)])

    @contextmanager
    def websocket_connect(self):
        socket = Socket(self.app)
        try:
            yield socket
        finally:
            socket.leave()


@pytest.fixture
def live(town):
    return Live(sockets_of(town, most=2))


def sockets_of(town, **more):
    ended = Ended(town.database, town.now)

    def is_over(drawer):
        return ended.is_over(drawer.name, drawer.client, drawer.grant, drawer.drawn.timestamp())

    return Sockets(town.database, town.store, town.accounts.get, BASE, town.now, is_over=is_over, **more)


def token(town, id="s"):
    answer = town.admin("GET", f"/Subscription/{id}/$get-ws-binding-token").json["parameter"]
    return next(one["valueString"] for one in answer if one["name"] == "token")


def heard(socket):
    return Received("", "", {}, socket.receive_text().encode())


def told(town, id="s", within=30.0):
    """How far the subscription is noted as told."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        with town.database.connection() as conn:
            row = conn.execute("SELECT events, delivered FROM store.subscription WHERE id = %s", (id,)).fetchone()
        if row[0] == row[1]:
            return row[1]
        time.sleep(0.05)
    return row[1]


def test_a_bound_socket_is_told_in_order_and_the_next_one_goes_on_where_it_ended(town, live):
    town.subscribe(ASKED)
    assert town.state() == "active"
    with live.websocket_connect() as socket:
        socket.send_text(f"bind-with-token {token(town)}")
        assert heard(socket).kind == "handshake"
        town.write(patient("a"))
        town.write(patient("b"))
        town.step()
        assert [heard(socket).numbers for _ in range(2)] == [[1], [2]]
        assert told(town) == 2
    town.write(patient("c"))
    town.step()
    with live.websocket_connect() as socket:
        socket.send_text(f"bind-with-token: {token(town)}")
        assert heard(socket).kind == "handshake"
        assert heard(socket).numbers == [3]
        assert told(town) == 3


def test_a_token_opens_once_and_nothing_else_opens(town, live):
    town.subscribe(ASKED)
    used = token(town)
    with live.websocket_connect() as socket:
        socket.send_text(f"bind-with-token {used}")
        heard(socket)
    for words in (f"bind-with-token {used}", "bind-with-token " + "x" * 43, "bind s", "", "x" * 100_000):
        with live.websocket_connect() as socket:
            socket.send_text(words)
            with pytest.raises(Closed) as closed:
                socket.receive_text()
            assert closed.value.code == 1008
    town.subscribe({**ASKED, "status": "off"}, "resting")
    assert town.admin("GET", "/Subscription/none/$get-ws-binding-token").codes == ["SUB-0009"]


def test_a_socket_ends_with_its_subscription_or_its_owner(town, live):
    town.subscribe(ASKED)
    with live.websocket_connect() as socket:
        socket.send_text(f"bind-with-token {token(town)}")
        heard(socket)
        town.accounts.clear()
        with pytest.raises(Closed):
            socket.receive_text()


@pytest.mark.parametrize(("kind", "key"), [("account", INTEGRATOR.name), ("client", "app"), ("grant", "g-1")])
def test_a_socket_ends_within_a_second_with_the_right_its_token_was_drawn_with(town, live, kind, key):
    """Its owner's account lives on: another one drew the token, by an app that is locked then."""
    town.subscribe(ASKED)
    drawn = Client(town.api, replace(INTEGRATOR, client="app", grant="g-1"))
    answer = drawn("GET", "/Subscription/s/$get-ws-binding-token").json["parameter"]
    with live.websocket_connect() as socket:
        socket.send_text(f"bind-with-token {answer[0]['valueString']}")
        assert heard(socket).kind == "handshake"
        began = time.monotonic()
        with town.database.connection() as conn:
            end(conn, kind, key, town.now())
        with pytest.raises(Closed):
            socket.receive_text()
        assert time.monotonic() - began < 10


def test_a_token_drawn_by_a_right_that_is_over_opens_nothing(town, live):
    town.subscribe(ASKED)
    text = token(town)
    with town.database.connection() as conn:
        end(conn, "account", INTEGRATOR.name, town.now())
    with live.websocket_connect() as socket:
        socket.send_text(f"bind-with-token {text}")
        with pytest.raises(Closed) as closed:
            socket.receive_text()
        assert closed.value.code == 1008


def test_there_are_only_so_many_sockets(town, live):
    with live.websocket_connect(), live.websocket_connect():
        with pytest.raises(Closed) as closed, live.websocket_connect():
            pass
        assert closed.value.code == 1013


def test_a_classic_subscription_is_pinged(town, live):
    town.subscribe({**ASKED, "criteria": "Patient?gender=male"})
    with live.websocket_connect() as socket:
        socket.send_text(f"bind-with-token {token(town)}")
        town.write(patient("a", gender="male"))
        town.step()
        assert socket.receive_text() == "ping s"


@pytest.mark.parametrize(
    ("origin", "opens"),
    [
        ("http://yteso.example:8080", True),
        ("https://yte.example.vn", True),
        ("https://app.example", True),
        ("", True),
        ("https://evil.example", False),
        ("http://yteso.example:8081", False),
        ("https://yte.example.vn.evil.example", False),
        ("null", False),
    ],
)
def test_a_page_of_another_site_opens_no_socket(town, tmp_path, origin, opens):
    settings = Settings(home=tmp_path, port=8080, public_url="https://yte.example.vn")
    sockets = sockets_of(town)
    app = application_of(settings, Hub(None), None, sockets, "https://app.example".__eq__)
    headers = [(b"host", b"yteso.example:8081"), *([(b"origin", origin.encode())] if origin else [])]
    if opens:
        Socket(app, *headers).leave()
    else:
        with pytest.raises(Closed) as closed:
            Socket(app, *headers)
        assert closed.value.code == 1008


def test_a_rest_hook_has_no_token(town, receiver):
    hook = {**ASKED, "channel": {"type": "rest-hook", "endpoint": receiver.address}}
    town.subscribe(hook)
    answer = town.admin("GET", "/Subscription/s/$get-ws-binding-token")
    assert (answer.status, answer.codes) == (422, ["SUB-0010"])
    assert answer.json["issue"][0]["expression"] == ["id"]
