"""Finding a person: what somebody typed into one box -> the persons it may mean, each with its banner facts.

One box takes a name (with or without diacritics), a citizen number, an insurance card or number, a date, month or
year of birth, or several of them separated by spaces; numbers also in groups, as pages and cards show them.
What the text means is decided by its shape alone; nothing is looked up to guess.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from yteso.base.text import fold
from yteso.search.query import Clause, Query, Sort

_DAY = re.compile(r"(?P<day>\d{1,2})[/.\-](?P<month>\d{1,2})[/.\-](?P<year>\d{4})")
_DAY_PACKED = re.compile(r"(?P<day>\d{2})(?P<month>\d{2})(?P<year>(?:19|20)\d{2})")
_DAY_ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})")
_MONTH = re.compile(r"(?P<month>\d{1,2})[/.\-](?P<year>\d{4})")
_YEAR = re.compile(r"(?P<year>(?:18|19|20)\d{2})")
_NUMBER = re.compile(r"\d{9,13}|[A-Z]{2}\d{13}|[A-Z]\d{7,8}")
_SPACED = re.compile(r"\d{9,10}|\d{12}|[A-Z]{2}\d{13}")
"""What may be written in groups: citizen and identity card, insurance number and card."""
_GROUP = re.compile(r"(?:[A-Za-z]{2})?[\d.\-]*")
_MARKS = re.compile(r"[.\-]")
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
    replaced_by: str = ""
    """Id of the Patient this one was joined into; empty for one that stands."""


def person_query(text: str, count: int = 20, cursor: str = "") -> Query | None:
    """The search on Patient that a typed text means; None when nothing searchable was typed."""
    clauses: list[Clause] = []
    for part in _parts(text.split()):
        day = _birth(part)
        if day:
            clauses.append(Clause("birthdate", "date", (("eq", day),)))
        elif _ANY_DIGIT.search(part):
            clauses.append(Clause("identifier", "token", (("eq", _bare(part)),)))
        else:
            clauses.append(Clause("name", "string", (("eq", part),)))
    if not clauses:
        return None
    clauses.sort(key=lambda clause: clause.name == "name")
    return Query("Patient", tuple(clauses), sort=(Sort("_lastUpdated", descending=True),), count=count, cursor=cursor)


def nearest_first(text: str, persons: Sequence[PersonBanner]) -> list[PersonBanner]:
    """The persons of one page, those whose names hold the typed words whole (and with their marks) before others.

    The record's order stays among equals; `Đỗ` means Đỗ before Đoàn, which its letters begin too.
    """
    typed = [word for word in _parts(text.split()) if not _ANY_DIGIT.search(word)]

    def missed(person: PersonBanner) -> tuple[int, int]:
        exact, plain = person.name.casefold().split(), fold(person.name).split()
        return (
            sum(fold(word) not in plain for word in typed),
            sum(word.casefold() not in exact for word in typed),
        )

    return sorted(persons, key=missed)


def _parts(words: Sequence[str]) -> Iterator[str]:
    """The words, with a number or a date that was written in groups (`079 070 053 623`) put together."""
    at = 0
    while at < len(words):
        end = next((end for end in range(min(len(words), at + 8), at + 1, -1) if _together(words[at:end])), at + 1)
        yield "".join(words[at:end])
        at = end


def _together(words: Sequence[str]) -> bool:
    if not all(map(_GROUP.fullmatch, words)) or any(map(_birth, words[:-1])):
        return False
    joined = _MARKS.sub("", "".join(words)).upper()
    return bool(_SPACED.fullmatch(joined)) or (len(words) == 3 and bool(_birth(joined)))


def _bare(number: str) -> str:
    """The number without the marks people put between its groups; another code stays as it was typed."""
    bare = _MARKS.sub("", number).upper()
    return bare if _NUMBER.fullmatch(bare) else number.upper()


def _birth(word: str) -> str:
    """A date of birth of any precision in FHIR's form; empty when the word is none."""
    for shape in (_DAY, _DAY_PACKED, _DAY_ISO, _MONTH, _YEAR):
        match = shape.fullmatch(word)
        if match:
            parts = [int(match[name]) for name in ("year", "month", "day") if name in shape.groupindex]
            return "-".join(f"{part:02}" for part in parts) if _exists(*parts) else ""
    return ""


def _exists(year: int, month: int = 1, day: int = 1) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


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
        replaced_by=_replaced_by(patient.get("link", [])),
        deceased=bool(patient.get("deceasedBoolean") or patient.get("deceasedDateTime")),
    )


def _replaced_by(links: Sequence[Mapping[str, Any]]) -> str:
    named = (str(one.get("other", {}).get("reference", "")) for one in links if one.get("type") == "replaced-by")
    return next(named, "").removeprefix("Patient/")


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
