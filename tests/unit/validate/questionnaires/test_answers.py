"""Answers against their Questionnaire: what is wrong is told with its place, what cannot be decided is not."""

from decimal import Decimal

import pytest

from yteso.validate.judge import judge
from yteso.validate.profiles import Library, NoCodes, Shelf
from yteso.validate.questionnaires import check_answers

CORE = "http://hl7.org/fhir/StructureDefinition/"
URL = "http://example.org/Questionnaire/q"
SYSTEM = "http://example.org/codes"


class Codes:
    """A value set of one code."""

    def contains(self, value_set, system, code):
        return code == "a" if value_set == "http://example.org/vs" else None


def asked(*items):
    return {"resourceType": "Questionnaire", "url": URL, "status": "active", "item": list(items)}


def item(link="q", kind="string", **more):
    return {"linkId": link, "type": kind, **more}


def extension(name, **value):
    return {"url": CORE + name, **value}


def said(link="q", *values, item=(), **answer):
    """An item with an answer for each value, or one made of keywords."""
    answers = [*values, *([answer] if answer else [])]
    return {"linkId": link} | ({"answer": answers} if answers else {}) | ({"item": list(item)} if item else {})


def found(questionnaire, *items, status="completed"):
    response = {"resourceType": "QuestionnaireResponse", "questionnaire": URL, "status": status, "item": list(items)}
    return [
        (issue.code, issue.origin.field.partition(".")[2]) for issue in check_answers(response, questionnaire, Codes())
    ]


def coding(code, **more):
    return {"valueCoding": {"system": SYSTEM, "code": code, **more}}


def test_an_item_that_nobody_asked_is_told_where_it_stands():
    group = asked(item("g", "group", item=[item("a"), item("b", item=[item("c")])]))
    good = said(
        "g", item=[said("a", valueString="x"), said("b", {"valueString": "y", "item": [said("c", valueString="z")]})]
    )
    assert found(group, good) == []
    assert found(group, said("a", valueString="x")) == [("FHIR-2502", "item[0]")]
    below = said("g", item=[said("b", item=[said("c", valueString="z")], valueString="y")])
    assert found(group, below) == [("FHIR-2502", "item[0].item[0].item[0]")]


def test_what_is_required_is_missed_only_in_what_is_complete():
    form = asked(
        item("g", "group", required=True, item=[item("a", required=True)]),
        item("h", "group", item=[item("b", required=True)]),
    )
    assert found(form) == [("FHIR-2503", "")]
    assert found(form, said("g", item=[said("a")])) == [("FHIR-2503", "item[0]"), ("FHIR-2503", "item[0].item[0]")]
    assert found(form, said("g", item=[said("a", valueString="x")])) == []
    for status in ("in-progress", "stopped", "entered-in-error"):
        assert found(form, status=status) == []


def test_how_often_it_may_be_there():
    once, often = (
        asked(item()),
        asked(item(repeats=True, extension=[extension("questionnaire-maxOccurs", valueInteger=2)])),
    )
    three = said("q", *({"valueString": str(n)} for n in range(3)))
    assert found(once, three) == found(often, three) == [("FHIR-2504", "item[0]")]
    group = item("g", "group", item=[item("a")])
    twice = [said("g", item=[said("a", valueString="x")])] * 2
    assert found(asked(group), *twice) == [("FHIR-2504", "item[0]")]
    assert found(asked({**group, "repeats": True}), *twice) == []
    least = asked(item(repeats=True, required=True, extension=[extension("questionnaire-minOccurs", valueInteger=2)]))
    assert found(least, said(valueString="x")) == [("FHIR-2505", "item[0]")]


