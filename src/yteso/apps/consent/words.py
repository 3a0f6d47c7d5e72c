"""Codes of reasons and labels -> what people read."""

from __future__ import annotations

from django.utils.translation import gettext


def reasons() -> dict[str, str]:
    """Reasons to break the glass (HL7 v3 ActReason)."""
    return {
        "ETREAT": gettext("Cấp cứu, điều trị khẩn cấp"),
        "CAREMGT": gettext("Chăm sóc không thể chờ"),
        "PUBHLTH": gettext("Nguy hiểm cho người khác"),
    }


def reason(code: str) -> str:
    """The reason of any opening."""
    return reasons().get(code, gettext("Người bệnh cho mở"))


def why(code: str) -> str:
    """Why a facility is offered."""
    told = {"visit": gettext("bạn đã khám ở đây"), "access": gettext("đã xem hồ sơ của bạn")}
    return told.get(code, "")


def labels() -> dict[str, str]:
    """Kinds of sensitive facts a person can name."""
    return {
        "HIV": gettext("HIV"),
        "PSY": gettext("Sức khỏe tâm thần"),
        "SEX": gettext("Sức khỏe sinh sản"),
        "ETH": gettext("Chất gây nghiện"),
        "SDV": gettext("Bạo lực, xâm hại"),
    }


def label(code: str) -> str:
    """One kind, by its name."""
    return labels().get(code, code)
