"""The numbered reasons for which two Patients are not joined, or not parted. Codes `IDEN-00xx`."""

from yteso.base.issue import Rule, Severity

ONE_PERSON = Rule(
    "IDEN-0001",
    Severity.ERROR,
    "Đã chọn cùng một hồ sơ hai lần.",
    "The same record was chosen twice.",
    "Chọn hai hồ sơ khác nhau.",
    "Choose two different records.",
)
HIDDEN = Rule(
    "IDEN-0002",
    Severity.ERROR,
    "Chỉ nhân viên hồ sơ của cơ sở được gộp hay tách, và phải xem được cả hai hồ sơ.",
    "Only a facility's records desk joins or parts, and must see both records.",
    "Nhờ người bệnh tạo mã mở hồ sơ, hoặc nhờ cơ sở có cả hai hồ sơ.",
    "Ask the person for a visit code, or the facility that has both in care.",
)
REPLACED = Rule(
    "IDEN-0003",
    Severity.ERROR,
    "Một trong hai hồ sơ đã được gộp vào hồ sơ khác.",
    "One of the two was joined into another record already.",
    "Dùng hồ sơ còn lại của lần gộp đó.",
    "Use the record that remained then.",
)
NO_REASON = Rule(
    "IDEN-0004",
    Severity.ERROR,
    "Thiếu lý do, từ {least} ký tự.",
    "The reason is missing, {least} characters or more.",
    "Ghi giấy tờ nào cho biết đây là một người, hay là hai người.",
    "Say which papers show that it is one person, or two.",
)
NO_SUCH = Rule(
    "IDEN-0005",
    Severity.ERROR,
    "Lần gộp này không có, hoặc đã được tách.",
    "There is no such joining, or it was parted already.",
    "Mở lại danh sách.",
    "Open the list again.",
)
WAITING = Rule(
    "IDEN-0007",
    Severity.ERROR,
    "Hồ sơ này đang chờ gộp trong một đề nghị khác.",
    "This record waits to be joined by another proposal.",
    "Đồng ý hoặc từ chối đề nghị đó trước.",
    "Agree to that one, or refuse it, first.",
)
NOT_ALONE = Rule(
    "IDEN-0008",
    Severity.ERROR,
    "Người đề nghị không tự đồng ý gộp.",
    "Who proposed it does not agree to it themselves.",
    "Nhờ một nhân viên hồ sơ hoặc bác sĩ khác của cơ sở xem và đồng ý.",
    "Ask another member of the records desk, or a doctor of the facility.",
)
LATER_FIRST = Rule(
    "IDEN-0006",
    Severity.ERROR,
    "Hồ sơ còn lại đã được gộp tiếp vào hồ sơ khác.",
    "The remaining record was joined into another one since.",
    "Tách lần gộp sau trước.",
    "Part the later joining first.",
)
