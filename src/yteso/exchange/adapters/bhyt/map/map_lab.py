"""XML4 rows -> Observation each, and one DiagnosticReport per service they belong to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from yteso.base.record import Record
from yteso.exchange.adapters.bhyt.map import systems
from yteso.exchange.adapters.bhyt.map.charge_order import reference_to
from yteso.exchange.adapters.bhyt.map.context import Context
from yteso.exchange.adapters.bhyt.map.elements import (
    Json,
    concept,
    fhir_datetime,
    instant,
    number,
    parts,
    present,
)
from yteso.exchange.adapters.bhyt.map.map_service import DIAGNOSTIC, FUNCTION, IMAGING, LAB, code_of
from yteso.exchange.adapters.bhyt.map.units import ucum

Keyed = list[tuple[str, Record]]

_COMPARED = re.compile(r"(<=|>=|<|>|≤|≥)\s*(-?\d{1,15}(?:\.\d{1,6})?)", re.ASCII)
_COMPARATORS = {"≤": "<=", "≥": ">="}
_CATEGORIES = {LAB: "laboratory", IMAGING: "imaging", FUNCTION: "procedure"}
_SECTIONS = {LAB: "LAB", IMAGING: "RAD", FUNCTION: "OTH"}


class Results:
    """The results of a visit: `observations`, and the report of each service row (by its key) or of no row."""

    def __init__(self, results: Keyed, services: Keyed, context: Context) -> None:
        self._context = context
        self._services = [(key, row) for key, row in services if row["MA_NHOM"] in DIAGNOSTIC]
        groups: dict[tuple[str, str], Keyed] = {}
        for key, row in results:
            groups.setdefault(self._group_of(row), []).append((key, row))
        self.observations: list[Json] = []
        self.by_service: dict[str, Json] = {}
        self.others: list[Json] = []
        self._reported(groups)

    def _group_of(self, row: Record) -> tuple[str, str]:
        """(table, key) of the service row a result belongs to: same code, same result time where there is a choice."""
        same = [(key, service) for key, service in self._services if service["MA_DICH_VU"] == row["MA_DICH_VU"]]
        exact = [key for key, service in same if service["NGAY_KQ"] and service["NGAY_KQ"] == row["NGAY_KQ"]]
        if exact or same:
            return "XML3", exact[0] if exact else same[0][0]
        return "XML4", row["MA_DICH_VU"]

    def _reported(self, groups: dict[tuple[str, str], Keyed]) -> None:
        services = dict(self._services)
        for (table, key), rows in groups.items():
            service = services.get(key) if table == "XML3" else None
            kind = service["MA_NHOM"] if service else LAB
            observations = [observation_of(row, own, self._context, kind) for own, row in rows]
            report = self._report(table, key, service, rows, observations, kind)
            self.observations += observations
            if service:
                self.by_service[key] = report
            else:
                self.others.append(report)

    def _report(
        self, table: str, key: str, service: Record | None, rows: Keyed, observations: list[Json], kind: str
    ) -> Json:
        context = self._context
        code = code_of(service) if service else concept(systems.SERVICE, key) or {"text": "Kết quả cận lâm sàng"}
        times = [row["NGAY_KQ"] for _, row in rows if row["NGAY_KQ"]]
        readers = dict.fromkeys(code for _, row in rows for code in parts(row["MA_BS_DOC_KQ"]))
        ordered = bool(service and service["MA_DICH_VU"])
        place, own = (table, key) if service else ("XML4", rows[0][0])
        return present(
            resourceType="DiagnosticReport",
            id=context.id(table, key, "report"),
            meta=context.meta(place, own),
            basedOn=[{"reference": f"ServiceRequest/{context.id('XML3', key, 'order')}"}] if ordered else None,
            status="final",
            category=[concept(systems.DIAGNOSTIC_SECTION, _SECTIONS[kind])],
            code=code,
            subject=context.patient,
            encounter=context.encounter,
            effectiveDateTime=fhir_datetime((service["NGAY_TH_YL"] if service else "") or max(times, default="")),
            issued=instant(max(times, default="")),
            performer=[context.organization(context.facility)] if context.facility else None,
            resultsInterpreter=[context.practitioner(reader) for reader in readers],
            result=[reference_to(observation) for observation in observations],
            conclusion="\n".join(dict.fromkeys(row["KET_LUAN"] for _, row in rows if row["KET_LUAN"])),
        )


def observation_of(row: Record, key: str, context: Context, kind: str) -> Json:
    """One result. A number becomes a Quantity with its digits, anything else stays text."""
    machines = parts(row["MA_MAY"])
    return present(
        resourceType="Observation",
        id=context.id("XML4", key, "result"),
        meta=context.meta("XML4", key),
        status="final",
        category=[concept(systems.OBSERVATION_CATEGORY, _CATEGORIES[kind])],
        code=concept(systems.RESULT_INDEX, row["MA_CHI_SO"], row["TEN_CHI_SO"]) or {"text": "Chỉ số không ghi tên"},
        subject=context.patient,
        encounter=context.encounter,
        effectiveDateTime=fhir_datetime(row["NGAY_KQ"]),
        issued=instant(row["NGAY_KQ"]),
        performer=context.practitioners(row["MA_BS_DOC_KQ"]),
        **_value(row),
        note=[{"text": row["MO_TA"]}] if row["MO_TA"] else None,
        device={"identifier": {"value": machines[0]}, "display": "; ".join(machines)} if machines else None,
    )


def _value(row: Record) -> Json:
    text, unit = row["GIA_TRI"], row["DON_VI_DO"]
    if not text:
        if row["KET_LUAN"]:
            return {"valueString": row["KET_LUAN"]}
        return {"dataAbsentReason": concept(systems.ABSENT, "unknown")}
    value = number(text)
    if value is not None:
        return {"valueQuantity": _quantity(unit, value=value)}
    compared = _COMPARED.fullmatch(text)
    if compared:
        comparator = _COMPARATORS.get(compared[1], compared[1])
        return {"valueQuantity": _quantity(unit, value=number(compared[2]), comparator=comparator)}
    return {"valueString": f"{text} {unit}".strip()}


def _quantity(unit: str, **told: Any) -> Json:
    """The unit as it was written, and beside it the UCUM code where it is a known one."""
    code = ucum(unit)
    return present(**told, unit=unit, system=systems.UCUM if code else None, code=code)


def all_reports(results: Results) -> Iterator[Json]:
    """Every report of the visit."""
    yield from results.by_service.values()
    yield from results.others
