"""The chain as AuditEvents: for the data officer, in BALP's shape; refusals are in it; nobody writes one."""

import json
from base64 import b64decode, b64encode
from dataclasses import replace
from hashlib import blake2b

import pytest
from tests.integration.api.conftest import Client

from yteso.access.principal import Principal, Role
from yteso.api.audit_event_of import audit_event
from yteso.search.keys import number, patient_key
from yteso.store import audit
from yteso.store.trail import Act, Did, add_act
from yteso.validate.structure import check_resource

LAN = {"resourceType": "Patient", "id": "lan", "name": [{"text": "Nguyễn Thị Giả"}]}


@pytest.fixture
def lan(admin):
    assert admin("PUT", "Patient/lan", LAN).status == 201
    assert admin("GET", "Patient/lan").status == 200
    assert admin("GET", "Patient?name=nguyen").status == 200


def rows(database, **names):
    with database.connection() as conn:
        return audit.find(conn, audit.Asked(**names))


def test_rows_of_a_patient_are_found_and_have_the_shape_of_their_act(admin, lan):
    found = admin("GET", "AuditEvent?patient=Patient/lan").json
    events = [entry["resource"] for entry in found["entry"]]
    profiles = [event["meta"]["profile"][0].rpartition("BasicAudit.")[2] for event in events]
    assert profiles == ["PatientQuery", "PatientRead", "PatientCreate"]
    for event in events:
        assert not [issue for issue in check_resource(event) if issue.blocks], event
        patients = [one for one in event["entity"] if one.get("what", {}).get("reference") == "Patient/lan"]
        assert len([one for one in patients if one.get("role", {}).get("code") == "1"]) == 1
        assert event["agent"][0]["name"] == "tích hợp Mẫu"
    one = admin("GET", f"AuditEvent/{events[1]['id']}")
    assert one.json["entity"][0]["what"] == {"reference": "Patient/lan"}


def test_who_looks_at_who_looked_at_somebody_is_told_to_them(api, admin, lan, database):
    """Where somebody was treated is read from it. A list of what accounts did names nobody, and says what was asked."""
    officer = Client(api, Principal("baovedulieu", Role.DATA_OFFICER))
    assert officer("GET", "AuditEvent?patient=Patient/lan&action=R").status == 200
    (told,) = rows(database, patient="lan", who="baovedulieu")
    assert (told.action, told.detail) == ("R", "patient=Patient/lan&action=R")
    assert officer("GET", "AuditEvent?agent-name=bs-a&date=ge2026-01-01").status == 200
    assert len(rows(database, patient="lan", who="baovedulieu")) == 1
    assert "agent-name=bs-a&date=ge2026-01-01" in {one.detail for one in rows(database, who="baovedulieu")}


# -- what the profiles of BALP 1.1.3 demand, read from their definitions (IHE/ITI.BasicAudit, input/fsh) -------------

SOURCE, DESTINATION = "110153", "110152"
BALP = {
    # pattern -> (subtype, action, the client's part, the user's part, role of the entity of type 2)
    "Read": ("read", "R", DESTINATION, {"IRCP"}, {"3", "4", "20"}),
    "Query": ("search-type", "E", SOURCE, {"IRCP"}, {"24"}),
    "Create": ("create", "C", SOURCE, {"AUT", "INF", "CST"}, {"3", "4", "20"}),
    "Update": ("update", "U", SOURCE, {"AUT", "INF", "CST"}, {"3", "4", "20"}),
    "Delete": ("delete", "D", SOURCE, {"AUT", "INF", "CST"}, {"3", "4", "20"}),
    "PrivacyDisclosure.Source": ("disclose", "R", DESTINATION, {"IRCP"}, {"3", "4", "20"}),
}


def code_of(agent):
    return agent["type"]["coding"][0]["code"]


