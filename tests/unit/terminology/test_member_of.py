"""memberOf: codes, codings and concepts against value sets, in FHIRPath."""

from __future__ import annotations

import pytest
from tests.unit.terminology.conftest import FRUIT, fruit, value_set

from yteso.fhir.fhirpath import Surroundings, evaluate
from yteso.terminology.member_of import member_of
from yteso.validate.files import fhirpath_file


@pytest.mark.parametrize(
    ("codings", "expected"),
    [
        ([{"system": FRUIT, "code": "mango"}, {"system": FRUIT, "code": "lime"}], [True]),
        ([{"system": FRUIT, "code": "mango"}], [False]),
        ([{"system": FRUIT, "code": "mango"}, {"system": "urn:absent", "code": "x"}], []),
        ([{"display": "no code"}], [False]),
    ],
)
def test_of_several_codings_one_is_enough_and_what_is_not_known_is_empty(engine_over, codings, expected):
    listed = {"system": FRUIT, "concept": [{"code": "lime"}]}
    engine = engine_over(fruit(), value_set("urn:v", listed, {"system": "urn:absent"}))
    condition = {"resourceType": "Condition", "code": {"coding": codings}}
    around = Surroundings(member_of=member_of(engine))
    assert evaluate("code.memberOf('urn:v')", condition, around=around) == expected


def test_the_command_line_knows_the_value_sets_of_the_package():
    expression = "gender.memberOf('http://hl7.org/fhir/ValueSet/administrative-gender')"
    assert fhirpath_file(expression, b'{"resourceType":"Patient","gender":"male"}')["result"] == [True]
