"""$validate and the modes of profile validation, over the real door with VN Core loaded."""

from datetime import UTC, datetime

import pytest
from tests.integration.api.conftest import DOCTOR, INTEGRATOR, Client

from yteso.api import Api
from yteso.ops.own_packages import load_vn_core
from yteso.store.postgres import PostgresStore
from yteso.validate.profiles.modes import Modes

VN = "http://fhir.hl7.org.vn/core/StructureDefinition/"
CLAIMED = {"meta": {"profile": [VN + "vn-core-patient"]}}
ASK_FINDINGS = {"prefer": "return=OperationOutcome"}


@pytest.fixture
def store(database):
    store = PostgresStore()
    load_vn_core(database, store)
    return store


@pytest.fixture
def door(database, store):
    """`door(mode)` asks as the integrator with that mode at the FHIR door."""

    def make(mode="warn", who=INTEGRATOR, **more):
        return Client(Api(database, store, lambda: datetime.now(UTC), modes=Modes({"fhir": mode, **more})), who)

    return make


@pytest.fixture
def ask(door):
    return door()


def parameters(resource=None, profiles=(), mode=""):
    rows = [{"name": "resource", "resource": resource}] if resource else []
    rows += [{"name": "profile", "valueUri": url} for url in profiles]
    rows += [{"name": "mode", "valueCode": mode}] if mode else []
    return {"resourceType": "Parameters", "parameter": rows}


def severities(answer):
    return [issue["severity"] for issue in answer.json["issue"]]


def test_a_sound_resource_is_told_to_be_sound(ask, patient):
    answer = ask("POST", "/Patient/$validate", patient)
    assert (answer.status, answer.codes) == (200, ["FHIR-2440"])


@pytest.mark.parametrize("url", ["/$validate", "/Patient/$validate"])
def test_a_resource_is_judged_by_the_profiles_it_claims(ask, patient, url):
    answer = ask(
        "POST", url, {**patient, **CLAIMED, "identifier": []} | {"identifier": [{"value": "1"}]} | {"name": [{}]}
    )
    assert answer.status == 200
    assert "FHIR-2006" in answer.codes  # an empty name is a matter of structure
    missing = {name: value for name, value in patient.items() if name != "identifier"} | CLAIMED
    answer = ask("POST", url, missing)
    [issue] = answer.json["issue"]
    assert issue["expression"] == ["Patient.identifier"]
    assert issue["details"]["coding"][0]["code"] == "FHIR-2401"
    assert issue["details"]["text"].startswith("Thiếu")
    assert "missing" in issue["diagnostics"]


def test_profiles_are_asked_for_by_parameter_in_the_body_and_in_the_address(ask, patient):
    missing = {name: value for name, value in patient.items() if name != "identifier"}
    assert ask("POST", "/Patient/$validate", parameters(missing, [VN + "vn-core-patient"])).codes == ["FHIR-2401"]
    assert ask("POST", f"/Patient/$validate?profile={VN}vn-core-patient", missing).codes == ["FHIR-2401"]
    assert ask("POST", "/Patient/$validate", parameters(patient, [VN + "vn-core-patient"])).codes == ["FHIR-2440"]
    assert ask("POST", "/Patient/$validate", parameters(patient, ["urn:none"])).codes == ["FHIR-2427"]


def test_codes_are_judged_by_the_records_own_value_sets(ask, patient):
    ethnic = {"url": VN + "vn-ext-ethnicity"}
    system = "urn:yteso:bhyt:dan-toc"

    def coded(code):
        return patient | {
            "extension": [ethnic | {"valueCodeableConcept": {"coding": [{"system": system, "code": code}]}}]
        }

    assert ask("POST", "/Patient/$validate", coded("01")).codes == ["FHIR-2440"]
    assert ask("POST", "/Patient/$validate", coded("9999")).codes == ["FHIR-2407"]


def test_a_stored_resource_is_judged_at_its_address(ask, patient):
    stored = ask("POST", "/Patient", {**patient, **CLAIMED}).json["id"]
    assert ask("GET", f"/Patient/{stored}/$validate").codes == ["FHIR-2440"]
    assert ask("POST", f"/Patient/{stored}/$validate", parameters(profiles=[VN + "vn-core-encounter"])).codes == [
        "FHIR-2420"
    ]
    assert ask("GET", "/Patient/nobody/$validate").status == 404


def test_what_the_caller_may_not_see_is_not_judged(door, patient):
    stored = door()("POST", "/Patient", patient).json["id"]
    hidden = door(who=DOCTOR)("GET", f"/Patient/{stored}/$validate")
    absent = door(who=DOCTOR)("GET", "/Patient/nobody/$validate")
    assert (hidden.status, hidden.body) == (404, absent.body)
    assert door(who=DOCTOR)("POST", "/Patient/$validate", patient).codes == ["FHIR-2440"]


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b'{"resourceType":"Nothing"}',
        b"[]",
        b'{"resourceType":"Patient","resourceType":"Patient"}',
        b"\xff",
        b'{"a":1}',
    ],
)
def test_a_body_that_is_no_fhir_is_answered_with_200_and_what_is_wrong(ask, body):
    answer = ask("POST", "/Patient/$validate", body)
    assert answer.status == 200
    assert severities(answer)[0] in ("fatal", "error")


