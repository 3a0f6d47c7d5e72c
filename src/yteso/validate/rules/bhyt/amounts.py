"""The amounts of one line of XML2 or XML3 (BHYT-3001 … 3006), as QĐ 130 and QĐ 4750 calculate them.

Tolerance: one đồng per line, because software rounds to whole đồng where the decision rounds to two decimals. With
other sources (T_NGUONKHAC) the decision knows three ways of sharing (a, b, c), and a supply may have a ceiling
(T_TRANTT): there a difference is only a warning.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from yteso.base.issue import Issue, Rule, Severity
from yteso.base.record import Record
from yteso.validate.rules.bhyt.facts import LINES, Facts, amount

TOLERANCE = Decimal(1)
_HUNDRED = Decimal(100)
_ZERO = Decimal(0)
_BASIS = "QĐ 130/QĐ-BYT bảng 2 và bảng 3, đính chính bởi QĐ 4750/QĐ-BYT"

_HOSPITAL = Rule(
    "BHYT-3001",
    Severity.ERROR,
    "THANH_TIEN_BV không bằng SO_LUONG × đơn giá của cơ sở (× TYLE_TT_DV)",
    "THANH_TIEN_BV is not SO_LUONG × the facility's unit price (× TYLE_TT_DV)",
    "Tính lại THANH_TIEN_BV, làm tròn 2 chữ số thập phân",
    "calculate THANH_TIEN_BV again, rounded to 2 decimals",
    basis=_BASIS,
)
_INSURANCE = Rule(
    "BHYT-3002",
    Severity.ERROR,
    "THANH_TIEN_BH không bằng SO_LUONG × đơn giá BHYT (× TYLE_TT_DV) × TYLE_TT_BH",
    "THANH_TIEN_BH is not SO_LUONG × the insurance unit price (× TYLE_TT_DV) × TYLE_TT_BH",
    "Tính lại THANH_TIEN_BH, làm tròn 2 chữ số thập phân",
    "calculate THANH_TIEN_BH again, rounded to 2 decimals",
    basis=_BASIS,
)
_SHARE = Rule(
    "BHYT-3003",
    Severity.ERROR,
    "{field} của dòng không đúng với THANH_TIEN_BV, THANH_TIEN_BH và MUC_HUONG",
    "{field} of the line does not follow from THANH_TIEN_BV, THANH_TIEN_BH and MUC_HUONG",
    "T_BHTT = THANH_TIEN_BH × MUC_HUONG; T_BNCCT = THANH_TIEN_BH − T_BHTT; T_BNTT = THANH_TIEN_BV − THANH_TIEN_BH",
    "T_BHTT = THANH_TIEN_BH × MUC_HUONG; T_BNCCT = THANH_TIEN_BH − T_BHTT; T_BNTT = THANH_TIEN_BV − THANH_TIEN_BH",
    basis=_BASIS,
)
_SHARE_WITH_OTHERS = Rule(
    "BHYT-3004",
    Severity.WARNING,
    "{field} của dòng có nguồn khác hoặc trần thanh toán không đúng với cách tính thông thường",
    "{field} of a line with other sources or a ceiling does not follow the usual calculation",
    "Kiểm tra thứ tự khấu trừ nguồn khác: T_BNTT, rồi T_BNCCT, rồi T_BHTT",
    "check the order in which other sources are used: T_BNTT, then T_BNCCT, then T_BHTT",
    basis=_BASIS,
)
_SOURCES = Rule(
    "BHYT-3005",
    Severity.ERROR,
    "T_NGUONKHAC không bằng tổng T_NGUONKHAC_NSNN, _VTNN, _VTTN và _CL",
    "T_NGUONKHAC is not the sum of T_NGUONKHAC_NSNN, _VTNN, _VTTN and _CL",
    "Tính lại T_NGUONKHAC",
    "calculate T_NGUONKHAC again",
    basis=_BASIS,
)
_OUT_OF_SCOPE = Rule(
    "BHYT-3006",
    Severity.WARNING,
    "Dòng ngoài phạm vi BHYT (PHAM_VI = 2) nhưng T_BHTT lớn hơn 0",
    "the line is outside the insurance (PHAM_VI = 2) but T_BHTT is above 0",
    "Kiểm tra PHAM_VI hoặc T_BHTT",
    "check PHAM_VI or T_BHTT",
    basis="QĐ 130/QĐ-BYT, trường PHAM_VI",
)

_PARTS = ("T_NGUONKHAC_NSNN", "T_NGUONKHAC_VTNN", "T_NGUONKHAC_VTTN", "T_NGUONKHAC_CL")


def check_amounts(facts: Facts) -> Iterator[Issue]:
    """Every line's own arithmetic; a line with a missing number is not calculated (that is a format issue)."""
    for name in LINES:
        for row in facts.tables.get(name, ()):
            yield from _line(row, legacy=facts.legacy)


