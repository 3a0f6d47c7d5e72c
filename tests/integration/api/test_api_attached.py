"""Files inside what is written are shown to the virus scanner: what it finds, or says nothing about, is not kept."""

from __future__ import annotations

import json
from base64 import b64encode
from datetime import UTC, datetime

import pytest
from tests.clamd import EICAR, running
from tests.integration.api.conftest import INTEGRATOR, Client

from yteso.api import Api
from yteso.base.scanner import Scanner
from yteso.store.postgres import PostgresStore

CLEAN, BAD = (b64encode(one).decode() for one in (b"%PDF-1.7 Mau", b"%PDF-1.7 " + EICAR))
BINARY = {"resourceType": "Binary", "contentType": "text/plain", "data": BAD}


@pytest.fixture
def clamd(tmp_path):
    with running(tmp_path / "clamd.ctl") as server:
        yield server


@pytest.fixture
def guarded(database, clamd):
    """A door with a scanner, as the integrator."""
    scanner = Scanner(clamd.place, 10.0)
    return Client(Api(database, PostgresStore(), lambda: datetime.now(UTC), scanner=scanner), INTEGRATOR)


def media(data, **more):
    return {"resourceType": "Media", "status": "completed", "content": {"data": data}, **more}


def refused(answer):
    return answer.status, [(one["details"]["coding"][0]["code"], *one["expression"]) for one in answer.json["issue"]]


RESOURCES = [
    (media(BAD), "Media.content.data"),
    (
        {
            "resourceType": "DocumentReference",
            "status": "current",
            "content": [{"attachment": {"data": CLEAN}}, {"attachment": {"data": BAD}}],
        },
        "DocumentReference.content[1].attachment.data",
    ),
    (BINARY, "Binary.data"),
    ({"resourceType": "Patient", "photo": [{"data": BAD}]}, "Patient.photo[0].data"),
    (
        {
            "resourceType": "Communication",
            "status": "completed",
            "payload": [{"contentAttachment": {"url": f"data:application/pdf;base64,{BAD}"}}],
        },
        "Communication.payload[0].contentAttachment.url",
    ),
    (
        {"resourceType": "Basic", "code": {"text": "Mẫu"}, "contained": [BINARY]},
        "Basic.contained[0].data",
    ),
    (
        {
            "resourceType": "Bundle",
            "type": "collection",
            "entry": [{"resource": BINARY}],
        },
        "Bundle.entry[0].resource.data",
    ),
]


@pytest.mark.parametrize(("resource", "place"), RESOURCES, ids=[place for _, place in RESOURCES])
def test_a_resource_with_a_virus_in_it_is_not_kept(guarded, resource, place):
    kind = resource["resourceType"]
    assert refused(guarded("POST", kind, resource)) == (422, [("SCAN-0001", place)])
    assert refused(guarded("PUT", f"{kind}/x", {**resource, "id": "x"})) == (422, [("SCAN-0001", place)])
    assert guarded("GET", f"{kind}?_summary=count").json["total"] == 0


def test_what_is_clean_is_kept(guarded, clamd):
    assert guarded("POST", "Media", media(CLEAN)).status == 201
    assert clamd.seen == [b"%PDF-1.7 Mau"]


def test_xml_is_looked_through_like_json(guarded):
    held = f'<status value="completed"/><content><data value="{BAD}"/></content>'
    sent = f'<Media xmlns="http://hl7.org/fhir">{held}</Media>'.encode()
    answer = guarded("POST", "Media", sent, content_type="application/fhir+xml", accept="application/json")
    assert refused(answer) == (422, [("SCAN-0001", "Media.content.data")])


def test_a_binary_in_its_own_form_is_looked_through(guarded):
    assert refused(guarded("POST", "Binary", EICAR, content_type="text/plain")) == (422, [("SCAN-0001", "Binary.data")])
    assert guarded("POST", "Binary", b"chu thuong", content_type="text/plain").status == 201


def entry(resource):
    return {"request": {"method": "POST", "url": resource["resourceType"]}, "resource": resource}


def test_of_a_batch_only_the_entry_is_refused(guarded, clamd):
    entries = [entry(media(CLEAN)), entry(media(BAD)), entry({"resourceType": "Basic", "code": {"text": "Mẫu"}})]
    answer = guarded("POST", "", {"resourceType": "Bundle", "type": "batch", "entry": entries})
    told = [one["response"]["status"][:3] for one in answer.json["entry"]]
    assert told == ["201", "422", "201"]
    (issue,) = answer.json["entry"][1]["response"]["outcome"]["issue"]
    assert issue["details"]["coding"][0]["code"] == "SCAN-0001"
    assert issue["expression"] == ["Media.content.data"]
    assert len(clamd.seen) == 2, "each file once"


