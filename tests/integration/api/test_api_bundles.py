"""transaction and batch over a real store: order, names, all or nothing, each on its own."""

from __future__ import annotations

import copy
import json
import threading

import pytest


def bundle(*entries, type="transaction"):
    return {"resourceType": "Bundle", "type": type, "entry": list(entries)}


def post(resource, full_url="", **request):
    entry = {"resource": resource, "request": {"method": "POST", "url": resource["resourceType"], **request}}
    return {"fullUrl": full_url, **entry} if full_url else entry


def put(resource, full_url="", **request):
    url = f"{resource['resourceType']}/{resource['id']}"
    entry = {"resource": resource, "request": {"method": "PUT", "url": url, **request}}
    return {"fullUrl": full_url, **entry} if full_url else entry


def ask(method, url, **request):
    return {"request": {"method": method, "url": url, **request}}


def observation(subject, **more):
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "8867-4"}]},
        "subject": {"reference": subject},
        **more,
    }


def test_entries_may_name_each_other_before_they_have_ids(admin, patient):
    urn = "urn:uuid:0b1c2d3e-0000-4000-8000-000000000001"
    encounter = "urn:uuid:0b1c2d3e-0000-4000-8000-000000000002"
    answer = admin(
        "POST",
        "",
        bundle(
            post(observation(urn, encounter={"reference": encounter}, valueQuantity={"value": 72})),
            post(
                {
                    "resourceType": "Encounter",
                    "status": "finished",
                    "class": {"code": "AMB"},
                    "subject": {"reference": urn},
                },
                encounter,
            ),
            post(patient, urn),
        ),
    )
    assert answer.status == 200
    told = answer.json
    assert told["type"] == "transaction-response"
    assert [e["response"]["status"] for e in told["entry"]] == ["201 Created"] * 3
    where = [e["response"]["location"] for e in told["entry"]]
    assert [w.split("/")[0] for w in where] == ["Observation", "Encounter", "Patient"]
    read = admin("GET", where[0]).json
    assert read["subject"]["reference"] == where[2].partition("/_history")[0]
    assert read["encounter"]["reference"] == where[1].partition("/_history")[0]


def test_new_resources_live_on_the_shard_of_their_patient(admin, patient):
    key = admin("POST", "Patient", patient).json["id"]
    answer = admin("POST", "", bundle(post(observation(f"Patient/{key}"))))
    assert answer.json["entry"][0]["response"]["location"].split("/")[1][:2] == key[:2]


def test_an_address_as_full_url_names_its_relative_form_too(admin, patient):
    answer = admin(
        "POST",
        "",
        bundle(
            post({**patient, "id": "7"}, "http://elsewhere/fhir/Patient/7"),
            post(observation("Patient/7"), "http://elsewhere/fhir/Observation/8"),
            post(observation("http://elsewhere/fhir/Patient/7"), "http://elsewhere/fhir/Observation/9"),
        ),
    )
    where = [e["response"]["location"].partition("/_history")[0] for e in answer.json["entry"]]
    assert [admin("GET", w).json["subject"]["reference"] for w in where[1:]] == [where[0], where[0]]


def test_an_identifier_that_repeats_the_full_url_stays_as_it_is(admin, patient):
    urn = "urn:uuid:0b1c2d3e-0000-4000-8000-000000000001"
    named = {**patient, "identifier": [{"system": "urn:ietf:rfc3986", "value": urn}], "text": narrative(urn)}
    where = admin("POST", "", bundle(post(named, urn))).json["entry"][0]["response"]["location"]
    read = admin("GET", where).json
    assert read["identifier"] == named["identifier"]
    assert read["text"]["div"] == narrative(where.partition("/_history")[0])["div"]


