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


ENTRY = {"fullUrl", "resource", "search", "request", "response"}


def test_an_answer_holds_what_was_written_and_nothing_else_of_its_row(admin):
    sent = {"resourceType": "Basic", "id": "x", "code": {"text": "Mẫu"}, "created": "2026-11-26"}
    answers = [admin("PUT", "Basic/x", sent, prefer="return=representation"), admin("GET", "Basic/x")]
    found = [answer.json for answer in (*answers, admin("GET", "Basic/x/_history/1"))]
    for listed in ("Basic?_id=x", "Basic/x/_history", "Basic/_history", "_history"):
        entries = admin("GET", listed).json["entry"]
        assert all(entry.keys() <= ENTRY for entry in entries), listed
        found += [entry["resource"] for entry in entries]
    batch = [{"request": {"method": "GET", "url": "Basic/x"}}]
    found.append(
        admin("POST", "", {"resourceType": "Bundle", "type": "batch", "entry": batch}).json["entry"][0]["resource"]
    )
    assert len(found) == 8
    for told in found:
        assert told.pop("meta").keys() == {"versionId", "lastUpdated"}
        assert told == sent


def test_who_asks_for_less_is_told_less(admin):
    admin("PUT", "Basic/x", {"resourceType": "Basic", "id": "x", "code": {"text": "Mẫu"}, "created": "2026-11-26"})
    assert "created" not in admin("GET", "Basic/x?_elements=code").json
    assert admin("GET", "Basic?_id=x&_summary=count").json.get("entry", []) == []
