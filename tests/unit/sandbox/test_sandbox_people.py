from datetime import date

import pytest

from yteso.sandbox.facilities import facilities
from yteso.sandbox.names import MARKERS
from yteso.sandbox.people import person
from yteso.sandbox.places import communes
from yteso.standards.identifiers import valid_bhyt_card, valid_cccd

TODAY = date(2026, 11, 20)


@pytest.fixture(scope="module")
def people():
    codes = tuple(facility.code for facility in facilities(1, 12))
    return [person(1, number, today=TODAY, places=communes("79"), codes=codes) for number in range(600)]


def test_a_cccd_tells_the_century_the_sex_and_the_year_of_birth(people):
    for one in (one for one in people if one.cccd):
        century, year = int(one.cccd[3]), int(one.cccd[4:6])
        assert 1900 + century // 2 * 100 + year == one.born.year
        assert bool(century % 2) == one.female


def test_our_own_check_accepts_every_number_with_its_birth_and_sex(people):
    for one in people:
        sex = "female" if one.female else "male"
        assert not one.cccd or valid_cccd(one.cccd, one.born.isoformat(), sex)
        assert not one.cccd or not valid_cccd(one.cccd, one.born.isoformat(), "male" if one.female else "female")
        assert one.card is None or valid_bhyt_card(one.card.number)


def test_no_two_people_share_a_cccd_or_a_card(people):
    numbers = [one.cccd for one in people if one.cccd] + [one.card.number for one in people if one.card]
    assert len(set(numbers)) == len(numbers)


def test_every_name_carries_a_marker_word(people):
    assert all(any(f" {marker} " in f" {one.name} " for marker in MARKERS) for one in people)


def test_a_card_has_fifteen_characters_and_fits_the_age(people):
    cards = [(one, one.card) for one in people if one.card]
    assert 0.85 < len(cards) / len(people) < 0.98
    for one, card in cards:
        assert len(card.number) == 15
        assert card.number[3:5] == "79"
        assert (card.number[:2] == "TE") == (TODAY.year - one.born.year < 6)


def test_a_household_shares_house_and_commune(people):
    for at in range(0, 600, 3):
        assert len({(one.house, one.commune.code) for one in people[at : at + 3]}) == 1


def test_addresses_are_in_communes_that_exist(people):
    codes = {commune.code for commune in communes("79")}
    assert {one.commune.code for one in people} <= codes
    assert len(codes) == 168


def test_the_same_number_is_the_same_person(people):
    codes = tuple(facility.code for facility in facilities(1, 12))
    assert person(1, 7, today=TODAY, places=communes("79"), codes=codes) == people[7]


def test_an_unknown_province_is_refused():
    with pytest.raises(ValueError, match="no province"):
        communes("00")
