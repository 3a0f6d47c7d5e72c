"""Orders of a day in words: what, how much, what became of it. Pure; no I/O.

Lenient: a field that is missing leaves a blank, because senders differ and a page must show what there is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from yteso.access.principal import Role
from yteso.client.people import PersonBanner
from yteso.client.worklists import Order, Visit
from yteso.web.formats import money, number
from yteso.web.terms import text_of

Resource = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """One order. `tone` is "ok" when it is done, "warn" while it waits."""

    title: str
    detail: str
    value: str
    state: str
    tone: str


@dataclass(frozen=True, slots=True)
class Told:
    """One visit: whose, when, its number at the facility, its orders, and what it comes to."""

    id: str
    person: PersonBanner
    since: str
    number: str
    lines: tuple[Line, ...]
    sum: str


def title(role: Role) -> str:
    """What the page is called for a role."""
    return {
        Role.LAB: gettext("Chỉ định xét nghiệm, dịch vụ trong ngày"),
        Role.PHARMACIST: gettext("Đơn thuốc trong ngày"),
        Role.CASHIER: gettext("Chi phí trong ngày"),
    }[role]


def nothing(role: Role) -> str:
    """What an empty day says."""
    return {
        Role.LAB: gettext("Chưa có chỉ định nào của ngày này."),
        Role.PHARMACIST: gettext("Chưa có đơn thuốc nào của ngày này."),
        Role.CASHIER: gettext("Chưa có chi phí nào của ngày này."),
    }[role]


def told(visit: Visit) -> Told:
    """One visit in words."""
    resource = visit.fact.resource
    return Told(
        id=str(resource["id"]),
        person=visit.person,
        since=str(resource.get("period", {}).get("start", "")),
        number=visit.fact.source.visit,
        lines=tuple(_line(one) for one in visit.orders),
        sum=_sum(visit.claims),
    )


def _line(order: Order) -> Line:
    resource = order.fact.resource
    if resource["resourceType"] == "ChargeItem":
        return Line(text_of(resource.get("code")), _quantity(resource.get("quantity")), _amount(resource), "", "")
    if resource["resourceType"] == "MedicationRequest":
        how = "; ".join(str(one.get("text", "")) for one in resource.get("dosageInstruction", []))
        amount = _quantity(resource.get("dispenseRequest", {}).get("quantity"))
        name = text_of(resource.get("medicationCodeableConcept")) or gettext("Thuốc")
        return Line(name, how, amount, *_state(order, gettext("Đã cấp"), gettext("Chờ cấp")))
    state = _state(order, gettext("Có kết quả"), gettext("Chờ"))
    return Line(text_of(resource.get("code")), _answered(order), "", *state)


def _amount(resource: Resource) -> str:
    """What the line comes to: as its facility reckoned it, else its price times its quantity."""
    costs = (one for one in resource.get("extension", []) if str(one.get("url", "")).endswith(":cost"))
    parts = (part for one in costs for part in one.get("extension", []) if part.get("url") == "hospitalAmount")
    told = next((part.get("valueMoney", {}).get("value") for part in parts), None)
    price, count = resource.get("priceOverride", {}).get("value"), resource.get("quantity", {}).get("value")
    if told is None and price is not None and count is not None:
        told = price * count
    return money(told) if told is not None else ""


def _state(order: Order, done: str, waits: str) -> tuple[str, str]:
    if order.answer:
        return done, "ok"
    ended = order.fact.resource.get("status") in ("completed", "revoked", "cancelled", "stopped", "entered-in-error")
    return (gettext("Đã xong"), "") if ended else (waits, "warn")


def _answered(order: Order) -> str:
    answer = order.answer or {}
    return str(answer.get("conclusion", "")) or _count(answer.get("result", []))


def _count(results: Sequence[Any]) -> str:
    return gettext("%(count)s chỉ số") % {"count": len(results)} if results else ""


def _sum(claims: Sequence[Resource]) -> str:
    values = [one.get("total", {}).get("value") for one in claims]
    return money(sum(value for value in values if value is not None)) if any(values) else ""


def _quantity(quantity: Resource | None) -> str:
    if not quantity or quantity.get("value") is None:
        return ""
    return f"{number(quantity['value'], 3)} {quantity.get('unit') or quantity.get('code') or ''}".strip()
