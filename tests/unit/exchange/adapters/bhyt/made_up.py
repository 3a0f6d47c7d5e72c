"""Made-up BHYT visits for the tests: one in which every field is filled with its own value, and files around visits."""

from __future__ import annotations

import base64
from datetime import date, timedelta

from yteso.base.issue import Origin
from yteso.base.record import Record
from yteso.exchange.adapters.bhyt.read import Visit
from yteso.standards.bhyt import TABLES

FACILITY = "79900"

# Fields whose value decides what is made, so that it must be a value of their list.
FIXED = {
    "GIOI_TINH": "2",
    "MA_LOAI_KCB": "03",
    "KET_QUA_DTRI": "5",
    "MA_LOAI_RV": "2",
    "VET_THUONG_TP": "1",
    "TAI_SU_DUNG": "1",
    "MA_DINH_CHI_THAI": "1",
    "MA_LYDO_CT": "3",
    "MA_TAI_NAN": "4",
    "STT": "7",
}


def filled(table: str, ma_lk: str = "LK-THU-1") -> dict[str, str]:
    """A row with every field of the table of today, each with a value of its own."""
    return {
        field.name: ma_lk if field.name == "MA_LK" else value_of(table, field, place)
        for place, field in enumerate(TABLES[table].fields, 1)
    }


def value_of(table: str, field, place: int) -> str:
    """A value that no other field of the visit has, where its type allows."""
    number = int(table[3:]) * 100 + place
    if field.name in FIXED:
        return FIXED[field.name]
    if field.name == "MA_NHOM":
        return "8"
    if field.format in ("date", "datetime", "date_or_datetime"):
        day = (date(2001, 1, 1) + timedelta(days=number)).strftime("%Y%m%d")
        return day if field.format == "date" else f"{day}1015"
    if field.type == "number":
        return f"{70000 + number}.25" if field.format == "decimal" else str(70000 + number)
    if field.name in ("CAN_NANG", "CAN_NANG_CON", "GIA_TRI"):
        return f"{60000 + number}.50"
    return f"Thử{table}{place}"


def record(table: str, values: dict[str, str], row: int = 1) -> Record:
    return Record(Origin("thu.xml", table, row), {name: value for name, value in values.items() if value})


def full_visit(*, without: tuple[str, str] | None = None) -> Visit:
    """A visit with one row in every table but XML0, every field filled; one field may be taken away."""
    return visit_of(*(name for name in TABLES if name != "XML0"), without=without)


def arrival_visit(*, without: tuple[str, str] | None = None) -> Visit:
    """A visit of which only the check-in is known."""
    return visit_of("XML0", without=without)


def visit_of(*names: str, without: tuple[str, str] | None = None) -> Visit:
    tables = {}
    for name in names:
        values = filled(name)
        if without and without[0] == name:
            values.pop(without[1], None)
        tables[name] = (record(name, values),)
    row = tables.get("XML1", tables.get("XML0"))[0]
    return Visit(FACILITY, row["MA_LK"], "QD1931", 1, tables)


def table_xml(table: str, rows: list[dict[str, str]]) -> str:
    """The XML of one table."""
    found = TABLES[table]
    body = "".join(
        f"<{found.path[-1]}>" + "".join(f"<{n}>{v}</{n}>" for n, v in row.items()) + f"</{found.path[-1]}>"
        for row in rows
    )
    for outer in reversed(found.path[:-1]):
        body = f"<{outer}>{body}</{outer}>"
    return body


def part(kind: str, content: str | bytes, *, raw: bool = False) -> str:
    """One FILEHOSO; its content is encoded in base64 unless it is given raw."""
    text = content if raw else base64.b64encode(content if isinstance(content, bytes) else content.encode()).decode()
    return f"<FILEHOSO><LOAIHOSO>{kind}</LOAIHOSO><NOIDUNGFILE>{text}</NOIDUNGFILE></FILEHOSO>"


def visit_xml(*parts: str) -> str:
    return f"<HOSO>{''.join(parts)}</HOSO>"