def unmet(event):
    """What an event lacks of the profile it claims."""
    name = event["meta"]["profile"][0].rpartition("IHE.BasicAudit.")[2]
    subtype, action, client, users, roles = BALP[name.removeprefix("Patient")]
    kinds = [one.get("type", {}).get("code") for one in event["entity"]]
    data = next(one for one in event["entity"] if one["type"]["code"] == "2")
    systems = {code_of(one): one for one in event["agent"] if code_of(one) in (SOURCE, DESTINATION)}
    user = event["agent"][0]
    checks = {
        "subtype": subtype in [one["code"] for one in event["subtype"]],
        "action": event["action"] == action,
        "outcome": event["outcome"] == "0",
        "type": event["type"]["code"] == ("110106" if name == "PrivacyDisclosure.Source" else "rest"),
        "client and server once": sorted(code_of(one) for one in event["agent"]).count(SOURCE) == 1 == len(systems) - 1,
        "who": all(one["who"] for one in event["agent"]),
        "network": all(one.get("network") for one in systems.values()) and "network" not in user,
        "server": systems[SOURCE if client == DESTINATION else DESTINATION]["who"] == event["source"]["observer"],
        "user": code_of(user) in users and user["requestor"] and user["role"] and user["purposeOfUse"],
        "one entity of data": kinds.count("2") == 1 and data["role"]["code"] in roles,
        "what, or query": bool(data.get("query")) and not {"what", "detail"} & data.keys()
        if "Query" in name
        else bool(data["what"]),
        "patient": kinds.count("1") == (1 if name.startswith("P") else 0),
    }
    return [check for check, met in checks.items() if not met]


def test_what_claims_a_pattern_of_balp_is_all_it_asks_for(admin, doctor, lan, database):
    admin("PUT", "Patient/lan", {**LAN, "gender": "female"})
    for name in ("Mẫu", "Mẫu khác"):
        admin("PUT", "Organization/o", {"resourceType": "Organization", "id": "o", "name": name})
    admin("GET", "Organization/o")
    admin("GET", "Organization?name=mau")
    admin("DELETE", "Organization/o")
    doctor("GET", "Patient/lan")
    doctor("PUT", "Patient/lan", LAN)
    with database.connection() as conn:
        audit.note(conn, Principal("m", Role.SYSTEM), "E", "$export", "export 1", [number(patient_key("lan"))])
    entries = [
        one["resource"]
        for query in ("", "patient=Patient/lan")
        for one in admin("GET", f"AuditEvent?{query}").json["entry"]
    ]
    claiming = [one for one in entries if "profile" in one.get("meta", {})]
    assert {one["id"]: found for one in claiming if (found := unmet(one))} == {}
    claimed = {one["meta"]["profile"][0].rpartition("BasicAudit.")[2] for one in claiming}
    assert claimed == {*BALP, "PatientRead", "PatientQuery", "PatientCreate", "PatientUpdate"}
    assert not [one for one in claiming if one["outcome"] != "0"]
    assert [one for one in entries if one["outcome"] == "4" and "profile" not in one.get("meta", {})]
    for event in entries:
        assert not [issue for issue in check_resource(event) if issue.blocks], event


def test_what_a_search_says_names_no_place_it_came_from(admin, lan):
    admin("GET", "Patient?from=192.0.2.1", Prefer="handling=lenient")
    for entry in admin("GET", "AuditEvent?subtype=search-type").json["entry"]:
        assert "network" not in entry["resource"]["agent"][0]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("action=C", 1),
        ("date=ge2020", 3),
        ("date=lt2020", 0),
        ("agent-name=nobody", 0),
        ("outcome=0", 3),
        ("outcome=4", 0),
        ("action=C,R", 2),
        ("action=C,R,E", 3),
        ("action=E", 1),
        ("action=C,U", 1),
        ("subtype=read", 1),
        ("subtype=search-type", 1),
        ("subtype=create,search-type", 2),
        ("subtype=http://hl7.org/fhir/restful-interaction|read", 1),
        ("subtype=page", 0),
        ("entity=Patient/lan", 3),
        ("agent=tích hợp Mẫu", 3),
        ("agent=Patient/lan", 0),
        ("agent-role=integrator", 3),
        ("agent-role=doctor", 0),
        ("agent-role=doctor,integrator", 3),
        ("date=ge2020&date=lt2021", 0),
        ("date=gt2020&date=sa2021", 3),
        ("date=eb2020", 0),
        ("_count=2", 2),
    ],
)
def test_the_search_narrows(admin, lan, query, count):
    assert len(admin("GET", f"AuditEvent?patient=lan&{query}").json.get("entry", [])) == count