@pytest.mark.parametrize("kind", ["group", "display"])
def test_what_is_no_question_has_no_answers(kind):
    assert found(asked(item(kind=kind)), said(valueString="x")) == [("FHIR-2506", "item[0]")]


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("boolean", {"valueBoolean": True}, {"valueString": "true"}),
        ("decimal", {"valueDecimal": Decimal("1.5")}, {"valueInteger": 1}),
        ("text", {"valueString": "x"}, coding("a")),
        ("url", {"valueUri": "urn:x:y"}, {"valueString": "urn:x:y"}),
        ("choice", coding("a"), {"valueString": "a"}),
        ("open-choice", {"valueString": "a"}, {"valueInteger": 1}),
        ("quantity", {"valueQuantity": {"value": 1}}, {"valueDecimal": 1}),
        ("reference", {"valueReference": {"reference": "Patient/1"}}, {"valueUri": "Patient/1"}),
        ("attachment", {"valueAttachment": {"contentType": "image/png"}}, {"valueString": "x"}),
    ],
)
def test_an_answer_has_the_type_of_its_question(kind, good, bad):
    assert found(asked(item(kind=kind)), said("q", good)) == []
    assert found(asked(item(kind=kind)), said("q", bad)) == [("FHIR-2508", "item[0].answer[0]")]


def test_an_answer_is_one_of_those_offered():
    options = asked(item(kind="choice", answerOption=[coding("a"), coding("b", display="B")]))
    assert found(options, said("q", coding("b"))) == found(options, said(valueCoding={"code": "b"})) == []
    assert found(options, said("q", coding("c"))) == [("FHIR-2509", "item[0].answer[0]")]
    assert found(options, said(valueCoding={"display": "other"})) == []
    free = asked(item(kind="open-choice", answerOption=[coding("a")]))
    assert found(free, said(valueString="anything")) == []
    numbers = asked(item(kind="integer", answerOption=[{"valueInteger": 1}, {"valueInteger": 2}]))
    assert found(numbers, said(valueInteger=2)) == []
    assert found(numbers, said(valueInteger=3)) == [("FHIR-2509", "item[0].answer[0]")]
    values = asked(item(kind="choice", answerValueSet="http://example.org/vs"))
    assert found(values, said("q", coding("a"))) == []
    assert found(values, said("q", coding("b"))) == [("FHIR-2509", "item[0].answer[0]")]
    assert found(asked(item(kind="choice", answerValueSet="http://example.org/unknown")), said("q", coding("b"))) == []


def test_an_option_that_excludes_all_others_stands_alone():
    none = {**coding("none"), "extension": [extension("questionnaire-optionExclusive", valueBoolean=True)]}
    form = asked(item(kind="choice", repeats=True, answerOption=[coding("a"), none]))
    assert found(form, said("q", coding("none"))) == []
    assert found(form, said("q", coding("a"), coding("none"))) == [("FHIR-2511", "item[0]")]


@pytest.mark.parametrize(
    ("kind", "more", "good", "bad"),
    [
        ("string", {"maxLength": 3}, {"valueString": "abc"}, {"valueString": "abcd"}),
        ("string", extension("minLength", valueInteger=2), {"valueString": "ab"}, {"valueString": "a"}),
        ("integer", extension("minValue", valueInteger=2), {"valueInteger": 2}, {"valueInteger": 1}),
        (
            "decimal",
            extension("maxValue", valueDecimal=Decimal("2.5")),
            {"valueDecimal": Decimal("2.5")},
            {"valueDecimal": 3},
        ),
        ("date", extension("maxValue", valueDate="2026-06"), {"valueDate": "2026-06-30"}, {"valueDate": "2026-07-01"}),
        ("date", extension("minValue", valueDate="2026"), {"valueDate": "2026"}, {"valueDate": "2025-12"}),
        (
            "quantity",
            extension("maxValue", valueQuantity={"value": 5, "unit": "kg"}),
            {"valueQuantity": {"value": 9000, "unit": "g"}},
            {"valueQuantity": {"value": 6, "unit": "kg"}},
        ),
        (
            "decimal",
            extension("maxDecimalPlaces", valueInteger=1),
            {"valueDecimal": Decimal("1.0")},
            {"valueDecimal": Decimal("1.00")},
        ),
        (
            "attachment",
            extension("mimeType", valueCode="image/png"),
            {"valueAttachment": {"contentType": "image/png"}},
            {"valueAttachment": {"contentType": "text/html"}},
        ),
        (
            "reference",
            extension("questionnaire-referenceResource", valueCode="Patient"),
            {"valueReference": {"reference": "Patient/1"}},
            {"valueReference": {"reference": "Group/1"}},
        ),
    ],
)
def test_an_answer_is_within_the_bounds(kind, more, good, bad):
    form = asked(item(kind=kind, **({"extension": [more]} if "url" in more else more)))
    assert found(form, said("q", good)) == []
    assert found(form, said("q", bad)) == [("FHIR-2510", "item[0].answer[0]")]


