"""What a subscriber is sent: the Bundles of the R5 backport for R4 (history, a Parameters as status first). Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import NAMESPACE_URL, uuid5

from yteso.fhir.dates import instant
from yteso.fhir.json import dumps, loads
from yteso.store.subscriptions.definition import BACKPORT
from yteso.store.subscriptions.state import TYPE, Notice, Watched

Kind = Literal["handshake", "heartbeat", "event-notification", "query-status", "query-event"]
Document = dict[str, Any]

_STATUS_PROFILE = f"{BACKPORT}backport-subscription-status-r4"
_BUNDLE_PROFILE = f"{BACKPORT}backport-subscription-notification-r4"
_VERBS = {"C": ("POST", "201"), "U": ("PUT", "200"), "D": ("DELETE", "204")}


@dataclass(frozen=True, slots=True)
class Told:
    """One notice as its receiver may see it: `seen` False hides which resource it was, `body` is empty if not sent."""

    notice: Notice
    seen: bool = False
    body: bytes = b""


def status_of(watched: Watched, kind: Kind, told: Sequence[Told] = (), base: str = "") -> Document:
    """The SubscriptionStatus as Parameters (backport-subscription-status-r4)."""
    reference = f"{base}/{TYPE}/{watched.id}" if base else f"{TYPE}/{watched.id}"
    parameters: list[Document] = [
        {"name": "subscription", "valueReference": {"reference": reference}},
        {"name": "status", "valueCode": watched.state},
        {"name": "type", "valueCode": kind},
        {"name": "events-since-subscription-start", "valueString": str(watched.events)},
    ]
    if watched.definition.topic:
        parameters.insert(1, {"name": "topic", "valueCanonical": watched.definition.topic})
    parameters += [{"name": "notification-event", "part": _event(one, base)} for one in told]
    if watched.error:
        parameters.append({"name": "error", "valueCodeableConcept": {"coding": [_coding(watched.error)]}})
    return {"resourceType": "Parameters", "meta": {"profile": [_STATUS_PROFILE]}, "parameter": parameters}


def bundle_of(watched: Watched, kind: Kind, told: Sequence[Told], base: str, now: datetime) -> bytes:
    """A whole notification."""
    entries: list[Document] = [
        {
            "fullUrl": f"urn:uuid:{_status_id(watched, kind, now)}",
            "resource": status_of(watched, kind, told, base),
            "request": {"method": "GET", "url": f"{base}/{TYPE}/{watched.id}/$status"},
            "response": {"status": "200"},
        }
    ]
    entries += [_resource(one, base) for one in told if one.seen]
    meta = {"profile": [_BUNDLE_PROFILE]}
    stamp = instant(now)
    return dumps({"resourceType": "Bundle", "meta": meta, "type": "history", "timestamp": stamp, "entry": entries})


def _event(told: Told, base: str) -> list[Document]:
    parts: list[Document] = [
        {"name": "event-number", "valueString": str(told.notice.n)},
        {"name": "timestamp", "valueInstant": instant(told.notice.at)},
    ]
    if told.seen:
        parts.append({"name": "focus", "valueReference": {"reference": _address(told.notice, base)}})
    return parts


def _resource(told: Told, base: str) -> Document:
    method, status = _VERBS[told.notice.verb]
    entry: Document = {"fullUrl": _address(told.notice, base)}
    if told.body:
        entry["resource"] = loads(told.body)
    url = told.notice.type if method == "POST" else f"{told.notice.type}/{told.notice.id}"
    return {**entry, "request": {"method": method, "url": url}, "response": {"status": status}}


def _address(notice: Notice, base: str) -> str:
    return f"{base}/{notice.type}/{notice.id}"


def _coding(code: str) -> Document:
    return {"system": "urn:yteso:issue", "code": code}


def _status_id(watched: Watched, kind: Kind, now: datetime) -> str:
    return str(uuid5(NAMESPACE_URL, f"{watched.id} {kind} {now.isoformat()}"))
