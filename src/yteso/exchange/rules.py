"""The numbered refusals of the doors (EXC-00xx) and findings of the walk (EXC-10xx). Declared here only."""

from __future__ import annotations

from yteso.base.issue import Rule, Severity

_ERROR, _WARNING, _NOTE = Severity.ERROR, Severity.WARNING, Severity.INFORMATION

EMPTY = Rule(
    "EXC-0001",
    _ERROR,
    "Không nhận được nội dung tệp.",
    "No file content was received.",
    "Gửi nội dung tệp XML trong thân yêu cầu.",
    "Send the XML file's content in the request body.",
)
TOO_LARGE = Rule(
    "EXC-0002",
    _ERROR,
    "Tệp lớn hơn giới hạn {limit} MB.",
    "The file is larger than the limit of {limit} MB.",
    "Chia tệp thành nhiều tệp nhỏ hơn.",
    "Split the file into smaller ones.",
)
WRONG_FACILITY = Rule(
    "EXC-0003",
    _ERROR,
    "Mã cơ sở trong tệp không phải cơ sở của tài khoản gửi.",
    "The facility code in the file is not the facility of the sending account.",
    "Dùng tài khoản của chính cơ sở, hoặc sửa MACSKCB trong tệp.",
    "Use the facility's own account, or correct MACSKCB in the file.",
)
NO_FACILITY = Rule(
    "EXC-0004",
    _ERROR,
    "Không xác định được cơ sở khám chữa bệnh của tệp.",
    "The facility of the file cannot be told.",
    "Ghi MACSKCB (5 ký tự) ở phần THONGTINDONVI, hoặc MA_CSKCB trong tệp check-in.",
    "Give MACSKCB (5 characters) in THONGTINDONVI, or MA_CSKCB in a check-in file.",
)
CONTENT_TYPE = Rule(
    "EXC-0005",
    _ERROR,
    "Kiểu nội dung (Content-Type) không được hỗ trợ ở địa chỉ này.",
    "This address does not take that Content-Type.",
    "Dùng một trong: {types}.",
    "Use one of: {types}.",
)
BASE64 = Rule(
    "EXC-0006",
    _ERROR,
    "Trường {field} không phải base64 hợp lệ.",
    "The field {field} is not valid base64.",
    "Mã hoá toàn bộ tệp XML bằng base64 (RFC 4648).",
    "Encode the whole XML file in base64 (RFC 4648).",
    basis="RFC 4648 §4",
)
FORM = Rule(
    "EXC-0007",
    _ERROR,
    "Thân biểu mẫu (form) không đọc được.",
    "The form body cannot be read.",
    "Gửi đúng dạng {type}.",
    "Send well-formed {type}.",
    basis="RFC 7578; WHATWG URL §5",
)
FIELD_MISSING = Rule(
    "EXC-0008",
    _ERROR,
    "Thiếu trường {field}.",
    "The field {field} is missing.",
    "Bổ sung trường {field} vào yêu cầu.",
    "Add the field {field} to the request.",
)
JSON_SHAPE = Rule(
    "EXC-0009",
    _ERROR,
    "Nội dung JSON không đúng cấu trúc: {field} phải là {kind}.",
    "The JSON has not the expected shape: {field} must be {kind}.",
    "Xem tài liệu của cổng tiếp nhận.",
    "See the documentation of the intake doors.",
)
NO_SUCH_ADDRESS = Rule(
    "EXC-0010",
    _ERROR,
    "Không có địa chỉ này.",
    "There is no such address.",
    "Kiểm tra lại đường dẫn.",
    "Check the path.",
)
METHOD = Rule(
    "EXC-0011",
    _ERROR,
    "Địa chỉ này không nhận phương thức đó.",
    "This address does not take that method.",
    "Dùng phương thức {methods}.",
    "Use the method {methods}.",
)
ROLE = Rule(
    "EXC-0012",
    _ERROR,
    "Vai trò của tài khoản không được dùng cổng này.",
    "The account's role may not use this door.",
    "Dùng tài khoản của cơ sở gửi dữ liệu.",
    "Use the account of a sending facility.",
)
LOGIN = Rule(
    "EXC-0013",
    _ERROR,
    "Sai tên đăng nhập hoặc mật khẩu.",
    "The user name or the password is wrong.",
    "Gửi username và password = MD5 viết hoa của mật khẩu.",
    "Send username, and password = the upper-case MD5 of the password.",
)
THROTTLED = Rule(
    "EXC-0014",
    _ERROR,
    "Đăng nhập sai quá nhiều lần; thử lại sau {minutes} phút.",
    "Too many failed log-ins; try again in {minutes} minutes.",
    "Kiểm tra tên đăng nhập và mật khẩu, hoặc liên hệ quản trị viên.",
    "Check user name and password, or ask the administrator.",
)
NO_SUCH_INTAKE = Rule(
    "EXC-0015",
    _ERROR,
    "Không có giao dịch này, hoặc tài khoản không được xem.",
    "There is no such transaction, or the account may not see it.",
    "Kiểm tra mã giao dịch đã nhận khi gửi tệp.",
    "Check the transaction code that the upload returned.",
)
INACTIVE = Rule(
    "EXC-0016",
    _ERROR,
    "Tài khoản gửi đã bị khoá.",
    "The sending account is locked.",
    "Liên hệ quản trị viên của sở y tế.",
    "Ask the administrator at the department of health.",
)
OTHER_ACCOUNT = Rule(
    "EXC-0017",
    _ERROR,
    "Trường {field} không khớp với mã truy cập.",
    "The field {field} does not agree with the access token.",
    "Gửi đúng {field} của tài khoản đã lấy mã truy cập.",
    "Send the {field} of the account that took the token.",
)
CUT_SHORT = Rule(
    "EXC-0018",
    _ERROR,
    "Kết nối kết thúc trước khi nhận đủ nội dung.",
    "The connection ended before the whole content had arrived.",
    "Gửi lại tệp.",
    "Send the file again.",
    basis="RFC 9110 §8.6",
)
NOT_NOW = Rule(
    "EXC-0019",
    _ERROR,
    "Hệ thống tạm thời không nhận được; tệp chưa được lưu.",
    "The platform cannot take the file for the moment; it was not kept.",
    "Gửi lại sau ít phút.",
    "Send it again in a few minutes.",
)
TOO_MANY_FILES = Rule(
    "EXC-0020",
    _ERROR,
    "Một yêu cầu có nhiều hơn {limit} tệp.",
    "One request holds more than {limit} files.",
    "Chia thành nhiều yêu cầu.",
    "Split it into several requests.",
)

