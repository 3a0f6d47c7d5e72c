"""FHIRPath Patch: what FHIR R4 fhirpatch says of each operation, and where paths may lead."""

from __future__ import annotations

from decimal import Decimal

import pytest

from yteso.api.fhirpath_patch import apply_fhirpath_patch
from yteso.base.errors import Refused


def patient():
    return {
        "resourceType": "Patient",
        "id": "p",
        "identifier": [{"system": "a", "value": "1"}, {"system": "b", "value": "2"}],
        "name": [{"use": "official", "given": ["Thử", "Mẫu"], "_given": [None, {"id": "x"}]}, {"text": "Giả"}],
        "birthDate": "1999-03-02",
        "_birthDate": {"extension": [{"url": "u", "valueString": "x"}]},
        "deceasedBoolean": False,
        "contact": [{"name": {"text": "Thử"}}],
        "contained": [{"resourceType": "Organization", "id": "o", "name": "Mẫu"}],
    }


def op(type, path, value=None, parts=None, **more):
    part = [{"name": "type", "valueCode": type}, {"name": "path", "valueString": path}]
    for name, given in more.items():
        part.append({"name": name, "valueString" if name == "name" else "valueInteger": given})
    if value is not None:
        part.append({"name": "value", **value})
    if parts is not None:
        part.append({"name": "value", "part": parts})
    return {"name": "operation", "part": part}


def text(value):
    return {"valueString": value}


def patched(*operations, resource=None):
    return apply_fhirpath_patch(
        resource or patient(), {"resourceType": "Parameters", "parameter": list(operations)}
    )  # fmt: skip


def test_add_sets_what_is_not_there_and_appends_to_lists():
    changed = patched(
        op("add", "Patient", {"valueCode": "female"}, name="gender"),
        op("add", "Patient", {"valueIdentifier": {"system": "c"}}, name="identifier"),
        op("add", "Patient.name[1]", {"valueString": "Thử"}, name="given"),
        op("add", "Patient", {"valueInteger": 2}, name="multipleBirth"),
    )  # fmt: skip
    assert (changed["gender"], changed["name"][1]["given"], changed["multipleBirthInteger"]) == ("female", ["Thử"], 2)
    assert [one["system"] for one in changed["identifier"]] == ["a", "b", "c"]


def test_a_patch_without_operations_changes_nothing():
    assert patched() == patient()
    assert apply_fhirpath_patch(patient(), {"resourceType": "Parameters"}) == patient()


def test_what_held_nothing_else_goes_with_what_is_deleted():
    assert "contact" not in patched(op("delete", "Patient.contact[0].name.text"))
    held = patient() | {"contact": [{"name": {"text": "x"}, "gender": "male"}]}
    assert patched(op("delete", "Patient.contact[0].name.text"), resource=held)["contact"] == [{"gender": "male"}]


def test_a_primitive_brings_its_extensions_and_may_have_nothing_else():
    absent = {"extension": [{"url": "u", "valueCode": "unknown"}]}
    changed = patched(
        op("replace", "Patient.birthDate", {"valueDate": "2000-01-01", "_valueDate": absent}),
        op("add", "Patient.name[1]", {"_valueString": absent}, name="given"),
        op("add", "Patient", {"_valueCode": absent}, name="gender"),
        op("insert", "Patient.name[0].given", {"valueString": "Văn", "_valueString": {"id": "y"}}, index=1),
    )
    assert (changed["birthDate"], changed["_birthDate"], changed["_gender"]) == ("2000-01-01", absent, absent)
    assert "gender" not in changed
    assert changed["name"][1] == {"text": "Giả", "given": [None], "_given": [absent]}
    assert changed["name"][0]["given"] == ["Thử", "Văn", "Mẫu"]
    assert changed["name"][0]["_given"] == [None, {"id": "y"}, {"id": "x"}]


def test_add_builds_elements_without_a_datatype_part_by_part():
    parts = [
        {"name": "name", "valueHumanName": {"text": "Mẫu"}},
        {"name": "telecom", "valueContactPoint": {"value": "1"}},
        {"name": "telecom", "valueContactPoint": {"value": "2"}},
    ]
    changed = patched(op("add", "Patient", parts=parts, name="contact"))
    assert changed["contact"][1] == {"name": {"text": "Mẫu"}, "telecom": [{"value": "1"}, {"value": "2"}]}
    timing = {"resourceType": "ServiceRequest", "occurrenceTiming": {"code": {"text": "x"}}}
    repeat = [{"name": "frequency", "valuePositiveInt": 3}, {"name": "bounds", "valueDuration": {"value": 2}}]
    changed = patched(op("add", "ServiceRequest.occurrence", parts=repeat, name="repeat"), resource=timing)
    assert changed["occurrenceTiming"]["repeat"] == {"frequency": 3, "boundsDuration": {"value": 2}}


def test_insert_and_move_keep_what_stands_beside_a_list_of_primitives():
    changed = patched(op("insert", "Patient.name[0].given", {"valueString": "Giả"}, index=1))["name"][0]
    assert (changed["given"], changed["_given"]) == (["Thử", "Giả", "Mẫu"], [None, None, {"id": "x"}])
    changed = patched(op("move", "Patient.name.first().given", source=1, destination=0))["name"][0]
    assert (changed["given"], changed["_given"]) == (["Mẫu", "Thử"], [{"id": "x"}, None])
    changed = patched(op("insert", "Patient.photo", {"valueAttachment": {"title": "x"}}, index=0))
    assert changed["photo"] == [{"title": "x"}]
    assert [
        one["value"] for one in patched(op("move", "Patient.identifier", source=0, destination=1))["identifier"]
    ] == [
        "2",
        "1",
    ]


