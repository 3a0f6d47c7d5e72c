"""Kinds of care (MA_LOAI_KCB) in the four groups of the board."""

from __future__ import annotations

from django.utils.translation import gettext

_GROUPS = {
    **dict.fromkeys(("01", "07", "11", "12", "13", "14"), "exam"),
    **dict.fromkeys(("02", "05", "08"), "outpatient"),
    **dict.fromkeys(("03", "04", "06", "09"), "inpatient"),
}
"""824/QĐ-BYT and 1804/QĐ-BYT: what is not named here (check-ups, screening, other) is "other"."""


def care_groups() -> dict[str, str]:
    """The groups in the order they are drawn."""
    return {
        "exam": gettext("Khám bệnh"),
        "outpatient": gettext("Điều trị ngoại trú"),
        "inpatient": gettext("Điều trị nội trú"),
        "other": gettext("Khác"),
    }


def care_group(code: str) -> str:
    """The group of a MA_LOAI_KCB."""
    return _GROUPS.get(code.zfill(2), "other")
