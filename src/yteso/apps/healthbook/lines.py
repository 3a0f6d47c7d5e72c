"""Facts of the own record -> lines in plain Vietnamese: what it is, how to take it, what a result means. Pure; no I/O.

Lenient: a field that is missing leaves a blank, because senders differ and a page must show what there is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext

from yteso.client.record import Fact
from yteso.web.formats import number
from yteso.web.terms import name_of

Resource = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """One fact. `meaning` tells a result in plain words; `tone` is "warn" when it is out of range."""

    title: str
    detail: str = ""
    value: str = ""
    meaning: str = ""
    tone: str = ""
    when: str = ""
    place: str = ""


def line(fact: Fact, facilities: Mapping[str, str]) -> Line:
    """One fact as a line."""
    resource = fact.resource
    title, detail, value, meaning, tone = _TELLERS.get(resource["resourceType"], _plain)(resource)
    place = facilities.get(fact.source.facility, "") or resource.get("serviceProvider", {}).get("display", "")
    return Line(title, detail, value, meaning, tone, _when(resource), str(place or fact.source.facility))


def section_names() -> dict[str, str]:
    """Sections of `client.record` that a citizen reads, in the order of the page."""
    return {
        "visits": gettext("Lượt khám, điều trị"),
        "diagnoses": gettext("Chẩn đoán"),
        "medicines": gettext("Thuốc"),
        "tests": gettext("Kết quả xét nghiệm"),
        "documents": gettext("Giấy tờ"),
        "allergies": gettext("Dị ứng"),
    }


_Told = tuple[str, str, str, str, str]


def _plain(resource: Resource) -> _Told:
    return _text(resource.get("code") or resource.get("type")) or resource["resourceType"], "", "", "", ""


def _visit(resource: Resource) -> _Told:
    kinds = {
        "AMB": gettext("Khám, điều trị ngoại trú"),
        "IMP": gettext("Điều trị nội trú"),
        "EMER": gettext("Cấp cứu"),
        "SS": gettext("Điều trị ban ngày"),
    }
    kind = kinds.get(resource.get("class", {}).get("code", ""), gettext("Lượt khám"))
    return kind, ", ".join(filter(None, map(_text, resource.get("reasonCode", [])))), "", "", ""


def _diagnosis(resource: Resource) -> _Told:
    code = resource.get("code", {})
    codes = [one.get("code", "") for one in code.get("coding", [])]
    return _text(code), gettext("Mã ICD-10: %(code)s") % {"code": codes[0]} if codes else "", "", "", ""


def _medicine(resource: Resource) -> _Told:
    title = _text(resource.get("medicationCodeableConcept"))
    title = title or str(resource.get("medicationReference", {}).get("display", "")) or gettext("Thuốc")
    how = "; ".join(
        " · ".join(filter(None, (one.get("text", ""), one.get("patientInstruction", ""))))
        for one in resource.get("dosageInstruction", [])
    )
    amount = _quantity(resource.get("dispenseRequest", {}).get("quantity"))
    return title, gettext("Cách dùng: %(how)s") % {"how": how} if how else "", amount, "", ""


def _result(resource: Resource) -> _Told:
    bounds = (resource.get("referenceRange") or [{}])[0]
    low, high = bounds.get("low", {}), bounds.get("high", {})
    usual = bounds.get("text") or " – ".join(filter(None, (_quantity(low), _quantity(high))))
    detail = gettext("Mức bình thường: %(range)s") % {"range": usual} if usual else ""
    value = resource.get("valueQuantity", {})
    shown = _quantity(value) or str(resource.get("valueString", "")) or _text(resource.get("valueCodeableConcept"))
    flag = _flag(resource) or _compared(value.get("value"), low.get("value"), high.get("value"))
    meaning = {
        "H": gettext("Cao hơn mức bình thường. Hãy hỏi bác sĩ điều này nghĩa là gì với bạn."),
        "L": gettext("Thấp hơn mức bình thường. Hãy hỏi bác sĩ điều này nghĩa là gì với bạn."),
        "A": gettext("Khác mức bình thường. Hãy hỏi bác sĩ điều này nghĩa là gì với bạn."),
        "N": gettext("Trong mức bình thường."),
    }.get(flag, "")
    return _text(resource.get("code")), detail, shown, meaning, "warn" if flag in ("H", "L", "A") else ""


def _flag(resource: Resource) -> str:
    """H, L, A or N of the sender's own judgement (v3-ObservationInterpretation)."""
    codes = [one.get("code", "") for many in resource.get("interpretation", []) for one in many.get("coding", [])]
    return codes[0][:1] if codes and codes[0][:1] in ("H", "L", "A", "N") else ""


def _compared(value: Decimal | None, low: Decimal | None, high: Decimal | None) -> str:
    if value is None or (low is None and high is None):
        return ""
    if low is not None and value < low:
        return "L"
    return "H" if high is not None and value > high else "N"


def _paper(resource: Resource) -> _Told:
    title = _text(resource.get("type")) or gettext("Giấy tờ")
    return title, str(resource.get("description", "")), "", "", ""


_TELLERS: dict[str, Callable[[Resource], _Told]] = {
    "Encounter": _visit,
    "Condition": _diagnosis,
    "MedicationRequest": _medicine,
    "Observation": _result,
    "DocumentReference": _paper,
}


def _text(concept: Any) -> str:
    """A concept in words: its text, a coding's display, the catalogue's name, else its code."""
    if isinstance(concept, list):
        concept = concept[0] if concept else None
    if not isinstance(concept, Mapping):
        return ""
    codings = concept.get("coding", [])
    known = concept.get("text") or next((one["display"] for one in codings if one.get("display")), "")
    named = (name_of(one.get("system", ""), one.get("code", "")) for one in codings)
    return str(known or next(filter(None, named), "") or next((one.get("code", "") for one in codings), ""))


def _quantity(value: Resource | None) -> str:
    if not value or value.get("value") is None:
        return ""
    unit = value.get("unit") or value.get("code") or ""
    return f"{number(value['value'], 3)} {unit}".strip()


_DATES = ("period", "effectiveDateTime", "effectivePeriod", "recordedDate", "authoredOn", "date", "issued")


def _when(resource: Resource) -> str:
    for name in _DATES:
        value = resource.get(name)
        if isinstance(value, Mapping):
            return str(value.get("start", ""))
        if value:
            return str(value)
    return ""
