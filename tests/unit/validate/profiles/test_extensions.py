"""Extensions whose definition is known: where they may stand, how they are made."""

import pytest

from .conftest import HERE, R4, definition

PATIENT = {"resourceType": "Patient", "name": [{"family": "Thử"}]}


def extension(*contexts, modifier=False, kind="element"):
    top = {"id": "Extension", "isModifier": True, "isModifierReason": "x"} if modifier else {"id": "Extension"}
    return definition(
        "x", "Extension", top, {"id": "Extension.url", "fixedUri": HERE + "x"},
        {"id": "Extension.value[x]", "min": 1, "type": [{"code": "string"}]},
        context=[{"type": kind, "expression": expression} for expression in contexts],
    )  # fmt: skip


def at_patient(found, definition_, key="extension"):
    return found(PATIENT | {key: [{"url": HERE + "x", "valueString": "v"}]}, plain(), definition_)


def plain():
    return definition("p", "Patient")


@pytest.mark.parametrize("context", ["Patient", "DomainResource", "Resource", "Element"])
def test_an_extension_may_stand_where_its_context_says(found, context):
    assert at_patient(found, extension(context)) == []


@pytest.mark.parametrize("context", ["HumanName", "Patient.name", "Observation", "BackboneElement"])
def test_an_extension_elsewhere_is_an_error(found, context):
    assert at_patient(found, extension(context)) == [("FHIR-2423", "Patient.extension[0]")]


@pytest.mark.parametrize("context", ["HumanName", "Patient.name", "Element"])
def test_contexts_name_elements_by_type_and_by_path(found, context):
    named = PATIENT | {"name": [{"extension": [{"url": HERE + "x", "valueString": "v"}]}]}
    assert found(named, plain(), extension(context)) == []


@pytest.mark.parametrize(("context", "wrong"), [("DomainResource.text", 0), ("Patient.text", 0), ("Resource.text", 1)])
def test_a_context_may_name_what_all_resources_have(found, context, wrong):
    text = {"status": "generated", "div": "<div>x</div>", "extension": [{"url": HERE + "x", "valueString": "x"}]}
    told = found({"resourceType": "Patient", "text": text}, plain(), extension(context))
    assert told == [("FHIR-2423", "Patient.text.extension[0]")] * wrong


def test_a_primitive_has_extensions_too(found):
    born = PATIENT | {"birthDate": "1999", "_birthDate": {"extension": [{"url": HERE + "x", "valueString": "v"}]}}
    assert found(born, plain(), extension("Patient.birthDate")) == []
    assert found(born, plain(), extension("date")) == []
    assert found(born, plain(), extension("Patient")) == [("FHIR-2423", "Patient.birthDate.extension[0]")]


def test_an_extension_of_an_extension_may_stand_on_its_value(found):
    carried = {"extension": [{"url": HERE + "x", "valueString": "v"}]}
    other = PATIENT | {"extension": [{"url": "urn:other", "valueBoolean": True, "_valueBoolean": carried}]}
    assert found(other, plain(), extension("urn:other", kind="extension")) == []
    assert found(other, plain(), extension("urn:another", kind="extension")) == [
        ("FHIR-2423", "Patient.extension[0].valueBoolean.extension[0]")
    ]


@pytest.mark.parametrize(
    ("context", "good", "bad"),
    [
        ("Patient.name.where(use = 'official')", "name[0]", "name[1]"),
        ("Patient.name[1] | Patient", "name[1]", "name[0]"),
        ("Patient.birthDate", "birthDate", "name[0]"),
        ("Patient.descendants().where($this is HumanName)", "name[0]", "birthDate"),
    ],
)
def test_a_context_in_fhirpath_is_what_it_yields(found, context, good, bad):
    for place, told in ((good, []), (bad, [("FHIR-2423", f"Patient.{bad}.extension[0]")])):
        carried = {"extension": [{"url": HERE + "x", "valueString": "v"}]}
        names = [{"use": "official", "text": "x"}, {"use": "usual", "text": "x"}]
        document = {"resourceType": "Patient", "name": names, "birthDate": "2000"}
        if place == "birthDate":
            document["_birthDate"] = carried
        else:
            names[int(place[5])] |= carried
        assert found(document, plain(), extension(context, kind="fhirpath")) == told


