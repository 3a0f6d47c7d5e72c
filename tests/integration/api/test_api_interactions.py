"""read, vread, create, update, delete, history over a real store, as FHIR R4 §3.1.0 tells them."""

from __future__ import annotations

import threading

import pytest

from yteso.fhir.json import loads
from yteso.validate.structure import check_resource


def test_a_created_resource_is_read_back_as_it_was_sent(admin, patient):
    created = admin("POST", "Patient", patient)
    assert created.status == 201
    key = created.json["id"]
    assert created.headers["Location"] == f"http://test/fhir/Patient/{key}/_history/1"
    assert created.headers["ETag"] == 'W/"1"'
    read = admin("GET", f"Patient/{key}")
    assert read.status == 200
    assert read.body == created.body
    assert {k: v for k, v in read.json.items() if k not in ("id", "meta")} == patient
    assert read.json["meta"]["versionId"] == "1"
    assert read.headers["Last-Modified"].endswith("GMT")


def test_the_server_gives_the_id_on_create(admin, patient):
    created = admin("POST", "Patient", {**patient, "id": "mine"})
    assert created.status == 201
    assert created.json["id"] != "mine"


def test_decimals_keep_their_digits(admin):
    body = (
        b'{"resourceType":"Observation","status":"final","code":{"text":"x"},"valueQuantity":{"value":1.00},'
        b'"component":[{"code":{"text":"y"},"valueQuantity":{"value":0.000000000000000001}}]}'
    )
    created = admin("POST", "Observation", body)
    assert created.status == 201
    read = admin("GET", f"Observation/{created.json['id']}").body
    assert b'"value":1.00}' in read
    assert b'"value":0.000000000000000001}' in read or b'"value":1E-18}' in read


@pytest.mark.parametrize("prefer", ["return=minimal", "return=representation", "return=OperationOutcome"])
def test_prefer_chooses_the_body_of_a_write(admin, patient, prefer):
    created = admin("POST", "Patient", patient, Prefer=prefer)
    assert created.status == 201
    kind = created.json["resourceType"] if created.body else ""
    assert kind == {"minimal": "", "representation": "Patient"}.get(prefer.partition("=")[2], "OperationOutcome")
    assert created.headers["Content-Length"] == str(len(created.body))


def test_an_update_makes_a_version_and_the_same_content_none(admin, patient):
    mine = {**patient, "id": "p1"}
    assert admin("PUT", "Patient/p1", mine).status == 201
    again = admin("PUT", "Patient/p1", mine)
    assert (again.status, again.headers["ETag"]) == (200, 'W/"1"')
    changed = admin("PUT", "Patient/p1", {**mine, "gender": "male"})
    assert (changed.status, changed.headers["ETag"]) == (200, 'W/"2"')
    assert admin("GET", "Patient/p1/_history/1").json["gender"] == "female"
    assert admin("GET", "Patient/p1/_history/2").json["gender"] == "male"
    assert admin("GET", "Patient/p1/_history/3").status == 404
    assert admin("GET", "Patient/p1/_history/x").status == 404


def test_if_match_lets_only_the_right_version_be_changed(admin, patient):
    mine = {**patient, "id": "p1"}
    admin("PUT", "Patient/p1", mine)
    assert admin("PUT", "Patient/p1", {**mine, "gender": "male"}, If_Match='W/"1"').status == 200
    late = admin("PUT", "Patient/p1", {**mine, "gender": "other"}, If_Match='W/"1"')
    assert (late.status, late.codes) == (412, ["API-0006"])
    assert admin("DELETE", "Patient/p1", If_Match='W/"1"').status == 412
    assert admin("PUT", "Patient/p2", {**mine, "id": "p2"}, If_Match='W/"1"').status == 412
    assert admin("PUT", "Patient/p1", mine, If_Match="x").codes == ["API-0018"]
    assert admin("PUT", "Patient/p1", mine, If_None_Match="*").status == 412


