"""Codes of relationships -> what people call them."""

from __future__ import annotations

from django.utils.translation import gettext


def relationships() -> dict[str, str]:
    """Legal relationships (v3-RoleCode) of a representative to the person."""
    return {
        "PRN": gettext("Cha hoặc mẹ"),
        "MTH": gettext("Mẹ"),
        "FTH": gettext("Cha"),
        "GUARD": gettext("Người giám hộ"),
        "POWATT": gettext("Người được ủy quyền"),
        "HPOWATT": gettext("Người được ủy quyền về sức khỏe"),
        "DPOWATT": gettext("Người được ủy quyền lâu dài"),
        "SPOWATT": gettext("Người được ủy quyền một việc"),
    }
