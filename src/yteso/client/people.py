"""Finding a person: what somebody typed into one box -> the persons it may mean, each with its banner facts.

One box takes a name (with or without diacritics), a citizen number, an insurance card or number, a birth date, or
several of them separated by spaces. What the text means is decided by its shape alone; nothing is looked up to guess.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from yteso.search.query import Clause, Query, Sort

_BIRTH_DATE = re.compile(r"(?P<day>\d{1,2})[/.\-](?P<month>\d{1,2})[/.\-](?P<year>\d{4})")
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_NUMBER = re.compile(r"\d{9,13}|[A-Z]{2}\d{13}|[A-Z]\d{7,8}", re.IGNORECASE)
_ANY_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class PersonBanner:
    """What names a person on a page. `age` is in whole years, None when the birth date is unknown."""

    id: str
    name: str
    gender: str
    birth_date: str
    age: int | None
    identifiers: tuple[tuple[str, str], ...]
    """(system, value), in the record's order."""
    address: str = ""
    phone: str = ""
    deceased: bool = False


def person_query(text: str, count: int = 20, cursor: str = "") -> Query | None:
    """The search on Patient that a typed text means; None when nothing searchable was typed."""
    clauses: list[Clause] = []
    words: list[str] = []
    for word in text.split():
        clause = _exact_clause(word)
        if clause:
            clauses.append(clause)
        elif not _ANY_DIGIT.search(word):
            words.append(word)
        else:
            clauses.append(Clause("identifier", "token", (("eq", word.upper()),)))
    clauses.extend(Clause("name", "string", (("eq", word),)) for word in words)
    if not clauses:
        return None
    return Query("Patient", tuple(clauses), sort=(Sort("_lastUpdated", descending=True),), count=count, cursor=cursor)


def _exact_clause(word: str) -> Clause | None:
    birth = _BIRTH_DATE.fullmatch(word)
    if birth:
        day = f"{birth['year']}-{int(birth['month']):02}-{int(birth['day']):02}"
        return Clause("birthdate", "date", (("eq", day),))
    if _ISO_DATE.fullmatch(word):
        return Clause("birthdate", "date", (("eq", word),))
    if _NUMBER.fullmatch(word):
        return Clause("identifier", "token", (("eq", word.upper()),))
    return None


def banner_of(patient: Mapping[str, Any], today: date) -> PersonBanner:
    """The banner facts of a Patient resource."""
    return PersonBanner(
        id=patient.get("id", ""),
        name=display_name(patient.get("name", [])),
        gender=patient.get("gender", "unknown"),
        birth_date=patient.get("birthDate", ""),
        age=age_in_years(patient.get("birthDate", ""), today),
        identifiers=tuple(
            (identifier.get("system", ""), identifier["value"])
            for identifier in patient.get("identifier", [])
            if identifier.get("value")
        ),
        address=_first_text(patient.get("address", [])),
        phone=next((t.get("value", "") for t in patient.get("telecom", []) if t.get("system") == "phone"), ""),
        deceased=bool(patient.get("deceasedBoolean") or patient.get("deceasedDateTime")),
    )


def display_name(names: Sequence[Mapping[str, Any]]) -> str:
    """One name to show: its `text`, else family and given in Vietnamese order."""
    for name in names:
        text = name.get("text") or " ".join([name.get("family", ""), *name.get("given", [])]).strip()
        if text:
            return str(text)
    return ""


def _first_text(addresses: Sequence[Mapping[str, Any]]) -> str:
    for address in addresses:
        text = address.get("text") or ", ".join([*address.get("line", []), address.get("city", "")]).strip(", ")
        if text:
            return str(text)
    return ""


def age_in_years(birth_date: str, today: date) -> int | None:
    """Whole years between a (perhaps partial) birth date and today; a partial date counts from its first day."""
    parts = [int(part) for part in birth_date.split("-") if part.isdigit()]
    if not parts:
        return None
    year, month, day = (*parts, 1, 1)[:3]
    return max(0, today.year - year - ((today.month, today.day) < (month, day)))
