"""XML0 (check-in) rows -> the first orders of a visit that has only begun: ServiceRequest or MedicationRequest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from yteso.base.record import Record
from yteso.exchange.adapters.bhyt.map import systems
from yteso.exchange.adapters.bhyt.map.context import Context, keyed
from yteso.exchange.adapters.bhyt.map.elements import Json, concept, fhir_datetime, present


def first_orders(rows: Iterable[Record], context: Context) -> Iterator[Json]:
    """What was ordered first; XML2 and XML3 tell the whole of it once the visit has ended."""
    for key, row in keyed(rows):
        if row["MA_THUOC"] or row["TEN_THUOC"]:
            yield _order(row, key, context, "MedicationRequest", systems.MEDICINE, "THUOC")
        if row["MA_DICH_VU"] or row["TEN_DICH_VU"]:
            yield _order(row, key, context, "ServiceRequest", systems.SERVICE, "DICH_VU")
        if row["MA_VAT_TU"] or row["TEN_VAT_TU"]:
            yield _order(row, key, context, "ServiceRequest", systems.SUPPLY, "VAT_TU")


def _order(row: Record, key: str, context: Context, kind: str, system: str, what: str) -> Json:
    name = "medicationCodeableConcept" if kind == "MedicationRequest" else "code"
    return present(
        resourceType=kind,
        id=context.id("XML0", key, f"order/{what}"),
        meta=context.meta("XML0", key),
        status="active",
        intent="order",
        **{name: concept(system, row[f"MA_{what}"], row[f"TEN_{what}"])},
        subject=context.patient,
        encounter=context.encounter,
        authoredOn=fhir_datetime(row["NGAY_YL"]),
    )
