"""A priced line of XML2 or XML3 -> its ChargeItem: what, how much, who, when, and every amount with its digits."""

from __future__ import annotations

from yteso.base.record import Record
from yteso.exchange.adapters.bhyt.map import systems
from yteso.exchange.adapters.bhyt.map.context import Context
from yteso.exchange.adapters.bhyt.map.elements import (
    Json,
    coding,
    concept,
    extensions,
    fhir_datetime,
    money,
    number,
    parts,
    period,
    present,
)

_AMOUNTS = (
    ("hospitalUnitPrice", "DON_GIA_BV"),
    ("insuranceUnitPrice", "DON_GIA_BH"),
    ("hospitalAmount", "THANH_TIEN_BV"),
    ("insuranceAmount", "THANH_TIEN_BH"),
    ("ceiling", "T_TRANTT"),
    ("stateBudget", "T_NGUONKHAC_NSNN"),
    ("foreignAid", "T_NGUONKHAC_VTNN"),
    ("domesticAid", "T_NGUONKHAC_VTTN"),
    ("remainingSources", "T_NGUONKHAC_CL"),
    ("otherSources", "T_NGUONKHAC"),
    ("selfPay", "T_BNTT"),
    ("coPay", "T_BNCCT"),
    ("fundPays", "T_BHTT"),
    ("outsideCapitation", "T_NGOAIDS"),
)
_PERCENTS = (
    ("servicePaymentPercent", "TYLE_TT_DV"),
    ("insurancePaymentPercent", "TYLE_TT_BH"),
    ("benefitPercent", "MUC_HUONG"),
)
_CODES = (
    ("costGroup", systems.COST_GROUP, "MA_NHOM"),
    ("scope", systems.SCOPE, "PHAM_VI"),
    ("paymentMethod", systems.PAYMENT_METHOD, "MA_PTTT"),
    ("payerSource", systems.PAYER_SOURCE, "NGUON_CTRA"),
    ("anaesthesia", systems.ANAESTHESIA, "PP_VO_CAM"),
)
_TEXTS = (
    ("tender", "TT_THAU"),
    ("supplyPackage", "GOI_VTYT"),
    ("productModel", "MA_HIEU_SP"),
    ("fuel", "MA_XANG_DAU"),
    ("machines", "MA_MAY"),
    ("fromFacility", "MA_CSKCB_THUOC"),
)
_FLAGS = (
    ("recurrentWound", "VET_THUONG_TP"),
    ("reused", "TAI_SU_DUNG"),
)
"""The inner extensions of a line and of its cost, and the fields they come from; they are most of a visit."""


def quantity_of(row: Record) -> Json | None:
    """SO_LUONG with its unit."""
    value = number(row["SO_LUONG"])
    return None if value is None else present(value=value, unit=row["DON_VI_TINH"])


def charge_of(row: Record, key: str, context: Context, code: Json, services: list[Json], product: Json | None) -> Json:
    """The charge of one line; `services` are the resources that fulfil it, `product` the supply it sold."""
    table = row.origin.table
    departments = parts(row["MA_KHOA"])
    return present(
        resourceType="ChargeItem",
        id=context.id(table, key, "charge"),
        meta=context.meta(table, key),
        extension=extensions(_line(row, context, departments), cost_of(row)),
        status="billable",
        code=code,
        subject=context.patient,
        context=context.encounter,
        occurrencePeriod=_occurrence(row),
        performer=list(_performers(row, context)),
        performingOrganization=context.organization(context.facility),
        quantity=quantity_of(row),
        priceOverride=money(row["DON_GIA"] or row["DON_GIA_BV"]),
        overrideReason="Đơn giá của cơ sở" if row["DON_GIA"] or row["DON_GIA_BV"] else None,
        enterer=context.first_practitioner(row["MA_BAC_SI"]),
        enteredDate=fhir_datetime(row["NGAY_YL"]),
        reason=reasons_of(row),
        service=services,
        productCodeableConcept=product,
    )


def reasons_of(row: Record) -> list[Json]:
    """The diagnoses a line was ordered for: ICD-10 and traditional-medicine codes."""
    found = [concept(systems.ICD10, code) for code in parts(row["MA_BENH"])]
    return found + [concept(systems.TRADITIONAL_DISEASE, code) for code in parts(row["MA_BENH_YHCT"])]


def _occurrence(row: Record) -> Json:
    start = fhir_datetime(row["NGAY_TH_YL"]) or fhir_datetime(row["NGAY_YL"])
    return period(start, fhir_datetime(row["NGAY_KQ"]))


def _performers(row: Record, context: Context) -> list[Json]:
    found = [{"function": {"text": "Chỉ định"}, "actor": person} for person in context.practitioners(row["MA_BAC_SI"])]
    return found + [
        {"function": {"text": "Thực hiện"}, "actor": person} for person in context.practitioners(row["NGUOI_THUC_HIEN"])
    ]


def cost_of(row: Record) -> Json | None:
    """Every amount and ratio of the line, as sent (VN Core speaks of "insurance cost info"; its address is unseen)."""
    found: list[Json] = []
    values = row.values
    for url, field in _AMOUNTS:
        if (text := values.get(field)) and (amount := number(text)) is not None:
            found.append({"url": url, "valueMoney": {"value": amount, "currency": "VND"}})
    for url, field in _PERCENTS:
        if (text := values.get(field)) and (percent := number(text)) is not None:
            found.append({"url": url, "valueDecimal": percent})
    return {"url": f"{systems.EXT_LINE}:cost", "extension": found} if found else None


def _line(row: Record, context: Context, departments: list[str]) -> Json | None:
    values = row.values
    found: list[Json] = []
    for url, system, field in _CODES:
        if text := values.get(field):
            found.append({"url": url, "valueCoding": coding(system, text)})
    for url, field in _TEXTS:
        if text := values.get(field):
            found.append({"url": url, "valueString": text})
    found += [{"url": url, "valueBoolean": True} for url, field in _FLAGS if values.get(field) == "1"]
    found += [{"url": "department", "valueReference": context.department(one)} for one in departments]
    return {"url": systems.EXT_LINE, "extension": found} if found else None
