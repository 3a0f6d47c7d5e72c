"""Fields other tables repeat from XML1, and the facility code, must agree (BHYT-2040, 2041)."""

from __future__ import annotations

from collections.abc import Iterator

from yteso.base.issue import Issue, Rule, Severity
from yteso.validate.rules.bhyt.facts import Facts

_DIFFERS = Rule(
    "BHYT-2040",
    Severity.WARNING,
    "{field} khác với bảng XML1",
    "{field} differs from table XML1",
    "Lấy {field} từ bảng XML1 của cùng hồ sơ",
    "take {field} from table XML1 of the same visit",
    basis="Bảng kiểm tra dữ liệu của BHXH Việt Nam: phải giống bảng 1",
)
_FACILITY = Rule(
    "BHYT-2041",
    Severity.ERROR,
    "MA_CSKCB khác mã cơ sở gửi tệp (MACSKCB)",
    "MA_CSKCB differs from the facility of the file (MACSKCB)",
    "Gửi hồ sơ bằng đúng mã của cơ sở đã khám, chữa bệnh",
    "send visits under the code of the facility that gave the care",
    basis="QĐ 130/QĐ-BYT, trường MA_CSKCB; phong bì GIAMDINHHS",
)

_PERSON = ("NGAY_SINH", "GIOI_TINH")
_PAPER = (
    *(*_PERSON, "HO_TEN", "DIA_CHI", "MA_THE_BHYT", "GT_THE_DEN", "MA_CSKCB"),
    *("NGAY_VAO", "NGAY_VAO_NOI_TRU", "NGAY_RA", "MA_BENH_CHINH", "MA_BENH_KT", "MA_BENH_YHCT"),
)
REPEATED = {
    "XML6": _PERSON,
    "XML7": ("NGAY_VAO", "NGAY_RA"),
    "XML8": ("NGAY_VAO", "NGAY_RA", "KET_QUA_DTRI"),
    "XML13": (*_PAPER, "MA_LOAI_RV", "MA_QUOCTICH", "MA_DANTOC", "MA_NGHE_NGHIEP"),
    "XML14": (*_PAPER, "MA_DOITUONG_KCB"),
    "XML15": ("HO_TEN", "SO_CCCD"),
}
"""Fields of other tables that say what XML1 says; where XML1 is silent, what they say would be lost unseen."""


def check_repeats(facts: Facts, doubtful: frozenset[str]) -> Iterator[Issue]:
    """`doubtful` are fields of XML1 that are wrong themselves: what differs from them may well be right."""
    yield from _facility(facts)
    summary = facts.summary
    if summary is None:
        return
    for name, fields in REPEATED.items():
        for row in facts.rows(name):
            for field in fields:
                told, known = row[field], summary[field]
                if told and told != known and field not in doubtful and not _same(told, known):
                    yield _DIFFERS.at(row.place(field), field=field)


def _same(told: str, known: str) -> bool:
    """Dates of different length, spaces and letter case make no difference; XML13 lists the days of several stays."""
    if told.isdigit() and known.isdigit() and min(len(told), len(known)) == 8:
        return told[:8] == known[:8]
    parts = [part.strip() for part in told.split(";")]
    return known in parts or " ".join(told.casefold().split()) == " ".join(known.casefold().split())


def _facility(facts: Facts) -> Iterator[Issue]:
    for row in facts.rows("XML0", "XML1"):
        if row["MA_CSKCB"] and facts.facility and row["MA_CSKCB"] != facts.facility:
            yield _FACILITY.at(row.place("MA_CSKCB"))
