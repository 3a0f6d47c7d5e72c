"""ConceptMaps, on the examples of FHIR R4 §4.10 and on maps with dependencies and fallbacks."""

from __future__ import annotations

import pytest

from yteso.terminology.builtin import BUILTIN
from yteso.terminology.translation import Match, Question, translate

ADDRESS_USE = "http://hl7.org/fhir/address-use"
V3_ADDRESS_USE = "http://terminology.hl7.org/CodeSystem/v3-AddressUse"
EXAMPLE = "http://hl7.org/fhir/ConceptMap/101"


def asked(map_id: str, question: Question) -> list[Match]:
    return translate([BUILTIN.concept_map(f"http://hl7.org/fhir/ConceptMap/{map_id}")], question, BUILTIN.concept_map)


def test_the_example_of_the_specification_translates_an_address_use():
    found = asked("101", Question(ADDRESS_USE, "home"))
    assert found == [Match("equivalent", V3_ADDRESS_USE, "H", "home", EXAMPLE)]
    assert found[0].parameter() == {
        "name": "match",
        "part": [
            {"name": "equivalence", "valueCode": "equivalent"},
            {"name": "concept", "valueCoding": {"system": V3_ADDRESS_USE, "code": "H", "display": "home"}},
            {"name": "source", "valueUri": EXAMPLE},
        ],
    }


def test_a_disjoint_code_is_told_and_is_no_match():
    (found,) = asked("101", Question(ADDRESS_USE, "old"))
    assert (found.code, found.good) == ("BAD", False)


def test_a_code_that_is_not_listed_falls_back_on_the_fixed_one():
    assert [one.code for one in asked("101", Question(ADDRESS_USE, "billing"))] == ["temp"]


def test_a_code_of_another_system_or_to_another_system_has_no_match():
    assert asked("101", Question("urn:other", "home")) == []
    assert asked("101", Question(ADDRESS_USE, "home", target_system="urn:other")) == []


def test_backwards_source_and_target_change_places():
    assert [one.code for one in asked("101", Question(V3_ADDRESS_USE, "H", reverse=True))] == ["home"]


def test_products_come_with_the_code():
    (found,) = asked("102", Question("http://terminology.hl7.org/CodeSystem/v2-0487", "ACNFLD"))
    assert found.products == (("TypeModifier", "http://snomed.info/sct", "47002008"),)
    (unmatched,) = asked("102", Question("http://terminology.hl7.org/CodeSystem/v2-0487", "ASERU"))
    assert (unmatched.good, [part["name"] for part in unmatched.parameter()["part"]]) == (
        False,
        ["equivalence", "source"],
    )


def test_a_dependency_must_be_given():
    system = "http://example.org/fhir/example1"
    needed = frozenset([("http://example.org/fhir/property-value/example", "some-code")])
    assert [one.code for one in asked("example2", Question(system, "code", given=needed))] == ["code2"]
    assert asked("example2", Question(system, "code")) == []


def chain_of(length: int) -> dict:
    return {
        f"urn:{n}": {
            "url": f"urn:{n}",
            "group": [
                {"source": "a", "target": "b", "unmapped": {"mode": "other-map", "url": f"urn:{(n + 1) % length}"}}
            ],
        }
        for n in range(length)
    }


@pytest.mark.parametrize("length", [1, 2, 40])
def test_maps_that_send_each_other_round_come_to_an_end(length):
    maps = chain_of(length)
    assert translate([maps["urn:0"]], Question("a", "x"), maps.get) == []


def test_another_map_answers_and_a_provided_code_stays_as_it_is():
    maps = chain_of(2)
    maps["urn:1"]["group"][0]["unmapped"] = {"mode": "provided"}
    assert translate([maps["urn:0"]], Question("a", "x"), maps.get) == [Match("equal", "b", "x", "", "urn:1")]


@pytest.mark.parametrize(
    ("equivalence", "backwards"), [("wider", "narrower"), ("specializes", "subsumes"), ("equal", "equal")]
)
def test_equivalence_is_turned_round_too(equivalence, backwards):
    element = {"code": "x", "target": [{"code": "y", "equivalence": equivalence}]}
    one = {"url": "urn:m", "group": [{"source": "a", "target": "b", "element": [element]}]}
    assert [m.equivalence for m in translate([one], Question("b", "y", reverse=True), {}.get)] == [backwards]
