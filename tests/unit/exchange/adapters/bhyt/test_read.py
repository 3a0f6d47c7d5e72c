"""Reading: everything the wild sends is read, everything broken is an issue with its place, the rest goes on."""

import base64
import io
from itertools import pairwise

import pytest

from yteso.exchange.adapters.bhyt.read import peek, read_visits

from .made_up import EXAM, FACILITY, SUMMARY, file_xml, part, plain_visit, table_xml, visit_xml

XML1 = table_xml("XML1", [SUMMARY])
XML3 = table_xml("XML3", [EXAM])


def read(data):
    return list(read_visits(io.BytesIO(data), "thu.xml"))


def codes(visits):
    return [issue.code for visit in visits for issue in visit.issues]


def only(data):
    visits = read(data)
    assert len(visits) == 1
    return visits[0]


def test_a_plain_file_gives_its_visit_with_origins():
    visit = only(file_xml(plain_visit()))
    assert (visit.facility, visit.ma_lk, visit.position, visit.issues) == (FACILITY, "LK1", 1, ())
    row = visit.tables["XML3"][0]
    assert row["MA_DICH_VU"] == "02.03"
    assert str(row.place("MA_DICH_VU")) == "thu.xml/XML3/1.MA_DICH_VU"


@pytest.mark.parametrize(
    "content",
    [
        XML1,
        f"<![CDATA[{XML1}]]>",
        XML1.replace("<", "&lt;").replace(">", "&gt;"),
        "\n  " + base64.b64encode(XML1.encode()).decode() + " \n",
        base64.encodebytes(XML1.encode()).decode(),
        base64.b64encode(XML1.encode()).decode().rstrip("="),
        base64.b64encode(b"\xef\xbb\xbf" + XML1.encode()).decode(),
        base64.b64encode(('<?xml version="1.0" encoding="utf-16"?>' + XML1).encode()).decode(),
        base64.b64encode(('<?xml version="1.0" encoding="utf-16"?>' + XML1).encode("utf-16")).decode(),
        base64.b64encode(XML1.encode("utf-16-le")).decode(),
        XML1.replace("<TONG_HOP>", '<TONG_HOP xmlns="urn:x">'),
    ],
    ids=[
        "nested",
        "cdata",
        "escaped",
        "spaces",
        "lines",
        "padding",
        "bom",
        "wrong-declaration",
        "utf-16",
        "utf-16-le",
        "ns",
    ],
)
def test_a_table_is_read_however_it_is_packed(content):
    visit = only(file_xml(visit_xml(part("XML1", content, raw=True), part("XML3", XML3))))
    assert visit.tables["XML1"][0].values == SUMMARY
    assert visit.issues == ()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_a_file_is_read_in_any_unicode_encoding(encoding):
    text = file_xml(plain_visit()).decode()
    assert only(text.encode(encoding)).tables["XML1"][0].values == SUMMARY


def test_a_declared_national_encoding_is_obeyed():
    text = file_xml(visit_xml(part("XML1", "<TONG_HOP><MA_LK>LK1</MA_LK><HO_TEN>Thử Âu</HO_TEN></TONG_HOP>", raw=True)))
    data = text.decode().replace('encoding="utf-8"', 'encoding="windows-1258"')
    visit = only(data.replace("ử", "ư\u0309").encode("cp1258"))
    assert visit.tables["XML1"][0]["HO_TEN"] == "Thử Âu"


def test_an_empty_element_and_a_missing_one_mean_the_same():
    some = only(
        file_xml(visit_xml(part("XML1", XML1.replace("</TONG_HOP>", "<GHI_CHU/><NHOM_MAU> </NHOM_MAU></TONG_HOP>"))))
    )
    none = only(file_xml(visit_xml(part("XML1", XML1))))
    assert some.tables == none.tables


def test_the_order_of_tables_and_fields_makes_no_difference():
    shuffled = table_xml("XML1", [dict(reversed(SUMMARY.items()))])
    one = only(file_xml(visit_xml(part("XML1", XML1), part("XML3", XML3))))
    other = only(file_xml(visit_xml(part("XML3", XML3), part("XML1", shuffled))))
    assert one.tables == other.tables
    assert list(one.tables) == list(other.tables)


def test_many_visits_come_in_order_from_small_pieces():
    data = file_xml(*(plain_visit(f"LK{n}") for n in range(1, 40)))

    class Drip(io.BytesIO):
        def read(self, size=-1):
            return super().read(min(size, 777) if size > 0 else 777)

    visits = list(read_visits(Drip(data), "thu.xml"))
    assert [visit.ma_lk for visit in visits] == [f"LK{n}" for n in range(1, 40)]


