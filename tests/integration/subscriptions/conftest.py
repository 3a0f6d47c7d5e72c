"""The FHIR door, a notifier worked by hand, and a receiver on the loopback that answers what it is told to."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from tests.integration.api.conftest import BASE, DOCTOR, INTEGRATOR, Client

from yteso.api import Api
from yteso.base.outward import Post
from yteso.exchange.notify.courier import Courier
from yteso.signing.safe import Safe
from yteso.store.postgres import PostgresStore
from yteso.store.protocol import Put
from yteso.store.subscriptions.evaluate import Look

SAFE = Safe(b"khoa kiem thu")
TOPIC = "urn:yteso:topic:"
BACKPORT = "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-"


@dataclass
class Received:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def status(self):
        """The parameters of the notification's status, those that repeat as lists."""
        return {p["name"]: next((v for n, v in p.items() if n.startswith("value")), p.get("part")) for p in self._rows}

    @property
    def kind(self):
        return self.status["type"]

    @property
    def numbers(self):
        """The numbers of the events told."""
        parts = [{x["name"]: x for x in p["part"]} for p in self._rows if p["name"] == "notification-event"]
        return [int(part["event-number"]["valueString"]) for part in parts]

    @property
    def focuses(self):
        parts = [{x["name"]: x for x in p["part"]} for p in self._rows if p["name"] == "notification-event"]
        return [p["focus"]["valueReference"]["reference"].removeprefix(f"{BASE}/") for p in parts if "focus" in p]

    @property
    def resources(self):
        return [entry["resource"] for entry in self.json["entry"][1:] if "resource" in entry]

    @property
    def _rows(self):
        return self.json["entry"][0]["resource"]["parameter"]


@dataclass
class Receiver:
    """An HTTP server that keeps what it is sent. `answer`: the status it gives; a function may decide."""

    address: str = ""
    received: list[Received] = field(default_factory=list)
    answer: int = 200
    location: str = ""

    @property
    def events(self):
        return [one for one in self.received if one.kind == "event-notification"]

    @property
    def numbers(self):
        return [n for one in self.events for n in one.numbers]


@pytest.fixture
def receiver():
    kept = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do(self):
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            kept.received.append(Received(self.command, self.path, headers, body))
            self.send_response(kept.answer)
            if kept.location:
                self.send_header("Location", kept.location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_POST = do_PUT = do_GET = do

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    kept.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield kept
    finally:
        server.shutdown()
        server.server_close()


class Town:
    """The door, the notifier's steps, and a clock that can be moved."""

    def __init__(self, database, receiver):
        self.database, self.store = database, PostgresStore(safe=SAFE)
        self.late = 0.0
        self.accounts = {who.name: who for who in (INTEGRATOR, DOCTOR)}
        self.api = Api(database, self.store, self.now)
        self.admin = Client(self.api, INTEGRATOR)
        self.look = Look(self.store, self.accounts.get, self.now)
        self.courier = self.courier_to(receiver.address)

    def courier_to(self, *origins):
        return Courier(self.database, self.store, self.accounts.get, Post.to(origins), BASE, self.now)

    def now(self):
        return datetime.fromtimestamp(datetime.now(UTC).timestamp() + self.late, UTC)

    def step(self, errands=100):
        """Look at every change, then send what is owed."""
        more = True
        while more:
            with self.database.connection() as conn:
                more = self.look.once(conn)
        for _ in range(errands):
            with self.database.connection() as conn:
                due = self.courier.due(conn)
            if not [one for one in due if self.courier.serve(one)]:
                return

    def write(self, *resources):
        with self.database.connection() as conn:
            self.store.write(conn, INTEGRATOR, [Put(one) for one in resources])

    def subscribe(self, resource, id="s"):
        answer = self.admin("PUT", f"/Subscription/{id}", {**resource, "id": id})
        assert answer.status in (200, 201), answer.body
        self.step()

    def state(self, id="s"):
        return self.admin("GET", f"/Subscription/{id}").json["status"]


@pytest.fixture
def town(database, receiver) -> Town:
    return Town(database, receiver)


def subscription(endpoint, topic="Patient", content="id-only", filters=(), **numbers):
    """A topic-based Subscription over rest-hook."""
    extensions = [{"url": BACKPORT + name.replace("_", "-"), **value} for name, value in numbers.items()]
    channel = {
        "type": "rest-hook",
        "endpoint": endpoint,
        "payload": "application/fhir+json",
        "_payload": {"extension": [{"url": f"{BACKPORT}payload-content", "valueCode": content}]},
        "header": ["Authorization: Bearer bi-mat-Mau"],
    }
    if extensions:
        channel["extension"] = extensions
    found = {
        "resourceType": "Subscription",
        "status": "requested",
        "reason": "thử",
        "criteria": topic if ":" in topic else TOPIC + topic,
        "channel": channel,
    }
    if filters:
        rows = [{"url": f"{BACKPORT}filter-criteria", "valueString": one} for one in filters]
        found["_criteria"] = {"extension": rows}
    return found


def patient(id, **more):
    return {"resourceType": "Patient", "id": id, "name": [{"text": "Người Thử"}], **more}
