"""Documents and messages are found by what their first entry says, which is stored nowhere else."""

from dataclasses import replace
from datetime import timedelta

import pytest

from yteso.access.policy import require
from yteso.access.principal import Principal, Role
from yteso.access.restriction import EVERYTHING
from yteso.base.errors import Refused
from yteso.search.parse import parse
from yteso.store import reindex
from yteso.store.protocol import Put

URN = "urn:uuid:0c5a1e0e-0000-4000-8000-00000000000"
LOINC = "http://loinc.org"
INTEGRATOR = Principal("tich-hop", Role.INTEGRATOR)


def composition(id, patient, **more):
    return {
        "resourceType": "Composition",
        "id": id,
        "identifier": {"system": "urn:yteso:test", "value": id},
        "status": "final",
        "type": {"coding": [{"system": LOINC, "code": "60591-5"}]},
        "subject": {"reference": patient},
        "date": "2026-03-05",
        "author": [{"reference": "Practitioner/dr"}],
        "title": "Tóm tắt hồ sơ",
        "meta": {"tag": [{"system": "urn:t", "code": "x"}]},
        **more,
    }


def document(id, first, *others):
    entries = [first, *others]
    return {
        "resourceType": "Bundle",
        "id": id,
        "type": "document",
        "identifier": {"system": "urn:yteso:test", "value": f"b-{id}"},
        "timestamp": "2026-03-05T08:00:00+07:00",
        "entry": [{"fullUrl": f"{URN}{at}", "resource": one} for at, one in enumerate(entries)],
    }


def person(id, name):
    return {"resourceType": "Patient", "id": id, "name": [{"text": name}], "birthDate": "1980-01-01"}


HEADER = {
    "resourceType": "MessageHeader",
    "id": "m",
    "eventCoding": {"system": "urn:events", "code": "admit"},
    "source": {"name": "HIS Mẫu", "endpoint": "urn:his"},
    "destination": [{"name": "Sở Y tế", "endpoint": "urn:so"}],
}


@pytest.fixture
def record(database, store, administrator):
    with database.connection() as conn:
        resources = [
            person("p1", "Lê Thị Thử"),
            person("p2", "Trần Văn Thử"),
            document("d1", composition("c1", "Patient/p1"), person("p1", "Lê Thị Thử")),
            document(
                "d2",
                composition("c2", f"{URN}1", title="Giấy ra viện", date="2025-12-01"),
                person("p2", "Trần Văn Thử"),
            ),
            {**document("d3", composition("c3", "Patient/p1", status="preliminary")), "type": "collection"},
            {**document("m1", HEADER), "type": "message"},
            document("odd", person("p1", "Lê Thị Thử")),
            {"resourceType": "Bundle", "id": "empty", "type": "collection"},
            composition("alone", "Patient/p2", title="Đứng riêng"),
        ]
        store.write(conn, administrator, [Put(one) for one in resources])


def ids(database, store, text, limit=EVERYTHING, type="Bundle", who=INTEGRATOR):
    query, issues = parse(type, text)
    assert not issues, issues
    with database.connection() as conn:
        return sorted(one.id for one in store.search(conn, who, limit, query).matches)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("composition.patient=Patient/p1", ["d1", "d3"]),
        ("composition.subject=Patient/p2", ["d2"]),
        ("composition.subject:Patient=p2", ["d2"]),
        ("composition.title=tóm", ["d1", "d3"]),
        ("composition.title=giay ra", ["d2"]),
        ("composition.title:exact=Giấy ra viện", ["d2"]),
        ("composition.title:contains=hồ", ["d1", "d3"]),
        ("composition.title=đứng", []),
        (f"composition.type={LOINC}|60591-5", ["d1", "d2", "d3"]),
        ("composition.type=60591-5&composition.status=final", ["d1", "d2"]),
        ("composition.status:not=final", ["d3"]),
        ("composition.identifier=urn:yteso:test|c2", ["d2"]),
        ("composition._tag=urn:t|x", ["d1", "d2", "d3"]),
        ("composition.date=ge2026", ["d1", "d3"]),
        ("composition.date=2025-12-01", ["d2"]),
        ("composition._id=c2", ["d2"]),
        ("composition.author=Practitioner/dr&identifier=urn:yteso:test|b-d1", ["d1"]),
        ("composition.patient.name=tran", ["d2"]),
        ("composition:Composition.subject:Patient.name=lê", ["d1", "d3"]),
        ("composition=Composition/c1", ["d1"]),
        ("message.event=urn:events|admit", ["m1"]),
        ("message.event=admit&message.source=his", ["m1"]),
        ("message.destination=sở", ["m1"]),
        ("message.destination-uri=urn:so", ["m1"]),
        ("message.event=discharge", []),
        ("type=message&message.event=admit", ["m1"]),
    ],
)
def test_a_chain_leads_to_the_entry_inside(database, store, record, text, found):
    assert ids(database, store, text) == found


