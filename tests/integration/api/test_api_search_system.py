"""search of everything, `GET [base]?_type=…`: what it finds, its order and pages, and what it refuses."""

from __future__ import annotations

import pytest

from yteso.store import audit

TAG = {"system": "urn:t", "code": "một"}


def linked(n):
    meta = {"tag": [TAG] if n % 2 else [{"code": "hai"}]}
    patient = {"resourceType": "Patient", "id": f"n{n}", "meta": meta, "name": [{"family": "Mẫu"}]}
    subject = {"reference": f"Patient/n{n}"}
    observation = {"resourceType": "Observation", "id": f"n{n}", "meta": meta, "status": "final"}
    condition = {"resourceType": "Condition", "id": f"n{n}", "subject": subject}
    code = {"coding": [{"system": "urn:c", "code": "1"}]}
    return patient, {**observation, "code": code, "subject": subject}, condition


@pytest.fixture
def record(admin):
    """Four patients with an observation and a condition each, all of one id, in one transaction."""
    entries = [
        {"resource": one, "request": {"method": "PUT", "url": f"{one['resourceType']}/{one['id']}"}}
        for n in range(4)
        for one in linked(n)
    ]
    assert admin("POST", "", {"resourceType": "Bundle", "type": "transaction", "entry": entries}).status == 200


def keys(answer, mode="match"):
    entries = answer.json.get("entry", [])
    found = [one["resource"] for one in entries if one["search"]["mode"] == mode]
    return [f"{one['resourceType']}/{one.get('id', '')}" for one in found]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("_id=n1", ["Condition/n1", "Observation/n1", "Patient/n1"]),
        ("_type=Patient,Condition&_id=n1", ["Condition/n1", "Patient/n1"]),
        ("_type=Patient&_type=Condition&_id=n1", ["Condition/n1", "Patient/n1"]),
        ("_tag=urn:t|m%E1%BB%99t&_type=Patient", ["Patient/n1", "Patient/n3"]),
        ("_tag:not=m%E1%BB%99t&_type=Patient", ["Patient/n0", "Patient/n2"]),
        (
            "_type=Observation,Condition&patient=n1,n2",
            [f"{k}/n{n}" for k in ("Condition", "Observation") for n in (1, 2)],
        ),
        ("_type=Observation&patient.name=mau&_id=n1", ["Observation/n1"]),
        ("_type=Patient&_has:Observation:patient:code=1&_id=n2", ["Patient/n2"]),
        ("_type=Patient,Condition&_filter=_id eq n3", ["Condition/n3", "Patient/n3"]),
        ("_type=Patient&_content=mau&_id=n3", ["Patient/n3"]),
        ("_id=n1&_lastUpdated=lt2020", []),
        ("_id=n1&_lastUpdated=gt2020&_type=Patient", ["Patient/n1"]),
    ],
)
def test_types_are_asked_together_by_what_they_share(admin, record, asked, found):
    answer = admin("GET", f"?{asked}")
    assert answer.status == 200
    assert sorted(keys(answer)) == found
    assert answer.json["total"] == len(found)


@pytest.mark.parametrize("sort", ["", "&_sort=_lastUpdated", "&_sort=_id", "&_sort=-_id"])
def test_pages_join_to_the_whole_in_one_order_though_ids_and_times_are_the_same(admin, record, sort):
    whole = keys(admin("GET", f"?_type=Patient,Observation,Condition{sort}"))
    assert len(whole) == 12
    url, found = f"?_type=Patient,Observation,Condition&_count=5{sort}", []
    while url:
        page = admin("GET", url)
        found += keys(page)
        url = page.link("next")
        admin("PUT", "Patient/later", {"resourceType": "Patient", "id": "later"})
    assert [key for key in found if key != "Patient/later"] == whole


def test_the_newest_come_first(admin, record, patient):
    admin("PUT", "Patient/new", {**patient, "id": "new"})
    assert keys(admin("GET", "?_count=1")) == ["Patient/new"]
    assert "n0" in keys(admin("GET", "?_count=1&_sort=_lastUpdated"))[0]


def test_totals_and_parts_and_the_self_link(admin, record):
    counted = admin("GET", "?_type=Patient,Condition&_summary=count")
    assert (counted.json["total"], keys(counted)) == (8, [])
    assert admin("GET", "?_type=Patient,Condition&_count=2&_total=accurate").json["total"] == 8
    assert "total" not in admin("GET", "?_type=Patient&_total=none").json
    part = admin("GET", "?_type=Patient,Condition&_elements=name&_id=n1")
    assert [("name" in one["resource"], "subject" in one["resource"]) for one in part.json["entry"]] in (
        [(True, False), (False, True)],
        [(False, True), (True, False)],
    )
    assert part.link("self") == "http://test/fhir?_type=Patient,Condition&_elements=name&_id=n1"


