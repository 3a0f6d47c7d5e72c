"""The generated programs: the fast form and the careful one index the same, whatever the shape."""

import tarfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yteso.fhir import json
from yteso.search import extract
from yteso.search.program import source
from yteso.standards.fhir_r4 import RESOURCE_TYPES

ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["", "a|b", "a#b", "2024", "Patient/1", "#1"]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["code", "system", "value", "reference", "identifier", "coding", "start", "text", "unit"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=4,
)
SOUND = {
    "status": "final",
    "code": {"coding": [{"system": "http://a", "code": "1"}]},
    "subject": {"reference": "Patient/p1"},
    "effectivePeriod": {"start": "2024"},
    "performer": [{"reference": "Organization/o", "identifier": {"system": "s", "value": "v"}}],
    "valueQuantity": {"value": 5, "unit": "mg"},
    "component": [{"code": {"coding": [{"code": "2"}]}, "valueString": "Thử"}],
    "meta": {"tag": [{"code": "t"}], "source": "urn:yteso:bhyt:79001:1#XML1/1"},
}


def told(row):
    """An index row as a value, without the order of what has none."""
    return (
        row.pat,
        row.code,
        row.d_lo,
        row.d_hi,
        sorted(row.tok),
        sorted(row.strings),
        sorted(row.moments),
        sorted(row.numbers),
        row.codes,
    )


def careful_alone(resource, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(extract, "_fast", extract._careful)
        return told(extract.extract(resource))


@given(odd=st.dictionaries(st.sampled_from([*SOUND, "effectiveDateTime", "method"]), ODD, min_size=1, max_size=3))
def test_what_has_an_odd_shape_is_not_indexed_and_hides_nothing_else(odd):
    row = extract.extract({"resourceType": "Observation", "id": "o", **SOUND, **odd})
    alone = {name: value for name, value in SOUND.items() if name not in odd}
    for name, value in alone.items():
        only = extract.extract({"resourceType": "Observation", "id": "o", name: value})
        assert set(only.tok) <= set(row.tok)
        assert set(only.numbers) <= set(row.numbers)
        assert set(only.strings) <= set(row.strings)


def test_of_two_variants_of_the_clinical_date_the_first_in_the_document_counts():
    dates = {"effectivePeriod": {"start": "2023", "end": "2023"}, "effectiveDateTime": "2024"}
    first = extract.extract({"resourceType": "Observation", **dates})
    other = extract.extract({"resourceType": "Observation", **dict(reversed(dates.items()))})
    assert first.d_lo < other.d_lo


def test_a_quantity_or_amount_without_value_is_not_indexed():
    money = {"currency": "VND"}
    row = extract.extract({"resourceType": "ChargeItem", "priceOverride": money, "quantity": {"unit": "x"}})
    assert not row.numbers


@pytest.mark.parametrize("type", sorted(RESOURCE_TYPES))
def test_the_program_of_every_type_is_plain_python_made_of_names(type):
    compile(source(type), type, "exec")
    assert extract.extract({"resourceType": type, "id": "x"}) is not None


@pytest.mark.samples
def test_fast_and_careful_programs_index_the_same(shared, monkeypatch):
    count = 0
    with tarfile.open(shared / "data" / "synthea" / "bundles_r4_60_patients.tar.xz") as archive:
        for member in list(archive)[:12]:
            if not member.name.endswith(".json"):
                continue
            for entry in json.loads(archive.extractfile(member).read())["entry"]:
                resource = entry["resource"]
                assert told(extract.extract(resource)) == careful_alone(resource, monkeypatch)
                count += 1
    assert count > 1000
