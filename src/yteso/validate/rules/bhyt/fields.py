"""Format rules every field has by its table: required, length, number, date (BHYT-1001 … 1009).

The checks of a table are compiled once per layer; a row then costs a few look-ups.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from yteso.base.issue import Issue, Rule, Severity
from yteso.base.record import Record
from yteso.standards.bhyt import LEGACY_4210, Field, table
from yteso.validate.rules.bhyt.facts import LEGACY, Facts, moment, parse_number

_ANNEX = "Phụ lục QĐ 130/QĐ-BYT, QĐ 4750/QĐ-BYT, QĐ 3176/QĐ-BYT"

_MISSING = Rule(
    "BHYT-1001",
    Severity.ERROR,
    "Trường bắt buộc {field} để trống",
    "the required field {field} is empty",
    "Bổ sung {field} rồi gửi lại hồ sơ",
    "fill in {field} and send the visit again",
    basis=_ANNEX,
)
_MISSING_MINOR = Rule(
    "BHYT-1002",
    Severity.WARNING,
    "Trường {field} theo quy định phải có nhưng để trống",
    "the field {field}, which the rules require, is empty",
    "Bổ sung {field} trong phần mềm để các lần gửi sau đầy đủ",
    "fill in {field} in your software so that later files are complete",
    basis=_ANNEX,
)
_TOO_LONG = Rule(
    "BHYT-1003",
    Severity.WARNING,
    "Trường {field} dài hơn {limit} ký tự",
    "the field {field} is longer than {limit} characters",
    "Rút ngắn nội dung theo độ dài tối đa của trường",
    "shorten the text to the field's maximum length",
    basis=_ANNEX,
)
_NOT_A_NUMBER = Rule(
    "BHYT-1004",
    Severity.ERROR,
    "Trường {field} phải là số",
    "the field {field} must be a number",
    "Chỉ dùng chữ số và dấu chấm thập phân; không dùng chữ, dấu phẩy, khoảng trắng hoặc số mũ",
    "use digits and a decimal point only; no letters, commas, spaces or exponents",
    basis=_ANNEX,
)
_NEGATIVE = Rule(
    "BHYT-1005",
    Severity.ERROR,
    "Trường {field} không được là số âm",
    "the field {field} must not be negative",
    "Kiểm tra lại giá trị",
    "check the value",
    basis=_ANNEX,
)
_NOT_A_DATE = Rule(
    "BHYT-1006",
    Severity.ERROR,
    "Trường {field} không đúng định dạng ngày {form}",
    "the field {field} is no date of the form {form}",
    "Ghi ngày theo định dạng {form}, chỉ gồm chữ số",
    "give the date as {form}, digits only",
    basis=_ANNEX,
)
_IMPOSSIBLE_DATE = Rule(
    "BHYT-1007",
    Severity.ERROR,
    "Trường {field} ghi một ngày hoặc giờ không có thật",
    "the field {field} holds a date or time that does not exist",
    "Kiểm tra năm, tháng, ngày, giờ, phút",
    "check year, month, day, hour and minute",
    basis=_ANNEX,
)
_DATE_LENGTH = Rule(
    "BHYT-1008",
    Severity.WARNING,
    "Trường {field} có ngày hợp lệ nhưng không đủ độ dài {form}",
    "the field {field} holds a valid date but not in the length of {form}",
    "Ghi đủ độ dài {form}; phần chưa rõ ghi 0000",
    "give the full length of {form}; write 0000 for what is unknown",
    basis=_ANNEX,
)
_UNKNOWN = Rule(
    "BHYT-1009",
    Severity.INFORMATION,
    "Bảng {table} không có trường mang tên này; nội dung được lưu nguyên bản nhưng không dùng",
    "table {table} has no field of this name; it is kept as it came but not used",
    "Kiểm tra tên trường theo quyết định đang áp dụng",
    "check the field's name against the decision in force",
    basis=_ANNEX,
)

_TEXT, _NUMBER_KIND, _DATE = range(3)
_FORMS = {"date": "yyyymmdd", "datetime": "yyyymmddHHMM", "date_or_datetime": "yyyymmdd hoặc yyyymmddHHMM"}

# Without these the record would say something wrong or could not be attributed; a missing other field is a warning.
_VITAL = {
    "XML0": {"MA_BN", "HO_TEN", "NGAY_SINH", "GIOI_TINH", "NGAY_VAO", "MA_LOAI_KCB", "MA_CSKCB"},
    "XML1": {
        "MA_BN",
        "HO_TEN",
        "NGAY_SINH",
        "GIOI_TINH",
        "NGAY_VAO",
        "NGAY_RA",
        "MA_BENH_CHINH",
        "KET_QUA_DTRI",
        "MA_LOAI_RV",
        "MA_LOAI_KCB",
        "MA_CSKCB",
        "T_TONGCHI_BV",
        "T_TONGCHI_BH",
        "T_BHTT",
    },
    "XML2": {"MA_THUOC", "TEN_THUOC", "SO_LUONG", "DON_GIA", "THANH_TIEN_BV", "THANH_TIEN_BH", "NGAY_YL"},
    "XML3": {"MA_NHOM", "SO_LUONG", "THANH_TIEN_BV", "THANH_TIEN_BH"},
    "XML4": {"TEN_CHI_SO"},
    "XML5": {"DIEN_BIEN_LS", "THOI_DIEM_DBLS"},
    "XML7": {"NGAY_CT"},
    "XML14": {"NGAY_HEN_KL"},
}
# Districts ended on 1 July 2025; an empty XML3.MA_BENH means the main disease (annex); MA_LK is judged when reading.
_NEVER_MISSED = {("XML1", "MAHUYEN_CU_TRU"), ("XML9", "MAHUYEN_CU_TRU"), ("XML3", "MA_BENH")}
_READ_ALREADY = "MA_LK"
# The insurer's validation sheet frees these; QĐ 130 asks for them.
_FREED = {("XML13", "TOMTAT_KQ")}


@dataclass(frozen=True, slots=True)
class _Check:
    kind: int
    limit: int | None
    form: str
    many: bool
    partial: bool
    sized: bool = True


@dataclass(frozen=True, slots=True)
class _Checks:
    by_name: dict[str, _Check]
    required: tuple[tuple[str, bool], ...]
    conditional: tuple[Field, ...]


@cache
def _checks(name: str, layer: str) -> _Checks | None:
    """The compiled checks of a table; None when the layer has no such table."""
    try:
        found = table(name, "QD130" if layer == LEGACY else layer)
    except KeyError:
        return None
    vital = _VITAL.get(name, set())
    legacy = {field.maps_to for field in LEGACY_4210.get(name, ())} if layer == LEGACY else None
    required = tuple(
        (field.name, field.name in vital)
        for field in found.fields
        if field.required == "yes"
        and field.name != _READ_ALREADY
        and (name, field.name) not in _NEVER_MISSED | _FREED
        and (legacy is None or (field.name in legacy and field.name in vital))
    )
    conditional = tuple(f for f in found.fields if f.required == "cond" and f.conditions and legacy is None)
    checks = {field.name: _check(field, sized=layer != LEGACY) for field in (*found.superseded, *found.fields)}
    for legacy_field in LEGACY_4210.get(name, ()) if layer == LEGACY else ():
        checks.setdefault(legacy_field.name, _Check(_TEXT, None, "", many=False, partial=False))
    return _Checks(checks, required, conditional)


def _check(field: Field, *, sized: bool) -> _Check:
    kind = _DATE if field.format in _FORMS else _NUMBER_KIND if field.type == "number" else _TEXT
    if field.name == "SO_CCCD":  # typed as a number in some tables; its own rules judge it
        kind = _TEXT
    # A twelve-character limit on prices has no meaning for a Decimal; digits are limited by the number's form.
    limit = field.max_length if kind == _TEXT else None
    return _Check(kind, limit, _FORMS.get(field.format, ""), field.many, field.name.startswith("NGAY_SINH"), sized)


def check_fields(facts: Facts) -> Iterator[Issue]:
    """Every format issue of every row."""
    for name, rows in facts.tables.items():
        checks = _checks(name, facts.layer)
        if checks is None:
            continue
        for row in rows:
            yield from _missing(row, checks)
            yield from _formats(row, checks, name)


def _missing(row: Record, checks: _Checks) -> Iterator[Issue]:
    values = row.values
    for field, vital in checks.required:
        if field not in values:
            yield (_MISSING if vital else _MISSING_MINOR).at(row.place(field), field=field)
    for conditional in checks.conditional:
        if conditional.name not in values and conditional.is_required(values):
            yield _MISSING_MINOR.at(row.place(conditional.name), field=conditional.name)


def _formats(row: Record, checks: _Checks, table_name: str) -> Iterator[Issue]:
    by_name = checks.by_name
    for field, text in row.values.items():
        check = by_name.get(field)
        if check is None:
            yield _UNKNOWN.at(row.place(field), table=table_name)
        elif check.kind == _TEXT:
            if check.limit is not None and len(text) > check.limit:
                yield _TOO_LONG.at(row.place(field), field=field, limit=check.limit)
        elif check.kind == _NUMBER_KIND:
            if parse_number(text) is None:
                yield _NOT_A_NUMBER.at(row.place(field), field=field)
            elif text[0] == "-":
                yield _NEGATIVE.at(row.place(field), field=field)
        else:
            yield from _dates(row, field, text, check)


def _dates(row: Record, field: str, text: str, check: _Check) -> Iterator[Issue]:
    for part in text.split(";") if check.many else (text,):
        rule = _date_rule(part.strip(), check)
        if rule is not None:
            yield rule.at(row.place(field), field=field, form=check.form)
            return


def _date_rule(text: str, check: _Check) -> Rule | None:
    if moment(text) is None:
        if not text:
            return None
        if len(text) not in (8, 12) or not (text.isascii() and text.isdigit()):
            return _NOT_A_DATE
        if not (check.partial and _is_partial(text)):
            return _IMPOSSIBLE_DATE
    if text[:4] < "1850":
        return _IMPOSSIBLE_DATE
    expected = 8 if check.form == "yyyymmdd" else 12
    return None if len(text) == expected or " " in check.form or not check.sized else _DATE_LENGTH


def _is_partial(text: str) -> bool:
    """A birth date of which only the year, or year and month, are known."""
    month, day, time = text[4:6], text[6:8], text[8:]
    return day == "00" and month <= "12" and time in ("", "0000")