def test_a_check_in_file_gives_one_visit_per_ma_lk():
    rows = "".join(
        f"<TRANG_THAI_KCB><MA_LK>{lk}</MA_LK><STT>{n}</STT><MA_CSKCB>{FACILITY}</MA_CSKCB></TRANG_THAI_KCB>"
        for n, lk in enumerate(("A", "A", "B"), 1)
    )
    listed = f"<DSACH_TRANG_THAI_KCB>{rows}</DSACH_TRANG_THAI_KCB>"
    data = f"<CHI_TIEU_TRANG_THAI_KCB>{listed}<CHUKYDONVI/></CHI_TIEU_TRANG_THAI_KCB>"
    visits = read(data.encode())
    assert [(v.ma_lk, v.facility, len(v.tables["XML0"])) for v in visits] == [("A", FACILITY, 2), ("B", FACILITY, 1)]
    assert peek(io.BytesIO(data.encode())).kind == "CHI_TIEU_TRANG_THAI_KCB"


def test_a_qd_4210_file_takes_the_names_of_today_and_keeps_its_places():
    old = table_xml(
        "XML1",
        [
            {
                "MA_LK": "L",
                "MA_THE": "HT3790000000004",
                "TEN_BENH": "Thử",
                "MA_BENH": "I10",
                "MA_LOAI_KCB": "1",
                "T_TONGCHI": "5",
            }
        ],
    )
    visit = only(file_xml(visit_xml(part("XML1", old))))
    row = visit.tables["XML1"][0]
    assert visit.layer == "QD4210"
    assert codes([visit]) == ["BHYT-0025"]
    assert [row[n] for n in ("MA_THE_BHYT", "CHAN_DOAN_RV", "MA_BENH_CHINH", "MA_LOAI_KCB", "T_TONGCHI_BH")] == [
        "HT3790000000004",
        "Thử",
        "I10",
        "01",
        "5",
    ]


def test_a_referral_under_qd_4750_names_is_read_under_those_of_today():
    names = {"MA_LK": "LK1", "MA_NOI_DI": "79001", "MA_NOI_DEN": "79002", "PP_DIEU_TRI": "Thử"}
    referral = table_xml("XML13", [names])
    visit = only(file_xml(visit_xml(part("XML1", XML1), part("XML13", referral))))
    row = visit.tables["XML13"][0]
    assert visit.layer == "QD4750"
    assert (row["MA_CSKCB_DI"], row["MA_CSKCB_DEN"]) == ("79001", "79002")
    assert "Thử" in row.values.values()


BROKEN = {
    "BHYT-0008": "<HOSO><FILEHOSO></HOSO>",
    "BHYT-0010": visit_xml(part("XML1", XML1), part("XML99", "<LA>1</LA>")),
    "BHYT-0011": visit_xml(part("XML1", XML1), part("XML3", "khong phai base64!!", raw=True)),
    "BHYT-0013": visit_xml(part("XML1", XML1), part("XML3", "<CHITIEU_CHITIET_DVKT_VTYT><A>")),
    "BHYT-0003": visit_xml(part("XML1", XML1), part("XML3", "<!DOCTYPE a [<!ENTITY b 'c'>]>" + XML3)),
    "BHYT-0014": visit_xml(part("XML1", XML1), part("XML3", "")),
    "BHYT-0016": visit_xml(part("XML1", XML1.replace("<MA_LK>LK1</MA_LK>", ""))),
    "BHYT-0017": visit_xml(part("XML1", XML1), part("XML3", XML3.replace("<MA_LK>LK1</MA_LK>", ""))),
    "BHYT-0018": visit_xml(part("XML1", XML1), part("XML3", XML3.replace("LK1", "LK2"))),
    "BHYT-0021": visit_xml(part("XML1", XML1.encode().replace("ễ".encode(), b"\xff\xfe")), part("XML3", XML3)),
    "BHYT-0022": visit_xml(part("XML1", XML1), part("XML2", XML3)),
    "BHYT-0023": visit_xml(part("XML1", XML1), part("XML1", XML1)),
    "BHYT-0024": visit_xml(part("XML1", XML1.replace("Ho<", "Ho & sốt<"))),
    "BHYT-0026": visit_xml(part("XML1", XML1.replace("</TONG_HOP>", "<HO_TEN>Trần Giả</HO_TEN></TONG_HOP>"))),
    "BHYT-0027": "<HOSO></HOSO>",
}


@pytest.mark.parametrize("code", BROKEN)
def test_what_is_broken_costs_only_itself(code):
    visits = read(file_xml(plain_visit("TRUOC"), BROKEN[code], plain_visit("SAU")))
    assert code in [issue.code for issue in visits[1].issues]
    assert [(v.ma_lk, v.issues) for v in (visits[0], visits[2])] == [("TRUOC", ()), ("SAU", ())]


@pytest.mark.parametrize("text", ["\x00", "\x1b", "&#1;", "&#xFFFF;"])
def test_control_characters_are_an_issue_at_their_field(text):
    content = XML1.replace("Viêm họng cấp", f"Viêm {text} họng")
    visit = only(file_xml(visit_xml(part("XML1", content), part("XML3", XML3))))
    assert [(i.code, i.origin.field) for i in visit.issues] == [("BHYT-0021", "CHAN_DOAN_RV")]


