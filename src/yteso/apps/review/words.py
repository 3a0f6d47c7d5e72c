"""What doubts, facts and agreements are called, and how they look: (words, tone, icon)."""

from __future__ import annotations

from django.utils.translation import gettext

from yteso.web.formats import date

Look = tuple[str, str, str]


def reason(code: str, key: str) -> str:
    """Why somebody should look."""
    keys = {
        "cccd": gettext("số CCCD"),
        "bhxh": gettext("mã số BHXH"),
        "card": gettext("số thẻ BHYT"),
        "local": gettext("mã người bệnh tại cơ sở"),
        "visit": gettext("mã lượt khám"),
    }
    texts = {
        "keys-disagree": gettext("Các số trong lượt khám dẫn đến hai người khác nhau (%(key)s chỉ sang người khác)."),
        "name-and-birth-differ": gettext("Trùng %(key)s nhưng họ tên và ngày sinh đều khác hồ sơ đã có."),
        "number-differs": gettext("Có một số định danh khác với hồ sơ đã có (%(key)s)."),
    }
    return texts.get(code, code) % {"key": keys.get(key, key)} if code in texts else code


def facts() -> dict[str, str]:
    """What is compared."""
    return {
        "name": gettext("Họ tên"),
        "birth": gettext("Ngày sinh"),
        "gender": gettext("Giới tính"),
        "cccd": "CCCD",
        "bhxh": gettext("Mã BHXH"),
        "bhyt": gettext("Thẻ BHYT"),
        "phone": gettext("Điện thoại"),
        "address": gettext("Địa chỉ"),
    }


def agreements() -> dict[str, Look]:
    """How two facts stand to each other."""
    return {
        "same": (gettext("Giống"), "ok", "check"),
        "different": (gettext("Khác"), "bad", "x"),
        "unknown": (gettext("Thiếu"), "", "info-circle"),
    }


def shown(fact: str, value: str) -> str:
    """A fact's value as people write it."""
    if fact == "birth":
        return date(value)
    if fact == "gender":
        return {"male": gettext("Nam"), "female": gettext("Nữ"), "other": gettext("Khác")}.get(value, value or "–")
    return value or "–"
