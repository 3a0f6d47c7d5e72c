"""The papers of a visit: course notes (XML5), discharge (XML7), summary (XML8), referral (XML13), re-visit (XML14).

In: the visit, its XML1 row and results. Out: rows. What XML13 and XML14 repeat from XML1 is equal to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from random import Random

from yteso.sandbox.facilities import Staff
from yteso.sandbox.layout import words
from yteso.sandbox.plan import Visit

Row = dict[str, str]

_REPEATED = words(
    """HO_TEN NGAY_SINH GIOI_TINH DIA_CHI MA_THE_BHYT GT_THE_DEN NGAY_VAO NGAY_VAO_NOI_TRU NGAY_RA CHAN_DOAN_RV
    MA_BENH_CHINH MA_BENH_KT MA_CSKCB"""
)


def course_notes(visit: Visit, doctor: str, days: int, chance: Random) -> list[Row]:
    """One note a day, at most five, with vital signs."""
    notes = []
    for day in range(min(days, 5)):
        pulse, heat = chance.randint(72, 112), 36.5 + max(0.0, 2.4 - day * 0.6) * chance.random()
        pressure = f"{chance.randint(100, 150)}/{chance.randint(60, 95)}"
        notes.append(
            {
                "MA_LK": visit.key,
                "STT": str(day + 1),
                "DIEN_BIEN_LS": f"Ngày {day + 1}: tỉnh, M {pulse} lần/phút, T {heat:.1f}, HA {pressure}",
                "THOI_DIEM_DBLS": f"{visit.arrived + timedelta(days=day, minutes=42):%Y%m%d%H%M}",
                "NGUOI_THUC_HIEN": doctor,
            }
        )
    return notes


def discharge_paper(visit: Visit, header: Row, head: Staff, department: str) -> Row:
    """XML7, signed by the head of the department."""
    return {
        "MA_LK": visit.key,
        "SO_LUU_TRU": f"LT-{visit.number:07d}",
        "MA_YTE": f"{visit.facility.code}/{visit.arrived:%y}/{visit.number:06d}",
        "MA_KHOA_RV": department,
        "NGAY_VAO": header["NGAY_VAO"],
        "NGAY_RA": header["NGAY_RA"],
        "CHAN_DOAN_RV": header["CHAN_DOAN_RV"],
        "PP_DIEUTRI": header["PP_DIEU_TRI"],
        "GHI_CHU": "Tái khám khi có dấu hiệu bất thường",
        "MA_TTDV": header["MA_TTDV"],
        "MA_BS": head.licence,
        "TEN_BS": head.name,
        "NGAY_CT": header["NGAY_RA"][:8],
    }


def record_summary(visit: Visit, header: Row, results: Sequence[Row]) -> Row:
    """XML8."""
    return {
        "MA_LK": visit.key,
        "MA_LOAI_KCB": visit.care,
        "NGAY_VAO": header["NGAY_VAO"],
        "NGAY_RA": header["NGAY_RA"],
        "CHAN_DOAN_VAO": header["CHAN_DOAN_VAO"],
        "CHAN_DOAN_RV": header["CHAN_DOAN_RV"],
        "QT_BENHLY": f"{header['LY_DO_VV']} trước nhập viện, vào viện điều trị",
        "TOMTAT_KQ": _results_text(results),
        "PP_DIEUTRI": header["PP_DIEU_TRI"],
        "KET_QUA_DTRI": header["KET_QUA_DTRI"],
        "MA_TTDV": header["MA_TTDV"],
        "NGAY_CT": header["NGAY_RA"][:8],
    }


def referral_paper(visit: Visit, tables: Mapping[str, list[Row]], doctor: str) -> Row:
    """XML13 under its QĐ 3176 names, with the two fields that only QĐ 4750 has."""
    header = tables["XML1"][0]
    return {
        **{name: header.get(name, "") for name in _REPEATED},
        "MA_LK": visit.key,
        "SO_HOSO": f"HS-{visit.number:07d}",
        "SO_CHUYENTUYEN": f"CT-{visit.number:06d}",
        "GIAY_CHUYEN_TUYEN": f"GCT-{visit.facility.code}-{visit.number}",
        "MA_CSKCB_DI": header["MA_NOI_DI"],
        "MA_CSKCB_DEN": visit.referred_to,
        "MA_QUOCTICH": header["MA_QUOCTICH"],
        "MA_DANTOC": header["MA_DANTOC"],
        "MA_NGHE_NGHIEP": header["MA_NGHE_NGHIEP"],
        "DAU_HIEU_LS": header["LY_DO_VV"],
        "QT_BENHLY": f"{header['LY_DO_VV']}, đã điều trị tại cơ sở",
        "TOMTAT_KQ": _results_text(tables.get("XML4", ())),
        "TEN_DICH_VU": tables["XML3"][0]["TEN_DICH_VU"],
        "TEN_THUOC": tables["XML2"][0]["TEN_THUOC"],
        "PP_DIEUTRI": header["PP_DIEU_TRI"],
        "TINH_TRANG_CT": "Tỉnh, huyết động ổn định",
        "MA_LOAI_RV": header["MA_LOAI_RV"],
        "MA_LYDO_CT": "1",
        "HUONG_DIEU_TRI": "Chuyển tuyến trên theo dõi và điều trị tiếp",
        "PHUONGTIEN_VC": "Xe cứu thương",
        "MA_BAC_SI": doctor,
        "MA_TTDV": header["MA_TTDV"],
    }


def revisit_paper(visit: Visit, header: Row, doctor: str) -> Row:
    """XML14."""
    return {
        **{name: header.get(name, "") for name in _REPEATED},
        "MA_LK": visit.key,
        "SO_GIAYHEN_KL": f"HK-{visit.number:07d}",
        "NGAY_HEN_KL": header["NGAY_TAI_KHAM"],
        "MA_DOITUONG_KCB": header["MA_DOITUONG_KCB"],
        "MA_BAC_SI": doctor,
        "MA_TTDV": header["MA_TTDV"],
        "NGAY_CT": header["NGAY_RA"][:8],
    }


def _results_text(results: Sequence[Row]) -> str:
    shown = [
        f"{row['TEN_CHI_SO']} {row['GIA_TRI']} {row.get('DON_VI_DO', '')}".strip()
        for row in results
        if "GIA_TRI" in row
    ]
    return "; ".join(shown[:4]) or "Chưa ghi nhận bất thường"
