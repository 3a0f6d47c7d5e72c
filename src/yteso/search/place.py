"""`Location?near=lat|long|distance|units` (FHIR R4 §3.1.1.4.17): where a Location is, and what is within a distance.

The index holds latitude and longitude as two numbers; a search takes those in a box around the point, by the index,
and measures the way over the globe for these.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from math import asin, cos, degrees, radians, sin
from typing import Any

from yteso.search.fragment import Fragment, any_of
from yteso.search.keys import Key, number, token
from yteso.search.numbers import NO_UNIT
from yteso.search.side import of_row
from yteso.search.values import bare, split

_LATITUDE, _LONGITUDE = token("Location:near:latitude"), token("Location:near:longitude")
_KILOMETRES = {"": 1.0, "km": 1.0, "m": 0.001, "[mi_us]": 1.609347, "[mi_i]": 1.609344, "mi": 1.609344}
_RADIUS = 6371.0
_SLACK = 1e-9
"""Degrees by which the box is larger, so that rounding leaves nothing at its edge out."""
DEFAULT_KILOMETRES = 10.0
MOST_KILOMETRES = 2_000.0


@dataclass(frozen=True, slots=True)
class Circle:
    """Degrees and kilometres."""

    latitude: float
    longitude: float
    kilometres: float


def circle(value: str) -> Circle | None:
    """What one value asks for; None when it cannot be read."""
    parts = [bare(part) for part in split(value, "|")]
    if not 2 <= len(parts) <= 4:
        return None
    latitude, longitude, distance, unit = (*parts, "", "")[:4]
    try:
        given = Decimal(distance) if distance else None
        found = Circle(
            float(Decimal(latitude)),
            float(Decimal(longitude)),
            DEFAULT_KILOMETRES if given is None else float(given) * _KILOMETRES[unit],
        )
    except (InvalidOperation, KeyError):
        return None
    good = abs(found.latitude) <= 90 and abs(found.longitude) <= 180 and 0 < found.kilometres <= MOST_KILOMETRES
    return found if good else None


def place_rows(position: Any) -> list[tuple[Key, float, float, Key, Key]]:
    """The numbers of `Location.position`. An odd shape raises as everything in `emit` does."""
    latitude, longitude = float(position["latitude"]), float(position["longitude"])
    return [
        (_LATITUDE, latitude, latitude, NO_UNIT, NO_UNIT),
        (_LONGITUDE, longitude, longitude, NO_UNIT, NO_UNIT),
    ]


def within(value: str, row: str) -> Fragment:
    """That the row's place is within the circle."""
    asked = circle(value)
    assert asked is not None, "parse lets only places through"
    low, high, spans = _box(asked)
    beside = any_of(Fragment("o.lo BETWEEN %s AND %s", span) for span in spans)
    way = (
        f"{2 * _RADIUS} * asin(least(1, sqrt(power(sin(radians(a.lo - %s) / 2), 2)"
        " + cos(radians(%s)) * cos(radians(a.lo)) * power(sin(radians(o.lo - %s) / 2), 2)))) <= %s"
    )
    text = (
        f"EXISTS (SELECT FROM store.number a JOIN store.number o ON {of_row('o', 'a')}"
        f" WHERE {of_row('a', row)} AND a.key = %s AND o.key = %s"
        f" AND a.lo BETWEEN %s AND %s AND {beside.text} AND {way})"
    )
    measured = (asked.latitude, asked.latitude, asked.longitude, asked.kilometres)
    return Fragment(text, (number(_LATITUDE), number(_LONGITUDE), low, high, *beside.params, *measured))


def _box(asked: Circle) -> tuple[float, float, tuple[tuple[float, float], ...]]:
    """The latitudes and the spans of longitude around a circle: two where it lies across the 180th meridian."""
    angle = asked.kilometres / _RADIUS
    tall = degrees(angle) + _SLACK
    low, high = asked.latitude - tall, asked.latitude + tall
    if low <= -90 or high >= 90:
        return low, high, ((-180.0, 180.0),)
    wide = degrees(asin(sin(angle) / cos(radians(asked.latitude)))) + _SLACK
    west, east = asked.longitude - wide, asked.longitude + wide
    if west < -180:
        return low, high, ((-180.0, east), (west + 360, 180.0))
    if east > 180:
        return low, high, ((west, 180.0), (-180.0, east - 360))
    return low, high, ((west, east),)


def is_placed(row: str) -> Fragment:
    """That the row has a place at all."""
    text = f"EXISTS (SELECT FROM store.number a WHERE {of_row('a', row)} AND a.key = %s)"
    return Fragment(text, (number(_LATITUDE),))
