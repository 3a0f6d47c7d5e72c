"""Value sets: what is in them, what is not, and what cannot be said (FHIR R4 §4.9.5)."""

from __future__ import annotations

import pytest
from tests.unit.terminology.conftest import FRUIT, fruit, value_set

from yteso.base.errors import Refused

ALL = "urn:test:all-fruit"


def codes(engine, url: str) -> set[str]:
    return set(engine.expand(url)[FRUIT])


def filtered(property: str, op: str, value: str) -> dict:
    return {"system": FRUIT, "filter": [{"property": property, "op": op, "value": value}]}


def test_the_value_set_a_system_names_means_all_its_codes(engine_over):
    engine = engine_over(fruit())
    assert codes(engine, ALL) == {"citrus", "lime", "key-lime", "pomelo", "mango"}
    assert engine.contains(ALL, FRUIT, "lime") is True
    assert engine.contains(ALL, FRUIT, "stone") is False
    assert engine.contains(ALL, "urn:test:other", "lime") is False


def test_a_code_without_a_system_is_looked_for_in_every_system_of_the_set(engine_over):
    engine = engine_over(fruit())
    assert engine.contains(ALL, "", "lime") is True
    assert engine.contains(ALL, "", "stone") is False


@pytest.mark.parametrize(
    ("filter", "expected"),
    [
        (("concept", "is-a", "lime"), {"lime", "key-lime"}),
        (("concept", "descendent-of", "citrus"), {"lime", "key-lime", "pomelo"}),
        (("concept", "is-not-a", "citrus"), {"mango"}),
        (("concept", "generalizes", "key-lime"), {"key-lime", "lime", "citrus"}),
        (("concept", "is-a", "stone"), set()),
        (("season", "=", "summer"), {"lime"}),
        (("season", "exists", "false"), {"citrus", "key-lime", "pomelo", "mango"}),
        (("code", "in", "lime, mango"), {"lime", "mango"}),
        (("code", "not-in", "lime,mango"), {"citrus", "key-lime", "pomelo"}),
        (("code", "regex", "[a-m]{4,5}"), {"lime"}),
        (("parent", "=", "citrus"), {"lime", "pomelo"}),
        (("inactive", "=", "true"), {"mango"}),
        (("notSelectable", "=", "true"), {"citrus"}),
    ],
)
def test_a_filter_chooses_codes(engine_over, filter, expected):
    engine = engine_over(fruit(), value_set("urn:v", filtered(*filter)))
    found = engine.expand("urn:v")
    assert set(found.get(FRUIT, ())) == expected
    for code in ("citrus", "lime", "key-lime", "pomelo", "mango"):
        assert engine.contains("urn:v", FRUIT, code) is (code in expected)


def test_a_hierarchy_of_parts_is_no_subsumption(engine_over):
    engine = engine_over(fruit(hierarchyMeaning="part-of"), value_set("urn:v", filtered("concept", "is-a", "citrus")))
    assert codes(engine, "urn:v") == {"citrus"}
    assert engine.descendants(FRUIT, "citrus") == {"citrus"}
    assert codes(
        engine_over(fruit(hierarchyMeaning="part-of"), value_set("urn:v", filtered("parent", "=", "lime"))), "urn:v"
    ) == {"key-lime"}


def test_what_is_excluded_is_not_in_the_set(engine_over):
    engine = engine_over(
        fruit(), value_set("urn:v", {"system": FRUIT}, exclude=[{"system": FRUIT, "concept": [{"code": "lime"}]}])
    )
    assert engine.contains("urn:v", FRUIT, "lime") is False
    assert "lime" not in codes(engine, "urn:v")


