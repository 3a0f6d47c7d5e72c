"""A condition of an app's scope -> data that the second wall asks of rows (`store.wall_further`). No SQL.

Not made of `conditions`, on purpose: what one of the two forgets, the other holds. What cannot be told in this form (a
composite, a place, `:missing`, an approximate date, what lies below a uri) is no condition of a scope:
`access.scopes` refuses it when an app asks.

A condition is `{"any": [way, …], "not": bool}`: any of the ways holds, or none. A way names what it looks at (`in`):
`tok`, `code`, `shape`, `hid` and `pat` have `keys`; `date`, `ts`, `amount` (columns), `moment` and `number` (side rows,
by their `keys`) have `spans` of the two ends of an interval, both ends closed, None: open; `string` has `keys` and
either `from` and `to` or `like`.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from math import inf, nextafter
from typing import Any

from yteso.base.text import fold
from yteso.fhir.dates import interval
from yteso.search.conditions import is_amount, is_apart, patient_of, side_keys
from yteso.search.facts import facts_of
from yteso.search.hot import hot
from yteso.search.keys import Mark, elsewhere, number, short, token
from yteso.search.numbers import bare_unit_key, precision, unit_key
from yteso.search.parameters import parameters_of
from yteso.search.query import Clause
from yteso.search.row import NO_DATE
from yteso.search.side import hid
from yteso.search.units import UCUM, written_as
from yteso.search.values import bare, split
from yteso.search.words import MAX_LENGTH

Way = dict[str, Any]
Ends = tuple[float | None, float | None]
Span = tuple[Ends, Ends]
"""Where the lower and where the upper end of an interval must be."""

_ANY: Ends = (None, None)
_AFTER_NONE = NO_DATE + 1
_LAST = "\U0010ffff"
_BY_FACTS = frozenset(["token", "reference", "uri"])


def can_be_told(clause: Clause) -> bool:
    """True when the second wall can hold it."""
    if clause.modifier in ("missing", "below", "above") or clause.type in ("composite", "special"):
        return False
    return not (clause.type == "date" and any(prefix == "ap" for prefix, _ in clause.values))


def told(type: str, clause: Clause) -> dict[str, Any]:
    """The condition on rows of a type; the clause can be told."""
    assert can_be_told(clause), "such a scope is refused"
    ways = list(_ways(type, clause))
    return {"any": ways, "not": True} if clause.modifier == "not" else {"any": ways}


def _ways(type: str, clause: Clause) -> Iterator[Way]:
    if clause.name == "_id":
        yield {"in": "hid", "keys": [hid(bare(value)) for _, value in clause.values]}
    elif clause.name == "_lastUpdated":
        yield {"in": "ts", "spans": [span for value in clause.values for span in _when(*value)]}
    elif clause.type in _BY_FACTS or clause.modifier == "exact":
        yield from _by_facts(type, facts_of(type, clause))
    elif clause.type == "date":
        yield _by_date(type, clause)
    elif clause.type == "string":
        yield from _by_text(type, clause)
    else:
        yield from _by_number(type, clause)


def _by_facts(type: str, facts: list[str]) -> Iterator[Way]:
    """A code may stand in its column, and the patient does; what most rows share is a mark."""
    marks = [number(short(token(fact))) for fact in facts if isinstance(fact, Mark)]
    patients = [own[1] for fact in facts if (own := patient_of(fact)) is not None]
    plain = [fact for fact in facts if not isinstance(fact, Mark) and patient_of(fact) is None]
    codes = [number(token(fact)) for fact in plain if is_apart(type, fact)]
    found = {"shape": marks, "pat": patients, "tok": [number(token(fact)) for fact in plain], "code": codes}
    for place, keys in found.items():
        if keys:
            yield {"in": place, "keys": keys, **({"but": _elsewhere(type)} if place == "pat" else {})}


def _elsewhere(type: str) -> list[int]:
    """The fact by which a row says that its patient is not named by the main path."""
    return [number(token(elsewhere(type)))] if len(hot(type).patients) > 1 else []


def _by_date(type: str, clause: Clause) -> Way:
    spans = [span for value in clause.values for span in _when(*value)]
    if clause.name == hot(type).date:
        return {"in": "date", "spans": spans}
    return {"in": "moment", "keys": [number(token(f"{type}:{clause.name}"))], "spans": spans}


def _when(prefix: str, text: str) -> tuple[Span, ...]:
    """FHIR R4 §3.1.1.4.5, on whole microseconds; `NO_DATE` is below every one."""
    found = interval(text)
    assert found is not None, "parse lets only dates through"
    low, high = found
    spans: dict[str, tuple[Span, ...]] = {
        "eq": (((low, high), (None, high)),),
        "ne": (((_AFTER_NONE, low - 1), _ANY), ((_AFTER_NONE, None), (high + 1, None))),
        "gt": ((_ANY, (high + 1, None)),),
        "lt": (((_AFTER_NONE, low - 1), _ANY),),
        "ge": ((_ANY, (high + 1, None)), ((low, None), _ANY)),
        "le": (((_AFTER_NONE, low - 1), _ANY), ((_AFTER_NONE, high), (None, high))),
        "sa": (((high + 1, None), _ANY),),
        "eb": (((_AFTER_NONE, low - 1), (None, low - 1)),),
    }
    return spans[prefix]


def _by_text(type: str, clause: Clause) -> Iterator[Way]:
    keys = side_keys(type, parameters_of(type)[clause.name].paths)
    for _, value in clause.values:
        text = fold(bare(value))[:MAX_LENGTH]
        if text and clause.modifier == "contains":
            escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
            yield {"in": "string", "keys": keys, "like": f"%{escaped}%"}
        elif text:
            yield {"in": "string", "keys": keys, "from": text, "to": text + _LAST}


def _by_number(type: str, clause: Clause) -> Iterator[Way]:
    keys = side_keys(type, parameters_of(type)[clause.name].paths)
    for prefix, value in clause.values:
        written, *unit = split(value, "|")
        system, code = (bare(part) for part in (*unit, "", "")[:2])
        for bound, factor in _units(system, code):
            told = {**bound, "spans": _how_many(prefix, Decimal(written), factor)}
            yield {"in": "number", "keys": keys, **told}
            if is_amount(type, keys):
                yield {"in": "amount", **told}


def _units(system: str, code: str) -> Iterator[tuple[Way, Decimal]]:
    """The units an amount may be written in, and how many of each the searched one is."""
    if not code:
        yield {}, Decimal(1)
    elif not system:
        yield {"bare": number(short(bare_unit_key(code)))}, Decimal(1)
    else:
        for one, factor in written_as(code) if system == UCUM else ((code, Decimal(1)),):
            yield {"unit": number(short(unit_key(system, one)))}, factor


def _how_many(prefix: str, written: Decimal, factor: Decimal) -> tuple[Span, ...]:
    """FHIR R4 §3.1.1.4.4: eq, ne and ap look at the written precision, the others compare with the exact number."""
    value = float(written * factor)
    low, high = (float(end * factor) for end in precision(written))
    below = nextafter(max(high, nextafter(value, inf)), -inf)
    margin = abs(written * factor) / 10
    spans: dict[str, tuple[Span, ...]] = {
        "eq": (((low, None), (None, below)),),
        "ne": (((None, nextafter(low, -inf)), _ANY), (_ANY, (nextafter(below, inf), None))),
        "gt": ((_ANY, (nextafter(value, inf), None)),),
        "lt": (((None, nextafter(value, -inf)), _ANY),),
        "ge": ((_ANY, (value, None)),),
        "le": (((None, value), _ANY),),
        "sa": (((nextafter(value, inf), None), _ANY),),
        "eb": ((_ANY, (None, nextafter(value, -inf))),),
        "ap": (((None, float(written * factor + margin)), (float(written * factor - margin), None)),),
    }
    return spans[prefix]