def differs(told: Decimal | None, expected: Decimal | None, tolerance: Decimal = TOLERANCE) -> bool:
    """True when both are known and further apart than the tolerance."""
    return told is not None and expected is not None and abs(told - expected) > tolerance


def _line(row: Record, *, legacy: bool) -> Iterator[Issue]:
    hospital, insurance = amount(row, "THANH_TIEN_BV"), amount(row, "THANH_TIEN_BH")
    if not legacy and _product_differs(row, hospital, "DON_GIA_BV", None):
        yield _HOSPITAL.at(row.place("THANH_TIEN_BV"))
    if row["T_TRANTT"] == "" and _product_differs(row, insurance, "DON_GIA_BH", "TYLE_TT_BH"):
        yield _INSURANCE.at(row.place("THANH_TIEN_BH"))
    yield from _sources(row)
    yield from _shares(row, hospital, insurance, legacy=legacy)
    if row["PHAM_VI"] == "2" and (amount(row, "T_BHTT") or _ZERO) > 0:
        yield _OUT_OF_SCOPE.at(row.place("T_BHTT"))


def _product_differs(row: Record, told: Decimal | None, price_field: str, percent_field: str | None) -> bool:
    quantity, price = amount(row, "SO_LUONG"), amount(row, "DON_GIA" if row["DON_GIA"] else price_field)
    if told is None or quantity is None or price is None:
        return False
    expected = quantity * price
    if percent_field:
        percent = amount(row, percent_field)
        if percent is None:
            return False
        expected = expected * percent / _HUNDRED
    if not differs(told, expected):
        return False
    # QĐ 4750 put TYLE_TT_DV into both amounts; files before it leave it out of the hospital's.
    service = amount(row, "TYLE_TT_DV")
    return service is None or differs(told, expected * service / _HUNDRED)


def _sources(row: Record) -> Iterator[Issue]:
    total, found = amount(row, "T_NGUONKHAC"), [amount(row, part) for part in _PARTS]
    known = [part for part in found if part is not None]
    if known and differs(total, sum(known, _ZERO)):
        yield _SOURCES.at(row.place("T_NGUONKHAC"))


def _shares(row: Record, hospital: Decimal | None, insurance: Decimal | None, *, legacy: bool) -> Iterator[Issue]:
    benefit = amount(row, "MUC_HUONG")
    if insurance is None or benefit is None:
        return
    others = amount(row, "T_NGUONKHAC") or _ZERO
    fund = insurance * benefit / _HUNDRED
    co_pay = insurance - fund
    self_pay = hospital - insurance if hospital is not None and not legacy else None
    expected = shared_out(others, self_pay or _ZERO, co_pay, fund)
    rule = _SHARE_WITH_OTHERS if others or row["T_TRANTT"] else _SHARE
    for field, value in zip(("T_BNTT", "T_BNCCT", "T_BHTT"), expected, strict=True):
        if field == "T_BNTT" and self_pay is None:
            continue
        if differs(amount(row, field), value):
            yield rule.at(row.place(field), field=field)


def shared_out(others: Decimal, self_pay: Decimal, co_pay: Decimal, fund: Decimal) -> tuple[Decimal, Decimal, Decimal]:
    """(T_BNTT, T_BNCCT, T_BHTT) after other sources took their part in that order (QĐ 130, T_NGUONKHAC, case a)."""
    shares = []
    for share in (self_pay, co_pay, fund):
        taken = min(others, max(share, _ZERO))
        others -= taken
        shares.append(share - taken)
    return shares[0], shares[1], shares[2]