def narrative(target):
    return {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml"><a href="{target}">x</a></div>'}


def test_references_to_our_own_address_are_kept_relative(admin, patient):
    key = admin("POST", "Patient", patient).json["id"]
    alone = admin("POST", "Observation", observation(f"http://test/fhir/Patient/{key}")).json
    assert alone["subject"]["reference"] == f"Patient/{key}"
    plain = bundle(post(observation(f"http://test/fhir/Patient/{key}")))
    escaped = (
        json.dumps(plain)
        .replace(f"http://test/fhir/Patient/{key}", f"http:\\/\\/test\\/fhir\\/Patient\\/{key}")
        .encode()
    )
    for body in (plain, escaped):
        where = admin("POST", "", body).json["entry"][0]["response"]["location"]
        assert admin("GET", where).json["subject"]["reference"] == f"Patient/{key}"
    elsewhere = admin("POST", "Observation", observation("http://elsewhere/fhir/Patient/1")).json
    assert elsewhere["subject"]["reference"] == "http://elsewhere/fhir/Patient/1"


def test_deletes_run_first_and_reads_last(admin, patient):
    admin("PUT", "Patient/gone", {**patient, "id": "gone"})
    answer = admin(
        "POST",
        "",
        bundle(
            ask("GET", "Patient/fresh"),
            ask("GET", "Patient?_summary=count"),
            put({**patient, "id": "fresh"}),
            ask("DELETE", "Patient/gone"),
        ),
    ).json
    assert [e["response"]["status"] for e in answer["entry"]] == ["200 OK", "200 OK", "201 Created", "204 No Content"]
    assert answer["entry"][0]["resource"]["id"] == "fresh"
    assert answer["entry"][1]["resource"]["total"] == 1


def test_one_wrong_entry_refuses_them_all_and_is_named(admin, patient):
    answer = admin(
        "POST",
        "",
        bundle(put({**patient, "id": "a"}), put({**patient, "id": "b", "gender": 7}), ask("PATCH", "Patient/a")),
    )
    assert answer.status == 400
    places = [issue["expression"][0] for issue in answer.json["issue"]]
    assert any(place.startswith("Bundle.entry[1].resource.gender") for place in places)
    assert any(place.startswith("Bundle.entry[2]") for place in places)
    assert admin("GET", "Patient/a").status == 404


def test_a_version_conflict_in_one_entry_undoes_the_others(admin, patient):
    admin("PUT", "Patient/a", {**patient, "id": "a"})
    answer = admin(
        "POST",
        "",
        bundle(put({**patient, "id": "new"}), put({**patient, "id": "a", "gender": "male"}, ifMatch='W/"9"')),
    )
    assert (answer.status, answer.codes) == (412, ["API-0006"])
    assert admin("GET", "Patient/new").status == 404


def test_two_entries_for_one_resource_have_no_order_and_are_refused(admin, patient):
    answer = admin("POST", "", bundle(put({**patient, "id": "a"}), ask("DELETE", "Patient/a")))
    assert (answer.status, answer.codes) == (400, ["API-0032"])


def test_a_conditional_create_in_a_transaction_finds_or_makes(admin, patient):
    criteria = "identifier=http://fhir.hl7.org.vn/core/sid/cccd|079199000001"
    urn = "urn:uuid:0b1c2d3e-0000-4000-8000-000000000001"
    both = bundle(post(patient, urn, ifNoneExist=criteria), post(observation(urn)))
    first = admin("POST", "", both).json["entry"]
    second = admin("POST", "", both).json["entry"]
    assert [e["response"]["status"] for e in first] == ["201 Created", "201 Created"]
    assert [e["response"]["status"] for e in second] == ["200 OK", "201 Created"]
    assert first[0]["response"]["location"] == second[0]["response"]["location"]
    seen = admin("GET", second[1]["response"]["location"]).json["subject"]["reference"]
    assert seen == first[0]["response"]["location"].partition("/_history")[0]
    chains = (f"_has:Observation:patient:_id={one}" for one in ("o1", "o2"))
    apart = admin("POST", "", bundle(*(post(patient, ifNoneExist=chain) for chain in chains)))
    assert [e["response"]["status"] for e in apart.json["entry"]] == ["201 Created", "201 Created"]
    twice = bundle(post(patient, ifNoneExist="identifier=x|1"), post(patient, ifNoneExist="identifier=x|1"))
    assert admin("POST", "", twice).codes == ["API-0032"]


def test_a_conditional_reference_becomes_an_id_or_a_refusal(admin, patient):
    key = admin("POST", "Patient", patient).json["id"]
    criteria = "Patient?identifier=http://fhir.hl7.org.vn/core/sid/cccd|079199000001"
    answer = admin("POST", "", bundle(post(observation(criteria))))
    assert (
        admin("GET", answer.json["entry"][0]["response"]["location"]).json["subject"]["reference"] == f"Patient/{key}"
    )
    nobody = admin("POST", "", bundle(post(observation("Patient?identifier=x|0"))))
    assert (nobody.status, nobody.codes) == (412, ["API-0025"])
    assert nobody.json["issue"][0]["expression"] == ["Bundle.entry[0].resource"]
    nameless = post({"resourceType": "Patient", "gender": "male"})
    beside = admin("POST", "", bundle(nameless, post(observation("Patient?identifier=x|0"))))
    assert (beside.status, beside.codes) == (412, ["API-0025"])
    for linked in ("Patient?_has:Observation:patient:code=x", "Patient?identifier=x|0&_has:Observation:patient:code=x"):
        unmet = admin("POST", "", bundle(post(patient), post(observation(linked))))
        assert (unmet.status, unmet.codes) == (412, ["API-0025"])


@pytest.mark.parametrize(
    "written",
    [r"Patient?identifier=urn:s|1", r"http://test/fhir/Patient?identifier=urn:s|1", r"Patient\u003fidentifier=urn:s|1"],
)
def test_a_conditional_reference_is_known_in_every_way_it_can_be_written(admin, written):
    admin("PUT", "Patient/p", {"resourceType": "Patient", "id": "p", "identifier": [{"system": "urn:s", "value": "1"}]})
    text = json.dumps(bundle(post(observation("HERE")))).replace("HERE", written)
    answer = admin("POST", "", text.encode(), Prefer="return=representation")
    assert answer.json["entry"][0]["resource"]["subject"] == {"reference": "Patient/p"}


def test_a_reference_to_no_entry_is_refused_at_its_place(admin, patient):
    here, nowhere = (f"urn:uuid:0b1c2d3e-0000-4000-8000-00000000000{n}" for n in (1, 2))
    answer = admin(
        "POST",
        "",
        bundle(
            post(patient, here),
            post(observation(here, performer=[{"reference": here}, {"reference": nowhere}])),
            post(observation(nowhere)),
        ),
    )
    assert (answer.status, answer.codes) == (400, ["API-0034", "API-0034"])
    assert [issue["expression"] for issue in answer.json["issue"]] == [
        ["Bundle.entry[1].resource.performer[1].reference"],
        ["Bundle.entry[2].resource.subject.reference"],
    ]
    assert admin("GET", "Patient?_summary=count").json["total"] == 0


def test_a_stored_bundle_keeps_the_names_of_its_own_entries(admin, patient):
    urn = "urn:uuid:0b1c2d3e-0000-4000-8000-000000000001"
    inner = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"fullUrl": urn, "resource": patient}, {"resource": observation(urn)}],
    }
    where = admin("POST", "", bundle(post(inner))).json["entry"][0]["response"]["location"]
    assert admin("GET", where).json["entry"][1]["resource"]["subject"] == {"reference": urn}


