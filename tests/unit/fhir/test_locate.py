import pytest

from yteso.base.errors import Refused
from yteso.fhir import json as fhir_json


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ('{"a":{"value":1e131071}}', "FHIR-0008", "a.value"),
        ('{"a":[{"b":1},{"value":1.0123456789012345678}]}', "FHIR-0007", "a[1].value"),
        ('{"a":[0,1234567890123456789]}', "FHIR-0007", "a[1]"),
        ('{"entry":[{"resource":{"id":"x","id":"y"}}]}', "FHIR-0003", "entry[0].resource.id"),
        ('{"name":[{"text":"ok \\u00e9"},{"text":"\\ud800"}]}', "FHIR-0004", "name[1].text"),
        ('{"name":"a\\u0000b"}', "FHIR-0005", "name"),
        ('{"a":{"b":NaN}}', "FHIR-0006", "a.b"),
        ('{"nguyen van thu":NaN}', "FHIR-0006", "?"),
        ('{"a":' * 70 + "1" + "}" * 70, "FHIR-0009", "a." * 11 + "a…"),
        ("[" * 100_000, "FHIR-0009", "[0]" * 12 + "…"),
        ("NaN", "FHIR-0006", "$"),
    ],
)
def test_a_refusal_names_the_place(text, code, place):
    with pytest.raises(Refused) as refused:
        fhir_json.loads(text.encode())
    issue = refused.value.issues[0]
    assert (issue.code, issue.origin.field) == (code, place)
