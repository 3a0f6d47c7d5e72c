"""The numbered reasons for which the platform does not start or a door answers no. Codes `OPS-0xxx`."""

from yteso.base.issue import Rule, Severity

PORT_BUSY = Rule(
    "OPS-0001",
    Severity.FATAL,
    "Cổng {port} trên {host} đang được chương trình khác dùng.",
    "Port {port} on {host} is in use by another program.",
    "Dừng chương trình đó, hoặc đặt YTESO_PORT sang cổng khác (hệ thống dùng cổng này và cổng kế tiếp).",
    "Stop that program, or set YTESO_PORT to another port (the platform uses it and the next one).",
)
ALREADY_UP = Rule(
    "OPS-0002",
    Severity.FATAL,
    "Hệ thống với dữ liệu ở {home} đang chạy rồi.",
    "The platform with its data in {home} is already running.",
    "Dừng bản đang chạy, hoặc đặt YTESO_HOME sang thư mục khác.",
    "Stop the running one, or set YTESO_HOME to another folder.",
)
BAD_SETTING = Rule(
    "OPS-0003",
    Severity.FATAL,
    "Biến môi trường không hợp lệ: {reason}.",
    "An environment variable is not valid: {reason}.",
    "Sửa biến đó rồi chạy lại.",
    "Correct it and start again.",
)
NOT_ANSWERING = Rule(
    "OPS-0004",
    Severity.FATAL,
    "Hệ thống không trả lời ở {address}; nhật ký: {log}.",
    "The platform does not answer at {address}; its logs: {log}.",
    "Xem nhật ký trong thư mục đó rồi chạy lại lệnh: nó làm tiếp từ chỗ dừng.",
    "Read the logs in that folder, then run the command again: it goes on where it stopped.",
)
NOT_RUNNING = Rule(
    "OPS-0005",
    Severity.FATAL,
    "Hệ thống chưa chạy ở {address}.",
    "The platform is not running at {address}.",
    "Chạy `yteso up` trước.",
    "Run `yteso up` first.",
)
NO_ADDRESS = Rule(
    "OPS-0006",
    Severity.FATAL,
    "Không mở được cổng {port} trên {host}: {reason}.",
    "Port {port} on {host} cannot be opened: {reason}.",
    "Chọn địa chỉ của chính máy này (YTESO_HOST) và cổng từ 1024 trở lên (YTESO_PORT).",
    "Choose an address of this machine (YTESO_HOST) and a port from 1024 on (YTESO_PORT).",
)
TOO_LARGE = Rule(
    "OPS-0010",
    Severity.ERROR,
    "Nội dung gửi lên lớn hơn {limit} MB.",
    "The request body is larger than {limit} MB.",
    "Chia tệp thành nhiều phần nhỏ hơn.",
    "Split the file into smaller parts.",
)
FAILED = Rule(
    "OPS-0011",
    Severity.FATAL,
    "Hệ thống gặp lỗi khi xử lý yêu cầu; mã yêu cầu {request}.",
    "The platform failed on this request; request id {request}.",
    "Thử lại; nếu vẫn lỗi, gửi mã yêu cầu cho người vận hành.",
    "Try again; if it goes on, give the request id to the operator.",
)
UNKNOWN_PLACE = Rule(
    "OPS-0012",
    Severity.ERROR,
    "Không có gì ở địa chỉ này.",
    "There is nothing at this address.",
    "Kiểm tra lại đường dẫn.",
    "Check the path.",
)
NOT_FOR_YOU = Rule(
    "OPS-0013",
    Severity.ERROR,
    "Vai trò này không được xem số đo của hệ thống.",
    "This role may not read the platform's metrics.",
    "Dùng tài khoản quản trị hoặc điều hành.",
    "Use an administrator's or operator's account.",
)
NO_METHOD = Rule(
    "OPS-0015",
    Severity.ERROR,
    "Phương thức HTTP này không dùng ở đây.",
    "This HTTP method is not used here.",
    "Dùng một phương thức trong tiêu đề Allow.",
    "Use a method of the header Allow.",
    "RFC 9110 §9.3.8",
)
LOCKED = Rule(
    "OPS-0020",
    Severity.ERROR,
    "Tài khoản này đã bị khóa.",
    "This account is locked.",
    "Mở lại bằng `yteso user add` với cùng tên.",
    "Open it again with `yteso user add` and the same name.",
)
NOT_OUR_NAME = Rule(
    "OPS-0014",
    Severity.ERROR,
    "Hệ thống này không nhận yêu cầu gửi tới tên máy ghi trong tiêu đề Host.",
    "This platform takes no requests for the name in the Host header.",
    "Gọi bằng địa chỉ hệ thống nghe (localhost, YTESO_HOST), hoặc đặt YTESO_PUBLIC_URL thành địa chỉ mọi người dùng.",
    "Call it by the address it listens on (localhost, YTESO_HOST), or set YTESO_PUBLIC_URL to the address people use.",
)
UNKNOWN_ROLE = Rule(
    "OPS-0021",
    Severity.ERROR,
    "Không có vai trò này.",
    "There is no such role.",
    "Chọn: administrator, operator, staff, doctor, facility.",
    "Choose: administrator, operator, staff, doctor, facility.",
)
BAD_MACHINE = Rule(
    "OPS-0022",
    Severity.ERROR,
    "Tài khoản máy phải có mã cơ sở 5 ký tự (MA_CSKCB) và mật khẩu ít nhất 8 ký tự.",
    "A machine account needs a facility code of 5 characters (MA_CSKCB) and a password of at least 8 characters.",
    "Thêm --facility và một mật khẩu dài hơn.",
    "Give --facility and a longer password.",
)
NAME_TAKEN = Rule(
    "OPS-0023",
    Severity.ERROR,
    "Tên này đã thuộc về một tài khoản loại khác (người hoặc máy của cơ sở).",
    "This name belongs to an account of the other kind (a person's or a facility's).",
    "Chọn tên khác.",
    "Choose another name.",
)
NOTHING_HERE = Rule(
    "OPS-0024",
    Severity.ERROR,
    "Chưa có dữ liệu nào ở {home}.",
    "There is no installation at {home}.",
    "Chạy lệnh trong thư mục của hệ thống, hoặc đặt YTESO_HOME (mặc định ./var); `yteso up` tạo một hệ thống mới.",
    "Run the command in the installation's folder, or set YTESO_HOME (default ./var); `yteso up` makes a new one.",
)
NO_ROOTS = Rule(
    "OPS-0029",
    Severity.ERROR,
    "Tệp {file} không phải tệp gốc đã ký (mỗi dòng một JSON).",
    "The file {file} holds no signed roots (one JSON a line).",
    "Dùng tệp do `yteso audit roots` in ra hoặc audit/roots.ndjson.",
    "Give the file that `yteso audit roots` prints, or audit/roots.ndjson.",
)
OTHER_RELEASE = Rule(
    "OPS-0033",
    Severity.ERROR,
    "Cơ sở dữ liệu này của bản phát hành cũ hơn (thiếu {migration}); lệnh này không thay đổi nó.",
    "This database is of an earlier release (it lacks {migration}); this command does not change it.",
    "Dùng bản phát hành đã ghi nó, hoặc chạy `yteso migrate` trên một bản sao rồi chạy lại lệnh này trên bản sao đó.",
    "Use the release that wrote it, or run `yteso migrate` on a copy and this command on that copy.",
)
UNKNOWN_ALGORITHM = Rule(
    "OPS-0030",
    Severity.ERROR,
    "Không có thuật toán ký này.",
    "There is no such algorithm for signing.",
    "Dùng một trong: {known}.",
    "Use one of: {known}.",
)
NOT_OPEN_TO_OTHERS = Rule(
    "OPS-0031",
    Severity.FATAL,
    "Tỉnh mẫu chỉ dựng được trên máy này: mật khẩu mẫu ai cũng đọc được trong mã nguồn.",
    "The sample province is for this machine alone: anybody can read its passwords in the source.",
    "Bỏ YTESO_PUBLIC_URL và để YTESO_HOST là 127.0.0.1, hoặc dùng `yteso up` để chạy thật.",
    "Leave YTESO_PUBLIC_URL out and YTESO_HOST at 127.0.0.1, or run `yteso up` for real use.",
)