def test_includes_begin_at_the_type_they_name_and_bring_no_match_twice(admin, record):
    answer = admin(
        "GET", "?_type=Observation,Condition&_id=n1&_include=Observation:subject&_revinclude=Account:subject"
    )
    assert (sorted(keys(answer)), keys(answer, "include")) == (["Condition/n1", "Observation/n1"], ["Patient/n1"])
    assert "Account" not in answer.link("self")
    both = admin("GET", "?_type=Observation,Patient&_id=n1&_include=Observation:subject")
    assert (sorted(keys(both)), keys(both, "include")) == (["Observation/n1", "Patient/n1"], [])
    wrong = "?_type=Observation&_id=n1&_include=Patient:organization"
    assert keys(admin("GET", wrong), "outcome") == ["OperationOutcome/"]
    assert admin("GET", wrong, Prefer="handling=strict").codes == ["SRCH-0007"]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ("_type=Patient,Observation&patient=n1", "SRCH-0023"),
        ("birthdate=2000", "SRCH-0023"),
        ("nothing=1", "SRCH-0023"),
        ("_has:Observation:patient:code=1", "SRCH-0023"),
        ("_type=Observation&_sort=date", "SRCH-0024"),
        ("_sort=_id,_lastUpdated", "SRCH-0024"),
        ("_sort=nothing", "SRCH-0024"),
        ("_type=AuditEvent", "SRCH-0008"),
        ("_type=Mensch", "SRCH-0008"),
        ("_type=Patient&_lastUpdated=yesterday", "SRCH-0005"),
        ("&".join(["_tag=x"] * 20), "SRCH-0009"),
        ("_type=Patient&_page=x", "API-0022"),
    ],
)
def test_what_not_all_types_have_is_refused_by_number(admin, asked, code):
    answer = admin("GET", f"?{asked}")
    assert (answer.status, answer.codes[0]) == (400, code)


def test_a_page_link_of_another_search_is_refused(admin, record):
    link = admin("GET", "?_type=Patient&_count=1").link("next")
    assert admin("GET", link.replace("_page=W", "_page=V")).status == 400


def test_it_is_asked_by_form_and_in_bundles_too(admin, record):
    form = {"Content_Type": "application/x-www-form-urlencoded"}
    posted = admin("POST", "_search", b"_type=Patient&_id=n1", **form)
    assert keys(posted) == ["Patient/n1"]
    assert posted.link("self") == "http://test/fhir?_type=Patient&_id=n1"
    for kind in ("batch", "transaction"):
        for url in ("?_type=Patient&_id=n1", "http://test/fhir?_type=Patient&_id=n1"):
            entry = {"request": {"method": "GET", "url": url}}
            answer = admin("POST", "", {"resourceType": "Bundle", "type": kind, "entry": [entry]}).json
            assert answer["entry"][0]["resource"]["entry"][0]["resource"]["id"] == "n1"


def test_who_asks_sees_only_what_they_may_and_the_chain_has_one_row(admin, database, doctor, other_doctor, record):
    visit = {
        "resourceType": "Encounter",
        "id": "e",
        "status": "finished",
        "class": {"code": "AMB"},
        "subject": {"reference": "Patient/n1"},
        "serviceProvider": {"identifier": {"value": "79001"}},
    }
    admin("PUT", "Encounter/e", visit)
    assert sorted(keys(doctor("GET", "?_id=n1,n2,e"))) == [
        "Condition/n1",
        "Encounter/e",
        "Observation/n1",
        "Patient/n1",
    ]
    assert doctor("GET", "?_id=n1,n2,e&_summary=count").json["total"] == 4
    assert keys(other_doctor("GET", "?_id=n1,n2,e")) == []
    assert doctor("GET", "?_type=Patient,Subscription&_id=n1").status == 403
    doctor("GET", "?_type=Patient,Condition&_id=n1")
    with database.connection() as conn:
        rows = audit.accesses(conn, "n1")
    assert (rows[0].what.partition("?")[0], rows[0].detail) == ("*", "_type=Condition,Patient&_id=n1")
    assert rows[0].who == "bác sĩ Mẫu"


def test_all_of_a_search_together_has_so_much_time(admin, record, monkeypatch):
    monkeypatch.setattr("yteso.store.find.SECONDS", 0)
    monkeypatch.setattr("yteso.store.across.SECONDS", 1)
    answer = admin("GET", "?_type=Patient,Condition&_total=accurate&_count=1")
    assert (answer.status, answer.codes) == (503, ["SRCH-0013"])
