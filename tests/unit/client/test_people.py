from datetime import date

import pytest

from yteso.client.origin import source_of
from yteso.client.people import age_in_years, banner_of, display_name, nearest_first, person_query


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("nguyen van thu", [("name", "nguyen"), ("name", "van"), ("name", "thu")]),
        ("001090000001", [("identifier", "001090000001")]),
        ("gd4790000000001", [("identifier", "GD4790000000001")]),
        ("15/5/1990", [("birthdate", "1990-05-15")]),
        ("1990-05-15 Thử", [("birthdate", "1990-05-15"), ("name", "Thử")]),
        ("BN0001", [("identifier", "BN0001")]),
        ("079 070 053 623", [("identifier", "079070053623")]),
        ("079\u00a0070\u00a0053\u00a0623", [("identifier", "079070053623")]),
        ("079.070.053.623", [("identifier", "079070053623")]),
        ("079-070-053-623", [("identifier", "079070053623")]),
        ("DN 4 79 7920001017", [("identifier", "DN4797920001017")]),
        ("dn-4-79-7920001017", [("identifier", "DN4797920001017")]),
        ("DN4 79 7920 0010 17", [("identifier", "DN4797920001017")]),
        ("7920 001 017", [("identifier", "7920001017")]),
        ("BN-0001", [("identifier", "BN-0001")]),
        ("1949", [("birthdate", "1949")]),
        ("trần lâm 1949", [("birthdate", "1949"), ("name", "trần"), ("name", "lâm")]),
        ("1949 079 070 053 623", [("birthdate", "1949"), ("identifier", "079070053623")]),
        ("079 070 053 623 1949", [("identifier", "079070053623"), ("birthdate", "1949")]),
        ("27011970", [("birthdate", "1970-01-27")]),
        ("27 01 1970", [("birthdate", "1970-01-27")]),
        ("01/1970", [("birthdate", "1970-01")]),
        ("an 27/01/1970", [("birthdate", "1970-01-27"), ("name", "an")]),
        ("30/02/1970", [("identifier", "30/02/1970")]),
    ],
)
def test_what_is_typed_means_a_search_by_its_shape(text, clauses):
    query = person_query(text)
    assert [(clause.name, clause.values[0][1]) for clause in query.clauses] == clauses


def test_whole_names_come_before_names_that_only_begin_so():
    today = date(2026, 11, 21)
    names = ("ĐOÀN THỬ AN", "Dô Thử An", "ĐỖ THỬ AN")
    persons = [banner_of({"id": name, "name": [{"text": name}]}, today) for name in names]
    assert [one.name for one in nearest_first("Đỗ", persons)] == ["ĐỖ THỬ AN", "Dô Thử An", "ĐOÀN THỬ AN"]
    assert [one.name for one in nearest_first("do 1949", persons)] == ["Dô Thử An", "ĐỖ THỬ AN", "ĐOÀN THỬ AN"]
    assert nearest_first("1949", persons) == persons


def test_nothing_typed_searches_nothing():
    assert person_query("   ") is None


@pytest.mark.parametrize(
    ("born", "today", "age"),
    [
        ("1990-05-15", date(2026, 5, 14), 35),
        ("1990-05-15", date(2026, 5, 15), 36),
        ("1990", date(2026, 1, 1), 36),
        ("1990-12", date(2026, 11, 30), 35),
        ("", date(2026, 1, 1), None),
    ],
)
def test_age_is_in_whole_years_also_of_a_partial_date(born, today, age):
    assert age_in_years(born, today) == age


def test_a_name_is_its_text_or_family_and_given_in_vietnamese_order():
    assert display_name([{"text": "Trần Thị Giả"}]) == "Trần Thị Giả"
    assert display_name([{"family": "Trần", "given": ["Thị", "Giả"]}]) == "Trần Thị Giả"
    assert display_name([]) == ""


def test_the_banner_holds_the_facts_that_name_a_person():
    patient = {
        "id": "p1",
        "name": [{"text": "Trần Thị Giả"}],
        "gender": "female",
        "birthDate": "2018-08-20",
        "identifier": [{"system": "s", "value": "1"}, {"system": "empty"}],
        "telecom": [{"system": "email", "value": "x"}, {"system": "phone", "value": "0900"}],
        "address": [{"text": "Số 1"}],
    }
    banner = banner_of(patient, date(2026, 11, 21))
    assert (banner.name, banner.age, banner.identifiers) == ("Trần Thị Giả", 8, (("s", "1"),))
    assert (banner.phone, banner.address, banner.deceased) == ("0900", "Số 1", False)


def test_the_origin_of_a_fact_is_read_from_its_source():
    source = source_of({"meta": {"source": "urn:yteso:bhyt:79001:LK.1#XML2/3"}})
    assert (source.facility, source.visit, source.table, source.row) == ("79001", "LK.1", "XML2", "3")
    assert source_of({"meta": {"source": "http://else.where"}}).key == ("", "")
