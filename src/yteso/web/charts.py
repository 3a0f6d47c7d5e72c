"""Figures -> the geometry of charts: numbers a template draws as SVG. No markup, no colour, no rounding of the data.

Lengths are SVG user units. Every chart keeps its `rows`, from which the template also makes the table beside it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

Row = tuple[str, Sequence[float]]
"""One label and one figure per series."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A line of the scale: where and what."""

    at: float
    value: float


@dataclass(frozen=True, slots=True)
class Bar:
    """One rectangle; `series` counts from 1 and names the colour."""

    x: float
    y: float
    width: float
    height: float
    series: int
    label: str
    value: float


@dataclass(frozen=True, slots=True)
class Columns:
    """Upright bars, one stack per label."""

    width: float
    height: float
    base: float
    left: float
    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    names: tuple[tuple[float, str], ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One or more lines over the labels; `areas` closes the first down to the base."""

    width: float
    height: float
    base: float
    left: float
    paths: tuple[str, ...]
    area: str
    ends: tuple[tuple[float, float], ...]
    ticks: tuple[Tick, ...]
    names: tuple[tuple[float, str], ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Arc:
    """One part of a ring, as the dash of a circle: drawn length, gap, offset."""

    series: int
    label: str
    value: float
    share: float
    dash: str
    offset: float


@dataclass(frozen=True, slots=True)
class Dot:
    """One reading; `side`: `H` above its range, `L` below it, `A` out of it, else inside or not judged."""

    x: float
    y: float
    side: str
    label: str


@dataclass(frozen=True, slots=True)
class Trend:
    """Readings over time with the range each is compared with as a band. `names`: (x, label, text-anchor)."""

    width: float
    height: float
    base: float
    left: float
    path: str
    dots: tuple[Dot, ...]
    bands: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    names: tuple[tuple[float, str, str], ...]


Reading = tuple[float, float, float | None, float | None, str, str, str]
"""When (in any unit of time), value, low and high side of its range, side it is on, its label, its day."""


@dataclass(frozen=True, slots=True)
class Ring:
    """Parts of a whole."""

    radius: float
    arcs: tuple[Arc, ...]
    total: float


_LEFT, _TOP, _BOTTOM = 44.0, 10.0, 24.0


def columns(rows: Sequence[Row], width: float = 640, height: float = 220, names: int = 12) -> Columns:
    """Stacked columns. At most about `names` labels are written under them, the others stay in the table."""
    base, plot = height - _BOTTOM, height - _BOTTOM - _TOP
    top = nice_top(max((sum(values) for _, values in rows), default=0))
    step = (width - _LEFT) / max(len(rows), 1)
    thick = min(step * 0.68, 44)
    bars: list[Bar] = []
    for index, (label, values) in enumerate(rows):
        y, x = base, _LEFT + step * index + (step - thick) / 2
        for series, value in enumerate(values, 1):
            tall = value / top * plot
            y -= tall
            if tall > 0:
                bars.append(Bar(r(x), r(y), r(thick), r(tall), series, label, value))
    middles = [(r(_LEFT + step * (i + 0.5)), label) for i, (label, _) in enumerate(rows)]
    return Columns(width, height, base, _LEFT, tuple(bars), _ticks(top, base, plot), _thin(middles, names), tuple(rows))


def line(rows: Sequence[Row], width: float = 640, height: float = 220, names: int = 8) -> Line:
    """Lines over equally spaced labels."""
    base, plot = height - _BOTTOM, height - _BOTTOM - _TOP
    top = nice_top(max((max(values, default=0) for _, values in rows), default=0))
    step = (width - _LEFT - 8) / max(len(rows) - 1, 1)
    xs = [r(_LEFT + step * index) for index in range(len(rows))]
    series = range(max((len(values) for _, values in rows), default=0))
    dots = [[(x, r(base - values[s] / top * plot)) for x, (_, values) in zip(xs, rows, strict=True)] for s in series]
    paths = tuple(_path(points) for points in dots)
    area = f"{paths[0]}L{xs[-1]} {base}L{xs[0]} {base}Z" if paths and rows else ""
    ends = tuple(points[-1] for points in dots if points)
    labels = _thin([(x, label) for x, (label, _) in zip(xs, rows, strict=True)], names)
    return Line(width, height, base, _LEFT, paths, area, ends, _ticks(top, base, plot), labels, tuple(rows))


def trend(readings: Sequence[Reading], width: float = 420, height: float = 220) -> Trend:
    """Readings, oldest first, each at its time; the band behind one reaches halfway to its neighbours."""
    base, plot = height - _BOTTOM, height - _BOTTOM - _TOP
    scale = _scale([side for _, value, low, high, *_ in readings for side in (value, low, high) if side is not None])
    xs = _times([when for when, *_ in readings], _LEFT + 16, width - 16)
    ys = [_height(value, scale, base, plot) for _, value, *_ in readings]
    dots = tuple(Dot(x, y, one[4], one[5]) for x, y, one in zip(xs, ys, readings, strict=True))
    edges = [_LEFT, *((a + b) / 2 for a, b in pairwise(xs)), width]
    spans = [(edges[at], edges[at + 1], *one[2:4]) for at, one in enumerate(readings)]
    bands = tuple(
        _band(left, right, [_height(side, scale, base, plot) for side in _sides(low, high, scale)])
        for left, right, low, high in _joined(spans)
        if low is not None or high is not None
    )
    ticks = tuple(Tick(_height(value, scale, base, plot), value) for value in scale)
    names = _apart([(x, one[6]) for x, one in zip(xs, readings, strict=True)])
    return Trend(width, height, base, _LEFT, _path(list(zip(xs, ys, strict=True))), dots, bands, ticks, names)


Span = tuple[float, float, float | None, float | None]


def _joined(spans: Iterable[Span]) -> list[Span]:
    """Neighbours with one range as one, so that no seam is seen between them."""
    found: list[Span] = []
    for left, right, low, high in spans:
        if found and found[-1][2:] == (low, high):
            found[-1] = (found[-1][0], right, low, high)
        else:
            found.append((left, right, low, high))
    return found


def _sides(low: float | None, high: float | None, scale: Sequence[float]) -> tuple[float, float]:
    """The upper and the lower side; an open one reaches the edge of the drawing."""
    return scale[-1] if high is None else high, scale[0] if low is None else low


def _band(left: float, right: float, sides: Sequence[float]) -> Bar:
    top, bottom = sides
    return Bar(r(left), r(top), r(right - left), r(bottom - top), 1, "", 0)


def _scale(values: Sequence[float]) -> list[float]:
    """Round figures that hold the values with room on both sides; not from nought, which would hide a change."""
    low, high = min(values), max(values)
    size = max(abs(low), abs(high), 0.001)
    spread = high - low if high - low > size / 10**6 else size
    power = 10 ** math.floor(math.log10(spread / 3))
    step = next(part * power for part in (1, 2, 2.5, 5, 10) if part * power >= spread / 3)
    first, last = math.floor((low - spread * 0.05) / step), math.ceil((high + spread * 0.05) / step)
    if low >= 0:
        first = max(first, 0)
    return [round(step * at, 12) for at in range(first, last + 1)]


def _height(value: float, scale: Sequence[float], base: float, plot: float) -> float:
    return float(r(base - (value - scale[0]) / (scale[-1] - scale[0]) * plot))


def _times(whens: Sequence[float], left: float, right: float) -> list[float]:
    """Where each time stands; one alone, or all at one time, in the middle."""
    span = whens[-1] - whens[0]
    if not span:
        return [float(r((left + right) / 2))] * len(whens)
    return [float(r(left + (when - whens[0]) / span * (right - left))) for when in whens]


_NAME = 118.0
"""What the day of a reading takes, in the letters of a phone."""


def _apart(names: list[tuple[float, str]]) -> tuple[tuple[float, str, str], ...]:
    """The newest, the oldest, and those between that have room; each once."""
    if len({x for x, _ in names}) == 1:
        return ((names[-1][0], names[-1][1], "middle"),)
    first, last = names[0], names[-1]
    kept = [(*last, "end")]
    for x, text in reversed(names[1:-1]):
        edge = kept[-1][0] - (_NAME if kept[-1][2] == "end" else _NAME / 2)
        if x + _NAME / 2 <= edge and x - _NAME / 2 >= first[0] + _NAME:
            kept.append((x, text, "middle"))
    return ((*first, "start"), *reversed(kept))


def spark(values: Sequence[float], width: float = 120, height: float = 32) -> str:
    """The path of a line without axes, for a tile; empty for fewer than two figures."""
    if len(values) < 2:
        return ""
    low, high = min(values), max(values)
    spread = (high - low) or 1
    step = (width - 4) / (len(values) - 1)
    return _path([(r(2 + step * i), r(height - 3 - (v - low) / spread * (height - 6))) for i, v in enumerate(values)])


def ring(parts: Sequence[tuple[str, float]], radius: float = 52) -> Ring:
    """Parts of a whole as arcs with a small gap between them, from twelve o'clock on."""
    total = sum(value for _, value in parts)
    length = 2 * math.pi * radius
    arcs: list[Arc] = []
    done = 0.0
    for series, (label, value) in enumerate(parts, 1):
        share = value / total if total else 0.0
        drawn = max(share * length - (2.5 if 0 < share < 1 else 0), 0)
        arcs.append(Arc(series, label, value, share, f"{r(drawn)} {r(length - drawn)}", r(-done)))
        done += share * length
    return Ring(radius, tuple(arcs), total)


def share_of(value: float, whole: float, width: float = 1000) -> float:
    """The length of a bar that stands for `value` of `whole`."""
    return r(max(min(value / whole, 1), 0) * width) if whole else 0.0


def nice_top(value: float) -> float:
    """The next round figure at or above `value` whose quarters are round too; whole ones for small counts."""
    if value <= 4:
        return 4.0 if value > 1 else 1.0
    power = 10 ** math.floor(math.log10(value))
    tops = (step * power for step in (1, 1.2, 1.6, 2, 2.4, 2.8, 3.2, 4, 6, 8, 10, 12))
    return next(top for top in tops if top >= value and (top >= 100 or round(top, 6) % 4 == 0))


def _ticks(top: float, base: float, plot: float) -> tuple[Tick, ...]:
    return tuple(Tick(r(base - plot * part / 4), top * part / 4) for part in range(5))


def _thin(names: list[tuple[float, str]], most: int) -> tuple[tuple[float, str], ...]:
    every = max(1, math.ceil(len(names) / most))
    return tuple(name for index, name in enumerate(reversed(names)) if index % every == 0)[::-1]


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x} {y}" for x, y in points) if points else ""


def r(value: float) -> Any:
    """One decimal is a tenth of a pixel; whole numbers are written without one."""
    rounded = round(value, 1)
    return int(rounded) if rounded == int(rounded) else rounded
