"""Where every BHYT field goes: the FHIR element it is mapped to, or the reason it is left out. Facts only.

A test maps a visit in which every field is filled, takes each field away in turn, and compares: a mapped field must
change its resource, a left-out field must change nothing. `docs/reference/bhyt-mapping.md` is made from here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Why a field is not mapped. It stays in the kept file, with its place."""

    reason: str


Place = str | LeftOut

_KEY = LeftOut("key that joins the tables of a visit; mapped from XML1 to Encounter.identifier")
_RESERVED = LeftOut("reserved field without a meaning; from QĐ 3176 it carries a signature, kept in the file")
_LATER_HIV = LeftOut("HIV care needs its own consent and security labels before it may be shared; kept in the file")
_LATER_TB = LeftOut("tuberculosis care belongs to the disease programme's own mapping; kept in the file")
_LATER_PAPER = LeftOut("certificate without a clinical consumer yet; kept in the file")
_COUNCIL = LeftOut("typed on the insurer's portal, never sent by facilities; kept in the file when it comes")
_NO_NUMBER = LeftOut("the table has one row per visit")


def _copy(field: str) -> LeftOut:
    return LeftOut(f"repeats XML1.{field}; rule BHYT-2040 compares the two")


def _copies(*fields: str) -> dict[str, Place]:
    return {field: _copy(field) for field in fields}


_COST = "ChargeItem.extension(charge-line:cost)"
_LINE = "ChargeItem.extension(charge-line)"
_TOTAL = "Claim.extension(claim-totals)"

_PERSON: dict[str, Place] = {
    "MA_BN": "Patient.identifier (MR)",
    "HO_TEN": "Patient.name",
    "SO_CCCD": "Patient.identifier (cccd, cmnd, passport)",
    "NGAY_SINH": "Patient.birthDate, extension patient-birthTime",
    "GIOI_TINH": "Patient.gender",
    "MA_THE_BHYT": "Coverage.identifier, Coverage.subscriberId; Patient.identifier (bhyt)",
    "MA_DKBD": "Coverage.extension(vn-ext-primary-care-facility)",
    "GT_THE_TU": "Coverage.period.start",
    "GT_THE_DEN": "Coverage.period.end",
}
_AMOUNTS: dict[str, Place] = {
    "TYLE_TT_BH": f"{_COST}.insurancePaymentPercent",
    "MUC_HUONG": f"{_COST}.benefitPercent",
    "THANH_TIEN_BV": f"{_COST}.hospitalAmount; Claim.item.net",
    "THANH_TIEN_BH": f"{_COST}.insuranceAmount",
    "T_NGUONKHAC_NSNN": f"{_COST}.stateBudget",
    "T_NGUONKHAC_VTNN": f"{_COST}.foreignAid",
    "T_NGUONKHAC_VTTN": f"{_COST}.domesticAid",
    "T_NGUONKHAC_CL": f"{_COST}.remainingSources",
    "T_NGUONKHAC": f"{_COST}.otherSources",
    "T_BNTT": f"{_COST}.selfPay",
    "T_BNCCT": f"{_COST}.coPay",
    "T_BHTT": f"{_COST}.fundPays",
}
_LINES: dict[str, Place] = {
    "MA_LK": _KEY,
    "STT": "ChargeItem.id, meta.source (row key)",
    "MA_NHOM": f"{_LINE}.costGroup; Claim.item.category",
    "DON_VI_TINH": "ChargeItem.quantity.unit",
    "PHAM_VI": f"{_LINE}.scope",
    "SO_LUONG": "ChargeItem.quantity.value; Claim.item.quantity",
    "TT_THAU": f"{_LINE}.tender",
    "MA_KHOA": f"{_LINE}.department; Location",
    "MA_BAC_SI": "ChargeItem.performer, ChargeItem.enterer; Practitioner",
    "NGAY_YL": "ChargeItem.enteredDate",
    "NGAY_TH_YL": "ChargeItem.occurrencePeriod.start",
    "MA_PTTT": f"{_LINE}.paymentMethod",
    "VET_THUONG_TP": f"{_LINE}.recurrentWound",
    "DU_PHONG": _RESERVED,
    **_AMOUNTS,
}

