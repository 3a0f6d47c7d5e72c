"""What leaves the warehouse singles nobody out: no sensitive diagnosis, no small number, and none by subtraction."""

import tempfile
from collections import Counter, defaultdict
from decimal import Decimal
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_changes import NOW, change, organization, visit, visits

from yteso.base.clock import day_in_vietnam
from yteso.standards.sensitivity import in_force
from yteso.warehouse import Marts, Warehouse

FACILITIES = ("79901", "79902", "79903")
HEAD = [change(1, organization(code)) for code in FACILITIES]
SPANS = {"today": 1, "7d": 7, "30d": 30, "all": 1000}
SECRECY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
SENSITIVE = ("B20", "F32.1", "F02.4", "O987", "z21")


def published(home, *groups):
    """The marts of these visits."""
    with Warehouse(Path(home)) as warehouse:
        warehouse.refresh([*HEAD, *visits(2, *groups)], [], NOW)
    return Marts(Path(home))


def many(count, first=0, **what):
    return [visit(first + n, **what) for n in range(count)]


def test_rare_diagnoses_are_added_up(tmp_path):
    rare = many(3, 900, icd="A00.1") + many(4, 950, icd="A27.0")
    read = published(tmp_path, *many(6, icd="I10"), *rare)
    shown = {row["code"]: row for row in read.table("diagnoses", span="today", facility="")}
    assert shown["I10"]["visits"] == 6
    assert shown["I10"]["name"] == "Tên của I10"
    assert shown["*"]["visits"] == 7
    assert set(shown) == {"I10", "*"}


def test_a_sum_of_the_rare_that_is_small_itself_takes_the_next_smallest_with_it(tmp_path):
    read = published(tmp_path, *many(6, icd="I10"), *many(9, 100, icd="J18.9"), *many(2, 900, icd="A00.1"))
    shown = {row["code"]: row["visits"] for row in read.table("diagnoses", span="today", facility="")}
    assert shown == {"J18.9": 9, "*": 8}


def test_a_sum_of_the_rare_that_stays_small_is_empty(tmp_path):
    read = published(tmp_path, *many(2, icd="A00.1"))
    assert {(row["code"], row["visits"]) for row in read.table("diagnoses")} == {("*", None)}


@pytest.mark.parametrize("icd", SENSITIVE)
def test_a_sensitive_diagnosis_is_counted_and_never_named(tmp_path, icd):
    read = published(tmp_path, *many(9, icd=icd), *many(6, 100, icd="I10"))
    for facility in ("", "79901"):
        shown = {row["code"]: row["visits"] for row in read.table("diagnoses", span="7d", facility=facility)}
        assert shown == {"I10": 6, "*": 9}
    assert icd not in str([read.table(name) for name in ("diagnoses", "visits_daily", "money_daily")])


def test_which_sensitive_diagnosis_it_was_changes_no_figure(tmp_path):
    def figures(home, *codes):
        groups = [one for n, icd in enumerate(codes) for one in many(6, 100 * n, icd=icd, days_ago=n)]
        read = published(tmp_path / home, *groups, *many(8, 900, icd="I10"))
        return {
            name: read.table(name) for name in ("diagnoses", "visits_daily", "money_daily", "facilities", "coverage")
        }

    assert figures("one", "B20", "F32.1", "Z21") == figures("other", "F11", "O98.7", "T74")


def test_what_its_sender_calls_restricted_is_not_named_either(tmp_path):
    groups = many(9, icd="K29.7")
    for group in groups:
        group[2]["meta"] = {
            "security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}]
        }
    plain = many(9, 100, icd="I10")
    for group in plain:
        group[2]["meta"] = {
            "security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "N"}]
        }
    read = published(tmp_path, *groups, *plain)
    assert {row["code"] for row in read.table("diagnoses")} == {"I10", "*"}


def test_what_one_person_paid_stands_with_the_others(tmp_path):
    one = [visit(1, facility="79902", fund=7)]
    two = many(6, 100, facility="79903", fund=50)
    read = published(tmp_path, *one, *two, *many(9, 200, fund=80))
    rows = {row["facility"]: (row["visits"], row["fund"], row["untold"]) for row in read.table("money_daily")}
    assert rows == {
        "*": (6, Decimal("297.00"), 1),  # 7, the sixth of 79903, and three of the four left over of 79901
        "79901": (5, Decimal("400.00"), 0),
        "79903": (5, Decimal("250.00"), 0),
    }


