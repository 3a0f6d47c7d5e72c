"""Facts of the record -> lines for a page: title, code, value, when, where, state, and the place each came from.

FHIR documents in (as `client.record` gives them), frozen values out. It is lenient: a field that is missing leaves a
blank, because senders differ and a page must show what there is. No I/O, no HTML.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language, gettext

from yteso.client.origin import Source, source_of
from yteso.client.people import PersonBanner
from yteso.client.record import Fact, FileTrace
from yteso.terminology.concepts import lookup
from yteso.web.formats import age, number

Resource = Mapping[str, Any]
_BREAK = re.compile(r"<br\s*/?>|</p>")
_TAG = re.compile(r"<[^>]*>")

_DATES = (
    "period", "requestedPeriod", "effectiveDateTime", "effectivePeriod", "recordedDate", "onsetDateTime", "authoredOn", "performedDateTime",
    "performedPeriod", "whenHandedOver", "date", "start", "created", "issued", "occurrenceDateTime",
)  # fmt: skip
_ICONS = {
    "Encounter": "stethoscope",
    "Condition": "heart",
    "MedicationRequest": "pill",
    "Observation": "test-pipe",
    "DiagnosticReport": "report-medical",
    "Procedure": "activity",
    "ServiceRequest": "list-details",
    "Composition": "notes",
    "DocumentReference": "file-text",
    "Appointment": "calendar",
    "Coverage": "id",
    "AllergyIntolerance": "alert-triangle",
}


@dataclass(frozen=True, slots=True)
class Person:
    """The banner. `numbers` are (label, number) with the number spaced for reading."""

    id: str
    name: str
    gender: str
    birth: str
    age: str
    numbers: tuple[tuple[str, str], ...]
    address: str
    phone: str
    deceased: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One fact. `tone` and `flag` mark what is out of the ordinary, in words as well as in colour."""

    type: str
    id: str
    icon: str
    title: str
    code: str = ""
    detail: str = ""
    value: str = ""
    flag: str = ""
    when: str = ""
    until: str = ""
    place: str = ""
    visit: str = ""
    source: Source = Source()
    files: tuple[FileTrace, ...] = ()


def person(banner: PersonBanner) -> Person:
    """The banner in words."""
    genders = {"male": gettext("Nam"), "female": gettext("Nữ"), "other": gettext("Khác")}
    return Person(
        id=banner.id,
        name=banner.name or gettext("Chưa rõ tên"),
        gender=genders.get(banner.gender, gettext("Chưa rõ giới tính")),
        birth=banner.birth_date,
        age=age(banner.birth_date),
        numbers=tuple((_number_name(system), _spaced(value)) for system, value in banner.identifiers),
        address=banner.address,
        phone=banner.phone,
        deceased=banner.deceased,
    )


def section_names() -> dict[str, str]:
    """What the sections are called."""
    return {
        "diagnoses": gettext("Chẩn đoán"),
        "medicines": gettext("Thuốc"),
        "tests": gettext("Xét nghiệm"),
        "reports": gettext("Kết quả"),
        "services": gettext("Thủ thuật, phẫu thuật"),
        "orders": gettext("Chỉ định"),
        "notes": gettext("Diễn biến"),
        "documents": gettext("Giấy tờ"),
        "appointments": gettext("Hẹn khám"),
        "coverages": gettext("Thẻ BHYT"),
    }


def line(fact: Fact, facilities: Mapping[str, str], files: Mapping[str, Sequence[FileTrace]] | None = None) -> Line:
    """One fact as a line. `facilities` names the codes, `files` the received files by visit id."""
    resource = fact.resource
    title, code, detail, value, flag = _words(resource)
    start, end = _span(resource)
    visit = visit_of(resource)
    return Line(
        type=resource["resourceType"],
        id=resource["id"],
        icon=_ICONS.get(resource["resourceType"], "file-text"),
        title=title,
        code=code,
        detail=detail,
        value=value,
        flag=flag,
        when=start,
        until=end if end != start else "",
        place=facilities.get(fact.source.facility, "") or _provider(resource) or fact.source.facility,
        visit=visit,
        source=fact.source,
        files=tuple((files or {}).get(visit, ())),
    )


