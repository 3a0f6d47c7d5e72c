"""Every numbered finding about subscriptions: their definition, and why telling failed. Never a patient's value."""

from __future__ import annotations

from yteso.base.issue import Rule, Severity

_IG = "Subscriptions R5 Backport IG 1.1"
_R4 = "FHIR R4 Subscription"


def _error(code: str, text: str, text_en: str, fix: str, fix_en: str, basis: str = _IG) -> Rule:
    return Rule(code, Severity.ERROR, text, text_en, fix, fix_en, basis)


UNKNOWN_TOPIC = _error(
    "SUB-0001",
    "Không có chủ đề (topic) này.",
    "There is no such topic.",
    "Dùng một chủ đề ghi trong /fhir/metadata, ví dụ urn:yteso:topic:Encounter.",
    "Use a topic named in /fhir/metadata, for example urn:yteso:topic:Encounter.",
)
BAD_CRITERIA = _error(
    "SUB-0002",
    "Tiêu chí không đọc được, hoặc có loại, tham số không theo dõi được.",
    "The criteria cannot be read, or name a type or parameter that cannot be watched.",
    "Viết Loại?tham_số=giá_trị như một phép tìm, không có _include, _sort, _count, chuỗi (cả trong _filter), _has.",
    "Write Type?parameter=value as for a search, without _include, _sort, _count, chains (in _filter too), _has.",
    _R4,
)
BAD_FILTER = _error(
    "SUB-0003",
    "Bộ lọc không thuộc loại tài nguyên của chủ đề.",
    "The filter is not about a resource type of the topic.",
    "Viết Loại?tham_số=giá_trị với loại của chủ đề.",
    "Write Type?parameter=value with a type of the topic.",
)
BAD_CHANNEL = _error(
    "SUB-0004",
    "Không hỗ trợ kênh này.",
    "This channel is not supported.",
    "Dùng rest-hook hoặc websocket.",
    "Use rest-hook or websocket.",
    _R4,
)
BAD_ENDPOINT = _error(
    "SUB-0005",
    "Địa chỉ nhận (endpoint) không hợp lệ.",
    "The endpoint is not valid.",
    "Viết địa chỉ https đầy đủ, không có tên đăng nhập, mật khẩu hoặc dấu #.",
    "Write a whole https address without a user, a password or a fragment.",
    _R4,
)
BAD_PAYLOAD = _error(
    "SUB-0006",
    "Không gửi được nội dung kiểu này.",
    "This payload cannot be sent.",
    "Dùng application/fhir+json; nội dung empty, id-only hoặc full-resource.",
    "Use application/fhir+json; the content is empty, id-only or full-resource.",
)
BAD_HEADER = _error(
    "SUB-0007",
    "Tiêu đề (header) thứ {number} không gửi được.",
    "Header number {number} cannot be sent.",
    "Viết Tên: giá trị trên một dòng; Host, Content-… và các tiêu đề kết nối do máy chủ đặt.",
    "Write Name: value on one line; Host, Content-… and headers of the connection are the server's.",
    _R4,
)
BAD_NUMBER = _error(
    "SUB-0008",
    "Giá trị {name} phải từ {low} đến {high}.",
    "{name} must be from {low} to {high}.",
    "Sửa giá trị này.",
    "Correct the value.",
)
NO_SUCH = _error(
    "SUB-0009",
    "Không có Subscription đang dùng này.",
    "There is no such Subscription in use.",
    "Kiểm tra id; Subscription vừa ghi được xét trong vài giây.",
    "Check the id; a Subscription just written is looked at within seconds.",
)
NOT_WEBSOCKET = _error(
    "SUB-0010",
    "Subscription này không dùng kênh websocket.",
    "This Subscription does not use a websocket.",
    "Đổi channel.type thành websocket.",
    "Set channel.type to websocket.",
)
NARROWED = _error(
    "SUB-0011",
    "Phạm vi của ứng dụng không cho đọc hết {type} mà Subscription này theo dõi.",
    "The scopes of the app do not let it read all of {type}, which this Subscription watches.",
    "Xin phạm vi system/{type}.rs, hoặc chỉ theo dõi loại mà ứng dụng được đọc hết.",
    "Ask for the scope system/{type}.rs, or watch only types the app may read whole.",
)
NOT_ALLOWED = _error(
    "SUB-0101",
    "Máy chủ này không được gửi tới địa chỉ nhận.",
    "This server may not send to the endpoint.",
    "Đề nghị người vận hành thêm địa chỉ gốc vào YTESO_SUBSCRIPTION_HOSTS, rồi ghi lại status requested.",
    "Ask the operator to add its origin to YTESO_SUBSCRIPTION_HOSTS, then write status requested again.",
)
NO_ANSWER = _error(
    "SUB-0102",
    "Nơi nhận không trả lời.",
    "The endpoint did not answer.",
    "Kiểm tra nơi nhận, rồi ghi lại status requested để gửi tiếp.",
    "Check the endpoint, then write status requested again to go on.",
)
BAD_ANSWER = _error(
    "SUB-0103",
    "Nơi nhận trả lời mã {status}.",
    "The endpoint answered {status}.",
    "Nơi nhận cần trả lời 2xx; không theo chuyển hướng. Ghi lại status requested để gửi tiếp.",
    "The endpoint must answer 2xx; redirects are not followed. Write status requested again to go on.",
)
NOT_JUDGED = _error(
    "SUB-0106",
    "Không xét được thay đổi theo tiêu chí của Subscription này; có thay đổi đã bị bỏ qua.",
    "Changes could not be judged by the criteria of this Subscription; some were passed over.",
    "Sửa tiêu chí hoặc báo người vận hành, rồi ghi lại status requested.",
    "Correct the criteria or tell the operator, then write status requested again.",
)
NOT_TAKEN_UP = _error(
    "SUB-0107",
    "Không đọc được Subscription này.",
    "This Subscription could not be read.",
    "Ghi lại Subscription đơn giản hơn, hoặc báo người vận hành.",
    "Write a simpler Subscription, or tell the operator.",
)
NO_OWNER = _error(
    "SUB-0104",
    "Tài khoản sở hữu Subscription không còn hoặc đã khoá.",
    "The account that owns the Subscription is gone or locked.",
    "Ghi lại Subscription bằng tài khoản đang dùng.",
    "Write the Subscription again with an account in use.",
)
NO_SECRET = _error(
    "SUB-0108",
    "Giá trị bí mật của header không mở được ở đây.",
    "The secret value of a header cannot be opened here.",
    "Ghi lại Subscription với giá trị thật của header.",
    "Write the Subscription again with the header's real value.",
)
ENDED = Rule(
    "SUB-0105",
    Severity.INFORMATION,
    "Subscription đã đến hạn kết thúc.",
    "The Subscription has reached its end.",
)
