"""Slices: told apart by value, pattern, exists, type and profile; open, closed, at the end, in order, how many."""

import pytest

from yteso.validate.profiles import Library, Shelf, check_profiles

from .conftest import HERE, definition

IDENTIFIERS = [{"system": "urn:a", "value": "1"}, {"system": "urn:b", "value": "2"}]


def patient(*identifiers):
    return {"resourceType": "Patient", "identifier": [*identifiers]}


def by(kind, path):
    return {"discriminator": [{"type": kind, "path": path}], "rules": "open"}


def sliced(rules="open", *, ordered=False, kind="value", path="system", least=0, most="1", names="ab"):
    told = {"discriminator": [{"type": kind, "path": path}], "rules": rules, "ordered": ordered}
    elements = [{"id": "Patient.identifier", "slicing": told}]
    for name in names:
        elements.append({"id": f"Patient.identifier:{name}", "min": least, "max": most})
        elements.append({"id": f"Patient.identifier:{name}.system", "min": 1, "fixedUri": f"urn:{name}"})
    return definition("p", "Patient", *elements)


A, B, C = ({"system": f"urn:{name}", "value": "1"} for name in "abc")


def test_each_slice_has_its_own_least_and_most(found):
    assert found(patient(A, B, C), sliced(least=1)) == []
    assert found(patient(A, A), sliced()) == [("FHIR-2402", "Patient.identifier[1]")]
    assert found(patient(C), sliced(least=1, names="a")) == [("FHIR-2401", "Patient.identifier")]


def test_a_closed_list_takes_its_slices_only(found):
    assert found(patient(A, B), sliced("closed")) == []
    assert found(patient(A, C), sliced("closed")) == [("FHIR-2413", "Patient.identifier[1]")]


def test_an_open_end_takes_others_behind_the_slices(found):
    assert found(patient(A, B, C), sliced("openAtEnd")) == []
    assert found(patient(A, C, B), sliced("openAtEnd")) == [("FHIR-2414", "Patient.identifier[2]")]


def test_ordered_slices_come_in_their_order_and_others_between(found):
    assert found(patient(A, C, B), sliced(ordered=True)) == []
    assert found(patient(B, A), sliced(ordered=True)) == [("FHIR-2414", "Patient.identifier[1]")]


def test_demands_of_a_slice_hold_for_its_members_only(found):
    profile = sliced(names="a")
    profile["differential"]["element"].append(
        {"id": "Patient.identifier:a.value", "path": "Patient.identifier.value", "min": 1}
    )
    assert found(patient({"system": "urn:a"}, {"system": "urn:b"}), profile) == [
        ("FHIR-2401", "Patient.identifier[0].value")
    ]


@pytest.mark.parametrize("kind", ["value", "pattern"])
def test_slices_are_told_by_a_pattern(found, kind):
    profile = definition(
        "p", "Observation",
        {"id": "Observation.category", "slicing": by(kind, "$this")},
        {"id": "Observation.category:lab", "min": 1, "patternCodeableConcept": {"coding": [{"code": "lab"}]}},
    )  # fmt: skip
    observation = {"resourceType": "Observation", "status": "final", "code": {"text": "x"}}
    assert found(observation | {"category": [{"coding": [{"code": "lab", "display": "L"}]}]}, profile) == []
    assert found(observation | {"category": [{"coding": [{"code": "x"}]}]}, profile) == [
        ("FHIR-2401", "Observation.category")
    ]


def test_slices_are_told_by_what_exists(found):
    profile = definition(
        "p", "Patient",
        {"id": "Patient.identifier", "slicing": by("exists", "period")},
        {"id": "Patient.identifier:dated", "max": "1"},
        {"id": "Patient.identifier:dated.period", "min": 1},
        {"id": "Patient.identifier:plain", "max": "1"},
        {"id": "Patient.identifier:plain.period", "max": "0"},
    )  # fmt: skip
    dated = A | {"period": {"start": "2020"}}
    assert found(patient(dated, B), profile) == []
    assert found(patient(A, B), profile) == [("FHIR-2402", "Patient.identifier[1]")]


def test_slices_are_told_by_type(found):
    profile = definition(
        "p", "Bundle",
        {"id": "Bundle.entry", "slicing": by("type", "resource")},
        {"id": "Bundle.entry:patient", "min": 1, "max": "1"},
        {"id": "Bundle.entry:patient.resource", "min": 1, "type": [{"code": "Patient"}]},
    )  # fmt: skip
    bundle = {"resourceType": "Bundle", "type": "collection"}
    assert found(bundle | {"entry": [{"resource": {"resourceType": "Patient"}}]}, profile) == []
    other = bundle | {"entry": [{"resource": {"resourceType": "Basic", "code": {"text": "x"}}}]}
    assert found(other, profile) == [("FHIR-2401", "Bundle.entry")]


def test_slices_are_told_by_profile_and_by_what_is_referred_to(found):
    named = definition("named", "Organization", {"id": "Organization.name", "min": 1})
    typed = [{"code": "Reference", "targetProfile": [HERE + "named"]}]
    profile = definition(
        "p", "Observation",
        {"id": "Observation.performer", "slicing": by("profile", "resolve()")},
        {"id": "Observation.performer:named", "min": 1, "type": typed},
    )  # fmt: skip

    def observation(organization):
        inside = {"resourceType": "Organization", "id": "o", **organization}
        performer = [{"reference": "#o"}]
        return {
            "resourceType": "Observation", "status": "final", "code": {"text": "x"}, "contained": [inside],
            "performer": performer,
        }  # fmt: skip

    assert found(observation({"name": "Mẫu"}), profile, named) == []
    assert found(observation({}), profile, named) == [("FHIR-2401", "Observation.performer")]


