"""XML13 -> referral (ServiceRequest with its Composition), XML14 -> re-visit Appointment; both -> DocumentReference."""

from __future__ import annotations

from collections.abc import Iterator

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
    instant,
    parts,
    present,
)
from yteso.exchange.adapters.bhyt.map.map_course import attesters, composition, sections
from yteso.exchange.adapters.bhyt.map.map_visit import revisit

_REFERRAL = (
    ("DAU_HIEU_LS", "Dấu hiệu lâm sàng"),
    ("QT_BENHLY", "Quá trình bệnh lý"),
    ("TOMTAT_KQ", "Tóm tắt kết quả cận lâm sàng"),
    ("CHAN_DOAN_RV", "Chẩn đoán"),
    ("PP_DIEUTRI", "Phương pháp điều trị đã dùng"),
    ("PP_DIEU_TRI", "Phương pháp điều trị"),
    ("TEN_DICH_VU", "Dịch vụ kỹ thuật đã dùng"),
    ("TEN_THUOC", "Thuốc đã dùng"),
    ("TINH_TRANG_CT", "Tình trạng người bệnh lúc chuyển"),
    ("HUONG_DIEU_TRI", "Hướng điều trị tiếp"),
)
_TITLES = {
    "XML7": "Giấy ra viện",
    "XML13": "Giấy chuyển cơ sở khám bệnh, chữa bệnh",
    "XML14": "Giấy hẹn khám lại",
}


def referral_of(row: Record, left: str, context: Context) -> Iterator[Json]:
    """The referral, the note that goes with it, and the paper. `left` is the discharge time of XML1."""
    written = fhir_datetime(left)
    note = composition(
        context,
        "XML13",
        "1",
        ("57133-1", _TITLES["XML13"]),
        written,
        context.practitioners(row["MA_BAC_SI"]),
        attester=attesters(row, context),
        section=sections(row, _REFERRAL),
    )
    yield note
    to = context.organization(row["MA_CSKCB_DEN"])
    yield present(
        resourceType="ServiceRequest",
        id=context.id("XML13", "1", "referral"),
        meta=context.meta("XML13", "1"),
        extension=extensions(_transport(row), _path(row, context)),
        identifier=list(_referral_numbers(row, context)),
        status="active",
        intent="order",
        category=[concept(systems.SNOMED, "3457005", "Chuyển cơ sở khám bệnh, chữa bệnh")],
        code={"text": _TITLES["XML13"]},
        subject=context.patient,
        encounter=context.encounter,
        authoredOn=written,
        requester=context.first_practitioner(row["MA_BAC_SI"]),
        performer=[to] if to else None,
        reasonCode=_referral_reasons(row),
        supportingInfo=[reference_to(note)],
    )
    yield paper_of("XML13", row["GIAY_CHUYEN_TUYEN"], left, row, context)


def _referral_numbers(row: Record, context: Context) -> Iterator[Json]:
    for field, name in (("GIAY_CHUYEN_TUYEN", "giay"), ("SO_CHUYENTUYEN", "so"), ("SO_HOSO", "ho-so")):
        if row[field]:
            yield {"system": f"urn:yteso:bhyt:chuyen-tuyen:{name}:{context.facility}", "value": row[field]}


def _referral_reasons(row: Record) -> list[Json]:
    reason = row["MA_LYDO_CT"]
    found = [concept(systems.REFERRAL_REASON, reason)] if reason else []
    return found + [concept(systems.ICD10, code) for code in parts(row["MA_BENH_CHINH"])]


def _transport(row: Record) -> Json | None:
    return extension(
        systems.EXT_TRANSPORT,
        means__valueString=row["PHUONGTIEN_VC"],
        escortName__valueString=row["HOTEN_NGUOI_HT"],
        escortTitle__valueString=row["CHUCDANH_NGUOI_HT"],
    )


def _path(row: Record, context: Context) -> Json | None:
    places = [
        {"url": "facility", "valueReference": reference}
        for code in parts(row["MA_CSKCB_DI"])
        if (reference := context.organization(code))
    ]
    return {"url": f"{systems.EXT_TRANSPORT}:came-from", "extension": places} if places else None


def revisit_of(row: Record, context: Context) -> Iterator[Json]:
    """The re-visit a paper (XML14) asks for, and the paper."""
    number = row["SO_GIAYHEN_KL"]
    yield revisit(
        context,
        "XML14",
        "1",
        "revisit",
        fhir_date(row["NGAY_HEN_KL"]),
        row["MA_BAC_SI"],
        identifier=[{"system": f"urn:yteso:bhyt:giay-hen:{context.facility}", "value": number}] if number else None,
        reasonCode=[concept(systems.ICD10, code) for code in parts(row["MA_BENH_CHINH"])],
        description=row["CHAN_DOAN_RV"],
        created=fhir_date(row["NGAY_CT"]),
    )
    yield paper_of("XML14", number, row["NGAY_CT"], row, context)


def paper_of(table: str, number: str, date: str, row: Record, context: Context) -> Json:
    """A DocumentReference for a paper; its content is the table's row in the kept file."""
    title = _TITLES[table]
    facility = context.organization(context.facility)
    return present(
        resourceType="DocumentReference",
        id=context.id(table, "1", "paper"),
        meta=context.meta(table, "1"),
        identifier=[{"system": f"urn:yteso:bhyt:giay-to:{table}:{context.facility}", "value": number}]
        if number
        else None,
        status="current",
        type={"coding": [coding(systems.PAPER, table)], "text": title},
        subject=context.patient,
        date=instant(date),
        author=context.practitioners(row["MA_BS"] or row["MA_BAC_SI"]),
        authenticator=context.first_practitioner(row["MA_TTDV"]),
        custodian=facility,
        content=[
            {
                "attachment": present(
                    contentType="application/xml",
                    language="vi",
                    url=f"{context.origin}#{table}/1",
                    title=title,
                    creation=fhir_datetime(date),
                )
            }
        ],
        context=present(
            encounter=[context.encounter],
            practiceSetting=concept(systems.DEPARTMENT, row["MA_KHOA_RV"]) if row["MA_KHOA_RV"] else None,
            related=[{"identifier": {"value": row["MA_YTE"]}}] if row["MA_YTE"] else None,
        ),
    )
