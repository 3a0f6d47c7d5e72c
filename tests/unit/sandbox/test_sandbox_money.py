from hypothesis import given
from hypothesis import strategies as st

from yteso.sandbox.money import line_amounts, money

PERCENT = st.integers(0, 100)


def test_a_plain_line_splits_by_the_benefit():
    one = line_amounts(28, 450, 450, service_rate=100, insured_rate=100, benefit=80)
    assert [money(value) for value in (one.hospital, one.insured, one.fund, one.copay, one.own, one.other)] == [
        "12600.00", "12600.00", "10080.00", "2520.00", "0.00", "0.00",
    ]  # fmt: skip


def test_without_insurance_everything_is_the_patients():
    one = line_amounts(2, 50_600, 50_600, service_rate=100, insured_rate=0, benefit=0)
    assert (one.own, one.fund, one.copay) == (one.hospital, 0, 0)


def test_other_sources_are_used_for_the_own_share_then_the_copayment_then_the_fund():
    price = {"service_rate": 100, "insured_rate": 100, "benefit": 80}
    assert line_amounts(1, 130, 100, **price, aid=2_000).own == 1_000
    assert line_amounts(1, 130, 100, **price, aid=4_000).copay == 1_000
    assert line_amounts(1, 130, 100, **price, aid=9_000).fund == 4_000


@given(st.integers(1, 500), st.integers(1, 10**7), st.integers(0, 10**6), PERCENT, PERCENT, st.integers(0, 10**12))
def test_the_parts_always_add_up_to_the_whole(quantity, insured, more, rate, benefit, aid):
    one = line_amounts(quantity, insured + more, insured, service_rate=100, insured_rate=rate, benefit=benefit, aid=aid)
    assert one.fund + one.copay + one.own + one.other == one.hospital
    assert min(one.fund, one.copay, one.own, one.other) >= 0
