"""Facts of the own record -> lines in plain Vietnamese: what it is, how to take it, what a result means. Pure; no I/O.

Lenient: a field that is missing leaves a blank, because senders differ and a page must show what there is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext

from yteso.apps.healthbook.results import result
from yteso.client.people import PersonBanner
from yteso.client.record import Fact
from yteso.web.ranges import quantity_text
from yteso.web.terms import dose_text, text_of
from yteso.web.trend import is_figure

Resource = Mapping[str, Any]
_CODE = re.compile(r"[0-9]{3}")


@dataclass(frozen=True, slots=True)
class Line:
    """One fact. `meaning` tells a result in plain words, `warn` that it is out of range; `about`: what the test is.

    `maker`: the person who made it; `place`: the facility that sent it. `visit`: the visit it belongs to; `trend`: the
    id of a result that is a figure; `paper`: that of a paper.
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
    visit: str = ""
    is_visit: bool = False
    trend: str = ""
    paper: str = ""


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
        visit=visit_of(resource),
        is_visit=resource["resourceType"] == "Encounter",
        trend=str(resource.get("id", "")) if is_figure(resource) else "",
        paper=str(resource.get("id", "")) if resource["resourceType"] == "DocumentReference" else "",
    )


def visit_of(resource: Resource) -> str:
    """The id of the visit a fact belongs to; a visit is its own."""
    if resource["resourceType"] == "Encounter":
        return str(resource.get("id", ""))
    told = resource.get("encounter") or resource.get("context", {}).get("encounter") or {}
    reference = str((told[0] if isinstance(told, list) else told).get("reference", ""))
    return reference.removeprefix("Encounter/") if reference.startswith("Encounter/") else ""


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


def visit_names() -> dict[str, str]:
    """Sections of one visit, in the order of its page."""
    return {
        "diagnoses": gettext("Chẩn đoán"),
        "medicines": gettext("Thuốc"),
        "tests": gettext("Kết quả xét nghiệm"),
        "measures": gettext("Cân đo"),
        "reports": gettext("Kết luận"),
        "procedures": gettext("Thủ thuật, phẫu thuật"),
        "documents": gettext("Giấy tờ"),
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
    told = gettext("Mã ICD-10: %(code)s") % {"code": codes[0]} if codes else ""
    early = any(one.get("code") == "provisional" for one in resource.get("verificationStatus", {}).get("coding", []))
    return Line(text_of(code), " · ".join(filter(None, (gettext("Chẩn đoán lúc mới đến") if early else "", told))))


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


def _report(resource: Resource) -> Line:
    return Line(text_of(resource.get("code")), str(resource.get("conclusion", "")))


_TELLERS: dict[str, Callable[[Resource], Line]] = {
    "Encounter": _visit,
    "Condition": _diagnosis,
    "MedicationRequest": _medicine,
    "DocumentReference": _paper,
    "DiagnosticReport": _report,
}


def doctors(facts: Iterable[Fact]) -> list[str]:
    """Who treated in a visit: who prescribed, diagnosed, operated; each once."""
    kinds = ("Encounter", "MedicationRequest", "Condition", "Procedure")
    made = (_maker(fact.resource) for fact in facts if fact.resource["resourceType"] in kinds)
    return list(dict.fromkeys(filter(None, made)))


def outcome(visit: Resource) -> str:
    """How a visit ended, in the sender's words."""
    told = (one for one in visit.get("extension", []) if str(one.get("url", "")).endswith("treatment-outcome"))
    return next((text_of(one.get("valueCodeableConcept")) for one in told), "")


_MAKERS = ("performer", "requester", "recorder", "author", "asserter", "participant")


def _maker(resource: Resource) -> str:
    """Who made it: the first person (not an organization) the resource names; by their licence when it has no name."""
    for name in _MAKERS:
        told = resource.get(name) or []
        for one in told if isinstance(told, list) else [told]:
            if not isinstance(one, Mapping) or _only_signed(one):
                continue
            who = one.get("actor") or one.get("individual") or one
            if str(who.get("reference", "")).startswith(("Practitioner/", "PractitionerRole/")) and who.get("display"):
                shown = str(who["display"])
                return gettext("số hành nghề %(code)s") % {"code": shown} if _CODE.search(shown) else shown
    return ""


def _only_signed(participant: Resource) -> bool:
    """The facility's head, who signs a visit's file for the insurance and need not have seen the person: uncoded."""
    kinds = participant.get("type")
    return isinstance(kinds, list) and bool(kinds) and not any(one.get("coding") for one in kinds)


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
