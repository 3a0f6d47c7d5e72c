"""XML2 rows -> MedicationRequest (the order), MedicationDispense (when carried out) and ChargeItem of each medicine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from yteso.base.record import Record
from yteso.exchange.adapters.bhyt.map import systems
from yteso.exchange.adapters.bhyt.map.charge_order import reference_to
from yteso.exchange.adapters.bhyt.map.context import Context, keyed
from yteso.exchange.adapters.bhyt.map.elements import (
    Json,
    concept,
    extension,
    extensions,
    fhir_datetime,
    parts,
    present,
)
from yteso.exchange.adapters.bhyt.map.map_charge import charge_of, quantity_of, reasons_of


def medicines_of(rows: Iterable[Record], context: Context) -> Iterator[Json]:
    """Three resources per row, two when the sender does not say when the order was carried out."""
    for key, row in keyed(rows):
        medicine = medicine_of(row)
        request = _request(row, key, context, medicine)
        yield request
        services = []
        given = fhir_datetime(row["NGAY_TH_YL"])
        if given:
            dispense = _dispense(row, key, context, medicine, given)
            services.append(reference_to(dispense))
            yield dispense
        yield charge_of(row, key, context, medicine, services, None)


def medicine_of(row: Record) -> Json:
    """What the line is: the medicine by code and name."""
    return concept(systems.MEDICINE, row["MA_THUOC"], row["TEN_THUOC"]) or {"text": "Thuốc không ghi tên"}


def _request(row: Record, key: str, context: Context, medicine: Json) -> Json:
    quantity = quantity_of(row)
    return present(
        resourceType="MedicationRequest",
        id=context.id("XML2", key, "request"),
        meta=context.meta("XML2", key),
        extension=extensions(_details(row)),
        status="completed",
        intent="order",
        category=[concept(systems.MEDICATION_CATEGORY, "inpatient" if context.inpatient else "outpatient")],
        medicationCodeableConcept=medicine,
        subject=context.patient,
        encounter=context.encounter,
        authoredOn=fhir_datetime(row["NGAY_YL"]),
        requester=context.first_practitioner(row["MA_BAC_SI"]),
        reasonCode=reasons_of(row),
        dosageInstruction=[dosage] if (dosage := _dosage(row)) else None,
        dispenseRequest={"quantity": quantity} if quantity else None,
    )


def _dosage(row: Record) -> Json:
    return present(
        text=row["LIEU_DUNG"],
        patientInstruction=row["CACH_DUNG"],
        route=concept(systems.ROUTE, row["DUONG_DUNG"]),
    )


def _details(row: Record) -> Json | None:
    made = extension(
        systems.EXT_MEDICINE,
        strength__valueString=row["HAM_LUONG"],
        doseForm__valueString=row["DANG_BAO_CHE"],
        registrationNumber__valueString=row["SO_DANG_KY"],
        processing__valueString=row["MA_PP_CHEBIEN"],
    )
    used_in = [
        {"url": "usedInService", "valueCodeableConcept": concept(systems.SERVICE, code)}
        for code in parts(row["MA_DICH_VU"])
    ]
    if used_in:
        made = made or {"url": systems.EXT_MEDICINE, "extension": []}
        made["extension"].extend(used_in)
    return made


def _dispense(row: Record, key: str, context: Context, medicine: Json, given: str) -> Json:
    return present(
        resourceType="MedicationDispense",
        id=context.id("XML2", key, "dispense"),
        meta=context.meta("XML2", key),
        status="completed",
        medicationCodeableConcept=medicine,
        subject=context.patient,
        context=context.encounter,
        authorizingPrescription=[{"reference": f"MedicationRequest/{context.id('XML2', key, 'request')}"}],
        quantity=quantity_of(row),
        whenHandedOver=given,
    )
