import io
from dataclasses import replace
from datetime import datetime

import pytest

from yteso.base.clock import VIETNAM
from yteso.exchange.adapters.bhyt.read import read_visits
from yteso.sandbox import Province
from yteso.sandbox.dialects import DIALECTS, check_in_file, claims_file
from yteso.sandbox.legacy import as_qd4210
from yteso.sandbox.visit import check_in

MADE = datetime(2026, 11, 18, 15, 0, tzinfo=VIETNAM)
ONLY_4750 = {"TEN_DICH_VU", "TEN_THUOC", "TINH_TRANG_CT", "PP_DIEU_TRI"}


@pytest.fixture(scope="module")
def visits():
    province = Province(seed=4, until=MADE)
    plans = [visit for visit in province.plans(400) if visit.left and not visit.archive]
    stays = [visit for visit in plans if visit.care == "03"][:3]
    referred = [visit for visit in plans if visit.referred_to][:3]
    assert stays
    assert referred
    return [(visit, province.tables(visit)) for visit in (*stays, *referred, *plans[:3])]


def plain(values):
    """Filled fields, amounts without zero decimals."""
    return {
        name: text.partition(".")[0] if text.partition(".")[2].strip("0") == "" and "." in text else text
        for name, text in values.items()
        if text
    }


def read(content):
    return [
        {name: [plain(row.values) for row in rows] for name, rows in visit.tables.items()}
        for visit in read_visits(io.BytesIO(content), "file")
        if visit.tables
    ]


def without_renamed(tables):
    return {
        name: [{k: v for k, v in row.items() if name != "XML13" or k not in ONLY_4750} for row in rows]
        for name, rows in tables.items()
    }


@pytest.mark.parametrize("name", DIALECTS)
def test_every_dialect_says_the_same(name, visits):
    tables = [tables for _, tables in visits]
    found = read(claims_file(DIALECTS[name], "79901", MADE, tables, legacy=False))
    expected = [{table: [plain(row) for row in rows] for table, rows in one.items()} for one in tables]
    assert [without_renamed(one) for one in found] == [
        {table: without_renamed(one)[table] for table in sorted(one, key=lambda text: int(text[3:]))}
        for one in expected
    ]


def test_no_two_dialects_write_the_same_bytes(visits):
    tables = [tables for _, tables in visits]
    files = {claims_file(dialect, "79901", MADE, tables, legacy=False) for dialect in DIALECTS.values()}
    assert len(files) == len(DIALECTS)


@pytest.mark.parametrize("name", DIALECTS)
def test_check_ins_travel_alone(name, visits):
    visit, _ = visits[0]
    content = check_in_file(DIALECTS[name], check_in(visit)["XML0"])
    assert b"GIAMDINHHS" not in content
    (found,) = read(content)
    assert found["XML0"][0]["MA_LK"] == visit.key


def test_an_archive_is_read_as_a_qd_4210_record(visits):
    visit, _ = visits[-1]
    old = replace(visit, archive=True, arrived=visit.arrived.replace(year=2024), left=visit.left.replace(year=2024))
    tables = as_qd4210(Province(seed=4, until=MADE).tables(old))
    (found,) = read_visits(io.BytesIO(claims_file(DIALECTS["epsilon"], "79901", MADE, [tables], legacy=True)), "file")
    assert "4210" in found.layer
    assert found.tables["XML1"][0]["MA_BENH_CHINH"] == tables["XML1"][0]["MA_BENH"]
