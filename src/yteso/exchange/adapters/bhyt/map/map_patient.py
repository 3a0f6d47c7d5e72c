"""XML1 or XML0 (and the papers' family members) -> Patient, RelatedPerson, Coverage, and who the visit says it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from yteso.base.record import Record
from yteso.exchange.adapters.bhyt.map import systems
from yteso.exchange.adapters.bhyt.map.context import Context, first
from yteso.exchange.adapters.bhyt.map.elements import (
    Json,
    aligned,
    coding,
    concept,
    extension,
    extensions,
    fhir_date,
    fhir_datetime,
    parts,
    period,
    present,
)
from yteso.identity.claim import PersonClaim
from yteso.standards.identifiers import bhxh_number, local_patient_system

GENDERS = {"1": "male", "2": "female", "3": "unknown"}
_CARD_FIELDS = ("MA_THE_BHYT", "MA_DKBD", "GT_THE_TU", "GT_THE_DEN")

Tables = Mapping[str, tuple[Record, ...]]


def patient_of(row: Record, tables: Tables, context: Context, patient_id: str) -> Json:
    """The person as this visit describes them."""
    table = row.origin.table
    birth = fhir_date(row["NGAY_SINH"])
    return present(
        resourceType="Patient",
        id=patient_id,
        meta=context.meta(table, "1"),
        extension=extensions(
            _concept_extension(systems.EXT_ETHNICITY, systems.ETHNICITY, row["MA_DANTOC"]),
            _concept_extension(systems.EXT_OCCUPATION, systems.OCCUPATION, row["MA_NGHE_NGHIEP"]),
            _nationality(row["MA_QUOCTICH"]),
        ),
        identifier=list(_identifiers(row, tables, context)),
        name=[name_of(row["HO_TEN"])] if row["HO_TEN"] else None,
        telecom=[{"system": "phone", "value": row["DIEN_THOAI"]}] if row["DIEN_THOAI"] else None,
        gender=GENDERS.get(row["GIOI_TINH"]),
        birthDate=birth,
        _birthDate=_birth_time(row["NGAY_SINH"]),
        deceasedBoolean=True if row["KET_QUA_DTRI"] in ("5", "8") else None,
        address=[address] if (address := _address(row)) else None,
        contact=list(_employer(tables)),
    )


def name_of(text: str) -> Json:
    """A Vietnamese name: the family name comes first."""
    words = text.split()
    return present(use="official", text=text, family=words[0] if words else "", given=words[1:])


def _concept_extension(url: str, system: str, code: str) -> Json | None:
    return {"url": url, "valueCodeableConcept": concept(system, code)} if code else None


def _nationality(code: str) -> Json | None:
    if not code:
        return None
    return {
        "url": systems.EXT_NATIONALITY,
        "extension": [{"url": "code", "valueCodeableConcept": concept(systems.NATIONALITY, code)}],
    }


def _birth_time(text: str) -> Json | None:
    moment = fhir_datetime(text)
    if not moment or "T" not in moment:
        return None
    return {"extension": [{"url": systems.EXT_BIRTH_TIME, "valueDateTime": moment}]}


def _identifiers(row: Record, tables: Tables, context: Context) -> Iterator[Json]:
    if row["SO_CCCD"]:
        yield {"use": "official", "system": _citizen_system(row["SO_CCCD"]), "value": row["SO_CCCD"]}
    for card in dict.fromkeys(parts(row["MA_THE_BHYT"])):
        yield {"system": systems.BHYT_CARD, "value": card}
    for name in ("XML7", "XML8"):
        paper = first(tables, name)
        if paper and paper["MA_THE_TAM"]:
            yield {"use": "temp", "system": systems.BHYT_CARD, "value": paper["MA_THE_TAM"]}
    if row["MA_BN"]:
        made: Json = {
            "use": "secondary",
            "type": {"coding": [coding(systems.IDENTIFIER_V2, "MR")]},
            "system": local_patient_system(context.facility),
            "value": row["MA_BN"],
        }
        if organization := context.organization(context.facility):
            made["assigner"] = organization
        yield made


def _citizen_system(value: str) -> str:
    if value.isascii() and value.isdigit():
        return systems.CMND if len(value) == 9 else systems.CCCD
    return systems.PASSPORT


def _address(row: Record) -> Json:
    def place(url: str, system: str, code: str) -> Json | None:
        return {"url": url, "valueCoding": coding(system, code)} if code else None

    inner = extensions(
        place(systems.EXT_PROVINCE, systems.PROVINCE, row["MATINH_CU_TRU"]),
        place(systems.EXT_WARD, systems.WARD, row["MAXA_CU_TRU"]),
    )
    if not (inner or row["DIA_CHI"] or row["MAHUYEN_CU_TRU"]):
        return {}
    return present(
        extension=inner, use="home", text=row["DIA_CHI"], district=row["MAHUYEN_CU_TRU"], country="VN" if inner else ""
    )


def _employer(tables: Tables) -> Iterator[Json]:
    summary = first(tables, "XML8")
    if summary and summary["DON_VI"]:
        yield {
            "relationship": [concept(systems.CONTACT_V2, "E")],
            "organization": {"display": summary["DON_VI"]},
        }


def related_persons(tables: Tables, context: Context) -> Iterator[Json]:
    """Father, mother and guardian named on the discharge paper (XML7) or the summary (XML8)."""
    for name in ("XML7", "XML8"):
        paper = first(tables, name)
        if paper is None:
            continue
        for role, field, number in (
            ("FTH", "HO_TEN_CHA", "MA_CHA"),
            ("MTH", "HO_TEN_ME", "MA_ME"),
            ("GUARD", "NGUOI_GIAM_HO", ""),
        ):
            person, bhxh = paper[field], paper[number] if number else ""
            if person or bhxh:
                yield present(
                    resourceType="RelatedPerson",
                    id=context.id(name, "1", f"related/{role}"),
                    meta=context.meta(name, "1"),
                    identifier=[{"system": systems.BHXH, "value": bhxh}] if bhxh else None,
                    patient=context.patient,
                    relationship=[concept(systems.ROLE_CODE, role)],
                    name=[name_of(person)] if person else None,
                )


def coverages(row: Record, context: Context) -> list[Json]:
    """One Coverage per card; a visit without a card is paid by the person, which FHIR writes as a Coverage too."""
    table = row.origin.table
    cards = list(aligned(row.values, _CARD_FIELDS))
    if not cards:
        return [_self_pay(row, context)]
    return [_coverage(row, context, table, card, last=card is cards[-1]) for card in cards]


def _coverage(row: Record, context: Context, table: str, card: tuple[str, ...], *, last: bool) -> Json:
    number, registered, since, until = card
    primary = context.organization(registered)
    return present(
        resourceType="Coverage",
        id=context.id("XML1", "1", f"coverage/{number}/{since}"),
        meta=context.meta(table, "1"),
        extension=extensions(
            {"url": systems.EXT_CARD_TYPE, "valueCodeableConcept": concept(systems.CARD_TYPE, number[:2])}
            if number[:2].isalpha()
            else None,
            {"url": systems.EXT_PRIMARY_CARE, "valueReference": primary} if primary else None,
            _insured_terms(row) if last else None,
        ),
        identifier=[{"system": systems.BHYT_CARD, "value": number}],
        status="active",
        type={"coding": [coding(systems.ACT_CODE, "PUBLICPOL")], "text": "Bảo hiểm y tế"},
        subscriberId=number,
        beneficiary=context.patient,
        period=period(fhir_date(since), fhir_date(until)),
        payor=[{"display": "Bảo hiểm xã hội Việt Nam"}],
    )


def _self_pay(row: Record, context: Context) -> Json:
    return present(
        resourceType="Coverage",
        id=context.id("XML1", "1", "coverage/self"),
        meta=context.meta(row.origin.table, "1"),
        extension=extensions(_insured_terms(row)),
        status="active",
        type={"coding": [coding(systems.SELF_PAY, "pay")], "text": "Người bệnh tự chi trả"},
        beneficiary=context.patient,
        payor=[context.patient],
    )


def _insured_terms(row: Record) -> Json | None:
    return extension(
        systems.EXT_COVERAGE,
        livingArea__valueCoding=coding(systems.AREA, row["MA_KHUVUC"]) if row["MA_KHUVUC"] else None,
        fiveYearsFrom__valueDate=fhir_date(row["NAM_NAM_LIEN_TUC"]),
        noCoPaymentFrom__valueDateTime=fhir_datetime(row["NGAY_MIEN_CCT"]),
    )


def claim_of(row: Record, facility: str) -> PersonClaim:
    """Who this visit says the person is, for the identity room to decide."""
    cards = tuple(dict.fromkeys(parts(row["MA_THE_BHYT"])))
    citizen = row["SO_CCCD"]
    is_cccd = len(citizen) == 12 and citizen.isascii() and citizen.isdigit()
    return PersonClaim(
        cccd=citizen if is_cccd else None,
        bhyt=cards,
        bhxh=next((number for card in reversed(cards) if (number := bhxh_number(card))), None),
        facility=facility,
        local_code=row["MA_BN"],
        name=row["HO_TEN"],
        birth_date=fhir_date(row["NGAY_SINH"]) or "",
        gender=GENDERS.get(row["GIOI_TINH"], ""),
    )
