"""The BHYT rules: each tells its fault at its field, sound visits pass, no text shows a value."""

import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from yteso.base.issue import Rule, Severity
from yteso.validate.rules.bhyt import check
from yteso.validate.rules.bhyt.amounts import shared_out

sys.path.insert(0, str(Path(__file__).parents[1]))
from exchange.adapters.bhyt.made_up import EXAM, FACILITY, SUMMARY, record

ON = date(2026, 11, 22)
MEDICINE = {
    "MA_LK": "LK1",
    "STT": "1",
    "MA_THUOC": "40.491",
    "MA_NHOM": "4",
    "TEN_THUOC": "Thuốc Thử",
    "DON_VI_TINH": "Viên",
    "PHAM_VI": "1",
    "TYLE_TT_BH": "100",
    "SO_LUONG": "28",
    "DON_GIA": "450.000",
    "THANH_TIEN_BV": "12600.00",
    "THANH_TIEN_BH": "12600.00",
    "MUC_HUONG": "80",
    "T_NGUONKHAC": "0",
    "T_BNTT": "0",
    "T_BNCCT": "2520.00",
    "T_BHTT": "10080.00",
    "NGAY_YL": "202609101015",
    "MA_PTTT": "1",
}


def judged(summary=(), exam=(), layer="QD1931", facility=FACILITY, **tables):
    rows = {"XML1": (record("XML1", {**SUMMARY, **dict(summary)}),), "XML3": (record("XML3", {**EXAM, **dict(exam)}),)}
    rows |= {name: tuple(record(name, row, n) for n, row in enumerate(found, 1)) for name, found in tables.items()}
    return check(rows, facility, layer, ON)


def told(issues, worst=Severity.WARNING):
    wanted = [Severity.ERROR, Severity.WARNING] if worst is Severity.WARNING else [Severity.ERROR]
    minor = ("BHYT-1002",)
    return {(i.code, i.origin.table, i.origin.field) for i in issues if i.severity in wanted and i.code not in minor}


def test_a_sound_visit_has_no_findings_but_missing_minor_fields():
    assert told(judged()) == set()