@pytest.mark.parametrize(
    "query",
    ["action=C&action=R", "patient=lan&entity=Patient/hoa", "date=ne2020", "entity=lan", "nonsense=1", "_sort=date"],
)
def test_what_cannot_be_judged_is_refused_and_not_left_out(admin, lan, query):
    assert admin("GET", f"AuditEvent?{query}").codes == ["API-1062"]


def test_a_resource_is_found_with_its_versions(admin, lan):
    note = {"resourceType": "Basic", "id": "n", "code": {"text": "x"}, "subject": {"reference": "Patient/lan"}}
    assert admin("PUT", "Basic/n", note).status == 201
    assert admin("GET", "Basic/n/_history/1").status == 200
    assert admin("GET", "Basic/nn").status == 404
    events = [entry["resource"] for entry in admin("GET", "AuditEvent?entity=Basic/n").json["entry"]]
    assert [event["entity"][0]["what"]["reference"] for event in events] == ["Basic/n/_history/1", "Basic/n"]
    pages = admin("GET", "AuditEvent?entity=Basic/n&_count=1")
    assert pages.ids + admin("GET", pages.link("next")).ids == [event["id"] for event in events]


def test_an_app_opened_for_somebody_else_reads_no_rows_about_its_persons_record(api, admin, lan):
    me = Principal("lan", Role.CITIZEN, person="lan", client="app")
    for scope, patient, status in (
        ("patient/*.rs", "lan", 200),
        ("user/AuditEvent.rs", "", 200),
        ("patient/*.rs", "hoa", 403),
        ("patient/AuditEvent.rs?action=C", "lan", 403),
        ("patient/Observation.rs", "lan", 403),
    ):
        ask = type(admin)(api, replace(me, scope=scope, patient=patient))
        assert ask("GET", "AuditEvent").status == status, scope


def test_a_patients_compartment_holds_the_rows_about_it(admin, lan):
    assert admin("PUT", "Patient/hoa", LAN | {"id": "hoa"}).status == 201
    among_all, of_hoa = admin("GET", "AuditEvent?patient=lan"), admin("GET", "Patient/hoa/AuditEvent")
    assert (
        admin("GET", "Patient/lan/AuditEvent").ids[1 : len(among_all.ids) + 1] == among_all.ids
    )  # the look above first
    assert of_hoa.ids
    assert not {*of_hoa.ids} & {*among_all.ids}
    first = admin("GET", "Patient/lan/AuditEvent?_count=2")
    assert len({*first.ids, *admin("GET", first.link("next")).ids}) == 4
    assert admin("GET", "Encounter/lan/AuditEvent").status == 404


def test_a_citizen_reads_the_rows_about_the_own_record_only(api, admin, lan):
    assert admin("PUT", "Patient/hoa", LAN | {"id": "hoa"}).status == 201
    me = type(admin)(api, Principal("lan", Role.CITIZEN, person="lan"))
    own = me("GET", "AuditEvent")
    assert own.ids
    assert me("GET", f"AuditEvent/{own.ids[0]}").status == 200
    assert {*me("GET", "Patient/lan/AuditEvent").ids} >= {*own.ids}
    of_hoa = admin("GET", "AuditEvent?patient=hoa").ids
    assert of_hoa
    assert not {*own.ids} & {*of_hoa}
    assert not me("GET", "AuditEvent?patient=hoa").ids
    assert not me("GET", "Patient/hoa/AuditEvent").ids
    assert me("GET", f"AuditEvent/{of_hoa[0]}").status == 404