def test_broken_structure_is_told_the_worst_first(ask):
    broken = {
        "resourceType": "Patient",
        "gender": "x",
        "foo": 1,
        "modifierExtension": [{"url": "urn:x", "valueCode": "a"}],
    }
    answer = ask("POST", "/Patient/$validate", broken)
    assert {"FHIR-2001", "FHIR-2005", "FHIR-2425"} <= set(answer.codes)
    ranks = [("fatal", "error", "warning", "information").index(one) for one in severities(answer)]
    assert ranks == sorted(ranks)


def test_a_resource_of_another_type_or_id_than_the_address_is_told(ask, patient):
    assert ask("POST", "/Observation/$validate", patient).codes == ["API-0015"]
    stored = ask("POST", "/Patient", patient).json["id"]
    assert ask("POST", f"/Patient/{stored}/$validate", {**patient, "id": "other"}).codes == ["FHIR-2443"]


def test_modes(ask, door, patient):
    stored = ask("POST", "/Patient", patient).json["id"]
    assert ask("GET", f"/Patient/{stored}/$validate?mode=delete").codes == ["FHIR-2440"]
    assert door(who=DOCTOR)("GET", f"/Patient/{stored}/$validate?mode=delete").codes == ["AUTH-0102"]
    assert ask("POST", "/Patient/$validate", parameters(patient, mode="create")).codes == ["FHIR-2440"]
    assert ask("POST", "/Patient/$validate?mode=profile", patient).codes == ["FHIR-2440"]
    assert (ask("GET", f"/Patient/{stored}/$validate?mode=x").status, ask("GET", "/Patient/$validate").status) == (
        400,
        400,
    )


def test_warn_takes_the_resource_and_tells_when_it_is_asked(door, patient):
    missing = {name: value for name, value in patient.items() if name != "identifier"} | CLAIMED
    assert door("warn")("POST", "/Patient", missing).status == 201
    told = door("warn")("POST", "/Patient", missing, **ASK_FINDINGS)
    assert (told.status, told.codes[1:]) == (201, ["FHIR-2401"])


def test_refuse_refuses_what_does_not_meet_its_claims_and_stores_nothing(door, patient):
    missing = {name: value for name, value in patient.items() if name != "identifier"} | CLAIMED
    ask = door("refuse")
    answer = ask("POST", "/Patient", missing)
    assert (answer.status, answer.codes) == (422, ["FHIR-2401"])
    assert ask("PUT", "/Patient/mau", {**missing, "id": "mau"}).status == 422
    assert ask("GET", "/Patient?_summary=count").json["total"] == 0
    assert ask("POST", "/Patient", {**patient, **CLAIMED}).status == 201
    assert ask("POST", "/Patient", {name: value for name, value in missing.items() if name != "meta"}).status == 201


def test_refuse_looks_at_patches_labels_and_bundles_too(door, patient):
    ask = door("refuse")
    stored = ask("POST", "/Patient", {**patient, **CLAIMED}).json["id"]
    remove = b'[{"op":"remove","path":"/identifier"}]'
    assert ask("PATCH", f"/Patient/{stored}", remove, content_type="application/json-patch+json").status == 422
    bare = ask("POST", "/Patient", {name: value for name, value in patient.items() if name != "identifier"}).json["id"]
    label = {"resourceType": "Parameters", "parameter": [{"name": "meta", "valueMeta": CLAIMED["meta"]}]}
    assert ask("POST", f"/Patient/{bare}/$meta-add", label).status == 422
    missing = {name: value for name, value in patient.items() if name != "identifier"} | CLAIMED
    entries = [{"resource": one, "request": {"method": "POST", "url": "Patient"}} for one in (patient, missing)]
    answer = ask("POST", "/", {"resourceType": "Bundle", "type": "transaction", "entry": entries})
    assert answer.status == 422
    assert answer.json["issue"][0]["expression"] == ["Bundle.entry[1].resource.identifier"]


def test_a_bundle_tells_findings_at_their_entries(door, patient):
    missing = {name: value for name, value in patient.items() if name != "identifier"} | CLAIMED
    entries = [{"resource": one, "request": {"method": "POST", "url": "Patient"}} for one in (patient, missing)]
    answer = door("warn")(
        "POST", "/", {"resourceType": "Bundle", "type": "transaction", "entry": entries}, **ASK_FINDINGS
    )
    outcomes = [entry["response"]["outcome"]["issue"] for entry in answer.json["entry"]]
    assert [len(issues) for issues in outcomes] == [1, 2]
    assert outcomes[1][1]["expression"] == ["Bundle.entry[1].resource.identifier"]


