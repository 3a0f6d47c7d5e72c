"""XML1 (or XML0 at arrival) -> Encounter, Condition per diagnosis, body measures, re-visit dates."""

from __future__ import annotations

from collections.abc import Iterator

from yteso.base.record import Record
from yteso.exchange.adapters.bhyt.map import systems
from yteso.exchange.adapters.bhyt.map.context import Context
from yteso.exchange.adapters.bhyt.map.elements import (
    Json,
    coding,
    concept,
    extensions,
    fhir_date,
    fhir_datetime,
    integer,
    number,
    parts,
    period,
    present,
)

INPATIENT = frozenset({"03", "04", "09"})
_CLASSES = {"03": "IMP", "04": "SS", "09": "IMP", "12": "HH", "14": "VR", "11": "FLD"}
_EMERGENCY = "2"
_CURED = "1"


def encounter_of(row: Record, context: Context, conditions: list[Json], *, legacy: bool) -> Json:
    """The visit. `conditions` are its diagnoses in order of rank, the admission diagnosis last."""
    arrival = row.origin.table == "XML0"
    start, end = fhir_datetime(row["NGAY_VAO"]), fhir_datetime(row["NGAY_RA"])
    care = row["MA_LOAI_KCB"]
    category = row["MA_DOITUONG_KCB"]
    days = integer(row["SO_NGAY_DTRI"])
    return present(
        resourceType="Encounter",
        id=context.encounter["reference"].partition("/")[2],
        meta=context.meta(row.origin.table, "1"),
        extension=extensions(_outcome(row["KET_QUA_DTRI"]), _reason_4210(category) if legacy else None),
        identifier=list(_identifiers(row, context)),
        status="in-progress" if arrival or not end else "finished",
        **{"class": coding(systems.ACT_CODE, _CLASSES.get(care, "AMB"))},
        classHistory=_class_history(row, start, end),
        type=[
            concept(system, code)
            for system, code in ((systems.CARE_FORM, care), (systems.VISIT_CATEGORY, "" if legacy else category))
            if code
        ],
        serviceType={"text": row["MA_KHOA"]} if row["MA_KHOA"] else None,
        priority=concept(systems.ACT_PRIORITY, "EM") if category == _EMERGENCY else None,
        subject=context.patient,
        participant=_signer(row, context),
        period=period(start, end),
        length={"value": days, "unit": "ngày", "system": systems.UCUM, "code": "d"} if days is not None else None,
        reasonCode=list(_reasons(row)),
        diagnosis=[_diagnosis(condition, place) for place, condition in enumerate(conditions, 1)],
        hospitalization=_hospitalization(row, context),
        location=[{"location": context.department(code)} for code in dict.fromkeys(parts(row["MA_KHOA"]))],
        serviceProvider=context.organization(context.facility),
    )


def _outcome(code: str) -> Json | None:
    if not code:
        return None
    return {"url": systems.EXT_OUTCOME, "valueCodeableConcept": concept(systems.OUTCOME, code)}


def _reason_4210(code: str) -> Json | None:
    if not code:
        return None
    return {"url": systems.EXT_VISIT_REASON_4210, "valueCodeableConcept": concept(systems.VISIT_REASON_4210, code)}


def _identifiers(row: Record, context: Context) -> Iterator[Json]:
    yield context.visit_identifier()
    if row["MA_HSBA"]:
        yield {"system": f"urn:yteso:bhyt:ma-hsba:{context.facility}", "value": row["MA_HSBA"]}


def _class_history(row: Record, start: str | None, end: str | None) -> list[Json] | None:
    admitted = fhir_datetime(row["NGAY_VAO_NOI_TRU"])
    if not admitted:
        return None
    before = {"class": coding(systems.ACT_CODE, "AMB"), "period": period(start, admitted)}
    after = {
        "class": coding(systems.ACT_CODE, _CLASSES.get(row["MA_LOAI_KCB"], "IMP")),
        "period": period(admitted, end),
    }
    return [before, after]


def _signer(row: Record, context: Context) -> list[Json]:
    return [
        {"type": [{"text": "Người đứng đầu cơ sở hoặc người được ủy quyền ký"}], "individual": person}
        for person in context.practitioners(row["MA_TTDV"])
    ]


def _reasons(row: Record) -> Iterator[Json]:
    if row["LY_DO_VV"]:
        yield {"text": row["LY_DO_VV"]}
    if row["LY_DO_VNT"] or row["MA_LY_DO_VNT"]:
        yield concept(systems.ADMISSION_REASON, row["MA_LY_DO_VNT"], row["LY_DO_VNT"])
    if row["MA_TAI_NAN"] not in ("", "0"):
        yield concept(systems.ACCIDENT, row["MA_TAI_NAN"])


def _diagnosis(condition: Json, rank: int) -> Json:
    provisional = condition["verificationStatus"]["coding"][0]["code"] == "provisional"
    role = "AD" if provisional else "DD"
    made: Json = {
        "condition": {"reference": f"Condition/{condition['id']}"},
        "use": concept(systems.DIAGNOSIS_ROLE, role),
    }
    if role == "DD":
        made["rank"] = rank
    return made


def _hospitalization(row: Record, context: Context) -> Json | None:
    leave = row["MA_LOAI_RV"]
    return (
        present(
            preAdmissionIdentifier={"value": row["GIAY_CHUYEN_TUYEN"]} if row["GIAY_CHUYEN_TUYEN"] else None,
            origin=context.organization(row["MA_NOI_DI"]),
            destination=context.organization(row["MA_NOI_DEN"]),
            dischargeDisposition=concept(systems.DISCHARGE, leave) if leave else None,
        )
        or None
    )