def test_prefer_representation_brings_the_resources_back(admin, patient):
    answer = admin("POST", "", bundle(post(patient)), Prefer="return=representation").json
    assert answer["entry"][0]["resource"]["name"] == patient["name"]
    assert "resource" not in admin("POST", "", bundle(post(patient))).json["entry"][0]


def test_an_outcome_that_is_preferred_stands_in_the_response_of_a_batch_as_of_a_transaction(admin, patient):
    check = {**ask("POST", "Patient/$validate"), "resource": patient}
    for kind in ("batch", "transaction"):
        told = admin("POST", "", bundle(post(patient), type=kind), Prefer="return=OperationOutcome").json["entry"][0]
        assert (told["response"]["outcome"]["resourceType"], "resource" in told) == ("OperationOutcome", False)
    told = admin("POST", "", bundle(check, type="batch"), Prefer="return=OperationOutcome").json["entry"][0]
    assert (told["resource"]["resourceType"], "outcome" in told["response"]) == ("OperationOutcome", False)


def test_a_batch_answers_each_entry_on_its_own(admin, patient):
    answer = admin(
        "POST",
        "",
        bundle(
            put({**patient, "id": "a"}),
            ask("GET", "Patient/none"),
            put({**patient, "id": "b", "gender": 7}),
            {"resource": patient},
            ask("GET", "Patient?_id=a"),
            ask("GET", "openapi.json"),
            ask("POST", ""),
            post({**patient}, ifNoneExist="_id=a"),
            type="batch",
        ),
    )
    told = answer.json
    assert (answer.status, told["type"]) == (200, "batch-response")
    statuses = [e["response"]["status"][:3] for e in told["entry"]]
    assert statuses == ["201", "404", "400", "400", "200", "400", "400", "200"]
    assert told["entry"][1]["response"]["outcome"]["issue"][0]["details"]["coding"][0]["code"] == "API-0004"
    assert told["entry"][4]["resource"]["entry"][0]["resource"]["id"] == "a"
    assert "resource" not in told["entry"][0]


