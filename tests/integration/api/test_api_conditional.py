"""Criteria in the place of ids: update, delete and their entries in bundles; one act, within the rights."""

from __future__ import annotations

import threading

import pytest

from yteso.access.principal import Principal, Role
from yteso.store.postgres import PostgresStore
from yteso.store.protocol import Put

SYSTEM = "urn:yteso:test"


def person(value, **more):
    return {"resourceType": "Patient", "identifier": [{"system": SYSTEM, "value": value}], **more}


def by(value):
    return f"Patient?identifier={SYSTEM}|{value}"


def entry(method, url, resource=None, **request):
    told = {"request": {"method": method, "url": url, **request}}
    return {**told, "resource": resource} if resource else told


def transaction(*entries):
    return {"resourceType": "Bundle", "type": "transaction", "entry": list(entries)}


def statuses(answer):
    assert answer.status == 200, answer.body
    return [one["response"]["status"][:3] for one in answer.json["entry"]]


def count(admin, url):
    return admin("GET", f"{url}&_summary=count").json["total"]


def test_an_update_by_criteria_creates_then_updates(admin):
    created = admin("PUT", by("1"), person("1"))
    assert (created.status, created.headers["ETag"]) == (201, 'W/"1"')
    updated = admin("PUT", by("1"), person("1", gender="male"))
    assert (updated.status, updated.json["id"], updated.headers["ETag"]) == (200, created.json["id"], 'W/"2"')
    assert admin("PUT", by("1"), person("1", gender="male")).headers["ETag"] == 'W/"2"'
    assert admin("PUT", by("1"), person("1"), If_Match='W/"1"').status == 412
    named = admin("PUT", by("2"), person("2", id="mine"))
    assert (named.status, named.json["id"]) == (201, "mine")
    taken = admin("PUT", by("3"), person("3", id="mine"))
    assert (taken.status, taken.codes) == (412, ["API-0006"])
    assert admin("PUT", by("3"), person("3"), If_Match='W/"1"').status == 412
    assert admin("POST", "", transaction(entry("PUT", by("3"), person("3", id="mine")))).status == 412
    refused = admin("PUT", by("1"), person("1", id="mine"))
    assert (refused.status, refused.codes) == (400, ["API-0016"])


def test_criteria_that_several_meet_change_nothing(admin):
    for _ in range(2):
        admin("POST", "Patient", person("1"))
    for answer in (admin("PUT", by("1"), person("1")), admin("DELETE", by("1"))):
        assert (answer.status, answer.codes) == (412, ["API-0024"])
    assert count(admin, by("1")) == 2


def test_a_delete_by_criteria_deletes_the_one(admin):
    made = admin("POST", "Patient", person("1")).json["id"]
    assert admin("DELETE", by("never")).status == 204
    assert admin("DELETE", by("1"), If_Match='W/"7"').status == 412
    deleted = admin("DELETE", by("1"))
    assert (deleted.status, deleted.headers["ETag"]) == (204, 'W/"2"')
    assert admin("GET", f"Patient/{made}").status == 410


@pytest.mark.parametrize("query", ["", "?", "?_format=json", "?never=1", "?_count=1"])
def test_without_criteria_that_are_understood_nothing_is_done(admin, query):
    for method, body in (("PUT", person("1")), ("DELETE", None)):
        refused = admin(method, f"Patient{query}", body)
        assert (refused.status, refused.codes[0]) == (400, "API-0026")


