from datetime import date

import pytest

from yteso.standards.identifiers import (
    BHXH,
    BHYT,
    CCCD,
    SYSTEMS,
    bhxh_number,
    canonical_system,
    cccd_facts,
    valid_bhyt_card,
    valid_cccd,
    valid_facility,
)


def test_older_uris_become_the_vn_core_ones():
    assert canonical_system("http://fhir.ehealth.gov.vn/core/sid/national_id") == CCCD
    assert canonical_system("https://fhir.ehealth.gov.vn/core/sid/insurance_number/") == BHYT
    assert canonical_system("http://fhir.ehealth.gov.vn/core/sid/cccd") == CCCD
    assert canonical_system(BHXH) == BHXH
    assert canonical_system("urn:other") == "urn:other"


def test_no_alias_names_two_systems():
    aliases = [alias for system in SYSTEMS.values() for alias in system.aliases]
    assert len(aliases) == len(set(aliases))


@pytest.mark.parametrize(
    ("value", "facts"),
    [
        ("079090000001", (1990, "male")),
        ("079195000001", (1995, "female")),
        ("000218000002", (2018, "male")),
        ("001318000002", (2018, "female")),
        ("003090000001", None),
        ("07909000000", None),
        ("07909000000a", None),
        ("٠٧٩٠٩٠٠٠٠٠٠١", None),
    ],
)
def test_a_personal_number_tells_year_and_sex(value, facts):
    assert cccd_facts(value) == facts


def test_a_personal_number_must_agree_with_birth_and_sex():
    assert valid_cccd("079090000001", "1990-05-15", "male")
    assert valid_cccd("079090000001", date(1990, 5, 15))
    assert valid_cccd("079090000001", "1990", "unknown")
    assert not valid_cccd("079090000001", "1991-05-15")
    assert not valid_cccd("079090000001", "1990-05-15", "female")


@pytest.mark.parametrize("value", ["TE1000000000002", "GD4790000000001", "0791234567", "079090000001"])
def test_three_forms_of_card_numbers_are_valid(value):
    assert valid_bhyt_card(value)


@pytest.mark.parametrize("value", ["", "TE9000000000002", "te1000000000002", "TE100000000000", "079123456"])
def test_other_card_numbers_are_not(value):
    assert not valid_bhyt_card(value)


def test_the_insurance_number_is_read_from_a_card():
    assert bhxh_number("TE1790000000002") == "0000000002"
    assert bhxh_number("0791234567") == "0791234567"
    assert bhxh_number("079090000001") is None


def test_a_facility_code_has_five_characters():
    assert valid_facility("79001")
    assert not valid_facility("7900")
    assert not valid_facility("79 01")
