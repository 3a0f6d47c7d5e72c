"""Facts of the record -> lines for a page: title, code, value, when, where, state, and the place each came from.

FHIR documents in (as `client.record` gives them), frozen values out. It is lenient: a field that is missing leaves a
blank, because senders differ and a page must show what there is. No I/O, no HTML.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext

from yteso.apps.record.describe import describe, exact_value, first, spaced
from yteso.client.origin import Source, source_of
from yteso.client.people import PersonBanner
from yteso.client.record import Fact, FileTrace
from yteso.fhir import json as fhir_json
from yteso.fhir.dates import HIGHEST, interval
from yteso.web.formats import age
from yteso.web.narrative import section_text
from yteso.web.trend import is_figure

Resource = Mapping[str, Any]

_DATES = (
    *("period", "requestedPeriod", "effectiveDateTime", "effectivePeriod", "recordedDate", "onsetDateTime"),
    *(
        "authoredOn",
        "performedDateTime",
        "performedPeriod",
        "occurrencePeriod",
        "whenHandedOver",
        "date",
        "start",
        "created",
        "issued",
    ),
)
"""Where types keep their clinical time (FHIR R4); the first that is there counts."""

_ICONS = {
    "Encounter": "stethoscope",
    "Condition": "heart",
    "MedicationRequest": "pill",
    "Observation": "test-pipe",
    "DiagnosticReport": "report-medical",
    "Procedure": "activity",
    "ChargeItem": "coin",
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
    replaced_by: str


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
    source: Source = field(default_factory=Source)
    files: tuple[FileTrace, ...] = ()
    exact: str = ""
    has_trend: bool = False


def person(banner: PersonBanner) -> Person:
    """The banner in words."""
    genders = {"male": gettext("Nam"), "female": gettext("Nữ"), "other": gettext("Khác")}
    # A banner has room for three: what holds in the whole country comes before a facility's own number.
    numbers = sorted(banner.identifiers, key=lambda one: _kind(one[0]) not in _number_names())
    return Person(
        id=banner.id,
        name=banner.name or gettext("Chưa rõ tên"),
        gender=genders.get(banner.gender, gettext("Chưa rõ giới tính")),
        birth=banner.birth_date,
        age=age(banner.birth_date),
        numbers=tuple((_number_name(system), spaced(value)) for system, value in numbers),
        address=banner.address,
        phone=banner.phone,
        deceased=banner.deceased,
        replaced_by=banner.replaced_by,
    )


def section_names() -> dict[str, str]:
    """What the sections are called."""
    return {
        "diagnoses": gettext("Chẩn đoán"),
        "medicines": gettext("Thuốc"),
        "visits": gettext("Lượt khám, điều trị"),
        "measures": gettext("Thể trạng, nhóm máu"),
        "tests": gettext("Xét nghiệm"),
        "reports": gettext("Kết quả"),
        "services": gettext("Dịch vụ, chi phí"),
        "procedures": gettext("Thủ thuật, phẫu thuật"),
        "orders": gettext("Chỉ định"),
        "notes": gettext("Diễn biến"),
        "documents": gettext("Giấy tờ"),
        "appointments": gettext("Hẹn khám"),
        "coverages": gettext("Thẻ BHYT"),
    }


def line(fact: Fact, facilities: Mapping[str, str], files: Mapping[str, Sequence[FileTrace]] | None = None) -> Line:
    """One fact as a line. `facilities` names the codes, `files` the received files by visit id."""
    resource = fact.resource
    title, code, detail, value, flag = describe(resource)
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
        exact=exact_value(resource),
        has_trend=is_figure(resource),
    )


@dataclass(frozen=True, slots=True)
class Document:
    """A note or paper to be read. `parts` are (heading, text); `keeper` is who keeps it, `signer` who signed for it."""

    number: str
    authors: tuple[str, ...]
    signer: str
    keeper: str
    parts: tuple[tuple[str, str], ...]
    held: str
    """What the sender calls the paper whose content is the table's row in the received file; empty for a note."""


def document(resource: Resource, facilities: Mapping[str, str]) -> Document:
    """A Composition or DocumentReference in words."""
    identifier = resource.get("identifier")
    identifier = identifier if isinstance(identifier, Mapping) else first(identifier)
    signed = first(resource.get("attester")).get("party") or resource.get("authenticator") or {}
    keeper = str(resource.get("custodian", {}).get("display", ""))
    return Document(
        number=str(identifier.get("value", "")),
        authors=tuple(filter(None, map(_display, resource.get("author", [])))),
        signer=_display(signed),
        keeper=facilities.get(source_of(resource).facility, "") or keeper,
        parts=tuple(
            (str(part.get("title", "")), text) for part in resource.get("section", []) if (text := section_text(part))
        ),
        held=str(first(resource.get("content")).get("attachment", {}).get("title", "")),
    )


