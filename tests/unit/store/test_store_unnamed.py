"""What names a hidden resource, without it, and whole again after somebody wrote who did not see it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yteso.store.unnamed import restored, without

HIV = {"reference": "Condition/hiv"}
FLU = {"reference": "Condition/flu"}
HIDDEN = frozenset(["Condition/hiv", "Observation/load", "MedicationRequest/arv"])
VISIT = {
    "resourceType": "Encounter",
    "id": "e",
    "status": "finished",
    "diagnosis": [{"condition": HIV, "rank": 1}, {"condition": FLU, "rank": 2}],
    "reasonReference": [FLU, {**HIV, "display": "B20"}],
}


@pytest.mark.parametrize(
    ("given_", "shown"),
    [
        (VISIT, {**VISIT, "diagnosis": [{"condition": FLU, "rank": 2}], "reasonReference": [FLU]}),
        ({"id": "m", "reasonReference": [HIV], "status": "active"}, {"id": "m", "status": "active"}),
        ({"id": "m", "priorPrescription": {"reference": "MedicationRequest/arv/_history/2"}}, {"id": "m"}),
        ({"id": "l", "entry": [{"item": HIV, "flag": {"text": "x"}}]}, {"id": "l"}),
        (
            {"id": "c", "section": [{"title": "a", "entry": [HIV, FLU]}, {"entry": [HIV]}]},
            {"id": "c", "section": [{"title": "a", "entry": [FLU]}]},
        ),
        ({"id": "x", "extension": [{"url": "u", "valueReference": HIV}]}, {"id": "x"}),
        ({"id": "x", "evidence": [{"detail": [{"reference": "Observation/load"}]}]}, {"id": "x"}),
    ],
    ids=["a diagnosis", "the only reason", "one property", "an entry", "sections", "an extension", "nested"],
)
def test_nothing_tells_of_a_hidden_resource_and_what_was_written_back_is_the_same(given_, shown):
    seen = without(given_, HIDDEN)
    assert seen == shown
    assert list(restored(given_, seen, HIDDEN).items()) == list(given_.items())


def test_who_changes_what_they_see_destroys_nothing_they_do_not():
    seen = without(VISIT, HIDDEN)
    changed = {**seen, "status": "cancelled", "diagnosis": [], "reasonReference": [{"reference": "Condition/new"}]}
    written = restored(VISIT, changed, HIDDEN)
    assert written["status"] == "cancelled"
    assert written["diagnosis"] == [{"condition": HIV, "rank": 1}]
    assert written["reasonReference"] == [{"reference": "Condition/new"}, {**HIV, "display": "B20"}]
    assert "priorPrescription" not in written


def test_a_property_that_was_left_out_comes_back_whole():
    written = restored(VISIT, {"resourceType": "Encounter", "id": "e", "status": "planned"}, HIDDEN)
    assert without(written, HIDDEN) == {"resourceType": "Encounter", "id": "e", "status": "planned"}
    assert written["diagnosis"] == [{"condition": HIV, "rank": 1}]


references = st.sampled_from([HIV, FLU, {"reference": "Observation/load"}, {"reference": "Patient/p"}])
elements = st.recursive(
    references,
    lambda inner: st.dictionaries(st.sampled_from("abc"), inner | st.lists(inner, min_size=1, max_size=3), min_size=1),
    max_leaves=12,
)
resources = st.dictionaries(
    st.sampled_from(["code", "entry", "section", "evidence"]), elements | st.lists(elements, min_size=1, max_size=3)
)


@given(resources)
def test_of_any_shape_nothing_is_told_and_what_comes_back_unchanged_loses_nothing(resource):
    seen = without(resource, HIDDEN)
    assert not [name for name in HIDDEN if name in str(seen)]
    assert without(seen, HIDDEN) == seen
    assert without(restored(resource, seen, HIDDEN), HIDDEN) == seen