INFECTED = Rule(
    "EXC-0021",
    _ERROR,
    "Phần mềm quét mã độc phát hiện {name}; tệp không được lưu.",
    "The virus scanner found {name}; the file was not kept.",
    "Quét và làm sạch máy xuất tệp, xuất lại tệp rồi gửi.",
    "Scan and clean the machine that exports, export the file anew and send it.",
)
NOT_SCANNED = Rule(
    "EXC-0022",
    _ERROR,
    "Phần mềm quét mã độc chưa trả lời; tệp chưa được lưu.",
    "The virus scanner gives no verdict; the file was not kept.",
    "Gửi lại sau ít phút; quản trị viên kiểm tra YTESO_CLAMD và giới hạn StreamMaxLength của clamd.",
    "Send it again in a few minutes; the administrator checks YTESO_CLAMD and clamd's StreamMaxLength.",
)

OTHER_FACILITY = Rule(
    "EXC-1001",
    _ERROR,
    "MA_CSKCB của hồ sơ không phải cơ sở của tệp.",
    "MA_CSKCB of the visit is not the facility of the file.",
    "Mỗi cơ sở gửi hồ sơ của mình; kiểm tra MA_CSKCB.",
    "Each facility sends its own visits; check MA_CSKCB.",
)
OUTDATED = Rule(
    "EXC-1002",
    _NOTE,
    "Hồ sơ cũ hơn bản đang lưu nên không thay thế; bản gốc vẫn được giữ.",
    "The visit is older than the version held, so it replaces nothing; the raw is kept.",
    "Nếu nội dung này mới đúng, xuất lại tệp từ phần mềm rồi gửi: đúng các byte cũ chỉ nhận lại biên nhận cũ.",
    "If this content is right, export the file anew and send that: the same bytes only return the old receipt.",
)
VISIT_FAILED = Rule(
    "EXC-1003",
    _ERROR,
    "Hệ thống gặp lỗi khi xử lý hồ sơ này (mã tra cứu {fingerprint}); các hồ sơ khác không bị ảnh hưởng.",
    "The platform failed on this visit (look-up code {fingerprint}); the other visits are not affected.",
    "Không cần gửi lại; quản trị viên sẽ xử lý lại từ bản gốc.",
    "No need to send again; the administrator replays it from the raw.",
)
FILE_FAILED = Rule(
    "EXC-1004",
    _ERROR,
    "Hệ thống không xử lý được tệp sau {tries} lần thử (mã tra cứu {fingerprint}); bản gốc vẫn được giữ.",
    "The platform could not process the file in {tries} tries (look-up code {fingerprint}); the raw is kept.",
    "Không cần gửi lại; quản trị viên sẽ xử lý lại từ bản gốc.",
    "No need to send again; the administrator replays it from the raw.",
)
UNSIGNED = Rule(
    "EXC-1005",
    _NOTE,
    "Tệp chưa được ký số (CHUKYDONVI trống).",
    "The file is not signed (CHUKYDONVI is empty).",
    "Ký tệp bằng chứng thư số của cơ sở.",
    "Sign the file with the facility's certificate.",
    basis="CHUKYDONVI, bắt buộc từ 01/01/2026",
)
SIGNATURE_REQUIRED = Rule(
    "EXC-1006",
    _ERROR,
    "Tệp chưa được ký số trong khi cơ sở đã đăng ký bắt buộc ký.",
    "The file is not signed although the facility is registered as signing.",
    "Ký tệp bằng chứng thư số của cơ sở rồi gửi lại.",
    "Sign the file with the facility's certificate and send it again.",
    basis="CHUKYDONVI, bắt buộc từ 01/01/2026",
)
SIGNATURE_UNCHECKED = Rule(
    "EXC-1007",
    _NOTE,
    "Tệp có chữ ký số nhưng chưa được kiểm tra: {reason}.",
    "The file carries a signature that was not checked: {reason_en}.",
    "Đăng ký chứng thư số của cơ sở với quản trị viên.",
    "Register the facility's certificate with the administrator.",
)
SIGNATURE_INVALID = Rule(
    "EXC-1008",
    _WARNING,
    "Chữ ký số của tệp không hợp lệ với chứng thư đã đăng ký.",
    "The file's signature is not valid under the registered certificate.",
    "Kiểm tra chứng thư đã ký; không sửa tệp sau khi ký.",
    "Check the signing certificate; do not change the file after signing.",
    basis="W3C XML Signature §3.2",
)
SIGNATURE_REFUSED = Rule(
    "EXC-1009",
    _ERROR,
    "Chữ ký số không hợp lệ trong khi cơ sở đã đăng ký bắt buộc ký.",
    "The signature is not valid although the facility is registered as signing.",
    "Ký lại bằng chứng thư đã đăng ký rồi gửi lại.",
    "Sign again with the registered certificate and resend.",
    basis="W3C XML Signature §3.2",
)
DOUBTFUL_PERSON = Rule(
    "EXC-1010",
    _WARNING,
    "Các khoá định danh của người bệnh mâu thuẫn với hồ sơ đã có; đã đưa vào trang Nghi vấn nhân thân.",
    "The person's keys disagree with the record; it is on the page of doubtful persons.",
    "Kiểm tra SO_CCCD, MA_THE_BHYT, HO_TEN và NGAY_SINH.",
    "Check SO_CCCD, MA_THE_BHYT, HO_TEN and NGAY_SINH.",
)
