"""Why somebody may see a patient, beside visits: rows of `store.relation` from the resources that say so.

Referral (ServiceRequest.performer), appointment (Appointment.participant), family doctor (Patient.generalPractitioner,
CareTeam, EpisodeOfCare), representative (RelatedPerson) and the same person (Patient.link). They are written in the
transaction of their resource and go with it. A facility is named by the identifier of a reference, by an Organization
here, or by a Location, PractitionerRole or HealthcareService that belongs to one.

A RelatedPerson represents when it names the representative's Patient by an identifier of system `REPRESENTATIVE`, the
relationship is one of `_LEGAL`, it has the extension `EVIDENCE`, and it has an end: `period.end`, or for a parent or
guardian the day the child comes of age. Without any of these it is a contact and gives no right.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from yteso.db import Connection, Queries
from yteso.fhir import reference
from yteso.fhir.dates import interval, moment
from yteso.fhir.json import loads
from yteso.search.keys import number, patient_key
from yteso.search.row import IndexRow
from yteso.standards.fhir_r4 import TYPE_NAME, TYPE_NUMBER
from yteso.store.codec import Codec
from yteso.store.dictionaries import ensure_known
from yteso.store.rows import Key, Row, key_lists, key_of

SQL = Queries.beside(__file__)

REPRESENTATIVE = "urn:yteso:patient"
"""Identifier system of a RelatedPerson: the id of the Patient who this person is."""
EVIDENCE = "urn:yteso:representation-evidence"
"""Extension of a RelatedPerson: what proves it (a birth certificate, a court's decision, a power of attorney)."""

_LEGAL = frozenset(["PRN", "MTH", "FTH", "GUARD", "POWATT", "HPOWATT", "DPOWATT", "SPOWATT", "RESPRSN"])
_OF_A_MINOR = frozenset(["PRN", "MTH", "FTH", "GUARD"])
"""Codes of v3-RoleCode. RESPRSN stands for the guardian a court gave an adult: GUARD ends when a child comes of age."""

MERGED = frozenset(["replaces", "replaced-by"])
"""Types of Patient.link by which two Patients are one person."""

_ENDED = {
    "ServiceRequest": frozenset(["draft", "revoked", "entered-in-error"]),
    "Appointment": frozenset(["proposed", "cancelled", "noshow", "entered-in-error"]),
    "CareTeam": frozenset(["proposed", "suspended", "inactive", "entered-in-error"]),
    "EpisodeOfCare": frozenset(["planned", "cancelled", "entered-in-error"]),
}
"""States in which the resource gives nobody a right."""

ALWAYS = (datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC))
HOPS = {
    "Location": "managingOrganization",
    "HealthcareService": "providedBy",
    "PractitionerRole": "organization",
}
TYPES = frozenset(
    TYPE_NUMBER[name]
    for name in ("ServiceRequest", "Appointment", "Patient", "CareTeam", "EpisodeOfCare", "RelatedPerson")
)
"""Numbers of the types that can name a relation."""


@dataclass(frozen=True, slots=True)
class Relation:
    """`holder`: a facility's code, `Patient/<id>`, or still the reference that leads to a facility."""

    kind: str
    holder: str
    since: datetime
    until: datetime


def add_relations(conn: Connection, codec: Codec, rows: Iterable[tuple[Row, IndexRow]]) -> None:
    """Write what these resources say."""
    found = [
        (row.key, index.pat, one)
        for row, index in rows
        if row.key[1] in TYPES and index.pat is not None
        for one in named_relations(row.resource)
    ]
    if not found:
        return
    texts = {one.holder for _, _, one in found if "/" in one.holder and one.kind in "raf"}
    codes = facility_codes(conn, codec, texts)
    lines = {
        (*key, number(pat), holder): (one.kind, one.since, one.until)
        for key, pat, one in found
        for holder in codes.get(one.holder, (one.holder,))
    }
    if lines:
        columns = zip(*((*key, *values) for key, values in lines.items()), strict=True)
        conn.execute(SQL["add_relations"], [list(column) for column in columns])


def drop_relations(conn: Connection, keys: Iterable[Key]) -> None:
    """What these resources said goes away."""
    kept = [key for key in keys if key[1] in TYPES]
    if kept:
        shards, types, ids = zip(*kept, strict=True)
        conn.execute(SQL["drop_relations"], (list(shards), list(types), list(ids)))


def spread_same(conn: Connection, patients: Sequence[str] | None = None) -> int:
    """Who has a relation to one of a person's Patients gets it to all of them; how many rows changed.

    For these, in the transaction in which they are joined or parted; without any for everybody.
    """
    keys = None if patients is None else [number(patient_key(one)) for one in patients]
    row = conn.execute(SQL["spread_same"], (keys,)).fetchone()
    return int(row[0]) if row else 0


def sweep_same(conn: Connection) -> int:
    """The same for those whom writes since the last sweep were about: visits that came after the joining."""
    row = conn.execute(SQL["sweep_same"]).fetchone()
    return int(row[0]) if row else 0


def named_relations(resource: Mapping[str, Any]) -> Iterator[Relation]:
    """What a resource says; nothing of a shape it should not have."""
    kind = resource.get("resourceType", "")
    if resource.get("status") in _ENDED.get(kind, ()):
        return
    if kind == "RelatedPerson":
        yield from _representative(resource)
        return
    if kind == "Patient":
        yield from _same(resource)
    letter, holders, period = _named(kind, resource)
    span = _span(period)
    if span:
        yield from (Relation(letter, holder, *span) for holder in dict.fromkeys(map(_holder, holders)) if holder)


