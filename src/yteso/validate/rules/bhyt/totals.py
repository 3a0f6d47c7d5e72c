"""The totals of XML1 against the lines of XML2 and XML3 (BHYT-3010 … 3019).

Tolerance: one đồng per line added up (each line may be rounded), and one đồng where two totals are compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

from yteso.base.issue import Issue, Rule, Severity
from yteso.base.record import Record
from yteso.validate.rules.bhyt.amounts import TOLERANCE, differs
from yteso.validate.rules.bhyt.facts import LINES, Facts, amount

_BASIS = "QĐ 130/QĐ-BYT bảng 1, các trường 45–53"
_ZERO = Decimal(0)
_SUPPLIES = frozenset({"10", "11"})
_FEE_FOR_SERVICE = "1"


def _sum_rule(code: str, field: str, of: str, of_en: str) -> Rule:
    return Rule(
        code,
        Severity.ERROR,
        f"{field} không bằng tổng {of}",
        f"{field} is not the sum of {of_en}",
        f"Tính lại {field} từ các dòng của bảng 2 và bảng 3",
        f"add {field} up again from the lines of tables 2 and 3",
        basis=_BASIS,
    )


_SUMS = {
    "T_TONGCHI_BV": _sum_rule("BHYT-3010", "T_TONGCHI_BV", "THANH_TIEN_BV các dòng", "THANH_TIEN_BV of the lines"),
    "T_TONGCHI_BH": _sum_rule("BHYT-3011", "T_TONGCHI_BH", "THANH_TIEN_BH các dòng", "THANH_TIEN_BH of the lines"),
    "T_THUOC": _sum_rule("BHYT-3012", "T_THUOC", "THANH_TIEN_BV của bảng thuốc", "THANH_TIEN_BV of the medicines"),
    "T_VTYT": _sum_rule("BHYT-3013", "T_VTYT", "THANH_TIEN_BV của vật tư y tế", "THANH_TIEN_BV of the supplies"),
    "T_BNCCT": _sum_rule("BHYT-3015", "T_BNCCT", "T_BNCCT các dòng", "T_BNCCT of the lines"),
    "T_BNTT": _sum_rule("BHYT-3016", "T_BNTT", "T_BNTT các dòng", "T_BNTT of the lines"),
    "T_NGUONKHAC": _sum_rule("BHYT-3017", "T_NGUONKHAC", "T_NGUONKHAC các dòng", "T_NGUONKHAC of the lines"),
}
_FUND = Rule(
    "BHYT-3014",
    Severity.ERROR,
    "T_BHTT không bằng T_TONGCHI_BH − T_BNCCT",
    "T_BHTT is not T_TONGCHI_BH − T_BNCCT",
    "Tính lại T_BHTT theo công thức T_BHTT = T_TONGCHI_BH − T_BNCCT",
    "calculate T_BHTT again: T_BHTT = T_TONGCHI_BH − T_BNCCT",
    basis="QĐ 130/QĐ-BYT bảng 1, trường T_BHTT",
)
_FUND_FEES = Rule(
    "BHYT-3018",
    Severity.WARNING,
    "T_BHTT_GDV không bằng tổng T_BHTT của các dòng thanh toán theo phí dịch vụ (MA_PTTT = 1)",
    "T_BHTT_GDV is not the sum of T_BHTT of the fee-for-service lines (MA_PTTT = 1)",
    "Tính lại T_BHTT_GDV từ các dòng có MA_PTTT = 1",
    "add T_BHTT_GDV up again from the lines with MA_PTTT = 1",
    basis="QĐ 130/QĐ-BYT bảng 1, trường T_BHTT_GDV",
)

_Pick = Callable[[Record], bool]


def check_totals(facts: Facts) -> Iterator[Issue]:
    """Each total at its own field; a total whose lines were not sent is not added up."""
    summary = facts.summary
    if summary is None:
        return
    lines = list(facts.rows(*LINES))
    if lines:
        yield from _sums(summary, lines, legacy=facts.legacy)
    yield from _fund(summary, lines)


def _sums(summary: Record, lines: list[Record], *, legacy: bool) -> Iterator[Issue]:
    hospital = "THANH_TIEN_BH" if legacy else "THANH_TIEN_BV"
    everything: tuple[tuple[str, str, _Pick], ...] = (
        ("T_TONGCHI_BV", "THANH_TIEN_BV", _any),
        ("T_TONGCHI_BH", "THANH_TIEN_BH", _any),
        ("T_THUOC", hospital, _is_medicine),
        ("T_VTYT", hospital, _is_supply),
        ("T_BNCCT", "T_BNCCT", _any),
        ("T_BNTT", "T_BNTT", _any),
        ("T_NGUONKHAC", "T_NGUONKHAC", _any),
    )
    for field, of, pick in everything:
        if _sum_differs(summary, field, [line for line in lines if pick(line)], of, len(lines)):
            yield _SUMS[field].at(summary.place(field))
    fees = [line for line in lines if line["MA_PTTT"] == _FEE_FOR_SERVICE]
    if not legacy and _sum_differs(summary, "T_BHTT_GDV", fees, "T_BHTT", len(lines)):
        yield _FUND_FEES.at(summary.place("T_BHTT_GDV"))


def _sum_differs(summary: Record, field: str, lines: list[Record], of: str, count: int) -> bool:
    values = [value for line in lines if (value := amount(line, of)) is not None]
    if len(values) != len(lines):
        return False
    return differs(amount(summary, field), sum(values, _ZERO), TOLERANCE * max(1, count))


def _fund(summary: Record, lines: list[Record]) -> Iterator[Issue]:
    told, insured, co_pay = (amount(summary, field) for field in ("T_BHTT", "T_TONGCHI_BH", "T_BNCCT"))
    if insured is None or co_pay is None or not differs(told, insured - co_pay):
        return
    # Other sources may have taken over part of the fund's or the person's share; then the lines decide.
    shared = lines and (amount(summary, "T_NGUONKHAC") or _ZERO) > 0
    if shared and not _sum_differs(summary, "T_BHTT", lines, "T_BHTT", len(lines)):
        return
    yield _FUND.at(summary.place("T_BHTT"))


def _any(_line: Record) -> bool:
    return True


def _is_medicine(line: Record) -> bool:
    return line.origin.table == "XML2"


def _is_supply(line: Record) -> bool:
    return line.origin.table == "XML3" and (line["MA_NHOM"] in _SUPPLIES or bool(line["MA_VAT_TU"]))
