"""Parameters of a search for AuditEvents -> which rows of the chain are asked for. Pure; refuses what it does not know.

Codes parted by commas are alternatives. A parameter may come twice only where both can hold (two ends of a time):
what cannot be judged is refused (400, API-1062), never left out. `subtype` takes a FHIR interaction (read, search-type,
create, update, delete), DICOM's code or our own word of an act (`login`, `page`, …).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NoReturn

from yteso.api import rules
from yteso.api.audit_event_of import SUBTYPES
from yteso.api.call import Params
from yteso.base.errors import Refused
from yteso.base.issue import Origin
from yteso.fhir.dates import interval, moment
from yteso.store.audit import Asked

MOST = 1000
USUAL = 50
Wish = Mapping[str, Any]
"""Fields of `Asked`."""


def asked_of(params: Params, cursor: str) -> Asked:
    """What is asked. Refused (400) for an unknown parameter or value, and for a page that is none."""
    said: dict[str, Any] = {"count": USUAL, "before": _place(cursor)}
    named: set[str] = set()
    for name, value in params:
        wish = _READERS.get(name, _unknown)(name, value)
        if name in named and name != "date":
            _unknown(name, value)
        named.add(name)
        for field, wanted in wish.items():
            said[field] = _both(name, field, said[field], wanted) if field in said and field != "count" else wanted
    return Asked(**said)


def _both(name: str, field: str, one: Any, other: Any) -> Any:
    """The narrower of two ends of a time; of anything else two may only say the same."""
    if field in ("since", "until"):
        return max(one, other) if field == "since" else min(one, other)
    return one if one == other else _unknown(name, "")


def _place(cursor: str) -> tuple[datetime, int, int] | None:
    if not cursor:
        return None
    try:
        when, lane, n = cursor.split(" ")
        return datetime.fromisoformat(when), int(lane), int(n)
    except ValueError as error:
        raise Refused(rules.BAD_PAGE.at(Origin(field="_page")), status=400) from error


def _unknown(name: str, value: str) -> NoReturn:
    del value
    raise Refused(rules.AUDIT_PARAMETER.at(Origin(field=name)), status=400)


def _patient(_: str, value: str) -> Wish:
    return {"patient": value.removeprefix("Patient/")}


def _entity(name: str, value: str) -> Wish:
    """A resource with its versions; a Patient: every row about that person, as each of them names it."""
    kind, _, rest = value.partition("/")
    if not rest:
        _unknown(name, value)
    return {"patient": rest} if kind == "Patient" else {"entity": value}


def _agent(_: str, value: str) -> Wish:
    """The Patient on whose account it was, or the name of an account."""
    kind, _, rest = value.partition("/")
    return {"behalf": rest} if rest and kind == "Patient" else {"who": value.rpartition("|")[2]}


def _date(name: str, value: str) -> Wish:
    """`ge`, `gt`, `sa`, `le`, `lt`, `eb`, `eq` or none (FHIR R4 §3.1.1.5.6)."""
    sign, text = (value[:2], value[2:]) if value[:2].isalpha() else ("eq", value)
    span = interval(text)
    if span is None:
        _unknown(name, value)
    low, high = moment(span[0]), moment(span[1] + 1)
    after, before = {"since": high}, {"until": low}
    limits: dict[str, Wish] = {
        "eq": {"since": low, "until": high},
        "ge": {"since": low},
        "le": {"until": high},
        "gt": after,
        "sa": after,
        "lt": before,
        "eb": before,
    }
    return limits.get(sign) or _unknown(name, value)


def _count(name: str, value: str) -> Wish:
    if not value.isascii() or not value.isdigit():
        _unknown(name, value)
    return {"count": min(int(value[:6]), MOST)}


def _one(field: str) -> Callable[[str, str], Wish]:
    return lambda _, value: {field: value.rpartition("|")[2]}


def _codes(field: str, names: Mapping[str, str] | None = None) -> Callable[[str, str], Wish]:
    """Alternatives, without their systems; by other names where there are some."""

    def read(_: str, value: str) -> Wish:
        codes = [one.rpartition("|")[2] for one in value.split(",")]
        return {field: ",".join((names or {}).get(code, code) for code in codes)}

    return read


def _sort(name: str, value: str) -> Wish:
    return {} if value == "-date" else _unknown(name, value)


_READERS: dict[str, Callable[[str, str], Wish]] = {
    "patient": _patient,
    "entity": _entity,
    "date": _date,
    "agent": _agent,
    "agent-name": _one("who"),
    "agent-role": _codes("role"),
    "action": _codes("action"),
    "subtype": _codes("subtype", SUBTYPES),
    "outcome": _codes("outcome"),
    "facility": _one("facility"),
    "_count": _count,
    "_total": lambda _, __: {},
    "_sort": _sort,
}

SEARCHED = frozenset(name for name in _READERS if name[0] != "_")
"""The parameters about the event."""
