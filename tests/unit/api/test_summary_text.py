"""The table of a summary tells times by Vietnam's clock, whatever zone the sender wrote."""

import pytest

from yteso.api.operations.summary_sections import SECTIONS, Item
from yteso.api.operations.summary_text import narrative


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ({"effectiveDateTime": "2026-12-31T18:30:00Z"}, "2027-01-01 01:30"),
        ({"effectiveDateTime": "2026-12-31T18:30:00+07:00"}, "2026-12-31 18:30"),
        ({"effectiveDateTime": "2026-12"}, "2026-12"),
        ({"effectivePeriod": {"start": "2026-12-31T18:30:00Z", "end": "2027-01-02"}}, "2027-01-01 – 2027-01-02"),
    ],
)
def test_times_are_told_as_vietnam_has_them(told, shown):
    observation = {"resourceType": "Observation", "id": "o", "code": {"text": "Creatinin"}, **told}
    text = narrative(SECTIONS[0], [Item(None, observation)])
    assert f"<td>{shown}</td>" in text