def file_xml(*visits: str, facility: str = FACILITY, count: int | None = None) -> bytes:
    """A whole GIAMDINHHS file."""
    return (
        '<?xml version="1.0" encoding="utf-8"?><GIAMDINHHS>'
        f"<THONGTINDONVI><MACSKCB>{facility}</MACSKCB></THONGTINDONVI><THONGTINHOSO><NGAYLAP>20260910</NGAYLAP>"
        f"<SOLUONGHOSO>{len(visits) if count is None else count}</SOLUONGHOSO>"
        f"<DANHSACHHOSO>{''.join(visits)}</DANHSACHHOSO></THONGTINHOSO><CHUKYDONVI/></GIAMDINHHS>"
    ).encode()


SUMMARY = {
    "MA_LK": "LK1",
    "STT": "1",
    "MA_BN": "BN1",
    "HO_TEN": "Nguyễn Văn Thử",
    "SO_CCCD": "000090000001",
    "NGAY_SINH": "199005150000",
    "GIOI_TINH": "1",
    "LY_DO_VV": "Ho",
    "CHAN_DOAN_VAO": "Theo dõi viêm họng",
    "CHAN_DOAN_RV": "Viêm họng cấp",
    "MA_BENH_CHINH": "J02.9",
    "MA_DOITUONG_KCB": "1.1",
    "NGAY_VAO": "202609100920",
    "NGAY_RA": "202609101030",
    "SO_NGAY_DTRI": "0",
    "KET_QUA_DTRI": "2",
    "MA_LOAI_RV": "1",
    "MA_THE_BHYT": "GD4790000000001",
    "MA_DKBD": FACILITY,
    "GT_THE_TU": "20260101",
    "GT_THE_DEN": "20261231",
    "T_THUOC": "0",
    "T_VTYT": "0",
    "T_TONGCHI_BV": "50600.00",
    "T_TONGCHI_BH": "50600.00",
    "T_BNTT": "0.00",
    "T_BNCCT": "10120.00",
    "T_BHTT": "40480.00",
    "T_NGUONKHAC": "0",
    "T_BHTT_GDV": "40480.00",
    "NAM_QT": "2026",
    "THANG_QT": "9",
    "MA_LOAI_KCB": "01",
    "MA_KHOA": "K01",
    "MA_CSKCB": FACILITY,
}
EXAM = {
    "MA_LK": "LK1",
    "STT": "1",
    "MA_DICH_VU": "02.03",
    "MA_NHOM": "13",
    "TEN_DICH_VU": "Khám Nội",
    "DON_VI_TINH": "Lần",
    "PHAM_VI": "1",
    "SO_LUONG": "1",
    "DON_GIA_BV": "50600.000",
    "DON_GIA_BH": "50600.000",
    "TYLE_TT_DV": "100",
    "TYLE_TT_BH": "100",
    "THANH_TIEN_BV": "50600.00",
    "THANH_TIEN_BH": "50600.00",
    "MUC_HUONG": "80",
    "T_NGUONKHAC_NSNN": "0",
    "T_NGUONKHAC_VTNN": "0",
    "T_NGUONKHAC_VTTN": "0",
    "T_NGUONKHAC_CL": "0",
    "T_NGUONKHAC": "0",
    "T_BNTT": "0.00",
    "T_BNCCT": "10120.00",
    "T_BHTT": "40480.00",
    "MA_KHOA": "K01",
    "MA_BAC_SI": "000001/THU-CCHN",
    "MA_BENH": "J02.9",
    "NGAY_YL": "202609100930",
    "MA_PTTT": "1",
}


def plain_visit(ma_lk: str = "LK1", **changes: str) -> str:
    """A sound out-patient visit as XML; changes are for XML1."""
    summary = {**SUMMARY, "MA_LK": ma_lk, **changes}
    return visit_xml(
        part("XML1", table_xml("XML1", [summary])), part("XML3", table_xml("XML3", [{**EXAM, "MA_LK": ma_lk}]))
    )