def test_several_imported_sets_are_an_intersection_and_several_includes_a_union(engine_over):
    engine = engine_over(
        fruit(),
        value_set("urn:citrus", filtered("concept", "is-a", "citrus")),
        value_set("urn:listed", {"system": FRUIT, "concept": [{"code": "lime"}, {"code": "mango"}]}),
        value_set("urn:both", {"valueSet": ["urn:citrus", "urn:listed"]}),
        value_set("urn:either", {"valueSet": ["urn:citrus"]}, {"valueSet": ["urn:listed"]}),
        value_set("urn:within", {"system": FRUIT, "valueSet": ["urn:listed"]}),
    )
    assert codes(engine, "urn:both") == {"lime"}
    assert codes(engine, "urn:either") == {"citrus", "lime", "key-lime", "pomelo", "mango"}
    assert codes(engine, "urn:within") == {"lime", "mango"}
    assert engine.contains("urn:both", FRUIT, "mango") is False
    assert engine.contains("urn:both", "", "lime") is True


def test_inactive_codes_stay_out_where_the_set_says_so(engine_over):
    engine = engine_over(fruit(), value_set("urn:v", {"system": FRUIT}, inactive=False))
    assert "mango" not in codes(engine, "urn:v")
    assert engine.contains("urn:v", FRUIT, "mango") is False


def test_listed_codes_of_an_absent_system_are_known_and_its_other_codes_are_not_in_the_set(engine_over):
    engine = engine_over(value_set("urn:v", {"system": "urn:absent", "concept": [{"code": "a", "display": "A"}]}))
    assert engine.contains("urn:v", "urn:absent", "a") is True
    assert engine.contains("urn:v", "urn:absent", "b") is False
    assert engine.expand("urn:v") == {"urn:absent": frozenset({"a"})}


def test_what_needs_absent_content_cannot_be_said(engine_over):
    engine = engine_over(
        fruit(),
        value_set("urn:v", {"system": "urn:absent"}, {"system": FRUIT}),
        value_set("urn:w", {"valueSet": ["urn:absent"]}),
    )
    assert engine.contains("urn:v", "urn:absent", "a") is None
    assert engine.contains("urn:v", FRUIT, "lime") is True
    assert engine.expand("urn:v") is None
    assert engine.contains("urn:w", FRUIT, "lime") is None
    assert engine.contains("urn:nowhere", FRUIT, "lime") is None
    assert engine.knows("urn:absent", "a") is None


def test_a_fragment_can_confirm_a_code_and_never_deny_one(engine_over):
    engine = engine_over(fruit(content="fragment"))
    assert engine.contains(ALL, FRUIT, "lime") is True
    assert engine.contains(ALL, FRUIT, "stone") is None
    assert engine.knows(FRUIT, "stone") is None
    assert engine.expand(ALL) is None


def test_case_matters_only_where_the_system_says_so(engine_over):
    assert engine_over(fruit(caseSensitive=True)).contains(ALL, FRUIT, "Lime") is False
    relaxed = engine_over(
        fruit(caseSensitive=False), value_set("urn:v", {"system": FRUIT, "concept": [{"code": "LIME"}]})
    )
    assert relaxed.contains(ALL, FRUIT, "Lime") is True
    assert relaxed.contains("urn:v", FRUIT, "lime") is True


def test_a_set_that_includes_itself_is_refused_and_answers_none(engine_over):
    engine = engine_over(value_set("urn:a", {"valueSet": ["urn:b"]}), value_set("urn:b", {"valueSet": ["urn:a"]}))
    assert engine.contains("urn:a", FRUIT, "lime") is None
    with pytest.raises(Refused) as refused:
        engine.value_set("urn:a")
    assert refused.value.issues[0].code == "TERM-0105"


@pytest.mark.parametrize(
    ("include", "code"),
    [
        (filtered("taste", "=", "sour"), "TERM-0106"),
        (filtered("season", "sounds-like", "x"), "TERM-0106"),
        (filtered("code", "regex", "("), "TERM-0107"),
        (filtered("code", "regex", "a" * 501), "TERM-0107"),
        (filtered("code", "regex", r"(a)\1"), "TERM-0107"),
    ],
)
def test_a_filter_that_cannot_be_applied_is_refused_with_its_number(engine_over, include, code):
    engine = engine_over(fruit(), value_set("urn:v", include))
    with pytest.raises(Refused) as refused:
        _ = engine.value_set("urn:v").members
    assert [issue.code for issue in refused.value.issues] == [code]
    assert engine.contains("urn:v", FRUIT, "lime") is None


