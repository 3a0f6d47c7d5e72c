"""Diagnoses: one main code, at most twelve others, codes of the right form, codes against sex (BHYT-1020 …, 2024 …)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from yteso.base.issue import Issue, Rule, Severity
from yteso.base.record import Record
from yteso.terminology.concepts import lookup
from yteso.terminology.systems import ICD10_VN
from yteso.validate.rules.bhyt.facts import Facts, parts

_ICD_LIST = "QĐ 4469/QĐ-BYT 2020; Thông tư 06/2026/TT-BYT"

_ONE_MAIN = Rule(
    "BHYT-1020",
    Severity.ERROR,
    "MA_BENH_CHINH phải có đúng một mã bệnh",
    "MA_BENH_CHINH must hold exactly one code",
    "Chỉ ghi một mã bệnh chính; chuyển các mã còn lại sang MA_BENH_KT",
    "give one main code; move the others to MA_BENH_KT",
    basis="QĐ 130/QĐ-BYT bảng 1, trường MA_BENH_CHINH",
)
_MAIN_FORM = Rule(
    "BHYT-1021",
    Severity.ERROR,
    "MA_BENH_CHINH không đúng cấu trúc mã ICD-10",
    "MA_BENH_CHINH has not the form of an ICD-10 code",
    "Ghi mã ICD-10 theo danh mục của Bộ Y tế, tối đa 7 ký tự, ví dụ I10 hoặc A97.1",
    "give an ICD-10 code of the ministry's list, at most 7 characters, for example I10 or A97.1",
    basis=_ICD_LIST,
)
_TOO_MANY = Rule(
    "BHYT-1022",
    Severity.ERROR,
    "MA_BENH_KT có hơn 12 mã bệnh",
    "MA_BENH_KT holds more than 12 codes",
    "Chỉ ghi tối đa 12 mã bệnh kèm theo",
    "give at most 12 other codes",
    basis="QĐ 130/QĐ-BYT bảng 1, trường MA_BENH_KT",
)
_OTHER_FORM = Rule(
    "BHYT-1023",
    Severity.WARNING,
    "{field} có mã không đúng cấu trúc ICD-10",
    "{field} holds a code without the form of an ICD-10 code",
    "Ghi các mã ICD-10 cách nhau bằng dấu chấm phẩy",
    "give ICD-10 codes separated by semicolons",
    basis=_ICD_LIST,
)
_REPEATED = Rule(
    "BHYT-1024",
    Severity.WARNING,
    "MA_BENH_KT lặp lại một mã bệnh",
    "MA_BENH_KT repeats a code",
    "Mỗi mã bệnh chỉ ghi một lần và không lặp mã bệnh chính",
    "give each code once, and not the main code again",
    basis="QĐ 130/QĐ-BYT bảng 1, trường MA_BENH_KT",
)
_NOT_FOR_MEN = Rule(
    "BHYT-2024",
    Severity.WARNING,
    "{field} có mã bệnh chỉ dùng cho nữ nhưng GIOI_TINH là nam",
    "{field} holds a code for women only but GIOI_TINH is male",
    "Kiểm tra lại mã bệnh hoặc giới tính",
    "check the code or the sex",
    basis=_ICD_LIST,
)
_NOT_FOR_WOMEN = Rule(
    "BHYT-2025",
    Severity.WARNING,
    "{field} có mã bệnh chỉ dùng cho nam nhưng GIOI_TINH là nữ",
    "{field} holds a code for men only but GIOI_TINH is female",
    "Kiểm tra lại mã bệnh hoặc giới tính",
    "check the code or the sex",
    basis=_ICD_LIST,
)
_NEVER_MAIN = Rule(
    "BHYT-2026",
    Severity.WARNING,
    "MA_BENH_CHINH là mã không dùng làm bệnh chính",
    "MA_BENH_CHINH is a code that may not be the main diagnosis",
    "Chọn mã của bệnh gây ra lượt khám; chuyển mã này sang MA_BENH_KT",
    "choose the code of the disease behind the visit; move this one to MA_BENH_KT",
    basis=_ICD_LIST,
)

_ICD = re.compile(r"[A-Z]\d{2}(?:\.?[0-9A-Z]{1,3})?[*†+]?")
_MAX_LENGTH = 7
_MAX_OTHERS = 12


def check_diagnoses(facts: Facts) -> Iterator[Issue]:
    """The codes of XML1, then those of the service rows."""
    row = facts.summary
    if row is None:
        return
    yield from _main(row)
    yield from _others(row)
    yield from _sexes(row)
    for service in facts.rows("XML3"):
        if service["MA_BENH"] and not all(_is_icd(code) for code in parts(service["MA_BENH"])):
            yield _OTHER_FORM.at(service.place("MA_BENH"), field="MA_BENH")


def _is_icd(code: str) -> bool:
    return len(code) <= _MAX_LENGTH and bool(_ICD.fullmatch(code))


def _main(row: Record) -> Iterator[Issue]:
    code = row["MA_BENH_CHINH"]
    if not code:
        return
    if len(re.split(r"[;,\s]+", code.strip(";, "))) > 1:
        yield _ONE_MAIN.at(row.place("MA_BENH_CHINH"))
    elif not _is_icd(code):
        yield _MAIN_FORM.at(row.place("MA_BENH_CHINH"))


def _others(row: Record) -> Iterator[Issue]:
    codes = parts(row["MA_BENH_KT"])
    place = row.place("MA_BENH_KT")
    if len(codes) > _MAX_OTHERS:
        yield _TOO_MANY.at(place)
    if not all(_is_icd(code) for code in codes):
        yield _OTHER_FORM.at(place, field="MA_BENH_KT")
    if len({*codes, row["MA_BENH_CHINH"]}) != len(codes) + 1:
        yield _REPEATED.at(place)


def _sexes(row: Record) -> Iterator[Issue]:
    wrong = {"1": ("female-only", _NOT_FOR_MEN), "2": ("male-only", _NOT_FOR_WOMEN)}.get(row["GIOI_TINH"])
    for field in ("MA_BENH_CHINH", "MA_BENH_KT"):
        flags = frozenset().union(*(_flags(code) for code in parts(row[field])))
        if wrong and wrong[0] in flags:
            yield wrong[1].at(row.place(field), field=field)
        if field == "MA_BENH_CHINH" and "not-main" in flags:
            yield _NEVER_MAIN.at(row.place(field))


def _flags(code: str) -> frozenset[str]:
    concept = lookup(ICD10_VN, code)
    return concept.flags if concept else frozenset()
