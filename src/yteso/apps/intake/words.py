"""What the states of a file, a visit and an issue are called, and how they look: (words, tone, icon)."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import get_language, gettext, pgettext

from yteso.client.intake import Finding

Look = tuple[str, str, str]


def file_states() -> dict[str, Look]:
    """The states of `exchange.intake`."""
    return {
        "received": (gettext("Chờ đọc"), "info", "clock"),
        "walking": (gettext("Đang đọc"), "info", "hourglass"),
        "done": (gettext("Xong"), "ok", "check"),
        "done_with_issues": (gettext("Xong, có lỗi"), "warn", "alert-triangle"),
        "quarantined": (gettext("Tạm giữ"), "bad", "alert-circle"),
        "failed": (gettext("Không đọc được"), "bad", "circle-x"),
    }


def visit_states() -> dict[str, Look]:
    """The states of one visit of a file."""
    return {
        "accepted": (gettext("Đã vào hồ sơ"), "ok", "check"),
        "unchanged": (gettext("Không đổi"), "", "check"),
        "outdated": (gettext("Có bản mới hơn"), "", "versions"),
        "quarantined": (gettext("Tạm giữ, cần sửa"), "bad", "alert-circle"),
        "failed": (gettext("Không đọc được"), "bad", "circle-x"),
    }


def severities() -> dict[str, Look]:
    """The severities of FHIR."""
    return {
        "fatal": (gettext("Nghiêm trọng"), "bad", "circle-x"),
        "error": (pgettext("one finding", "Lỗi"), "bad", "alert-circle"),
        "warning": (pgettext("one finding", "Cảnh báo"), "warn", "alert-triangle"),
        "information": (pgettext("one finding", "Ghi chú"), "info", "info-circle"),
    }


def doors() -> dict[str, str]:
    """How a file came."""
    return {
        "plain": gettext("Giao diện chung"),
        "insurer": gettext("Cổng kiểu BHXH"),
        "hanoi": gettext("Cổng kiểu Hà Nội"),
        "page": gettext("Gửi trên trang này"),
        "command": gettext("Dòng lệnh"),
    }


_RANKS = ("fatal", "error", "warning", "information")


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    """What must be corrected before what is only noted; within that, as found."""
    return sorted(findings, key=lambda one: (_RANKS.index(one.severity) if one.severity in _RANKS else 9, one.n))


def told(finding: Finding) -> tuple[str, str]:
    """(what is wrong, what to do) in the reader's language."""
    return (finding.text_en, finding.fix_en) if get_language() == "en" else (finding.text, finding.fix)
