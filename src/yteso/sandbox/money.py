"""The money of a line, exact to the đồng's hundredth, by the formulas of QĐ 130 and QĐ 4750.

In: quantities, unit prices in whole đồng, percentages. Out: amounts in hundredths of a đồng (int). Floats never appear.
"""

from __future__ import annotations

from dataclasses import dataclass

BASE_SALARY = 2_340_000
"""Monthly base salary (đồng) since 1 July 2024; a visit below 15 % of it is paid in full (NĐ 188/2025)."""


@dataclass(frozen=True, slots=True)
class Amounts:
    """One line's amounts in hundredths of a đồng, after other sources were used (T_BNTT, then T_BNCCT, then T_BHTT)."""

    hospital: int
    insured: int
    fund: int
    copay: int
    own: int
    other: int


def line_amounts(
    quantity: int, price: int, insured_price: int, *, service_rate: int, insured_rate: int, benefit: int, aid: int = 0
) -> Amounts:
    """The amounts of one line; rates and benefit in percent, `aid` (hundredths) is what other sources give for it."""
    hospital = quantity * price * service_rate
    insured = _half_up(quantity * insured_price * service_rate * insured_rate, 100)
    fund = _half_up(insured * benefit, 100)
    copay, own = insured - fund, hospital - insured
    aid = min(aid, hospital)
    from_own = min(aid, own)
    from_copay = min(aid - from_own, copay)
    from_fund = aid - from_own - from_copay
    return Amounts(hospital, insured, fund - from_fund, copay - from_copay, own - from_own, aid)


def _half_up(value: int, divisor: int) -> int:
    return (value * 2 + divisor) // (divisor * 2)


def money(hundredths: int) -> str:
    """`8560000` -> `"85600.00"`."""
    return f"{hundredths // 100}.{hundredths % 100:02d}"
