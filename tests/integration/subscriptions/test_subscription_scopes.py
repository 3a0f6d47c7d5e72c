"""A Subscription outlives the token of the app that wrote it: it never tells more than that app may read."""

from dataclasses import replace

import pytest
from tests.integration.api.conftest import INTEGRATOR, Client
from tests.integration.subscriptions.conftest import TOPIC, subscription

SOCKET = {
    "resourceType": "Subscription",
    "status": "requested",
    "reason": "thử",
    "criteria": f"{TOPIC}Patient",
    "channel": {"type": "websocket", "payload": "application/fhir+json"},
}
SUBSCRIBES = "system/Subscription.cruds"


@pytest.fixture
def app(town):
    def of(scope):
        return Client(town.api, replace(INTEGRATOR, client="app", scope=f"{SUBSCRIBES} {scope}".strip()))

    return of


NARROW = ["", "system/Observation.rs", "system/Patient.r", "system/Patient.s", "system/Patient.rs?gender=male"]


def writes(document):
    """Every way to write a Subscription that is not there yet."""
    one = {"resource": {**document, "id": "s"}, "request": {"method": "PUT", "url": "Subscription/s"}}
    yield "POST", "/Subscription", document
    yield "PUT", "/Subscription/s", {**document, "id": "s"}
    yield "PUT", "/Subscription?_id=s", {**document, "id": "s"}
    yield "POST", "/", {"resourceType": "Bundle", "type": "transaction", "entry": [one]}
    yield "POST", "/", {"resourceType": "Bundle", "type": "batch", "entry": [one]}


@pytest.mark.parametrize("scope", NARROW)
def test_an_app_subscribes_to_nothing_it_may_not_read_whole(town, app, receiver, scope):
    for method, url, body in writes(subscription(receiver.address, content="full-resource")):
        answer = app(scope)(method, url, body)
        told = answer.json["entry"][0]["response"]["status"] if body.get("type") == "batch" else str(answer.status)
        assert told.startswith("403"), (method, url)
    assert town.admin("GET", "/Subscription?_summary=count").json["total"] == 0


def test_nor_by_changing_what_is_watched_or_by_another_owner(town, app, receiver):
    one = app("system/Patient.rs")
    hook = {**subscription(receiver.address), "id": "s"}
    assert one("PUT", "/Subscription/s", hook).status == 201
    assert one("PUT", "/Subscription/s", {**hook, "criteria": f"{TOPIC}Observation"}).codes == ["SUB-0011"]
    patch = [{"op": "replace", "path": "/criteria", "value": "Observation?status=final"}]
    refused = one("PATCH", "/Subscription/s", patch, content_type="application/json-patch+json")
    assert refused.codes == ["SUB-0011"]
    owner = {"url": "urn:yteso:StructureDefinition:subscription-owner", "valueString": INTEGRATOR.name}
    other = {**hook, "criteria": f"{TOPIC}Observation", "extension": [owner]}
    assert one("PUT", "/Subscription/s", other).codes == ["SUB-0011"]
    assert town.admin("GET", "/Subscription/s").json["criteria"] == f"{TOPIC}Patient"


@pytest.mark.parametrize("scope", NARROW)
def test_an_app_opens_no_socket_that_tells_more(town, app, scope):
    town.subscribe(SOCKET)
    for url in ("/Subscription/s/$get-ws-binding-token", "/Subscription/$get-ws-binding-token?id=s"):
        assert app(scope)("GET", url).codes == ["SUB-0011"]
        assert app("system/Patient.rs")("GET", url).status == 200
