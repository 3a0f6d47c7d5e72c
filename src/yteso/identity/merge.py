"""Two descriptions of one person -> one Patient. Pure and deterministic; no I/O, no decision who is who.

The newest visit's description wins field by field; identifiers of all visits are united; what a visit does not say
stays. `deceased` never goes back.
"""

from __future__ import annotations

from typing import Any

Resource = dict[str, Any]

_UNITED = ("identifier",)
_STICKY = ("deceasedBoolean", "deceasedDateTime")
_ORDER = (
    *("resourceType", "id", "meta", "implicitRules", "language", "text", "contained", "extension"),
    *("modifierExtension", "identifier", "active", "name", "telecom", "gender", "birthDate", "_birthDate"),
    *("deceasedBoolean", "deceasedDateTime", "address", "maritalStatus", "multipleBirthBoolean"),
    *("multipleBirthInteger", "photo", "contact", "communication", "generalPractitioner", "managingOrganization"),
    "link",
)
"""The order of Patient's elements in FHIR R4: the merged document's keys come out in it."""


def merge_patient(current: Resource | None, incoming: Resource, *, newest: bool) -> Resource:
    """The person after this visit. Returns `current` itself when the visit adds nothing.

    `newest` is False for a visit older than the one shown, and for a claim in doubt: then only unknown identifiers
    and missing fields are added.
    """
    if current is None:
        return incoming
    content = _content(current)
    merged = dict(content)
    for field, value in _content(incoming).items():
        if field in _UNITED:
            merged[field] = _unite(merged.get(field, []), value)
        elif field == "extension":
            merged[field] = _by_url(merged.get(field, []), value, newest=newest)
        elif field not in merged or (newest and field not in _STICKY):
            merged[field] = value
    if newest and "birthDate" in incoming and "_birthDate" not in incoming:
        merged.pop("_birthDate", None)
    if merged == content:
        return current
    merged["meta"] = {**incoming.get("meta", {})} if newest else {**_own_meta(current)}
    return {field: merged[field] for field in [*_ORDER, *sorted(merged.keys() - set(_ORDER))] if field in merged}


def _content(resource: Resource) -> Resource:
    return {field: value for field, value in resource.items() if field != "meta"}


def _own_meta(resource: Resource) -> Resource:
    """The meta a writer may set; version and time belong to the store."""
    return {k: v for k, v in resource.get("meta", {}).items() if k not in ("versionId", "lastUpdated")}


def _unite(known: list[Resource], said: list[Resource]) -> list[Resource]:
    seen = {(one.get("system"), one.get("value")) for one in known}
    return known + [one for one in said if (one.get("system"), one.get("value")) not in seen]


def _by_url(known: list[Resource], said: list[Resource], *, newest: bool) -> list[Resource]:
    """Extensions of one URL replace each other; others stay where they are."""
    fresh = {one.get("url"): one for one in said}
    kept = [fresh.pop(one.get("url"), one) if newest else one for one in known]
    urls = {one.get("url") for one in known}
    return kept + [one for one in said if one.get("url") not in urls]