def test_a_key_used_twice_is_an_issue_unless_the_visit_is_the_same():
    visits = read(file_xml(plain_visit("A"), plain_visit("A"), plain_visit("A", HO_TEN="Lê Thị Mẫu")))
    assert codes(visits) == ["BHYT-0020", "BHYT-0019"]
    assert [visit.blocked for visit in visits] == [False, False, True]


def test_a_wrong_count_and_an_empty_file_are_told_of_the_file():
    assert codes(read(file_xml(plain_visit(), count=5))) == ["BHYT-0006"]
    assert codes(read(file_xml())) == ["BHYT-0007"]


def test_a_cut_file_tells_where_and_keeps_what_came_before():
    data = file_xml(plain_visit("A"), plain_visit("B"))
    visits = read(data[: data.rindex(b"</HOSO>") - 100])
    assert visits[0].ma_lk == "A"
    assert codes(visits) == ["BHYT-0005"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "BHYT-0001"),
        (b"PK\x03\x04 zip", "BHYT-0001"),
        (b'{"a": 1}', "BHYT-0001"),
        (b"\xff\xfe\x00\x00", "BHYT-0001"),
        (b"<html></html>", "BHYT-0002"),
        (b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><GIAMDINHHS/>', "BHYT-0003"),
        ("<!DOCTYPE x><GIAMDINHHS/>".encode("utf-16"), "BHYT-0003"),
    ],
)
def test_what_is_no_bhyt_file_is_told_by_its_head(data, code):
    assert [issue.code for issue in peek(io.BytesIO(data)).issues] == [code]
    assert codes(read(data)) == [code]


def test_an_unknown_declared_encoding_is_a_warning_only():
    data = file_xml(plain_visit()).replace(b'encoding="utf-8"', b'encoding="tcvn3-abc"')
    visits = read(data)
    assert codes(visits) == ["BHYT-0004"]
    assert visits[-1].ma_lk == "LK1"


def test_a_count_of_visits_in_letters_is_told_and_the_visits_are_read():
    visits = read(file_xml(plain_visit(), count="một"))
    assert codes(visits) == ["BHYT-0028"]
    assert visits[-1].ma_lk == "LK1"


def test_a_table_with_too_many_rows_is_bounded():
    many = table_xml("XML3", [{"MA_LK": "LK1", "STT": "1"}] * 5001)
    visit = only(file_xml(visit_xml(part("XML1", XML1), part("XML3", many))))
    assert codes([visit]) == ["BHYT-0015"]
    assert len(visit.tables["XML3"]) == 5000


@pytest.mark.parametrize("size", [9, 50])
def test_megabytes_of_base64_are_dropped_and_named(size):
    huge = part("XML3", "QUFB" * (size * 250_000), raw=True)
    visits = read(file_xml(visit_xml(part("XML1", XML1), huge, part("XML5", "")), plain_visit("SAU")))
    assert visits[0].ma_lk == "LK1"
    assert [(i.code, i.origin.table) for i in visits[0].issues] == [("BHYT-0012", "XML3"), ("BHYT-0014", "XML5")]
    assert visits[1].ma_lk == "SAU"


def test_a_visit_beyond_the_limit_is_skipped_and_the_next_is_read():
    parts = [part("XML5", "<A>" + "x" * 5_000_000 + "</A>", raw=True) for _ in range(7)]
    visits = read(file_xml(visit_xml(*parts), plain_visit("SAU")))
    assert codes(visits) == ["BHYT-0009"]
    assert visits[1].ma_lk == "SAU"


def test_closing_tags_inside_cdata_and_comments_are_not_meant():
    note = table_xml("XML5", [{"MA_LK": "LK1", "DIEN_BIEN_LS": "&lt;/HOSO&gt;"}]) + "<!-- </HOSO> -->"
    visit = only(
        file_xml(visit_xml(part("XML1", XML1), part("XML5", f"<![CDATA[{note}]]>", raw=True), "<!-- </HOSO> -->"))
    )
    assert visit.tables["XML5"][0]["DIEN_BIEN_LS"] == "</HOSO>"


def test_rows_are_numbered_from_one_in_every_table():
    rows = [{**EXAM, "STT": str(n)} for n in (3, 1, 2)]
    visit = only(file_xml(visit_xml(part("XML1", XML1), part("XML3", table_xml("XML3", rows)))))
    assert all(b.origin.row == a.origin.row + 1 for a, b in pairwise(visit.tables["XML3"]))


def test_no_issue_shows_a_value_of_the_person():
    for broken in BROKEN.values():
        for visit in read(file_xml(broken)):
            for issue in visit.issues:
                assert "Thử" not in f"{issue.text}{issue.text_en}{issue.fix}{issue.fix_en}{issue.origin}"
