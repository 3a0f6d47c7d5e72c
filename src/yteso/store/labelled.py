"""A stored version -> its JSON with the labels it carries as `meta.security`, for who reads it over FHIR; and back.

What is stored stays as it was sent, byte for byte (ADR 33): labels set by our rules are added on the way out only, each
with the extension `BY_RULE`, and taken away from what comes in, so that a resource that is read and written back is
the same. A label its sender gave already is not repeated. R or V of a sender stay; what carries a label and no
confidentiality is restricted (R).
"""

from __future__ import annotations

from typing import Any

from yteso.access.types import PATIENT_TYPES
from yteso.fhir.json import dumps, loads
from yteso.standards.sensitivity import CODINGS, CONFIDENTIALITY, names
from yteso.store.protocol import Resource, Stored

BY_RULE = "urn:yteso:label-by-rule"
"""Extension of a Coding in `meta.security` that a rule of this platform put there, not the sender."""


def labelled(stored: Stored) -> bytes:
    """The body as it is shown; the stored one where it has no label, or is no patient's (a code system names HIV)."""
    if not stored.label or stored.deleted or stored.type not in PATIENT_TYPES:
        return stored.body
    resource = loads(stored.body)
    meta = resource["meta"]
    sent = [one for one in meta.get("security", ()) if isinstance(one, dict)]
    added = [_coding(*one) for one in _codings(stored.label, sent)]
    return dumps({**resource, "meta": {**meta, "security": [*sent, *added]}}) if added else stored.body


def without_ours(resource: Resource) -> Resource:
    """The resource as its sender means it: without labels that were added when it was read."""
    meta = resource.get("meta") if isinstance(resource, dict) else None
    security = meta.get("security") if isinstance(meta, dict) else None
    if not isinstance(meta, dict) or not isinstance(security, list) or not any(map(_is_ours, security)):
        return resource
    kept = [one for one in security if not _is_ours(one)]
    rest = {name: value for name, value in meta.items() if name != "security"} | ({"security": kept} if kept else {})
    return {name: rest if name == "meta" else value for name, value in resource.items() if name != "meta" or rest}


def _codings(label: int, sent: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """What is missing of what the labels say."""
    there = {(one.get("system"), one.get("code")) for one in sent}
    wanted = [CODINGS[name] for name in names(label)]
    if not any(system == CONFIDENTIALITY for system, _ in (*there, *wanted)):
        wanted.append((CONFIDENTIALITY, "R"))
    return [one for one in wanted if one not in there]


def _coding(system: str, code: str) -> dict[str, Any]:
    return {"extension": [{"url": BY_RULE, "valueBoolean": True}], "system": system, "code": code}


def _is_ours(coding: Any) -> bool:
    extensions = coding.get("extension") if isinstance(coding, dict) else None
    return isinstance(extensions, list) and any(
        isinstance(one, dict) and one.get("url") == BY_RULE for one in extensions
    )
