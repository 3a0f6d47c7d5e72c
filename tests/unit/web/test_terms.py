"""Codes and set forms in words."""

from __future__ import annotations

import pytest
from django.utils import translation

from yteso.web.terms import dose_text


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("1 viên/lần * 2 lần/ngày * 5 ngày [2 viên/ngày]", "1 viên mỗi lần, 2 lần mỗi ngày, trong 5 ngày"),
        ("0,5 ống/lần*1 lần/ngày*14 ngày", "0,5 ống mỗi lần, 1 lần mỗi ngày, trong 14 ngày"),
        ("1/2 viên/lần * 2 lần/ngày * 7 ngày", "1/2 viên mỗi lần, 2 lần mỗi ngày, trong 7 ngày"),
    ],
)
def test_a_dose_in_the_set_form_is_said_in_words(sent, shown):
    with translation.override("vi"):
        assert dose_text(sent) == shown


@pytest.mark.parametrize("sent", ["Sáng 1, chiều 1", "", "1 viên/lần", "2 lần/ngày * 5 ngày [x"])
def test_a_dose_in_any_other_form_stays_as_it_was_sent(sent):
    assert dose_text(sent) == sent


def test_a_dose_is_said_in_the_readers_language():
    with translation.override("en"):
        assert dose_text("1 gói/lần * 3 lần/ngày * 5 ngày") == "1 gói each time, 3 times a day, for 5 days"
        assert dose_text("1 viên/lần * 1 lần/ngày * 1 ngày") == "1 viên each time, once a day, for one day"
