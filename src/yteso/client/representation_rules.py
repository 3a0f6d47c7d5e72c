"""The numbered reasons for which nobody is made a representative, or acts as one. Codes `REPR-00xx`."""

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
    "Việc đại diện phải còn hiệu lực và không chỉ cho một việc; con đủ tuổi tự quyết định thì tự làm.",
    "The representation must be in force and not for one matter only; a child old enough decides alone.",
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
NOT_RECORDS = Rule(
    "REPR-0009",
    Severity.ERROR,
    "Chỉ nhân viên hồ sơ của cơ sở hoặc trạm y tế được ghi nhận người đại diện, cho người bệnh của mình.",
    "Only a facility's records desk or a commune health station records a representative, for its own patients.",
    "Mang giấy tờ đến nơi người được đại diện khám chữa bệnh.",
    "Bring the papers to where the represented person is treated.",
)
NOBODY = Rule(
    "REPR-0010",
    Severity.ERROR,
    "Không có đúng một hồ sơ mang số định danh và ngày sinh này.",
    "There is not exactly one record with this citizen number and day of birth.",
    "Kiểm tra giấy tờ của người đại diện; nếu chưa có hồ sơ, đăng ký khám để có hồ sơ.",
    "Check the representative's papers; who has no record yet gets one by registering at a facility.",
)
TOO_YOUNG = Rule(
    "REPR-0011",
    Severity.ERROR,
    "Người đại diện phải từ đủ 18 tuổi.",
    "A representative is 18 years or more.",
    "Ghi nhận một người đại diện đã thành niên.",
    "Record a representative of age.",
    basis="Bộ luật Dân sự 2015, Điều 49, 134",
)
NOT_OF_THIS_AGE = Rule(
    "REPR-0012",
    Severity.ERROR,
    "Quan hệ này không hợp với tuổi của người được đại diện.",
    "This relationship does not fit the age of the represented person.",
    "Cha mẹ, người giám hộ: cho người dưới 18 tuổi; ủy quyền, giám hộ theo quyết định của tòa án: từ đủ 18 tuổi.",
    "Parents and guardians are of who is under 18; attorneys and guardians given by a court of who is 18 or more.",
    basis="Bộ luật Dân sự 2015, Điều 46, 47, 136, 138",
)
NO_EVIDENCE = Rule(
    "REPR-0013",
    Severity.ERROR,
    "Thiếu căn cứ: tên, số, ngày của giấy tờ, từ {least} ký tự.",
    "The evidence is missing: name, number and date of the paper, {least} characters or more.",
    "Ghi giấy khai sinh, quyết định giám hộ hoặc giấy ủy quyền nào; kèm bản chụp nếu có.",
    "Say which birth certificate, decision or power of attorney it is; add a scan where there is one.",
)
BAD_SCAN = Rule(
    "REPR-0014",
    Severity.ERROR,
    "Bản chụp phải là PDF, JPEG hoặc PNG, tối đa {most} MB.",
    "The scan must be a PDF, JPEG or PNG of at most {most} MB.",
    "Chọn một tệp khác hoặc chụp nhỏ hơn.",
    "Choose another file, or a smaller scan.",
)
NO_REASON = Rule(
    "REPR-0015",
    Severity.ERROR,
    "Thiếu lý do kết thúc, từ {least} ký tự.",
    "The reason for the end is missing, {least} characters or more.",
    "Ghi giấy tờ hoặc sự việc làm căn cứ.",
    "Name the paper or the event.",
)
ALREADY_OF = Rule(
    "REPR-0016",
    Severity.ERROR,
    "Người này đang đại diện cho người bệnh rồi.",
    "This person represents the patient already.",
    "Kết thúc việc đại diện đang có, rồi ghi nhận lại.",
    "End the present representation first.",
)