def test_of_two_writers_on_one_version_one_gets_412(api, admin, patient):
    admin("PUT", "Patient/p1", {**patient, "id": "p1"})
    barrier = threading.Barrier(4)
    statuses = []

    def write(n):
        barrier.wait()
        body = {**patient, "id": "p1", "multipleBirthInteger": n}
        statuses.append(admin("PUT", "Patient/p1", body, If_Match='W/"1"').status)

    threads = [threading.Thread(target=write, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200, 412, 412, 412]
    assert admin("GET", "Patient/p1").headers["ETag"] == 'W/"2"'


def test_writers_without_if_match_all_get_through(admin, patient):
    statuses = []

    def write(n):
        statuses.append(admin("PUT", "Patient/p9", {**patient, "id": "p9", "multipleBirthInteger": n}).status)

    threads = [threading.Thread(target=write, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200, 200, 200, 200, 200, 201]
    assert admin("GET", "Patient/p9").json["meta"]["versionId"] == "6"


def test_a_deleted_resource_is_gone_and_its_past_stays(admin, patient):
    admin("PUT", "Patient/p1", {**patient, "id": "p1"})
    assert admin("DELETE", "Patient/p1").status == 204
    gone = admin("GET", "Patient/p1")
    assert (gone.status, gone.codes) == (410, ["API-0005"])
    assert admin("GET", "Patient/p1/_history/1").status == 200
    assert admin("GET", "Patient/p1/_history/2").status == 410
    assert admin("DELETE", "Patient/p1").status == 204
    assert admin("DELETE", "Patient/never").status == 204
    assert admin("DELETE", "Patient/p1", Prefer="return=OperationOutcome").json["resourceType"] == "OperationOutcome"
    back = admin("PUT", "Patient/p1", {**patient, "id": "p1"})
    assert (back.status, back.headers["ETag"]) == (201, 'W/"3"')


def test_history_of_one_tells_every_version_newest_first(admin, patient):
    mine = {**patient, "id": "p1"}
    admin("PUT", "Patient/p1", mine)
    admin("PUT", "Patient/p1", {**mine, "gender": "male"})
    admin("DELETE", "Patient/p1")
    told = admin("GET", "Patient/p1/_history").json
    assert told["type"] == "history"
    assert [e["response"]["etag"] for e in told["entry"]] == ['W/"3"', 'W/"2"', 'W/"1"']
    assert [e["request"]["method"] for e in told["entry"]] == ["DELETE", "PUT", "PUT"]
    assert "resource" not in told["entry"][0]
    assert told["entry"][2]["resource"]["gender"] == "female"
    assert admin("GET", "Patient/never/_history").status == 404


def test_history_of_a_type_and_of_everything_comes_in_pages(admin, patient):
    for n in range(5):
        admin("PUT", f"Patient/p{n}", {**patient, "id": f"p{n}"})
    admin("PUT", "Organization/o", {"resourceType": "Organization", "id": "o", "name": "Phòng khám Mẫu"})
    seen, url = [], "Patient/_history?_count=2"
    while url:
        page = admin("GET", url)
        assert page.status == 200
        seen += [e["resource"]["id"] for e in page.json.get("entry", [])]
        admin("PUT", f"Patient/later{len(seen)}", {**patient, "id": f"later{len(seen)}"})
        url = page.link("next")
    assert seen == ["p4", "p3", "p2", "p1", "p0"]
    everything = admin("GET", "_history?_count=1000").json["entry"]
    assert {e["resource"]["resourceType"] for e in everything} == {"Patient", "Organization"}


def test_a_history_of_no_entries_tells_how_many_there_are(admin, doctor, patient):
    for gender in ("female", "male"):
        admin("PUT", "Patient/a", {**patient, "id": "a", "gender": gender})
    admin("PUT", "Patient/b", {**patient, "id": "b"})
    for url, count in (("Patient/a/_history", 2), ("Patient/_history", 3), ("_history", 3)):
        told = admin("GET", f"{url}?_count=0").json
        assert (told["total"], told.get("entry", []), [one["relation"] for one in told["link"]]) == (
            count,
            [],
            ["self"],
        )
    assert admin("GET", "Patient/never/_history?_count=0").status == 404
    assert doctor("GET", "Patient/a/_history?_count=0").status == 404, "what is hidden is not counted"
    assert doctor("GET", "Patient/_history?_count=0").json["total"] == 0


def test_the_self_link_of_a_history_holds_what_was_understood(admin, patient):
    admin("PUT", "Patient/a", {**patient, "id": "a"})
    assert admin("GET", "Patient/a/_history?never=1&_count=5").link("self").endswith("/Patient/a/_history?_count=5")


def test_history_since_a_moment_leaves_the_older_out(admin, patient):
    admin("PUT", "Patient/old", {**patient, "id": "old"})
    moment = admin("PUT", "Patient/mid", {**patient, "id": "mid"}).json["meta"]["lastUpdated"]
    admin("PUT", "Patient/new", {**patient, "id": "new"})
    told = admin("GET", f"Patient/_history?_since={moment.replace('+', '%2B')}").json
    ids = [e["resource"]["id"] for e in told["entry"]]
    assert "new" in ids
    assert "old" not in ids
    assert admin("GET", "Patient/_history?_since=yesterday").codes == ["API-0019"]
    assert admin("GET", "Patient/_history?_count=many").codes == ["API-0020"]


def test_304_when_the_client_has_this_version(admin, patient):
    created = admin("PUT", "Patient/p1", {**patient, "id": "p1"})
    assert admin("GET", "Patient/p1", If_None_Match=created.headers["ETag"]).status == 304
    assert admin("GET", "Patient/p1", If_Modified_Since=created.headers["Last-Modified"]).status == 304
    assert admin("GET", "Patient/p1", If_None_Match='W/"7"').status == 200


def test_head_is_get_without_a_body(admin, patient):
    admin("PUT", "Patient/p1", {**patient, "id": "p1"})
    get, head = admin("GET", "Patient/p1"), admin("HEAD", "Patient/p1")
    assert head.body == b""
    assert (head.status, head.headers) == (get.status, get.headers)


def test_pretty_is_for_people(admin, patient):
    admin("PUT", "Patient/p1", {**patient, "id": "p1"})
    pretty = admin("GET", "Patient/p1?_pretty=true")
    assert b'\n  "resourceType": "Patient"' in pretty.body
    assert pretty.json == admin("GET", "Patient/p1").json
    assert pretty.headers["Content-Length"] == str(len(pretty.body))


def test_if_none_exist_creates_once_also_under_a_race(admin, patient):
    criteria = "identifier=http://fhir.hl7.org.vn/core/sid/cccd|079199000001"
    statuses = []

    def create():
        statuses.append(admin("POST", "Patient", patient, If_None_Exist=criteria).status)

    threads = [threading.Thread(target=create) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200, 200, 200, 201]
    admin("POST", "Patient", patient)
    several = admin("POST", "Patient", patient, If_None_Exist=criteria)
    assert (several.status, several.codes) == (412, ["API-0024"])
    assert admin("POST", "Patient", patient, If_None_Exist="foo=bar").codes[0] == "API-0026"


@pytest.mark.parametrize(
    ("method", "url", "status", "code"),
    [
        ("GET", "Patient/none", 404, "API-0004"),
        ("GET", "Nothing/1", 404, "API-0002"),
        ("GET", "Patient/1/2/3/4/5", 404, "API-0001"),
        ("POST", "Patient/1", 405, "API-0003"),
        ("DELETE", "Patient", 400, "API-0026"),
        ("PATCH", "Patient/1", 400, "API-0013"),
        ("GET", f"Patient/{'x' * 65}", 404, "API-0017"),
        ("GET", "Patient/a%20b", 404, "API-0017"),
        ("GET", "Patient/1?_format=ttl", 406, "API-0010"),
        ("GET", "Patient?name=%FF", 400, "API-0021"),
        ("GET", "Patient?name=%00", 400, "API-0021"),
        ("GET", "Patient?_page=x", 400, "API-0022"),
    ],
)
def test_what_cannot_be_answered_is_refused_by_number(admin, method, url, status, code):
    refused = admin(method, url)
    assert (refused.status, refused.codes) == (status, [code])


BACKPORT = "http://hl7.org/fhir/uv/subscriptions-backport"


def test_only_the_capability_statement_is_open(nobody):
    statement = nobody("GET", "metadata")
    assert statement.status == 200
    told = statement.json
    assert (told["resourceType"], told["fhirVersion"], told["kind"]) == ("CapabilityStatement", "4.0.1", "instance")
    resources = {resource["type"]: resource for resource in told["rest"][0]["resource"]}
    assert len(resources) >= 145
    assert {i["code"] for i in resources["Patient"]["interaction"]} == {
        "read",
        "vread",
        "update",
        "patch",
        "delete",
        "create",
        "search-type",
        "history-instance",
        "history-type",
    }
    defined = "http://hl7.org/fhir/SearchParameter/"
    patients = resources["Patient"]
    assert (patients["versioning"], patients["referencePolicy"]) == ("versioned", ["literal", "logical"])
    assert {"name": "_filter", "definition": f"{defined}filter", "type": "special"} in told["rest"][0]["searchParam"]
    assert told["instantiates"] == [
        f"{BACKPORT}/CapabilityStatement/backport-subscription-server-r4",
        "http://hl7.org/fhir/uv/bulkdata/CapabilityStatement/bulk-data",
    ]
    assert f"{BACKPORT}/StructureDefinition/backport-subscription" in resources["Subscription"]["supportedProfile"]
    birth = {"name": "birthdate", "definition": f"{defined}individual-birthdate", "type": "date"}
    assert birth in resources["Patient"]["searchParam"]
    own = [p for name in ("Patient", "Observation", "Location") for p in resources[name]["searchParam"]]
    assert [p["name"] for p in own if "definition" not in p] == []
    kinds = {p["type"] for resource in resources.values() for p in resource["searchParam"]}
    assert kinds == {"token", "string", "date", "reference", "number", "quantity", "uri", "composite", "special"}
    assert "near" in {p["name"] for p in resources["Location"]["searchParam"]}
    assert "code-value-quantity" in {p["name"] for p in resources["Observation"]["searchParam"]}
    system = {i["code"] for i in told["rest"][0]["interaction"]}
    assert system == {"transaction", "batch", "history-system", "search-system"}
    chain = resources["AuditEvent"]
    assert [one["code"] for one in chain["interaction"]] == ["read", "search-type"]
    assert (chain["versioning"], chain["updateCreate"], "operation" in chain) == ("no-version", False, False)
    assert {one["name"] for one in chain["searchParam"]} == {
        *("patient", "entity", "date", "agent", "agent-name", "agent-role", "action", "subtype", "outcome", "facility")
    }
    assert not [one for one in resources["Patient"]["searchRevInclude"] if one.startswith("AuditEvent:")]
    closed = nobody("GET", "Patient/1")
    assert (closed.status, closed.codes) == (401, ["AUTH-0101"])
    assert "WWW-Authenticate" in closed.headers


def test_the_capability_statement_is_told_while_the_database_is_away(nobody, database):
    before = nobody("GET", "metadata")
    database.close()
    away = nobody("GET", "metadata")
    assert (away.status, away.body) == (200, before.body)
    assert nobody("GET", "metadata?mode=terminology").status == 200


def test_a_part_of_the_capability_statement_can_be_asked_for(nobody):
    whole = nobody("GET", "metadata")
    summary = nobody("GET", "metadata?_summary=true")
    named = nobody("GET", "metadata?_elements=software")
    codes = nobody("GET", "metadata?mode=terminology&_elements=kind")
    assert len(summary.body) < len(whole.body) / 3
    assert summary.json["rest"][0]["resource"][0]["type"] == "Account"
    assert "searchParam" not in summary.json["rest"][0]["resource"][0]
    assert (named.json["software"], "rest" in named.json) == (whole.json["software"], False)
    assert (codes.json["resourceType"], "codeSystem" in codes.json) == ("TerminologyCapabilities", False)
    assert check_resource(loads(summary.body)) == check_resource(loads(named.body)) == ()
    assert nobody("GET", "metadata?_summary=all").codes == ["SRCH-0008"]


def test_what_we_say_is_fhir_too(admin, nobody, patient):
    admin("PUT", "Patient/p1", {**patient, "id": "p1"})
    told = [
        nobody("GET", "metadata"),
        nobody("GET", "Patient/p1"),
        admin("GET", "Patient/none"),
        admin("GET", "Patient?name=nguyen&colour=red&_total=accurate"),
        admin("GET", "Patient/p1/_history"),
        admin("GET", "Patient/p1"),
        admin("POST", "", {"resourceType": "Bundle", "type": "transaction", "entry": []}),
    ]
    for answer in told:
        assert check_resource(loads(answer.body)) == ()


def test_a_history_tells_what_was_current_at_a_time_and_in_either_order(admin, patient):
    for gender in ("female", "male", "other"):
        admin("PUT", "Patient/a", {**patient, "id": "a", "gender": gender})
    admin("PUT", "Patient/b", {**patient, "id": "b"})
    times = {
        e["response"]["etag"]: e["response"]["lastModified"].replace("+", "%2B")
        for e in admin("GET", "Patient/a/_history").json["entry"]
    }

    def told(url):
        entries = admin("GET", url).json.get("entry", [])
        return [f"{e['request']['url'][-1]}{e['response']['etag'][3]}" for e in entries]

    assert told("Patient/_history?_sort=_lastUpdated") == ["a1", "a2", "a3", "b1"]
    assert told("Patient/_history?_sort=-_lastUpdated") == ["b1", "a3", "a2", "a1"]
    second, third = times['W/"2"'], times['W/"3"']
    assert told(f"Patient/_history?_at={second}") == ["a2"]
    assert told(f"Patient/a/_history?_since={second}&_sort=_lastUpdated") == ["a2", "a3"]
    assert told(f"Patient/a/_history?_at={third}&_since={third}") == ["a3"]
    assert told("_history?_at=1999") == told("Patient/a/_history?_at=1999") == []
    assert set(told("_history?_at=2026")) | set(told("_history?_at=2027")) >= {"a1", "a2", "a3", "b1"}
    seen, url = [], f"{'http://test/fhir'}/Patient/_history?_sort=_lastUpdated&_count=1"
    while url:
        page = admin("GET", url)
        seen += [e["response"]["etag"][3] for e in page.json["entry"]]
        url = page.link("next")
    assert seen == ["1", "2", "3", "1"]


@pytest.mark.parametrize(
    ("query", "code"),
    [("_at=never", "API-0012"), ("_at=0001", "API-0012"), ("_sort=name", "API-1040"), ("_count=x", "API-0011")],
)
def test_a_history_refuses_what_it_cannot_read(admin, query, code):
    assert admin("GET", f"Patient/_history?{query}").codes[0][:4] == code[:4]


def test_a_part_of_a_resource_is_not_written_over_the_whole(admin, patient):
    admin("PUT", "Patient/a", {**patient, "id": "a"})
    part = admin("GET", "Patient/a?_elements=name").json
    assert "gender" not in part
    refused = admin("PUT", "Patient/a", part)
    assert (refused.status, refused.codes) == (400, ["API-1050"])
    assert refused.json["issue"][0]["expression"] == ["Patient.meta.tag"]
    entry = {"resource": part, "request": {"method": "PUT", "url": "Patient/a"}}
    assert admin("POST", "", {"resourceType": "Bundle", "type": "transaction", "entry": [entry]}).codes == ["API-1050"]
    assert admin("GET", "Patient/a").json["gender"] == patient["gender"]


def test_a_strict_history_refuses_parameters_it_has_not(admin):
    assert admin("GET", "Patient/_history?never=1").status == 200
    assert admin("GET", "Patient/_history?never=1", Prefer="handling=strict").codes == ["API-1041"]


def test_parameters_have_no_address_but_those_of_operations(admin):
    """FHIR R4 Parameters: "there is no RESTful endpoint associated with it"."""
    bare = {"resourceType": "Parameters", "id": "a"}
    asked = [("PUT", "Parameters/a"), ("POST", "Parameters"), ("GET", "Parameters/a"), ("GET", "Parameters?_id=a")]
    asked += [
        ("GET", "Parameters"),
        ("GET", "Parameters/_history"),
        ("DELETE", "Parameters/a"),
        ("PUT", "Parameters?_id=a"),
    ]
    for method, url in asked:
        answer = admin(method, url, bare if method in ("PUT", "POST") else None)
        assert (answer.status, answer.codes) == (404, ["API-1065"]), (method, url)
        entry = {"request": {"method": method, "url": url}} | ({"resource": bare} if method in ("PUT", "POST") else {})
        batch = admin("POST", "/", {"resourceType": "Bundle", "type": "batch", "entry": [entry]})
        assert batch.json["entry"][0]["response"]["status"].startswith("404")
        transaction = admin("POST", "/", {"resourceType": "Bundle", "type": "transaction", "entry": [entry]})
        assert transaction.codes == ["API-1065"], (method, url)
    assert admin("GET", "?_type=Parameters").status == 400
    told = [one["type"] for one in admin("GET", "metadata").json["rest"][0]["resource"]]
    assert "Parameters" not in told
    assert "Patient" in told
    paths = admin("GET", "openapi.json").json["paths"]
    (kinds,) = [one["schema"]["enum"] for one in paths["/{type}"]["get"]["parameters"] if one["name"] == "type"]
    assert "Parameters" not in kinds
    assert admin("POST", "Parameters/$validate", bare).codes == ["FHIR-2440"]
