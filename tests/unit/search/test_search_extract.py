"""What of a resource can be searched; odd shapes are simply not indexed."""

from decimal import Decimal

import pytest

from yteso.fhir.dates import interval
from yteso.search.extract import extract, references_of, source_facility
from yteso.search.keys import patient_key, source, token
from yteso.search.row import NO_DATE
from yteso.standards.fhir_r4 import RESOURCE_TYPES

OBSERVATION = {
    "resourceType": "Observation",
    "id": "o",
    "meta": {"source": "urn:yteso:bhyt:79001:LK1#XML4/2", "profile": ["http://p|1.0"]},
    "status": "final",
    "code": {"coding": [{"system": "http://loinc.org", "code": "718-7"}, {"code": "HGB"}]},
    "subject": {"reference": "Patient/p"},
    "effectiveDateTime": "2024-03-05",
    "valueQuantity": {"value": Decimal("1.50"), "unit": "gam/l", "system": "http://unitsofmeasure.org", "code": "g/L"},
}


def test_tokens_of_a_code_answer_code_system_and_both():
    row = extract(OBSERVATION)
    tokens = set(row.tok)
    for fact in ("|718-7", "|http://loinc.org|718-7", "|HGB", "||HGB"):
        assert token(f"Observation.code{fact}") in tokens
    assert token("Observation.code|http://loinc.org|") in row.mark
    assert token("Observation.status|final") in tokens
    assert token("Observation.subject|Patient/p") in tokens


def test_hot_columns_hold_patient_first_code_and_clinical_date():
    row = extract(OBSERVATION)
    assert row.pat == patient_key("p")
    assert row.code == token("Observation.code|718-7")
    assert (row.d_lo, row.d_hi) == interval("2024-03-05")


def test_a_further_code_is_kept_with_the_clinical_date():
    row = extract(OBSERVATION)
    assert (token("Observation.code|HGB"), *interval("2024-03-05")) in row.moments


def test_a_quantity_has_its_value_and_every_writing_of_its_unit():
    numbers = extract(OBSERVATION).numbers
    assert {(low, high) for _, low, high, _, _ in numbers} == {(1.5, 1.5)}
    assert {bare for *_, bare in numbers} == {token("unit|g/L"), token("unit|gam/l")}


def test_the_source_of_a_resource_names_its_facility():
    assert source_facility(OBSERVATION) == "79001"
    assert token(source("79001")) in extract(OBSERVATION).tok
    assert token("Observation.meta.source|urn:yteso:bhyt:79001:LK1") in extract(OBSERVATION).tok


def test_a_profile_is_found_with_and_without_its_version():
    tokens = extract(OBSERVATION).tok
    assert token("Observation.meta.profile|http://p") in tokens
    assert token("Observation.meta.profile|http://p|1.0") in tokens


def test_an_identifier_under_an_older_uri_has_the_facts_of_its_system():
    def tokens(base):
        identifier = {"system": f"{base}/core/sid/cccd", "value": "000090000001"}
        subject = {"identifier": identifier}
        return (
            set(extract({"resourceType": "Patient", "id": "p", "identifier": [identifier]}).tok),
            set(extract({"resourceType": "Flag", "id": "f", "subject": subject}).tok),
        )

    assert tokens("https://fhir.ehealth.gov.vn") == tokens("http://fhir.hl7.org.vn")


def test_names_are_folded_and_begin_at_every_word():
    patient = {"resourceType": "Patient", "id": "p", "name": [{"text": "Nguyễn Thử Đức"}]}
    pieces = {(text, at) for _, text, at in extract(patient).strings}
    assert pieces == {("nguyen thu duc", 0), ("thu duc", 1), ("duc", 2)}
    assert token("Patient.name=Nguyễn Thử Đức") in extract(patient).tok


def test_telecom_parameters_take_only_their_system():
    patient = {"resourceType": "Patient", "id": "p", "telecom": [{"system": "phone", "value": "09"}]}
    tokens = extract(patient).tok
    assert token("Patient.telecom[1.system=phone]|09") in tokens
    assert token("Patient.telecom[1.system=email]|09") not in tokens


def test_a_contact_is_found_by_its_kind_and_not_by_its_use():
    patient = {"resourceType": "Patient", "id": "p", "telecom": [{"system": "phone", "use": "home", "value": "09"}]}
    tokens = extract(patient).tok
    assert token("Patient.telecom|phone|09") in tokens
    assert token("Patient.telecom|09") in tokens
    assert token("Patient.telecom|home|09") not in tokens


@pytest.mark.parametrize(
    ("system", "value", "compared"),
    [
        ("phone", "0901 234.567", "0901234567"),
        ("phone", "+84 (901) 234-567", "0901234567"),
        ("sms", "+1 555 010", "+1555010"),
        ("email", "A.B@Thu.VN", "a.b@thu.vn"),
        (None, "ABC", "abc"),
    ],
)
def test_a_contact_is_compared_as_it_is_used(system, value, compared):
    told = {"value": value, **({"system": system} if system else {})}
    tokens = extract({"resourceType": "Patient", "id": "p", "telecom": [told]}).tok
    assert token(f"Patient.telecom|{compared}") in tokens
    assert token(f"Patient.telecom|{system or ''}|{compared}") in tokens


def test_a_name_in_parts_is_found_as_a_whole():
    name = {"family": "Nguyễn", "given": ["Đức", "Anh"]}
    pieces = {text for _, text, _ in extract({"resourceType": "Patient", "id": "p", "name": [name]}).strings}
    assert {"nguyen duc anh", "duc anh nguyen", "duc anh", "nguyen", "anh"} <= pieces


def test_absence_may_mean_something():
    alive = extract({"resourceType": "Patient", "id": "p"}).tok
    dead = extract({"resourceType": "Patient", "id": "p", "deceasedDateTime": "2024"}).tok
    assert token("Patient:deceased|false") in alive
    assert token("Patient:deceased|false") not in dead
    assert token("Patient.deceasedDateTime|true") in dead


def test_an_encounter_names_who_serves_it():
    encounter = {"resourceType": "Encounter", "id": "e", "subject": {"reference": "Patient/p"}}
    by_code = {**encounter, "serviceProvider": {"reference": "Organization/o", "identifier": {"value": "79001"}}}
    by_reference = {**encounter, "serviceProvider": {"reference": "Organization/o"}}
    assert extract(by_code).care == ("79001",)
    assert extract(by_reference).care == ("Organization/o",)
    assert extract({**encounter, "meta": {"source": "urn:yteso:bhyt:79002:L"}}).care == ("79002",)


@pytest.mark.parametrize("odd", [None, 1, "x", [], {}, [None], [[1]], {"coding": 1}, {"reference": 5}, [{"value": {}}]])
def test_no_shape_of_a_value_makes_extraction_fail(odd):
    names = (
        "code",
        "subject",
        "status",
        "identifier",
        "name",
        "date",
        "meta",
        "effectiveDateTime",
        "patient",
        "period",
    )
    for kind in RESOURCE_TYPES:
        row = extract({"resourceType": kind, "id": "x", **dict.fromkeys(names, odd)})
        assert row.d_lo == NO_DATE


def test_references_of_a_parameter_are_read_for_includes():
    assert references_of(OBSERVATION, "subject") == ["Patient/p"]
    assert references_of(OBSERVATION, "performer") == []
