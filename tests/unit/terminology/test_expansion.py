"""$expand: the examples of R4, pages, filters without marks, names in a language, versions, and limits."""

from __future__ import annotations

import pytest
from tests.unit.terminology.conftest import FRUIT, World, fruit, value_set

from yteso.base.errors import Refused
from yteso.terminology.builtin import TERMINOLOGY
from yteso.terminology.engine import Engine
from yteso.terminology.expansion import MOST_LISTED, Wanted, expand
from yteso.terminology.pinned import Pinned

ALL = "urn:test:all-fruit"
NOW = "2026-11-25T08:00:00+07:00"


def expanded(engine, url: str = ALL, **wanted) -> dict:
    return expand({"url": url}, engine.value_set(url), Wanted(**wanted), NOW)["expansion"]


def codes(expansion: dict) -> list[str]:
    return [one["code"] for one in expansion.get("contains", [])]


def test_the_extensional_example_of_the_specification_lists_its_codes():
    found = expanded(TERMINOLOGY, "http://hl7.org/fhir/ValueSet/example-extensional")
    assert found["total"] == 4
    assert found["contains"][1] == {
        "system": "http://loinc.org",
        "version": "2.36",
        "code": "2093-3",
        "display": "Cholesterol [Mass/Volume]",
    }


def test_headings_and_inactive_codes_are_marked_and_can_be_left_out(engine_over):
    engine = engine_over(fruit())
    marked = {one["code"]: one for one in expanded(engine)["contains"]}
    assert (marked["citrus"]["abstract"], marked["mango"]["inactive"]) == (True, True)
    assert codes(expanded(engine, active_only=True, for_ui=True)) == ["lime", "key-lime", "pomelo"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("buoi", ["pomelo"]),
        ("Đoan  hùng", ["pomelo"]),
        ("li", ["lime", "key-lime"]),
        ("key-l", ["key-lime"]),
        ("ime", []),
    ],
)
def test_words_are_found_by_their_beginning_whatever_the_marks(engine_over, text, found):
    assert codes(expanded(engine_over(fruit()), filter=text)) == found


def test_pages_together_are_the_whole_and_each_tells_the_total(engine_over):
    engine = engine_over(fruit())
    pages = [expanded(engine, offset=n, count=2) for n in (0, 2, 4, 6)]
    assert [code for page in pages for code in codes(page)] == codes(expanded(engine))
    assert [(page["offset"], page["total"]) for page in pages] == [(0, 5), (2, 5), (4, 5), (6, 5)]
    assert "contains" not in pages[-1]
    assert "offset" not in expanded(engine)


def test_names_are_told_in_the_language_asked_for_and_designations_by_language_or_use(engine_over):
    latin = {"use": {"system": "urn:u", "code": "s"}, "value": "Ficus"}
    concept = {"code": "fig", "display": "Fig", "designation": [latin]}
    listed = {"system": FRUIT, "concept": [concept, {"code": "lime"}]}
    engine = engine_over(fruit(), value_set("urn:v", listed))
    found = expanded(engine, "urn:v", language="vi", include_designations=True)["contains"]
    assert [one["display"] for one in found] == ["Fig", "Chanh xanh"]
    assert found[0]["designation"] == [latin]
    by_use = expanded(engine, "urn:v", include_designations=True, designations=frozenset(["urn:u|s"]))["contains"]
    assert ["designation" in one for one in by_use] == [True, False]
    by_language = expanded(engine, "urn:v", include_designations=True, designations=frozenset(["vi"]))["contains"]
    assert ["designation" in one for one in by_language] == [False, True]


def test_codes_that_are_out_of_force_on_a_day_are_left_out():
    system = "http://fhir.hl7.org.vn/core/CodeSystem/vn-patient-visit-type-cs?fhir_vs"
    assert "1.8" in codes(expanded(TERMINOLOGY, system, day="2025-01-01"))
    assert "1.8" not in codes(expanded(TERMINOLOGY, system, day="2026-01-01"))
    assert "1.8" in codes(expanded(TERMINOLOGY, system))


def test_a_set_of_a_fragment_is_listed_and_says_that_it_is_one(engine_over):
    found = expanded(engine_over(fruit(content="fragment")))
    assert {"name": "fragment", "valueUri": f"{FRUIT}|1"} in found["parameter"]


def test_the_same_question_at_the_same_moment_has_the_same_identifier(engine_over):
    one, same, other = (expanded(engine_over(fruit()), count=n) for n in (1, 1, 2))
    assert one["identifier"] == same["identifier"] != other["identifier"]


def test_more_codes_than_an_answer_holds_are_refused_and_a_page_of_them_is_not(engine_over):
    many = fruit(concept=[{"code": f"c{n}"} for n in range(MOST_LISTED + 1)])
    engine = engine_over(many)
    for wanted in ({}, {"count": MOST_LISTED + 1}):
        with pytest.raises(Refused) as refused:
            expanded(engine, **wanted)
        assert (refused.value.issues[0].code, refused.value.issues[0].kind) == ("TERM-0104", "too-costly")
    assert len(expanded(engine, count=MOST_LISTED)["contains"]) == MOST_LISTED
    assert len(expanded(engine, offset=1)["contains"]) == MOST_LISTED


def test_a_value_set_is_never_listed_beyond_its_bound(engine_over, monkeypatch):
    monkeypatch.setattr("yteso.terminology.value_set.MOST_CODES", 3)
    engine = engine_over(fruit())
    assert engine.expand(ALL) is None
    assert engine.contains(ALL, FRUIT, "mango") is True


def test_versions_of_a_system_are_chosen_for_one_expansion(engine_over):
    newer = fruit(version="2", concept=[{"code": "durian"}])
    world = World(
        fruit(), newer, value_set("urn:v", {"system": FRUIT}), value_set("urn:w", {"system": FRUIT, "version": "1"})
    )
    assert codes(expanded(Engine(Pinned(world, default={FRUIT: "2"})), "urn:v")) == ["durian"]
    assert "lime" in codes(expanded(Engine(Pinned(world, default={FRUIT: "2"})), "urn:w"))
    assert codes(expanded(Engine(Pinned(world, forced={FRUIT: "2"})), "urn:w")) == ["durian"]
    assert "lime" in codes(expanded(Engine(Pinned(world, checked={FRUIT: "1"})), "urn:w"))
    for pinned, number in (
        (Pinned(world, checked={FRUIT: "2"}), "TERM-0111"),
        (Pinned(world, forced={FRUIT: "9"}), "TERM-0102"),
    ):
        with pytest.raises(Refused) as refused:
            expanded(Engine(pinned), "urn:w")
        assert refused.value.issues[0].code == number
