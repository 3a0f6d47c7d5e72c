"""Whatever a patch says: it is refused by number, or makes a document that can be written and read again."""

from __future__ import annotations

from copy import deepcopy
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from yteso.api.fhirpath_patch import apply_fhirpath_patch
from yteso.api.json_patch import apply_json_patch
from yteso.base.errors import Refused
from yteso.fhir import json

PATIENT = {
    "resourceType": "Patient",
    "id": "a",
    "name": [{"family": "Thử", "given": ["Mẫu", "Giả"], "_given": [None, {"id": "x"}]}, {"text": "Thử"}],
    "birthDate": "1999-03-02",
    "_birthDate": {"id": "b"},
    "deceasedBoolean": False,
    "contact": [{"name": {"text": "Thử"}, "extension": [{"url": "u", "valueDecimal": Decimal("1.50")}]}],
    "contained": [{"resourceType": "Organization", "id": "o", "name": "Mẫu"}],
}

values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.sampled_from(["", "x", "Thử"]) | st.just(Decimal("2.0")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["family", "given", "x"]), inner),
    max_leaves=6,
)
steps = st.sampled_from(["name", "0", "1", "-", "given", "_given", "contact", "~1", "~0", "", "id", "birthDate", "01"])
pointers = st.lists(steps, max_size=4).map(lambda parts: "".join(f"/{part}" for part in parts)) | st.just("name")
operations = st.fixed_dictionaries(
    {"op": st.sampled_from(["add", "remove", "replace", "move", "copy", "test", "never"]), "path": pointers},
    optional={"value": values, "from": pointers},
)

NAMES = ["name", "given", "birthDate", "deceased", "contact", "extension", "value", "contained", "never"]
TAILS = ["", "[0]", "[7]", ".first()", ".where(true)", ".where($this = 'Mẫu')", ".ofType(boolean)", ".x("]
names, tails = st.sampled_from(NAMES), st.sampled_from(TAILS)
paths = st.lists(st.tuples(names, tails).map("".join), max_size=3).map(lambda parts: ".".join(["Patient", *parts]))
keys = st.sampled_from(["valueString", "valueBoolean", "valueHumanName"])
groups = st.lists(st.fixed_dictionaries({"name": names, "valueString": st.just("x")}), max_size=2)
given_values = st.one_of(
    st.tuples(keys, values).map(lambda pair: dict([pair])), groups.map(lambda parts: {"part": parts}), st.just({})
)
indexes = st.integers(-1, 3) | st.just("x")


@st.composite
def fhirpath_operations(draw):
    parts = [
        {"name": "type", "valueCode": draw(st.sampled_from(["add", "insert", "delete", "replace", "move", "never"]))},
        {"name": "path", "valueString": draw(paths)},
    ]
    for name in ("name", "index", "source", "destination", "value"):
        if draw(st.booleans()):
            value = {"valueString": draw(names)} if name == "name" else {"valueInteger": draw(indexes)}
            parts.append({"name": name, **(draw(given_values) if name == "value" else value)})
    return {"name": "operation", "part": parts}


def judge(apply, patch):
    before = deepcopy(PATIENT)
    made, refusal = None, None
    try:
        made = apply(PATIENT, patch)
    except Refused as refused:
        refusal = refused
    if refusal is None:
        assert json.loads(json.dumps(made)) == made
    else:
        assert refusal.status in (400, 422)
        assert all("Thử" not in issue.text + issue.text_en for issue in refusal.issues)
    assert before == PATIENT


@settings(max_examples=400, deadline=None)
@given(st.lists(operations, max_size=5))
def test_a_json_patch_is_applied_or_refused(patch):
    judge(apply_json_patch, patch)


@settings(max_examples=400, deadline=None)
@given(st.lists(fhirpath_operations(), max_size=4))
def test_a_fhirpath_patch_is_applied_or_refused(rows):
    judge(apply_fhirpath_patch, {"resourceType": "Parameters", "parameter": rows})
