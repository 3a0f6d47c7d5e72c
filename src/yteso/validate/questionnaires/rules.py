"""What answers can be wrong in, numbered (FHIR-25xx). `{link}` is a linkId of the Questionnaire."""

from __future__ import annotations

from yteso.base.issue import Rule, Severity

_BASIS = "FHIR R4 QuestionnaireResponse, Questionnaire"

NOT_HERE = Rule(
    "FHIR-2501",
    Severity.WARNING,
    "Không có Questionnaire này ở đây; các câu trả lời chưa được đối chiếu",
    "this Questionnaire is not here; the answers were not compared with it",
    "Nạp Questionnaire có url (và phiên bản) này rồi kiểm tra lại",
    "load the Questionnaire of this url (and version), then validate again",
    _BASIS,
)
NO_ITEM = Rule(
    "FHIR-2502",
    Severity.ERROR,
    "Questionnaire không có linkId này ở chỗ này",
    "the Questionnaire has no such linkId at this place",
    "Dùng linkId của Questionnaire; mục con của nhóm đặt trong item.item, của câu hỏi trong answer.item",
    "use the Questionnaire's linkIds; what is in a group stands in item.item, what is below a question in answer.item",
    _BASIS,
)
REQUIRED = Rule(
    "FHIR-2503",
    Severity.ERROR,
    "Thiếu câu trả lời bắt buộc {link}",
    "the required {link} has no answer",
    "Trả lời mục này, hoặc để status là in-progress",
    "answer it, or leave the status at in-progress",
    _BASIS,
)
TOO_OFTEN = Rule(
    "FHIR-2504",
    Severity.ERROR,
    "{link} có nhiều hơn {most} lần",
    "{link} is there more than {most} times",
    "Chỉ ghi số lần mà Questionnaire cho phép",
    "give it as often as the Questionnaire allows",
    _BASIS,
)
TOO_SELDOM = Rule(
    "FHIR-2505",
    Severity.ERROR,
    "{link} có ít hơn {least} lần",
    "{link} is there less than {least} times",
    "Ghi đủ số lần mà Questionnaire yêu cầu",
    "give it as often as the Questionnaire asks for",
    _BASIS,
)
NO_ANSWER = Rule(
    "FHIR-2506",
    Severity.ERROR,
    "{link} thuộc loại {type}, không có câu trả lời",
    "{link} is a {type} and has no answers",
    "Bỏ answer ở mục này",
    "leave answer out here",
    _BASIS,
)
DISABLED = Rule(
    "FHIR-2507",
    Severity.ERROR,
    "{link} có câu trả lời dù điều kiện enableWhen không đúng",
    "{link} is answered though its enableWhen does not hold",
    "Bỏ mục này hoặc sửa câu trả lời mà nó phụ thuộc",
    "leave it out, or correct the answer it depends on",
    _BASIS,
)
TYPE = Rule(
    "FHIR-2508",
    Severity.ERROR,
    "Câu trả lời của {link} phải là {types}",
    "an answer to {link} must be {types}",
    "Dùng kiểu mà loại câu hỏi này yêu cầu",
    "use the type that this kind of question asks for",
    _BASIS,
)
NOT_OFFERED = Rule(
    "FHIR-2509",
    Severity.ERROR,
    "Câu trả lời của {link} không nằm trong các lựa chọn của Questionnaire",
    "the answer to {link} is none of those the Questionnaire offers",
    "Chọn một giá trị trong answerOption hoặc answerValueSet",
    "choose one of answerOption or answerValueSet",
    _BASIS,
)
BEYOND = Rule(
    "FHIR-2510",
    Severity.ERROR,
    "Câu trả lời của {link} vượt giới hạn {bound} của Questionnaire",
    "the answer to {link} is beyond the Questionnaire's {bound}",
    "Sửa giá trị cho nằm trong giới hạn",
    "correct the value to be within it",
    _BASIS,
)
EXCLUSIVE = Rule(
    "FHIR-2511",
    Severity.ERROR,
    "{link} có lựa chọn loại trừ cùng với lựa chọn khác",
    "{link} has an option that excludes all others beside another",
    "Chỉ để lại lựa chọn đó hoặc bỏ nó",
    "leave that one alone, or leave it out",
    _BASIS,
)
