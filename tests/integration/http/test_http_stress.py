"""Many clients at once, and kill -9 of web processes and of PostgreSQL: no half bundle, nothing acknowledged lost."""

from __future__ import annotations

import base64
import http.client
import json
import os
import random
import signal
import threading
import time
import uuid
from contextlib import closing, contextmanager
from urllib.parse import urlsplit

import pytest

from yteso.db.embedded import EmbeddedServer
from yteso.db.migrate import migrate
from yteso.db.postmaster import is_gone
from yteso.ops.compose import ROOMS

pytestmark = pytest.mark.slow

CLIENTS = 32
SHARED = 12
BIG = 150


class Client:
    """One connection, opened anew when it breaks. Status 0: no answer came."""

    def __init__(self, base, token):
        self.at = urlsplit(base)
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/fhir+json"}
        self.connection = None

    def __call__(self, method, path, body=None):
        try:
            self.connection = self.connection or http.client.HTTPConnection(self.at.netloc, timeout=60)
            data = None if body is None else json.dumps(body)
            self.connection.request(method, f"{self.at.path}{path}", data, self.headers)
            answer = self.connection.getresponse()
            return answer.status, json.loads(answer.read() or b"null")
        except (OSError, http.client.HTTPException):
            self.close()
            return 0, None

    def close(self):
        if self.connection:
            self.connection.close()
            self.connection = None


def transaction(*entries):
    return {"resourceType": "Bundle", "type": "transaction", "entry": list(entries)}


def tagged(tag, **more):
    return {"resourceType": "Observation", "status": "final", "code": {"text": "Thử"},
            "meta": {"tag": [{"system": "urn:yteso:test", "code": tag}]}, **more}  # fmt: skip


def at_once(work, count):
    threads = [threading.Thread(target=work, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    return threads


@pytest.mark.timeout(400)
def test_32_clients_with_overlapping_transactions_leave_whole_bundles_and_no_5xx(served):
    """Each bundle writes the same resources in an order of its own; every version of all of them is of one bundle."""
    token, answers = served.token(), []

    def client(n):
        with closing(Client(served.base, token)) as ask:
            send(ask, random.Random(n))

    def send(ask, chance):
        for _ in range(5):
            tag = uuid.uuid4().hex
            ids = [f"shared{n}" for n in chance.sample(range(SHARED), SHARED)]
            entries = [{"resource": tagged(tag, id=one), "request": {"method": "PUT", "url": f"Observation/{one}"}}
                       for one in ids]  # fmt: skip
            entries.append({"request": {"method": "GET", "url": "Observation?_count=1"}})
            answers.append((tag, ask("POST", "", transaction(*entries))[0]))

    for thread in at_once(client, CLIENTS):
        thread.join()
    assert {status for _, status in answers} <= {200, 409}
    done = {tag for tag, status in answers if status == 200}
    assert len(done) > CLIENTS
    with closing(Client(served.base, token)) as ask:
        for n in range(SHARED):
            entries = ask("GET", f"/Observation/shared{n}/_history?_count=1000")[1]["entry"]
            tags = [entry["resource"]["meta"]["tag"][0]["code"] for entry in entries]
            assert (set(tags), len(tags)) == (done, len(done))


@pytest.mark.timeout(400)
def test_32_clients_that_patch_and_create_under_conditions_lose_nothing_and_make_no_twin(served):
    """Each bundle adds a note to one resource, and creates one patient unless it is there already."""
    token, answers = served.token(), []
    first = tagged("counter", id="counter", note=[{"text": "first"}])
    patient = {"resourceType": "Patient", "identifier": [{"system": "urn:yteso:test", "value": "one"}]}

    def client(_):
        with closing(Client(served.base, token)) as ask:
            for _ in range(3):
                tag = uuid.uuid4().hex
                change = [{"op": "add", "path": "/note/-", "value": {"text": tag}}]
                data = base64.b64encode(json.dumps(change).encode()).decode()
                patch = {"resourceType": "Binary", "contentType": "application/json-patch+json", "data": data}
                unless = {"method": "POST", "url": "Patient", "ifNoneExist": "identifier=urn:yteso:test|one"}
                bundle = transaction(
                    {"resource": patch, "request": {"method": "PATCH", "url": "Observation/counter"}},
                    {"resource": patient, "request": unless},
                )
                answers.append((tag, ask("POST", "", bundle)[0]))

    with closing(Client(served.base, token)) as ask:
        assert ask("PUT", "/Observation/counter", first)[0] == 201
        for thread in at_once(client, CLIENTS):
            thread.join()
        assert {status for _, status in answers} <= {200, 409}
        done = sorted(tag for tag, status in answers if status == 200)
        assert done
        notes = sorted(note["text"] for note in ask("GET", "/Observation/counter")[1]["note"])
        assert notes == sorted([*done, "first"])
        assert ask("GET", "/Patient?_summary=count")[1]["total"] == 1


def await_one_more(acknowledged):
    """What happens next falls into the sending, however slow the machine is."""
    before, deadline = len(acknowledged), time.monotonic() + 60
    while len(acknowledged) == before:
        assert time.monotonic() < deadline, "nothing is acknowledged any more"
        time.sleep(0.02)


@contextmanager
def senders(served):
    """Three clients that send large transactions, each with a tag of its own, until told to stop."""
    stop, sent, acknowledged = threading.Event(), [], set()

    def client(_):
        with closing(Client(served.base, served.token())) as ask:
            while not stop.is_set():
                tag = uuid.uuid4().hex
                sent.append(tag)
                entry = {"resource": tagged(tag), "request": {"method": "POST", "url": "Observation"}}
                status, _ = ask("POST", "", transaction(*[entry] * BIG))
                if status == 200:
                    acknowledged.add(tag)
                elif status == 0:
                    time.sleep(0.1)  # The server is down; a tag that was never sent tells nothing.

    threads = at_once(client, 3)
    try:
        yield sent, acknowledged
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def assert_all_or_nothing(served, sent, acknowledged):
    with closing(Client(served.base, served.token())) as ask:
        counts = {tag: ask("GET", f"/Observation?_tag=urn:yteso:test|{tag}&_summary=count")[1]["total"] for tag in sent}
    assert set(counts.values()) <= {0, BIG}
    assert {tag for tag, count in counts.items() if count == BIG} >= acknowledged
    assert acknowledged


@pytest.mark.timeout(600)
def test_a_kill_of_web_processes_loses_nothing_acknowledged_and_leaves_no_half_bundle(served):
    with senders(served) as (sent, acknowledged):
        for n in range(4):
            await_one_more(acknowledged)
            time.sleep(0.13 * n)
            served.kill()
        await_one_more(acknowledged)
    assert_all_or_nothing(served, sent, acknowledged)


@pytest.mark.timeout(600)
def test_a_kill_of_postgresql_loses_nothing_acknowledged_and_leaves_no_half_bundle(memory, serve_on):
    server = EmbeddedServer(memory / "killed", memory=256 * 1024**2)
    server.start()
    try:
        migrate(server.dsn(), ROOMS)
        served = serve_on(server.dsn())
        with senders(served) as (sent, acknowledged):
            for n in range(3):
                await_one_more(acknowledged)
                time.sleep(0.17 * n)
                pid = server.pid()
                os.kill(pid, signal.SIGKILL)
                while not is_gone(pid):
                    time.sleep(0.02)
                server.start()
            await_one_more(acknowledged)
        assert_all_or_nothing(served, sent, acknowledged)
    finally:
        server.stop()
