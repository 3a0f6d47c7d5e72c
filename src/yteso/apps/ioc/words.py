"""Names of codes on the board: kinds of care (MA_LOAI_KCB) in four groups, ICD-10 codes in the reader's language."""

from __future__ import annotations

from django.utils.translation import get_language, gettext

from yteso.terminology.concepts import lookup
from yteso.terminology.systems import ICD10_VN

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


def care_name(code: str) -> str:
    """The name of a MA_LOAI_KCB; the code itself when it is unknown."""
    return _name("MA_LOAI_KCB", code.zfill(2)) or code


def diagnosis_name(code: str) -> str:
    """The ministry's name of an ICD-10 code; empty when it has none."""
    return _name(ICD10_VN, code)


def _name(system: str, code: str) -> str:
    concept = lookup(system, code)
    if concept is None:
        return ""
    return concept.en if get_language() == "en" and concept.en else concept.vi
