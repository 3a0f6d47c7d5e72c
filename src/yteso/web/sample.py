"""Figures for the living page `/ui`, invented here and never mixed with the installation's own."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext


def sample(now: datetime) -> dict[str, Any]:
    """What `/ui` draws; `now` is the moment the page is opened."""
    days = [(f"{day:02}/11", (40 + day * 7 % 31, 18 + day * 5 % 13, 6 + day * 3 % 7)) for day in range(8, 22)]
    weeks = [(f"T{week}", (12 + week * week % 23 + week, 10 + week * 3 % 17)) for week in range(30, 47)]
    return {
        "now": now,
        "old": now - timedelta(hours=31),
        "columns": days,
        "line": weeks,
        "files": [
            ("BV_MAU_A_2026-11-21.xml", 248, "ok", "check", gettext("Xong")),
            ("TYT_MAU_3_2026-11-21.xml", 31, "warn", "alert-triangle", gettext("Có cảnh báo")),
            ("PK_MAU_B_2026-11-20.xml", 12, "bad", "alert-circle", gettext("Có lỗi")),
        ],
    }
