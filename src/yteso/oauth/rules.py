"""Why the authorization server refuses. `ERRORS` gives each rule its word of RFC 6749 §5.2 (§4.1.2.1)."""

from __future__ import annotations

from yteso.base.issue import Rule, Severity

_E = Severity.ERROR

REQUEST = Rule(
    "OAUTH-0001",
    _E,
    "Yêu cầu thiếu hoặc sai tham số {field}.",
    "The parameter {field} is missing or wrong.",
    "Sửa tham số {field} rồi gửi lại.",
    "Correct the parameter {field} and send again.",
    basis="RFC 6749 §4.1.2.1",
)
CLIENT = Rule(
    "OAUTH-0002",
    _E,
    "Không xác thực được ứng dụng.",
    "The client could not be authenticated.",
    "Ký client_assertion bằng khóa đã đăng ký (RS384 hoặc ES384), jti mới, aud là địa chỉ token, hạn tối đa 5 phút",
    "Sign a client_assertion with a registered key (RS384, ES384), a new jti, aud the token address, 5 minutes at most",
    basis="SMART App Launch 2.2, client-confidential-asymmetric",
)
GRANT = Rule(
    "OAUTH-0003",
    _E,
    "Mã hoặc quyền đã hết hạn, đã dùng, hoặc không phải của ứng dụng này.",
    "The code or grant has expired, was used, or is not this client's.",
    "Bắt đầu đăng nhập lại từ ứng dụng.",
    "Start the log-in from the app again.",
    basis="RFC 6749 §5.2",
)
SCOPE = Rule(
    "OAUTH-0004",
    _E,
    "Phạm vi (scope) không hiểu được hoặc vượt quá mức được cấp.",
    "A scope is not understood, or goes beyond what was granted.",
    "Chỉ xin các scope đã đăng ký cho ứng dụng.",
    "Ask only for scopes the client is registered with.",
    basis="SMART App Launch 2.2, scopes",
)
GRANT_TYPE = Rule(
    "OAUTH-0005",
    _E,
    "grant_type không được hỗ trợ cho ứng dụng này.",
    "The grant_type is not supported for this client.",
    "Dùng authorization_code, refresh_token, hoặc client_credentials (máy).",
    "Use authorization_code, refresh_token, or client_credentials (machines).",
)
RESPONSE_TYPE = Rule(
    "OAUTH-0006",
    _E,
    "Chỉ hỗ trợ response_type=code.",
    "Only response_type=code is supported.",
    "Gửi response_type=code.",
    "Send response_type=code.",
)
DENIED = Rule(
    "OAUTH-0007",
    _E,
    "Người dùng không đồng ý.",
    "The person refused.",
    "Không làm gì thêm, hoặc hỏi lại khi người dùng muốn.",
    "Do nothing more, or ask again when the person wants it.",
)
UNKNOWN_APP = Rule(
    "OAUTH-0008",
    _E,
    "Ứng dụng chưa đăng ký, đã bị khóa, hoặc địa chỉ quay lại không đúng.",
    "The app is not registered, is locked, or its redirect address is another one.",
    "Liên hệ nhà cung cấp ứng dụng; quản trị viên xem danh sách ứng dụng.",
    "Ask the app's vendor; an administrator looks at the list of apps.",
    basis="RFC 9700 §4.1",
)
BAD_CLIENT = Rule(
    "OAUTH-0009",
    _E,
    "Đăng ký ứng dụng: trường {field} không đúng.",
    "Registration of an app: the field {field} is not right.",
    "Sửa trường {field}: địa chỉ https đầy đủ, scope của SMART, khóa công khai JWK (RSA ≥ 3072 hoặc P-384).",
    "Correct {field}: a full https address, SMART scopes, public JWKs (RSA ≥ 3072 or P-384).",
)
METHOD = Rule(
    "OAUTH-0010",
    _E,
    "Phương thức hoặc kiểu nội dung không đúng.",
    "The method or the content type is wrong.",
    "Gửi POST với application/x-www-form-urlencoded.",
    "Send a POST of application/x-www-form-urlencoded.",
)
NO_ADDRESS = Rule(
    "OAUTH-0011",
    _E,
    "Không có địa chỉ này.",
    "There is no such address.",
    "Xem /.well-known/smart-configuration.",
    "See /.well-known/smart-configuration.",
)
NO_CLIENT = Rule(
    "OAUTH-0012",
    _E,
    "Không có ứng dụng với mã này.",
    "There is no app of that id.",
    "Xem danh sách: yteso client list.",
    "See the list: yteso client list.",
)
CONDITION = Rule(
    "OAUTH-0013",
    _E,
    "Điều kiện {parameter} trong phạm vi (scope) không được hỗ trợ: không giữ được, hoặc hỏi về điều bị ẩn.",
    "The condition {parameter} of a scope is not supported: it cannot be held, or asks about what is hidden.",
    "Dùng mã, tham chiếu (không tới lượt khám, kết quả…), ngày (trừ ap), chuỗi, số; không :missing, :below, ghép.",
    "Use codes, references (to no visit, result …), dates (no ap), texts, numbers; no :missing, :below, composite.",
    basis="SMART App Launch 2.2, scopes",
)

ERRORS = {
    REQUEST.code: "invalid_request",
    CLIENT.code: "invalid_client",
    GRANT.code: "invalid_grant",
    SCOPE.code: "invalid_scope",
    CONDITION.code: "invalid_scope",
    GRANT_TYPE.code: "unsupported_grant_type",
    RESPONSE_TYPE.code: "unsupported_response_type",
    DENIED.code: "access_denied",
}
"""Every other rule is told as `invalid_request`."""
