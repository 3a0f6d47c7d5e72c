"""What can be wrong with a catalogue that is imported: numbered, with its row, never the whole file for one row."""

from __future__ import annotations

from yteso.base.issue import Rule, Severity


def _error(code: str, text: str, text_en: str, fix: str, fix_en: str) -> Rule:
    return Rule(code, Severity.ERROR, text, text_en, fix, fix_en)


def _warning(code: str, text: str, text_en: str, fix: str, fix_en: str) -> Rule:
    return Rule(code, Severity.WARNING, text, text_en, fix, fix_en)


NOT_A_CODE_SYSTEM = _error(
    "TERM-0301",
    "Tệp không phải một CodeSystem của FHIR R4.",
    "The file is not a CodeSystem of FHIR R4.",
    "Dùng tệp JSON có resourceType CodeSystem, hoặc CSV/TSV có dòng tiêu đề.",
    "Use a JSON file with resourceType CodeSystem, or CSV/TSV with a header line.",
)
NO_CODE_COLUMN = _error(
    "TERM-0302",
    "Dòng tiêu đề không có cột code.",
    "The header line has no column code.",
    "Đặt tên cột: code, display, definition, parent, display.en…",
    "Name the columns code, display, definition, parent, display.en…",
)
NO_CODE = _warning(
    "TERM-0303",
    "Dòng hoặc khái niệm không có mã hợp lệ nên bị bỏ qua.",
    "A row or concept without a valid code is left out.",
    "Mã không được rỗng, không có khoảng trắng ở đầu, cuối hay hai khoảng trắng liền nhau.",
    "A code is not empty, has no space at its ends and no two spaces together.",
)
TWICE = _warning(
    "TERM-0304",
    "Mã đã có ở một dòng trước; dòng này bị bỏ qua.",
    "The code stands in an earlier row already; this one is left out.",
    "Xóa dòng trùng trong danh mục.",
    "Remove the row from the catalogue.",
)
NO_PARENT = _warning(
    "TERM-0305",
    "Mã cha không có trong danh mục.",
    "The parent is not a code of the catalogue.",
    "Sửa mã cha hoặc thêm mã đó vào danh mục.",
    "Correct the parent, or add it to the catalogue.",
)
NO_URL = _error(
    "TERM-0306",
    "Thiếu địa chỉ chuẩn (url) của hệ mã.",
    "The canonical url of the code system is missing.",
    "Thêm --url, hoặc url trong tệp.",
    "Give --url, or url in the file.",
)
UNREADABLE = _error(
    "TERM-0307",
    "Không đọc được tệp: bị cắt cụt, sai mã hóa (cần UTF-8) hoặc sai định dạng.",
    "The file cannot be read: truncated, not UTF-8, or of another format.",
    "Xuất lại tệp bằng UTF-8.",
    "Export the file again as UTF-8.",
)
TOO_LARGE = _error(
    "TERM-0308",
    "Danh mục có hơn {limit} mã, hoặc một phần của tệp quá lớn.",
    "The catalogue has more than {limit} codes, or a part of the file is too large.",
    "Chia danh mục thành nhiều hệ mã.",
    "Split it into several code systems.",
)
