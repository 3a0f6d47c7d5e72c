"""The numbered reasons for which an access cannot be shown or questioned. Codes `AUD-0xxx`."""

from yteso.base.issue import Rule, Severity

NOT_OWN = Rule(
    "AUD-0001",
    Severity.ERROR,
    "Tài khoản này không được xem nhật ký truy cập.",
    "This account may not see who looked.",
    "Đăng nhập bằng tài khoản người dân đã liên kết với hồ sơ, hoặc tài khoản cán bộ bảo vệ dữ liệu.",
    "Sign in as a citizen whose account is tied to a record, or as the data officer.",
)
NO_ACCESS = Rule(
    "AUD-0002",
    Severity.ERROR,
    "Không có lượt truy cập này trong hồ sơ của bạn.",
    "There is no such access to your record.",
    "Chọn một dòng trong danh sách.",
    "Choose a row of the list.",
)
NO_TEXT = Rule(
    "AUD-0003",
    Severity.ERROR,
    "Nội dung phải có từ {least} đến {most} ký tự.",
    "The text must have between {least} and {most} characters.",
    "Viết rõ điều bạn muốn hỏi hoặc trả lời.",
    "Say what you ask or answer.",
)
NO_CASE = Rule(
    "AUD-0004",
    Severity.ERROR,
    "Câu hỏi này không có hoặc đã được trả lời.",
    "There is no such case, or it was answered already.",
    "Mở lại danh sách.",
    "Open the list again.",
)
