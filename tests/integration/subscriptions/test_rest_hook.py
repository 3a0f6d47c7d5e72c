"""Subscriptions over rest-hook: what is told, in which order, how often, to whom, and what happens when it fails."""

from __future__ import annotations

import contextlib
import socket
import threading
import time

import pytest
from tests.integration.api.conftest import BASE, DOCTOR
from tests.integration.subscriptions.conftest import BACKPORT, patient, subscription

from yteso.base.outward import Parcel, Post
from yteso.exchange.notify import courier
from yteso.store import audit
from yteso.store.protocol import Remove
from yteso.store.subscriptions import evaluate


def test_a_handshake_makes_it_active_and_changes_are_told_in_order_with_numbers_without_gaps(town, receiver):
    town.subscribe(subscription(receiver.address + "/hook?x=1"))
    (handshake,) = receiver.received
    assert (handshake.kind, handshake.method, handshake.path) == ("handshake", "POST", "/hook?x=1")
    assert handshake.headers["authorization"] == "Bearer bi-mat-Mau"
    assert handshake.headers["content-type"].startswith("application/fhir+json")
    assert town.state() == "active"
    for n in range(5):
        town.write(patient(f"p{n}"))
    town.step()
    assert receiver.numbers == [1, 2, 3, 4, 5]
    assert [one.focuses for one in receiver.events] == [[f"Patient/p{n}"] for n in range(5)]
    assert receiver.events[0].status["topic"] == "urn:yteso:topic:Patient"
    assert receiver.events[0].json["type"] == "history"
    assert receiver.events[0].resources == []


def test_created_changed_and_deleted_are_told_apart(town, receiver):
    town.write(patient("old"))
    town.subscribe(subscription(receiver.address))
    town.write(patient("old", gender="male"), patient("new"))
    with town.database.connection() as conn:
        town.store.write(conn, DOCTOR, [Remove("Patient", "old")])
    town.write(patient("short"))
    town.step()
    told = {tuple(one.focuses): one.json["entry"][1]["request"]["method"] for one in receiver.events}
    assert told == {("Patient/old",): "DELETE", ("Patient/new",): "POST", ("Patient/short",): "POST"}
    town.write(patient("new", gender="male"))
    town.step()
    assert receiver.events[-1].json["entry"][1]["request"]["method"] == "PUT"


def test_a_topic_tells_only_its_own_and_filters_narrow_it(town, receiver):
    visit = {"resourceType": "Encounter", "class": {"code": "AMB"}, "subject": {"reference": "Patient/p"}}
    town.subscribe(subscription(receiver.address, "encounter-end", filters=["Encounter?class=AMB"]))
    town.write({**visit, "id": "a", "status": "in-progress"}, {**visit, "id": "b", "status": "finished"})
    town.write({**visit, "id": "c", "status": "finished", "class": {"code": "IMP"}})
    town.write({**visit, "id": "a", "status": "finished"})
    town.step()
    assert [one.focuses for one in receiver.events] == [["Encounter/b"], ["Encounter/a"]]


def test_content_and_batches_are_as_asked(town, receiver):
    town.subscribe(subscription(receiver.address, content="full-resource", max_count={"valuePositiveInt": 3}), "full")
    town.subscribe(subscription(receiver.address, content="empty"), "empty")
    receiver.received.clear()
    town.write(*(patient(f"p{n}") for n in range(4)))
    town.step()
    by = {}
    for one in receiver.events:
        by.setdefault(one.status["subscription"]["reference"], []).append(one)
    full, empty = by[f"{BASE}/Subscription/full"], by[f"{BASE}/Subscription/empty"]
    assert [one.numbers for one in full] == [[1, 2, 3], [4]]
    assert [r["id"] for one in full for r in one.resources] == ["p0", "p1", "p2", "p3"]
    assert [one.numbers for one in empty] == [[1], [2], [3], [4]]
    assert not any(one.focuses or len(one.json["entry"]) > 1 for one in empty)


@pytest.mark.parametrize(("content", "told"), [("full-resource", 1), ("id-only", 1), ("empty", 0)])
def test_the_person_reads_that_their_record_went_out_by_itself(town, receiver, content, told):
    town.subscribe(subscription(receiver.address, content=content))
    town.write(patient("kin"), patient("other"))
    town.step()
    with town.database.connection() as conn:
        rows = [one for one in audit.accesses(conn, "kin") if one.what.endswith("/$notify")]
    assert [one.action for one in rows] == ["E"] * told


