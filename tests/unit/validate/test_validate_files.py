from decimal import Decimal

from yteso.fhir.json import dumps, loads
from yteso.validate.files import fhirpath_file, validate_file

SOUND = b'{"resourceType":"Patient","active":true}'
FAULTY = b'{"resourceType":"Patient","birthDate":"2023-02-30"}'


def test_a_sound_file_is_valid():
    assert validate_file(SOUND, "p.json") == {"file": "p.json", "valid": True, "resources": 1, "issues": []}


def test_a_fault_is_reported_with_its_place():
    report = validate_file(FAULTY, "p.json")
    assert not report["valid"]
    (issue,) = report["issues"]
    assert (issue["code"], issue["file"], issue["field"]) == ("FHIR-2004", "p.json", "Patient.birthDate")
    assert "2023-02-30" not in dumps(report).decode()


def test_xml_is_read_like_json():
    sound = b'\xef\xbb\xbf<?xml version="1.0"?><Patient xmlns="http://hl7.org/fhir"><active value="true"/></Patient>'
    assert validate_file(sound, "p.xml") == {"file": "p.xml", "valid": True, "resources": 1, "issues": []}
    assert fhirpath_file("Patient.active", sound)["result"] == [True]
    (issue,) = validate_file(b" <Patient/>")["issues"]
    assert issue["code"] == "FHIR-0407"


def test_entries_of_a_bundle_are_counted_and_checked():
    bundle = b'{"resourceType":"Bundle","type":"collection","entry":[{"resource":%b},{"resource":%b}]}' % (
        SOUND,
        FAULTY,
    )
    report = validate_file(bundle)
    assert report["resources"] == 3
    assert [issue["field"] for issue in report["issues"]] == ["Bundle.entry[1].resource.birthDate"]


def test_lines_of_ndjson_are_checked_one_by_one_and_a_bad_line_hides_no_other():
    report = validate_file(SOUND + b"\n\n{bad\n" + FAULTY + b"\n", "p.ndjson")
    assert [(issue["code"], issue["row"]) for issue in report["issues"]] == [("FHIR-0002", 3), ("FHIR-2004", 4)]
    assert report["resources"] == 2


def test_a_resource_written_on_many_lines_is_one_resource():
    assert validate_file(b'{\n"resourceType": "Patient",\n"active": true\n}\n')["resources"] == 1


def test_what_is_not_json_is_a_numbered_issue():
    for data in (b"<xml/>", b"", b"\xff\xfe", b"[" * 100_000, b'{"a":1,"a":2}'):
        report = validate_file(data)
        assert not report["valid"]
        assert report["issues"][0]["code"].startswith("FHIR-0")


def test_fhirpath_answers_with_exact_decimals():
    report = fhirpath_file("Observation.value.value", b'{"resourceType":"Observation","valueQuantity":{"value":1.00}}')
    assert report["result"] == [Decimal("1.00")]
    assert loads(dumps(report))["result"] == [Decimal("1.00")]
    assert b"1.00" in dumps(report)


def test_fhirpath_refusals_are_part_of_the_report():
    assert fhirpath_file("name.where(", SOUND)["issues"][0]["code"] == "FHIR-0201"
    assert fhirpath_file("name", b"nope")["issues"][0]["code"] == "FHIR-0002"