def test_a_facility_may_have_a_mode_of_its_own(door, patient):
    encounter = {
        "resourceType": "Encounter", "id": "e", "status": "finished", "class": {"code": "AMB"},
        "subject": {"reference": "Patient/p"}, "serviceProvider": {"identifier": {"value": "79001"}},
        "meta": {"profile": [VN + "vn-core-patient"]},
    }  # fmt: skip
    entries = [
        {"resource": one, "request": {"method": "PUT", "url": f"{one['resourceType']}/{one['id']}"}}
        for one in ({**patient, "id": "p"}, encounter)
    ]
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": entries}
    strict = door("off", who=DOCTOR, **{"79001": "refuse"})("POST", "/", bundle)
    assert (strict.status, strict.codes) == (422, ["FHIR-2420"])


def test_off_judges_nothing(door, patient):
    missing = {name: value for name, value in patient.items() if name != "identifier"} | CLAIMED
    told = door("off")("POST", "/Patient", missing, **ASK_FINDINGS)
    assert (told.status, len(told.codes)) == (201, 1)


def test_the_capability_statement_names_the_profiles_by_type(ask):
    [rest] = ask("GET", "/metadata").json["rest"]
    supported = {one["type"]: one.get("supportedProfile", []) for one in rest["resource"]}
    assert VN + "vn-core-patient" in supported["Patient"]
    assert supported["Appointment"] == []
    definition = {
        "resourceType": "StructureDefinition", "id": "hen", "url": "http://example.org/hen", "name": "Hen",
        "status": "draft", "kind": "resource", "abstract": False, "type": "Appointment", "derivation": "constraint",
        "baseDefinition": "http://hl7.org/fhir/StructureDefinition/Appointment",
    }  # fmt: skip
    ask("PUT", "/StructureDefinition/hen", definition)
    assert supported_of(ask, "Appointment") == ["http://example.org/hen"]
    ask("PUT", "/StructureDefinition/hen", definition | {"status": "retired"})
    assert supported_of(ask, "Appointment") == []


def supported_of(ask, name):
    [rest] = ask("GET", "/metadata").json["rest"]
    return next(one.get("supportedProfile", []) for one in rest["resource"] if one["type"] == name)


def test_a_definition_of_a_transaction_that_is_undone_stays_unknown(ask, patient):
    url = "http://example.org/mau"
    definition = {
        "resourceType": "StructureDefinition", "id": "mau", "url": url, "name": "Mau", "status": "draft",
        "kind": "resource", "abstract": False, "type": "Patient", "baseDefinition": "http://hl7.org/fhir/StructureDefinition/Patient",
        "derivation": "constraint", "differential": {"element": [{"path": "Patient.photo", "min": 1}]},
    }  # fmt: skip
    stored = ask("POST", "/Patient", patient).json["id"]
    entries = [
        {"resource": definition, "request": {"method": "PUT", "url": "StructureDefinition/mau"}},
        {"request": {"method": "GET", "url": f"Patient/{stored}/$validate?profile={url}"}},
        {"request": {"method": "GET", "url": "Patient/nobody"}},
    ]
    assert ask("POST", "/", {"resourceType": "Bundle", "type": "transaction", "entry": entries}).status == 404
    assert ask("GET", f"/Patient/{stored}/$validate?profile={url}").codes == ["FHIR-2427"]
    told = ask("POST", "/", {"resourceType": "Bundle", "type": "transaction", "entry": entries[:2]}).json["entry"][1]
    assert told["resource"]["issue"][0]["details"]["coding"][0]["code"] == "FHIR-2401"
    assert ask("GET", f"/Patient/{stored}/$validate?profile={url}").codes == ["FHIR-2401"]


def test_answers_are_judged_by_the_questionnaire_of_the_record(ask):
    """Also in the version that is named; without it that is told."""
    url = "http://example.org/Questionnaire/q"
    form = {"resourceType": "Questionnaire", "id": "q", "url": url, "version": "1", "status": "active"}
    ask("PUT", "/Questionnaire/q", {**form, "item": [{"linkId": "a", "type": "integer"}]})
    answers = {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": url,
        "status": "completed",
        "item": [{"linkId": "a", "answer": [{"valueString": "bi-mat-Mau"}]}],
    }
    told = ask("POST", "/QuestionnaireResponse/$validate", answers)
    assert "FHIR-2508" in told.codes
    assert b"bi-mat-Mau" not in told.body
    assert (
        "FHIR-2508" in ask("POST", "/QuestionnaireResponse/$validate", {**answers, "questionnaire": f"{url}|1"}).codes
    )
    missing = ask("POST", "/QuestionnaireResponse/$validate", {**answers, "questionnaire": f"{url}|2"})
    assert "FHIR-2501" in missing.codes
    assert "error" not in severities(missing)
    assert ask("POST", "/QuestionnaireResponse", answers).status == 201
