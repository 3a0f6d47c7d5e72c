"""A claim -> the keys by which a person may be found, strongest first. Pure; a name is never a key."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

from yteso.identity.claim import PersonClaim

STRENGTH = ("cccd", "bhxh", "card", "local", "visit")
"""Citizen number, insurance number, temporary card, the facility's own code; the visit itself when there is nothing."""

_CENTURIES = {"19": 0, "20": 2, "21": 4}
_SEXES = {"male": 0, "female": 1}


@dataclass(frozen=True, slots=True)
class Key:
    """One key: its kind and a 16-byte hash of kind and value, whose first byte is its shard."""

    kind: str
    hash: bytes

    @property
    def shard(self) -> int:
        """Where the key's link lives."""
        return self.hash[0]

    @property
    def lock(self) -> int:
        """The number of the advisory lock that makes deciding on this key one at a time."""
        return int.from_bytes(self.hash[:8], "big", signed=True)


def key_of(kind: str, *values: str) -> Key:
    """The key of that kind and value."""
    return Key(kind, blake2b("\x1f".join((kind, *values)).encode("utf-8", "replace"), digest_size=16).digest())


def keys_of(claim: PersonClaim, visit: str) -> tuple[Key, ...]:
    """All usable keys, strongest first; never empty: a person without any number is at least the one of this visit."""
    found = []
    if claim.cccd and valid_cccd(claim.cccd, claim.birth_date, claim.gender):
        found.append(key_of("cccd", claim.cccd))
    if claim.bhxh and claim.bhxh.strip("0"):
        found.append(key_of("bhxh", claim.bhxh))
    elif cards := [card for card in claim.bhyt if len(card) == 15 and card[5:].isdigit() and card[5:].strip("0")]:
        found.append(key_of("card", cards[-1]))
    if claim.facility and claim.local_code:
        found.append(key_of("local", claim.facility, claim.local_code))
    return tuple(found) or (key_of("visit", visit),)


def valid_cccd(number: str, birth_date: str = "", gender: str = "") -> bool:
    """True for 12 digits that agree with the birth year and sex, as far as those are known.

    Digit 4 tells century and sex (0/1 the 1900s, 2/3 the 2000s, 4/5 the 2100s; even male, odd female), digits 5–6 the
    year (vn-standards §4). A number that disagrees belongs to somebody else or is mistyped: it is no key.
    """
    if len(number) != 12 or not (number.isascii() and number.isdigit()) or not number[6:].strip("0"):
        return False
    digit = int(number[3])
    if digit > 5 or (gender in _SEXES and digit % 2 != _SEXES[gender]):
        return False
    if len(birth_date) < 4:
        return True
    return _CENTURIES.get(birth_date[:2]) == digit - digit % 2 and number[4:6] == birth_date[2:4]
