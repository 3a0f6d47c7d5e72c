"""What is refused in FHIR XML, and in documents that cannot become XML: FHIR-04xx. Names of elements, never values."""

from __future__ import annotations

from yteso.base.issue import Rule, Severity


def _fatal(code: str, text: str, text_en: str, fix: str, fix_en: str, basis: str = "FHIR R4 §2.6.1") -> Rule:
    return Rule(code, Severity.FATAL, text, text_en, fix, fix_en, basis)


NOT_UTF8 = _fatal(
    "FHIR-0401",
    "XML không phải UTF-8 hợp lệ (byte thứ {position})",
    "the XML is not valid UTF-8 (byte {position})",
    "Gửi lại dữ liệu mã hoá UTF-8",
    "send the data encoded as UTF-8",
)
OTHER_ENCODING = _fatal(
    "FHIR-0402",
    "Khai báo XML ghi một bảng mã khác UTF-8",
    "the XML declaration names an encoding other than UTF-8",
    'Dùng UTF-8 và ghi encoding="UTF-8"',
    'use UTF-8 and declare encoding="UTF-8"',
)
NUL = _fatal(
    "FHIR-0403",
    "XML chứa ký tự NUL (byte thứ {position})",
    "the XML holds a NUL character (byte {position})",
    "Bỏ ký tự NUL",
    "remove the NUL character",
)
MALFORMED = _fatal(
    "FHIR-0404",
    "Không đọc được XML tại dòng {line}, cột {column}",
    "the XML cannot be read at line {line}, column {column}",
    "Kiểm tra thẻ đóng mở, dấu nháy và phần bị cắt cụt",
    "check opening and closing tags, quotes and truncation",
    "XML 1.0",
)
DOCTYPE = _fatal(
    "FHIR-0405",
    "XML có khai báo DOCTYPE",
    "the XML has a DOCTYPE declaration",
    "Bỏ DOCTYPE và mọi khai báo thực thể",
    "remove the DOCTYPE and all entity declarations",
)
ENTITY = _fatal(
    "FHIR-0406",
    "XML dùng một thực thể chưa khai báo tại dòng {line}, cột {column}",
    "the XML uses an undeclared entity at line {line}, column {column}",
    "Viết ký tự Unicode hoặc mã số, ví dụ &#160; thay cho &nbsp;",
    "write the Unicode character or its number, for example &#160; for &nbsp;",
    "FHIR R4 §2.4.0",
)
NAMESPACE = _fatal(
    "FHIR-0407",
    "Phần tử không thuộc không gian tên http://hl7.org/fhir",
    "the element is not in the namespace http://hl7.org/fhir",
    'Thêm xmlns="http://hl7.org/fhir" ở phần tử gốc (phần div của narrative: http://www.w3.org/1999/xhtml)',
    'put xmlns="http://hl7.org/fhir" on the root element (a narrative\'s div: http://www.w3.org/1999/xhtml)',
)
NOT_A_RESOURCE = _fatal(
    "FHIR-0408",
    "Chỗ này phải là một loại tài nguyên của FHIR R4",
    "a resource type of FHIR R4 must stand here",
    "Dùng đúng tên loại tài nguyên, phân biệt chữ hoa chữ thường, mỗi chỗ một tài nguyên",
    "use the exact name of a resource type, with its case, one resource in each place",
)
UNKNOWN_ELEMENT = _fatal(
    "FHIR-0409",
    "FHIR R4 không có phần tử này ở đây",
    "FHIR R4 has no such element here",
    "Bỏ phần tử, sửa tên, hoặc dùng extension",
    "remove the element, correct its name, or use an extension",
)
UNKNOWN_ATTRIBUTE = _fatal(
    "FHIR-0410",
    "Phần tử có thuộc tính mà FHIR R4 không có ở đây",
    "the element has an attribute that FHIR R4 does not have here",
    "Kiểu nguyên thuỷ chỉ có value và id, Extension có url và id, kiểu phức chỉ có id",
    "a primitive has value and id only, an Extension url and id, a complex type id",
)
NO_VALUE = _fatal(
    "FHIR-0411",
    "Phần tử không có thuộc tính value và cũng không có extension",
    "the element has neither a value attribute nor an extension",
    "Viết giá trị trong thuộc tính value, hoặc bỏ phần tử",
    "write the value in the attribute value, or leave the element out",
)
WRONG_FORM = _fatal(
    "FHIR-0412",
    "Giá trị không đúng kiểu boolean hoặc số của phần tử",
    "the value does not have the form of the element's boolean or number",
    "boolean là true hoặc false; số viết như trong JSON",
    "a boolean is true or false; write numbers as in JSON",
    "FHIR R4 §2.24.0.1",
)
TWICE = _fatal(
    "FHIR-0413",
    "Phần tử xuất hiện hai lần nhưng không được lặp",
    "the element occurs twice but does not repeat",
    "Giữ một phần tử",
    "keep one of them",
)
RIVALS = _fatal(
    "FHIR-0414",
    "Phần tử chọn kiểu có hai kiểu cùng lúc",
    "an element with a choice of types has two of them",
    "Giữ một kiểu (ví dụ chỉ valueString hoặc valueQuantity)",
    "keep one type (for example only valueString or valueQuantity)",
)
TEXT_OUTSIDE = _fatal(
    "FHIR-0415",
    "Có chữ nằm giữa các phần tử",
    "there is text between the elements",
    "Viết giá trị trong thuộc tính value; chữ tự do chỉ có trong div của narrative",
    "write values in the attribute value; free text stands only in a narrative's div",
)
EMPTY_ELEMENT = _fatal(
    "FHIR-0416",
    "Phần tử trống",
    "the element is empty",
    "Bỏ phần tử hoặc thêm nội dung",
    "leave the element out or give it content",
)
DEPTH = _fatal(
    "FHIR-0417",
    "XML lồng nhau quá {limit} tầng (đếm như trong JSON)",
    "the XML is nested deeper than {limit} levels (counted as in JSON)",
    "Giảm số tầng lồng nhau",
    "nest less deeply",
    "",
)