def test_a_failing_receiver_is_tried_again_later_and_nothing_is_lost_or_reordered(town, receiver):
    town.subscribe(subscription(receiver.address))
    receiver.answer = 503
    town.write(patient("p1"))
    town.write(patient("p2"))
    town.step()
    assert len(receiver.events) == 1, "not at once again, and never the next before it"
    receiver.answer = 200
    town.step()
    assert receiver.numbers == [1]
    town.late = 5
    town.step()
    assert receiver.numbers == [1, 1, 2]


def test_after_too_many_failures_it_is_in_error_and_requested_again_it_is_told_all_it_missed(
    town, receiver, monkeypatch
):
    monkeypatch.setattr(courier, "MOST_FAILURES", 3)
    town.subscribe(subscription(receiver.address))
    receiver.answer = 500
    town.write(patient("p1"))
    for _ in range(3):
        town.step()
        town.late += 1_000
    found = town.admin("GET", "/Subscription/s").json
    assert found["status"] == "error"
    assert "SUB-0103" in found["error"]
    town.write(patient("p2"))
    town.step()
    status = town.admin("GET", "/Subscription/s/$status").json["entry"][0]["resource"]["parameter"]
    assert {"name": "events-since-subscription-start", "valueString": "2"} in status
    events = town.admin("GET", "/Subscription/s/$events?eventsSinceNumber=2").json
    focus = events["entry"][0]["resource"]["parameter"][-2]["part"][-1]
    assert focus["valueReference"]["reference"] == f"{BASE}/Patient/p2"
    for wrong in ("eventsSinceNumber=last", "eventsUntilNumber=-1", "content=all"):
        refused = town.admin("GET", f"/Subscription/s/$events?{wrong}")
        assert (refused.status, refused.codes) == (400, ["API-1003"])
    receiver.answer = 200
    receiver.received.clear()
    town.subscribe({**found, "status": "requested"})
    assert [one.kind for one in receiver.received] == ["handshake", "event-notification", "event-notification"]
    assert receiver.numbers == [1, 2]
    assert town.state() == "active"


def test_only_listed_origins_are_sent_to_and_redirects_are_not_followed(town, receiver, monkeypatch):
    monkeypatch.setattr(courier, "MOST_FAILURES", 1)
    town.subscribe(subscription("http://127.0.0.1:1/metadata"), "other")
    found = town.admin("GET", "/Subscription/other").json
    assert (found["status"], found["error"][:8]) == ("error", "SUB-0101")
    classic = {"resourceType": "Subscription", "status": "requested", "reason": "thử", "criteria": "Patient"}
    town.subscribe(
        {**classic, "channel": {"type": "rest-hook", "endpoint": "http://169.254.169.254/latest"}}, "classic"
    )
    assert town.state("classic") == "error", "told at once, not when something happens"
    receiver.answer, receiver.location = 307, f"{receiver.address}/elsewhere"
    town.subscribe(subscription(receiver.address))
    assert [one.path for one in receiver.received] == ["/"]
    assert town.state() == "error"
    nobody = town.courier_to()
    assert not nobody.post.may_reach(receiver.address)
    port = receiver.address.rpartition(":")[2]
    for near in (f"http://127.0.0.1:{port}@evil.example", f"https://127.0.0.1:{port}", f"http://localhost:{port}"):
        assert not Post.to([receiver.address]).may_reach(near)


def test_the_owner_is_told_only_what_the_owner_may_see_when_it_is_told(town, receiver):
    visit = {"resourceType": "Encounter", "status": "finished", "class": {"code": "AMB"}}
    own = {**visit, "serviceProvider": {"identifier": {"value": "79001"}}}
    other = {**visit, "serviceProvider": {"identifier": {"value": "79002"}}}
    extension = [{"url": "urn:yteso:StructureDefinition:subscription-owner", "valueString": DOCTOR.name}]
    asked = subscription(receiver.address, content="full-resource")
    town.subscribe({**asked, "extension": extension})
    town.write(patient("mine"), {**own, "id": "e1", "subject": {"reference": "Patient/mine"}})
    town.write(patient("theirs"), {**other, "id": "e2", "subject": {"reference": "Patient/theirs"}})
    town.step()
    assert [one.focuses for one in receiver.events] == [["Patient/mine"]]
    town.write(patient("mine", gender="male"))
    with town.database.connection() as conn:
        town.look.once(conn)
    town.write({**other, "id": "e1", "subject": {"reference": "Patient/mine"}})
    town.step()
    last = receiver.events[-1]
    assert (last.numbers, last.focuses, last.resources) == ([2], [], [])
    del town.accounts[DOCTOR.name]
    town.write(patient("mine", gender="female"))
    town.write({**own, "id": "e1", "subject": {"reference": "Patient/mine"}})
    town.late = 10_000
    town.step()
    assert len(receiver.events) == 2