def test_an_expression_that_would_take_other_engines_for_ever_answers_at_once(engine_over):
    system = fruit(concept=[{"code": "a" * 5000 + "!"}])
    engine = engine_over(system, value_set("urn:v", filtered("code", "regex", "(a+)+")))
    assert engine.expand("urn:v") == {}


def test_ancestors_and_descendants_hold_the_code_itself(engine_over):
    engine = engine_over(fruit())
    assert engine.descendants(FRUIT, "lime") == {"lime", "key-lime"}
    assert engine.ancestors(FRUIT, "key-lime") == {"key-lime", "lime", "citrus"}
    assert engine.ancestors(FRUIT, "stone") is None


def test_a_hierarchy_may_be_told_by_properties_and_may_have_circles(engine_over):
    concepts = [
        {"code": "a", "property": [{"code": "child", "valueCode": "b"}]},
        {"code": "b", "property": [{"code": "up", "valueCode": "c"}]},
        {"code": "c", "property": [{"code": "up", "valueCode": "b"}]},
    ]
    up = {"code": "up", "uri": "http://hl7.org/fhir/concept-properties#parent", "type": "code"}
    engine = engine_over(fruit(concept=concepts, property=[up]))
    assert engine.ancestors(FRUIT, "b") == {"a", "b", "c"}
    assert engine.descendants(FRUIT, "a") == {"a", "b", "c"}


def test_a_set_with_only_an_expansion_is_the_list_of_its_codes(engine_over):
    listed = {
        "resourceType": "ValueSet",
        "url": "urn:v",
        "expansion": {"contains": [{"system": FRUIT, "code": "x", "contains": [{"system": FRUIT, "code": "y"}]}]},
    }
    assert engine_over(listed).expand("urn:v") == {FRUIT: frozenset({"x", "y"})}


def test_names_come_in_the_language_asked_for(engine_over):
    engine = engine_over(fruit())
    assert engine.display(FRUIT, "lime", "vi") == "Chanh xanh"
    assert engine.display(FRUIT, "lime", "de") == "Lime"
    assert engine.display(FRUIT, "stone") == ""


def test_a_value_set_that_would_take_for_ever_is_refused_at_once(engine_over):
    doubling = [value_set(f"urn:{n}", *[{"valueSet": [f"urn:{n + 1}"]}] * 2) for n in range(15)]
    excluded = [{"system": FRUIT, "concept": [{"code": "lime"}]}] * 999
    many_filters = [filtered("code", "regex", ".*")] * 900
    many = fruit(concept=[{"code": f"c{n}"} for n in range(4_000)])
    sets = (
        *doubling,
        value_set("urn:15", {"system": FRUIT}),
        value_set("urn:excluded", {"system": FRUIT}, exclude=excluded),
        value_set("urn:filtered", *many_filters),
        value_set("urn:wide", *[{"system": FRUIT}] * 1_001),
        value_set("urn:again", *[{"system": FRUIT}] * 999),
    )
    engine = engine_over(many, *sets)
    for url in ("urn:0", "urn:filtered", "urn:wide"):
        with pytest.raises(Refused) as refused:
            engine.value_set(url)
        assert (refused.value.issues[0].code, refused.value.issues[0].kind) == ("TERM-0117", "too-costly")
        assert engine.contains(url, FRUIT, "lime") is None
    for url in ("urn:excluded", "urn:again"):
        assert engine.contains(url, FRUIT, "c1") is True
        assert engine.expand(url) is None
    assert engine.contains("urn:8", FRUIT, "c1") is True