SUMMARY_FAULTS = [
    ({"HO_TEN": ""}, "BHYT-1001", "HO_TEN"),
    ({"LY_DO_VV": ""}, "BHYT-1002", "LY_DO_VV"),
    ({"MA_HSBA": "x" * 101}, "BHYT-1003", "MA_HSBA"),
    ({"T_THUOC": "12a"}, "BHYT-1004", "T_THUOC"),
    ({"T_THUOC": "1e131071"}, "BHYT-1004", "T_THUOC"),
    ({"T_THUOC": "1,5"}, "BHYT-1004", "T_THUOC"),
    ({"T_NGUONKHAC": "-1"}, "BHYT-1005", "T_NGUONKHAC"),
    ({"NGAY_TTOAN": "10/09/2026"}, "BHYT-1006", "NGAY_TTOAN"),
    ({"NGAY_RA": "202613451030"}, "BHYT-1007", "NGAY_RA"),
    ({"NGAY_RA": "202609102561"}, "BHYT-1007", "NGAY_RA"),
    ({"NGAY_SINH": "199013000000"}, "BHYT-1007", "NGAY_SINH"),
    ({"NGAY_SINH": "19900515"}, "BHYT-1008", "NGAY_SINH"),
    ({"LA_LUNG": "1"}, "BHYT-1009", "LA_LUNG"),
    ({"GIOI_TINH": "7"}, "BHYT-1010", "GIOI_TINH"),
    ({"KET_QUA_DTRI": "9"}, "BHYT-1010", "KET_QUA_DTRI"),
    ({"MA_LOAI_KCB": "77"}, "BHYT-1011", "MA_LOAI_KCB"),
    ({"MA_NOI_DI": "79"}, "BHYT-1012", "MA_NOI_DI"),
    ({"CAN_NANG": "abc"}, "BHYT-1012", "CAN_NANG"),
    ({"CAN_NANG_CON": "3200;ba ký"}, "BHYT-1012", "CAN_NANG_CON"),
    ({"MA_DANTOC": "99"}, "BHYT-1012", "MA_DANTOC"),
    ({"MA_QUOCTICH": "ZZZ"}, "BHYT-1012", "MA_QUOCTICH"),
    ({"NAM_QT": "1990"}, "BHYT-1012", "NAM_QT"),
    ({"DIEN_THOAI": "abc"}, "BHYT-1012", "DIEN_THOAI"),
    ({"MATINH_CU_TRU": "ZZ"}, "BHYT-1011", "MATINH_CU_TRU"),
    ({"MAXA_CU_TRU": "99999"}, "BHYT-1011", "MAXA_CU_TRU"),
    ({"SO_CCCD": "12345"}, "BHYT-1014", "SO_CCCD"),
    ({"SO_CCCD": "AB-1"}, "BHYT-1014", "SO_CCCD"),
    ({"SO_CCCD": "GB1234567"}, "BHYT-1015", "SO_CCCD"),
    ({"MA_THE_BHYT": "XX"}, "BHYT-1016", "MA_THE_BHYT"),
    ({"GT_THE_DEN": "20261231;20271231"}, "BHYT-1017", "GT_THE_DEN"),
    ({"MA_BENH_CHINH": "I10;E11"}, "BHYT-1020", "MA_BENH_CHINH"),
    ({"MA_BENH_CHINH": "cao huyết áp"}, "BHYT-1020", "MA_BENH_CHINH"),
    ({"MA_BENH_CHINH": "10I"}, "BHYT-1021", "MA_BENH_CHINH"),
    ({"MA_BENH_KT": ";".join(f"I1{n}" for n in range(10)) + ";E11;E12;E13"}, "BHYT-1022", "MA_BENH_KT"),
    ({"MA_BENH_KT": "ho"}, "BHYT-1023", "MA_BENH_KT"),
    ({"MA_BENH_KT": "J02.9"}, "BHYT-1024", "MA_BENH_KT"),
    ({"NGAY_RA": "202609090000"}, "BHYT-2001", "NGAY_RA"),
    ({"NGAY_VAO_NOI_TRU": "202609111000"}, "BHYT-2002", "NGAY_VAO_NOI_TRU"),
    ({"NGAY_SINH": "202610010000"}, "BHYT-2005", "NGAY_SINH"),
    ({"NGAY_SINH": "188005150000"}, "BHYT-2006", "NGAY_SINH"),
    ({"NGAY_RA": "203001010000"}, "BHYT-2007", "NGAY_RA"),
    ({"SO_NGAY_DTRI": "3"}, "BHYT-2010", "SO_NGAY_DTRI"),
    ({"NGAY_TAI_KHAM": "20260901"}, "BHYT-2011", "NGAY_TAI_KHAM"),
    ({"THANG_QT": "13"}, "BHYT-2014", "THANG_QT"),
    ({"NGAY_SINH": "198005150000"}, "BHYT-2020", "SO_CCCD"),
    ({"GIOI_TINH": "2"}, "BHYT-2021", "SO_CCCD"),
    ({"GT_THE_DEN": "20260901"}, "BHYT-2022", "GT_THE_DEN"),
    ({"MA_THE_BHYT": ""}, "BHYT-2023", "MA_THE_BHYT"),
    ({"MA_BENH_KT": "N80.0"}, "BHYT-2024", "MA_BENH_KT"),
    ({"GIOI_TINH": "2", "MA_BENH_CHINH": "N40"}, "BHYT-2025", "MA_BENH_CHINH"),
    ({"MA_BENH_CHINH": "B95.0"}, "BHYT-2026", "MA_BENH_CHINH"),
    ({"MA_CSKCB": "79001"}, "BHYT-2041", "MA_CSKCB"),
    ({"T_TONGCHI_BV": "50700"}, "BHYT-3010", "T_TONGCHI_BV"),
    ({"T_TONGCHI_BH": "50700"}, "BHYT-3011", "T_TONGCHI_BH"),
    ({"T_THUOC": "5"}, "BHYT-3012", "T_THUOC"),
    ({"T_VTYT": "5"}, "BHYT-3013", "T_VTYT"),
    ({"T_BHTT": "999999"}, "BHYT-3014", "T_BHTT"),
    ({"T_BNCCT": "5"}, "BHYT-3015", "T_BNCCT"),
    ({"T_BNTT": "5"}, "BHYT-3016", "T_BNTT"),
    ({"T_NGUONKHAC": "5"}, "BHYT-3017", "T_NGUONKHAC"),
    ({"T_BHTT_GDV": "5"}, "BHYT-3018", "T_BHTT_GDV"),
]
LINE_FAULTS = [
    ({"MUC_HUONG": "180"}, "BHYT-1013", "MUC_HUONG"),
    ({"MA_GIUONG": "001"}, "BHYT-1012", "MA_GIUONG"),
    ({"MA_MAY": "abc"}, "BHYT-1012", "MA_MAY"),
    ({"MA_DICH_VU": "22.0120.1370_XX"}, "BHYT-1012", "MA_DICH_VU"),
    ({"MA_DICH_VU": "VC.7"}, "BHYT-1012", "MA_DICH_VU"),
    ({"MA_DICH_VU": "22.0120.1370.K.7"}, "BHYT-1012", "MA_DICH_VU"),
    ({"MA_NHOM": "12"}, "BHYT-1012", "MA_DICH_VU"),
    ({"MA_NHOM": "4"}, "BHYT-1011", "MA_NHOM"),
    ({"NGAY_YL": "202608100930"}, "BHYT-2003", "NGAY_YL"),
    ({"NGAY_KQ": "202609100830"}, "BHYT-2004", "NGAY_KQ"),
    ({"THANH_TIEN_BV": "50700"}, "BHYT-3001", "THANH_TIEN_BV"),
    ({"THANH_TIEN_BH": "50700"}, "BHYT-3002", "THANH_TIEN_BH"),
    ({"T_BHTT": "50000"}, "BHYT-3003", "T_BHTT"),
    ({"T_BHTT": "50000", "T_NGUONKHAC": "10", "T_NGUONKHAC_CL": "10"}, "BHYT-3004", "T_BHTT"),
    ({"T_NGUONKHAC_NSNN": "10"}, "BHYT-3005", "T_NGUONKHAC"),
    ({"PHAM_VI": "2"}, "BHYT-3006", "T_BHTT"),
]


