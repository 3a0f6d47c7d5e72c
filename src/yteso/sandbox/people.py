"""The inhabitants: person number i of a seed is always the same person.

In: seed, number, communes, facilities. Out: `Person` with CCCD that agrees with birth year, century and sex, health
insurance card, address. Nothing is kept; a person is made again whenever needed, equal each time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from yteso.sandbox.names import person_name
from yteso.sandbox.places import Commune

_STREETS = (
    "Nguyễn Trãi", "Lê Lợi", "Trần Hưng Đạo", "Hai Bà Trưng", "Nguyễn Huệ", "Lý Thường Kiệt", "Phan Chu Trinh",
    "Cách Mạng Tháng Tám", "Võ Thị Sáu", "Điện Biên Phủ", "Hoàng Văn Thụ", "Quang Trung", "Lê Hồng Phong", "Ngô Quyền",
    "Nguyễn Thị Minh Khai", "Phạm Ngũ Lão", "Bùi Thị Xuân", "Tôn Đức Thắng", "Lạc Long Quân", "Huỳnh Văn Lũy",
)  # fmt: skip
# Where people of the city were born: the old 63-province codes that open a CCCD.
_BIRTHPLACES = ("079",) * 9 + ("074", "077", "074", "080", "082", "083", "086", "051", "060", "038", "001")
_AGES = ((0, 5, 8), (6, 17, 14), (18, 39, 30), (40, 59, 26), (60, 79, 18), (80, 95, 4))
_YEAR = 365.2425


@dataclass(frozen=True, slots=True)
class Card:
    """A health insurance card: 15 characters, registered facility, validity; `benefit` is what the fund pays (%)."""

    number: str
    registered: str
    valid_from: str
    valid_to: str
    benefit: int


@dataclass(frozen=True, slots=True)
class Person:
    """One invented inhabitant. `birth` is yyyymmddHHMM with 0000 for unknown parts, as BHYT writes it."""

    number: int
    name: str
    female: bool
    born: date
    birth: str
    cccd: str
    card: Card | None
    house: str
    commune: Commune
    phone: str
    blood: str
    weight: int
    chronic: bool
    home: int

    def age(self, on: date) -> int:
        """Whole years at a date."""
        return on.year - self.born.year - ((on.month, on.day) < (self.born.month, self.born.day))

    @property
    def address(self) -> str:
        """House, street, commune and province in one line."""
        return f"{self.house}, {self.commune.name}, {self.commune.province}"


def person(seed: int, number: int, *, today: date, places: tuple[Commune, ...], codes: tuple[str, ...]) -> Person:
    """Inhabitant `number`; three in a row share a household, and their cards are registered at one of `codes`."""
    chance = Random(f"{seed}/person/{number}")
    female = chance.random() < 0.52
    low, high, _ = chance.choices(_AGES, [share for _, _, share in _AGES])[0]
    born = today.replace(month=1, day=1) - timedelta(days=int((low + chance.random() * (high - low + 1)) * _YEAR))
    age = today.year - born.year
    house = Random(f"{seed}/house/{number // 3}")
    home = house.randrange(len(codes))
    cccd = "" if age < 1 or chance.random() < 0.015 else _cccd(chance, born, number, female=female)
    only_year = age > 70 and chance.random() < 0.3
    return Person(
        number=number,
        name=person_name(chance, female=female),
        female=female,
        born=born.replace(month=1, day=1) if only_year else born,
        birth=f"{born.year}00000000" if only_year else f"{born:%Y%m%d}0000",
        cccd=cccd,
        card=_card(chance, age, number, codes[home], today) if chance.random() < 0.93 else None,
        house=f"Số {house.randint(1, 480)} đường {house.choice(_STREETS)}",
        commune=places[(home * 13 + house.randrange(7)) % len(places)],
        phone=f"09{chance.randrange(10**8):08d}" if age > 14 and chance.random() < 0.7 else "",
        blood=chance.choice(("", "", "", "", "O", "A", "B", "AB")),
        weight=_weight(chance, age, female=female),
        chronic=age >= 40 and chance.random() < 0.45,
        home=home,
    )


def _cccd(chance: Random, born: date, number: int, *, female: bool) -> str:
    """12 digits: birthplace, century and sex (0/1 for the 1900s, 2/3 for the 2000s), birth year, serial."""
    century = (born.year // 100 - 19) * 2 + int(female)
    return f"{chance.choice(_BIRTHPLACES)}{century}{born.year % 100:02d}{number * 7919 % 1_000_000:06d}"


def _card(chance: Random, age: int, number: int, registered: str, today: date) -> Card:
    """Two letters of the holder's group, a digit of the benefit, the province, ten digits of the insurance number."""
    group, benefit = _group(chance, age)
    return Card(
        number=f"{group}79{7920_000000 + number:010d}",
        registered=registered,
        valid_from=f"{today.year}0101",
        valid_to=f"{today.year}1231",
        benefit=benefit,
    )


def _group(chance: Random, age: int) -> tuple[str, int]:
    if age < 6:
        return "TE1", 100
    if age < 18:
        return "HS4", 80
    poor = chance.random()
    if poor < 0.05:
        return "HN2", 100
    if poor < 0.09:
        return "CN3", 95
    if age >= 60:
        return ("HT3", 95) if chance.random() < 0.6 else ("GD4", 80)
    return ("DN4", 80) if chance.random() < 0.65 else ("GD4", 80)


def _weight(chance: Random, age: int, *, female: bool) -> int:
    if age < 18:
        return max(3, int(3.5 + age * 2.7 + chance.uniform(-1, 4 + age * 0.3)))
    return int(chance.gauss(54 if female else 63, 7))
