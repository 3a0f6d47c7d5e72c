"""The narrative of a section: a table in Vietnamese and English as safe XHTML (FHIR R4 §2.1.0.1 Narrative). Pure.

Every text of a resource is escaped; nothing of a resource's own narrative is used.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from yteso.api.operations.summary_sections import Item, Section
from yteso.fhir.dates import local, local_day

Resource = dict[str, Any]

_XHTML = "http://www.w3.org/1999/xhtml"
_HEAD = (("Nội dung", "What"), ("Thời gian", "When"), ("Giá trị", "Value"), ("Trạng thái", "Status"))
_NONE = "Chưa có thông tin. / No information is available."
_WHAT = ("code", "medicationCodeableConcept", "vaccineCode", "type", "title", "description")
_WHEN = (
    "onsetDateTime",
    "onsetPeriod",
    "effectiveDateTime",
    "effectivePeriod",
    "performedDateTime",
    "performedPeriod",
    "occurrenceDateTime",
    "timingDateTime",
    "authoredOn",
    "recordedDate",
    "recordedOn",
    "issued",
    "period",
    "created",
)
_LONGEST = 300


def narrative(section: Section, items: Sequence[Item]) -> str:
    """The `div` of the section's text."""
    head = f"<h2>{escape(section.title)} / {escape(section.title_en)}</h2>"
    if not items:
        return f'<div xmlns="{_XHTML}" lang="vi" xml:lang="vi">{head}<p>{_NONE}</p></div>'
    named = "".join(f"<th>{escape(vi)} / {escape(en)}</th>" for vi, en in _HEAD)
    rows = "".join(_row(item.resource) for item in items)
    table = f"<table><thead><tr>{named}</tr></thead><tbody>{rows}</tbody></table>"
    return f'<div xmlns="{_XHTML}" lang="vi" xml:lang="vi">{head}{table}</div>'


def _row(resource: Resource) -> str:
    cells = (_what(resource), _when(resource), _value(resource), _status(resource))
    return "<tr>" + "".join(f"<td>{escape(cell[:_LONGEST])}</td>" for cell in cells) + "</tr>"


def _what(resource: Resource) -> str:
    for name in _WHAT:
        if name in resource:
            value = resource[name]
            return value if isinstance(value, str) else concept_text(value)
    for name in ("medicationReference", "device"):
        if isinstance(resource.get(name), dict):
            return str(resource[name].get("display", "")) or str(resource[name].get("reference", ""))
    return str(resource["resourceType"])


def concept_text(concept: Any) -> str:
    """What a CodeableConcept says to a reader: its text, else a display, else a code."""
    if not isinstance(concept, dict):
        return ""
    if concept.get("text"):
        return str(concept["text"])
    codings = concept.get("coding", ())
    shown = next((one["display"] for one in codings if one.get("display")), None)
    return str(shown or next((one["code"] for one in codings if one.get("code")), ""))


def _when(resource: Resource) -> str:
    """By Vietnam's clock, whatever zone it was written in."""
    for name in _WHEN:
        value = resource.get(name)
        if isinstance(value, str):
            moment = local(value) if "T" in value else None
            return f"{moment:%Y-%m-%d %H:%M}" if moment else value
        if isinstance(value, dict):
            ends = (local_day(str(value.get(side, ""))) for side in ("start", "end"))
            return " – ".join(end for end in ends if end)
    return ""


def _value(resource: Resource) -> str:
    """The value of an observation, of each of its components, or a report's conclusion."""
    own = _one_value(resource)
    parts = [
        f"{concept_text(part.get('code'))}: {text}"
        for part in resource.get("component", ())
        if (text := _one_value(part))
    ]
    return "; ".join(text for text in (own, *parts, str(resource.get("conclusion", ""))) if text)


def _one_value(holder: Resource) -> str:
    quantity = holder.get("valueQuantity")
    if isinstance(quantity, dict):
        unit = quantity.get("unit") or quantity.get("code") or ""
        return f"{quantity.get('comparator', '')}{quantity.get('value', '')} {unit}".strip()
    for name in ("valueString", "valueDateTime", "valueInteger", "valueBoolean", "valueTime"):
        if name in holder:
            return str(holder[name])
    return concept_text(holder.get("valueCodeableConcept"))


def _status(resource: Resource) -> str:
    return concept_text(resource.get("clinicalStatus")) or str(resource.get("status", ""))
