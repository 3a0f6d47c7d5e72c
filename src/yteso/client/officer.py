"""What the data officer's acts share: who may, and that reasons are given. Codes `DPO-00xx`."""

from __future__ import annotations

from yteso.access.principal import Principal, Role
from yteso.base.errors import Refused
from yteso.base.issue import Origin, Rule, Severity

LEAST, MOST = 10, 4000

NOT_OFFICER = Rule(
    "DPO-0001",
    Severity.ERROR,
    "Chỉ cán bộ bảo vệ dữ liệu được thực hiện việc này.",
    "Only the data officer may do this.",
    "Đăng nhập bằng tài khoản cán bộ bảo vệ dữ liệu.",
    "Sign in as the data officer.",
)
NO_WORDS = Rule(
    "DPO-0002",
    Severity.ERROR,
    "{field} phải có từ {least} đến {most} ký tự.",
    "{field} must have between {least} and {most} characters.",
    "Viết rõ để người đọc sau hiểu được.",
    "Write it so that a later reader understands.",
)
NO_SUCH = Rule(
    "DPO-0003",
    Severity.ERROR,
    "Việc này không có, đã đóng, hoặc không còn ở bước cho phép.",
    "There is no such case, it is closed, or it is no longer at this step.",
    "Mở lại danh sách.",
    "Open the list again.",
)


def require_officer(who: Principal) -> None:
    """Refused (403, DPO-0001) for everybody else."""
    if who.role is not Role.DATA_OFFICER:
        raise Refused(NOT_OFFICER.at(), status=403)


def words(text: str, field: str, least: int = LEAST) -> str:
    """The text without what surrounds it. Refused (400, DPO-0002) when it is too short or too long."""
    text = text.strip()
    if not least <= len(text) <= MOST:
        raise Refused(NO_WORDS.at(Origin(field=field), field=field, least=least, most=MOST), status=400)
    return text


def require_done(done: bool) -> None:
    """Refused (404, DPO-0003) when nothing was changed."""
    if not done:
        raise Refused(NO_SUCH.at(), status=404)