def test_a_locked_owner_ends_it_in_error(town, receiver):
    town.subscribe(subscription(receiver.address))
    town.write(patient("p"))
    with town.database.connection() as conn:
        town.look.once(conn)
    town.accounts.clear()
    town.step()
    assert receiver.events == []
    assert "SUB-0104" in town.admin("GET", "/Subscription/s").json["error"]


def test_a_heartbeat_tells_a_quiet_subscriber_that_all_is_well_and_an_end_turns_it_off(town, receiver):
    asked = subscription(receiver.address, heartbeat_period={"valueUnsignedInt": 60})
    town.subscribe({**asked, "end": "2126-01-01T00:00:00Z"})
    town.step()
    assert [one.kind for one in receiver.received] == ["handshake"]
    town.late = 61
    town.step(errands=1)
    assert [one.kind for one in receiver.received] == ["handshake", "heartbeat"]
    town.late = 100 * 366 * 86_400
    town.step()
    assert town.state() == "off"


def test_a_classic_subscription_gets_an_empty_post_or_the_resource_itself(town, receiver):
    classic = {
        "resourceType": "Subscription",
        "status": "requested",
        "reason": "thử",
        "criteria": "Patient?gender=male",
    }
    channel = {"type": "rest-hook", "endpoint": f"{receiver.address}/fhir"}
    town.subscribe({**classic, "channel": channel}, "bare")
    town.subscribe({**classic, "channel": {**channel, "payload": "application/fhir+json"}}, "full")
    assert receiver.received == []
    assert town.state("bare") == town.state("full") == "active"
    town.write(patient("a", gender="male"), patient("b", gender="female"))
    town.step()
    assert sorted((one.method, one.path, bool(one.body)) for one in receiver.received) == [
        ("POST", "/fhir", False),
        ("PUT", "/fhir/Patient/a", True),
    ]
    assert next(one for one in receiver.received if one.body).json["id"] == "a"


def test_a_filter_without_chains_is_a_criterion(town, receiver):
    asked = "Patient?_filter=not%20(gender%20eq%20male%20or%20_id%20eq%20c)"
    channel = {"type": "rest-hook", "endpoint": f"{receiver.address}/fhir", "payload": "application/fhir+json"}
    town.subscribe(
        {"resourceType": "Subscription", "status": "requested", "reason": "thử", "criteria": asked, "channel": channel}
    )
    town.write(*(patient(name, gender=gender) for name, gender in (("a", "male"), ("b", "female"), ("c", "female"))))
    town.step()
    assert [one.path for one in receiver.received] == ["/fhir/Patient/b"]


def test_a_subscription_that_cannot_be_judged_stops_no_other(town, receiver, monkeypatch):
    town.subscribe(subscription(receiver.address, "Encounter"), "bad")
    town.subscribe(subscription(receiver.address), "good")
    matches = evaluate._matches

    def picky(conn, who, watched, *rest):
        if watched.id == "bad":
            conn.execute("SELECT 1/0")
        return matches(conn, who, watched, *rest)

    monkeypatch.setattr(evaluate, "_matches", picky)
    town.write(patient("p"))
    town.step()
    assert receiver.events[-1].focuses == ["Patient/p"]
    found = town.admin("GET", "/Subscription/bad").json
    assert (found["status"], found["error"][:8]) == ("error", "SUB-0106")


def test_off_and_deleted_subscriptions_are_told_nothing(town, receiver):
    town.subscribe(subscription(receiver.address), "off")
    town.subscribe(subscription(receiver.address), "gone")
    receiver.received.clear()
    town.subscribe({**subscription(receiver.address), "status": "off"}, "off")
    assert town.admin("DELETE", "/Subscription/gone").status == 204
    town.step()
    town.write(patient("p"))
    town.step()
    assert receiver.received == []
    assert town.admin("GET", "/Subscription/gone/$status").codes == ["SUB-0009"]