def _named(kind: str, resource: Mapping[str, Any]) -> tuple[str, list[Any], Any]:
    """(kind of relation, references to who holds it, period)."""
    match kind:
        case "ServiceRequest":
            return "r", _list(resource.get("performer")), resource.get("occurrencePeriod")
        case "Appointment":
            actors = [one.get("actor") for one in _list(resource.get("participant")) if isinstance(one, dict)]
            return "a", actors, {"end": resource.get("end")} if resource.get("end") else None
        case "Patient":
            return "f", _list(resource.get("generalPractitioner")), None
        case "CareTeam":
            members = [one.get("member") for one in _list(resource.get("participant")) if isinstance(one, dict)]
            return "f", [*_list(resource.get("managingOrganization")), *members], resource.get("period")
        case _:
            return "f", [resource.get("managingOrganization")], resource.get("period")


def _representative(resource: Mapping[str, Any]) -> Iterator[Relation]:
    codes = {
        coding.get("code") for concept in _list(resource.get("relationship")) for coding in _list(concept.get("coding"))
    } & _LEGAL
    proved = any(one.get("url") == EVIDENCE and len(one) > 1 for one in _list(resource.get("extension")))
    period = resource.get("period") if isinstance(resource.get("period"), dict) else {}
    span = _span(period)
    if resource.get("active") is False or not codes or not proved or span is None:
        return
    minor = codes <= _OF_A_MINOR
    if minor or (period or {}).get("end"):
        for one in _list(resource.get("identifier")):
            if one.get("system") == REPRESENTATIVE and isinstance(one.get("value"), str) and one["value"]:
                yield Relation("m" if minor else "p", f"Patient/{one['value']}", *span)


def _same(patient: Mapping[str, Any]) -> Iterator[Relation]:
    """The other Patients of a merged person; they count where both name each other (`store.same_person`)."""
    for link in _list(patient.get("link")):
        if isinstance(link, dict) and link.get("type") in MERGED:
            holder = _holder(link.get("other"))
            if holder.startswith("Patient/"):
                yield Relation("s", holder, *ALWAYS)


def _span(period: Any) -> tuple[datetime, datetime] | None:
    """From the beginning of its start until the end of its end; None when it cannot be read."""
    since, until = ALWAYS
    if period is None:
        return since, until
    if not isinstance(period, dict):
        return None
    try:
        if "start" in period:
            since = moment(interval(period["start"])[0])  # type: ignore[index]
        if "end" in period:
            until = moment(interval(period["end"])[1])  # type: ignore[index]
    except (TypeError, ValueError, OverflowError, AttributeError):
        return None
    return since, until


def _holder(reference: Any) -> str:
    """A facility's code, or the reference that leads to it."""
    if not isinstance(reference, dict):
        return ""
    identifier = reference.get("identifier")
    code = identifier.get("value") if isinstance(identifier, dict) else None
    text = code if isinstance(code, str) and "/" not in code else reference.get("reference")
    return text if isinstance(text, str) else ""


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def facility_codes(conn: Connection, codec: Codec, references: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Reference -> the values of the identifiers of the Organization it leads to; none when it is not here."""
    found: dict[str, tuple[str, ...]] = dict.fromkeys(references, ())
    first = _fetch(conn, codec, found)
    hops = {text: hop_of(resource) for text, resource in first.items()}
    second = _fetch(conn, codec, {hop for hop in hops.values() if hop})
    for text, resource in first.items():
        organization = second.get(hops[text]) if hops[text] else resource
        if organization:
            found[text] = facilities_of(organization)
    return found


def facilities_of(organization: Mapping[str, Any]) -> tuple[str, ...]:
    """The codes of an Organization; none of what is no Organization."""
    if organization.get("resourceType") != "Organization":
        return ()
    values = (one.get("value") for one in organization.get("identifier") or ())
    return tuple(value for value in values if isinstance(value, str) and value)


def hop_of(resource: Mapping[str, Any]) -> str:
    """The reference to the Organization that it belongs to; empty for what is one, and where none is named."""
    owner = resource.get(HOPS.get(resource.get("resourceType", ""), ""))
    text = owner.get("reference") if isinstance(owner, dict) else ""
    return text if isinstance(text, str) else ""


def _fetch(conn: Connection, codec: Codec, references: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Reference -> the present resource, of those that are here and may lead to a facility."""
    keys: dict[tuple[int, str], list[str]] = {}
    for text in references:
        target = reference.parse(text)
        if target.kind == "relative" and (target.type == "Organization" or target.type in HOPS):
            keys.setdefault((TYPE_NUMBER[target.type], target.id), []).append(text)
    if not keys:
        return {}
    wanted = key_lists(key_of(TYPE_NAME[type], id) for type, id in keys)
    found: dict[str, dict[str, Any]] = {}
    rows: Sequence[Sequence[Any]] = conn.execute(SQL["fetch_many"], wanted).fetchall()
    for type, id, _, _, _, deleted, dictionary, body in rows:
        if not deleted:
            ensure_known(conn, codec, dictionary)
            resource = loads(codec.unpack(TYPE_NAME[type], id, dictionary, body)[0])
            found.update(dict.fromkeys(keys.get((type, id), ()), resource))
    return found
