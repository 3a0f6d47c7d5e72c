"""The numbered reasons for which nobody is made a representative. Codes `REPR-0xxx`."""

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
