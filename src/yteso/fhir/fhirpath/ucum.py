"""UCUM expressions -> size and dimension, as far as clinical data use them: prefixes, powers, products, quotients.

Units with an offset or a logarithm (Celsius, pH, decibel) measure only themselves: no conversion is promised. What is
not known here is no error; such a unit equals itself only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

Dimension = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Measure:
    """How many base units one unit is, and of what."""

    size: Decimal
    dimension: Dimension


_PREFIXES = {
    "Y": 24, "Z": 21, "E": 18, "P": 15, "T": 12, "G": 9, "M": 6, "k": 3, "h": 2, "da": 1,
    "d": -1, "c": -2, "m": -3, "u": -6, "n": -9, "p": -12, "f": -15, "a": -18,
}  # fmt: skip
_METRIC = {
    "m": ("1", "m"), "g": ("1", "g"), "s": ("1", "s"), "mol": ("6.02214076E23", ""), "K": ("1", "K"), "C": ("1", "C"),
    "L": ("0.001", "m3"), "l": ("0.001", "m3"), "Pa": ("1000", "g.m-1.s-2"), "N": ("1000", "g.m.s-2"),
    "J": ("1000", "g.m2.s-2"), "W": ("1000", "g.m2.s-3"), "Hz": ("1", "s-1"), "V": ("1000", "g.m2.s-2.C-1"),
    "A": ("1", "C.s-1"), "bar": ("100000000", "g.m-1.s-2"), "cal": ("4184", "g.m2.s-2"), "eq": ("6.02214076E23", ""),
    "Bq": ("1", "s-1"), "Gy": ("1", "m2.s-2"), "Sv": ("1", "m2.s-2"), "kat": ("6.02214076E23", "s-1"),
    "U": ("1.00369012666666E16", "s-1"), "m[H2O]": ("9806650", "g.m-1.s-2"), "m[Hg]": ("133322000", "g.m-1.s-2"),
    "osm": ("6.02214076E23", ""), "t": ("1000000", "g"), "[iU]": ("1", "[iU]"), "[IU]": ("1", "[iU]"),
}  # fmt: skip
_OTHERS = {
    "1": ("1", ""), "%": ("0.01", ""), "10*": ("10", ""), "10^": ("10", ""), "[ppth]": ("0.001", ""),
    "[ppm]": ("0.000001", ""), "min": ("60", "s"), "h": ("3600", "s"), "d": ("86400", "s"), "wk": ("604800", "s"),
    "mo": ("2629800", "s"), "a": ("31557600", "s"), "[in_i]": ("0.0254", "m"), "[ft_i]": ("0.3048", "m"),
    "[yd_i]": ("0.9144", "m"), "[mi_i]": ("1609.344", "m"), "[lb_av]": ("453.59237", "g"),
    "[oz_av]": ("28.349523125", "g"), "[gal_us]": ("0.003785411784", "m3"), "[foz_us]": ("0.0000295735295625", "m3"),
    "[drp]": ("0.00000005", "m3"), "atm": ("101325000", "g.m-1.s-2"), "deg": ("0.0174532925199433", ""),
    "[degF]": ("1", "[degF]"), "Cel": ("1", "Cel"), "[pH]": ("1", "[pH]"),
}  # fmt: skip
_PART = re.compile(r"(?P<unit>10[*^]|(?:[A-Za-z%'\"_*^]|\[[^\[\]]*\])+|\d+)(?P<power>[+-]?\d+)?")
_ANNOTATION = re.compile(r"\{[^{}]*\}")
_LONGEST = 64


@lru_cache(maxsize=1024)
def measure(code: str) -> Measure | None:
    """The measure of a UCUM code; None when some part of it is not known here."""
    if len(code) > _LONGEST:
        return None
    bare = _ANNOTATION.sub("", code)
    if not bare:
        return Measure(Decimal(1), ())
    found = _expression(bare, 0)
    return found[0] if found and found[1] == len(bare) else None


def _expression(text: str, at: int) -> tuple[Measure, int] | None:
    result = Measure(Decimal(1), ())
    sign = 1
    if text.startswith("/", at):
        sign, at = -1, at + 1
    while True:
        part = _component(text, at)
        if part is None:
            return None
        result = _product(result, part[0], sign)
        at = part[1]
        if at >= len(text) or text[at] not in "./":
            return result, at
        sign = -1 if text[at] == "/" else 1
        at += 1


def _component(text: str, at: int) -> tuple[Measure, int] | None:
    if text.startswith("(", at):
        inside = _expression(text, at + 1)
        return (inside[0], inside[1] + 1) if inside and text.startswith(")", inside[1]) else None
    match = _PART.match(text, at)
    if match is None:
        return None
    one = _unit(match["unit"])
    if one is None:
        return None
    power = int(match["power"] or 1)
    if not 0 < abs(power) <= 30:
        return None
    raised = Measure(one.size**power, tuple((name, exponent * power) for name, exponent in one.dimension))
    return raised, match.end()


@lru_cache(maxsize=512)
def _unit(name: str) -> Measure | None:
    if name.isdigit():
        return Measure(Decimal(name), ())
    known = _METRIC.get(name) or _OTHERS.get(name)
    if known:
        return Measure(Decimal(known[0]), _base(known[1]))
    for length in (2, 1):
        rest = _METRIC.get(name[length:])
        if rest and name[:length] in _PREFIXES:
            return Measure(Decimal(rest[0]).scaleb(_PREFIXES[name[:length]]), _base(rest[1]))
    return None


@lru_cache(maxsize=64)
def _base(text: str) -> Dimension:
    powers = {}
    for part in filter(None, text.split(".")):
        name = part.rstrip("-0123456789")
        powers[name] = int(part[len(name) :] or 1)
    return tuple(sorted(powers.items()))


def _product(left: Measure, right: Measure, sign: int) -> Measure:
    powers = dict(left.dimension)
    for name, exponent in right.dimension:
        powers[name] = powers.get(name, 0) + sign * exponent
    size = left.size * right.size if sign > 0 else left.size / right.size
    return Measure(size, tuple(sorted((name, power) for name, power in powers.items() if power)))