@pytest.mark.parametrize(("change", "code", "field"), SUMMARY_FAULTS, ids=lambda part: str(part)[:40])
def test_a_fault_of_the_summary_is_told_at_its_field(change, code, field):
    assert (code, "XML1", field) in {(i.code, i.origin.table, i.origin.field) for i in judged(change)}


@pytest.mark.parametrize(("change", "code", "field"), LINE_FAULTS, ids=lambda part: str(part)[:40])
def test_a_fault_of_a_line_is_told_at_its_field(change, code, field):
    assert (code, "XML3", field) in {(i.code, i.origin.table, i.origin.field) for i in judged(exam=change)}


def test_tables_that_do_not_belong_and_tables_that_are_missing_are_told():
    assert ("BHYT-2030", "XML1", "") in told(check({"XML3": (record("XML3", EXAM),)}, FACILITY, "QD1931", ON))
    assert ("BHYT-2031", "XML5", "") in told(judged({"MA_LOAI_KCB": "03", "SO_NGAY_DTRI": "1"}))
    assert ("BHYT-2032", "XML8", "") in told(judged(XML8=[{"MA_LK": "LK1", "MA_LOAI_KCB": "03"}]))
    assert ("BHYT-2033", "XML13", "") in told(judged(XML13=[{"MA_LK": "LK1"}]))
    assert ("BHYT-2034", "XML13", "") in told(judged({"MA_LOAI_RV": "2"}))
    assert ("BHYT-2035", "XML2", "STT") in told(judged(XML2=[MEDICINE, MEDICINE]))


def test_papers_are_compared_with_the_summary():
    paper = {"MA_LK": "LK1", "NGAY_RA": "202609101031", "NGAY_HEN_KL": "20260901", "NGAY_CT": "20260901"}
    found = told(judged(XML14=[paper]))
    assert {("BHYT-2040", "XML14", "NGAY_RA"), ("BHYT-2011", "XML14", "NGAY_HEN_KL")} <= found
    assert ("BHYT-2012", "XML14", "NGAY_CT") in found
    assert ("BHYT-2013", "XML7", "SO_NGAY_NGHI") in told(judged(XML7=[{"MA_LK": "LK1", "SO_NGAY_NGHI": "3"}]))


def test_what_a_paper_says_and_the_summary_does_not_is_told():
    assert ("BHYT-2040", "XML14", "MA_BENH_KT") in told(judged({"MA_BENH_KT": ""}, XML14=[{"MA_BENH_KT": "Z00"}]))
    assert ("BHYT-2040", "XML13", "DIA_CHI") in told(judged(XML13=[{"DIA_CHI": "nơi khác"}]))


