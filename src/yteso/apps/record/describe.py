"""One FHIR resource in words: (title, code, detail, value, flag), by its type, in the reader's language.

Lenient: a field that is missing leaves a blank, because senders differ and a page must show what there is. No I/O.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language, gettext

from yteso.web.formats import money, number
from yteso.web.narrative import section_text
from yteso.web.terms import care_name, dose_text, name_of

Resource = Mapping[str, Any]
Words = tuple[str, str, str, str, str]
_CARE_FORM = "/vn-encounter-type-cs"
_SHOWN_DIGITS = 2
"""Decimals shown of a longer number; the page gives the sender's own digits as its title."""


def text_of(concept: Resource | None) -> str:
    """A CodeableConcept in words: its text, else a coding's display, else the catalogue's name, else its code."""
    concept = concept or {}
    codings = concept.get("coding", [])
    known = concept.get("text") or next((coding["display"] for coding in codings if coding.get("display")), "")
    return str(known or next(filter(None, map(_catalogue_name, codings)), "") or code_of(concept))


def _named(concept: Resource | None) -> str:
    """A concept in words; empty when only its code is known, which would tell a reader nothing."""
    text = text_of(concept)
    return "" if text == code_of(concept) else text


def _catalogue_name(coding: Resource) -> str:
    return name_of(coding.get("system", ""), coding.get("code", ""))


def code_of(concept: Resource | None) -> str:
    """The first code of a CodeableConcept."""
    return str(first((concept or {}).get("coding")).get("code", ""))


def describe(resource: Resource) -> Words:
    """What a page says of the resource; a type without words of its own shows its code or type."""
    return _DESCRIBERS.get(resource["resourceType"], _plain)(resource)


def _plain(resource: Resource) -> Words:
    code = resource.get("code") or resource.get("type") or {}
    title = text_of(code if isinstance(code, Mapping) else first(code)) or resource["resourceType"]
    return title, code_of(code if isinstance(code, Mapping) else None), _notes(resource), "", ""


def _encounter(resource: Resource) -> Words:
    kinds = {
        "AMB": gettext("Khám, điều trị ngoại trú"),
        "IMP": gettext("Điều trị nội trú"),
        "ACUTE": gettext("Điều trị nội trú"),
        "EMER": gettext("Cấp cứu"),
        "SS": gettext("Điều trị ban ngày"),
        "HH": gettext("Khám tại nhà"),
    }
    kind = (
        _care(resource)
        or text_of(first(resource.get("type")))
        or kinds.get(resource.get("class", {}).get("code", ""), "")
    )
    reasons = ", ".join(filter(None, (text_of(reason) for reason in resource.get("reasonCode", []))))
    department = text_of(resource.get("serviceType"))
    service = gettext("Khoa %(code)s") % {"code": department} if department else ""
    return kind or gettext("Lượt khám"), "", " · ".join(filter(None, (reasons, service))), "", ""


def _care(resource: Resource) -> str:
    """The kind of care in the same words as on the board; empty when the visit carries no MA_LOAI_KCB."""
    codings = [coding for concept in resource.get("type", []) for coding in concept.get("coding", [])]
    code = next((one.get("code", "") for one in codings if one.get("system", "").endswith(_CARE_FORM)), "")
    return care_name(code) if code else ""


def _condition(resource: Resource) -> Words:
    code = resource.get("code", {})
    early = code_of(resource.get("verificationStatus")) == "provisional"
    detail = gettext("Chẩn đoán lúc vào") if early else _notes(resource)
    return text_of(code), code_of(code), detail, "", text_of(resource.get("severity"))


def _medicine(resource: Resource) -> Words:
    concept = resource.get("medicationCodeableConcept") or {}
    title = text_of(concept) or str(resource.get("medicationReference", {}).get("display", ""))
    dosage = "; ".join(
        " · ".join(
            filter(None, (dose_text(how.get("text", "")), how.get("patientInstruction", ""), _named(how.get("route"))))
        )
        for how in resource.get("dosageInstruction", [])
    )
    quantity = resource.get("dispenseRequest", {}).get("quantity") or resource.get("quantity") or {}
    return title or gettext("Thuốc"), code_of(concept), dosage, _quantity(quantity), ""


def _observation(resource: Resource) -> Words:
    code = resource.get("code", {})
    bounds = first(resource.get("referenceRange")) or {}
    normal = bounds.get("text") or " – ".join(
        filter(None, (_quantity(bounds.get("low")), _quantity(bounds.get("high"))))
    )
    detail = gettext("Bình thường: %(range)s") % {"range": normal} if normal else _notes(resource)
    flags = {
        "H": gettext("Cao"),
        "HH": gettext("Rất cao"),
        "L": gettext("Thấp"),
        "LL": gettext("Rất thấp"),
        "A": gettext("Bất thường"),
    }
    flag = flags.get(code_of(first(resource.get("interpretation"))), "")
    return text_of(code), code_of(code), detail, _value(resource), flag


