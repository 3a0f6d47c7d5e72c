"""$stats: figures over a patient's numeric observations (FHIR R4 observation-operation-stats).

One Observation for each code and unit, with a component for each figure asked for. Numbers of different units are never
mixed, and each figure is exact to twelve digits. `include` adds the observations the figures were made from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Context, Decimal
from typing import Any

from yteso.access.policy import Interaction
from yteso.api.call import Call
from yteso.api.operation import Operation, Parameter, levels
from yteso.api.operations import rules
from yteso.api.operations.answer import parameters_response
from yteso.api.operations.arguments import Arguments
from yteso.api.operations.observations import Group, group_of, observations
from yteso.base.errors import Refused
from yteso.base.http import Response
from yteso.base.issue import Origin
from yteso.fhir.dates import instant

_CONTEXT = Context(prec=12)
_MOST_HOURS = 1_000_000
"""More than a life has."""
_SYSTEM = "http://terminology.hl7.org/CodeSystem/observation-statistics"
_LEFT_OUT = frozenset(["entered-in-error", "cancelled"])

Numbers = Sequence[Decimal]


def _share(numbers: Numbers, share: str) -> Decimal:
    """The number below which that share of the sorted ones lies, between neighbours by their distance."""
    at = Decimal(share) * (len(numbers) - 1)
    low = int(at)
    high = min(low + 1, len(numbers) - 1)
    return numbers[low] + (numbers[high] - numbers[low]) * (at - low)


def _variance(numbers: Numbers) -> Decimal:
    """Of a sample; of one number 0."""
    mean = sum(numbers, Decimal(0)) / len(numbers)
    return sum(((one - mean) ** 2 for one in numbers), Decimal(0)) / max(len(numbers) - 1, 1)


FIGURES: dict[str, Callable[[Numbers], Decimal]] = {
    "average": lambda numbers: sum(numbers, Decimal(0)) / len(numbers),
    "maximum": lambda numbers: numbers[-1],
    "minimum": lambda numbers: numbers[0],
    "count": lambda numbers: Decimal(len(numbers)),
    "median": lambda numbers: _share(numbers, "0.5"),
    "std-dev": lambda numbers: _variance(numbers).sqrt(),
    "sum": lambda numbers: sum(numbers, Decimal(0)),
    "variance": _variance,
    "20-percent": lambda numbers: _share(numbers, "0.2"),
    "80-percent": lambda numbers: _share(numbers, "0.8"),
}
"""The figures offered, of FHIR R4 observation-statistics; each of numbers in their order. `total-count` is apart."""

_WITHOUT_UNIT = frozenset(["count", "total-count"])


def stats(call: Call, given: Arguments) -> Response:
    """Parameters with a `statistics` each, and the `source` observations with `include`."""
    wanted = [str(name) for name in given.all("statistic")]
    for name in wanted:
        if name not in FIGURES and name != "total-count":
            known = ", ".join((*FIGURES, "total-count"))
            raise Refused(rules.UNKNOWN_FIGURE.at(Origin(field="statistic"), known=known), status=400)
    series: dict[tuple[Group, tuple[str, str, str]], list[dict[str, Any]]] = {}
    totals: dict[Group, int] = {}
    with call.reading() as conn:
        for _, observation in observations(call, conn, tuple(_search(given, call.engine.clock()))):
            group = group_of(observation)
            totals[group] = totals.get(group, 0) + 1
            quantity = observation.get("valueQuantity", {})
            if "value" in quantity and observation.get("status") not in _LEFT_OUT:
                unit = tuple(str(quantity.get(name, "")) for name in ("system", "code", "unit"))
                series.setdefault((group, (unit[0], unit[1], unit[2])), []).append(observation)
    now = instant(call.engine.clock())
    out = [
        {"name": "statistics", "resource": _statistics(given, now, wanted, found, totals[group])}
        for (group, _), found in series.items()
    ]
    if given.flag("include"):
        sources = [one for found in series.values() for one in found]
        out += [{"name": "source", "resource": one} for one in sources[: given.number("limit", len(sources))]]
    return parameters_response(out)


def _search(given: Arguments, now: datetime) -> Iterator[tuple[str, str]]:
    """The search the parameters stand for; `duration` is so many hours up to now."""
    yield "subject", given.text("subject")
    if codes := [*given.all("code"), *(_token(one) for one in given.all("coding"))]:
        system = given.text("system")
        yield "code", ",".join(f"{system}|{one}" if system and "|" not in str(one) else str(one) for one in codes)
    else:
        raise Refused(rules.MISSING.at(Origin(field="code"), name="code"), status=400)
    hours = given.one("duration")
    if hours is not None:
        yield "date", f"ge{instant(now - _hours(hours))}"
    period = given.one("period") or {}
    for prefix, name in (("ge", "start"), ("le", "end")):
        if name in period:
            yield "date", f"{prefix}{period[name]}"


def _hours(hours: Decimal) -> timedelta:
    if not 0 < hours <= _MOST_HOURS:
        raise Refused(rules.WRONG_TYPE.at(Origin(field="duration"), name="duration", type="decimal"), status=400)
    return timedelta(hours=float(hours))


def _token(coding: dict[str, Any]) -> str:
    return f"{coding.get('system', '')}|{coding.get('code', '')}"


def _statistics(
    given: Arguments, now: str, wanted: Sequence[str], found: Sequence[dict[str, Any]], total: int
) -> dict[str, Any]:
    numbers = sorted(Decimal(one["valueQuantity"]["value"]) for one in found)
    unit = {name: value for name, value in found[0]["valueQuantity"].items() if name in ("unit", "system", "code")}
    told: dict[str, Any] = {
        "resourceType": "Observation",
        "status": "final",
        "code": found[0]["code"],
        "subject": found[0]["subject"],
        "effectiveDateTime": now,
    }
    period = given.one("period")
    if period:
        told.pop("effectiveDateTime")
        told["effectivePeriod"] = period
    told["component"] = [
        {
            "code": {"coding": [{"system": _SYSTEM, "code": name}]},
            "valueQuantity": {"value": _figure(name, numbers, total), **({} if name in _WITHOUT_UNIT else unit)},
        }
        for name in wanted
    ]
    return told


def _figure(name: str, numbers: Numbers, total: int) -> Decimal:
    exact = Decimal(total) if name == "total-count" else FIGURES[name](numbers)
    return _CONTEXT.plus(exact)


STATS = Operation(
    Interaction.STATS,
    stats,
    levels("type"),
    "http://hl7.org/fhir/OperationDefinition/Observation-stats",
    "Figures over the numeric observations of a patient.",
    types=frozenset(["Observation"]),
    parameters=(
        Parameter("subject", "uri", required=True),
        Parameter("code", "string", repeats=True),
        Parameter("system", "uri"),
        Parameter("coding", "Coding", repeats=True),
        Parameter("duration", "decimal"),
        Parameter("period", "Period"),
        Parameter("statistic", "code", required=True, repeats=True),
        Parameter("include", "boolean"),
        Parameter("limit", "positiveInt"),
    ),
    out=(Parameter("statistics", "Observation", repeats=True), Parameter("source", "Observation", repeats=True)),
)
