"""Rows of today -> rows of QĐ 4210/2017, for the archives one vendor still sends.

In: tables in QĐ 130 fields. Out: XML1–XML5 in QĐ 4210 fields; what had no place then is dropped.
"""

from __future__ import annotations

from yteso.sandbox.layout import QD4210

Row = dict[str, str]
Tables = dict[str, list[Row]]

_FROM: dict[str, dict[str, str]] = {
    "XML1": {
        "MA_THE": "MA_THE_BHYT", "TEN_BENH": "CHAN_DOAN_RV", "MA_BENH": "MA_BENH_CHINH", "MA_BENHKHAC": "MA_BENH_KT",
        "MA_NOI_CHUYEN": "MA_NOI_DI", "TINH_TRANG_RV": "MA_LOAI_RV", "T_TONGCHI": "T_TONGCHI_BH",
    },
    "XML2": {"TYLE_TT": "TYLE_TT_BH", "THANH_TIEN": "THANH_TIEN_BH", "T_NGUON_KHAC": "T_NGUONKHAC"},
    "XML3": {"DON_GIA": "DON_GIA_BH", "TYLE_TT": "TYLE_TT_BH", "THANH_TIEN": "THANH_TIEN_BH"},
    "XML5": {"DIEN_BIEN": "DIEN_BIEN_LS", "NGAY_YL": "THOI_DIEM_DBLS"},
}  # fmt: skip


def as_qd4210(tables: Tables) -> Tables:
    """The visit in QĐ 4210 fields: 8-digit birth, one-digit kinds of care, reasons 1–3, counted days."""
    main = tables["XML1"][0]
    result: Tables = {}
    for name, layout in QD4210.items():
        if name in tables:
            source = _FROM.get(name, {})
            result[name] = [
                {field: row.get(source.get(field, field), "") for field in layout.fields} for row in tables[name]
            ]
    header = result["XML1"][0]
    header["NGAY_SINH"] = main["NGAY_SINH"][:8]
    header["MA_LOAI_KCB"] = main["MA_LOAI_KCB"].lstrip("0")
    header["MA_LYDO_VVIEN"] = "2" if main["MA_DOITUONG_KCB"] == "2" else "1"
    header["SO_NGAY_DTRI"] = "1"
    header["MA_TAI_NAN"] = "0"
    header["T_NGOAIDS"] = "0"
    for name in ("XML2", "XML3"):
        for row in result.get(name, []):
            row["T_NGOAIDS"] = "0"
            if name == "XML2":
                row["MA_BENH"] = main["MA_BENH_CHINH"]
    return result