@pytest.mark.parametrize("context", ["name.exists()", "name.where(", "unknown()"])
def test_a_context_that_yields_no_elements_forbids_nothing(found, context):
    assert at_patient(found, extension(context, kind="fhirpath")) == []


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        ("name.exists()", []),
        ("name.empty()", ["FHIR-2428"]),
        ("%extension.value = 'v'", []),
        ("%extension.value = 'w'", ["FHIR-2428"]),
        ("%resource.name.exists()", []),
        ("name.where(", []),
    ],
)
def test_a_condition_of_an_extension_holds_on_the_element_it_stands_on(found, condition, told):
    issues = at_patient(found, {**extension("Patient"), "contextInvariant": [condition]})
    assert [code for code, _ in issues] == told


def test_a_condition_is_asked_where_the_extension_is(found):
    own = {**extension("HumanName"), "contextInvariant": ["use = 'official'"]}
    names = [{"use": use, "extension": [{"url": HERE + "x", "valueString": "v"}]} for use in ("official", "usual")]
    assert found({"resourceType": "Patient", "name": names}, plain(), own) == [
        ("FHIR-2428", "Patient.name[1].extension[0]")
    ]


def test_an_extension_is_judged_by_its_definition(found):
    other = PATIENT | {"extension": [{"url": HERE + "x", "valueBoolean": True}]}
    assert found(other, plain(), extension("Patient")) == [("FHIR-2404", "Patient.extension[0].valueBoolean")]


def test_modifiers_and_plain_extensions_keep_to_their_places(found):
    assert at_patient(found, extension("Patient", modifier=True)) == [("FHIR-2424", "Patient.extension[0]")]
    assert at_patient(found, extension("Patient"), "modifierExtension") == [
        ("FHIR-2424", "Patient.modifierExtension[0]")
    ]
    assert at_patient(found, extension("Patient", modifier=True), "modifierExtension") == []


def test_a_modifier_nobody_defined_is_a_warning_an_extension_is_not(found):
    assert found(PATIENT | {"modifierExtension": [{"url": "urn:?"}]}, plain()) == [
        ("FHIR-2425", "Patient.modifierExtension[0]")
    ]
    assert found(PATIENT | {"extension": [{"url": "urn:?"}]}, plain()) == []


def test_slices_by_url_need_no_slicing_entry(found):
    typed = [{"code": "Extension", "profile": [HERE + "x"]}]
    profile = definition("p", "Patient", {"id": "Patient.extension:mine", "min": 1, "type": typed})
    assert found(PATIENT, profile, extension("Patient")) == [("FHIR-2401", "Patient.extension")]
    assert (
        found(PATIENT | {"extension": [{"url": HERE + "x", "valueString": "v"}]}, profile, extension("Patient")) == []
    )


def test_the_standards_own_extensions_are_known(found):
    wrong = PATIENT | {"extension": [{"url": R4 + "patient-birthTime", "valueString": "x"}]}
    assert {code for code, _ in found(wrong, plain())} == {"FHIR-2404", "FHIR-2423"}


@pytest.mark.parametrize(
    ("name", "value"), [("fhir-type", {"valueUrl": "string"}), ("normative-version", {"valueCode": "4.0.0"})]
)
def test_the_standards_own_extensions_may_stand_where_its_definitions_have_them(found, name, value):
    carried = {"url": f"{R4}structuredefinition-{name}", **value}
    typed = {"code": "string", "extension": [carried]}
    element = {"id": "Patient.x", "path": "Patient.x", "type": [typed]}
    if name == "normative-version":
        element = {"id": "Patient.x", "path": "Patient.x", "extension": [carried]}
    published = definition("p", "Patient") | {"differential": {"element": [element]}}
    assert found(published, definition("q", "StructureDefinition")) == []
    assert found(PATIENT | {"extension": [carried]}, plain()) == [("FHIR-2423", "Patient.extension[0]")]
