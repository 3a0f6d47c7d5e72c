"""What the pages refuse, numbered (WEB-0001…). Declared here only; imports no web framework."""

from __future__ import annotations

from yteso.base.issue import Rule, Severity

BAD_PASSWORD = Rule(
    "WEB-0001",
    Severity.ERROR,
    "Mật khẩu không đạt yêu cầu: ít nhất 14 ký tự (người dân: 12), không có trong danh sách đã lộ, không giống tên.",
    "The password does not meet the rules: at least 14 characters (citizens: 12), in no list of leaked ones, "
    "not like the name.",
    "Chọn một câu dài dễ nhớ.",
    "Choose a long phrase that is easy to remember.",
)
BAD_FIELD = Rule(
    "WEB-0002",
    Severity.ERROR,
    "Trường {field} của tài khoản không hợp lệ.",
    "The field {field} of the account is not valid.",
    "Tên đăng nhập: chữ thường, số, dấu . _ -; mã cơ sở: 5 ký tự; vai trò: một trong các vai trò mà "
    "`yteso user add --help` liệt kê.",
    "Username: lower-case letters, digits, . _ -; facility code: 5 characters; role: one of those that "
    "`yteso user add --help` lists.",
)
NEEDS_FACILITY = Rule(
    "WEB-0003",
    Severity.ERROR,
    "Vai trò {role} phải gắn với một cơ sở (MA_CSKCB).",
    "The role {role} must be bound to a facility (MA_CSKCB).",
    "Thêm mã cơ sở 5 ký tự.",
    "Give the facility code of 5 characters.",
)
UNKNOWN = Rule("WEB-0004", Severity.ERROR, "Không có tài khoản này.", "There is no such account.")
UNSOUND = Rule(
    "WEB-0005",
    Severity.ERROR,
    "Yêu cầu có ký tự không thể có trong văn bản (ký tự NUL hoặc mã Unicode không trọn vẹn).",
    "The request holds a character that no text can have (NUL, or half of a Unicode pair).",
    "Gõ lại nội dung thay vì dán, rồi gửi lại.",
    "Type the text instead of pasting it, and send it again.",
)
LINK_OVER = Rule(
    "WEB-0006",
    Severity.ERROR,
    "Liên kết này đã dùng, đã hết hạn hoặc không đúng.",
    "This link was used, is over, or is not a right one.",
    "Xin quản trị viên của đơn vị cấp liên kết mới.",
    "Ask your administrator for a new link.",
)
BAD_PROVIDER = Rule(
    "WEB-0007",
    Severity.ERROR,
    "Cấu hình đăng nhập OpenID Connect không đúng: {field}.",
    "The settings of the OpenID Connect log-in are not right: {field}.",
    "Xem docs/how-to/sign-in.md và sửa tệp oidc.json.",
    "See docs/how-to/sign-in.md and correct the file oidc.json.",
)
NOT_TRUSTED = Rule(
    "WEB-0008",
    Severity.ERROR,
    "Không xác nhận được lần đăng nhập qua {provider} ({check}).",
    "The log-in by {provider} could not be confirmed ({check}).",
    "Đăng nhập lại từ đầu; nếu còn lặp lại, báo quản trị viên mã này.",
    "Sign in again from the start; if it happens again, tell your administrator this code.",
)
NO_ACCOUNT = Rule(
    "WEB-0009",
    Severity.ERROR,
    "Danh tính này chưa gắn với tài khoản nào, và chưa tìm thấy đúng một hồ sơ có số CCCD của bạn.",
    "This identity belongs to no account yet, and not exactly one record with your citizen number was found.",
    "Người dân: mang CCCD đến cơ sở bạn hay khám để kiểm tra số trong hồ sơ. Nhân viên: đăng nhập bằng mật khẩu rồi "
    "liên kết trong Tài khoản của tôi.",
    "Citizens: take your citizen card to the facility you visit and have the number in your record checked. "
    "Staff: sign in with your password and link it in My account.",
)
IDENTITY_TAKEN = Rule(
    "WEB-0010",
    Severity.ERROR,
    "Danh tính này đã gắn với tài khoản khác.",
    "This identity belongs to another account.",
    "Gỡ liên kết ở tài khoản kia trước.",
    "Remove the link from the other account first.",
)
NOT_SURE = Rule(
    "WEB-0011",
    Severity.ERROR,
    "{provider} chưa xác thực bạn đủ mức để mở hồ sơ sức khỏe (cần mức {level}).",
    "{provider} is not sure enough of who you are to open a health record (level {level} is needed).",
    "Đăng nhập lại bằng cách xác thực cao hơn của nơi đó (ví dụ định danh mức 2), hoặc mang CCCD đến cơ sở bạn hay "
    "khám.",
    "Sign in again there in a stronger way (for example with an identity of level 2), or take your citizen card to the "
    "facility you visit.",
)
STOPPED = Rule(
    "WEB-0012",
    Severity.INFORMATION,
    "Bạn đã dừng lại ở {provider}, nên chưa có gì thay đổi.",
    "You stopped at {provider}, so nothing has changed.",
)
PROVIDER_AWAY = Rule(
    "WEB-0013",
    Severity.ERROR,
    "{provider} không trả lời lúc này ({check}).",
    "{provider} does not answer at the moment ({check}).",
    "Thử lại sau ít phút, hoặc đăng nhập bằng cách khác.",
    "Try again in a few minutes, or sign in another way.",
)
UNSEEN = Rule(
    "WEB-0014",
    Severity.ERROR,
    "Trường {field} có ký tự không nhìn thấy (ký tự điều khiển, đổi chiều chữ hoặc không có bề rộng).",
    "The field {field} has a character that nobody sees (a control, a turn of direction, or one without width).",
    "Xóa ô rồi gõ lại thay vì dán.",
    "Empty the field and type it instead of pasting it.",
)