def _unwritable(code: str, text: str, text_en: str, fix: str, fix_en: str, basis: str = "FHIR R4 §2.6.1") -> Rule:
    return Rule(code, Severity.ERROR, text, text_en, fix, fix_en, basis)


NO_PLACE = _unwritable(
    "FHIR-0430",
    "Không viết được thành XML: FHIR R4 không có phần tử này ở đây",
    "this cannot be written as XML: FHIR R4 has no such element here",
    "Đọc tài nguyên dạng JSON",
    "read the resource as JSON",
)
OTHER_KIND = _unwritable(
    "FHIR-0431",
    "Không viết được thành XML: giá trị không thuộc kiểu của phần tử",
    "this cannot be written as XML: the value is not of the element's type",
    "Đọc tài nguyên dạng JSON",
    "read the resource as JSON",
)
NO_CHARACTER = _unwritable(
    "FHIR-0432",
    "Không viết được thành XML: văn bản chứa ký tự mà XML không có",
    "this cannot be written as XML: a text holds a character that XML does not have",
    "Đọc tài nguyên dạng JSON, hoặc bỏ ký tự điều khiển",
    "read the resource as JSON, or remove control characters",
    "XML 1.0 §2.2",
)
BAD_NARRATIVE = _unwritable(
    "FHIR-0433",
    "Phần div của narrative không phải một phần tử XHTML hợp lệ",
    "a narrative's div is not one well-formed XHTML element",
    "Đóng mọi thẻ, viết ký tự Unicode thay cho thực thể như &nbsp;",
    "close all tags, write Unicode characters instead of entities such as &nbsp;",
    "FHIR R4 §2.4.0",
)
NOTHING = _unwritable(
    "FHIR-0434",
    "Không viết được thành XML: phần tử trống",
    "this cannot be written as XML: the element is empty",
    "Bỏ phần tử hoặc thêm nội dung",
    "leave the element out or give it content",
)