def test_delete_takes_the_element_with_its_extensions_and_leaves_no_empty_list():
    changed = patched(
        op("delete", "Patient.birthDate"),
        op("delete", "Patient.name[0].given.where($this = 'Mẫu')"),
        op("delete", "Patient.contact[0]"),
        op("delete", "Patient.maritalStatus"),
    )
    assert "birthDate" not in changed
    assert "_birthDate" not in changed
    assert (changed["name"][0], "contact" in changed) == ({"use": "official", "given": ["Thử"]}, False)


def test_replace_changes_one_element_and_the_type_of_a_choice_in_its_place():
    changed = patched(
        op("replace", "Patient.birthDate", {"valueDate": "2000-01-01"}),
        op("replace", "Patient.deceased", {"valueDateTime": "2026-01-01"}),
        op("replace", "Patient.identifier.where(system = 'b' and (value = '2' or value = ')')).value", text("9")),
        op("replace", "Patient.contained.where(id = 'o').name", {"valueString": "Giả"}),
    )  # fmt: skip
    assert "_birthDate" not in changed
    assert (changed["birthDate"], changed["deceasedDateTime"], "deceasedBoolean" in changed) == (
        "2000-01-01",
        "2026-01-01",
        False,
    )
    assert list(changed).index("deceasedDateTime") == list(patient()).index("deceasedBoolean") - 1
    assert (changed["identifier"][1]["value"], changed["contained"][0]["name"]) == ("9", "Giả")


def test_choices_extensions_and_digits():
    observation = {
        "resourceType": "Observation",
        "extension": [{"url": "u", "valueString": "x"}, {"url": "v", "valueString": "y"}],
        "valueQuantity": {"value": Decimal("1.10"), "unit": "g"},
    }
    changed = patched(
        op("replace", "Observation.value.ofType(Quantity).unit", {"valueString": "kg"}),
        op("replace", "Observation.extension('v').value", {"valueBoolean": True}),
        resource=observation,
    )
    assert (str(changed["valueQuantity"]["value"]), changed["valueQuantity"]["unit"]) == ("1.10", "kg")
    assert changed["extension"][1] == {"url": "v", "valueBoolean": True}


@pytest.mark.parametrize(
    ("operation", "status", "code"),
    [
        ({"name": "other"}, 400, "API-1011"),
        (op("never", "Patient"), 400, "API-1012"),
        (op("add", "Patient", name="gender"), 400, "API-1012"),
        (op("delete", ""), 400, "API-1012"),
        (op("insert", "Patient.identifier", {"valueIdentifier": {}}), 400, "API-1012"),
        (op("replace", "Patient.gender", {"valueCode": "x"}), 422, "API-1014"),
        (op("add", "Patient", {"valueCode": "x"}, name="never"), 422, "API-1014"),
        (op("insert", "Patient.identifier", {"valueIdentifier": {}}, index=3), 422, "API-1014"),
        (op("move", "Patient.identifier", source=0, destination=2), 422, "API-1014"),
        (op("delete", "Patient.name.where(family.exists() or"), 422, "API-1018"),
        (op("delete", "Patient.name | Patient.contact"), 422, "API-1018"),
        (op("delete", "Patient.name.trace('x')"), 422, "API-1018"),
        (op("delete", "Patient.never"), 422, "API-1018"),
        (op("delete", "Patient[0]name"), 422, "API-1018"),
        (op("delete", "Patient.name.[0]"), 422, "API-1018"),
        (op("insert", "Patient.birthDate", {"valueDate": "2000"}, index=0), 422, "API-1018"),
        (op("delete", "Patient.identifier"), 422, "API-1019"),
        (op("replace", "Patient.identifier", {"valueIdentifier": {}}), 422, "API-1019"),
        (op("add", "Patient", {"valueDate": "2000"}, name="birthDate"), 422, "API-1020"),
        (op("add", "Patient", {"valueBoolean": True}, name="deceased"), 422, "API-1020"),
        (op("replace", "Patient.deceased", {"valueQuantity": {}}), 422, "API-1021"),
        (op("add", "Patient", parts=[{"name": "never", "valueString": "x"}], name="contact"), 422, "API-1021"),
    ],
)
def test_what_does_not_fit_is_refused_by_number(operation, status, code):
    with pytest.raises(Refused) as refused:
        patched(operation)
    assert (refused.value.status, refused.value.issues[0].code) == (status, code)


def test_an_element_of_another_shape_put_by_an_earlier_operation_is_refused_too():
    odd = [{"name": "given", "valueString": "x"}]
    first = op("replace", "Patient.name[0]", {"valueContactPoint": {"given": "x"}})
    for second in (
        op("add", "Patient.name[0]", {"valueString": "y"}, name="given"),
        op("move", "Patient.name[0].given", source=0, destination=0),
        op("insert", "Patient.name[0].given", {"valueString": "y"}, index=0),
        op("add", "Patient.name[0]", parts=odd, name="period"),
    ):
        with pytest.raises(Refused) as refused:
            patched(first, second)
        assert refused.value.issues[0].code == "API-1021"


def test_criteria_are_asked_of_so_many_elements_only():
    many = {"resourceType": "Patient", "name": [{"text": str(n)} for n in range(2100)]}
    with pytest.raises(Refused) as refused:
        patched(op("delete", "Patient.name.where(text = 'x')"), resource=many)
    assert refused.value.issues[0].code == "API-1017"
