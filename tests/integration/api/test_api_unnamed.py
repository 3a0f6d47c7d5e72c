"""A visible record that names a hidden one is shown by every way out as if it did not, and stays whole when written."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from psycopg.pq import TransactionStatus
from tests.integration.api.conftest import DOCTOR, INTEGRATOR, Client
from tests.integration.api.test_api_labels import VISIT, condition

from yteso.access.policy import require
from yteso.search.parse import parse
from yteso.store import unnamed
from yteso.store.postgres import PostgresStore
from yteso.store.protocol import Read, Search

HIDDEN = {"reference": "Condition/hiv"}
FLU = {"reference": "Condition/flu"}
WHOLE = {
    **VISIT,
    "diagnosis": [{"condition": HIDDEN, "rank": 1}, {"condition": FLU, "rank": 2}],
    "reasonReference": [HIDDEN, FLU],
}


@pytest.fixture(autouse=True)
def record(api, admin, patient):
    """The labelled fact is another facility's: a doctor of ours may not know that there is one."""
    theirs = Client(api, replace(INTEGRATOR, facility="79002"))
    admin("PUT", "Patient/kin", {**patient, "id": "kin"})
    admin("PUT", "Encounter/e", VISIT)
    for one in (condition("hiv", "B20"), condition("flu", "J11")):
        assert theirs("PUT", f"Condition/{one['id']}", one).status == 201
    assert admin("PUT", "Encounter/e", WHOLE).json["meta"]["versionId"] == "2"


@pytest.fixture
def kept(database):
    def look():
        from yteso.store.postgres import PostgresStore

        with database.connection() as conn:
            (stored,) = PostgresStore().peek(conn, [("Encounter", "e")]).values()
        return json.loads(stored.body)

    return look


@pytest.mark.parametrize(
    "address",
    [
        "Encounter/e",
        "Encounter/e/_history/2",
        "Encounter/e/_history",
        "Encounter?_id=e",
        "Encounter?_id=e&_elements=diagnosis",
        "Encounter?_id=e&_sort=date",
        "Encounter?patient=kin&_include=Encounter:diagnosis",
        "?_type=Encounter,Condition&_id=e",
        "Patient/kin/$everything",
        "Patient/kin/Encounter",
        "Patient/kin/*",
        "Encounter/e/$everything",
        "Patient/kin/$summary",
        "Condition?_id=flu&_include=Condition:encounter",
        "Patient?_id=kin&_revinclude=Encounter:patient",
    ],
)
def test_no_way_to_read_tells_of_it(doctor, admin, address):
    found = doctor("GET", address)
    assert found.status == 200
    assert b"Condition/hiv" not in found.body
    assert b'"rank":1' not in found.body
    assert "summary" in address or b"Condition/hiv" in admin("GET", address).body


@pytest.mark.parametrize("ends", [False, True])
def test_readers_who_share_a_transaction_are_told_what_each_is_told_alone_and_it_is_asked_once(
    database, admin, patient, monkeypatch, ends
):
    admin("PUT", "Patient/open", {**patient, "id": "open", "identifier": []})
    admin("PUT", "Condition/cold", {**condition("cold", "J00"), "subject": {"reference": "Patient/open"}})
    cold = [{"condition": {"reference": "Condition/cold"}}]
    admin("PUT", "Encounter/o", {**VISIT, "id": "o", "subject": {"reference": "Patient/open"}, "diagnosis": cold})
    store = PostgresStore()

    def both(*asked):
        limits = [(who, require(who, "search", kind), kind, key) for who, kind, key in asked]
        queries = [parse(kind, f"_id={key}")[0] for _, _, kind, key in limits]
        with database.connection() as conn:
            searches = [Search(*one[:2], query) for one, query in zip(limits, queries, strict=True)]
            pages = [page.matches for page in store.search_together(conn, searches, ends=ends)]
            read = store.read_together(conn, [Read(*one) for one in limits], ends=ends)
            assert conn.pgconn.transaction_status == (TransactionStatus.IDLE if ends else TransactionStatus.INTRANS)
        assert [(one,) for one in read] == pages
        return [page[0].body for page in pages]

    asks, asked = [], unnamed._guarded_among
    monkeypatch.setattr(unnamed, "_guarded_among", lambda people: asks.append(people) or asked(people))
    ours = (DOCTOR, "Encounter", "o"), (replace(DOCTOR, name="hai"), "Encounter", "o"), (DOCTOR, "Condition", "cold")
    assert all(b"Condition/cold" in body for body in both(*ours)[:2])
    assert [len(people) for people in asks] == [1, 1]
    alone = [both(one)[0] for one in (*ours, (DOCTOR, "Encounter", "e"), (INTEGRATOR, "Encounter", "e"))]
    assert both(*ours, (DOCTOR, "Encounter", "e"), (INTEGRATOR, "Encounter", "e")) == alone
    assert [b"Condition/hiv" in body for body in alone] == [False] * 4 + [True]


def test_the_version_is_the_same_for_everybody(doctor, admin):
    assert doctor("GET", "Encounter/e").headers["ETag"] == admin("GET", "Encounter/e").headers["ETag"]


def test_what_is_read_and_written_back_makes_no_version_and_keeps_all(doctor, kept):
    read = doctor("GET", "Encounter/e")
    back = doctor("PUT", "Encounter/e", read.json, If_Match=read.headers["ETag"])
    assert (back.status, back.json) == (200, read.json)
    assert kept()["diagnosis"] == WHOLE["diagnosis"]


def test_an_update_a_patch_and_a_transaction_keep_what_the_writer_did_not_see_and_do_not_tell_it(doctor, kept):
    read = doctor("GET", "Encounter/e").json
    put = doctor("PUT", "Encounter/e", {**read, "status": "cancelled"})
    assert (put.status, put.json["meta"]["versionId"]) == (200, "3")
    patch = json.dumps([{"op": "replace", "path": "/diagnosis/0/rank", "value": 7}]).encode()
    patched = doctor("PATCH", "Encounter/e", patch, Content_Type="application/json-patch+json")
    entry = {"resource": {**patched.json, "status": "finished"}, "request": {"method": "PUT", "url": "Encounter/e"}}
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": [entry]}
    together = doctor("POST", "", bundle, Prefer="return=representation")
    for answer in (put, patched, together):
        assert answer.status == 200
        assert b"Condition/hiv" not in answer.body
    assert together.json["entry"][0]["resource"]["diagnosis"] == [{"condition": FLU, "rank": 7}]
    assert kept()["meta"]["versionId"] == "5"
    assert kept()["diagnosis"] == [{"condition": HIDDEN, "rank": 1}, {"condition": FLU, "rank": 7}]
    assert kept()["reasonReference"] == [HIDDEN, FLU]


def test_what_the_person_closed_is_not_named_either(doctor, admin):
    assert b"Condition/flu" in doctor("GET", "Encounter/e").body
    consent = {
        "resourceType": "Consent",
        "id": "closed",
        "status": "active",
        "scope": {"coding": [{"code": "patient-privacy"}]},
        "category": [{"coding": [{"code": "INFAO"}]}],
        "patient": {"reference": "Patient/kin"},
        "policyRule": {"text": "x"},
        "sourceReference": {"reference": "DocumentReference/paper"},
        "provision": {"type": "deny", "class": [{"system": "http://hl7.org/fhir/resource-types", "code": "Condition"}]},
    }
    assert admin("PUT", "Consent/closed", consent).status == 201
    assert b"Condition/flu" not in doctor("GET", "Encounter/e").body
    assert "diagnosis" not in doctor("GET", "Encounter/e").json
