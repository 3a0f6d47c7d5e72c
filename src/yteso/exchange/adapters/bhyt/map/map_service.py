"""XML3 rows -> ServiceRequest, Procedure, bed stay and ChargeItem of each service or supply."""

from __future__ import annotations

from collections.abc import Iterator

from yteso.base.record import Record
from yteso.exchange.adapters.bhyt.map import systems
from yteso.exchange.adapters.bhyt.map.charge_order import reference_to
from yteso.exchange.adapters.bhyt.map.context import Context
from yteso.exchange.adapters.bhyt.map.elements import Json, concept, fhir_datetime, parts, period, present
from yteso.exchange.adapters.bhyt.map.map_charge import charge_of, reasons_of

LAB, IMAGING, FUNCTION = "1", "2", "3"
DIAGNOSTIC = frozenset({LAB, IMAGING, FUNCTION})
_OPERATIVE = frozenset({"8", "18"})
_ORDERED = DIAGNOSTIC | _OPERATIVE | {"9"}
_CATEGORIES = {
    LAB: ("108252007", "Xét nghiệm"),
    IMAGING: ("363679005", "Chẩn đoán hình ảnh"),
    FUNCTION: ("386053000", "Thăm dò chức năng"),
    "8": ("387713003", "Phẫu thuật, thủ thuật"),
    "18": ("387713003", "Thủ thuật"),
}


def service_of(row: Record, key: str, context: Context, report: Json | None) -> Iterator[Json]:
    """The resources of one row; `report` is the DiagnosticReport its results were put in."""
    code = code_of(row)
    services: list[Json] = [reference_to(report)] if report else []
    order = None
    if row["MA_NHOM"] in _ORDERED and row["MA_DICH_VU"]:
        order = _order(row, key, context, code)
        yield order
    if row["MA_NHOM"] in _OPERATIVE or row["MA_PTTT_QT"]:
        procedure = _procedure(row, key, context, order)
        services.append(reference_to(procedure))
        yield procedure
    yield charge_of(row, key, context, code, services, _product(row))


def code_of(row: Record) -> Json:
    """What the line is: the service where it has one, the supply otherwise."""
    if row["MA_DICH_VU"] or row["TEN_DICH_VU"]:
        return concept(systems.SERVICE, row["MA_DICH_VU"], row["TEN_DICH_VU"])
    return _product(row) or {"text": "Chi phí không ghi tên"}


def _product(row: Record) -> Json | None:
    return concept(systems.SUPPLY, row["MA_VAT_TU"], row["TEN_VAT_TU"]) or None


def _order(row: Record, key: str, context: Context, code: Json) -> Json:
    category = _CATEGORIES.get(row["MA_NHOM"])
    return present(
        resourceType="ServiceRequest",
        id=context.id("XML3", key, "order"),
        meta=context.meta("XML3", key),
        status="completed",
        intent="order",
        category=[concept(systems.SNOMED, *category)] if category else None,
        code=code,
        subject=context.patient,
        encounter=context.encounter,
        occurrenceDateTime=fhir_datetime(row["NGAY_TH_YL"]),
        authoredOn=fhir_datetime(row["NGAY_YL"]),
        requester=context.first_practitioner(row["MA_BAC_SI"]),
        performer=context.practitioners(row["NGUOI_THUC_HIEN"]),
        reasonCode=reasons_of(row),
        bodySite=[concept(systems.BODY_SITE, row["VI_TRI_TH_DVKT"])] if row["VI_TRI_TH_DVKT"] else None,
    )


def _procedure(row: Record, key: str, context: Context, order: Json | None) -> Json:
    code = code_of(row)
    codings = [*code.get("coding", ()), *({"system": systems.ICD9CM, "code": c} for c in parts(row["MA_PTTT_QT"]))]
    departments = parts(row["MA_KHOA"])
    start = fhir_datetime(row["NGAY_TH_YL"]) or fhir_datetime(row["NGAY_YL"])
    return present(
        resourceType="Procedure",
        id=context.id("XML3", key, "procedure"),
        meta=context.meta("XML3", key),
        basedOn=[reference_to(order)] if order else None,
        status="completed",
        code=present(coding=codings, text=code.get("text")),
        subject=context.patient,
        encounter=context.encounter,
        performedPeriod=period(start, fhir_datetime(row["NGAY_KQ"])),
        performer=[{"actor": person} for person in context.practitioners(row["NGUOI_THUC_HIEN"])],
        location=context.department(departments[0]) if departments else None,
        reasonCode=reasons_of(row),
        bodySite=[concept(systems.BODY_SITE, row["VI_TRI_TH_DVKT"])] if row["VI_TRI_TH_DVKT"] else None,
    )


def procedures_of_summary(row: Record, services: list[tuple[str, Record]], context: Context) -> Iterator[Json]:
    """ICD-9-CM codes of XML1 that no row of XML3 carries: procedures known by their code only."""
    carried = {code for _, service in services for code in parts(service["MA_PTTT_QT"])}
    for code in dict.fromkeys(parts(row["MA_PTTT_QT"])):
        if code not in carried:
            yield present(
                resourceType="Procedure",
                id=context.id("XML1", "1", f"procedure/{code}"),
                meta=context.meta("XML1", "1"),
                status="completed",
                code=concept(systems.ICD9CM, code),
                subject=context.patient,
                encounter=context.encounter,
                performedPeriod=period(fhir_datetime(row["NGAY_VAO"]), fhir_datetime(row["NGAY_RA"])),
            )


def bed_stays(services: list[tuple[str, Record]], context: Context) -> Iterator[Json]:
    """Encounter.location entries: the beds of the visit and when they were used."""
    for _, row in services:
        departments = parts(row["MA_KHOA"])
        for bed in parts(row["MA_GIUONG"]):
            start = fhir_datetime(row["NGAY_TH_YL"]) or fhir_datetime(row["NGAY_YL"])
            yield present(
                location=context.bed(departments[0] if departments else "", bed),
                period=period(start, fhir_datetime(row["NGAY_KQ"])),
            )
