"""Code lists and the form of codes (BHYT-1010 … 1013)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from yteso.base.issue import Issue, Rule, Severity
from yteso.standards.admin_units import is_commune, is_province
from yteso.validate.rules.bhyt.facts import Facts, parts

_NOT_IN_LIST = Rule(
    "BHYT-1010",
    Severity.ERROR,
    "Trường {field} không thuộc danh mục ({allowed})",
    "the field {field} is not in its code list ({allowed})",
    "Chọn một mã trong danh mục: {allowed}",
    "choose a code of the list: {allowed}",
    basis="QĐ 130/QĐ-BYT, QĐ 4750/QĐ-BYT, QĐ 5937/QĐ-BYT",
)
_UNUSUAL_CODE = Rule(
    "BHYT-1011",
    Severity.WARNING,
    "Trường {field} không thuộc danh mục đã biết ({allowed})",
    "the field {field} is not in the list known here ({allowed})",
    "Kiểm tra mã theo danh mục dùng chung của Bộ Y tế",
    "check the code against the ministry's shared catalogue",
    basis="QĐ 1804/QĐ-BYT 2026, QĐ 3276/QĐ-BYT 2025",
)
_FORM = Rule(
    "BHYT-1012",
    Severity.WARNING,
    "Trường {field} không đúng cấu trúc mã ({form})",
    "the field {field} has not the form of its codes ({form})",
    "Ghi mã theo cấu trúc {form}",
    "give codes of the form {form}",
    basis="QĐ 130/QĐ-BYT, QĐ 4750/QĐ-BYT, QĐ 5937/QĐ-BYT",
)
_PERCENT = Rule(
    "BHYT-1013",
    Severity.ERROR,
    "Trường {field} phải từ 0 đến 100",
    "the field {field} must be between 0 and 100",
    "Ghi tỷ lệ phần trăm từ 0 đến 100",
    "give a percentage from 0 to 100",
    basis="QĐ 130/QĐ-BYT bảng 2 và bảng 3; QĐ 1931/QĐ-BYT 2026",
)


def _numbers(first: int, last: int) -> frozenset[str]:
    return frozenset(str(number) for number in range(first, last + 1))


_ONE = frozenset({"1"})
_STRICT: dict[str, dict[str, frozenset[str]]] = {
    "XML0": {"GIOI_TINH": _numbers(1, 3)},
    "XML1": {"GIOI_TINH": _numbers(1, 3), "KET_QUA_DTRI": _numbers(1, 8), "MA_LOAI_RV": _numbers(1, 5)},
    "XML2": {"MA_NHOM": _numbers(1, 19), "PHAM_VI": _numbers(1, 3)},
    "XML3": {"MA_NHOM": _numbers(1, 19), "PHAM_VI": _numbers(1, 3)},
    "XML7": {"MA_DINH_CHI_THAI": _numbers(0, 1)},
    "XML8": {"KET_QUA_DTRI": _numbers(1, 8)},
    "XML9": {"GIOI_TINH_CON": _numbers(1, 3)},
    "XML11": {"MA_DINH_CHI_THAI": _numbers(0, 1)},
    "XML13": {"MA_LYDO_CT": _numbers(1, 3)},
}
_CARE_FORMS = frozenset(f"{number:02}" for number in range(1, 17))
_VISIT_CATEGORIES = frozenset(
    (
        *(f"1.{number}" for number in (*range(1, 8), *range(11, 19))),
        *("2", "3.1", "3.2", "3.3", "3.4", "3.5", "3.6"),
        *("7", "7.1", "7.2", "7.3", "7.4", "8", "9", "10"),
    )
)
_DRUG_GROUPS = frozenset({"4", "5", "6", "7", "17"})
"""Drugs, blood and blood products: their lines are in XML2, all others in XML3 (QĐ 5937/QĐ-BYT, Phụ lục 3)."""
_LENIENT: dict[str, dict[str, frozenset[str]]] = {
    "XML0": {"MA_LOAI_KCB": _CARE_FORMS, "MA_DOITUONG_KCB": _VISIT_CATEGORIES},
    "XML1": {
        "MA_LOAI_KCB": _CARE_FORMS,
        "MA_DOITUONG_KCB": _VISIT_CATEGORIES,
        "MA_KHUVUC": frozenset({"K1", "K2", "K3"}),
        "MA_TAI_NAN": _numbers(0, 9),
    },
    "XML2": {"MA_NHOM": _DRUG_GROUPS, "MA_PTTT": _numbers(1, 3), "NGUON_CTRA": _numbers(1, 4), "VET_THUONG_TP": _ONE},
    "XML3": {
        "MA_NHOM": _numbers(1, 19) - _DRUG_GROUPS,
        "MA_PTTT": _numbers(1, 3),
        "VET_THUONG_TP": _ONE,
        "TAI_SU_DUNG": _ONE,
        "PP_VO_CAM": _numbers(1, 4),
    },
    "XML8": {"MA_LOAI_KCB": _CARE_FORMS},
    "XML11": {"MAU_SO": frozenset({"CT07"})},
}


@dataclass(frozen=True, slots=True)
class _Form:
    """The form of a field's codes, and how it is told. `whole`: the `;` in it are its own, not between values."""

    pattern: re.Pattern[str]
    told: str
    whole: bool = False
    legacy: bool = True