def test_the_text_of_a_search_is_told_to_the_data_officer_and_not_to_a_citizen(api, admin, lan):
    admin("GET", "Patient?_id=lan,hoa")
    me = type(admin)(api, Principal("lan", Role.CITIZEN, person="lan"))
    told = [one["resource"]["entity"][0].get("query") for one in admin("GET", "AuditEvent?patient=lan").json["entry"]]
    assert b"_id=lan,hoa" in [b64decode(text) for text in told if text]
    for one in me("GET", "AuditEvent").json["entry"]:
        assert "query" not in one["resource"]["entity"][0]
        assert "hoa" not in json.dumps(one["resource"])


def test_what_a_search_gave_is_told_as_a_digest_to_the_data_officer_and_not_to_a_citizen(api, admin, lan):
    found = admin("GET", "Patient?_id=lan").json["entry"]
    given = [f"Patient/{one['resource']['id']}/{one['resource']['meta']['versionId']}\n" for one in found]
    (event, *_) = [one["resource"] for one in admin("GET", "AuditEvent?patient=lan").json["entry"]]
    digest = blake2b("".join(given).encode(), digest_size=16).digest()
    assert event["entity"][1]["detail"] == [{"type": "given", "valueBase64Binary": b64encode(digest).decode()}]
    assert not [issue for issue in check_resource(event) if issue.blocks], event
    me = type(admin)(api, Principal("lan", Role.CITIZEN, person="lan"))
    assert "given" not in json.dumps(me("GET", "AuditEvent").json)


def test_a_log_in_has_the_types_of_dicom(database, admin):
    with database.connection() as conn:
        add_act(conn, Principal("bacsi", Role.DOCTOR, "79001"), Did(Act.LOGIN, "bacsi", "from=192.0.2.1 password"))
    event = admin("GET", "AuditEvent?agent-name=bacsi").json["entry"][0]["resource"]
    assert (event["type"]["code"], event["subtype"][0]["code"], event["action"]) == ("110114", "110122", "E")
    assert event["agent"][0]["network"] == {"address": "192.0.2.1", "type": "2"}
    assert "purposeOfEvent" not in event
    assert "meta" not in event


def test_pages_follow_each_other(admin, lan):
    first = admin("GET", "AuditEvent?patient=lan&_count=2")
    second = admin("GET", first.link("next"))
    assert len({*first.ids, *second.ids}) == 3


def test_a_parameter_that_is_not_known_or_not_read_is_refused(admin):
    for query in ("colour=red", "date=soon", "_count=x", "_page=x"):
        assert admin("GET", f"AuditEvent?{query}").status == 400


def test_nobody_writes_an_audit_event(admin, lan):
    """Neither by itself nor in a Bundle."""
    event = {
        "resourceType": "AuditEvent",
        "id": "a",
        "type": {"code": "rest"},
        "recorded": "2026-01-01T00:00:00Z",
        "agent": [{"requestor": True}],
        "source": {"observer": {"display": "x"}},
    }
    writes = [("PUT", "AuditEvent/a"), ("POST", "AuditEvent"), ("DELETE", "AuditEvent/a"), ("PUT", "AuditEvent?_id=a")]
    for method, url in writes:
        answer = admin(method, url, event)
        assert (answer.status, answer.codes) == (405, ["API-1060"])
        entry = {"request": {"method": method, "url": url}} | ({} if method == "DELETE" else {"resource": event})
        batch = admin("POST", "/", {"resourceType": "Bundle", "type": "batch", "entry": [entry]})
        assert batch.json["entry"][0]["response"]["status"].startswith("405")
        transaction = admin("POST", "/", {"resourceType": "Bundle", "type": "transaction", "entry": [entry]})
        assert (transaction.status, transaction.codes) == (400, ["API-1060"]), url
    assert not [one for one in admin("GET", "_history").json.get("entry", ()) if "AuditEvent" in one["fullUrl"]]


def test_a_clinician_sees_no_audit_event(doctor, lan):
    assert doctor("GET", "AuditEvent").status == 403
    assert doctor("GET", "AuditEvent/1-1").status == 403


