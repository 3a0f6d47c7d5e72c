"""Which codes make a fact sensitive, wherever they stand; content that only looks like one does not."""

from datetime import date

import pytest

from yteso.fhir.json import dumps
from yteso.search.sensitivity import fingerprint, sensitivity
from yteso.standards.sensitivity import LABELS, named_rules, names, rules

ICD10 = "http://hl7.org/fhir/sid/icd-10"
ACT = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
TODAY = date(2026, 11, 25)


def labels_of(resource):
    return set(names(sensitivity(TODAY).labels(dumps(resource), resource)))


def coded(code, system=ICD10):
    coding = {"system": system, "code": code} if system else {"code": code}
    return {"resourceType": "Condition", "code": {"coding": [coding]}}


@pytest.mark.parametrize(
    ("code", "system", "found"),
    [
        ("B20", ICD10, {"HIV"}),
        ("b20.1", ICD10, {"HIV"}),
        ("B201", ICD10, {"HIV"}),
        ("B20", "http://fhir.hl7.org.vn/core/CodeSystem/vn-icd10-cs", {"HIV"}),
        ("B20", "", {"HIV"}),
        ("B20", "urn:other", set()),
        ("J11", ICD10, set()),
        ("F32.1", ICD10, {"PSY"}),
        ("F11.2", ICD10, {"ETH"}),
        ("F93", ICD10, {"PSY", "MINOR"}),
        ("O04.9", ICD10, {"SEX"}),
        ("O80", ICD10, set()),
        ("T74.1", ICD10, {"SDV"}),
        ("7917-8", "http://loinc.org", {"HIV"}),
        ("J05AR02", "http://www.whocc.no/atc", {"HIV"}),
        ("24.0169.1616", "urn:yteso:dich-vu", {"HIV"}),
    ],
)
def test_a_code_carries_its_labels(code, system, found):
    assert labels_of(coded(code, system)) == found


def test_a_code_counts_wherever_it_stands():
    item = {"productOrService": {"coding": [{"code": "24.0169.1616", "system": "urn:x"}]}}
    assert labels_of({"resourceType": "Claim", "item": [{"detail": [item]}]}) == {"HIV"}
    assert labels_of({"resourceType": "Encounter", "reasonCode": [coded("F20")["code"]]}) == {"PSY"}


def medicine(text, type="MedicationRequest"):
    return {"resourceType": type, "medicationCodeableConcept": {"coding": [{"code": "40.1"}], "text": text}}


@pytest.mark.parametrize(
    ("resource", "found"),
    [
        (medicine("Tenofovir + Lamivudin + DOLUTEGRAVIR 50mg"), {"HIV"}),
        (medicine("Efavirenz 600", "MedicationDispense"), {"HIV"}),
        (medicine("Methadon hydroclorid 10mg/ml"), {"ETH"}),
        (medicine("Mifepristone 200"), {"SEX"}),
        (medicine("Paracetamol"), set()),
        (medicine("Lamivudin 100"), set()),
        ({"resourceType": "ChargeItem", "code": {"text": "Nevirapine"}}, {"HIV"}),
        ({"resourceType": "AllergyIntolerance", "code": {"text": "Abacavir"}}, {"HIV"}),
        ({"resourceType": "Observation", "code": {"text": "HIV Ab test nhanh"}}, {"HIV"}),
        ({"resourceType": "Encounter", "reasonCode": [{"text": "Lĩnh thuốc HIV"}]}, {"HIV"}),
        ({"resourceType": "Observation", "code": {"text": "Archive, achiving"}}, set()),
        ({"resourceType": "Observation", "code": {"text": "HBsAg test nhanh"}}, set()),
        ({"resourceType": "Organization", "name": "Phòng khám HIV Mẫu"}, set()),
        ({"resourceType": "Medication", "code": {"text": "Efavirenz"}}, set()),
    ],
)
def test_the_names_of_some_medicines_and_tests_carry_labels_where_their_codes_do_not(resource, found):
    assert labels_of(resource) == found


def test_every_name_is_found_in_every_type_it_is_a_rule_for_by_its_beginning_alone():
    for rule in named_rules():
        for kind in rule.types:
            for name in rule.names:
                said = {"resourceType": kind, "note": [{"text": f"x {name.upper()}e 50"}]}
                assert rule.label in labels_of(said), (kind, name)
                assert labels_of({"resourceType": kind, "note": [{"text": f"x{name}"}]}) == set(), (kind, name)


def test_ids_references_and_codes_are_no_words():
    found = {"resourceType": "Encounter", "id": "hiv", "diagnosis": [{"condition": {"reference": "Condition/hiv"}}]}
    assert labels_of(found) == set()


def test_a_senders_label_counts_and_a_consent_that_names_one_tells_of_it():
    security = [{"system": ACT, "code": "SDV"}]
    assert labels_of({"resourceType": "Patient", "meta": {"security": security}}) == {"SDV"}
    assert labels_of({"resourceType": "Consent", "provision": {"securityLabel": security}}) == {"SDV"}
    assert labels_of({"resourceType": "Observation", "code": {"coding": security}}) == set()


def test_prose_carries_no_label():
    assert labels_of({"resourceType": "Condition", "code": {"text": '"code":"B20"'}}) == set()


def test_rules_are_of_their_time_and_a_change_shows():
    assert all(rule.label in LABELS and rule.basis and rule.codes for rule in rules())
    assert not sensitivity(date(2005, 1, 1)).labels(dumps(coded("B20")), coded("B20"))
    assert fingerprint(date(2005, 1, 1)) != fingerprint(TODAY)
