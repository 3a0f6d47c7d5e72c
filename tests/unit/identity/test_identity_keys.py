import pytest

from yteso.identity.claim import PersonClaim
from yteso.identity.keys import keys_of, valid_cccd


def claim(**said):
    fields = {"cccd": None, "bhyt": (), "bhxh": None, "facility": "79001", "local_code": "", "name": "Người Thử"}
    return PersonClaim(**{**fields, "birth_date": "1990-05-15", "gender": "male", **said})


@pytest.mark.parametrize(
    ("number", "birth", "gender", "valid"),
    [
        ("079090000001", "1990-05-15", "male", True),
        ("079190000001", "1990-05-15", "female", True),
        ("079218000001", "2018", "male", True),
        ("079318000001", "2018-08-20", "female", True),
        ("079090000001", "", "", True),
        ("079090000001", "1991-05-15", "male", False),
        ("079090000001", "1990-05-15", "female", False),
        ("079018000001", "2018-08-20", "male", False),
        ("079690000001", "", "", False),
        ("079090000000", "", "", False),
        ("07909000001", "", "", False),
        ("07909000000a", "", "", False),
        ("０79090000001", "", "", False),
    ],
)
def test_a_cccd_is_a_key_only_when_it_agrees_with_birth_and_sex(number, birth, gender, valid):
    assert valid_cccd(number, birth, gender) is valid


def test_the_strongest_key_comes_first():
    keys = keys_of(claim(cccd="079090000001", bhxh="7900000001", local_code="BN1"), "79001/LK1")
    assert [key.kind for key in keys] == ["cccd", "bhxh", "local"]


def test_a_temporary_card_is_a_key_of_its_own():
    assert [key.kind for key in keys_of(claim(bhyt=("TE1790000000002",)), "v")] == ["card"]
    assert [key.kind for key in keys_of(claim(bhyt=("TE1000000000000"[:3] + "0" * 12,)), "v")] == ["visit"]


def test_without_any_number_the_visit_itself_is_the_key():
    assert [key.kind for key in keys_of(claim(), "79001/LK1")] == ["visit"]
    assert keys_of(claim(), "79001/LK1") != keys_of(claim(), "79001/LK2")


def test_the_same_local_code_of_two_facilities_is_two_keys():
    assert keys_of(claim(local_code="1"), "v") != keys_of(claim(local_code="1", facility="79002"), "v")


def test_a_key_holds_no_number():
    (key,) = keys_of(claim(cccd="079090000001"), "v")
    assert b"079090000001" not in key.hash
