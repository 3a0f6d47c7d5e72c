"""Which tables belong to which kind of visit, and rows numbered twice (BHYT-2030 … 2036)."""

from __future__ import annotations

from collections.abc import Iterator

from yteso.base.issue import Issue, Origin, Rule, Severity
from yteso.validate.rules.bhyt.facts import Facts

_SHEET = "Bảng kiểm tra dữ liệu của BHXH Việt Nam (QĐ 4750/QĐ-BYT)"

_NO_SUMMARY = Rule(
    "BHYT-2030",
    Severity.ERROR,
    "Hồ sơ không có bảng XML1 nên không biết là của ai",
    "the visit has no table XML1, so whose it is cannot be told",
    "Gửi đủ bảng XML1 cùng các bảng khác của hồ sơ",
    "send table XML1 together with the other tables of the visit",
    basis="QĐ 130/QĐ-BYT",
)
_COURSE_MISSING = Rule(
    "BHYT-2031",
    Severity.WARNING,
    "Thiếu bảng XML5 (diễn biến lâm sàng) cho hình thức khám chữa bệnh này",
    "table XML5 (clinical course) is missing for this kind of care",
    "Gửi bảng XML5 khi MA_LOAI_KCB là 02, 05, 08 hoặc nội trú",
    "send XML5 when MA_LOAI_KCB is 02, 05, 08 or inpatient",
    basis=_SHEET,
)
_SUMMARY_NOT_DUE = Rule(
    "BHYT-2032",
    Severity.WARNING,
    "Bảng XML8 chỉ dùng khi MA_LOAI_KCB là 03, 04 hoặc 06",
    "table XML8 is for MA_LOAI_KCB 03, 04 or 06 only",
    "Kiểm tra lại MA_LOAI_KCB hoặc không gửi bảng XML8",
    "check MA_LOAI_KCB, or leave XML8 out",
    basis=_SHEET,
)
_REFERRAL_NOT_DUE = Rule(
    "BHYT-2033",
    Severity.WARNING,
    "Có giấy chuyển (XML13) nhưng MA_LOAI_RV không phải 2 hoặc 5",
    "there is a referral (XML13) but MA_LOAI_RV is neither 2 nor 5",
    "Kiểm tra lại MA_LOAI_RV hoặc không gửi bảng XML13",
    "check MA_LOAI_RV, or leave XML13 out",
    basis=_SHEET,
)
_REFERRAL_MISSING = Rule(
    "BHYT-2034",
    Severity.WARNING,
    "MA_LOAI_RV là chuyển cơ sở nhưng không có giấy chuyển (XML13)",
    "MA_LOAI_RV says referred but there is no referral (XML13)",
    "Gửi bảng XML13 khi MA_LOAI_RV là 2 hoặc 5",
    "send XML13 when MA_LOAI_RV is 2 or 5",
    basis=_SHEET,
)
_SAME_NUMBER = Rule(
    "BHYT-2035",
    Severity.WARNING,
    "STT của dòng này trùng với một dòng trước trong bảng {table}",
    "the STT of this row repeats an earlier row of table {table}",
    "Đánh STT tăng dần từ 1, không trùng",
    "number the rows from 1 without repeating",
    basis="QĐ 130/QĐ-BYT, trường STT",
)

_COURSE_DUE = frozenset({"02", "03", "04", "05", "06", "08"})
_SUMMARY_DUE = frozenset({"03", "04", "06"})
_REFERRED = frozenset({"2", "5"})


def check_tables_sent(facts: Facts) -> Iterator[Issue]:
    """Tables that are missing, tables that do not belong, numbers given twice."""
    if facts.summary is None:
        if not facts.tables.get("XML0"):
            yield _NO_SUMMARY.at(_file_of(facts))
        return
    row = facts.summary
    care, leave = row["MA_LOAI_KCB"], row["MA_LOAI_RV"]
    origin = row.origin
    if not facts.legacy:
        if care in _COURSE_DUE and not facts.tables.get("XML5"):
            yield _COURSE_MISSING.at(Origin(origin.file, "XML5"))
        if facts.tables.get("XML8") and care not in _SUMMARY_DUE:
            yield _SUMMARY_NOT_DUE.at(Origin(origin.file, "XML8"))
        if facts.tables.get("XML13") and leave not in _REFERRED:
            yield _REFERRAL_NOT_DUE.at(Origin(origin.file, "XML13"))
        if leave in _REFERRED and not facts.tables.get("XML13"):
            yield _REFERRAL_MISSING.at(Origin(origin.file, "XML13"))
    yield from _numbers(facts)


def _file_of(facts: Facts) -> Origin:
    first = next((row.origin for rows in facts.tables.values() for row in rows), Origin())
    return Origin(first.file, "XML1")


def _numbers(facts: Facts) -> Iterator[Issue]:
    for name in ("XML2", "XML3", "XML4", "XML5"):
        rows = facts.tables.get(name, ())
        seen: set[str] = set()
        for row in rows:
            number = row["STT"]
            if number and number in seen:
                yield _SAME_NUMBER.at(row.place("STT"), table=name)
            seen.add(number)
