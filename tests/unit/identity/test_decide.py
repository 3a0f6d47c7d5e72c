import pytest

from yteso.identity.claim import PersonClaim
from yteso.identity.decide import Candidate, first_floor
from yteso.identity.keys import key_of

CLAIM = PersonClaim("x", (), "y", "79001", "z", "Nguyễn Văn Thử", "1990-05-15", "male")
KEYS = {kind: key_of(kind, kind) for kind in ("cccd", "bhxh", "card", "local")}
SAME, OTHER = ("nguyen van thu", "1990-05-15"), ("tran thi gia", "1955-01-01")


def candidate(patient, description=SAME, **numbers):
    return Candidate(patient, *description, **numbers)


# kinds of keys in the claim, what they lead to, the person, the basis, the reasons of doubt
CASES = {
    "nothing is known": ("cccd bhxh local", {}, "", "new", []),
    "the citizen number leads": ("cccd bhxh", {"cccd": candidate("A")}, "A", "cccd", []),
    "the insurance number leads": ("bhxh local", {"bhxh": candidate("A")}, "A", "bhxh", []),
    "the facility's own code leads": ("local", {"local": candidate("A")}, "A", "local", []),
    "a citizen number is learnt for a known card": ("cccd bhxh", {"bhxh": candidate("A")}, "A", "bhxh", []),
    "two keys disagree: the stronger wins": (
        "cccd bhxh",
        {"cccd": candidate("A"), "bhxh": candidate("B")},
        "A",
        "cccd",
        ["keys-disagree"],
    ),
    "the same card, another name and birth": (
        "bhxh",
        {"bhxh": candidate("A", OTHER)},
        "A",
        "bhxh",
        ["name-and-birth-differ"],
    ),
    "the same card, another name only": (
        "bhxh",
        {"bhxh": candidate("A", ("nguyen van thu em", "1990"))},
        "A",
        "bhxh",
        [],
    ),
    "an unknown citizen number beats a card of somebody else": (
        "cccd bhxh",
        {"bhxh": candidate("A", OTHER)},
        "",
        "new",
        ["name-and-birth-differ"],
    ),
    "an unknown citizen number, a person who has another": (
        "cccd bhxh",
        {"bhxh": candidate("A", ("nguyen van thu em", "1990-05-15"), cccd=b"other")},
        "",
        "new",
        ["number-differs"],
    ),
    "an unknown citizen number, the same name and birth": (
        "cccd bhxh",
        {"bhxh": candidate("A", cccd=b"other")},
        "A",
        "bhxh",
        ["number-differs"],
    ),
    "a number that was replaced": (
        "cccd bhxh",
        {"cccd": candidate("A", bhxh=b"other")},
        "A",
        "cccd",
        ["number-differs"],
    ),
}


@pytest.mark.parametrize(("kinds", "found", "patient", "basis", "reasons"), CASES.values(), ids=CASES)
def test_the_strongest_key_decides_and_doubt_is_told(kinds, found, patient, basis, reasons):
    keys = [KEYS[kind] for kind in kinds.split()]
    verdict = first_floor(CLAIM, keys, found)
    assert (verdict.patient, verdict.basis) == (patient, basis)
    assert [doubt.reason for doubt in verdict.doubts] == reasons


def test_a_name_alone_finds_nobody():
    assert first_floor(CLAIM, [key_of("visit", "v")], {}).basis == "new"