def when(operator, question="a", **answer):
    return {"question": question, "operator": operator, **answer}


@pytest.mark.parametrize(
    ("conditions", "behavior", "answer", "asked_at_all"),
    [
        ([when("exists", answerBoolean=True)], None, {"valueInteger": 1}, True),
        ([when("exists", answerBoolean=True)], None, None, False),
        ([when("exists", answerBoolean=False)], None, None, True),
        ([when("=", answerInteger=1)], None, {"valueInteger": 1}, True),
        ([when("=", answerInteger=1)], None, {"valueInteger": 2}, False),
        ([when("=", answerInteger=1)], None, None, False),
        ([when("!=", answerInteger=1)], None, {"valueInteger": 1}, False),
        ([when("!=", answerInteger=1)], None, None, None),
        ([when(">", answerInteger=1)], None, {"valueInteger": 2}, True),
        ([when("<=", answerInteger=1)], None, {"valueInteger": 2}, False),
        ([when("=", answerCoding={"system": SYSTEM, "code": "x"})], None, {"valueCoding": {"code": "x"}}, None),
        ([when(">", answerInteger=1), when("<", answerInteger=3)], "all", {"valueInteger": 3}, False),
        ([when(">", answerInteger=5), when("<", answerInteger=3)], "any", {"valueInteger": 2}, True),
        ([when(">", answerInteger=5), when("<", answerInteger=3)], None, {"valueInteger": 2}, None),
    ],
)
def test_what_is_not_asked_has_no_answer_and_what_is_asked_has_one(conditions, behavior, answer, asked_at_all):
    """What cannot be said is neither missed nor too much."""
    more = {"enableBehavior": behavior} if behavior else {}
    form = asked(
        item("a", "choice" if answer and "valueCoding" in answer else "integer"),
        item("b", required=True, enableWhen=conditions, **more),
    )
    first = [said("a", answer)] if answer else []
    place = f"item[{len(first)}]"
    assert found(form, *first, said("b", valueString="x")) == ([("FHIR-2507", place)] if asked_at_all is False else [])
    assert found(form, *first) == ([("FHIR-2503", "")] if asked_at_all else [])


def test_in_a_repeated_group_the_nearest_answer_counts():
    inner = [item("a", "boolean"), item("b", enableWhen=[when("=", answerBoolean=True)])]
    form = asked(item("g", "group", repeats=True, item=inner))
    groups = [said("g", item=[said("a", valueBoolean=yes), said("b", valueString="x")]) for yes in (True, False)]
    assert found(form, *groups) == [("FHIR-2507", "item[1].item[1]")]


@pytest.mark.parametrize(
    "odd", [None, 3, "x", [], [3], {"item": 3}, {"linkId": [], "answer": {}}, {"answer": [3, {"valueCoding": 3}]}]
)
def test_odd_shapes_do_no_harm(odd):
    for questionnaire in (asked(item(kind="choice", answerOption=[coding("a")])), {"item": odd}, {"item": [odd]}):
        check_answers({"item": odd}, questionnaire, Codes())
        check_answers({"item": [odd]}, questionnaire, Codes())


def test_the_questionnaire_is_found_inside_or_in_the_library_and_missed_with_a_warning():
    response = {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": URL,
        "status": "completed",
        "item": [said("z")],
    }
    form = {**asked(item()), "version": "1"}

    def told(document, *shelf):
        return [
            issue.code
            for issue in judge(document, Library(Shelf(shelf)), NoCodes())
            if issue.code.startswith("FHIR-25")
        ]

    assert told(response, form) == told({**response, "questionnaire": f"{URL}|1"}, form) == ["FHIR-2502"]
    assert told(response) == told({**response, "questionnaire": f"{URL}|2"}, form) == ["FHIR-2501"]
    inside = {**response, "questionnaire": "#q", "contained": [{**form, "id": "q"}]}
    assert told(inside) == ["FHIR-2502"]
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": response}]}
    (issue,) = [one for one in judge(bundle, Library(Shelf([form])), NoCodes()) if one.code == "FHIR-2502"]
    assert issue.origin.field == "Bundle.entry[0].resource.item[0]"
