"""What can be wrong with a search, numbered (SRCH-0001 is in `cursor`). Warnings: the part is left out and said so."""

from __future__ import annotations

from yteso.base.issue import Rule, Severity

UNKNOWN = Rule(
    "SRCH-0002",
    Severity.WARNING,
    "Không có tham số tìm kiếm {name} cho {type}; đã bỏ qua",
    "{type} has no search parameter {name}; it was left out",
    "Xem danh sách tham số trong CapabilityStatement",
    "see the CapabilityStatement for the parameters",
    basis="FHIR R4 §3.1.1.3",
)
NOT_SUPPORTED = Rule(
    "SRCH-0003",
    Severity.WARNING,
    "Chưa hỗ trợ tham số tìm kiếm {name} ({kind}); đã bỏ qua",
    "the search parameter {name} ({kind}) is not supported; it was left out",
    "Xem danh sách tham số trong CapabilityStatement",
    "see the CapabilityStatement for the parameters",
    basis="FHIR R4 §3.1.1.3",
)
MODIFIER = Rule(
    "SRCH-0004",
    Severity.ERROR,
    "Không dùng được bổ ngữ :{modifier} cho tham số {name}",
    "the modifier :{modifier} cannot be used with {name}",
    "Bỏ bổ ngữ hoặc dùng bổ ngữ được hỗ trợ ({allowed})",
    "remove the modifier or use a supported one ({allowed})",
    basis="FHIR R4 §3.1.1.4.2.2",
)
VALUE = Rule(
    "SRCH-0005",
    Severity.ERROR,
    "Giá trị của tham số {name} không phải kiểu {kind}",
    "the value of {name} is not a {kind}",
    "Sửa giá trị theo kiểu của tham số",
    "write the value in the parameter's type",
    basis="FHIR R4 §3.1.1.4",
)
SORT = Rule(
    "SRCH-0006",
    Severity.WARNING,
    "Không sắp xếp được theo {name}; đã bỏ qua",
    "results cannot be sorted by {name}; it was left out",
    "Sắp xếp theo tham số ngày, chuỗi, _id hoặc _lastUpdated",
    "sort by a date or string parameter, _id or _lastUpdated",
    basis="FHIR R4 §3.1.1.5.1",
)
INCLUDE = Rule(
    "SRCH-0007",
    Severity.WARNING,
    "Không thực hiện được {name}; đã bỏ qua",
    "{name} cannot be followed; it was left out",
    "Dùng dạng _include={{loại}}:{{tham số}}[:{{loại đích}}] với tham số kiểu reference",
    "write _include={{type}}:{{parameter}}[:{{target type}}] with a reference parameter",
    basis="FHIR R4 §3.1.1.5.4",
)
RESULT = Rule(
    "SRCH-0008",
    Severity.ERROR,
    "Giá trị của {name} không hợp lệ",
    "the value of {name} is not valid",
    "Dùng giá trị mà đặc tả cho phép",
    "use a value the specification allows",
    basis="FHIR R4 §3.1.1.5",
)
TOO_MANY = Rule(
    "SRCH-0009",
    Severity.ERROR,
    "Tìm kiếm có quá {limit} tham số hoặc giá trị",
    "the search has more than {limit} parameters or values",
    "Chia nhỏ yêu cầu tìm kiếm",
    "split the search",
)