def test_an_entry_that_asks_for_news_only_is_told_there_is_none(admin, patient):
    admin("PUT", "Patient/a", {**patient, "id": "a"})
    conditions = [
        {"ifModifiedSince": "2099-01-01T00:00:00+07:00"},
        {"ifModifiedSince": "2020-01-01T00:00:00Z"},
        {"ifNoneMatch": 'W/"1"'},
        {"ifNoneMatch": 'W/"2"'},
    ]
    asked = bundle(*(ask("GET", "Patient/a", **one) for one in conditions), type="batch")
    assert [e["response"]["status"][:3] for e in admin("POST", "", asked).json["entry"]] == ["304", "200", "304", "200"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"resourceType": "Patient"}, 400, "API-0030"),
        ({"resourceType": "Bundle", "type": "collection"}, 400, "API-0030"),
        ({"resourceType": "Bundle", "type": "batch", "entry": {"a": 1}}, 400, "API-0030"),
        ({"resourceType": "Bundle", "type": "transaction", "entry": [{}] * 10_001}, 413, "API-0031"),
        ({"resourceType": "Bundle", "type": "transaction", "entry": [{}]}, 400, "FHIR-0101"),
        ({"resourceType": "Bundle", "type": "transaction", "entry": [5]}, 400, "FHIR-0101"),
    ],
)
def test_an_envelope_that_is_none_is_refused_by_number(admin, body, status, code):
    answer = admin("POST", "", body)
    assert (answer.status, answer.codes[0]) == (status, code)


def test_an_empty_transaction_is_a_transaction(admin):
    assert admin("POST", "", {"resourceType": "Bundle", "type": "transaction"}).json["type"] == "transaction-response"