def fact_of(resource: Resource) -> Fact:
    """A resource read by itself, as a fact with its origin."""
    return Fact(dict(resource), source_of(resource))


def visit_of(resource: Resource) -> str:
    """The id of the Encounter a fact belongs to; a visit is its own."""
    if resource["resourceType"] == "Encounter":
        return str(resource["id"])
    reference = resource.get("encounter", {})
    for holder in (resource.get("context", {}), {"encounter": resource.get("context")}):
        reference = reference or _first(holder.get("encounter"))
    text = str(reference.get("reference", "")) if isinstance(reference, Mapping) else ""
    return text.removeprefix("Encounter/") if text.startswith("Encounter/") else ""


def indented(resource: Resource) -> str:
    """The JSON for reading; decimals keep their digits."""

    class Digits(float):
        """A float whose text is the decimal's."""

        def __init__(self, value: Decimal) -> None:
            self.text = str(value)

        def __repr__(self) -> str:
            return self.text

    def keep(value: Any) -> Any:
        if isinstance(value, Decimal):
            return Digits(value)
        if isinstance(value, Mapping):
            return {name: keep(part) for name, part in value.items()}
        return [keep(part) for part in value] if isinstance(value, list) else value

    return json.dumps(keep(resource), ensure_ascii=False, indent=2)


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
    found = lookup(coding.get("system", ""), coding.get("code", ""))
    if found is None:
        return ""
    return found.en if get_language() == "en" and found.en else found.vi


def code_of(concept: Resource | None) -> str:
    """The first code of a CodeableConcept."""
    return str(next(iter((concept or {}).get("coding", [])), {}).get("code", ""))


def _words(resource: Resource) -> tuple[str, str, str, str, str]:
    """(title, code, detail, value, flag) by type."""
    describe = _DESCRIBERS.get(resource["resourceType"], _plain)
    return describe(resource)


def _plain(resource: Resource) -> tuple[str, str, str, str, str]:
    code = resource.get("code") or resource.get("type") or {}
    title = text_of(code if isinstance(code, Mapping) else _first(code)) or resource["resourceType"]
    return title, code_of(code if isinstance(code, Mapping) else None), _notes(resource), "", ""


def _encounter(resource: Resource) -> tuple[str, str, str, str, str]:
    kinds = {
        "AMB": gettext("Khám, điều trị ngoại trú"),
        "IMP": gettext("Điều trị nội trú"),
        "ACUTE": gettext("Điều trị nội trú"),
        "EMER": gettext("Cấp cứu"),
        "SS": gettext("Điều trị ban ngày"),
        "HH": gettext("Khám tại nhà"),
    }
    kind = text_of(_first(resource.get("type"))) or kinds.get(resource.get("class", {}).get("code", ""), "")
    reasons = ", ".join(filter(None, (text_of(reason) for reason in resource.get("reasonCode", []))))
    department = text_of(resource.get("serviceType"))
    service = gettext("Khoa %(code)s") % {"code": department} if department else ""
    return kind or gettext("Lượt khám"), "", " · ".join(filter(None, (reasons, service))), "", ""


def _condition(resource: Resource) -> tuple[str, str, str, str, str]:
    code = resource.get("code", {})
    early = code_of(resource.get("verificationStatus")) == "provisional"
    detail = gettext("Chẩn đoán lúc vào") if early else _notes(resource)
    return text_of(code), code_of(code), detail, "", text_of(resource.get("severity"))


def _medicine(resource: Resource) -> tuple[str, str, str, str, str]:
    concept = resource.get("medicationCodeableConcept") or {}
    title = text_of(concept) or str(resource.get("medicationReference", {}).get("display", ""))
    dosage = "; ".join(
        " · ".join(filter(None, (how.get("text", ""), how.get("patientInstruction", ""), _named(how.get("route")))))
        for how in resource.get("dosageInstruction", [])
    )
    quantity = resource.get("dispenseRequest", {}).get("quantity") or resource.get("quantity") or {}
    return title or gettext("Thuốc"), code_of(concept), dosage, _quantity(quantity), ""


