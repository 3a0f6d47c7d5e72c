"""Every numbered refusal about codes, value sets and maps. Texts name canonical urls and parameters, nobody's data."""

from __future__ import annotations

from yteso.base.issue import Rule, Severity


def _error(
    code: str, text: str, text_en: str, fix: str = "", fix_en: str = "", basis: str = "", kind: str = ""
) -> Rule:
    return Rule(code, Severity.ERROR, text, text_en, fix, fix_en, basis, kind=kind)


def _told(code: str, text: str, text_en: str, basis: str = "") -> Rule:
    """What the answer of an operation says; no refusal."""
    return Rule(code, Severity.INFORMATION, text, text_en, basis=basis)


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
    "not-supported",
)
TOO_COSTLY = _error(
    "TERM-0104",
    "Tập giá trị có hơn {limit} mã.",
    "The value set has more than {limit} codes.",
    "Thêm filter, hoặc lấy từng trang bằng offset và count (tối đa {limit}).",
    "Add a filter, or ask for pages with offset and count (at most {limit}).",
    "FHIR R4 §4.9.18.1",
    "too-costly",
)
CIRCLE = _error(
    "TERM-0105",
    "Tập giá trị {url} bao gồm chính nó, hoặc lồng nhau quá {limit} cấp.",
    "The value set {url} includes itself, or is nested deeper than {limit} levels.",
    "Sửa compose.include.valueSet.",
    "Correct compose.include.valueSet.",
    "FHIR R4 §4.9.5",
    "processing",
)
BAD_FILTER = _error(
    "TERM-0106",
    "Bộ lọc {op} trên thuộc tính này không dùng được với hệ mã {url}.",
    "The filter {op} on this property cannot be used with the code system {url}.",
    "Dùng thuộc tính mà hệ mã khai báo và toán tử của FHIR R4 filter-operator.",
    "Use a property that the system declares and an operator of FHIR R4 filter-operator.",
    "FHIR R4 §4.9.5",
    "not-supported",
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
NO_CODE = _error(
    "TERM-0109",
    "Hệ mã {url} không có mã này.",
    "The code system {url} has no such code.",
    "Kiểm tra mã, chữ hoa chữ thường và phiên bản của hệ mã.",
    "Check the code, its case and the version of the system.",
    "FHIR R4 §4.8.16.1",
)
NO_MAP = _error(
    "TERM-0110",
    "Không có bảng ánh xạ (ConceptMap) {url}.",
    "The concept map {url} is not here.",
    "Kiểm tra địa chỉ chuẩn và phiên bản, hoặc nạp ConceptMap trước.",
    "Check the canonical url and its version, or load the ConceptMap first.",
    "FHIR R4 §4.10",
)
OTHER_VERSION = _error(
    "TERM-0111",
    "Tập giá trị dùng một phiên bản khác của hệ mã {url}.",
    "The value set uses another version of the code system {url}.",
    "Bỏ check-system-version, hoặc dùng force-system-version.",
    "Leave check-system-version out, or use force-system-version.",
    "FHIR R4 §4.9.18.1",
    "processing",
)
ONE_OF = _error(
    "TERM-0112",
    "Cần một (và chỉ một) trong các tham số: {names}.",
    "One of the parameters {names} is needed, and only one.",
    "Thêm tham số còn thiếu hoặc bỏ tham số thừa.",
    "Add the one that is missing, or leave the others out.",
    "FHIR R4 §4.8.16, §4.9.18, §4.10.17",
    "required",
)
NO_SYSTEM = _error(
    "TERM-0113",
    "Thiếu hệ mã của mã cần tra.",
    "The system of the code is missing.",
    "Thêm system, hoặc gửi Coding có system.",
    "Add system, or send a Coding that has one.",
    "FHIR R4 §4.8.16.1",
    "required",
)
NOT_OFFERED = _error(
    "TERM-0114",
    "Máy chủ này không dùng được tham số {name}.",
    "This server cannot use the parameter {name}.",
    "Gọi bằng url hoặc gửi kèm tài nguyên.",
    "Ask by url, or send the resource along.",
    "FHIR R4 §4.9.18",
    "not-supported",
)
OTHER_RESOURCE = _error(
    "TERM-0115",
    "Tài nguyên trong tham số {name} không phải {type}.",
    "The resource in the parameter {name} is not a {type}.",
    "Gửi đúng loại tài nguyên.",
    "Send a resource of that type.",
    "FHIR R4 §3.2.0",
)
TWO_SYSTEMS = _error(
    "TERM-0116",
    "Hai mã thuộc hai hệ mã khác nhau nên không so sánh được.",
    "The two codes are of different systems and cannot be compared.",
    "Gửi hai mã của cùng một hệ mã.",
    "Send two codes of one system.",
    "FHIR R4 §4.8.16.3",
)
TOO_INTRICATE = _error(
    "TERM-0117",
    "Tập giá trị có quá nhiều phần, bộ lọc hoặc phần loại trừ để tính trong một yêu cầu.",
    "The value set has too many parts, filters or exclusions to be worked out in one request.",
    "Gộp các phần của cùng một hệ mã, hoặc liệt kê mã thay cho bộ lọc.",
    "Join the parts of one code system, or list codes instead of filters.",
    "FHIR R4 §4.9.18.1",
    "too-costly",
)
TOO_MANY_CODES = _error(
    "TERM-0118",
    "CodeableConcept có hơn {limit} mã.",
    "The CodeableConcept has more than {limit} codings.",
    "Gửi từng phần.",
    "Send them in parts.",
    kind="too-costly",
)
LONG_FILTER = _error(
    "TERM-0119",
    "Bộ lọc dài hơn {limit} ký tự.",
    "The filter is longer than {limit} characters.",
    "Dùng vài từ đầu của tên.",
    "Use a few words of the name.",
    "FHIR R4 §4.9.18.1",
)

NOT_IN_SET = _told("TERM-0201", "Mã không thuộc tập giá trị.", "The code is not in the value set.")
NOT_IN_SYSTEM = _told("TERM-0202", "Hệ mã không có mã này.", "The code system has no such code.")
CANNOT_SAY = _told(
    "TERM-0203",
    "Không xác nhận được: nội dung của hệ mã không có tại máy chủ này, hoặc chỉ có một phần.",
    "It cannot be confirmed: the content of the code system is not on this server, or only a part of it.",
)
WRONG_DISPLAY = _told("TERM-0204", "Tên hiển thị không phải tên của mã này.", "The display is not a name of this code.")
ABSTRACT = _told("TERM-0205", "Mã là tên nhóm, không được chọn.", "The code is a heading, not to be chosen.")
NOT_IN_FORCE = _told("TERM-0206", "Mã không có hiệu lực vào ngày này.", "The code is not in force on that day.")
NO_VERSION = _told(
    "TERM-0207", "Không có phiên bản này của hệ mã.", "That version of the code system is not on this server."
)
NO_CODING = _told("TERM-0208", "CodeableConcept không có mã nào.", "The CodeableConcept has no coding.")
NO_MATCH = _told("TERM-0209", "Bảng ánh xạ không có mã tương ứng.", "The concept map has no matching code.")