def _form(pattern: str, told: str, *, whole: bool = False, legacy: bool = True) -> _Form:
    return _Form(re.compile(pattern, re.ASCII), told, whole, legacy)


_FACILITY = _form(r"[0-9A-Z]{5}", "5 ký tự")
_TENDER = _form(
    r"[^;]+;[^;]*;[^;]*;(?:19|20)\d{2}(?:;.*)?", "số quyết định;gói thầu;nhóm thầu;năm", whole=True, legacy=False
)
_NUMBER = r"\d{1,5}(?:\.\d{1,6})?"
_FORMS: dict[str, dict[str, _Form]] = {
    "XML1": {
        "MA_KHOA": _form(r"K\d{2,4}(?:[._].{1,12})?", "K + 2 chữ số"),
        "MA_NOI_DI": _FACILITY,
        "MA_NOI_DEN": _FACILITY,
        "MA_DKBD": _FACILITY,
        "MA_DANTOC": _form(r"0?[1-9]|[1-4]\d|5[0-6]", "01–56"),
        "MA_QUOCTICH": _form(r"\d{3}|V[NI]|VNM", "3 chữ số; Việt Nam là 000"),
        "DIEN_THOAI": _form(r"\+?[\d .()-]{8,15}", "8–15 chữ số", whole=True),
        "NAM_QT": _form(r"20[1-9]\d", "năm, 4 chữ số"),
        "CAN_NANG": _form(_NUMBER, "số kg, dấu thập phân là dấu chấm"),
        "CAN_NANG_CON": _form(_NUMBER, "số gam của từng con, cách nhau bằng dấu ;"),
    },
    "XML2": {
        "TT_THAU": _TENDER,
        "MA_CSKCB_THUOC": _form(r"(?:C|K|M|HC)\.[0-9A-Z]{5}", "C., K., M. hoặc HC. + mã cơ sở 5 ký tự", legacy=False),
    },
    "XML3": {
        "MA_GIUONG": _form(r"[HTCK]\d{3}", "H, T, C hoặc K + 3 chữ số"),
        "GOI_VTYT": _form(r"G[1-9]\d{0,2}", "G + số từ 1 đến 999"),
        "MA_MAY": _form(r"[A-ZĐ]{2,3}\.[1-9]\.[0-9A-Z]{5}\..+", "XX.n.YYYYY.Z", whole=True, legacy=False),
        "MA_DICH_VU": _form(
            r"VC\.[0-9A-Z]{5}|[A-Z]?\d{1,2}\.\d{2,4}(?:\.\d{1,4})?(?:\.K\.[0-9A-Z]{5})?(?:_(?:GT|TB|TT))?",
            "XX.YYYY.ZZZZ, thêm .K.mã cơ sở, _GT, _TB hoặc _TT khi có; vận chuyển: VC.mã cơ sở",
            legacy=False,
        ),
    },
    "XML13": {"MA_CSKCB_DI": _FACILITY, "MA_CSKCB_DEN": _FACILITY},
}
_TRANSPORT = "12"
_KNOWN_PLACES = (
    ("MATINH_CU_TRU", is_province, "mã tỉnh, thành phố"),
    ("MAXA_CU_TRU", is_commune, "mã xã, phường, đặc khu"),
)
_PERCENTS = ("TYLE_TT_BH", "TYLE_TT_DV", "MUC_HUONG")
# Codes of QĐ 4210 that QĐ 130 later numbered anew.
_OTHER_IN_4210 = frozenset({"MA_DOITUONG_KCB"})


