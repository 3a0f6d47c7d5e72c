"""The numbered refusals that operations share. Names of parameters and types, never their values."""

from __future__ import annotations

from yteso.base.issue import Rule, Severity


def _error(code: str, text: str, text_en: str, fix: str, fix_en: str, basis: str = "") -> Rule:
    return Rule(code, Severity.ERROR, text, text_en, fix, fix_en, basis)


UNKNOWN_PARAMETER = _error(
    "API-1001",
    "Thao tác này không có tham số “{name}”.",
    "This operation has no parameter “{name}”.",
    "Dùng các tham số: {known}",
    "Use the parameters: {known}",
    "FHIR R4 §3.2.0",
)
MISSING = _error(
    "API-1002",
    "Thiếu tham số bắt buộc “{name}”.",
    "The required parameter “{name}” is missing.",
    "Thêm tham số này vào địa chỉ hoặc vào Parameters.",
    "Give it in the address or in the Parameters.",
    "FHIR R4 §3.2.0",
)
WRONG_TYPE = _error(
    "API-1003",
    "Giá trị của tham số “{name}” không phải kiểu {type}.",
    "The value of the parameter “{name}” is not of type {type}.",
    "Gửi giá trị đúng kiểu.",
    "Send a value of that type.",
    "FHIR R4 §3.2.0",
)
REPEATED = _error(
    "API-1004",
    "Tham số “{name}” chỉ được dùng một lần.",
    "The parameter “{name}” may be given only once.",
    "Bỏ các giá trị thừa.",
    "Leave the others out.",
    "FHIR R4 §3.2.0",
)
ONLY_IN_BODY = _error(
    "API-1005",
    "Tham số “{name}” kiểu {type} không viết được trong địa chỉ.",
    "The parameter “{name}” of type {type} cannot be written in an address.",
    "Gửi bằng POST, trong một Parameters.",
    "Send it by POST, in a Parameters resource.",
    "FHIR R4 §3.2.0.2",
)
NOT_PARAMETERS = _error(
    "API-1006",
    "Thao tác này cần một Parameters.",
    "This operation needs a Parameters resource.",
    "Gửi tài nguyên Parameters có các tham số của thao tác.",
    "Send a Parameters resource with the operation's parameters.",
    "FHIR R4 §3.2.0.2",
)
TOO_MANY_OBSERVATIONS = _error(
    "API-1030",
    "Điều kiện tìm thấy hơn {limit} Observation.",
    "The criteria match more than {limit} observations.",
    "Thu hẹp điều kiện, ví dụ bằng code hoặc khoảng thời gian.",
    "Narrow the criteria, for example by code or time.",
)
ONLY_BY_POST = _error(
    "API-1032",
    "Tham số “{name}” chỉ dùng được với POST, vì nó ghi dữ liệu.",
    "The parameter “{name}” works by POST only, because it writes.",
    "Gửi bằng POST.",
    "Send it by POST.",
    "RFC 9110 §9.2.1",
)
UNKNOWN_FIGURE = _error(
    "API-1031",
    "Không tính được số thống kê này.",
    "This statistic is not offered.",
    "Dùng: {known}",
    "Use: {known}",
    "FHIR R4 observation-operation-stats",
)
