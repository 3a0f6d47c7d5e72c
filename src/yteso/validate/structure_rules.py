"""What can be wrong with a resource's structure: numbered rules, and the schema engine's findings turned into them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from yteso.base.issue import Issue, Origin, Rule, Severity
from yteso.standards.fhir_r4 import PRIMITIVES
from yteso.validate.primitives import primitive_schema

_BASIS = "FHIR R4 §2.6.2 (JSON), §1.5 (StructureDefinition)"

UNKNOWN_ELEMENT = Rule(
    "FHIR-2001",
    Severity.ERROR,
    "Phần tử {name} không có trong định nghĩa",
    "the element {name} is not in the definition",
    "Sửa tên phần tử hoặc chuyển dữ liệu vào extension",
    "correct the element's name or move the data into an extension",
    _BASIS,
)
MISSING_ELEMENT = Rule(
    "FHIR-2002",
    Severity.ERROR,
    "Thiếu phần tử bắt buộc {name}",
    "the mandatory element {name} is missing",
    "Thêm phần tử {name}, hoặc data-absent-reason nếu không biết giá trị",
    "add {name}, or a data-absent-reason when the value is not known",
    _BASIS,
)
WRONG_TYPE = Rule(
    "FHIR-2003",
    Severity.ERROR,
    "Kiểu JSON sai: cần {expected}",
    "wrong JSON type: {expected} expected",
    "Dùng đúng kiểu JSON của phần tử (danh sách [], đối tượng, chuỗi, số, true/false)",
    "use the element's JSON type (list [], object, string, number, true/false)",
    _BASIS,
)
WRONG_FORMAT = Rule(
    "FHIR-2004",
    Severity.ERROR,
    "Giá trị không đúng định dạng của kiểu {type}",
    "the value does not have the form of the type {type}",
    "Viết giá trị theo định dạng của kiểu {type} (FHIR R4 §2.24)",
    "write the value in the form of {type} (FHIR R4 §2.24)",
    "FHIR R4 §2.24.0.1",
)
CODE_NOT_ALLOWED = Rule(
    "FHIR-2005",
    Severity.ERROR,
    "Mã không thuộc tập giá trị bắt buộc của phần tử",
    "the code is not in the element's required value set",
    "Dùng một mã trong tập giá trị mà định nghĩa yêu cầu",
    "use a code of the value set the definition requires",
    "FHIR R4 §4.1.5 (required binding)",
)
EMPTY = Rule(
    "FHIR-2006",
    Severity.ERROR,
    "Đối tượng hoặc danh sách rỗng",
    "an empty object or list",
    "Bỏ phần tử rỗng hoặc điền nội dung",
    "leave the empty element out or fill it",
    "FHIR R4 §2.6.2",
)
TWO_VARIANTS = Rule(
    "FHIR-2007",
    Severity.ERROR,
    "Phần tử lựa chọn [x] có hơn một giá trị",
    "a choice element [x] has more than one value",
    "Chỉ giữ một biến thể của phần tử [x]",
    "keep one variant of the [x] element",
    "FHIR R4 §2.1.27.1.1",
)
NULL = Rule(
    "FHIR-2008",
    Severity.ERROR,
    "Giá trị null không được phép ở đây",
    "null is not allowed here",
    "Bỏ phần tử thay vì gửi null",
    "leave the element out instead of sending null",
    "FHIR R4 §2.6.2.3",
)
OUT_OF_RANGE = Rule(
    "FHIR-2009",
    Severity.ERROR,
    "Số ngoài giới hạn {limit} của kiểu",
    "the number is beyond the type's limit {limit}",
    "Kiểm tra giá trị và đơn vị",
    "check the value and its unit",
    "FHIR R4 §2.24.0.1",
)
NOT_A_RESOURCE = Rule(
    "FHIR-2010",
    Severity.ERROR,
    "Không phải tài nguyên FHIR: thiếu resourceType hoặc loại không có trong R4",
    "not a FHIR resource: resourceType is missing or not a type of R4",
    "Ghi resourceType là một loại tài nguyên của FHIR R4",
    "give a resourceType of FHIR R4",
    "FHIR R4 §2.6.2",
)
OTHER = Rule(
    "FHIR-2011",
    Severity.ERROR,
    "Cấu trúc không theo định nghĩa",
    "the structure does not follow the definition",
    "So với định nghĩa của phần tử trong FHIR R4",
    "compare with the element's definition in FHIR R4",
    _BASIS,
)
ACTIVE_NARRATIVE = Rule(
    "FHIR-2012",
    Severity.ERROR,
    "Phần div của narrative có nội dung chạy được: script, form, frame, object, link, base, on… hay javascript:",
    "a narrative's div holds what acts: script, form, frame, object, link, base, an attribute on… or javascript:",
    "Chỉ giữ văn bản, bảng và định dạng cơ bản",
    "keep text, tables and basic formatting only",
    "FHIR R4 §2.4.0 (txt-1)",
)

_NAME = re.compile(r"_?[A-Za-z][A-Za-z0-9]{0,63}(\[x\])?", re.ASCII)
_PATTERN_TYPES = {
    primitive_schema(type_)["pattern"]: type_
    for type_ in sorted(PRIMITIVES, key=lambda type_: type_ not in ("uri", "string"), reverse=True)
    if "pattern" in primitive_schema(type_)
}
_JSON_TYPES = {
    "array": "[…]",
    "object": "{…}",
    "string": '"…"',
    "number": "123.45",
    "integer": "123",
    "boolean": "true/false",
    "null": "null",
}


def expression(root: str, path: Sequence[str | int]) -> str:
    """A FHIRPath expression of the place: `Patient.contact[0].name`."""
    return root + "".join(f"[{part}]" if isinstance(part, int) else f".{safe_name(part)}" for part in path)


def safe_name(name: str) -> str:
    """An element name as sent, or `?` when it could be anything else (a sender's text must not travel in issues)."""
    return name if _NAME.fullmatch(name) else "?"


def issues_of(error: Any, root: str) -> list[Issue]:
    """The issues of one finding of the schema engine (a jsonschema_rs.ValidationError) in the resource at `root`."""
    path: Sequence[str | int] = error.instance_path
    place = Origin(field=expression(root, path))
    facts = error.kind.as_dict()
    match error.kind.name:
        case "additionalProperties":
            return [UNKNOWN_ELEMENT.at(place, name=safe_name(name)) for name in facts["unexpected"]]
        case "required":
            return [MISSING_ELEMENT.at(place, name=facts["property"])]
        case "type":
            return [WRONG_TYPE.at(place, expected=" / ".join(_JSON_TYPES[t] for t in facts["types"] if t != "null"))]
        case "pattern":
            return [WRONG_FORMAT.at(place, type=_PATTERN_TYPES.get(facts["pattern"], "string"))]
        case "enum" | "contains":
            return [CODE_NOT_ALLOWED.at(place)]
        case "minItems" | "minProperties":
            return [EMPTY.at(place)]
        case "propertyNames":  # …/dependentSchemas/valueString/propertyNames/not: valueString is not alone
            variant = error.schema_path[error.schema_path.index("propertyNames") - 1]
            return [TWO_VARIANTS.at(Origin(field=expression(root, [*path, variant])))]
        case "not":
            return [NULL.at(place)]
        case "minimum" | "maximum":
            return [OUT_OF_RANGE.at(place, limit=facts["limit"])]
        case _:
            return [OTHER.at(place)]