def test_what_is_refused_is_in_the_chain_with_its_rule(database, api, admin, lan):
    machine = type(admin)(api, Principal("may", Role.FACILITY, "79001"))
    assert machine("GET", "Patient/lan").status == 403
    assert machine("DELETE", "Patient/lan").status == 403
    found = rows(database, who="may", outcome="4")
    assert [(one.action, one.what) for one in found] == [("D", "Patient/lan"), ("R", "Patient/lan")]
    assert all("AUTH-0102" in one.detail for one in found)
    assert audit_event(found[0], base="http://test/fhir")["outcomeDesc"] == found[0].detail


def test_a_look_at_what_is_hidden_is_in_the_chain(database, doctor, lan):
    assert doctor("GET", "Patient/lan").status == 404
    (found,) = rows(database, outcome="4")
    assert (found.what, found.role) == ("Patient/lan", "doctor")


def test_who_comes_without_a_token_is_in_the_chain_as_nobody(database, nobody, lan):
    assert nobody("GET", "Patient/lan").status == 401
    (found,) = rows(database, outcome="4")
    assert (found.who, found.what, found.detail) == ("unknown", "token:unknown", "from= fhir AUTH-0101")


@pytest.mark.parametrize("id", ["\0", "a b", "x" * 65, "é"])
def test_what_can_be_no_id_is_not_found_and_stays_out_of_the_chain(database, doctor, id):
    assert doctor("GET", f"Patient/{id}").status == 404
    (found,) = rows(database, outcome="4")
    assert found.what == "Patient"


def test_a_refused_bundle_is_in_the_chain_though_it_is_rolled_back(database, doctor, lan):
    entry = {"request": {"method": "DELETE", "url": "Patient/lan"}}
    assert doctor("POST", "", {"resourceType": "Bundle", "type": "transaction", "entry": [entry]}).status == 403
    (found,) = rows(database, outcome="4")
    assert "AUTH-0102" in found.detail


OBSERVATION = {"resourceType": "Observation", "status": "final", "code": {"text": "x"}}


def tries(kind, id):
    """Every way to a resource by its address, and ways by what is written."""
    about = {"subject": {"reference": "Patient/lan"}}
    entry = {"resource": OBSERVATION | about, "request": {"method": "POST", "url": "Observation"}}
    language = {"op": "add", "path": "/language", "value": "vi"}
    yield "GET", f"{kind}/{id}", None
    yield "GET", f"{kind}/{id}/_history/1", None
    yield "GET", f"{kind}/{id}/_history", None
    yield "GET", f"{kind}/{id}/$meta", None
    yield "DELETE", f"{kind}/{id}", None
    yield "PATCH", f"{kind}/{id}", [language]
    yield "PUT", f"{kind}/{id}", LAN if kind == "Patient" else OBSERVATION | about | {"id": id}
    if kind == "Patient":
        yield "GET", f"Patient/{id}/$everything", None
        yield "POST", "Observation", OBSERVATION | about
        yield "POST", "", {"resourceType": "Bundle", "type": "transaction", "entry": [entry]}


@pytest.mark.parametrize(("kind", "id"), [("Patient", "lan"), ("Observation", "o")])
def test_the_person_finds_every_refused_try(api, admin, doctor, lan, kind, id):
    of_lan = OBSERVATION | {"id": "o", "subject": {"reference": "Patient/lan"}}
    assert admin("PUT", "Observation/o", of_lan).status == 201
    me = type(admin)(api, Principal("lan", Role.CITIZEN, person="lan"))
    for tried, (method, url, body) in enumerate(tries(kind, id), start=1):
        patched = {"content_type": "application/json-patch+json"} if method == "PATCH" else {}
        assert doctor(method, url, body, **patched).status in (403, 404), url
        found = me("GET", "AuditEvent?outcome=4")
        assert len(found.ids) == tried, (method, url)
        assert found.json["entry"][0]["resource"]["agent"][0]["name"] == "bác sĩ Mẫu"
    assert me("GET", "Observation/khong-co").status == 404
    assert len(me("GET", "AuditEvent?outcome=4").ids) == tried