def test_of_many_at_once_one_creates(admin):
    found = []

    def write(n):
        found.append(admin("PUT", by("1"), person("1", gender=("male", "female")[n % 2])).status)

    def create(_):
        found.append(admin("POST", "Patient", person("1"), If_None_Exist=f"identifier={SYSTEM}|1").status)

    threads = [threading.Thread(target=(write, create)[n % 2], args=(n,)) for n in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [200] * 9 + [201]
    assert count(admin, by("1")) == 1


def test_entries_of_a_transaction_may_have_criteria(admin):
    old = admin("POST", "Patient", person("old")).json["id"]
    changed = admin("POST", "Patient", person("changed")).json["id"]
    answer = admin(
        "POST",
        "",
        transaction(
            entry("PUT", by("changed"), person("changed", gender="male")),
            entry("PUT", by("new"), person("new")),
            entry("DELETE", by("old")),
            entry("DELETE", by("never")),
            entry("POST", "Patient", person("old"), ifNoneExist=f"identifier={SYSTEM}|old"),
        ),
    )
    assert statuses(answer) == ["200", "201", "204", "204", "201"]
    assert admin("GET", f"Patient/{changed}").json["gender"] == "male"
    assert admin("GET", f"Patient/{old}").status == 410
    assert count(admin, by("old")) == count(admin, by("new")) == 1


def test_two_entries_that_mean_one_resource_are_refused(admin):
    made = admin("POST", "Patient", person("1")).json["id"]
    update = entry("PUT", by("1"), person("1", gender="male"))
    refused = admin("POST", "", transaction(update, entry("PUT", f"Patient/{made}", person("1", id=made))))
    assert (refused.status, refused.codes) == (400, ["API-0032"])


def test_what_a_transaction_deletes_meets_no_criteria_of_its_other_entries(admin):
    made = admin("POST", "Patient", person("1")).json["id"]
    update = entry("PUT", by("1"), person("1", gender="male"))
    assert statuses(admin("POST", "", transaction(update, entry("DELETE", f"Patient/{made}")))) == ["201", "204"]
    assert count(admin, by("1")) == 1


def test_an_entry_that_cannot_be_decided_names_itself(admin):
    for _ in range(2):
        admin("POST", "Patient", person("twice"))
    refused = admin("POST", "", transaction(entry("PUT", by("new"), person("new")), entry("DELETE", by("twice"))))
    assert (refused.status, refused.codes) == (412, ["API-0024"])
    assert refused.json["issue"][0]["expression"] == ["Bundle.entry[1].request"]
    assert count(admin, by("new")) == 0
    unknown = admin("POST", "", transaction(entry("DELETE", "Patient?never=1")))
    assert (unknown.status, unknown.codes[0]) == (400, "API-0026")


def test_a_conditional_reference_finds_what_the_same_bundle_writes(admin):
    practitioner = {"resourceType": "Practitioner", "identifier": [{"system": SYSTEM, "value": "d"}]}
    visit = {
        "resourceType": "Encounter",
        "status": "finished",
        "class": {"code": "AMB"},
        "participant": [{"individual": {"reference": f"Practitioner?identifier={SYSTEM}|d"}}],
    }
    answer = admin(
        "POST", "", transaction(entry("POST", "Encounter", visit), entry("POST", "Practitioner", practitioner))
    )
    assert statuses(answer) == ["201", "201"]
    where = [one["response"]["location"].partition("/_history")[0] for one in answer.json["entry"]]
    assert admin("GET", where[0]).json["participant"][0]["individual"]["reference"] == where[1]
    unknown = {**visit, "participant": [{"individual": {"reference": "Nothing?identifier=1"}}]}
    assert admin("POST", "", transaction(entry("POST", "Encounter", unknown))).status == 400


def test_criteria_see_no_patient_of_others(admin, doctor):
    made = admin("POST", "Patient", person("theirs")).json["id"]
    answer = doctor("PUT", by("theirs"), person("theirs"))
    assert (answer.status, answer.codes) == (403, ["API-0042"])
    assert doctor("PATCH", by("theirs"), b"[]", Content_Type="application/json-patch+json").status == 404
    assert doctor("DELETE", by("theirs")).codes == ["AUTH-0102"]
    assert admin("GET", f"Patient/{made}").headers["ETag"] == 'W/"1"'


URN = "urn:uuid:0b1c2d3e-0000-4000-8000-00000000000f"
HOSPITAL = {"resourceType": "Organization", "identifier": [{"system": "urn:o", "value": "7"}], "name": "Mẫu"}


def in_batch(admin, method, url, body):
    entry = {"request": {"method": method, "url": url}, "resource": body}
    answer = admin("POST", "", {"resourceType": "Bundle", "type": "batch", "entry": [entry]}).json["entry"][0]
    told = answer["response"]
    codes = [issue["details"]["coding"][0]["code"] for issue in told.get("outcome", {}).get("issue", [])]
    return int(told["status"][:3]), codes


@pytest.mark.parametrize(
    ("reference", "status", "code"),
    [
        (URN, 400, "API-0035"),
        ("Organization?identifier=urn:o|8", 412, "API-0025"),
        ("Organization?name=M%E1%BA%ABu", 412, "API-0024"),
        ("Organization?nothing=7", 400, "API-0026"),
        ("Mensch?identifier=7", 400, "API-0002"),
    ],
)
def test_a_lone_reference_that_names_nothing_is_refused_however_it_comes(admin, reference, status, code):
    for _ in range(2):
        admin("POST", "Organization", HOSPITAL)
    body = person("1", managingOrganization={"reference": reference})
    admin("PUT", "Patient/there", person("2", id="there"))
    patch = [{"op": "add", "path": "/managingOrganization", "value": {"reference": reference}}]
    for method, url, sent in (
        ("POST", "Patient", body),
        ("PUT", "Patient/x", {**body, "id": "x"}),
        ("PUT", by("9"), body),
        ("PATCH", "Patient/there", patch),
    ):
        kind = {"Content_Type": "application/json-patch+json"} if method == "PATCH" else {}
        answer = admin(method, url, sent, **kind)
        assert (answer.status, answer.codes[0]) == (status, code)
        assert answer.json["issue"][0]["expression"] == ["Patient.managingOrganization.reference"]
    told = in_batch(admin, "POST", "Patient", body)
    assert (told[0], told[1][0]) == (status, code)
    assert admin("GET", "Patient?_summary=count").json["total"] == 1


@pytest.mark.parametrize("base", ["", "http://test/fhir/"])
def test_a_lone_conditional_reference_leads_to_what_meets_it(admin, base):
    hospital = admin("POST", "Organization", HOSPITAL).json["id"]
    body = person("1", managingOrganization={"reference": f"{base}Organization?identifier=urn:o|7"})
    real = {"reference": f"Organization/{hospital}"}
    assert admin("POST", "Patient", body).json["managingOrganization"] == real
    assert admin("PUT", "Patient/x", {**body, "id": "x"}).json["managingOrganization"] == real
    assert admin("PUT", by("9"), body).json["managingOrganization"] == real
    admin("PUT", "Patient/y", person("2", id="y"))
    patch = [{"op": "add", "path": "/managingOrganization", "value": body["managingOrganization"]}]
    patched = admin("PATCH", "Patient/y", patch, Content_Type="application/json-patch+json")
    assert patched.json["managingOrganization"] == real
    assert in_batch(admin, "POST", "Patient", body)[0] == 201
    found = admin("GET", f"Patient?organization={hospital}&_summary=count").json["total"]
    assert found == 5


def test_a_conditional_reference_finds_only_what_its_writer_sees(admin, doctor):
    admin("PUT", "Patient/hidden", person("1", id="hidden"))
    body = {"resourceType": "Flag", "status": "active", "code": {"text": "x"}}
    answer = doctor("POST", "Flag", {**body, "subject": {"reference": by("1")}})
    assert (answer.status, answer.codes) == (412, ["API-0025"])


def test_references_within_a_bundle_and_those_of_older_releases_stay(admin, database):
    inner = person("1", managingOrganization={"reference": URN})
    document = {"resourceType": "Bundle", "type": "collection", "entry": [{"fullUrl": URN, "resource": inner}]}
    made = admin("POST", "Bundle", document)
    assert (made.status, made.json["entry"][0]["resource"]["managingOrganization"]) == (201, {"reference": URN})
    with database.connection() as conn:
        PostgresStore().write(conn, Principal("tích hợp Mẫu", Role.INTEGRATOR), [Put({**inner, "id": "old"})])
    patch = [{"op": "add", "path": "/gender", "value": "male"}]
    patched = admin("PATCH", "Patient/old", patch, Content_Type="application/json-patch+json")
    assert (patched.status, patched.json["managingOrganization"]) == (200, {"reference": URN})


ORGANIZATION = {"resourceType": "Organization", "id": "o", "name": "Mẫu"}
LOST = {"managingOrganization": {"reference": "#none"}, "contained": [ORGANIZATION]}


def test_a_reference_to_a_contained_resource_that_is_not_there_is_refused(admin):
    lost, place = person("1", **LOST), "managingOrganization.reference"
    alone = admin("POST", "Patient", lost)
    assert (alone.status, alone.codes) == (400, ["API-0036"])
    assert alone.json["issue"][0]["expression"] == [f"Patient.{place}"]
    whole = admin("POST", "", transaction(entry("POST", "Patient", person("2")), entry("POST", "Patient", lost)))
    assert (whole.status, whole.codes) == (400, ["API-0036"])
    assert whole.json["issue"][0]["expression"] == [f"Bundle.entry[1].resource.{place}"]
    assert in_batch(admin, "POST", "Patient", lost) == (400, ["API-0036"])
    assert admin("GET", "Patient?_summary=count").json["total"] == 0


def test_references_to_what_is_contained_and_to_what_contains_stay(admin):
    inside = {
        "resourceType": "Organization",
        "id": "o",
        "partOf": {"reference": "#"},
        "endpoint": [{"reference": "#e"}],
    }
    kept = person("1", managingOrganization={"reference": "#o"})
    kept["contained"] = [inside, {"resourceType": "Endpoint", "id": "e", "status": "active"}]
    kept["contained"][1] |= {"connectionType": {"code": "x"}, "payloadType": [{"text": "x"}], "address": "http://x"}
    assert admin("POST", "Patient", kept).json["contained"] == kept["contained"]
    assert admin("POST", "", transaction(entry("POST", "Patient", kept))).status == 200
    parameters = {"resourceType": "Parameters", "parameter": [{"name": "a", "resource": kept}]}
    carried = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": parameters}]}
    assert admin("POST", "Bundle", carried).status == 201


@pytest.mark.parametrize(
    "reference",
    ["Mensch/1", "patient/1", "Organization/", "one", "Organization/1/2", "/Organization/1"],
)
def test_what_is_no_reference_is_refused_at_its_place(admin, reference):
    bad = person("1", managingOrganization={"reference": reference})
    alone = admin("POST", "Patient", bad)
    assert (alone.status, alone.codes) == (400, ["API-0037"])
    whole = admin("POST", "", transaction(entry("POST", "Patient", bad)))
    assert (whole.status, whole.codes) == (400, ["API-0037"])
    assert whole.json["issue"][0]["expression"] == ["Bundle.entry[0].resource.managingOrganization.reference"]


@pytest.mark.parametrize(
    "reference",
    [
        *(
            "Organization/none",
            "Organization/1/_history/2",
            "http://elsewhere/fhir/Organization/1",
            "https://elsewhere",
        ),
        *("urn:oid:1.2.3", "mailto:a@b.c", "http://elsewhere/Organization?identifier=1"),
    ],
)
def test_references_to_what_may_be_elsewhere_or_not_here_yet_stay(admin, reference):
    good = person("1", managingOrganization={"reference": reference})
    assert admin("POST", "Patient", good).json["managingOrganization"] == {"reference": reference}
    assert statuses(admin("POST", "", transaction(entry("POST", "Patient", good)))) == ["201"]


@pytest.mark.parametrize("criteria", ["gender=male&birthdate=", "gender=male&_id", "gender=male&_id=,", "_id="])
def test_criteria_without_a_value_meet_nothing_and_are_refused(admin, criteria):
    admin("PUT", "Patient/a", person("1", id="a", gender="male"))
    for method, body in (("DELETE", None), ("PUT", person("2")), ("POST", person("2"))):
        assert admin(method, f"Patient?{criteria}", body).codes[0] == "API-0026"
    assert admin("POST", "Patient", person("2"), If_None_Exist=criteria).codes[0] == "API-0026"
    assert admin("GET", "Patient?_summary=count").json["total"] == 1


def test_a_value_of_commas_is_none_and_finds_not_everything(admin):
    assert admin("GET", "Patient?_id=,").codes == ["SRCH-0005"]
    assert admin("GET", "Patient?gender:missing=,").codes == ["SRCH-0005"]


UPDATE = entry("PUT", by("7"), person("7"))
CREATE = entry("POST", "Patient", person("7"), ifNoneExist=f"identifier={SYSTEM}|7")


@pytest.mark.parametrize("first", [UPDATE, CREATE], ids=["update", "create"])
def test_one_transaction_makes_no_twins_under_the_same_criteria(admin, first):
    answer = admin("POST", "", transaction(first, UPDATE))
    assert (answer.status, answer.codes) == (400, ["API-0032"])
    assert admin("GET", "Patient?_summary=count").json["total"] == 0
    assert statuses(admin("POST", "", transaction(first, entry("PUT", by("8"), person("8"))))) == ["201", "201"]


@pytest.mark.parametrize("criteria", ["identifier=|", "identifier=|&gender=female", "identifier="])
def test_criteria_that_ask_for_nothing_make_no_twin(admin, patient, criteria):
    answer = admin("POST", "Patient", patient, If_None_Exist=criteria)
    assert (answer.status, "API-0026" in answer.codes) == (400, True)


PATCHING = {"resourceType": "Binary", "contentType": "application/json-patch+json", "data": "W10="}


def test_if_match_of_anything_asks_that_the_resource_is_there(admin):
    """RFC 9110 §13.1.1: true when there is a current representation, which a deleted one is not."""
    mine = person("1", id="a")
    assert admin("PUT", "Patient/a", mine, If_Match="*").codes == ["API-0006"]
    assert admin("DELETE", "Patient/a", If_Match="*").status == 412
    assert admin("GET", "Patient/a").status == 404
    admin("PUT", "Patient/a", mine)
    assert admin("PUT", "Patient/a", {**mine, "active": True}, If_Match="*").headers["ETag"] == 'W/"2"'
    assert admin("PUT", "Patient/a", {**mine, "active": True}, If_Match="*").headers["ETag"] == 'W/"2"'
    change = [{"op": "replace", "path": "/active", "value": False}]
    patched = admin("PATCH", "Patient/a", change, If_Match="*", Content_Type="application/json-patch+json")
    assert (patched.status, patched.headers["ETag"]) == (200, 'W/"3"')
    assert admin("DELETE", "Patient/a", If_Match="*").status == 204
    assert admin("DELETE", "Patient/a", If_Match="*").status == 412
    assert admin("PUT", "Patient/a", mine, If_Match="*").status == 412
    late = admin("PATCH", "Patient/a", change, If_Match="*", Content_Type="application/json-patch+json")
    assert late.status == 410, "what would be refused without the condition is refused as without it (§13.2.1)"
    assert admin("PUT", "Patient/a", mine, If_None_Match="*").headers["ETag"] == 'W/"5"'
    assert admin("PUT", "Patient/a", mine, If_None_Match="*").status == 412


def test_if_match_of_anything_by_criteria(admin):
    assert admin("PUT", by("1"), person("1"), If_Match="*").status == 412
    assert admin("DELETE", by("1"), If_Match="*").status == 412
    assert admin("DELETE", by("1"), If_Match='W/"1"').status == 412
    assert admin("DELETE", by("1")).status == 204
    assert admin("PUT", by("1"), person("1")).status == 201
    assert admin("PUT", by("1"), person("1", gender="male"), If_Match="*").status == 200
    assert admin("DELETE", by("1"), If_Match="*").status == 204
    assert count(admin, "Patient?") == 0


@pytest.mark.parametrize("kind", ["batch", "transaction"])
def test_if_match_of_anything_in_a_bundle(admin, kind):
    writes = [
        entry("PUT", "Patient/a", person("1", id="a"), ifMatch="*"),
        entry("PATCH", "Patient/b", PATCHING, ifMatch="*"),
        entry("DELETE", "Patient/c", ifMatch="*"),
        entry("PUT", by("4"), person("4"), ifMatch="*"),
        entry("DELETE", by("5"), ifMatch="*"),
    ]
    there = ["412", "404", "412", "412", "412"]
    for one, status in zip(writes, there, strict=True):
        answer = admin("POST", "", {**transaction(one), "type": kind})
        found = [str(answer.status)] if kind == "transaction" else statuses(answer)
        assert found == [status], one
    for value, name in enumerate("abcde", start=1):
        admin("PUT", f"Patient/{name}", person(str(value), id=name))
    answer = admin("POST", "", {**transaction(*writes), "type": kind})
    assert statuses(answer) == ["200", "200", "204", "200", "204"]
    create = entry("PUT", "Patient/f", person("6", id="f"), ifNoneMatch="*")
    assert statuses(admin("POST", "", {**transaction(create), "type": kind})) == ["201"]
    answer = admin("POST", "", {**transaction(create), "type": kind})
    assert ([str(answer.status)] if kind == "transaction" else statuses(answer)) == ["412"]


def test_of_writers_that_only_want_something_there_none_creates_what_another_deleted(api, admin):
    admin("PUT", "Patient/a", person("1", id="a"))
    asked = [("DELETE", None), *(("PUT", person("1", id="a", gender=one)) for one in ("male", "female", "other"))]
    answers = []

    def write(method, body):
        answers.append((method, admin(method, "Patient/a", body, If_Match="*").status))

    threads = [threading.Thread(target=write, args=one) for one in asked]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ("DELETE", 204) in answers
    assert {status for method, status in answers if method == "PUT"} <= {200, 412}
    assert admin("GET", "Patient/a").status == 410


def test_if_match_of_anything_tells_a_doctor_nothing_of_what_is_hidden(admin, doctor):
    admin("PUT", "Patient/hidden", person("1", id="hidden"))
    for name in ("hidden", "never"):
        answer = doctor("PUT", f"Patient/{name}", person("1", id=name), If_Match="*")
        assert (answer.status, answer.codes) == (403, ["API-0040"])


def test_a_condition_that_a_write_cannot_have_is_not_passed_over(admin, patient):
    named = {**patient, "id": "a"}
    admin("PUT", "Patient/a", named)
    asked = [
        ("PUT", {"If_None_Match": 'W/"1"'}),
        ("PUT", {"If_None_Match": "*", "If_Match": "*"}),
        ("PUT", {"If_Unmodified_Since": "Thu, 01 Jan 2020 00:00:00 GMT"}),
        ("DELETE", {"If_Unmodified_Since": "Thu, 01 Jan 2020 00:00:00 GMT"}),
    ]
    for method, headers in asked:
        answer = admin(method, "Patient/a", {**named, "active": True}, **headers)
        assert (answer.status, answer.codes) == (400, ["API-0053"]), headers
    entry = {"resource": named, "request": {"method": "PUT", "url": "Patient/a", "ifNoneMatch": 'W/"1"'}}
    answer = admin("POST", "", {"resourceType": "Bundle", "type": "transaction", "entry": [entry]})
    assert (answer.status, answer.codes) == (400, ["API-0053"])
    assert admin("GET", "Patient/a").headers["ETag"] == 'W/"1"'
