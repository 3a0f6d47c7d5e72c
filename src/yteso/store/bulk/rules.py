"""Every numbered finding of bulk export and import. Names of parameters, lines and numbers; never a patient's value."""

from __future__ import annotations

from yteso.base.issue import Rule, Severity

_IG = "Bulk Data Access IG 2.0"


def _error(code: str, text: str, text_en: str, fix: str, fix_en: str, basis: str = _IG) -> Rule:
    return Rule(code, Severity.ERROR, text, text_en, fix, fix_en, basis)


NOT_ASYNC = _error(
    "BULK-0001",
    "Thao tác này chỉ chạy nền.",
    "This operation only runs in the background.",
    "Gửi kèm Prefer: respond-async.",
    "Send Prefer: respond-async.",
)
BAD_FORMAT = _error(
    "BULK-0002",
    "Không hỗ trợ _outputFormat này.",
    "This _outputFormat is not supported.",
    "Dùng application/fhir+ndjson, application/ndjson hoặc ndjson.",
    "Use application/fhir+ndjson, application/ndjson or ndjson.",
)
BAD_TYPE = _error(
    "BULK-0003",
    "_type có loại không xuất được ở đây.",
    "_type names a type that is not exported here.",
    "Dùng các loại FHIR R4 mà tài khoản được xuất; ở mức Patient và Group chỉ các loại thuộc hồ sơ người bệnh.",
    "Use FHIR R4 types the account may export; at Patient and Group level only types of a patient's record.",
)
BAD_SINCE = _error(
    "BULK-0004",
    "_since không phải thời điểm (instant) hợp lệ.",
    "_since is not a valid instant.",
    "Viết đủ ngày, giờ, giây và múi giờ, ví dụ 2026-01-31T00:00:00+07:00.",
    "Give date, time, seconds and zone, for example 2026-01-31T00:00:00+07:00.",
)
BAD_FILTER = _error(
    "BULK-0005",
    "_typeFilter thứ {number} không đọc được hoặc không thuộc _type.",
    "_typeFilter number {number} cannot be read or is of a type outside _type.",
    "Viết Loại?tham_số=giá_trị; mỗi loại phải có trong _type; không dùng _include, _sort, _count.",
    "Write Type?parameter=value; each type must be in _type; leave out _include, _sort and _count.",
)
NO_ASSOCIATED = _error(
    "BULK-0006",
    "Không hỗ trợ includeAssociatedData.",
    "includeAssociatedData is not supported.",
    "Bỏ tham số này; Provenance xuất bằng _type=Provenance.",
    "Leave it out; Provenance is exported with _type=Provenance.",
)
TOO_MANY_JOBS = _error(
    "BULK-0007",
    "Tài khoản đã có {limit} yêu cầu xuất, nhập đang chạy.",
    "The account already has {limit} exports and imports in progress.",
    "Chờ yêu cầu trước xong hoặc huỷ bằng DELETE.",
    "Wait until one has ended, or cancel one by DELETE.",
)
NO_JOB = _error(
    "BULK-0008",
    "Không có yêu cầu hoặc tệp này, hoặc đã hết hạn.",
    "There is no such request or file, or its time is over.",
    "Gửi lại yêu cầu.",
    "Ask again.",
)
FAILED = _error(
    "BULK-0009",
    "Yêu cầu không hoàn thành được.",
    "The request could not be completed.",
    "Xem nhật ký máy chủ rồi gửi lại yêu cầu.",
    "See the server's log and ask again.",
)
BAD_ELEMENTS = _error(
    "BULK-0010",
    "_elements có tên không dùng được.",
    "_elements holds a name that cannot be used.",
    "Dùng tên phần tử cấp một, có thể kèm loại: id, Patient.birthDate.",
    "Use names of top-level elements, with or without a type: id, Patient.birthDate.",
)
NO_GROUP = _error(
    "BULK-0011",
    "Group này không có người bệnh nào.",
    "This Group has no patients.",
    "Thêm Group.member.entity trỏ tới Patient.",
    "Add Group.member.entity that refer to Patients.",
)
BAD_PATIENT = _error(
    "BULK-0012",
    "Tham số patient không phải tham chiếu Patient/[id], hoặc có quá {limit} người bệnh.",
    "The parameter patient is no reference Patient/[id], or there are more than {limit} patients.",
    "Viết Patient/[id] của máy chủ này; nhiều người bệnh hơn thì dùng Group.",
    "Write Patient/[id] of this server; for more patients use a Group.",
)
NO_ROOM = _error(
    "BULK-0013",
    "Máy chủ này chưa mở chức năng xuất, nhập hàng loạt.",
    "This server has no place for bulk export and import.",
    "Đề nghị người vận hành cấu hình YTESO_HOME.",
    "Ask the operator to configure YTESO_HOME.",
)
NOT_APPROVED = _error(
    "BULK-0014",
    "Yêu cầu xuất không được cán bộ bảo vệ dữ liệu phê duyệt.",
    "The data officer did not approve this export.",
    "Hỏi cán bộ bảo vệ dữ liệu lý do; gửi lại yêu cầu hẹp hơn.",
    "Ask the data officer why, and ask again for less.",
)
BAD_MEDIA = _error(
    "BULK-0101",
    "Nội dung nhập phải là application/fhir+ndjson hoặc Parameters.",
    "What is imported must be application/fhir+ndjson or Parameters.",
    "Gửi Content-Type: application/fhir+ndjson, mỗi dòng một tài nguyên.",
    "Send Content-Type: application/fhir+ndjson with one resource a line.",
)
NOTHING = _error(
    "BULK-0102",
    "Không có dòng nào để nhập.",
    "There is no line to import.",
    "Gửi mỗi dòng một tài nguyên FHIR.",
    "Send one FHIR resource a line.",
)
LONG_LINE = _error(
    "BULK-0103",
    "Dòng dài hơn {limit} byte nên không được đọc.",
    "The line is longer than {limit} bytes and was not read.",
    "Tách nội dung đính kèm lớn ra Binary riêng.",
    "Move large attachments to Binary resources of their own.",
)
NO_ID = _error(
    "BULK-0104",
    "Tài nguyên không có id.",
    "The resource has no id.",
    "Ghi id cho từng tài nguyên; nhập lại cùng tệp sẽ không tạo bản mới.",
    "Give each resource its id, so that the same file again changes nothing.",
)
NOT_IMPORTED = _error(
    "BULK-0105",
    "Không nhập hàng loạt được loại {type}.",
    "{type} is not taken in by import.",
    "Ghi loại này bằng POST hoặc PUT thông thường.",
    "Write it by an ordinary POST or PUT.",
)
NO_RECORD_OF = _error(
    "BULK-0110",
    "{type} không phải tài nguyên của hồ sơ, không ai ghi được.",
    "{type} is no resource of the record: nobody writes one.",
    "Bỏ dòng này.",
    "Leave this line out.",
)
ONLY_A_PART = _error(
    "BULK-0111",
    "Tài nguyên này chỉ là một phần (nhãn SUBSETTED); nhập vào sẽ làm mất phần còn lại.",
    "This resource is only a part (tag SUBSETTED); taken in it would take the rest away.",
    "Xuất lại không có _elements, hoặc sửa tài nguyên bằng PATCH.",
    "Export it again without _elements, or change the resource by PATCH.",
)
BAD_FILE = _error(
    "BULK-0106",
    "Tên tệp thứ {number} không nằm trong thư mục nhập, hoặc không có tệp này.",
    "File number {number} is not inside the import folder, or is not there.",
    "Đặt tệp vào YTESO_HOME/import và ghi tên tương đối; không nhận địa chỉ http.",
    "Put the file into YTESO_HOME/import and name it relative to that; web addresses are not fetched.",
)
WITHOUT_LIMITS = _error(
    "BULK-0107",
    "Chỉ tài khoản không giới hạn phạm vi mới được nhập hàng loạt.",
    "Only an account without limits of sight may import.",
    "Dùng tài khoản quản trị.",
    "Use an administrator's account.",
)
NOT_STORED = _error(
    "BULK-0108",
    "Nhóm dòng này không ghi được vào hồ sơ.",
    "The record did not take these lines.",
    "Gửi lại các dòng này; nếu vẫn lỗi, báo người vận hành.",
    "Send these lines again; if it happens again, tell the operator.",
)
NAMES_NOTHING = Rule(
    "BULK-0109",
    Severity.WARNING,
    "Tham chiếu này không chỉ đến tài nguyên nào trong hồ sơ, kể cả sau khi nhập xong; dòng vẫn được ghi.",
    "This reference names nothing in the record, the whole import included; the line was stored all the same.",
    "Nhập tài nguyên được tham chiếu, hoặc sửa tham chiếu thành [loại]/[id] của tài nguyên đã có.",
    "Import the resource it refers to, or make it the [type]/[id] of one that is there.",
    basis="FHIR R4 §2.3.0",
)