def _display(reference: Resource) -> str:
    return str(reference.get("display") or reference.get("identifier", {}).get("value", ""))


def in_order(lines: Iterable[Line]) -> list[Line]:
    """The lines of one visit as they happened; what has one time in the sender's own order."""
    return sorted(lines, key=_place)


def _place(one: Line) -> tuple[object, ...]:
    return _beginning(one.when), one.source.table, _row_number(one.source.row), one.title


def _beginning(when: str) -> int:
    """Facts may be written in different zones; what has no time comes last."""
    found = interval(when)
    return found[0] if found else HIGHEST


def _row_number(row: str) -> tuple[int, str]:
    return (int(row), "") if row.isascii() and row.isdigit() and len(row) < 10 else (10**9, row)


def one_per_card(lines: Iterable[Line]) -> list[Line]:
    """Insurance cards, each once: the facilities send a card with every visit. Its validity is the widest told."""
    cards: dict[str, Line] = {}
    for line in lines:
        known = cards.get(line.value or line.id)
        if known is None:
            cards[line.value or line.id] = line
            continue
        since = min(filter(None, (known.when, line.when)), default="")
        until = max(filter(None, (known.until, line.until)), default="")
        cards[line.value or line.id] = replace(known, when=since, until=until)
    return list(cards.values())


def fact_of(resource: Resource) -> Fact:
    """A resource read by itself, as a fact with its origin."""
    return Fact(dict(resource), source_of(resource))


def visit_of(resource: Resource) -> str:
    """The id of the Encounter a fact belongs to; a visit is its own."""
    if resource["resourceType"] == "Encounter":
        return str(resource["id"])
    reference = resource.get("encounter", {})
    for holder in (resource.get("context", {}), {"encounter": resource.get("context")}):
        reference = reference or first(holder.get("encounter"))
    text = str(reference.get("reference", "")) if isinstance(reference, Mapping) else ""
    return text.removeprefix("Encounter/") if text.startswith("Encounter/") else ""


def patient_of(resource: Resource) -> str:
    """The id of the Patient a visit is of; empty when it names none of the record."""
    reference = str(resource.get("subject", {}).get("reference", ""))
    return reference.removeprefix("Patient/") if reference.startswith("Patient/") else ""


def indented(value: Any, level: int = 0) -> str:
    """The JSON for reading, two spaces a level; decimals keep their digits (`json.dumps` would lose them)."""
    if not isinstance(value, Mapping | list) or not value:
        return fhir_json.dumps(value).decode()
    if isinstance(value, Mapping):
        signs = "{}"
        parts = [f"{fhir_json.dumps(name).decode()}: {indented(part, level + 1)}" for name, part in value.items()]
    else:
        signs = "[]"
        parts = [indented(part, level + 1) for part in value]
    edge, inner = "\n" + "  " * level, "\n" + "  " * (level + 1)
    return f"{signs[0]}{inner}{(',' + inner).join(parts)}{edge}{signs[1]}"


def _span(resource: Resource) -> tuple[str, str]:
    for name in _DATES:
        value = first(resource[name]) if isinstance(resource.get(name), list) else resource.get(name)
        if isinstance(value, Mapping):
            return str(value.get("start", "")), str(value.get("end", ""))
        if value:
            return str(value), ""
    # A paper's day is no instant (FHIR R4 DocumentReference.date); it stands with its content.
    return str(first(resource.get("content")).get("attachment", {}).get("creation", "")), ""


def _provider(resource: Resource) -> str:
    return str(resource.get("serviceProvider", {}).get("display", ""))


def _number_names() -> dict[str, str]:
    return {
        "cccd": "CCCD",
        "cmnd": "CMND",
        "bhyt": "BHYT",
        "bhxh": gettext("Mã BHXH"),
        "passport": gettext("Hộ chiếu"),
    }


def _number_name(system: str) -> str:
    return _number_names().get(_kind(system), gettext("Mã tại cơ sở"))


def _kind(system: str) -> str:
    return system.rsplit("/", 1)[-1]
