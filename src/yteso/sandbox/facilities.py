"""The facilities of the province, each with a kind, its staff and the software (dialect) it sends with.

In: how many. Out: `Facility` values and `Sender` accounts. The first twelve are written out; more are commune stations
and clinics made from the communes' names. Codes start at 901 of each old province code, a range not in use.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from random import Random
from typing import Any, Literal

from yteso.base.ids import stable_id
from yteso.sandbox.names import person_name
from yteso.sandbox.places import communes

Kind = Literal["hospital", "centre", "clinic", "station"]
Door = Literal["exchange", "bhxh", "hanoi"]

VENDORS = ("alpha", "beta", "gamma", "delta", "epsilon")
DOORS: dict[str, Door] = {
    "alpha": "bhxh",
    "beta": "exchange",
    "gamma": "exchange",
    "delta": "hanoi",
    "epsilon": "bhxh",
}
"""Which front door each vendor's software knows."""


@dataclass(frozen=True, slots=True)
class Staff:
    """A practitioner: licence number as it stands in MA_BAC_SI, and name."""

    licence: str
    name: str


@dataclass(frozen=True, slots=True)
class Facility:
    """One facility. `weight` is its share of visits; `silent_hours` is how long it has sent nothing (0: it sends)."""

    code: str
    name: str
    kind: Kind
    vendor: str
    weight: float
    commune_code: str
    commune: str
    silent_hours: int
    staff: tuple[Staff, ...]

    @property
    def username(self) -> str:
        """The name of its machine account."""
        return f"{self.code}_HIS"

    @property
    def head(self) -> str:
        """MA_TTDV: a licence number since QĐ 3176; software that stayed at QĐ 4750 sends ten digits."""
        return f"79200{self.code}" if self.vendor == "delta" else self.staff[0].licence

    @property
    def door(self) -> Door:
        """The front door its software knows."""
        return DOORS[self.vendor]


@dataclass(frozen=True, slots=True)
class Sender:
    """A facility's machine account for the front doors; the password is made from the seed, for demo use only."""

    facility: str
    name: str
    username: str
    password: str
    door: Door


# name, kind, vendor, weight, index of the commune, hours of silence
_TWELVE: tuple[tuple[str, str, Kind, str, float, int, int], ...] = (
    ("79901", "Bệnh viện Đa khoa tỉnh Sông Bé", "hospital", "alpha", 26, 1, 0),
    ("79902", "Bệnh viện Đa khoa khu vực Hòn Nghệ", "hospital", "beta", 20, 66, 0),
    ("79903", "Bệnh viện Nhi Hoa Phượng", "hospital", "delta", 14, 100, 0),
    ("74901", "Trung tâm Y tế khu vực Bến Gỗ", "centre", "gamma", 9, 7, 0),
    ("74902", "Trung tâm Y tế khu vực Suối Tre", "centre", "epsilon", 8, 20, 0),
    ("77901", "Trung tâm Y tế khu vực Gò Dầu Tây", "centre", "beta", 7, 40, 0),
    ("77902", "Bệnh viện Đa khoa tư nhân An Hòa", "hospital", "delta", 6, 45, 0),
    ("79904", "Phòng khám đa khoa Tâm Phúc", "clinic", "epsilon", 3, 110, 0),
    ("79905", "Phòng khám đa khoa Sao Mai", "clinic", "gamma", 2.5, 120, 30),
    ("79906", "Trạm Y tế phường Rạch Bàng", "station", "alpha", 2, 84, 0),
    ("74903", "Trạm Y tế xã Đồng Sen", "station", "gamma", 1.5, 12, 0),
    ("77903", "Trạm Y tế xã Cồn Muối", "station", "beta", 1, 59, 54),
)


@cache
def facilities(seed: int, count: int, province_code: str = "79") -> tuple[Facility, ...]:
    """The first `count` facilities; raises ValueError for fewer than one."""
    if count < 1:
        raise ValueError("a province has at least one facility")
    places = communes(province_code)
    rows = list(_TWELVE[:count])
    for extra in range(count - len(_TWELVE)):
        place = (extra * 5 + 3) % len(places)
        clinic = extra % 4 == 3
        name = f"Phòng khám đa khoa số {extra + 1}" if clinic else f"Trạm Y tế {places[place].name} (mô phỏng)"
        kind: Kind = "clinic" if clinic else "station"
        rows.append((f"{79910 + extra:05d}", name, kind, VENDORS[extra % 5], 1.0, place, 0))
    return tuple(
        Facility(code, name, kind, vendor, weight, places[at].code, places[at].name, silent, _staff(seed, code, kind))
        for code, name, kind, vendor, weight, at, silent in ((*row[:5], row[5] % len(places), row[6]) for row in rows)
    )


def sender_of(seed: int, facility: Facility) -> Sender:
    """The facility's account."""
    password = blake2b(f"{seed}/{facility.code}".encode(), digest_size=9).hexdigest()
    return Sender(facility.code, facility.name, facility.username, password, facility.door)


def organization_of(facility: Facility) -> dict[str, Any]:
    """The facility as a FHIR R4 Organization, under the id that its MA_CSKCB gives it everywhere in the record."""
    kinds = {"hospital": "Bệnh viện", "centre": "Trung tâm y tế", "clinic": "Phòng khám", "station": "Trạm y tế"}
    return {
        "resourceType": "Organization",
        "id": stable_id("organization", facility.code),
        "identifier": [{"system": "http://fhir.hl7.org.vn/core/sid/ma-cskcb", "value": facility.code}],
        "active": True,
        "type": [{"text": kinds[facility.kind]}],
        "name": facility.name,
        "address": [{"text": f"{facility.commune}, Thành phố Hồ Chí Minh", "city": facility.commune, "country": "VN"}],
    }


def _staff(seed: int, code: str, kind: Kind) -> tuple[Staff, ...]:
    chance = Random(f"{seed}/staff/{code}")
    size = {"hospital": 24, "centre": 10, "clinic": 6, "station": 3}[kind]
    return tuple(
        Staff(
            licence=f"{int(code) % 1000:03d}{number:03d}/HCM-{'GPHN' if number % 3 else 'CCHN'}",
            name=person_name(chance, female=chance.random() < 0.5),
        )
        for number in range(1, size + 1)
    )
