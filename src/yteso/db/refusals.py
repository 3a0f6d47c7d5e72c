"""The numbered reasons for which the database is not started or not used. Codes `DB-0xxx`."""

from yteso.base.issue import Rule, Severity

NOT_DURABLE = Rule(
    "DB-0001",
    Severity.FATAL,
    "Tham số {setting} của PostgreSQL đang tắt ({where}); dữ liệu đã xác nhận có thể mất.",
    "The PostgreSQL setting {setting} is off ({where}); acknowledged data could be lost.",
    "Bật lại {setting} rồi khởi động lại.",
    "Turn {setting} on and start again.",
)
FOREIGN_DATA = Rule(
    "DB-0002",
    Severity.FATAL,
    "Thư mục dữ liệu PostgreSQL {folder} thuộc về người dùng khác ({owner}).",
    "The PostgreSQL data folder {folder} belongs to another user ({owner}).",
    "Chạy bằng người dùng đó, hoặc đặt YTESO_HOME sang thư mục khác.",
    "Run as that user, or set YTESO_HOME to another folder.",
)
UNREACHABLE = Rule(
    "DB-0003",
    Severity.FATAL,
    "Người dùng hệ thống {user} (chạy PostgreSQL) không đi tới được {folder}.",
    "The system user {user} (which runs PostgreSQL) cannot reach {folder}.",
    "Đặt YTESO_HOME vào nơi đi tới được, ví dụ /var/lib/yteso, hoặc chạy bằng người dùng thường.",
    "Set YTESO_HOME to a reachable place such as /var/lib/yteso, or run as an ordinary user.",
)
NO_START = Rule(
    "DB-0004",
    Severity.FATAL,
    "PostgreSQL nhúng không khởi động được; nhật ký: {log}.",
    "The embedded PostgreSQL did not start; its log: {log}.",
    "Đọc nhật ký đó; thường do hết chỗ đĩa hoặc thiếu bộ nhớ.",
    "Read that log; usually the disk is full or memory is short.",
)
CHANGED_MIGRATION = Rule(
    "DB-0005",
    Severity.FATAL,
    "Tệp nâng cấp {file} đã áp dụng rồi lại bị sửa.",
    "The migration file {file} was changed after it had been applied.",
    "Trả tệp về nguyên bản và viết thay đổi thành tệp nâng cấp mới.",
    "Restore the file and write the change as a new migration.",
)
OTHER_VERSION = Rule(
    "DB-0006",
    Severity.FATAL,
    "Dữ liệu trong {folder} thuộc PostgreSQL {found}, phần mềm này mang PostgreSQL {ours}.",
    "The data in {folder} belongs to PostgreSQL {found}; this software carries PostgreSQL {ours}.",
    "Nâng cấp dữ liệu bằng pg_upgrade trước khi chạy.",
    "Upgrade the data with pg_upgrade first.",
)
NO_ANSWER = Rule(
    "DB-0007",
    Severity.FATAL,
    "Không kết nối được tới PostgreSQL ở YTESO_DATABASE_URL.",
    "PostgreSQL at YTESO_DATABASE_URL does not answer.",
    "Kiểm tra địa chỉ, mật khẩu và mạng.",
    "Check the address, the password and the network.",
)
AWAY = Rule(
    "DB-0010",
    Severity.FATAL,
    "PostgreSQL không trả lời nữa khi lệnh đang chạy; những gì đã ghi vẫn còn nguyên.",
    "PostgreSQL stopped answering while the command ran; what was written is there.",
    "Chạy lại đúng lệnh đó: nó làm tiếp từ chỗ dừng. Nếu lặp lại, xem nhật ký của PostgreSQL "
    "(nhúng: postgres/log trong YTESO_HOME).",
    "Run the same command again: it goes on where it stopped. If that repeats, read PostgreSQL's log "
    "(embedded: postgres/log in YTESO_HOME).",
)
NAMELESS_USER = Rule(
    "DB-0008",
    Severity.FATAL,
    "Người dùng hệ thống số {uid} không có tên; PostgreSQL không chạy được dưới người dùng này.",
    "The system user number {uid} has no name; PostgreSQL cannot run as it.",
    "Thêm người dùng vào /etc/passwd hoặc dùng YTESO_DATABASE_URL.",
    "Add the user to /etc/passwd, or use YTESO_DATABASE_URL.",
)
READER = Rule(
    "DB-0009",
    Severity.FATAL,
    "Tài khoản trong YTESO_READER_DATABASE_URL không dùng để đọc được: {why}.",
    "The log-in of YTESO_READER_DATABASE_URL cannot read for people: {why}.",
    "Cấp quyền như trang Operate ghi, cùng cơ sở dữ liệu, không thuộc vai trò chủ sở hữu; hoặc bỏ trống biến này.",
    "Grant what the page Operate says, in the same database, no member of the owner; or leave the variable empty.",
)
