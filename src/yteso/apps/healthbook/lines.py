"""Facts of the own record -> lines in plain Vietnamese: what it is, how to take it, what a result means. Pure; no I/O.

Lenient: a field that is missing leaves a blank, because senders differ and a page must show what there is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext

from yteso.apps.healthbook.results import quantity_text, result
from yteso.client.people import PersonBanner
from yteso.client.record import Fact
from yteso.web.terms import dose_text, text_of

Resource = Mapping[str, Any]
_CODE = re.compile(r"[0-9]{3}")


@dataclass(frozen=True, slots=True)
class Line:
    """One fact. `meaning` tells a result in plain words, `warn` that it is out of range; `about`: what the test is.

    `maker`: the person who made it; `place`: the facility that sent it.
    """

    title: str
    detail: str = ""
    value: str = ""
    meaning: str = ""
    warn: bool = False
    about: str = ""
    when: str = ""
    place: str = ""
    maker: str = ""


def line(fact: Fact, facilities: Mapping[str, str], person: PersonBanner | None = None) -> Line:
    """One fact as a line; `person` is whose it is, where limits depend on age and gender."""
    resource = fact.resource
    told = _TELLERS.get(resource["resourceType"], _plain)(resource)
    if resource["resourceType"] == "Observation":
        told = _result(resource, person)
    place = facilities.get(fact.source.facility, "") or resource.get("serviceProvider", {}).get("display", "")
    return replace(
        told,
        when=_when(resource),
        place=str(place or fact.source.facility or _sender(resource)),
        maker=_maker(resource),
    )


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


def _plain(resource: Resource) -> Line:
    return Line(text_of(resource.get("code") or resource.get("type")) or resource["resourceType"])


def _visit(resource: Resource) -> Line:
    kinds = {
        "AMB": gettext("Khám, điều trị ngoại trú"),
        "IMP": gettext("Điều trị nội trú"),
        "EMER": gettext("Cấp cứu"),
        "SS": gettext("Điều trị ban ngày"),
    }
    kind = kinds.get(resource.get("class", {}).get("code", ""), gettext("Lượt khám"))
    return Line(kind, ", ".join(filter(None, map(text_of, resource.get("reasonCode", [])))))


def _diagnosis(resource: Resource) -> Line:
    code = resource.get("code", {})
    codes = [one.get("code", "") for one in code.get("coding", [])]
    return Line(text_of(code), gettext("Mã ICD-10: %(code)s") % {"code": codes[0]} if codes else "")


def _medicine(resource: Resource) -> Line:
    title = text_of(resource.get("medicationCodeableConcept"))
    title = title or str(resource.get("medicationReference", {}).get("display", "")) or gettext("Thuốc")
    how = "; ".join(
        " · ".join(filter(None, (dose_text(one.get("text", "")), one.get("patientInstruction", ""))))
        for one in resource.get("dosageInstruction", [])
    )
    amount = quantity_text(resource.get("dispenseRequest", {}).get("quantity"))
    return Line(title, gettext("Cách dùng: %(how)s") % {"how": how} if how else "", amount)


def _result(resource: Resource, person: PersonBanner | None) -> Line:
    name = text_of(resource.get("code"))
    text = str(resource.get("valueString", "")) or text_of(resource.get("valueCodeableConcept"))
    told = result(resource, name, text, person)
    return Line(name, told.usual, told.value, told.meaning, told.warn, told.about)


def _paper(resource: Resource) -> Line:
    return Line(text_of(resource.get("type")) or gettext("Giấy tờ"), str(resource.get("description", "")))


_TELLERS: dict[str, Callable[[Resource], Line]] = {
    "Encounter": _visit,
    "Condition": _diagnosis,
    "MedicationRequest": _medicine,
    "DocumentReference": _paper,
}


_MAKERS = ("performer", "requester", "recorder", "author", "asserter", "participant")


def _maker(resource: Resource) -> str:
    """Who made it: the first person (not an organization) the resource names; by their licence when it has no name."""
    for name in _MAKERS:
        told = resource.get(name) or []
        for one in told if isinstance(told, list) else [told]:
            who = one.get("actor") or one.get("individual") or one if isinstance(one, Mapping) else {}
            if str(who.get("reference", "")).startswith(("Practitioner/", "PractitionerRole/")) and who.get("display"):
                shown = str(who["display"])
                return gettext("số hành nghề %(code)s") % {"code": shown} if _CODE.search(shown) else shown
    return ""


def _sender(resource: Resource) -> str:
    """The organization a resource names, for what came without a sender's key."""
    for name in ("performer", "custodian", "author"):
        told = resource.get(name) or []
        for one in told if isinstance(told, list) else [told]:
            if isinstance(one, Mapping) and str(one.get("reference", "")).startswith("Organization/"):
                return str(one.get("display", ""))
    return ""


_DATES = ("period", "effectiveDateTime", "effectivePeriod", "recordedDate", "authoredOn", "date", "issued")


def _when(resource: Resource) -> str:
    for name in _DATES:
        value = resource.get(name)
        if isinstance(value, Mapping):
            return str(value.get("start", ""))
        if value:
            return str(value)
    # A paper's day is no instant (FHIR R4 DocumentReference.date); it stands with its content.
    return next((str(one.get("attachment", {}).get("creation", "")) for one in resource.get("content", [])), "")