def conditions_of(row: Record, context: Context) -> list[Json]:
    """The main disease first, then the others, the traditional-medicine names, and last the admission diagnosis."""
    found = []
    for place, (role, system, code) in enumerate(_codes(row)):
        text = row["CHAN_DOAN_RV"] if not place else ""
        cured = not place and row["KET_QUA_DTRI"] == _CURED
        found.append(_condition(row, context, f"{role}/{code}", _disease(system, code, text), cured=cured))
    if not found and row["CHAN_DOAN_RV"]:
        found.append(_condition(row, context, "main/", {"text": row["CHAN_DOAN_RV"]}))
    if row["CHAN_DOAN_VAO"]:
        found.append(_condition(row, context, "admission", {"text": row["CHAN_DOAN_VAO"]}, provisional=True))
    return found


def _codes(row: Record) -> list[tuple[str, str, str]]:
    icd = systems.ICD10
    found = [("main", icd, code) for code in parts(row["MA_BENH_CHINH"])[:1]]
    found += [("other", icd, code) for code in dict.fromkeys(parts(row["MA_BENH_KT"]))]
    found += [("traditional", systems.TRADITIONAL_DISEASE, code) for code in dict.fromkeys(parts(row["MA_BENH_YHCT"]))]
    return found


def _disease(system: str, code: str, text: str) -> Json:
    made: Json = {"coding": [coding(system, code)]}
    if system == systems.ICD10:
        made["coding"].append(coding(systems.ICD10_VN, code))
    if text:
        made["text"] = text
    return made


def _condition(
    row: Record, context: Context, role: str, code: Json, *, cured: bool = False, provisional: bool = False
) -> Json:
    return present(
        resourceType="Condition",
        id=context.id("XML1", "1", f"condition/{role}"),
        meta=context.meta(row.origin.table, "1"),
        clinicalStatus=concept(systems.CONDITION_CLINICAL, "resolved" if cured else "active"),
        verificationStatus=concept(systems.CONDITION_VERIFICATION, "provisional" if provisional else "confirmed"),
        category=[concept(systems.CONDITION_CATEGORY, "encounter-diagnosis")],
        code=code,
        subject=context.patient,
        encounter=context.encounter,
        recordedDate=fhir_datetime(row["NGAY_VAO"] if provisional else row["NGAY_RA"] or row["NGAY_VAO"]),
    )


def measures_of(row: Record, context: Context) -> Iterator[Json]:
    """Weight, blood group and the weights of new-born children, as Observations of the visit."""
    weight = number(row["CAN_NANG"])
    if weight is not None:
        yield _measure(row, context, "weight", ("29463-7", "Cân nặng"), _quantity(weight, "kg"))
    if row["NHOM_MAU"]:
        yield _measure(row, context, "blood-group", ("882-1", "Nhóm máu"), None, text=row["NHOM_MAU"])
    for place, part in enumerate(parts(row["CAN_NANG_CON"]), 1):
        grams = number(part)
        if grams is not None:
            role = f"birth-weight/{place}"
            yield _measure(row, context, role, ("8339-4", "Cân nặng con lúc sinh"), _quantity(grams, "g"))


def _quantity(value: object, unit: str) -> Json:
    return {"value": value, "unit": unit, "system": systems.UCUM, "code": unit}


def _measure(
    row: Record, context: Context, role: str, code: tuple[str, str], quantity: Json | None, text: str = ""
) -> Json:
    kind = "laboratory" if role == "blood-group" else "vital-signs"
    return present(
        resourceType="Observation",
        id=context.id("XML1", "1", role),
        meta=context.meta(row.origin.table, "1"),
        status="final",
        category=[concept(systems.OBSERVATION_CATEGORY, kind)],
        code=concept(systems.LOINC, *code),
        subject=context.patient,
        encounter=context.encounter,
        effectiveDateTime=fhir_datetime(row["NGAY_VAO"]),
        valueQuantity=quantity,
        valueCodeableConcept={"text": text} if text else None,
    )


def revisits_of(row: Record, context: Context, written: frozenset[str]) -> Iterator[Json]:
    """A proposed Appointment per re-visit date that no paper (XML14, dates `written`) already carries."""
    for text in dict.fromkeys(parts(row["NGAY_TAI_KHAM"])):
        day = fhir_date(text)
        if day and len(day) == 10 and day not in written:
            yield revisit(context, "XML1", "1", f"revisit/{day}", day)


def revisit(
    context: Context, table: str, key: str, role: str, day: str | None, doctors: str = "", **more: object
) -> Json:
    """A re-visit: only its day is known, so it is a proposal with a requested period (FHIR R4 app-3)."""
    actors: list[Json] = [{"actor": context.patient, "status": "needs-action"}]
    actors += [{"actor": doctor, "status": "accepted"} for doctor in context.practitioners(doctors)]
    return present(
        resourceType="Appointment",
        id=context.id(table, key, role),
        meta=context.meta(table, key),
        status="proposed",
        appointmentType=concept("http://terminology.hl7.org/CodeSystem/v2-0276", "FOLLOWUP"),
        **more,
        participant=actors,
        requestedPeriod=[{"start": day, "end": day}] if day else None,
    )
