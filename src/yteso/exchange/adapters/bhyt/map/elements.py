"""Small FHIR elements from BHYT text: codings, dates, numbers, money. Pure; what is none gives None, never raises."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from yteso.terminology import coding_of

Json = dict[str, Any]

_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,6})?", re.ASCII)


@lru_cache(maxsize=8192)
def fhir_date(text: str) -> str | None:
    """`yyyymmdd[HHMM]` -> a FHIR date as precise as it is known: unknown parts are `00`."""
    if len(text) not in (8, 12) or not (text.isascii() and text.isdigit()):
        return None
    year, month, day = text[:4], text[4:6], text[6:8]
    if month == "00":
        return year if day == "00" and year > "0000" else None
    if day == "00":
        return f"{year}-{month}" if "01" <= month <= "12" and year > "0000" else None
    try:
        date(int(year), int(month), int(day))
    except ValueError:
        return None
    return f"{year}-{month}-{day}"


@lru_cache(maxsize=8192)
def fhir_datetime(text: str) -> str | None:
    """`yyyymmddHHMM` -> a FHIR dateTime in +07:00. The time 0000 means "unknown" there, so only the date is told."""
    day = fhir_date(text)
    if day is None or len(day) < 10 or len(text) == 8 or text[8:] == "0000":
        return day
    return f"{day}T{text[8:10]}:{text[10:12]}:00+07:00" if text[8:10] < "24" and text[10:12] < "60" else day


def instant(text: str) -> str | None:
    """`yyyymmddHHMM` -> a FHIR instant; None when the time is unknown."""
    found = fhir_datetime(text)
    return found if found and "T" in found else None


@lru_cache(maxsize=4096)
def number(text: str) -> Decimal | None:
    """A decimal with its digits (`12600.00` stays so); None when it is none or absurdly long."""
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def integer(text: str) -> int | None:
    """A whole number of at most nine digits."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def money(text: str) -> Json | None:
    """An amount in đồng."""
    value = number(text)
    return None if value is None else {"value": value, "currency": "VND"}


def parts(text: str) -> list[str]:
    """The values of a `;`-separated field, without empty ones."""
    return [part for raw in text.split(";") if (part := raw.strip())] if text else []


@lru_cache(maxsize=8192)
def _single_spaced(code: str) -> str:
    return " ".join(code.split())


def coding(system: str, code: str, display: str = "") -> Json:
    """A Coding, with version and name where we have its system. FHIR codes hold no double spaces."""
    made = coding_of(system, _single_spaced(code))
    if display:
        made["display"] = display
    return made


def concept(system: str, code: str, text: str = "") -> Json:
    """A CodeableConcept with one coding and/or a text."""
    made: Json = {"coding": [coding(system, code)]} if code else {}
    if text:
        made["text"] = text
    return made


def period(start: str | None, end: str | None) -> Json:
    """A Period of FHIR dates; an end before its start is left out (invariant per-1)."""
    made = {}
    if start:
        made["start"] = start
    if end and not (start and end[: min(len(start), len(end))] < start[: min(len(start), len(end))]):
        made["end"] = end
    return made


def extension(url: str, **inner: Any) -> Json | None:
    """A complex extension: each keyword `name__valueType` becomes an inner extension; None when all are empty."""
    found = []
    for name, value in inner.items():
        if value or value == 0:  # zero and False are values; None, "" and empty containers are none
            inner_url, kind = _inner_names(name)
            found.append({"url": inner_url, kind: value})
    return {"url": url, "extension": found} if found else None


@lru_cache(maxsize=512)
def _inner_names(name: str) -> tuple[str, str]:
    url, _, kind = name.partition("__")
    return url, kind


def present(**fields: Any) -> Json:
    """The fields that have a value, in the order given: FHIR knows no empty strings, lists or objects."""
    return {name: value for name, value in fields.items() if value or value == 0}


def extensions(*found: Json | None) -> list[Json]:
    """Those extensions that exist."""
    return [one for one in found if one]


def aligned(texts: Mapping[str, str], names: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Rows of several `;`-separated fields that belong together by place (cards and their validity)."""
    columns = [[part.strip() for part in texts.get(name, "").split(";")] for name in names]
    for place in range(max(len(column) for column in columns)):
        row = tuple(column[place] if place < len(column) else "" for column in columns)
        if row[0]:
            yield row
