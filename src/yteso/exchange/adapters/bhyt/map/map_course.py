"""Text documents of a visit -> Composition: the note of the visit (XML1), course notes (XML5), papers (XML7, XML8)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

from yteso.base.record import Record
from yteso.exchange.adapters.bhyt.map import systems
from yteso.exchange.adapters.bhyt.map.context import Context, keyed
from yteso.exchange.adapters.bhyt.map.elements import (
    Json,
    concept,
    extension,
    extensions,
    fhir_date,
    fhir_datetime,
    integer,
    number,
    parts,
    period,
    present,
)

_NOTE = (
    ("PP_DIEU_TRI", "Phương pháp điều trị"),
    ("GHI_CHU", "Lời dặn"),
)
_COURSE = (
    ("DIEN_BIEN_LS", "Diễn biến lâm sàng"),
    ("GIAI_DOAN_BENH", "Giai đoạn bệnh"),
    ("HOI_CHAN", "Hội chẩn"),
    ("PHAU_THUAT", "Phẫu thuật, thủ thuật"),
)
_DISCHARGE = (
    ("CHAN_DOAN_RV", "Chẩn đoán ra viện"),
    ("PP_DIEUTRI", "Phương pháp điều trị"),
    ("GHI_CHU", "Ghi chú"),
    ("NGUYENNHAN_DINHCHI", "Nguyên nhân đình chỉ thai"),
)
_SUMMARY = (
    ("CHAN_DOAN_VAO", "Chẩn đoán vào viện"),
    ("CHAN_DOAN_RV", "Chẩn đoán ra viện"),
    ("QT_BENHLY", "Quá trình bệnh lý và diễn biến lâm sàng"),
    ("TOMTAT_KQ", "Tóm tắt kết quả cận lâm sàng"),
    ("PP_DIEUTRI", "Phương pháp điều trị"),
    ("GHI_CHU", "Ghi chú"),
)


def section(title: str, text: str) -> Json:
    """A section with its text as the sender wrote it (escaped into XHTML, lines kept)."""
    lines = "<br/>".join(escape(line, quote=False) for line in text.splitlines())
    return {
        "title": title,
        "text": {"status": "additional", "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{lines}</div>'},
    }


def sections(row: Record, titles: Iterable[tuple[str, str]]) -> list[Json]:
    """The sections of those fields that have a text."""
    return [section(title, row[field]) for field, title in titles if row[field]]


def composition(
    context: Context, table: str, key: str, kind: tuple[str, str], date: str | None, authors: list[Json], **more: object
) -> Json:
    """A Composition of the visit; without a named author the facility is it (Composition.author is required)."""
    code, title = kind
    facility = context.organization(context.facility)
    extra = {name: more.pop(name, None) for name in ("extension", "identifier")}
    return present(
        resourceType="Composition",
        id=context.id(table, key, "composition"),
        meta=context.meta(table, key),
        **extra,
        status="final",
        type=concept(systems.LOINC, code, title),
        subject=context.patient,
        encounter=context.encounter,
        date=date or "1900",
        author=authors or [facility or {"display": "Không rõ người ghi"}],
        title=title,
        attester=more.pop("attester", None),
        custodian=facility,
        **more,
    )


def visit_note(row: Record, context: Context) -> Json | None:
    """Treatment method and advice of XML1, when the sender wrote any."""
    found = sections(row, _NOTE)
    if not found:
        return None
    written = fhir_datetime(row["NGAY_RA"]) or fhir_datetime(row["NGAY_VAO"])
    return composition(context, "XML1", "1", ("34133-9", "Tóm tắt lượt khám"), written, [], section=found)


def course_notes(rows: Iterable[Record], context: Context) -> Iterator[Json]:
    """One Composition per row of XML5."""
    for key, row in keyed(rows):
        written = fhir_datetime(row["THOI_DIEM_DBLS"])
        authors = context.practitioners(row["NGUOI_THUC_HIEN"])
        kind = ("11506-3", "Diễn biến lâm sàng")
        yield composition(context, "XML5", key, kind, written, authors, section=sections(row, _COURSE))


def attesters(row: Record, context: Context) -> list[Json]:
    """The head of the facility or who signs for them."""
    return [{"mode": "legal", "party": person} for person in context.practitioners(row["MA_TTDV"])]


def authors_of(codes: str, name: str, context: Context) -> list[Json]:
    """Practitioners by code, shown with the name a paper gives for them."""
    found = [context.practitioner(code, name) for code in parts(codes)]
    return found or ([{"display": name}] if name else [])


def discharge_paper(row: Record, context: Context) -> Json:
    """XML7: the discharge paper with its rest days and, where it says so, the end of a pregnancy."""
    stay = period(fhir_datetime(row["NGAY_VAO"]), fhir_datetime(row["NGAY_RA"]))
    rest = period(fhir_date(row["NGOAITRU_TUNGAY"]), fhir_date(row["NGOAITRU_DENNGAY"]))
    events = [{"code": [{"text": "Đợt điều trị"}], "period": stay}] if stay else []
    events += [{"code": [{"text": "Nghỉ điều trị ngoại trú"}], "period": rest}] if rest else []
    days = integer(row["SO_NGAY_NGHI"])
    return composition(
        context,
        "XML7",
        "1",
        ("18842-5", "Giấy ra viện"),
        fhir_date(row["NGAY_CT"]),
        authors_of(row["MA_BS"], row["TEN_BS"], context),
        extension=extensions(
            _pregnancy(row), {"url": systems.EXT_REST_DAYS, "valueInteger": days} if days is not None else None
        ),
        identifier=_number(context, row["SO_LUU_TRU"]),
        attester=attesters(row, context),
        event=events,
        section=sections(row, _DISCHARGE),
    )


def _number(context: Context, text: str) -> Json | None:
    return {"system": f"urn:yteso:bhyt:so-luu-tru:{context.facility}", "value": text} if text else None


def _pregnancy(row: Record) -> Json | None:
    ended = row["MA_DINH_CHI_THAI"]
    return extension(
        systems.EXT_PREGNANCY,
        ended__valueBoolean={"1": True, "0": False}.get(ended),
        endedAt__valueDateTime=fhir_datetime(row["THOIGIAN_DINHCHI"]),
        gestationalWeeks__valueDecimal=number(row["TUOI_THAI"]),
    )


def record_summary(row: Record, context: Context) -> Json:
    """XML8: the summary of the medical record."""
    stay = period(fhir_datetime(row["NGAY_VAO"]), fhir_datetime(row["NGAY_RA"]))
    outcome = row["KET_QUA_DTRI"]
    ended = [concept(systems.OUTCOME, outcome)] if outcome else []
    return composition(
        context,
        "XML8",
        "1",
        ("34133-9", "Tóm tắt hồ sơ bệnh án"),
        fhir_date(row["NGAY_CT"]),
        [],
        extension=extensions(
            extension(
                systems.EXT_CHILD_DEATH,
                born__valueDate=fhir_date(row["NGAY_SINHCON"]),
                died__valueDate=fhir_date(row["NGAY_CONCHET"]),
                number__valueInteger=integer(row["SO_CONCHET"]),
            ),
        ),
        category=[concept(systems.CARE_FORM, row["MA_LOAI_KCB"])] if row["MA_LOAI_KCB"] else None,
        attester=attesters(row, context),
        event=[present(code=[{"text": "Đợt điều trị"}, *ended], period=stay)] if stay or ended else None,
        section=sections(row, _SUMMARY),
    )
