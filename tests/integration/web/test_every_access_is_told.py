"""Every way to see a person's record leaves a line on that person's own page, at once: pages and FHIR alike."""

from __future__ import annotations

import json
from functools import cache
from io import BytesIO

import pytest
from tests.integration.web.conftest import PASSWORD
from tests.integration.web.test_roles import POSTED, TABLE

from yteso.access.principal import Principal, Role
from yteso.api import Api
from yteso.base.http import Request
from yteso.client.accesses import Asked
from yteso.web.services import service

OWN = "ke.nguoi"
FHIR = [
    ("GET", "Patient/{patient}"),
    ("GET", "Patient/{patient}/_history/1"),
    ("GET", "Patient/{patient}/_history"),
    ("GET", "Patient/{patient}/$meta"),
    ("GET", "Patient/{patient}/$everything"),
    ("GET", "Patient/{patient}/$summary"),
    ("GET", "Patient?_id={patient}"),
    ("GET", "Patient?_id={patient}&_elements=id"),
    ("GET", "Patient?_id={patient}&_summary=text"),
    ("POST", "Patient/_search?_id={patient}"),
    ("GET", "Patient?_has:Encounter:patient:_id={visit}"),
    ("GET", "Patient?_id={patient}&_revinclude=Condition:patient"),
    ("GET", "Patient/{patient}/Condition"),
    ("GET", "Patient/{patient}/*"),
    ("GET", "Encounter/{visit}"),
    ("GET", "Encounter/{visit}/_history"),
    ("GET", "Encounter/{visit}/$everything"),
    ("GET", "Encounter?subject=Patient/{patient}"),
    ("GET", "Encounter?_id={visit}&_include=Encounter:patient"),
    ("GET", "Encounter?patient:Patient._id={patient}&_sort=-date&_count=1"),
    ("GET", "{document}/$document"),
    ("GET", "Observation/$lastn?patient={patient}&max=1"),
]
"""As a doctor of the facility."""


@pytest.fixture(scope="module")
def own(site):
    from yteso.web.accounts import people

    people.create_user(OWN, PASSWORD, Role.CITIZEN, person=site.patient, demo=True)
    return Principal(OWN, Role.CITIZEN, person=site.patient)


def lines(own, who):
    """Ids of the rows about the own record by somebody."""
    return {one.id for one in service("accesses").mine(own, Asked(count=1000, others=True)) if one.who == who}


@pytest.fixture(scope="module")
def client(site):
    """Signed-in browsers by name, each made once."""
    return cache(site.client)


def shown(client):
    """The first line of the person's page."""
    page = client(OWN).get("/healthbook/who?days=7").content.decode()
    return page.partition("<article")[2].partition("</article>")[0]


@pytest.mark.parametrize(("method", "url"), FHIR)
def test_every_look_over_fhir_is_told(site, own, client, method, url):
    doctor = Principal("bs.fhir", Role.DOCTOR, site.facility)
    door = Api(site.services.database, site.services.store)
    before = lines(own, doctor.name)
    path, _, query = url.format(
        patient=site.patient, visit=site.visit, document=site.document, result=site.result
    ).partition("?")
    body, query = (query.encode(), "") if method == "POST" else (b"", query)
    kind = {"content-type": "application/x-www-form-urlencoded"}
    response = door.handle(Request(method, f"/{path}", query, kind, BytesIO(body), "http://test/fhir"), doctor)
    assert response.status == 200
    assert lines(own, doctor.name) - before
    assert "bs.fhir" in shown(client)


def test_every_entry_of_a_batch_is_told(site, own):
    doctor = Principal("bs.lo", Role.DOCTOR, site.facility)
    door = Api(site.services.database, site.services.store)
    urls = [f"Patient/{site.patient}", f"Encounter/{site.visit}", f"Condition?patient={site.patient}"]
    entries = [{"request": {"method": "GET", "url": url}} for url in urls]
    document = json.dumps({"resourceType": "Bundle", "type": "batch", "entry": entries}).encode()
    kind = {"content-type": "application/fhir+json"}
    assert door.handle(Request("POST", "/", "", kind, BytesIO(document), "http://test/fhir"), doctor).status == 200
    assert len(lines(own, doctor.name)) == len(urls)


PAGES = {name: (address, allowed) for name, (address, allowed) in TABLE.items() if "{patient}" in address}
PEOPLE = ("bacsi", "nhanvien", "dieuduong", "tram", "thanhtra")


WHY = {
    "bacsi": "Khám, chữa bệnh cho bạn",
    "dieuduong": "Khám, chữa bệnh cho bạn",
    "tram": "Khám, chữa bệnh cho bạn",
    "nhanvien": "Vận hành cơ sở y tế",
    "thanhtra": "Theo yêu cầu của pháp luật",
}
"""What the person reads about why somebody looked."""
LOOKS = [
    *(
        (next(one for one in PEOPLE if one in allowed), name)
        for name, (_, allowed) in PAGES.items()
        if name not in POSTED
    ),
    *((username, "record:person") for username in PEOPLE[1:]),
]


@pytest.mark.parametrize(("username", "name"), LOOKS)
def test_every_page_about_a_person_is_told(site, own, client, username, name):
    before = lines(own, username)
    address = PAGES[name][0].format(patient=site.patient, visit=site.visit, document=site.document, result=site.result)
    assert client(username).get(address).status_code == 200
    assert lines(own, username) - before
    told = shown(client)
    assert username in told
    assert WHY[username] in told


def test_a_search_a_day_and_a_file_that_show_a_person_are_told(site, own, client):
    name = service("records").banner(own, site.patient).name
    day = service("records").section(own, site.patient, "visits", 1).facts[0].resource["period"]["start"][:10]
    for username, method, address, form in (
        ("bacsi", "post", "/record/", {"q": name}),
        ("bacsi", "get", f"/record/visits/{site.facility}/{day}", {}),
        ("nhanvien", "get", f"/intake/file/{site.file}/raw", {}),
    ):
        before = lines(own, username)
        answer = getattr(client(username), method)(address, form)
        assert answer.status_code == 200
        b"".join(answer) if answer.streaming else answer.content
        assert lines(own, username) - before, address


def test_every_line_says_which_facility_why_and_for_whom(site, own):
    from yteso.web.looks import look

    found = service("accesses").mine(own, Asked(count=1000))
    told = [look(one, own.name, own.person) for one in found]
    assert [one for one in told if not (one.access.facility or one.place) or not one.behalf] == []
    assert {one.why for one in told} & {"Mục đích khác", "Other purposes"} == set()
    came = [one.access for one in told if one.by_itself]
    assert {(one.facility, one.client) for one in came} == {(site.facility, f"{site.facility}_HIS")}
