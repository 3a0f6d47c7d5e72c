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
"""Retired: every kind of parameter is searched."""
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
    "Sắp xếp theo một tham số đơn, _id hoặc _lastUpdated",
    "sort by a simple parameter, _id or _lastUpdated",
    basis="FHIR R4 §3.1.1.5.1",
)
INCLUDE = Rule(
    "SRCH-0007",
    Severity.WARNING,
    "Không thực hiện được {name}; đã bỏ qua",
    "{name} cannot be followed; it was left out",
    "Dùng dạng _include={{loại}}:{{tham số}}[:{{loại đích}}] với tham số kiểu reference; loại khác cần :iterate",
    "write _include={{type}}:{{parameter}}[:{{target type}}] with a reference parameter; other types want :iterate",
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

CHAIN = Rule(
    "SRCH-0010",
    Severity.ERROR,
    "Không đi theo được chuỗi {name}",
    "the chain {name} cannot be followed",
    "Dùng tham số kiểu reference, nêu rõ loại đích (subject:Patient.name), tham số có ở loại đích, tối đa {depth} bước",
    "use reference parameters, name the target type (subject:Patient.name), a parameter it has, at most {depth} steps",
    basis="FHIR R4 §3.1.1.4.16",
)
UNKNOWN_CODES = Rule(
    "SRCH-0011",
    Severity.ERROR,
    "Không xác định được các mã cho {name}:{modifier}",
    "the codes of {name}:{modifier} cannot be listed",
    "Dùng ValueSet hoặc mã (system|code) mà máy chủ biết, không quá lớn",
    "use a value set, or a code as system|code, that this server knows and that is not too large",
    basis="FHIR R4 §3.1.1.4.10",
)
TOO_WIDE = Rule(
    "SRCH-0012",
    Severity.ERROR,
    "Điều kiện {name} khớp quá {limit} tài nguyên",
    "the condition {name} matches more than {limit} resources",
    "Thêm điều kiện hẹp hơn (mã định danh, ngày, người bệnh)",
    "add narrower criteria (an identifier, a date, a patient)",
)
TOO_SLOW = Rule(
    "SRCH-0013",
    Severity.ERROR,
    "Tìm kiếm dừng sau {seconds} giây: không có chỉ mục nào dẫn đến đủ ít tài nguyên",
    "the search was stopped after {seconds} seconds: no index leads to few enough resources",
    "Thêm điều kiện chọn lọc (người bệnh, mã định danh, mã, khoảng ngày) hoặc bỏ sắp xếp và tổng số",
    "add a selective criterion (patient, identifier, code, dates) or leave out sorting and the total",
)
INCLUDED_MANY = Rule(
    "SRCH-0014",
    Severity.WARNING,
    "Chỉ kèm {limit} tài nguyên đầu tiên của _include và _revinclude",
    "only the first {limit} resources of _include and _revinclude are there",
    "Giảm _count hoặc tìm riêng các tài nguyên liên quan",
    "ask for a smaller _count, or search the related resources by themselves",
)
NO_COMPARTMENT = Rule(
    "SRCH-0015",
    Severity.ERROR,
    "FHIR R4 không có compartment {type}",
    "FHIR R4 has no compartment of {type}",
    "Dùng Patient, Encounter, Practitioner, RelatedPerson hoặc Device",
    "use Patient, Encounter, Practitioner, RelatedPerson or Device",
    basis="FHIR R4 §2.11",
)
CANNOT_DEFINE = Rule(
    "SRCH-0016",
    Severity.WARNING,
    "Không dùng được SearchParameter này để tìm kiếm ({reason})",
    "this SearchParameter cannot be searched by ({reason})",
    "Dùng biểu thức là đường dẫn (Patient.extension('url'), .where(a='b'), .as(Kiểu)) và loại tham số đơn",
    "use an expression that is a path (Patient.extension('url'), .where(a='b'), .as(Type)) and a simple parameter type",
    basis="FHIR R4 §3.1.1.7",
)
ALREADY_DEFINED = Rule(
    "SRCH-0017",
    Severity.WARNING,
    "FHIR R4 đã có tham số {name} cho loại này; định nghĩa mới không thay thế được",
    "FHIR R4 has a parameter {name} for this type; a new definition does not replace it",
    "Đặt code khác",
    "choose another code",
    basis="FHIR R4 §3.1.1.7",
)
WHOLE_COMPARTMENT = Rule(
    "SRCH-0018",
    Severity.ERROR,
    "Tìm trong cả compartment chỉ nhận _type, _lastUpdated, _count, _summary và _elements",
    "a search of a whole compartment takes only _type, _lastUpdated, _count, _summary and _elements",
    "Tìm theo từng loại, ví dụ Patient/1/Observation?…",
    "search type by type, for example Patient/1/Observation?…",
    basis="FHIR R4 §2.11",
)
FILTER_SYNTAX = Rule(
    "SRCH-0019",
    Severity.ERROR,
    "Không đọc được _filter từ ký tự thứ {at}",
    "_filter cannot be read from character {at} on",
    'Viết: tham_số toán_tử giá_trị, nối bằng and, or, not (…); văn bản có dấu cách đặt trong "…"',
    'write: parameter operator value, joined by and, or, not (…); text with spaces in "…"',
    basis="FHIR R4 §3.1.3",
)
FILTER_TOO_MUCH = Rule(
    "SRCH-0020",
    Severity.ERROR,
    "_filter dài quá {length} ký tự, lồng quá {depth} lớp hoặc có quá {tests} phép so",
    "_filter is longer than {length} characters, nested deeper than {depth} levels or has more than {tests} tests",
    "Rút gọn bộ lọc hoặc chia thành nhiều yêu cầu",
    "shorten the filter, or ask several times",
)
FILTER_OPERATOR = Rule(
    "SRCH-0021",
    Severity.ERROR,
    "Không dùng được toán tử {operator} cho tham số {name} trong _filter",
    "the operator {operator} cannot be used with {name} in _filter",
    "Dùng toán tử được hỗ trợ cho loại tham số này ({allowed})",
    "use an operator of this kind of parameter ({allowed})",
    basis="FHIR R4 §3.1.3.2",
)
FILTER_PATH = Rule(
    "SRCH-0022",
    Severity.ERROR,
    "Không đi theo được {name} trong _filter",
    "{name} in _filter cannot be followed",
    "Dùng tham số của {type}; trước dấu chấm là tham số kiểu reference, tối đa {depth} bước và {most} chuỗi",
    "use parameters of {type}; before a dot, reference parameters, at most {depth} steps and {most} chains",
    basis="FHIR R4 §3.1.3.1",
)
ACROSS = Rule(
    "SRCH-0023",
    Severity.ERROR,
    "{name} không phải tham số chung của mọi loại được hỏi ({type} không dùng được)",
    "{name} is no parameter of all types that are asked ({type} has none that fits)",
    "Dùng tham số chung (_id, _lastUpdated, _tag, _profile, _security, _source), hoặc nêu _type các loại cùng có nó",
    "use what all have (_id, _lastUpdated, _tag, _profile, _security, _source), or name in _type those that have it",
    basis="FHIR R4 §3.1.1.1",
)
ACROSS_SORT = Rule(
    "SRCH-0024",
    Severity.ERROR,
    "Tìm trên nhiều loại chỉ sắp theo một khoá: _lastUpdated, -_lastUpdated, _id hoặc -_id",
    "a search over several types is sorted by one key only: _lastUpdated, -_lastUpdated, _id or -_id",
    "Sửa _sort, hoặc tìm theo từng loại",
    "correct _sort, or search type by type",
    basis="FHIR R4 §3.1.1.5.1",
)
WITHIN_ENTRY = Rule(
    "SRCH-0025",
    Severity.ERROR,
    "Không tìm được bằng {name} trong {type} nằm trong Bundle",
    "{name} cannot be asked of the {type} inside a Bundle",
    "Dùng tham số kiểu token, reference, uri, string hoặc date, không kèm :missing hay :below",
    "use a parameter of kind token, reference, uri, string or date, without :missing or :below",
    basis="FHIR R4 §3.3",
)
TOO_HEAVY = Rule(
    "SRCH-0026",
    Severity.ERROR,
    "Điều kiện {name} phải đọc quá {limit} MB tài nguyên",
    "the condition {name} would have to read more than {limit} MB of resources",
    "Thêm điều kiện hẹp hơn (mã định danh, ngày, người bệnh)",
    "add narrower criteria (an identifier, a date, a patient)",
)
ELEMENT = Rule(
    "SRCH-0027",
    Severity.WARNING,
    "Không có phần tử {name} cho _elements; đã bỏ qua",
    "there is no element {name} for _elements; it was left out",
    "Dùng tên phần tử cấp một của loại được hỏi, có thể kèm loại: birthDate, Patient.name",
    "use top-level elements of the types asked, with or without a type: birthDate, Patient.name",
    basis="FHIR R4 §3.1.1.5.9",
)
