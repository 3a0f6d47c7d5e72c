"""The order of moments: arrival, admission, orders, results, discharge, papers (BHYT-2001 … 2015)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from yteso.base.issue import Issue, Rule, Severity
from yteso.base.record import Record
from yteso.validate.rules.bhyt.facts import Facts, amount, moment

_ANNEX = "QĐ 130/QĐ-BYT bảng 1, bảng 2, bảng 3; bảng kiểm tra dữ liệu của BHXH Việt Nam"
_TOLERANCE = timedelta(days=1)
"""An order may be written this long before the arrival or after the discharge without a remark (late entry)."""

_LEFT_BEFORE = Rule(
    "BHYT-2001",
    Severity.ERROR,
    "NGAY_RA sớm hơn NGAY_VAO",
    "NGAY_RA is earlier than NGAY_VAO",
    "Kiểm tra lại thời điểm vào và ra",
    "check the times of arrival and discharge",
    basis=_ANNEX,
)
_ADMITTED = Rule(
    "BHYT-2002",
    Severity.ERROR,
    "NGAY_VAO_NOI_TRU không nằm giữa NGAY_VAO và NGAY_RA",
    "NGAY_VAO_NOI_TRU is not between NGAY_VAO and NGAY_RA",
    "Kiểm tra lại thời điểm vào nội trú",
    "check the time of admission",
    basis=_ANNEX,
)
_OUTSIDE = Rule(
    "BHYT-2003",
    Severity.WARNING,
    "{field} nằm ngoài đợt điều trị (sớm hoặc muộn hơn quá 24 giờ)",
    "{field} lies outside the stay by more than 24 hours",
    "Kiểm tra lại thời điểm của y lệnh",
    "check the time of the order",
    basis=_ANNEX,
)
_BEFORE_ORDER = Rule(
    "BHYT-2004",
    Severity.WARNING,
    "{field} sớm hơn NGAY_YL",
    "{field} is earlier than NGAY_YL",
    "Thời điểm thực hiện và thời điểm có kết quả phải sau thời điểm ra y lệnh",
    "carrying out and result come after the order",
    basis=_ANNEX,
)
_BORN_LATER = Rule(
    "BHYT-2005",
    Severity.ERROR,
    "NGAY_SINH sau NGAY_VAO",
    "NGAY_SINH is after NGAY_VAO",
    "Kiểm tra lại ngày sinh và ngày vào",
    "check the dates of birth and arrival",
    basis=_ANNEX,
)
_TOO_OLD = Rule(
    "BHYT-2006",
    Severity.WARNING,
    "Theo NGAY_SINH, người bệnh hơn {limit} tuổi",
    "by NGAY_SINH the person is older than {limit} years",
    "Kiểm tra lại ngày sinh",
    "check the date of birth",
)
_FUTURE = Rule(
    "BHYT-2007",
    Severity.ERROR,
    "{field} ở tương lai",
    "{field} lies in the future",
    "Kiểm tra lại thời điểm; chỉ gửi hồ sơ khi lượt khám đã kết thúc",
    "check the time; send a visit when it has ended",
    basis=_ANNEX,
)
_DAYS = Rule(
    "BHYT-2010",
    Severity.WARNING,
    "SO_NGAY_DTRI không đúng với MA_LOAI_KCB, NGAY_VAO và NGAY_RA (theo quy định là {expected})",
    "SO_NGAY_DTRI does not follow from MA_LOAI_KCB, NGAY_VAO and NGAY_RA (the rule gives {expected})",
    "Ghi 0 cho mã 01, 07, 09; ghi ngày ra − ngày vào + 1 cho mã 02, 03, 04, 06",
    "give 0 for codes 01, 07, 09; discharge day − arrival day + 1 for 02, 03, 04, 06",
    basis="QĐ 4750/QĐ-BYT bảng 1, trường SO_NGAY_DTRI",
)
_REVISIT = Rule(
    "BHYT-2011",
    Severity.WARNING,
    "{field} sớm hơn NGAY_RA",
    "{field} is earlier than NGAY_RA",
    "Ngày hẹn khám lại phải từ ngày ra trở đi",
    "a re-visit is on the day of discharge or later",
    basis="QĐ 130/QĐ-BYT bảng 14, trường NGAY_HEN_KL",
)
_PAPER = Rule(
    "BHYT-2012",
    Severity.WARNING,
    "NGAY_CT sớm hơn NGAY_VAO",
    "NGAY_CT is earlier than NGAY_VAO",
    "Kiểm tra lại ngày của giấy tờ",
    "check the date of the paper",
    basis="QĐ 130/QĐ-BYT, trường NGAY_CT",
)
_REST = Rule(
    "BHYT-2013",
    Severity.WARNING,
    "SO_NGAY_NGHI, NGOAITRU_TUNGAY và NGOAITRU_DENNGAY phải cùng có hoặc cùng trống",
    "SO_NGAY_NGHI, NGOAITRU_TUNGAY and NGOAITRU_DENNGAY go together or not at all",
    "Ghi đủ cả ba trường hoặc để trống cả ba",
    "fill in all three or none",
    basis="Bảng kiểm tra dữ liệu của BHXH Việt Nam, bảng 7",
)
_MONTH = Rule(
    "BHYT-2014",
    Severity.ERROR,
    "THANG_QT phải từ 1 đến 12",
    "THANG_QT must be between 1 and 12",
    "Ghi tháng quyết toán từ 1 đến 12",
    "give the settlement month, 1 to 12",
    basis="QĐ 130/QĐ-BYT bảng 1, trường THANG_QT",
)

_OLDEST = 125
_NO_DAYS = frozenset({"01", "07", "09"})
_COUNTED = frozenset({"02", "03", "04", "06"})
_REST_FIELDS = ("SO_NGAY_NGHI", "NGOAITRU_TUNGAY", "NGOAITRU_DENNGAY")


def check_times(facts: Facts) -> Iterator[Issue]:
    """The moments of the person, the stay, its orders and its papers."""
    row = facts.person
    if row is None:
        return
    arrived, left = moment(row["NGAY_VAO"]), moment(row["NGAY_RA"])
    yield from _person(row, arrived)
    yield from _future(row, facts, arrived, left)
    yield from _admission(row, arrived, left)
    if arrived is not None and left is not None and left >= arrived:
        yield from _orders(facts, arrived, left)
        yield from _days(row, facts, arrived, left)
        yield from _papers(facts, arrived, left)
    else:
        yield from _papers(facts, arrived, None)
    month = amount(row, "THANG_QT")
    if month is not None and not 1 <= month <= 12:
        yield _MONTH.at(row.place("THANG_QT"))


def _person(row: Record, arrived: datetime | None) -> Iterator[Issue]:
    born = row["NGAY_SINH"]
    if arrived is None or len(born) < 8 or not born.isdigit():
        return
    if born[:8].rstrip("0") > row["NGAY_VAO"][:8]:
        yield _BORN_LATER.at(row.place("NGAY_SINH"))
    elif arrived.year - int(born[:4]) > _OLDEST:
        yield _TOO_OLD.at(row.place("NGAY_SINH"), limit=_OLDEST)


def _future(row: Record, facts: Facts, arrived: datetime | None, left: datetime | None) -> Iterator[Issue]:
    limit = datetime.combine(facts.on, time.max) + _TOLERANCE
    for field, found in (("NGAY_VAO", arrived), ("NGAY_RA", left)):
        if found is not None and found > limit:
            yield _FUTURE.at(row.place(field), field=field)
            return


def _admission(row: Record, arrived: datetime | None, left: datetime | None) -> Iterator[Issue]:
    if arrived is not None and left is not None and left < arrived:
        yield _LEFT_BEFORE.at(row.place("NGAY_RA"))
        return
    admitted = moment(row["NGAY_VAO_NOI_TRU"])
    if admitted is None:
        return
    if (arrived is not None and admitted < arrived) or (left is not None and admitted > left):
        yield _ADMITTED.at(row.place("NGAY_VAO_NOI_TRU"))


def _orders(facts: Facts, arrived: datetime, left: datetime) -> Iterator[Issue]:
    first, last = arrived - _TOLERANCE, left + _TOLERANCE
    for row in facts.rows("XML2", "XML3"):
        ordered = moment(row["NGAY_YL"])
        if ordered is not None and not first <= ordered <= last:
            yield _OUTSIDE.at(row.place("NGAY_YL"), field="NGAY_YL")
        for field in ("NGAY_TH_YL", "NGAY_KQ"):
            done = moment(row[field])
            if ordered is not None and done is not None and done < ordered:
                yield _BEFORE_ORDER.at(row.place(field), field=field)
    for row in facts.rows("XML5"):
        noted = moment(row["THOI_DIEM_DBLS"])
        if noted is not None and not first <= noted <= last:
            yield _OUTSIDE.at(row.place("THOI_DIEM_DBLS"), field="THOI_DIEM_DBLS")


def _days(row: Record, facts: Facts, arrived: datetime, left: datetime) -> Iterator[Issue]:
    care, days = row["MA_LOAI_KCB"], amount(row, "SO_NGAY_DTRI")
    if days is None or facts.legacy:
        return
    if care in _NO_DAYS:
        expected = 0
    elif care in _COUNTED:
        expected = (left.date() - arrived.date()).days + 1
    else:
        return
    if days != expected:
        yield _DAYS.at(row.place("SO_NGAY_DTRI"), expected=expected)


def _papers(facts: Facts, arrived: datetime | None, left: datetime | None) -> Iterator[Issue]:
    if facts.summary is not None and left is not None:
        for field, rows in (("NGAY_TAI_KHAM", (facts.summary,)), ("NGAY_HEN_KL", tuple(facts.rows("XML14")))):
            for row in rows:
                days = [found for part in row[field].split(";") if (found := moment(part.strip()[:8]))]
                if any(day.date() < left.date() for day in days):
                    yield _REVISIT.at(row.place(field), field=field)
    for row in facts.rows("XML7", "XML8", "XML10", "XML11", "XML14"):
        written = moment(row["NGAY_CT"])
        if written is not None and arrived is not None and written.date() < arrived.date():
            yield _PAPER.at(row.place("NGAY_CT"))
    for row in facts.rows("XML7"):
        if len({bool(row[field]) for field in _REST_FIELDS}) > 1:
            yield _REST.at(row.place("SO_NGAY_NGHI"))