ARRIVALS = st.lists(st.tuples(st.sampled_from(FACILITIES), st.booleans()), min_size=6, max_size=26)


@settings(max_examples=5, deadline=None)
@given(ARRIVALS)
def test_no_figure_of_money_less_another_of_any_row_or_moment_is_one_bill(arrivals):
    """Watched as bill after bill comes: amounts are powers of 2, so that each figure says which bills are in it."""
    seen = []
    with tempfile.TemporaryDirectory() as home, Warehouse(Path(home)) as warehouse:
        warehouse.refresh(HEAD, [], NOW)
        for n, (facility, insured) in enumerate(arrivals):
            warehouse.refresh(visits(2 + n, visit(n, facility=facility, insured=insured, fund=2**n)), [], NOW)
            rows = Marts(Path(home)).table("money_daily")
            assert sum(row["visits"] for row in rows) == n + 1
            assert (
                sum(row["untold"] for row in rows) == sum(row["untold"] for row in rows if row["facility"] == "*") <= 8
            )
            seen += [bills_in(row["fund"]) for row in rows]
    assert all(len(bills) % 5 == 0 for bills in seen)
    assert not any(len(one ^ other) == 1 for one, other in combinations(seen, 2))


def bills_in(amount):
    """Which bills are added up in an amount of powers of 2."""
    left, found = int(amount or 0), set()
    for n in range(26):
        left, one = divmod(left, 2)
        found |= {n} if one else set()
    assert not left
    return found


def test_what_few_paid_in_the_whole_province_is_not_told(tmp_path):
    read = published(tmp_path, *many(2, facility="79902", fund=7), *many(2, 10, fund=80))
    (row,) = read.table("money_daily")
    assert (row["facility"], row["visits"], row["fund"], row["hospital_amount"]) == ("*", 4, None, None)
    assert row["untold"] == 4


CASES = st.lists(
    st.tuples(
        st.sampled_from(FACILITIES),
        st.sampled_from(("I10", "J18.9", "A00.1", "B20")),
        st.sampled_from((0, 3, 12, 90)),
        st.integers(1, 9),
    ),
    max_size=14,
)


@settings(max_examples=40, deadline=None)
@given(CASES)
def test_no_subtraction_tells_a_small_number(cases):
    """Against plain sets: what is shown is true; what two figures differ by is nothing or at least five."""
    truth = Counter()
    groups = []
    for facility, icd, days_ago, count in cases:
        groups += many(count, len(groups), facility=facility, icd=icd, days_ago=days_ago)
        for span, days in SPANS.items():
            if days_ago < days:
                truth[span, facility, icd] += count
                truth[span, "", icd] += count
    with tempfile.TemporaryDirectory() as home:
        rows = published(home, *groups).table("diagnoses")
    shown = {(row["span"], row["facility"], row["code"]): row["visits"] for row in rows if row["code"] != "*"}
    folded = {(row["span"], row["facility"]): row["visits"] for row in rows if row["code"] == "*"}
    assert all(truth[key] == count >= 5 for key, count in shown.items())
    assert not any(code == "B20" for _, _, code in shown)
    hidden = defaultdict(int)
    for (span, place, code), count in truth.items():
        if (span, place, code) not in shown:
            hidden[span, place] += count
    assert folded == {place: count if count >= 5 else None for place, count in hidden.items()}
    assert_nothing_small_is_left(shown)


def assert_nothing_small_is_left(shown):
    for (span, place, code), count in shown.items():
        if not place:
            parts = sum(other for (s, p, c), other in shown.items() if p and (s, c) == (span, code))
            assert count - parts not in range(1, 5), (span, code)
        for longer in list(SPANS)[list(SPANS).index(span) + 1 :]:
            assert shown.get((longer, place, code), count) - count not in range(1, 5), (span, longer, place, code)


def test_the_sensitive_codes_of_these_tests_are_so_on_that_day():
    rules = [rule for rule in in_force(day_in_vietnam(NOW)) if rule.within == "icd10"]
    beginnings = {code.replace(".", "") for rule in rules for code in rule.codes}
    assert all(any(icd.upper().replace(".", "").startswith(one) for one in beginnings) for icd in SENSITIVE)
    assert not any("I10".startswith(one) for one in beginnings)
