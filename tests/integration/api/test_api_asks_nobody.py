"""No address that stands in what is sent to the FHIR door is ever asked (SSRF): a trap listens at each of them."""

from __future__ import annotations

import socket
import threading

import pytest

DEFINED = {"status": "active", "experimental": True}


@pytest.fixture
def trap():
    """(its address, who came): a socket of this machine that must stay alone."""
    came = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)
        stop = threading.Event()

        def wait():
            while not stop.is_set():
                try:
                    visitor, place = server.accept()
                    visitor.close()
                    came.append(place)
                except TimeoutError:
                    continue

        thread = threading.Thread(target=wait)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", came
        stop.set()
        thread.join()


def resources(at):
    """Resources with the address wherever FHIR has a place for one."""
    yield {
        "resourceType": "Patient",
        "id": "p",
        "meta": {"profile": [f"{at}/StructureDefinition/p"], "source": f"{at}/source"},
        "implicitRules": f"{at}/rules",
        "extension": [{"url": f"{at}/extension", "valueUrl": f"{at}/value"}],
        "photo": [{"contentType": "image/png", "url": f"{at}/photo.png"}],
        "identifier": [{"system": f"{at}/system", "value": "1"}],
        "managingOrganization": {"reference": f"{at}/Organization/1"},
        "text": {
            "status": "generated",
            "div": f'<div xmlns="http://www.w3.org/1999/xhtml"><img src="{at}/i.png"/></div>',
        },
    }
    yield {
        "resourceType": "DocumentReference",
        "id": "d",
        "status": "current",
        "subject": {"reference": "Patient/p"},
        "content": [{"attachment": {"url": f"{at}/scan.pdf", "contentType": "application/pdf"}}],
    }
    yield {
        "resourceType": "Endpoint",
        "id": "e",
        "status": "active",
        "connectionType": {"system": f"{at}/types", "code": "x"},
        "payloadType": [{"text": "x"}],
        "address": at,
    }
    yield {
        "resourceType": "Subscription",
        "id": "s",
        "status": "requested",
        "reason": "x",
        "criteria": "urn:yteso:topic:Patient",
        "channel": {"type": "rest-hook", "endpoint": f"{at}/hook", "payload": "application/fhir+json"},
    }
    includes = [{"system": f"{at}/codes", "valueSet": [f"{at}/other"]}]
    yield {"resourceType": "ValueSet", "id": "v", "url": f"{at}/v", "compose": {"include": includes}, **DEFINED}
    yield {
        "resourceType": "StructureDefinition",
        "id": "sd",
        "url": f"{at}/StructureDefinition/p",
        "name": "P",
        "kind": "resource",
        "abstract": False,
        "type": "Patient",
        "baseDefinition": f"{at}/StructureDefinition/base",
        "derivation": "constraint",
        "differential": {"element": [{"id": "Patient", "path": "Patient"}]},
        **DEFINED,
    }


def asking(at):
    """Operations and searches that name the address."""
    profile = {"name": "profile", "valueUri": f"{at}/StructureDefinition/p"}
    body = {"name": "resource", "resource": {"resourceType": "Patient"}}
    yield "POST", "Patient/$validate", {"resourceType": "Parameters", "parameter": [profile, body]}
    yield "GET", f"ValueSet/$expand?url={at}/v", None
    yield "GET", "ValueSet/v/$expand", None
    yield "GET", f"ValueSet/$validate-code?url={at}/v&code=x&system={at}/codes", None
    yield "GET", f"CodeSystem/$lookup?system={at}/codes&code=x", None
    yield "GET", f"ConceptMap/$translate?url={at}/map&code=x&system={at}/codes", None
    yield "GET", f"DocumentReference?location={at}/scan.pdf", None
    yield "GET", f"Patient?organization={at}/Organization/1&_include=Patient:organization", None
    yield "GET", f"Patient?_profile={at}/StructureDefinition/p", None
    yield "GET", "Patient/p/$everything", None
    yield "GET", "Patient/p/$summary", None
    files = [{"name": "file", "valueString": f"{at}/all.ndjson"}, {"name": "inputSource", "valueUri": at}]
    yield "POST", "$import", {"resourceType": "Parameters", "parameter": files}
    entry = {"fullUrl": f"{at}/Patient/q", "request": {"method": "GET", "url": f"{at}/Patient/q"}}
    yield "POST", "", {"resourceType": "Bundle", "type": "batch", "entry": [entry]}


def test_no_address_in_what_is_sent_is_asked(admin, trap):
    at, came = trap
    written = [admin("PUT", f"{one['resourceType']}/{one['id']}", one).status for one in resources(at)]
    assert written.count(201) >= 4
    for method, url, body in asking(at):
        assert admin(method, url, body, prefer="respond-async").status < 500, url
    assert came == []


def test_the_trap_notices_who_comes(trap):
    at, came = trap
    with socket.create_connection(("127.0.0.1", int(at.rpartition(":")[2]))):
        pass
    for _ in range(40):
        if came:
            break
        threading.Event().wait(0.05)
    assert len(came) == 1
