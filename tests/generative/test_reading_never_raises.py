"""Whatever JSON arrives: structure checks and FHIRPath end, without exceptions and without repeating values."""

from hypothesis import given, settings
from hypothesis import strategies as st

from yteso.base.errors import Refused
from yteso.fhir.fhirpath import evaluate
from yteso.standards.fhir_r4 import ELEMENTS
from yteso.terminology import ICD10_VN, code_bundle
from yteso.validate.structure import check_resource

MARKER = "Giả-4711"
NAMES = [*sorted({name for e in ELEMENTS["Patient"].values() for name in e.json_names}), "coding", "system", "code"]
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.sampled_from([MARKER, ICD10_VN, "A97.0"])
)
DOCUMENTS = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=5), inner),
    max_leaves=25,
)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from(NAMES), DOCUMENTS))
def test_checking_any_document_ends_with_issues_that_hold_no_values(parts):
    issues = check_resource({**parts, "resourceType": "Patient"})
    assert not any(MARKER in str(issue) for issue in issues)


@settings(max_examples=100, deadline=None)
@given(DOCUMENTS)
def test_coding_any_document_ends(document):
    code_bundle([{"resourceType": "Basic", "code": document}])


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="Patient.name()[]'=+-*/ |&where$this%1@", max_size=40))
def test_any_expression_is_answered_or_refused_with_a_number(expression):
    assert _codes(expression) <= {"FHIR-0201", "FHIR-0202", "FHIR-0203", "FHIR-0501", "FHIR-0502"}


def _codes(expression):
    try:
        evaluate(expression, {"resourceType": "Patient", "name": [{"family": MARKER}]})
    except Refused as refused:
        return {issue.code for issue in refused.issues if MARKER not in str(refused)} or {"a value in the refusal"}
    return set()
