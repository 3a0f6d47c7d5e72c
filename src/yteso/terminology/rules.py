"""Every numbered refusal about codes, value sets and maps. Texts name canonical urls and parameters, nobody's data."""

from __future__ import annotations

from yteso.base.issue import Rule, Severity


def _error(code: str, text: str, text_en: str, fix: str = "", fix_en: str = "", basis: str = "") -> Rule:
    return Rule(code, Severity.ERROR, text, text_en, fix, fix_en, basis)


NO_VALUE_SET = _error(
    "TERM-0101",
    "Không có tập giá trị {url}.",
    "The value set {url} is not here.",
    "Kiểm tra địa chỉ chuẩn (canonical) và phiên bản, hoặc nạp ValueSet trước.",
    "Check the canonical url and its version, or load the ValueSet first.",
    "FHIR R4 §4.9",
)
NO_CODE_SYSTEM = _error(
    "TERM-0102",
    "Không có hệ mã {url}.",
    "The code system {url} is not here.",
    "Kiểm tra địa chỉ và phiên bản, hoặc nạp danh mục bằng yteso terminology import.",
    "Check the url and its version, or load the catalogue with yteso terminology import.",
    "FHIR R4 §4.8",
)
NO_CONTENT = _error(
    "TERM-0103",
    "Nội dung của hệ mã {url} không có tại máy chủ này nên không liệt kê được.",
    "The content of the code system {url} is not on this server, so it cannot be listed.",
    "Nạp danh mục đó, hoặc dùng tập giá trị liệt kê từng mã.",
    "Load that catalogue, or use a value set that lists its codes.",
    "FHIR R4 §4.9.6",
)
TOO_COSTLY = _error(
    "TERM-0104",
    "Tập giá trị có hơn {limit} mã.",
    "The value set has more than {limit} codes.",
    "Thêm filter, hoặc lấy từng trang bằng offset và count (tối đa {limit}).",
    "Add a filter, or ask for pages with offset and count (at most {limit}).",
    "FHIR R4 §4.9.18.1",
)
CIRCLE = _error(
    "TERM-0105",
    "Tập giá trị {url} bao gồm chính nó, hoặc lồng nhau quá {limit} cấp.",
    "The value set {url} includes itself, or is nested deeper than {limit} levels.",
    "Sửa compose.include.valueSet.",
    "Correct compose.include.valueSet.",
    "FHIR R4 §4.9.5",
)
BAD_FILTER = _error(
    "TERM-0106",
    "Bộ lọc {op} trên thuộc tính này không dùng được với hệ mã {url}.",
    "The filter {op} on this property cannot be used with the code system {url}.",
    "Dùng thuộc tính mà hệ mã khai báo và toán tử của FHIR R4 filter-operator.",
    "Use a property that the system declares and an operator of FHIR R4 filter-operator.",
    "FHIR R4 §4.9.5",
)
BAD_PATTERN = _error(
    "TERM-0107",
    "Biểu thức chính quy trong bộ lọc không dùng được.",
    "The regular expression of the filter cannot be used.",
    "Dùng tối đa {limit} ký tự, không có tham chiếu ngược và không nhìn trước, nhìn sau.",
    "Use at most {limit} characters, no back references and no look-around.",
    "FHIR R4 §4.9.5",
)
NO_COMPOSE = _error(
    "TERM-0108",
    "Tập giá trị không có compose nên không biết gồm mã nào.",
    "The value set has no compose, so its codes are not known.",
    "Thêm compose.include.",
    "Add compose.include.",
    "FHIR R4 §4.9",
)