@pytest.mark.parametrize(
    "code",
    ["02.03", "02.1897", "K18.1901", "22.0120.1370", "22.0120.1370_GT", "03.0045.0000_TB", "22.0120.1370.K.79001"],
)
def test_codes_of_services_beds_and_outsourced_tests_are_in_form(code):
    assert told(judged(exam={"MA_DICH_VU": code})) == set()


def test_a_transport_says_where_to_and_machines_tenders_and_sources_of_drugs_are_in_form():
    exam = {"MA_NHOM": "12", "MA_DICH_VU": "VC.79001", "MA_MAY": "HH.1.79903.S1;S2"}
    drug = {**MEDICINE, "TT_THAU": "QD08/QD-SYT;G1;N2;2025;00", "MA_CSKCB_THUOC": "HC.79001"}
    forms = {one for one in told(judged(exam=exam, XML2=[drug])) if one[0] == "BHYT-1012"}
    assert forms == set()
    wrong = {**MEDICINE, "TT_THAU": "x", "MA_CSKCB_THUOC": "Q.12345", "MA_NHOM": "10"}
    found = told(judged(XML2=[wrong]))
    assert {("BHYT-1012", "XML2", "TT_THAU"), ("BHYT-1012", "XML2", "MA_CSKCB_THUOC")} <= found
    assert ("BHYT-1011", "XML2", "MA_NHOM") in found


def test_amounts_rounded_to_whole_dong_are_accepted():
    line = {**MEDICINE, "SO_LUONG": "3", "DON_GIA": "333.333", "THANH_TIEN_BV": "1000", "THANH_TIEN_BH": "1000"}
    line |= {"T_BNCCT": "200", "T_BHTT": "800"}
    totals = {"T_THUOC": "1000", "T_TONGCHI_BV": "51600", "T_TONGCHI_BH": "51600", "T_BNCCT": "10320"}
    assert told(judged({**totals, "T_BHTT": "41280", "T_BHTT_GDV": "41280"}, XML2=[line])) == set()


def test_the_service_percentage_may_be_in_the_hospital_amount_or_not():
    line = {"TYLE_TT_DV": "30", "THANH_TIEN_BH": "15180", "T_BHTT": "12144", "T_BNCCT": "3036"}
    for hospital, self_pay in (("15180", "0"), ("50600", "35420")):
        found = judged(exam={**line, "THANH_TIEN_BV": hospital, "T_BNTT": self_pay})
        assert not [i for i in found if i.code in ("BHYT-3001", "BHYT-3002", "BHYT-3003")]


@pytest.mark.parametrize(
    ("others", "expected"), [("0", (10, 20, 70)), ("5", (5, 20, 70)), ("15", (0, 15, 70)), ("40", (0, 0, 60))]
)
def test_other_sources_take_over_in_the_order_of_the_decision(others, expected):
    assert shared_out(Decimal(others), Decimal(10), Decimal(20), Decimal(70)) == expected


def test_a_qd_4210_visit_is_judged_by_its_own_fields_and_named_in_its_own_words():
    old = {name: SUMMARY[name] for name in ("MA_LK", "MA_BN", "HO_TEN", "GIOI_TINH", "NGAY_VAO", "NGAY_RA")}
    old |= {"NGAY_SINH": "19900515", "MA_BENH_CHINH": "I10;E11", "MA_LOAI_KCB": "01", "SO_NGAY_DTRI": "1"}
    old |= {"KET_QUA_DTRI": "1", "MA_LOAI_RV": "1", "MA_CSKCB": FACILITY, "T_TONGCHI_BH": "0", "T_BHTT": "0"}
    found = check({"XML1": (record("XML1", old),)}, FACILITY, "QD4210", ON)
    assert {(i.code, i.origin.field) for i in found} == {("BHYT-1020", "MA_BENH")}


def test_every_rule_of_this_room_can_be_provoked():
    provoked = {code for _, code, _ in (*SUMMARY_FAULTS, *LINE_FAULTS)}
    provoked |= {f"BHYT-20{n}" for n in ("30", "31", "32", "33", "34", "35", "40", "11", "12", "13")}
    declared = {code for code in Rule.registry if code.startswith(("BHYT-1", "BHYT-2", "BHYT-3"))}
    assert declared - provoked == set()


def test_no_text_shows_a_value_of_the_person():
    for change, _, _ in SUMMARY_FAULTS:
        for issue in judged({**change, "HO_TEN": "Nguyễn Văn Thử"}):
            text = f"{issue.text}{issue.text_en}{issue.fix}{issue.fix_en}"
            assert "Thử" not in text
            assert "000090000001" not in text