def test_of_a_transaction_nothing_is_kept_and_the_entry_is_named(guarded):
    entries = [entry(media(CLEAN)), entry(media(BAD))]
    answer = guarded("POST", "", {"resourceType": "Bundle", "type": "transaction", "entry": entries})
    assert refused(answer) == (422, [("SCAN-0001", "Bundle.entry[1].resource.content.data")])
    assert guarded("GET", "Media?_summary=count").json["total"] == 0


@pytest.mark.parametrize("kind", ["batch", "transaction"])
def test_a_thousand_files_of_a_bundle_go_by_one_connection(guarded, clamd, kind):
    entries = [entry(media(b64encode(b"Mau %d" % n).decode())) for n in range(1000)]
    assert guarded("POST", "", {"resourceType": "Bundle", "type": kind, "entry": entries}).status == 200
    assert (len(clamd.seen), clamd.connections) == (1000, 1)


def test_what_holds_no_file_asks_nobody(guarded, clamd):
    assert guarded("POST", "Basic", {"resourceType": "Basic", "code": {"text": "Mẫu"}}).status == 201
    assert clamd.connections == 0


PATCH = [{"op": "replace", "path": "/content/data", "value": BAD}]
MOVE = [
    {"op": "add", "path": "/content/title", "value": BAD},
    {"op": "move", "from": "/content/title", "path": "/content/data"},
]


@pytest.mark.parametrize("patch", [PATCH, MOVE], ids=["said", "put together"])
def test_what_a_patch_makes_is_looked_through(guarded, patch):
    assert guarded("PUT", "Media/m", media(CLEAN, id="m")).status == 201
    answer = guarded("PATCH", "Media/m", patch, content_type="application/json-patch+json")
    assert refused(answer) == (422, [("SCAN-0001", "Media.content.data")])
    held = {"resourceType": "Binary", "contentType": "application/json-patch+json", "data": text(patch)}
    step = {"request": {"method": "PATCH", "url": "Media/m"}, "resource": held}
    answer = guarded("POST", "", {"resourceType": "Bundle", "type": "transaction", "entry": [step]})
    assert refused(answer) == (422, [("SCAN-0001", "Bundle.entry[0].resource.content.data")])
    assert guarded("GET", "Media/m").json["content"] == {"data": CLEAN}


def text(patch):
    return b64encode(json.dumps(patch).encode()).decode()


def test_a_patch_beside_a_file_that_lies_here_shows_it_to_nobody_again(guarded, clamd):
    assert guarded("PUT", "Media/m", media(CLEAN, id="m")).status == 201
    patch = [{"op": "add", "path": "/content/title", "value": "Ảnh mẫu"}]
    assert guarded("PATCH", "Media/m", patch, content_type="application/json-patch+json").status == 200
    assert clamd.seen == [b"%PDF-1.7 Mau"]


@pytest.mark.parametrize("answer", [b"", b"x\0", b"INSTREAM size limit exceeded. ERROR\0"])
def test_without_a_verdict_nothing_is_kept(guarded, clamd, answer):
    clamd.answer = answer
    told = guarded("POST", "Media", media(CLEAN))
    assert refused(told) == (503, [("SCAN-0002", "Media.content.data")])
    assert int(told.headers["Retry-After"]) > 0
    entries = [entry(media(CLEAN)), entry({"resourceType": "Basic", "code": {"text": "Mẫu"}})]
    batch = guarded("POST", "", {"resourceType": "Bundle", "type": "batch", "entry": entries}).json
    assert [one["response"]["status"][:3] for one in batch["entry"]] == ["503", "201"]
    whole = guarded("POST", "", {"resourceType": "Bundle", "type": "transaction", "entry": entries})
    assert refused(whole) == (503, [("SCAN-0002", "Bundle.entry[0].resource.content.data")])
    assert guarded("GET", "Media?_summary=count").json["total"] == 0


def test_who_is_not_there_is_asked_once_for_a_whole_bundle(database, tmp_path):
    scanner = Scanner(str(tmp_path / "nobody.ctl"), 10.0)
    door = Client(Api(database, PostgresStore(), lambda: datetime.now(UTC), scanner=scanner), INTEGRATOR)
    entries = [entry(media(CLEAN)) for _ in range(500)]
    answer = door("POST", "", {"resourceType": "Bundle", "type": "batch", "entry": entries})
    assert {one["response"]["status"][:3] for one in answer.json["entry"]} == {"503"}


def test_what_is_no_plain_base64_cannot_be_scanned(guarded):
    answer = guarded("POST", "Media", media("QQ==QUJD"))
    assert refused(answer) == (422, [("SCAN-0003", "Media.content.data")])


def test_without_a_scanner_everything_is_as_before(admin):
    assert admin("POST", "Media", media(BAD)).status == 201
