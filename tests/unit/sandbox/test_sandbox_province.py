from collections import Counter
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from yteso.base.clock import VIETNAM, day_in_vietnam
from yteso.sandbox import Province

UNTIL = datetime(2026, 11, 18, 15, 0, tzinfo=VIETNAM)
SOURCES = ("T_BHTT", "T_BNCCT", "T_BNTT", "T_NGUONKHAC")


@pytest.fixture(scope="module")
def province():
    return Province(seed=11, until=UNTIL)


@pytest.fixture(scope="module")
def plans(province):
    return province.plans(1200)


@pytest.fixture(scope="module")
def bills(province, plans):
    return [(visit, province.tables(visit)) for visit in plans if visit.left]


def test_the_same_seed_gives_the_same_bytes():
    first, second = (
        [(file.name, file.content, file.made_at) for file in Province(seed=3, until=UNTIL, fault_rate=0.1).files(120)]
        for _ in range(2)
    )
    assert first == second


def test_another_seed_gives_other_people():
    assert (
        next(Province(seed=1, until=UNTIL).files(20)).content != next(Province(seed=2, until=UNTIL).files(20)).content
    )


def test_files_come_oldest_first_and_never_from_the_future(province):
    moments = [file.made_at for file in province.files(200)]
    assert moments == sorted(moments)
    assert moments[-1] <= UNTIL


def test_a_visits_key_is_unique_in_its_facility(plans):
    keys = Counter((visit.facility.code, visit.key) for visit in plans)
    assert max(keys.values()) == 1


def test_the_visits_asked_for_are_made_with_some_today(plans):
    assert len(plans) == 1200
    today = [visit for visit in plans if day_in_vietnam(visit.arrived) == day_in_vietnam(UNTIL)]
    assert len(today) >= 5
    assert all(visit.arrived < UNTIL for visit in plans)


def test_silent_facilities_have_sent_nothing_for_more_than_a_day(province, plans):
    silent = [facility for facility in province.facilities if facility.silent_hours]
    assert len(silent) == 2
    for facility in silent:
        since = UNTIL - timedelta(hours=facility.silent_hours)
        left = [visit.left for visit in plans if visit.facility == facility and visit.left and not visit.archive]
        assert left
        assert max(left) < since


def test_a_person_is_known_by_another_code_in_each_facility(plans):
    codes = {}
    for visit in plans:
        codes.setdefault(visit.person.number, set()).add((visit.facility.code, visit.local_code))
    travellers = [pairs for pairs in codes.values() if len(pairs) > 1]
    assert travellers
    assert all(len({code for _, code in pairs}) == len(pairs) for pairs in travellers)


def test_every_bill_adds_up_to_the_last_dong(bills):
    for _, tables in bills:
        total = tables["XML1"][0]
        lines = tables.get("XML2", []) + tables["XML3"]
        for field in (*SOURCES, "THANH_TIEN_BV", "THANH_TIEN_BH"):
            name = {"THANH_TIEN_BV": "T_TONGCHI_BV", "THANH_TIEN_BH": "T_TONGCHI_BH"}.get(field, field)
            assert sum(Decimal(line[field]) for line in lines) == Decimal(total[name])
        assert sum(Decimal(total[field]) for field in SOURCES) == Decimal(total["T_TONGCHI_BV"])
        assert Decimal(total["T_BHTT"]) == Decimal(total["T_TONGCHI_BH"]) - Decimal(total["T_BNCCT"])


def test_every_line_is_quantity_times_price(bills):
    for _, tables in bills:
        for line in tables.get("XML2", []) + tables["XML3"]:
            price = Decimal(line.get("DON_GIA") or line["DON_GIA_BV"])
            assert Decimal(line["THANH_TIEN_BV"]) == price * int(line["SO_LUONG"])


def test_a_typical_visit_has_enough_rows_to_be_worth_measuring(bills):
    count = Counter()
    for _, tables in bills:
        count.update({name: len(rows) for name, rows in tables.items()})
    assert 5 < count["XML2"] / len(bills) < 8
    assert 6 < count["XML3"] / len(bills) < 12
    assert 6 < count["XML4"] / len(bills) < 11


def test_inpatients_have_their_papers_and_beds(bills):
    stays = [tables for visit, tables in bills if visit.care == "03"]
    assert stays
    for tables in stays:
        assert {"XML5", "XML8"} <= set(tables)
        assert ("XML7" in tables) != ("XML13" in tables)
        assert any(line.get("MA_GIUONG", "").startswith("H") for line in tables["XML3"])


def test_dengue_follows_the_rains():
    def share(month):
        plans = Province(seed=5, until=datetime(2026, month, 28, 12, tzinfo=VIETNAM)).plans(1500)
        return sum(visit.picture.key == "dengue" for visit in plans)

    assert share(10) > 2 * share(3)


def test_accounts_and_organizations_are_one_per_facility(province):
    assert [sender.facility for sender in province.senders()] == [facility.code for facility in province.facilities]
    assert len({sender.password for sender in province.senders()}) == 12
    assert [one["identifier"][0]["value"] for one in province.organizations()] == [
        facility.code for facility in province.facilities
    ]


def test_a_larger_province_has_more_facilities_with_codes_of_their_own():
    codes = [facility.code for facility in Province(facilities_count=40).facilities]
    assert len(set(codes)) == 40
    assert all(len(code) == 5 for code in codes)


@pytest.mark.parametrize("clock", [(0, 0), (0, 40), (2, 5), (6, 30), (12, 0), (23, 59)])
def test_at_any_hour_the_simulation_ends_in_the_past(clock):
    until = UNTIL.replace(hour=clock[0], minute=clock[1])
    plans = Province(seed=13, until=until).plans(400)
    assert all(visit.arrived < until for visit in plans)
    assert all(visit.arrived < visit.left < until for visit in plans if visit.left)