def _observation(resource: Resource) -> tuple[str, str, str, str, str]:
    code = resource.get("code", {})
    bounds = _first(resource.get("referenceRange")) or {}
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
    flag = flags.get(code_of(_first(resource.get("interpretation"))), "")
    return text_of(code), code_of(code), detail, _value(resource), flag


def _report(resource: Resource) -> tuple[str, str, str, str, str]:
    code = resource.get("code", {})
    return text_of(code), code_of(code), str(resource.get("conclusion", "") or _notes(resource)), "", ""


def _composition(resource: Resource) -> tuple[str, str, str, str, str]:
    title = resource.get("title") or text_of(resource.get("type"))
    parts = ((part.get("title", ""), _plain_text(part)) for part in resource.get("section", []))
    told = "\n".join(f"{head}: {text}" if head else text for head, text in parts if text)
    return title or gettext("Diễn biến bệnh"), "", told, "", ""


def _plain_text(section: Resource) -> str:
    """A narrative's text without its markup (FHIR R4 §2.4): the page escapes it again."""
    div = str(section.get("text", {}).get("div", ""))
    return html.unescape(_TAG.sub("", _BREAK.sub("\n", div))).strip()


def _document(resource: Resource) -> tuple[str, str, str, str, str]:
    title = resource.get("description") or text_of(resource.get("type"))
    return title or gettext("Giấy tờ"), "", text_of(_first(resource.get("category"))), "", ""


def _appointment(resource: Resource) -> tuple[str, str, str, str, str]:
    title = resource.get("description") or text_of(resource.get("appointmentType"))
    return title or gettext("Hẹn khám lại"), "", str(resource.get("comment", "")), "", ""


def _coverage(resource: Resource) -> tuple[str, str, str, str, str]:
    payor = str((_first(resource.get("payor")) or {}).get("display", ""))
    number = resource.get("subscriberId") or (_first(resource.get("identifier")) or {}).get("value", "")
    return text_of(resource.get("type")) or gettext("Thẻ BHYT"), "", payor, _spaced(str(number)), ""


def _allergy(resource: Resource) -> tuple[str, str, str, str, str]:
    return text_of(resource.get("code")), "", _notes(resource), "", ""


_DESCRIBERS = {
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
    digits = max(-int(Decimal(str(value)).as_tuple().exponent), 0)
    text = number(Decimal(str(value)), digits) if not digits else _with_digits(Decimal(str(value)))
    return f"{quantity.get('comparator', '')}{text} {quantity.get('unit') or quantity.get('code') or ''}".strip()


def _with_digits(value: Decimal) -> str:
    whole, _, fraction = str(value).partition(".")
    sign = gettext("dấu thập phân")
    return f"{whole}{'.' if sign == 'decimal point' else ','}{fraction}"


def _span(resource: Resource) -> tuple[str, str]:
    for name in _DATES:
        value = _first(resource[name]) if isinstance(resource.get(name), list) else resource.get(name)
        if isinstance(value, Mapping):
            return str(value.get("start", "")), str(value.get("end", ""))
        if value:
            return str(value), ""
    return "", ""


def _provider(resource: Resource) -> str:
    return str(resource.get("serviceProvider", {}).get("display", ""))


def _notes(resource: Resource) -> str:
    return " ".join(str(note.get("text", "")) for note in resource.get("note", []))


def _first(values: Any) -> Any:
    return values[0] if isinstance(values, list) and values else {}


def _number_name(system: str) -> str:
    names = {
        "cccd": "CCCD",
        "cmnd": "CMND",
        "bhyt": "BHYT",
        "bhxh": gettext("Mã BHXH"),
        "passport": gettext("Hộ chiếu"),
    }
    return names.get(system.rsplit("/", 1)[-1], gettext("Mã tại cơ sở"))


def _spaced(value: str) -> str:
    """Long numbers in groups, as on the card: `GD 4 79 7912345678`, `079 184 000 123`."""
    if len(value) == 15 and value[:2].isalpha():
        return f"{value[:2]} {value[2]} {value[3:5]} {value[5:]}"
    if len(value) == 12 and value.isdigit():
        return " ".join(value[i : i + 3] for i in range(0, 12, 3))
    return value
