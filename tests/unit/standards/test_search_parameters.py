from hashlib import blake2b

import pytest

from yteso.standards.fhir_r4 import (
    COMPARTMENTS,
    ELEMENTS,
    PRIMITIVES,
    RESOURCE_TYPES,
    SEARCH_PARAMETERS,
    TYPE_NAME,
    TYPE_NUMBER,
    Path,
    value_set_codes,
)


def paths(type_, name):
    return SEARCH_PARAMETERS[type_][name].paths


def test_numbers_of_types_are_what_is_stored_in_databases():
    first = "\n".join(f"{number} {TYPE_NAME[number]}" for number in range(1, 147))
    assert blake2b(first.encode(), digest_size=8).hexdigest() == "919f345c1a93f465"
    assert len(set(TYPE_NUMBER.values())) == len(TYPE_NUMBER)
    assert max(TYPE_NUMBER.values()) < 2**15


def test_a_plain_path_tells_which_steps_are_lists():
    assert paths("Patient", "given") == (Path(("name", "given"), (True, True), "string"),)


def test_a_condition_on_a_child_is_data():
    (path,) = paths("Patient", "phone")
    assert path == Path(("telecom",), (True,), "ContactPoint", where=((1, "system", "phone"),))


def test_a_resolve_condition_becomes_the_targets_of_the_path():
    assert paths("Observation", "patient") == (Path(("subject",), (False,), "Reference", targets=("Patient",)),)


def test_a_choice_is_resolved_to_the_types_its_kind_can_search():
    assert {(path.steps, path.type) for path in paths("Observation", "date")} == {
        (("effectiveDateTime",), "dateTime"),
        (("effectivePeriod",), "Period"),
        (("effectiveTiming",), "Timing"),
        (("effectiveInstant",), "instant"),
    }
    assert [path.steps for path in paths("Observation", "value-concept")] == [("valueCodeableConcept",)]
    assert [path.steps for path in paths("Condition", "onset-age")] == [("onsetAge",), ("onsetRange",)]


def test_a_path_goes_on_below_a_cast():
    assert Path(("valueCodeableConcept", "text"), (False, False), "string") in paths("Observation", "value-string")


def test_a_composite_has_contexts_and_components():
    parameter = SEARCH_PARAMETERS["Observation"]["combo-code-value-quantity"]
    assert [context.steps for context in parameter.paths] == [(), ("component",)]
    code, value = parameter.components
    assert (code.kind, value.kind) == ("token", "quantity")
    assert value.paths[1][0].steps == ("component", "valueQuantity")


def test_an_absent_deceased_element_means_false():
    assert SEARCH_PARAMETERS["Patient"]["deceased"].absent == "false"


@pytest.mark.parametrize("name", ["_id", "_lastUpdated", "_profile", "_security", "_source", "_tag"])
def test_every_type_has_the_common_parameters(name):
    assert all(name in SEARCH_PARAMETERS[type_] for type_ in RESOURCE_TYPES)


def test_every_path_exists_in_the_element_tables():
    for type_ in RESOURCE_TYPES:
        for parameter in SEARCH_PARAMETERS[type_].values():
            assert parameter.paths, (type_, parameter.name)
            for path in parameter.paths:
                assert len(path.steps) == len(path.many)
                assert (
                    path.type in PRIMITIVES or path.type in ELEMENTS or path.type in ("", "BackboneElement", "Resource")
                )


def test_the_patient_compartment_names_reference_parameters():
    for type_, names in COMPARTMENTS["Patient"].items():
        for name in names:
            assert SEARCH_PARAMETERS[type_][name].kind == "reference", (type_, name)
    assert COMPARTMENTS["Patient"]["Observation"] == ("subject", "performer")


def test_a_required_binding_knows_its_codes():
    element = ELEMENTS["Patient"]["gender"]
    codes = value_set_codes(element.value_set)
    assert codes == {"http://hl7.org/fhir/administrative-gender": frozenset({"male", "female", "other", "unknown"})}


def test_a_choice_element_lists_its_json_names():
    assert ELEMENTS["Patient"]["deceased[x]"].json_names == {
        "deceasedBoolean": "boolean",
        "deceasedDateTime": "dateTime",
    }
