"""XML1 totals and the lines of XML2 and XML3 -> the Claim: one item per line, totals with their digits."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from yteso.base.record import Record
from yteso.exchange.adapters.bhyt.map import systems
from yteso.exchange.adapters.bhyt.map.charge_order import reference_to
from yteso.exchange.adapters.bhyt.map.context import Context
from yteso.exchange.adapters.bhyt.map.elements import (
    Json,
    coding,
    concept,
    extension,
    extensions,
    fhir_date,
    fhir_datetime,
    integer,
    money,
    number,
    period,
    present,
)
from yteso.exchange.adapters.bhyt.map.map_charge import quantity_of
from yteso.exchange.adapters.bhyt.map.map_medicine import medicine_of
from yteso.exchange.adapters.bhyt.map.map_service import code_of

Keyed = list[tuple[str, Record]]


def claim_for(
    row: Record, medicines: Keyed, services: Keyed, insured: list[Json], conditions: list[Json], context: Context
) -> Json:
    """The bill of the visit. `insured` are its Coverages in order; the last card is the one that counts."""
    start, end = fhir_datetime(row["NGAY_VAO"]), fhir_datetime(row["NGAY_RA"])
    return present(
        resourceType="Claim",
        id=context.id("XML1", "1", "claim"),
        meta=context.meta("XML1", "1"),
        extension=extensions(_totals(row)),
        identifier=[context.visit_identifier()],
        status="active",
        type=concept(systems.CLAIM_TYPE, "institutional"),
        use="claim",
        patient=context.patient,
        billablePeriod=period(start, end),
        created=fhir_datetime(row["NGAY_TTOAN"]) or end or start or fhir_date("19000000"),
        insurer={"display": "Bảo hiểm xã hội Việt Nam"} if row["MA_THE_BHYT"] else None,
        provider=context.organization(context.facility) or {"display": "Không rõ cơ sở"},
        priority=concept(systems.PROCESS_PRIORITY, "normal"),
        diagnosis=[
            {"sequence": place, "diagnosisReference": reference_to(condition)}
            for place, condition in enumerate(conditions, 1)
        ],
        insurance=[
            {"sequence": place, "focal": place == len(insured), "coverage": reference_to(coverage)}
            for place, coverage in enumerate(insured, 1)
        ],
        item=list(_items(medicines, services, context)),
        total=money(row["T_TONGCHI_BV"] or row["T_TONGCHI_BH"]),
    )


def _totals(row: Record) -> Json | None:
    return extension(
        systems.EXT_CLAIM,
        medicines__valueMoney=money(row["T_THUOC"]),
        supplies__valueMoney=money(row["T_VTYT"]),
        hospitalAmount__valueMoney=money(row["T_TONGCHI_BV"]),
        insuranceAmount__valueMoney=money(row["T_TONGCHI_BH"]),
        selfPay__valueMoney=money(row["T_BNTT"]),
        coPay__valueMoney=money(row["T_BNCCT"]),
        fundPays__valueMoney=money(row["T_BHTT"]),
        otherSources__valueMoney=money(row["T_NGUONKHAC"]),
        fundPaysFeeForService__valueMoney=money(row["T_BHTT_GDV"]),
        settlementYear__valueInteger=integer(row["NAM_QT"]),
        settlementMonth__valueInteger=integer(row["THANG_QT"]),
        paidAt__valueDateTime=fhir_datetime(row["NGAY_TTOAN"]),
    )


def _items(medicines: Keyed, services: Keyed, context: Context) -> Iterator[Json]:
    sequence = 0
    for table, rows in (("XML2", medicines), ("XML3", services)):
        for key, row in rows:
            sequence += 1
            yield _item(sequence, table, key, row, context)


def _item(sequence: int, table: str, key: str, row: Record, context: Context) -> Json:
    percent = number(row["TYLE_TT_DV"])
    return present(
        extension=[
            {
                "url": f"{systems.EXT_LINE}:charge",
                "valueReference": {"reference": f"ChargeItem/{context.id(table, key, 'charge')}"},
            }
        ],
        sequence=sequence,
        category={"coding": [coding(systems.COST_GROUP, row["MA_NHOM"])]} if row["MA_NHOM"] else None,
        productOrService=medicine_of(row) if table == "XML2" else code_of(row),
        servicedDate=(fhir_date(row["NGAY_TH_YL"]) or fhir_date(row["NGAY_YL"])),
        quantity=quantity_of(row),
        unitPrice=money(row["DON_GIA"] or row["DON_GIA_BV"] or row["DON_GIA_BH"]),
        factor=percent / Decimal(100) if percent is not None else None,
        net=money(row["THANH_TIEN_BV"] or row["THANH_TIEN_BH"]),
        encounter=[context.encounter],
    )
