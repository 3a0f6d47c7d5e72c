"""Every numbered refusal of the FHIR door, in one table. Names and numbers of the request, never a patient's value.

The HTTP status stands with the caller that raises it; here is what the client reads and what to do about it.
"""

from __future__ import annotations

from yteso.base.issue import Rule, Severity


def _error(code: str, text: str, text_en: str, fix: str, fix_en: str, basis: str = "") -> Rule:
    return Rule(code, Severity.ERROR, text, text_en, fix, fix_en, basis)


UNKNOWN_PATH = _error(
    "API-0001",
    "Không có địa chỉ này.",
    "There is nothing at this address.",
    "Xem /fhir/metadata để biết các địa chỉ.",
    "See /fhir/metadata for the addresses.",
)
UNKNOWN_TYPE = _error(
    "API-0002",
    "Không có loại tài nguyên này trong FHIR R4.",
    "FHIR R4 has no resource type of this name.",
    "Viết đúng tên loại, phân biệt chữ hoa chữ thường (ví dụ Patient).",
    "Spell the type as in FHIR R4, with its case (for example Patient).",
    "FHIR R4 valueset-resource-types",
)
METHOD = _error(
    "API-0003",
    "Phương thức này không dùng được ở địa chỉ này; dùng: {allowed}.",
    "This method is not allowed at this address; allowed: {allowed}.",
    "Dùng một trong các phương thức đã nêu.",
    "Use one of the methods named.",
)
NOT_FOUND = _error(
    "API-0004",
    "Không tìm thấy tài nguyên {type} này.",
    "No such {type}.",
    "Kiểm tra lại id và quyền xem.",
    "Check the id and the right to see it.",
)
GONE = _error(
    "API-0005",
    "Tài nguyên {type} này đã bị xoá.",
    "This {type} was deleted.",
    "Xem các phiên bản cũ ở _history.",
    "Its earlier versions are under _history.",
    "FHIR R4 §3.1.0.7",
)
CONFLICT = _error(
    "API-0006",
    "Phiên bản hiện tại khác với phiên bản trong If-Match.",
    "The current version is not the one named in If-Match.",
    "Đọc lại tài nguyên, sửa trên bản mới rồi gửi lại với ETag mới.",
    "Read the resource again, change the new version and send it with its ETag.",
    "FHIR R4 §3.1.0.4.3",
)
BUSY = _error(
    "API-0007",
    "Nhiều yêu cầu cùng ghi một tài nguyên; lần này chưa ghi được.",
    "Several requests are writing the same resource; this one was not applied.",
    "Gửi lại yêu cầu sau ít giây.",
    "Send the request again in a few seconds.",
)
UNAVAILABLE = Rule(
    "API-0008",
    Severity.FATAL,
    "Cơ sở dữ liệu tạm thời không trả lời.",
    "The database does not answer at the moment.",
    "Gửi lại yêu cầu sau ít giây.",
    "Send the request again in a few seconds.",
)
INTERNAL = Rule(
    "API-0009",
    Severity.FATAL,
    "Lỗi phía máy chủ; sự việc đã được ghi lại.",
    "Something failed on our side; it has been logged.",
    "Báo cho người vận hành thời điểm xảy ra lỗi.",
    "Tell the operator when it happened.",
)
NOT_ACCEPTABLE = _error(
    "API-0010",
    "Máy chủ trả lời bằng JSON hoặc XML (application/fhir+json, application/fhir+xml, FHIR 4.0).",
    "The server answers in JSON or XML (application/fhir+json, application/fhir+xml, FHIR 4.0).",
    "Gửi Accept là một trong hai, hoặc _format=json, _format=xml.",
    "Send one of them in Accept, or _format=json, _format=xml.",
    "FHIR R4 §3.1.0.1.9",
)
MEDIA_TYPE = _error(
    "API-0011",
    "Nội dung gửi lên phải là {expected}, mã UTF-8, không nén.",
    "The body must be {expected}, in UTF-8, not compressed.",
    "Sửa tiêu đề Content-Type.",
    "Correct the Content-Type header.",
    "FHIR R4 §3.1.0.1.9",
)
TOO_LARGE = _error(
    "API-0012",
    "Nội dung gửi lên lớn hơn {limit} byte.",
    "The body is larger than {limit} bytes.",
    "Chia thành nhiều yêu cầu.",
    "Split it into several requests.",
)
EMPTY = _error(
    "API-0013",
    "Nội dung gửi lên trống.",
    "The body is empty.",
    "Gửi một tài nguyên FHIR dạng JSON hoặc XML.",
    "Send one FHIR resource as JSON or XML.",
)
NOT_A_RESOURCE = _error(
    "API-0014",
    "Nội dung gửi lên không phải là một tài nguyên FHIR (thiếu resourceType).",
    "The body is no FHIR resource (resourceType is missing).",
    "Gửi một đối tượng JSON có resourceType.",
    "Send one JSON object with resourceType.",
)
OTHER_TYPE = _error(
    "API-0015",
    "resourceType khác với loại trong địa chỉ ({type}).",
    "resourceType is not the type of the address ({type}).",
    "Gửi đến địa chỉ của đúng loại.",
    "Send it to the address of its type.",
    "FHIR R4 §3.1.0.4",
)
OTHER_ID = _error(
    "API-0016",
    "id trong nội dung thiếu hoặc khác với id trong địa chỉ.",
    "The id in the body is missing or is not the id of the address.",
    "Ghi cùng một id ở cả hai nơi.",
    "Write the same id in both places.",
    "FHIR R4 §3.1.0.4",
)
BAD_ID = _error(
    "API-0017",
    "id không hợp lệ: chỉ gồm chữ, số, '-' và '.', dài 1–64 ký tự.",
    "The id is not valid: letters, digits, '-' and '.', 1–64 characters.",
    "Sửa id.",
    "Correct the id.",
    "FHIR R4 §2.24.0.1 id",
)
BAD_VERSION = _error(
    "API-0018",
    'If-Match phải có dạng W/"số phiên bản" hoặc *.',
    'If-Match must look like W/"version number", or be *.',
    "Dùng nguyên giá trị ETag đã nhận; * nghĩa là tài nguyên phải đang có, ở bất kỳ phiên bản nào.",
    "Use the ETag as it was received; * means that the resource must be there, whichever its version.",
    "FHIR R4 §3.1.0.1.3",
)
BAD_INSTANT = _error(
    "API-0019",
    "Tham số {name} không phải thời điểm hợp lệ.",
    "The parameter {name} is no valid instant.",
    "Viết như 2026-01-31T08:00:00+07:00 (trong URL, '+' viết là %2B).",
    "Write it like 2026-01-31T08:00:00+07:00 (in a URL '+' is written %2B).",
)
BAD_NUMBER = _error(
    "API-0020",
    "Tham số {name} phải là số nguyên không âm.",
    "The parameter {name} must be a whole number, not negative.",
    "Sửa tham số.",
    "Correct the parameter.",
)
BAD_QUERY = _error(
    "API-0021",
    "Phần truy vấn của địa chỉ không đọc được (mã hoá sai hoặc quá nhiều tham số).",
    "The query part of the address cannot be read (wrong encoding or too many parameters).",
    "Mã hoá tham số theo UTF-8 và phần trăm; tối đa {limit} tham số.",
    "Encode parameters as percent-encoded UTF-8; {limit} parameters at most.",
)
BAD_PAGE = _error(
    "API-0022",
    "Liên kết trang không hợp lệ.",
    "The page link is not valid.",
    "Dùng nguyên liên kết next của trang trước, hoặc tìm lại từ đầu.",
    "Use the previous page's next link as it was given, or start the search again.",
)
NOT_CONDITIONAL = _error(
    "API-0023",
    "Không hỗ trợ {interaction} có điều kiện.",
    "A conditional {interaction} is not supported.",
    "Tìm tài nguyên trước, rồi dùng địa chỉ {type}/[id].",
    "Search first, then use the address {type}/[id].",
    "FHIR R4 §3.1.0.4.4, §3.1.0.5.1",
)
"""Retired: conditional update, patch and delete are answered."""
SEVERAL_MATCH = _error(
    "API-0024",
    "Điều kiện tìm thấy nhiều hơn một tài nguyên {type}.",
    "The criteria match more than one {type}.",
    "Thu hẹp điều kiện, ví dụ dùng identifier có system.",
    "Narrow the criteria, for example with an identifier and its system.",
    "FHIR R4 §3.1.0.8.1",
)
NO_MATCH = _error(
    "API-0025",
    "Tham chiếu có điều kiện không tìm thấy tài nguyên {type} nào.",
    "A conditional reference matches no {type}.",
    "Tạo tài nguyên đó trước, hoặc sửa điều kiện.",
    "Create that resource first, or correct the criteria.",
    "FHIR R4 §3.1.0.11.2",
)
BAD_CRITERIA = _error(
    "API-0026",
    "Điều kiện phải có ít nhất một tham số tìm kiếm, và chỉ những tham số máy chủ biết.",
    "The criteria need at least one search parameter, and only ones the server knows.",
    "Ví dụ: identifier=http://…|123",
    "For example: identifier=http://…|123",
    "FHIR R4 §3.1.0.8.1",
)
NOT_A_BUNDLE = _error(
    "API-0030",
    "Địa chỉ gốc chỉ nhận Bundle loại transaction hoặc batch.",
    "The base address takes a Bundle of type transaction or batch only.",
    "Gửi từng tài nguyên đến địa chỉ của loại đó, hoặc đóng trong Bundle transaction.",
    "Send single resources to the address of their type, or wrap them in a transaction Bundle.",
    "FHIR R4 §3.1.0.11",
)
TOO_MANY_ENTRIES = _error(
    "API-0031",
    "Bundle có hơn {limit} mục.",
    "The Bundle has more than {limit} entries.",
    "Chia thành nhiều Bundle.",
    "Split it into several Bundles.",
)
SAME_TARGET = _error(
    "API-0032",
    "Hai mục trong Bundle cùng ghi một tài nguyên.",
    "Two entries of the Bundle write the same resource.",
    "Gộp hai mục, hoặc gửi trong hai Bundle.",
    "Merge the two entries, or send two Bundles.",
    "FHIR R4 §3.1.0.11.2",
)
ENTRY_REQUEST = _error(
    "API-0033",
    "Yêu cầu {method} đến địa chỉ này không dùng được trong Bundle.",
    "The request {method} to this address is not possible inside a Bundle.",
    "Dùng GET, POST [type], PUT [type]/[id] hoặc DELETE [type]/[id].",
    "Use GET, POST [type], PUT [type]/[id] or DELETE [type]/[id].",
    "FHIR R4 §3.1.0.11",
)
NO_ENTRY = _error(
    "API-0034",
    "Tham chiếu urn:uuid này không phải fullUrl của mục nào được ghi trong Bundle.",
    "This urn:uuid reference is the fullUrl of no entry that the Bundle writes.",
    "Thêm mục có fullUrl đó, hoặc dùng tham chiếu [loại]/[id] của tài nguyên đã có.",
    "Add the entry with that fullUrl, or use the reference [type]/[id] of what is already there.",
    "FHIR R4 §3.1.0.11.2",
)
NAMELESS = _error(
    "API-0035",
    "Tham chiếu urn:uuid chỉ có nghĩa trong một Bundle transaction; gửi riêng lẻ, nó không chỉ đến đâu.",
    "A urn:uuid reference means something within a transaction Bundle only; sent alone it leads nowhere.",
    "Gửi cả hai tài nguyên trong một Bundle transaction, hoặc dùng tham chiếu [loại]/[id], [loại]?điều-kiện.",
    "Send both resources in one transaction Bundle, or use the reference [type]/[id] or [type]?criteria.",
    "FHIR R4 §3.1.0.11.2",
)
NOT_CONTAINED = _error(
    "API-0036",
    "Tham chiếu #… không trỏ đến tài nguyên nào trong contained.",
    "A reference #… names no resource in contained.",
    "Thêm tài nguyên có id đó vào contained, hoặc dùng tham chiếu [loại]/[id].",
    "Add the resource with that id to contained, or use the reference [type]/[id].",
    "FHIR R4 §2.3.0 (ref-1)",
)
BAD_REFERENCE = _error(
    "API-0037",
    "Tham chiếu không phải [loại]/[id] với một loại tài nguyên của FHIR R4, cũng không phải địa chỉ đầy đủ.",
    "The reference is neither [type]/[id] with a resource type of FHIR R4, nor a full address.",
    "Ví dụ: Patient/123, https://…/Patient/123, #id của contained; phân biệt chữ hoa chữ thường.",
    "For example: Patient/123, https://…/Patient/123, #id of what is contained; case matters.",
    "FHIR R4 §2.3.0.1",
)
HIDDEN = _error(
    "API-0040",
    "Không được ghi: tài nguyên {type} này không có, hoặc của người bệnh mà người ghi không được xem.",
    "Not written: this {type} is not there, or belongs to a patient whom the writer may not see.",
    "Tạo mới bằng POST, máy chủ đặt id; với người bệnh mới: ghi lượt khám tại cơ sở trước.",
    "Create by POST, the server gives the id; for a new patient: record a visit at the facility first.",
)
NO_PATIENT = _error(
    "API-0041",
    "Tài nguyên {type} phải tham chiếu đến người bệnh của nó.",
    "This {type} must refer to its patient.",
    "Thêm subject hoặc patient với tham chiếu Patient/[id].",
    "Add subject or patient with a reference Patient/[id].",
)
NO_VISIT = _error(
    "API-0042",
    "Người bệnh mới chưa có lượt khám tại cơ sở này nên không ai tại đây đọc được.",
    "A new patient without a visit at this facility could be read by nobody here.",
    "Gửi Patient và Encounter đầu tiên (serviceProvider là cơ sở của mình) trong cùng một Bundle transaction.",
    "Send the Patient and the first Encounter (serviceProvider: your facility) in one transaction Bundle.",
)
OTHER_FACILITY = _error(
    "API-0043",
    "Encounter phải do cơ sở của người ghi phục vụ; không được thêm, đổi hoặc bỏ cơ sở khác.",
    "The Encounter must be served by the writer's facility; another one may not be named, changed or removed.",
    "Ghi serviceProvider là mã cơ sở của mình, hoặc giữ nguyên serviceProvider và người bệnh như đã lưu.",
    "Set serviceProvider to your own facility code, or leave serviceProvider and patient as they are stored.",
)
NO_SOURCE = _error(
    "API-0044",
    "Sự đồng ý hay từ chối do cơ sở ghi lại phải kèm giấy người bệnh đã ký.",
    "A consent or refusal that a facility records must come with what the person signed.",
    "Gửi kèm sourceAttachment (bản chụp) hoặc sourceReference; ai có tài khoản thì tự đặt trên trang.",
    "Send sourceAttachment (a scan) or sourceReference (a DocumentReference); who has an account sets it on the page.",
    "NĐ 356/2025/NĐ-CP",
)
MERGED = _error(
    "API-0045",
    "Không được ghi rằng hai hồ sơ là một người (Patient.link replaces, replaced-by).",
    "You may not write that two Patients are one person (Patient.link replaces, replaced-by).",
    "Để nguyên Patient.link; báo người xử lý nghi vấn nhân thân.",
    "Leave Patient.link as it is; tell who settles doubts about identities.",
)
NOT_IN_ITS_NAME = _error(
    "API-0046",
    "Bạn không đặt được sự đồng ý cho người này, hoặc thay đổi điều chính người đó đã chọn.",
    "You may not set a Consent for this person, or change what the person chose themselves.",
    "Ghi cho chính mình, hoặc cho người mà bạn đang đại diện và được quyết định thay.",
    "Write for yourself, or for somebody you represent and may decide for.",
    "Luật Trẻ em 102/2016/QH13, Điều 1, 21",
)
NOT_SIGNED = _error(
    "API-0047",
    "Consent.performer phải là {performer}: người đang đặt.",
    "Consent.performer must be {performer}: who sets it.",
    "Ghi đúng một performer như trên.",
    "Give exactly that performer.",
)
LABELS_NOT_ITS = _error(
    "API-0048",
    "Người đại diện không quyết định về phần nhạy cảm này, hoặc về thời gian con tự quyết định.",
    "A representative does not decide about this sensitive part, or about the time when the child decides alone.",
    "Bỏ nhãn đó, hoặc kết thúc provision.period trước ngày con đủ tuổi.",
    "Leave the label out, or end provision.period before the day the child has the age.",
    "Luật 64/2006/QH11, Điều 27; Luật Trẻ em 102/2016/QH13, Điều 21",
)
NOT_NAMED_IN_SCOPE = _error(
    "API-0049",
    "Ứng dụng chỉ ghi Consent khi phạm vi nêu đích danh Consent; dấu * không đủ.",
    "An app writes a Consent only with a scope that names Consent; a * is not enough.",
    "Xin phạm vi patient/Consent.cu và để người dân đồng ý.",
    "Ask for patient/Consent.cu and have the person agree.",
)
NOT_REPRESENTATIVE = _error(
    "API-0051",
    "Vai trò {role} không được ghi hay kết thúc việc một người đại diện cho người bệnh.",
    "The role {role} may not write or end that somebody represents a patient.",
    "Nhân viên hồ sơ hoặc trạm y tế ghi nhận, kèm giấy tờ; bạn chỉ ghi người liên hệ.",
    "The records desk or the station records it, with papers; write a contact only.",
)
ONLY_A_PART = _error(
    "API-1050",
    "Tài nguyên này chỉ là một phần (nhãn SUBSETTED); ghi lại sẽ làm mất phần còn lại.",
    "This resource is only a part (tag SUBSETTED); written back it would take the rest away.",
    "Đọc lại toàn bộ tài nguyên (không có _summary, _elements) rồi sửa, hoặc dùng PATCH.",
    "Read the whole resource (without _summary and _elements) and change that, or use PATCH.",
    "FHIR R4 §3.1.1.5.8",
)
HISTORY_SORT = _error(
    "API-1040",
    "Lịch sử chỉ sắp theo _lastUpdated (cũ trước) hoặc -_lastUpdated (mới trước).",
    "A history is sorted by _lastUpdated (oldest first) or -_lastUpdated (newest first) only.",
    "Sửa _sort.",
    "Correct _sort.",
    "FHIR R4 §3.1.0.10",
)
HISTORY_PARAMETER = _error(
    "API-1041",
    "Lịch sử không có tham số này.",
    "A history has no such parameter.",
    "Dùng: {known}",
    "Use: {known}",
    "FHIR R4 §3.1.0.10",
)
DONE = Rule(
    "API-0050",
    Severity.INFORMATION,
    "Đã thực hiện.",
    "Done.",
)
ANSWER_TOO_LARGE = _error(
    "API-0052",
    "Các mục trước đã làm đầy câu trả lời của Bundle (hơn {limit} byte); mục này chưa được thực hiện.",
    "The entries before this one have filled the Bundle's answer (more than {limit} bytes); this one was not done.",
    "Gửi các mục còn lại trong một Bundle khác, hoặc giảm _count.",
    "Send the remaining entries in another Bundle, or ask for less with _count.",
)
BUNDLE_TOO_SLOW = _error(
    "API-0054",
    "Các mục trước đã dùng hết {seconds} giây của Bundle; mục này chưa được thực hiện.",
    "The entries before this one have used up the Bundle's {seconds} seconds; this one was not done.",
    "Gửi các mục còn lại trong một Bundle khác; tìm theo mã định danh, người bệnh hoặc mã.",
    "Send the remaining entries in another Bundle; search by identifier, patient or code.",
)
NO_SUCH_CONDITION = _error(
    "API-0053",
    "Lệnh ghi không dùng được điều kiện này trong {name}.",
    "A write cannot have this condition in {name}.",
    'Dùng If-Match: W/"số phiên bản" hoặc *, hoặc If-None-Match: * để chỉ tạo mới; không dùng cả hai.',
    'Use If-Match: W/"version number" or *, or If-None-Match: * to create only; not both.',
    "FHIR R4 §3.1.0.4.3; RFC 9110 §13",
)
NATIVE_TYPE = _error(
    "API-1064",
    "Nội dung của Binary phải có Content-Type đúng dạng (ví dụ application/pdf) và không nén.",
    "The content of a Binary must have a Content-Type of the right form (for example application/pdf), not compressed.",
    "Sửa tiêu đề Content-Type; hoặc gửi tài nguyên Binary bằng application/fhir+json.",
    "Correct the Content-Type header, or send the Binary resource as application/fhir+json.",
    "FHIR R4 §2.35",
)
NO_AUDIT_WRITE = _error(
    "API-1060",
    "Không ai ghi, sửa hay xóa AuditEvent: hệ thống tự ghi khi việc xảy ra.",
    "Nobody writes, changes or deletes an AuditEvent: the platform notes what happens.",
    "Chỉ đọc (GET AuditEvent/[id]) hoặc tìm (GET AuditEvent?…).",
    "Only read (GET AuditEvent/[id]) or search (GET AuditEvent?…).",
    "IHE BALP",
)
NO_ADDRESS = _error(
    "API-1065",
    "Parameters không được lưu: loại này chỉ mang tham số vào và kết quả ra của một thao tác ($…).",
    "Parameters are not stored: they only carry what an operation ($…) is given and gives back.",
    "Gửi Parameters tới địa chỉ của thao tác, ví dụ POST /fhir/$validate.",
    "Send Parameters to the address of an operation, for example POST /fhir/$validate.",
    "FHIR R4 Parameters",
)
NO_AUDIT_READ = _error(
    "API-1061",
    "Tài khoản này không được xem AuditEvent.",
    "This account may not see AuditEvents.",
    "Dùng tài khoản cán bộ bảo vệ dữ liệu, hoặc tài khoản người dân đã liên kết với hồ sơ.",
    "Use the data officer's account, or a citizen's that is tied to a record.",
)
AUDIT_PARAMETER = _error(
    "API-1062",
    "AuditEvent không tìm theo tham số này, hoặc giá trị không đọc được.",
    "AuditEvents are not searched by this parameter, or its value cannot be read.",
    "Dùng: patient, date, agent-name, action, outcome, facility, _count.",
    "Use: patient, date, agent-name, action, outcome, facility, _count.",
)
