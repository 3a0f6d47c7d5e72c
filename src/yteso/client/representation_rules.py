"""The numbered reasons for which nobody is made a representative, or acts as one. Codes `REPR-0xxx`."""

from yteso.base.issue import Rule, Severity

NOT_ADULT = Rule(
    "REPR-0001",
    Severity.ERROR,
    "Chỉ người từ đủ 18 tuổi, có ngày sinh trong hồ sơ, tự cử người đại diện.",
    "Only a person of 18 years or more, whose record has the birth date, names a representative.",
    "Cha mẹ hoặc người giám hộ mang giấy tờ đến trạm y tế hoặc cơ sở khám chữa bệnh.",
    "Parents or guardians bring their papers to the commune health station or a facility.",
    basis="Bộ luật Dân sự 2015, Điều 20, 138",
)
NOT_ONESELF = Rule(
    "REPR-0002",
    Severity.ERROR,
    "Không ai tự đại diện cho chính mình.",
    "Nobody represents themselves.",
    "Xin mã của người sẽ đại diện cho bạn.",
    "Ask for the code of who will represent you.",
)
BAD_END = Rule(
    "REPR-0003",
    Severity.ERROR,
    "Ngày kết thúc phải sau hôm nay và trong vòng {years} năm.",
    "The end must be after today and within {years} years.",
    "Chọn một ngày kết thúc khác; có thể cử lại khi hết hạn.",
    "Choose another end; the same person can be named again afterwards.",
)
NOT_OFFERED = Rule(
    "REPR-0004",
    Severity.ERROR,
    "Quan hệ này không tự cử được.",
    "This relationship cannot be given by oneself.",
    "Chọn một loại ủy quyền trong danh sách.",
    "Choose a kind of power of attorney from the list.",
)
ALREADY = Rule(
    "REPR-0005",
    Severity.ERROR,
    "Người này đang đại diện cho bạn rồi.",
    "This person represents you already.",
    "Kết thúc việc đại diện đang có, rồi cử lại.",
    "End the present representation first.",
)
NOT_ACTING = Rule(
    "REPR-0006",
    Severity.ERROR,
    "Bạn không làm được việc này thay cho người này.",
    "You may not do this in that person's name.",
    "Việc đại diện phải còn hiệu lực và không chỉ cho một việc; con từ đủ 16 tuổi tự quyết định.",
    "The representation must be in force and not for one matter only; from 16 years on a child decides alone.",
    basis="Luật Trẻ em 102/2016/QH13, Điều 1, 21",
)
NOT_NAMED = Rule(
    "REPR-0007",
    Severity.ERROR,
    "Phần nhạy cảm này không do người đại diện quyết định.",
    "About this sensitive part a representative does not decide.",
    "Bỏ chọn phần đó; chính người được đại diện tự đặt khi có tài khoản.",
    "Leave that part out; the person sets it with their own account.",
    basis="Luật 64/2006/QH11, Điều 27; Luật Trẻ em 102/2016/QH13, Điều 21",
)
OWN_CHOICE = Rule(
    "REPR-0008",
    Severity.ERROR,
    "Điều này do chính người được đại diện đã chọn.",
    "The person chose this themselves.",
    "Chỉ người đó rút lại được, bằng tài khoản của mình.",
    "Only that person takes it back, with their own account.",
)
