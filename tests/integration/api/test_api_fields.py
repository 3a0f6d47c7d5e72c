"""What is the server's own to say is not taken from a client, whatever way it comes."""

from __future__ import annotations

from yteso.fhir import json


def test_what_a_client_says_of_versions_is_dropped(admin):
    meta = {"versionId": "99", "lastUpdated": "1999-01-01T00:00:00Z"}
    sent = {"resourceType": "Basic", "id": "x", "meta": meta, "code": {"text": "Mẫu"}}
    entry = {"request": {"method": "PUT", "url": "Basic/y"}, "resource": {**sent, "id": "y"}}
    assert admin("PUT", "Basic/x", sent).json["meta"]["versionId"] == "1"
    assert admin("POST", "", {"resourceType": "Bundle", "type": "transaction", "entry": [entry]}).status == 200
    patch = [
        {"op": "add", "path": "/meta/versionId", "value": "77"},
        {"op": "add", "path": "/code/text", "value": "Khác"},
    ]
    assert admin("PATCH", "Basic/x", patch, content_type="application/json-patch+json").status == 200
    for name, version in (("x", "2"), ("y", "1")):
        told = json.loads(admin("GET", f"Basic/{name}").body)["meta"]
        assert told["versionId"] == version
        assert told["lastUpdated"] > "2020"