def test_what_is_inside_is_met_by_no_search_of_its_own_type(database, store, record):
    assert ids(database, store, "identifier=urn:yteso:test|c1", type="Composition") == []
    assert ids(database, store, "patient=Patient/p1", type="Composition") == []
    assert ids(database, store, "type=60591-5", type="Composition") == ["alone"]
    assert ids(database, store, "title=giay", type="Composition") == []
    assert ids(database, store, "_has:Composition:patient:status=final", type="Patient") == ["p2"]


@pytest.mark.parametrize(
    "text",
    ["composition.title:missing=true", "composition._lastUpdated=ge2020", "composition._has:Provenance:target:_id=x"],
)
def test_what_cannot_be_asked_of_an_entry_is_refused(database, store, record, text):
    with pytest.raises(Refused) as refused:
        ids(database, store, text)
    assert (refused.value.status, refused.value.issues[0].code) == (400, "SRCH-0025")


def test_the_entry_follows_its_bundle(database, store, administrator, record):
    with database.connection() as conn:
        changed = document("d1", composition("c1", "Patient/p2", title="Khác"))
        store.write(conn, administrator, [Put(changed)])
    assert ids(database, store, "composition.patient=Patient/p1") == ["d3"]
    assert ids(database, store, "composition.title=tóm") == ["d3"]
    assert ids(database, store, "composition.title=khác") == ["d1"]


@pytest.mark.parametrize(
    ("scope", "found"),
    [
        ("system/*.rs", ["d1", "d3"]),
        ("system/Bundle.rs system/Composition.rs", ["d1", "d3"]),
        ("system/Bundle.rs", []),
        ("system/Bundle.rs system/Composition.rs?status=final", []),
        ("system/Bundle.rs patient/Composition.rs", []),
    ],
)
def test_who_does_not_see_all_compositions_finds_nothing_by_them(database, store, record, scope, found):
    app = replace(INTEGRATOR, scope=scope, patient="p1")
    limit = require(app, "search", "Bundle")
    assert ids(database, store, "composition.patient=Patient/p1", limit, who=app) == found
    assert ids(database, store, "identifier=urn:yteso:test|b-d1", limit, who=app) == ["d1"]


def test_a_bound_reader_searches_no_bundles():
    for role in (Role.DOCTOR, Role.CITIZEN):
        with pytest.raises(Refused):
            require(Principal("x", role, "79001", person="p1"), "search", "Bundle")


def test_what_an_earlier_release_stored_is_found_once_it_is_indexed_again(database, store, record, monkeypatch):
    monkeypatch.setattr(reindex, "GRACE", timedelta(0))
    with database.connection() as conn:
        conn.execute("UPDATE store.resource SET tok = '{}' WHERE type = 12")
        conn.execute("DELETE FROM store.string WHERE type = 12")
        conn.execute(
            "INSERT INTO store.parameter (id, url, code, types, state, definition)"
            " VALUES ('*', '', '', ARRAY[12::smallint], 'indexing', '{}')"
        )
    assert ids(database, store, "composition.title=tóm") == []
    work = reindex.Reindex(database, store)
    assert "" in [work.step("*") for _ in range(6)]
    assert ids(database, store, "composition.title=tóm&composition.patient=Patient/p1") == ["d1", "d3"]
