"""SearchParameter resources -> parameters: what is a plain path is served, anything else says why not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yteso.base.issue import Issue
from yteso.search.define import define


def definition(**more):
    return {"code": "mine", "type": "token", "base": ["Patient"], "expression": "Patient.gender", **more}


@pytest.mark.parametrize(
    ("more", "steps"),
    [
        ({}, [("gender",)]),
        ({"type": "string", "expression": "Patient.contact.name"}, [("contact", "name")]),
        ({"type": "date", "expression": "(Patient.deceased as dateTime)"}, [("deceasedDateTime",)]),
        ({"expression": "Patient.telecom.where(system='email') | Person.telecom"}, [("telecom",)]),
        ({"type": "date", "expression": "Patient.deceased as dateTime"}, None),
        ({"expression": "Patient.name.given.first()"}, None),
        ({"expression": "Patient.nothing"}, None),
        ({"expression": "Observation.code"}, None),
        ({"expression": "(" * 900}, None),
        ({"type": "composite"}, None),
        ({"base": ["Nothing"]}, None),
        ({"base": []}, None),
        ({"code": "_id"}, None),
        ({"code": "gender"}, None),
    ],
)
def test_a_path_is_a_parameter_and_anything_else_an_issue(more, steps):
    found = define(definition(**more))
    if steps is None:
        assert isinstance(found, Issue)
    else:
        assert [path.steps for path in found["Patient"].paths] == steps


def test_the_value_of_an_extension_is_found_in_every_type_the_kind_can_search():
    found = define(definition(expression="Patient.extension('http://x').value"))
    assert ("extension", "valueCodeableConcept") in {path.steps for path in found["Patient"].paths}
    assert all(path.where == ((1, "url", "http://x"),) for path in found["Patient"].paths)


@given(
    st.lists(
        st.sampled_from(
            ["Patient", "name", "given", ".", "(", ")", "where", "as", "'x'", "=", "|", "[", "0", "]", "%", "resource"]
        ),
        max_size=12,
    ).map("".join)
    | st.text(max_size=20)
)
def test_no_text_of_an_expression_makes_it_fail(expression):
    define(definition(expression=expression))