def test_transactions_that_meet_all_get_through(api, admin, patient):
    keys = [f"k{n}" for n in range(10)]
    statuses = []

    def write(order, gender):
        body = bundle(*(put({**copy.deepcopy(patient), "id": key, "gender": gender}) for key in order))
        statuses.append(admin("POST", "", body).status)

    orders = [(keys, "male"), (keys[::-1], "female"), (keys, "other"), (keys[::-1], "unknown")]
    threads = [threading.Thread(target=write, args=order) for order in orders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 4
    assert len({admin("GET", f"Patient/{key}").json["gender"] for key in keys}) == 1


def test_a_read_that_fails_names_its_entry_and_takes_everything_back(admin, patient):
    answer = admin("POST", "", bundle(post(patient), ask("GET", "Patient/nobody")))
    assert (answer.status, answer.codes) == (404, ["API-0004"])
    assert answer.json["issue"][0]["expression"] == ["Bundle.entry[1].request"]
    assert admin("GET", "Patient?_summary=count").json["total"] == 0


def test_a_batch_may_ask_what_the_server_can_do(admin, nobody):
    told = admin("POST", "", bundle(ask("GET", "metadata"), type="batch")).json["entry"][0]
    assert told["response"]["status"] == "200 OK"
    assert told["resource"]["resourceType"] == "CapabilityStatement"


def test_a_search_by_post_is_an_entry_like_others(admin, patient):
    admin("PUT", "Patient/a", {**patient, "id": "a"})
    admin("PUT", "Patient/b", {**patient, "id": "b", "active": False})
    form = {
        "resourceType": "Parameters",
        "parameter": [{"name": "_id", "valueString": "a,b"}, {"name": "active", "valueBoolean": False}],
    }
    asked = [
        ask("POST", "Patient/_search?_id=a"),
        {**ask("POST", "Patient/_search"), "resource": form},
        ask("POST", "_search?_id=b&_type=Patient"),
        ask("POST", "Patient/a/Patient/_search"),
    ]
    for kind in ("batch", "transaction"):
        told = admin("POST", "", bundle(*asked, type=kind)).json["entry"]
        found = [[match["resource"]["id"] for match in one["resource"]["entry"]] for one in told]
        assert found == [["a"], ["b"], ["b"], ["a"]], kind


def test_a_version_that_is_not_the_expected_one_names_its_entry(admin, patient):
    admin("PUT", "Patient/a", {**patient, "id": "a"})
    sound = put({**patient, "id": "b"})
    patching = {"resourceType": "Binary", "contentType": "application/json-patch+json", "data": "W10="}
    asked = [
        put({**patient, "id": "a"}, ifMatch='W/"7"'),
        ask("DELETE", "Patient/a", ifMatch='W/"7"'),
        {"resource": patching, "request": {"method": "PATCH", "url": "Patient/a", "ifMatch": 'W/"7"'}},
        {"resource": patient, "request": {"method": "PUT", "url": "Patient?_id=zz", "ifMatch": 'W/"7"'}},
    ]
    for one in asked:
        answer = admin("POST", "", bundle(sound, one))
        assert (answer.status, answer.codes) == (412, ["API-0006"]), one
        assert answer.json["issue"][0]["expression"] == ["Bundle.entry[1].request"], one
    assert admin("GET", "Patient/b").status == 404


def test_entries_that_ask_for_more_than_an_answer_holds_are_told_so(small, patient):
    for n in range(8):
        small("PUT", f"Patient/a{n}", {**patient, "id": f"a{n}"})
    asked = [ask("GET", "Patient?_count=8")] * 9
    told = [one["response"]["status"][:3] for one in small("POST", "", bundle(*asked, type="batch")).json["entry"]]
    assert told[0] == "200"
    assert told[-1] == "413"
    assert told == sorted(told)
    whole = small("POST", "", bundle(*asked))
    assert (whole.status, whole.codes) == (413, ["API-0052"])


def test_entries_may_not_look_things_up_for_ever(admin, patient, monkeypatch):
    admin("PUT", "Patient/a", {**patient, "id": "a"})
    monkeypatch.setattr("yteso.api.room.SECONDS", -1)
    search = ask("GET", "Patient?name:contains=x")
    told = admin("POST", "", bundle(search, type="batch")).json["entry"][0]["response"]
    assert told["status"].startswith("503")
    assert told["outcome"]["issue"][0]["details"]["coding"][0]["code"] == "API-0054"
    asked = [
        search,
        post(patient, ifNoneExist="identifier=s|1"),
        post(observation("Patient?_id=a")),
    ]
    for one in asked:
        answer = admin("POST", "", bundle(one))
        assert (answer.status, answer.codes) == (503, ["API-0054"]), one
    assert admin("POST", "", bundle(post(patient), ask("DELETE", "Patient/a"))).status == 200