FIELDS: Mapping[str, Mapping[str, Place]] = {
    "XML0": {
        **_PERSON,
        "MA_LK": "Encounter.identifier (ma-lk)",
        "STT": "ServiceRequest.id, MedicationRequest.id (row key)",
        "MA_DOITUONG_KCB": "Encounter.type (vn-patient-visit-type-cs); 2 = Encounter.priority EM",
        "NGAY_VAO": "Encounter.period.start",
        "NGAY_VAO_NOI_TRU": "Encounter.classHistory",
        "LY_DO_VNT": "Encounter.reasonCode.text",
        "MA_LY_DO_VNT": "Encounter.reasonCode.coding",
        "MA_LOAI_KCB": "Encounter.type (vn-encounter-type-cs), Encounter.class",
        "MA_CSKCB": LeftOut("facility of the visit: Organization and Encounter.serviceProvider come from the file's"),
        "MA_DICH_VU": "ServiceRequest.code.coding",
        "TEN_DICH_VU": "ServiceRequest.code.text",
        "MA_THUOC": "MedicationRequest.medicationCodeableConcept.coding",
        "TEN_THUOC": "MedicationRequest.medicationCodeableConcept.text",
        "MA_VAT_TU": "ServiceRequest.code.coding",
        "TEN_VAT_TU": "ServiceRequest.code.text",
        "NGAY_YL": "ServiceRequest.authoredOn; MedicationRequest.authoredOn",
        "DU_PHONG": _RESERVED,
    },
    "XML1": {
        **_PERSON,
        "MA_LK": "Encounter.identifier (ma-lk); key of every id",
        "STT": _NO_NUMBER,
        "NHOM_MAU": "Observation (LOINC 882-1)",
        "MA_QUOCTICH": "Patient.extension(patient-nationality)",
        "MA_DANTOC": "Patient.extension(vn-ext-ethnicity)",
        "MA_NGHE_NGHIEP": "Patient.extension(vn-ext-occupation)",
        "DIA_CHI": "Patient.address.text",
        "MATINH_CU_TRU": "Patient.address.extension(vn-ext-province)",
        "MAHUYEN_CU_TRU": "Patient.address.district",
        "MAXA_CU_TRU": "Patient.address.extension(vn-ext-ward)",
        "DIEN_THOAI": "Patient.telecom",
        "NGAY_MIEN_CCT": "Coverage.extension(coverage).noCoPaymentFrom",
        "LY_DO_VV": "Encounter.reasonCode.text",
        "LY_DO_VNT": "Encounter.reasonCode.text",
        "MA_LY_DO_VNT": "Encounter.reasonCode.coding",
        "CHAN_DOAN_VAO": "Condition.code.text (admission diagnosis)",
        "CHAN_DOAN_RV": "Condition.code.text (main diagnosis)",
        "MA_BENH_CHINH": "Condition.code (icd-10); Encounter.diagnosis rank 1",
        "MA_BENH_KT": "Condition.code (icd-10), one each",
        "MA_BENH_YHCT": "Condition.code (benh-yhct), one each",
        "MA_PTTT_QT": "Procedure.code (icd-9-cm) where no row of XML3 carries it",
        "MA_DOITUONG_KCB": "Encounter.type (vn-patient-visit-type-cs); 2 = Encounter.priority EM",
        "MA_NOI_DI": "Encounter.hospitalization.origin",
        "MA_NOI_DEN": "Encounter.hospitalization.destination",
        "MA_TAI_NAN": "Encounter.reasonCode (tai-nan); 0 is no accident",
        "NGAY_VAO": "Encounter.period.start",
        "NGAY_VAO_NOI_TRU": "Encounter.classHistory",
        "NGAY_RA": "Encounter.period.end",
        "GIAY_CHUYEN_TUYEN": "Encounter.hospitalization.preAdmissionIdentifier",
        "SO_NGAY_DTRI": "Encounter.length",
        "PP_DIEU_TRI": "Composition.section",
        "KET_QUA_DTRI": "Encounter.extension(vn-ext-treatment-outcome); 5, 8 = Patient.deceasedBoolean",
        "MA_LOAI_RV": "Encounter.hospitalization.dischargeDisposition",
        "GHI_CHU": "Composition.section",
        "NGAY_TTOAN": f"Claim.created, {_TOTAL}.paidAt",
        "T_THUOC": f"{_TOTAL}.medicines",
        "T_VTYT": f"{_TOTAL}.supplies",
        "T_TONGCHI_BV": f"Claim.total, {_TOTAL}.hospitalAmount",
        "T_TONGCHI_BH": f"{_TOTAL}.insuranceAmount",
        "T_BNTT": f"{_TOTAL}.selfPay",
        "T_BNCCT": f"{_TOTAL}.coPay",
        "T_BHTT": f"{_TOTAL}.fundPays",
        "T_NGUONKHAC": f"{_TOTAL}.otherSources",
        "T_BHTT_GDV": f"{_TOTAL}.fundPaysFeeForService",
        "NAM_QT": f"{_TOTAL}.settlementYear",
        "THANG_QT": f"{_TOTAL}.settlementMonth",
        "MA_LOAI_KCB": "Encounter.type (vn-encounter-type-cs), Encounter.class",
        "MA_KHOA": "Encounter.serviceType, Encounter.location; Location",
        "MA_CSKCB": LeftOut("facility of the visit: Organization and Encounter.serviceProvider come from the file's"),
        "MA_KHUVUC": "Coverage.extension(coverage).livingArea",
        "CAN_NANG": "Observation (LOINC 29463-7)",
        "CAN_NANG_CON": "Observation (LOINC 8339-4), one each",
        "NAM_NAM_LIEN_TUC": "Coverage.extension(coverage).fiveYearsFrom",
        "NGAY_TAI_KHAM": "Appointment.requestedPeriod where no XML14 carries it",
        "MA_HSBA": "Encounter.identifier (ma-hsba)",
        "MA_TTDV": "Encounter.participant; Practitioner",
        "DU_PHONG": _RESERVED,
    },
    "XML2": {
        **_LINES,
        "MA_THUOC": "MedicationRequest.medicationCodeableConcept.coding; ChargeItem.code",
        "MA_PP_CHEBIEN": "MedicationRequest.extension(medicine).processing",
        "MA_CSKCB_THUOC": f"{_LINE}.fromFacility",
        "TEN_THUOC": "MedicationRequest.medicationCodeableConcept.text; ChargeItem.code",
        "HAM_LUONG": "MedicationRequest.extension(medicine).strength",
        "DUONG_DUNG": "MedicationRequest.dosageInstruction.route",
        "DANG_BAO_CHE": "MedicationRequest.extension(medicine).doseForm",
        "LIEU_DUNG": "MedicationRequest.dosageInstruction.text",
        "CACH_DUNG": "MedicationRequest.dosageInstruction.patientInstruction",
        "SO_DANG_KY": "MedicationRequest.extension(medicine).registrationNumber",
        "DON_GIA": "ChargeItem.priceOverride; Claim.item.unitPrice",
        "MA_BAC_SI": "MedicationRequest.requester; ChargeItem.performer; Practitioner",
        "MA_DICH_VU": "MedicationRequest.extension(medicine).usedInService",
        "NGAY_YL": "MedicationRequest.authoredOn; ChargeItem.enteredDate",
        "NGAY_TH_YL": "MedicationDispense.whenHandedOver",
        "NGUON_CTRA": f"{_LINE}.payerSource",
    },
    "XML3": {
        **_LINES,
        "MA_DICH_VU": "ServiceRequest.code; Procedure.code; ChargeItem.code",
        "MA_PTTT_QT": "Procedure.code (icd-9-cm)",
        "MA_VAT_TU": "ChargeItem.productCodeableConcept.coding",
        "GOI_VTYT": f"{_LINE}.supplyPackage",
        "TEN_VAT_TU": "ChargeItem.productCodeableConcept.text",
        "TEN_DICH_VU": "ServiceRequest.code.text; ChargeItem.code.text",
        "MA_XANG_DAU": f"{_LINE}.fuel",
        "DON_GIA_BV": f"ChargeItem.priceOverride, {_COST}.hospitalUnitPrice; Claim.item.unitPrice",
        "DON_GIA_BH": f"{_COST}.insuranceUnitPrice",
        "TYLE_TT_DV": f"{_COST}.servicePaymentPercent; Claim.item.factor",
        "T_TRANTT": f"{_COST}.ceiling",
        "MA_GIUONG": "Encounter.location; Location",
        "NGUOI_THUC_HIEN": "ServiceRequest.performer; Procedure.performer; ChargeItem.performer",
        "MA_BENH": "ServiceRequest.reasonCode; ChargeItem.reason (icd-10)",
        "MA_BENH_YHCT": "ServiceRequest.reasonCode; ChargeItem.reason (benh-yhct)",
        "NGAY_KQ": "ChargeItem.occurrencePeriod.end; Procedure.performedPeriod.end",
        "PP_VO_CAM": f"{_LINE}.anaesthesia",
        "VI_TRI_TH_DVKT": "ServiceRequest.bodySite; Procedure.bodySite",
        "MA_MAY": f"{_LINE}.machines",
        "MA_HIEU_SP": f"{_LINE}.productModel",
        "TAI_SU_DUNG": f"{_LINE}.reused",
    },
    "XML4": {
        "MA_LK": _KEY,
        "STT": "Observation.id, meta.source (row key)",
        "MA_DICH_VU": "DiagnosticReport.code",
        "MA_CHI_SO": "Observation.code.coding",
        "TEN_CHI_SO": "Observation.code.text",
        "GIA_TRI": "Observation.valueQuantity.value or valueString",
        "DON_VI_DO": "Observation.valueQuantity.unit",
        "MO_TA": "Observation.note",
        "KET_LUAN": "DiagnosticReport.conclusion",
        "NGAY_KQ": "Observation.effectiveDateTime, issued",
        "MA_BS_DOC_KQ": "Observation.performer; DiagnosticReport.resultsInterpreter; Practitioner",
        "DU_PHONG": _RESERVED,
    },
    "XML5": {
        "MA_LK": _KEY,
        "STT": "Composition.id, meta.source (row key)",
        "DIEN_BIEN_LS": "Composition.section",
        "GIAI_DOAN_BENH": "Composition.section",
        "HOI_CHAN": "Composition.section",
        "PHAU_THUAT": "Composition.section",
        "THOI_DIEM_DBLS": "Composition.date",
        "NGUOI_THUC_HIEN": "Composition.author; Practitioner",
        "DU_PHONG": _RESERVED,
    },
    "XML7": {
        "MA_LK": _KEY,
        "SO_LUU_TRU": "Composition.identifier; DocumentReference.identifier",
        "MA_YTE": "DocumentReference.context.related",
        "MA_KHOA_RV": "DocumentReference.context.practiceSetting",
        "NGAY_VAO": "Composition.event.period.start",
        "NGAY_RA": "Composition.event.period.end",
        "MA_DINH_CHI_THAI": "Composition.extension(pregnancy-end).ended",
        "NGUYENNHAN_DINHCHI": "Composition.section",
        "THOIGIAN_DINHCHI": "Composition.extension(pregnancy-end).endedAt",
        "TUOI_THAI": "Composition.extension(pregnancy-end).gestationalWeeks",
        "CHAN_DOAN_RV": "Composition.section",
        "PP_DIEUTRI": "Composition.section",
        "GHI_CHU": "Composition.section",
        "MA_TTDV": "Composition.attester; DocumentReference.authenticator; Practitioner",
        "MA_BS": "Composition.author; DocumentReference.author; Practitioner",
        "TEN_BS": "Composition.author.display",
        "NGAY_CT": "Composition.date; DocumentReference.content.attachment.creation",
        "MA_CHA": "RelatedPerson.identifier (bhxh)",
        "MA_ME": "RelatedPerson.identifier (bhxh)",
        "MA_THE_TAM": "Patient.identifier (bhyt, temp)",
        "HO_TEN_CHA": "RelatedPerson.name",
        "HO_TEN_ME": "RelatedPerson.name",
        "SO_NGAY_NGHI": "Composition.extension(rest-days)",
        "NGOAITRU_TUNGAY": "Composition.event.period.start",
        "NGOAITRU_DENNGAY": "Composition.event.period.end",
        "DU_PHONG": _RESERVED,
    },
    "XML8": {
        "MA_LK": _KEY,
        "MA_LOAI_KCB": "Composition.category",
        "HO_TEN_CHA": "RelatedPerson.name",
        "HO_TEN_ME": "RelatedPerson.name",
        "NGUOI_GIAM_HO": "RelatedPerson.name",
        "DON_VI": "Patient.contact.organization",
        "NGAY_VAO": "Composition.event.period.start",
        "NGAY_RA": "Composition.event.period.end",
        "CHAN_DOAN_VAO": "Composition.section",
        "CHAN_DOAN_RV": "Composition.section",
        "QT_BENHLY": "Composition.section",
        "TOMTAT_KQ": "Composition.section",
        "PP_DIEUTRI": "Composition.section",
        "NGAY_SINHCON": "Composition.extension(child-death).born",
        "NGAY_CONCHET": "Composition.extension(child-death).died",
        "SO_CONCHET": "Composition.extension(child-death).number",
        "KET_QUA_DTRI": "Composition.event.code",
        "GHI_CHU": "Composition.section",
        "MA_TTDV": "Composition.attester; Practitioner",
        "NGAY_CT": "Composition.date",
        "MA_THE_TAM": "Patient.identifier (bhyt, temp)",
        "DU_PHONG": _RESERVED,
    },
    "XML13": {
        "MA_LK": _KEY,
        "SO_HOSO": "ServiceRequest.identifier",
        "SO_CHUYENTUYEN": "ServiceRequest.identifier",
        "GIAY_CHUYEN_TUYEN": "ServiceRequest.identifier; DocumentReference.identifier",
        "MA_CSKCB": _copy("MA_CSKCB"),
        "MA_CSKCB_DI": "ServiceRequest.extension(transport:came-from); Organization",
        "MA_CSKCB_DEN": "ServiceRequest.performer; Organization",
        **_copies(
            "HO_TEN",
            "NGAY_SINH",
            "GIOI_TINH",
            "MA_QUOCTICH",
            "MA_DANTOC",
            "MA_NGHE_NGHIEP",
            "DIA_CHI",
            "MA_THE_BHYT",
            "GT_THE_DEN",
            "NGAY_VAO",
            "NGAY_VAO_NOI_TRU",
            "NGAY_RA",
            "MA_BENH_KT",
            "MA_BENH_YHCT",
            "MA_LOAI_RV",
        ),
        "DAU_HIEU_LS": "Composition.section",
        "CHAN_DOAN_RV": "Composition.section",
        "QT_BENHLY": "Composition.section",
        "TOMTAT_KQ": "Composition.section",
        "PP_DIEUTRI": "Composition.section",
        "MA_BENH_CHINH": "ServiceRequest.reasonCode (icd-10)",
        "TINH_TRANG_CT": "Composition.section",
        "MA_LYDO_CT": "ServiceRequest.reasonCode (ly-do-chuyen)",
        "HUONG_DIEU_TRI": "Composition.section",
        "PHUONGTIEN_VC": "ServiceRequest.extension(transport).means",
        "HOTEN_NGUOI_HT": "ServiceRequest.extension(transport).escortName",
        "CHUCDANH_NGUOI_HT": "ServiceRequest.extension(transport).escortTitle",
        "MA_BAC_SI": "ServiceRequest.requester; Composition.author; Practitioner",
        "MA_TTDV": "Composition.attester; DocumentReference.authenticator; Practitioner",
        "DU_PHONG": _RESERVED,
        "PP_DIEU_TRI": "Composition.section",
        "TEN_DICH_VU": "Composition.section",
        "TEN_THUOC": "Composition.section",
        "MA_NOI_DI": LeftOut("name of QĐ 4750; read as MA_CSKCB_DI"),
        "MA_NOI_DEN": LeftOut("name of QĐ 4750; read as MA_CSKCB_DEN"),
    },
    "XML14": {
        "MA_LK": _KEY,
        "SO_GIAYHEN_KL": "Appointment.identifier; DocumentReference.identifier",
        "MA_CSKCB": _copy("MA_CSKCB"),
        **_copies(
            "HO_TEN",
            "NGAY_SINH",
            "GIOI_TINH",
            "DIA_CHI",
            "MA_THE_BHYT",
            "GT_THE_DEN",
            "NGAY_VAO",
            "NGAY_VAO_NOI_TRU",
            "NGAY_RA",
            "MA_BENH_KT",
            "MA_BENH_YHCT",
            "MA_DOITUONG_KCB",
        ),
        "NGAY_HEN_KL": "Appointment.requestedPeriod",
        "CHAN_DOAN_RV": "Appointment.description",
        "MA_BENH_CHINH": "Appointment.reasonCode (icd-10)",
        "MA_BAC_SI": "Appointment.participant; DocumentReference.author; Practitioner",
        "MA_TTDV": "DocumentReference.authenticator; Practitioner",
        "NGAY_CT": "Appointment.created; DocumentReference.content.attachment.creation",
        "DU_PHONG": _RESERVED,
    },
}
"""Table -> field -> place, for the tables that are mapped."""

WHOLE: Mapping[str, LeftOut] = {
    "XML6": _LATER_HIV,
    "XML9": _LATER_PAPER,
    "XML10": _LATER_PAPER,
    "XML11": _LATER_PAPER,
    "XML12": _COUNCIL,
    "XML15": _LATER_TB,
}
"""Tables that are read and kept but not mapped, with the reason for all their fields."""

ONLY_4210: Mapping[str, Mapping[str, Place]] = {
    "XML2": {
        "MA_BENH": "MedicationRequest.reasonCode; ChargeItem.reason (icd-10)",
        "T_NGOAIDS": f"{_COST}.outsideCapitation",
    },
    "XML3": {"T_NGOAIDS": f"{_COST}.outsideCapitation"},
    "XML4": {"MA_MAY": "Observation.device"},
}
"""Fields of QĐ 4210 without a field of today; all others are mapped under the name they became."""


def place_of(table: str, field: str) -> Place | None:
    """Where a field goes; None when nobody thought of it."""
    if table in WHOLE:
        return WHOLE[table]
    return FIELDS.get(table, {}).get(field)