def _report(resource: Resource) -> Words:
    code = resource.get("code", {})
    return text_of(code), code_of(code), str(resource.get("conclusion", "") or _notes(resource)), "", ""


def _composition(resource: Resource) -> Words:
    title = resource.get("title") or text_of(resource.get("type"))
    parts = ((part.get("title", ""), section_text(part)) for part in resource.get("section", []))
    told = "\n".join(f"{head}: {text}" if head else text for head, text in parts if text)
    return title or gettext("Diễn biến bệnh"), "", told, "", ""


def _document(resource: Resource) -> Words:
    title = resource.get("description") or text_of(resource.get("type"))
    return title or gettext("Giấy tờ"), "", text_of(first(resource.get("category"))), "", ""


def _appointment(resource: Resource) -> Words:
    title = resource.get("description") or text_of(resource.get("appointmentType"))
    return title or gettext("Hẹn khám lại"), "", str(resource.get("comment", "")), "", ""


def _coverage(resource: Resource) -> Words:
    payor = str((first(resource.get("payor")) or {}).get("display", ""))
    number = resource.get("subscriberId") or (first(resource.get("identifier")) or {}).get("value", "")
    return text_of(resource.get("type")) or gettext("Thẻ BHYT"), "", payor, spaced(str(number)), ""


def _allergy(resource: Resource) -> Words:
    return text_of(resource.get("code")), "", _notes(resource), "", ""


def _charge(resource: Resource) -> Words:
    """A line of the bill: what, how much of it, and its amount at the facility's price."""
    code = resource.get("code", {})
    amount = next((one for one in _costs(resource) if one.get("url") == "hospitalAmount"), {})
    total = amount.get("valueMoney", {}).get("value")
    return text_of(code), code_of(code), _quantity(resource.get("quantity")), money(total) if total else "", ""


def _costs(resource: Resource) -> list[Resource]:
    extensions = (one for one in resource.get("extension", []) if str(one.get("url", "")).endswith(":cost"))
    return [part for one in extensions for part in one.get("extension", [])]


_DESCRIBERS = {
    "ChargeItem": _charge,
    "Encounter": _encounter,
    "Condition": _condition,
    "MedicationRequest": _medicine,
    "Observation": _observation,
    "DiagnosticReport": _report,
    "Composition": _composition,
    "DocumentReference": _document,
    "Appointment": _appointment,
    "Coverage": _coverage,
    "AllergyIntolerance": _allergy,
}


def _value(resource: Resource) -> str:
    if "valueQuantity" in resource:
        return _quantity(resource["valueQuantity"])
    if "valueCodeableConcept" in resource:
        return text_of(resource["valueCodeableConcept"])
    return str(resource.get("valueString", ""))


def _quantity(quantity: Resource | None) -> str:
    if not quantity or "value" not in quantity:
        return ""
    value = quantity["value"]
    # The sender's digits stay: 1.00 is not 1. Only the decimal sign is that of the reader's language.
    exact = Decimal(str(value))
    rounded = _rounded(exact)
    text = number(exact) if exact == exact.to_integral() and "." not in str(exact) else _with_digits(rounded)
    return f"{quantity.get('comparator', '')}{text} {quantity.get('unit') or quantity.get('code') or ''}".strip()


def _rounded(value: Decimal) -> Decimal:
    """What a machine calculated to many digits, shown so that one can read it; small values keep two that count."""
    digits = -int(value.as_tuple().exponent)
    if digits <= 4:
        return value
    places = max(_SHOWN_DIGITS, 1 - value.adjusted()) if value else _SHOWN_DIGITS
    return round(value, places)


def exact_value(resource: Resource) -> str:
    """The sender's own digits where the page shows fewer; else empty."""
    quantity = resource.get("valueQuantity") or {}
    if "value" not in quantity:
        return ""
    value = Decimal(str(quantity["value"]))
    return _with_digits(value) if _rounded(value) != value else ""


def _with_digits(value: Decimal) -> str:
    whole, _, fraction = f"{value:f}".partition(".")
    return f"{whole}{'.' if get_language() == 'en' else ','}{fraction}" if fraction else whole


def _notes(resource: Resource) -> str:
    return " ".join(str(note.get("text", "")) for note in resource.get("note", []))


def first(values: Any) -> Any:
    """The first of a list; an empty mapping when there is none, so that one may ask on."""
    return values[0] if isinstance(values, list) and values else {}


def spaced(value: str) -> str:
    """Long numbers in groups, as on the card: `GD 4 79 7912345678`, `079 184 000 123`."""
    if len(value) == 15 and value[:2].isalpha():
        return f"{value[:2]} {value[2]} {value[3:5]} {value[5:]}"
    if len(value) == 12 and value.isdigit():
        return " ".join(value[i : i + 3] for i in range(0, 12, 3))
    return value