def test_a_slice_without_anything_to_tell_it_by_is_told_once(found):
    profile = sliced(kind="value", path="use", least=1, names="a")
    assert found(patient(A, B), profile) == [
        ("FHIR-2415", "Patient.identifier[0]"),
        ("FHIR-2401", "Patient.identifier"),
    ]


@pytest.mark.parametrize("path", ["a.where(b)", "(((", "system[0]", "%resource", ""])
def test_paths_beyond_the_standards_small_language_do_no_harm(found, path):
    assert isinstance(found(patient(A), sliced(path=path)), list)


def component(code, value=120, unit="mm[Hg]", **more):
    quantity = {"value": value, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit}
    others = [{"system": "urn:ours", "code": "x"}]
    return {
        "code": {"coding": [*others, {"system": "http://loinc.org", "code": code}]},
        "valueQuantity": quantity,
        **more,
    }


@pytest.mark.parametrize(
    ("components", "wrong"),
    [
        ([component("8480-6"), component("8462-4")], []),
        ([component("8480-6"), component("8462-4"), component("8478-0")], []),
        ([component("8480-6", unit="kg"), component("8462-4")], ["FHIR-2405"]),
        ([component("8480-6"), component("8480-6")], ["FHIR-2402", "FHIR-2401"]),
        ([component("8480-6"), component("8478-0")], ["FHIR-2401"]),
    ],
)
def test_a_slice_is_told_by_a_code_that_is_itself_one_slice_of_its_codings(components, wrong):
    """As blood pressure tells its components (`code.coding.code`, fixed in the slice SBPCode of `code.coding`)."""
    category = {"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "vital-signs"}
    pressure = {
        "resourceType": "Observation",
        "status": "final",
        "category": [{"coding": [category]}],
        "code": {"coding": [{"system": "http://loinc.org", "code": "85354-9"}]},
        "subject": {"reference": "Patient/p"},
        "effectiveDateTime": "2026-01-01",
        "component": components,
    }
    issues = check_profiles(pressure, Library(Shelf()), profiles=["http://hl7.org/fhir/StructureDefinition/bp"])
    assert [issue.code for issue in issues if issue.blocks] == wrong


def test_a_slice_is_told_by_those_discriminators_that_it_has_a_demand_for(found):
    """`email` says that there is no use, `other` nothing of it (the profiling example of FHIR R4 §5.1.0.12)."""
    told = [{"type": "value", "path": path} for path in ("system", "use")]
    profile = definition(
        "p", "Patient",
        {"id": "Patient.telecom", "slicing": {"discriminator": told, "rules": "closed"}},
        {"id": "Patient.telecom:home", "max": "1"},
        {"id": "Patient.telecom:home.system", "min": 1, "fixedCode": "phone"},
        {"id": "Patient.telecom:home.use", "min": 1, "fixedCode": "home"},
        {"id": "Patient.telecom:email"},
        {"id": "Patient.telecom:email.system", "min": 1, "fixedCode": "email"},
        {"id": "Patient.telecom:email.use", "max": "0"},
        {"id": "Patient.telecom:other"},
        {"id": "Patient.telecom:other.system", "min": 1, "fixedCode": "fax"},
    )  # fmt: skip

    def asked(*telecom):
        return found({"resourceType": "Patient", "telecom": [*telecom]}, profile)

    home, work = ({"system": "phone", "use": use, "value": "1"} for use in ("home", "work"))
    email, fax = {"system": "email", "value": "a@b"}, {"system": "fax", "use": "work", "value": "2"}
    assert asked(home, email, fax) == []
    assert asked(work) == asked({**email, "use": "work"}) == [("FHIR-2413", "Patient.telecom[0]")]


@pytest.mark.parametrize("least", [0, 1])
def test_a_slice_is_told_by_the_type_that_its_choice_is_narrowed_to(found, least):
    profile = definition(
        "p", "Communication",
        {"id": "Communication.payload", "slicing": by("type", "content") | {"rules": "closed"}},
        {"id": "Communication.payload:text", "max": "1"},
        {"id": "Communication.payload:text.contentString", "min": least, "type": [{"code": "string"}]},
        {"id": "Communication.payload:file"},
        {"id": "Communication.payload:file.contentAttachment", "min": least, "type": [{"code": "Attachment"}]},
    )  # fmt: skip

    def asked(*payload):
        return found({"resourceType": "Communication", "status": "completed", "payload": [*payload]}, profile)

    text, file = {"contentString": "x"}, {"contentAttachment": {"title": "x"}}
    assert asked(text, file, file) == []
    assert asked(text, text) == [("FHIR-2402", "Communication.payload[1]")]
    assert asked({"contentReference": {"display": "x"}}) == [("FHIR-2413", "Communication.payload[0]")]


def test_a_slice_of_a_slice_stands_in_it(found):
    """Reslicing: `a/b` is one kind of what `a` is, not another slice beside it."""
    profile = definition(
        "p", "Patient",
        {"id": "Patient.identifier", "slicing": by("value", "system") | {"rules": "closed"}},
        {"id": "Patient.identifier:a", "slicing": by("value", "use")},
        {"id": "Patient.identifier:a.system", "min": 1, "fixedUri": "a"},
        {"id": "Patient.identifier:a/old", "min": 1, "max": "1"},
        {"id": "Patient.identifier:a/old.use", "min": 1, "fixedCode": "old"},
    )  # fmt: skip

    def asked(*uses):
        identifiers = [{"system": "a", "value": "1", **({"use": use} if use else {})} for use in uses]
        return found({"resourceType": "Patient", "identifier": identifiers}, profile)

    assert asked("old", "usual", "") == []
    assert asked("usual") == [("FHIR-2401", "Patient.identifier")]
    assert asked("old", "old") == [("FHIR-2402", "Patient.identifier[1]")]