def check_codes(facts: Facts) -> Iterator[Issue]:
    """Codes outside their list, codes of the wrong form, percentages outside 0–100."""
    for rule, lists in ((_NOT_IN_LIST, _STRICT), (_UNUSUAL_CODE, _LENIENT)):
        yield from _in_lists(facts, rule, lists)
    for name, fields in _FORMS.items():
        for row in facts.rows(name):
            for field, form in fields.items():
                text = row[field]
                if text and not _fits(form, text) and (form.legacy or not facts.legacy):
                    yield _FORM.at(row.place(field), field=field, form=form.told)
    yield from _transports(facts)
    yield from _places(facts)
    yield from _percents(facts)


@lru_cache(maxsize=16_384)
def _fits(form: _Form, text: str) -> bool:
    return all(form.pattern.fullmatch(part) for part in ([text] if form.whole else parts(text)))


def _transports(facts: Facts) -> Iterator[Issue]:
    """Carrying a patient is told with where to (QĐ 130, MA_DICH_VU: VC.XXXXX)."""
    for row in facts.rows("XML3"):
        code = row["MA_DICH_VU"]
        if row["MA_NHOM"] == _TRANSPORT and code and code[:3] != "VC." and not facts.legacy:
            yield _FORM.at(row.place("MA_DICH_VU"), field="MA_DICH_VU", form="VC.mã cơ sở nơi chuyển đến")


def _places(facts: Facts) -> Iterator[Issue]:
    """Units of today and those from before 1 July 2025; a foreigner may live in none."""
    for row in facts.rows("XML1", "XML0"):
        for field, is_known, allowed in _KNOWN_PLACES:
            if row[field] and not is_known(row[field]):
                yield _UNUSUAL_CODE.at(row.place(field), field=field, allowed=allowed)


def _in_lists(facts: Facts, rule: Rule, lists: dict[str, dict[str, frozenset[str]]]) -> Iterator[Issue]:
    for name, fields in lists.items():
        for row in facts.rows(name):
            for field, allowed in fields.items():
                text = row[field]
                if text and text not in allowed and not (facts.legacy and field in _OTHER_IN_4210):
                    yield rule.at(row.place(field), field=field, allowed=_shown(allowed))


def _shown(allowed: frozenset[str]) -> str:
    if all(code.isdigit() for code in allowed) and len(allowed) > 1:
        codes = sorted(allowed, key=int)
        return f"{codes[0]}–{codes[-1]}"
    return ", ".join(sorted(allowed))


def _percents(facts: Facts) -> Iterator[Issue]:
    for row in facts.rows("XML2", "XML3"):
        for field in _PERCENTS:
            text = row[field]
            if len(text) > 2 and text != "100" and text.replace(".", "", 1).isdigit() and float(text) > 100:
                yield _PERCENT.at(row.place(field), field=field)