CUSTOM_CHANNEL = "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-channel-type"
BAD = [
    ({"criteria": "urn:yteso:topic:nothing"}, "SUB-0001", "Subscription.criteria"),
    ({"criteria": "Patient?nonsense=1"}, "SUB-0002", "Subscription.criteria"),
    ({"criteria": "Observation?subject:Patient.name=x"}, "SUB-0002", "Subscription.criteria"),
    ({"criteria": "Observation?_filter=not%20(subject.name%20co%20x)"}, "SUB-0002", "Subscription.criteria"),
    ({"criteria": "Subscription?status=active"}, "SUB-0002", "Subscription.criteria"),
    ({"criteria": "Patient?_include=Patient:organization"}, "SUB-0002", "Subscription.criteria"),
    ({"channel": {"type": "email", "endpoint": "mailto:a@example.vn"}}, "SUB-0004", "Subscription.channel.type"),
    (
        {
            "channel": {
                "type": "websocket",
                "_type": {"extension": [{"url": CUSTOM_CHANNEL, "valueCoding": {"code": "mq"}}]},
            }
        },
        "SUB-0004",
        "Subscription.channel.type",
    ),
    ({"channel": {"type": "rest-hook"}}, "SUB-0005", "Subscription.channel.endpoint"),
    ({"channel": {"type": "rest-hook", "endpoint": "file:///etc/passwd"}}, "SUB-0005", "Subscription.channel.endpoint"),
    ({"channel": {"type": "rest-hook", "endpoint": "http://u:p@h/"}}, "SUB-0005", "Subscription.channel.endpoint"),
    ({"channel": {"type": "websocket", "payload": "text/plain"}}, "SUB-0006", "Subscription.channel.payload"),
    ({"channel": {"type": "websocket", "header": ["Host: x"]}}, "SUB-0007", "Subscription.channel.header[0]"),
    ({"channel": {"type": "websocket", "header": ["A: b", "no colon"]}}, "SUB-0007", "Subscription.channel.header[1]"),
    (
        {"channel": {"type": "websocket", "extension": [{"url": f"{BACKPORT}timeout", "valueUnsignedInt": 999}]}},
        "SUB-0008",
        "Subscription.channel.extension",
    ),
    (
        {"_criteria": {"extension": [{"url": f"{BACKPORT}filter-criteria", "valueString": "Encounter?status=x"}]}},
        "SUB-0003",
        "Subscription.criteria.extension",
    ),
]


@pytest.mark.parametrize(("change", "code", "place"), BAD)
def test_what_cannot_be_subscribed_to_is_refused_by_number_and_place(town, change, code, place):
    answer = town.admin("POST", "/Subscription", {**subscription("https://his.example.vn"), **change})
    assert (answer.status, answer.codes) == (400, [code])
    assert answer.json["issue"][0]["expression"] == [place]


def test_a_subscription_in_a_transaction_is_judged_and_owned_too(town, receiver):
    entry = {
        "request": {"method": "PUT", "url": "Subscription/s"},
        "resource": {**subscription(receiver.address), "id": "s"},
    }
    bundle = {
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [entry, {"request": {"method": "PUT", "url": "Patient/p"}, "resource": patient("p")}],
    }
    assert town.admin("POST", "/", bundle).status == 200
    town.step()
    town.write(patient("q"))
    town.step()
    assert receiver.events[-1].focuses == ["Patient/q"]
    entry["resource"]["criteria"] = "Patient?nonsense=1"
    assert town.admin("POST", "/", bundle).json["issue"][0]["expression"] == ["Bundle.entry[0].resource.criteria"]


def test_a_receiver_that_answers_a_byte_at_a_time_or_never_is_left_in_time():
    with socket.create_server(("127.0.0.1", 0)) as server:
        post = Post.to([address := f"http://127.0.0.1:{server.getsockname()[1]}"])

        def drip():
            connection, _ = server.accept()
            with connection, contextlib.suppress(OSError):
                for byte in b"HTTP/1.1 200 OK\r\nX: " + b"y" * 500:
                    connection.send(bytes([byte]))
                    time.sleep(0.05)

        threading.Thread(target=drip, daemon=True).start()
        for _ in range(2):
            started = time.monotonic()
            assert post.send(Parcel("POST", address, (), b"{}", 0.5)) is None
            assert time.monotonic() - started < 10
