"""A paper of the record (DocumentReference) as a citizen reads it: its number, day, makers, and what it says.

A facility sends a paper as a row; what the row says stands in the note or the appointment made of the same row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from yteso.client.record import Fact
from yteso.web.formats import date
from yteso.web.narrative import section_text

Resource = Mapping[str, Any]
Said = tuple[str, str]
"""A heading and its text."""


@dataclass(frozen=True, slots=True)
class Document:
    """`parts` is empty when the facility sent no more than that there is such a paper."""

    number: str
    authors: tuple[str, ...]
    signer: str
    parts: tuple[Said, ...]


def document_of(resource: Resource, said: Iterable[Fact]) -> Document:
    """`said`: the notes and appointments of the same row."""
    numbers = [str(one["value"]) for one in resource.get("identifier", []) if one.get("value")]
    parts = [part for fact in said for part in _TELLERS[fact.resource["resourceType"]](fact.resource)]
    return Document(
        number=next(iter(numbers), ""),
        authors=tuple(filter(None, (str(one.get("display", "")) for one in resource.get("author", [])))),
        signer=str(resource.get("authenticator", {}).get("display", "")),
        parts=tuple(part for part in parts if part[1]),
    )


def _note(note: Resource) -> list[Said]:
    return [(str(one.get("title", "")), section_text(one)) for one in note.get("section", [])]


def _appointment(appointment: Resource) -> list[Said]:
    days = [str(one["start"]) for one in appointment.get("requestedPeriod", []) if one.get("start")]
    day = str(appointment.get("start", "")) or next(iter(days), "")
    return [
        (gettext("Ngày hẹn khám lại"), date(day) if day else ""),
        (gettext("Chẩn đoán"), str(appointment.get("description", ""))),
    ]


_TELLERS = {"Composition": _note, "Appointment": _appointment}
