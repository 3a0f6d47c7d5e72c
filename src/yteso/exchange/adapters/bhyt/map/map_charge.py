"""A priced line of XML2 or XML3 -> its ChargeItem: what, how much, who, when, and every amount with its digits."""

from __future__ import annotations

from yteso.base.record import Record
from yteso.exchange.adapters.bhyt.map import systems
from yteso.exchange.adapters.bhyt.map.context import Context
from yteso.exchange.adapters.bhyt.map.elements import (
    Json,
    coding,
    concept,
    extension,
    extensions,
    fhir_datetime,
    money,
    number,
    parts,
    period,
    present,
)


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
    return extension(
        f"{systems.EXT_LINE}:cost",
        hospitalUnitPrice__valueMoney=money(row["DON_GIA_BV"]),
        insuranceUnitPrice__valueMoney=money(row["DON_GIA_BH"]),
        servicePaymentPercent__valueDecimal=number(row["TYLE_TT_DV"]),
        insurancePaymentPercent__valueDecimal=number(row["TYLE_TT_BH"]),
        benefitPercent__valueDecimal=number(row["MUC_HUONG"]),
        hospitalAmount__valueMoney=money(row["THANH_TIEN_BV"]),
        insuranceAmount__valueMoney=money(row["THANH_TIEN_BH"]),
        ceiling__valueMoney=money(row["T_TRANTT"]),
        stateBudget__valueMoney=money(row["T_NGUONKHAC_NSNN"]),
        foreignAid__valueMoney=money(row["T_NGUONKHAC_VTNN"]),
        domesticAid__valueMoney=money(row["T_NGUONKHAC_VTTN"]),
        remainingSources__valueMoney=money(row["T_NGUONKHAC_CL"]),
        otherSources__valueMoney=money(row["T_NGUONKHAC"]),
        selfPay__valueMoney=money(row["T_BNTT"]),
        coPay__valueMoney=money(row["T_BNCCT"]),
        fundPays__valueMoney=money(row["T_BHTT"]),
        outsideCapitation__valueMoney=money(row["T_NGOAIDS"]),
    )


def _line(row: Record, context: Context, departments: list[str]) -> Json | None:
    def code(system: str, field: str) -> Json | None:
        return coding(system, row[field]) if row[field] else None

    made = extension(
        systems.EXT_LINE,
        costGroup__valueCoding=code(systems.COST_GROUP, "MA_NHOM"),
        scope__valueCoding=code(systems.SCOPE, "PHAM_VI"),
        paymentMethod__valueCoding=code(systems.PAYMENT_METHOD, "MA_PTTT"),
        payerSource__valueCoding=code(systems.PAYER_SOURCE, "NGUON_CTRA"),
        recurrentWound__valueBoolean=True if row["VET_THUONG_TP"] == "1" else None,
        tender__valueString=row["TT_THAU"],
        supplyPackage__valueString=row["GOI_VTYT"],
        productModel__valueString=row["MA_HIEU_SP"],
        reused__valueBoolean=True if row["TAI_SU_DUNG"] == "1" else None,
        fuel__valueString=row["MA_XANG_DAU"],
        anaesthesia__valueCoding=code(systems.ANAESTHESIA, "PP_VO_CAM"),
        machines__valueString=row["MA_MAY"],
        fromFacility__valueString=row["MA_CSKCB_THUOC"],
    )
    places = [{"url": "department", "valueReference": context.department(one)} for one in departments]
    if places:
        made = made or {"url": systems.EXT_LINE, "extension": []}
        made["extension"].extend(places)
    return made
