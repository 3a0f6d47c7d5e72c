"""What the pages refuse, numbered (WEB-0001…). Declared here only; imports no web framework."""

from __future__ import annotations

from yteso.base.issue import Rule, Severity

BAD_PASSWORD = Rule(
    "WEB-0001",
    Severity.ERROR,
    "Mật khẩu không đạt yêu cầu: ít nhất 14 ký tự, không phổ biến, không giống tên đăng nhập.",
    "The password does not meet the rules: at least 14 characters, not a common one, not like the username.",
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
