"""Orders to inspect a facility: what runs, what is over, the form for a new one."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from yteso.access.principal import Role
from yteso.apps.privacy.acts import done, tabs
from yteso.base.clock import day_in_vietnam
from yteso.base.errors import Refused
from yteso.base.issue import Origin
from yteso.client.inspections import LEAST, MOST, NO_INSPECTOR, Inspection, Inspections, Wish
from yteso.web.guard import allow, needs_fresh_login
from yteso.web.names import is_account, names_of
from yteso.web.services import now, service
from yteso.web.turning import turned


def _inspections() -> Inspections:
    found: Inspections = service("inspections")
    return found


@allow(Role.DATA_OFFICER)
@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """Every order by facility, those that are not over first."""
    found, turn = turned(request, lambda stretch: _inspections().all(request.principal, stretch))
    moment = now()
    context = {
        "tabs": tabs(request, "privacy:inspections"),
        "turn": turn,
        "orders": [(one, _shown(one, moment)) for one in found],
        "people": names_of(account for one in found for account in (one.who, one.given_by)),
        "facilities": service("accesses").facilities(),
        "least": LEAST,
        "most": MOST,
    }
    return render(request, "privacy/inspections.html", context)


@allow(Role.DATA_OFFICER)
@needs_fresh_login
@require_POST
def give(request: HttpRequest) -> HttpResponse:
    """Enter one, for an inspector that there is: a name given beforehand would wait for whoever gets it."""
    asked = {name: request.POST.get(name, "").strip() for name in ("number", "account", "facilities", "reason")}
    codes = tuple(dict.fromkeys(asked["facilities"].replace(",", " ").replace(";", " ").split()))
    first, last = _day(request, "first"), _day(request, "last")

    def enter() -> None:
        if not is_account(asked["account"], Role.INSPECTOR):
            raise Refused(NO_INSPECTOR.at(Origin(field="account")), status=400)
        wish = Wish(asked["number"], asked["account"], codes, first, last, asked["reason"])
        _inspections().give(request.principal, wish)

    return done(request, enter, gettext("Đã ghi lệnh thanh tra."), reverse("privacy:inspections"))


@allow(Role.DATA_OFFICER)
@require_POST
def end(request: HttpRequest, id: UUID) -> HttpResponse:
    """Take one facility of an order back."""
    words = gettext("Đã kết thúc lệnh thanh tra.")
    back = reverse("privacy:inspections")
    return done(request, lambda: _inspections().end(request.principal, str(id)), words, back)


def _day(request: HttpRequest, name: str) -> date | None:
    """A day of a form; None when it is none."""
    try:
        return date.fromisoformat(request.POST.get(name, ""))
    except ValueError:
        return None


def _shown(order: Inspection, moment: datetime) -> dict[str, Any]:
    """Its first and last day, its state, whether it can be ended."""
    return {
        "first": day_in_vietnam(order.since).isoformat(),
        "last": day_in_vietnam(order.until - timedelta(microseconds=1)).isoformat(),
        "state": _state(order, moment),
        "open": order.until > moment,
    }


def _state(order: Inspection, moment: datetime) -> tuple[str, str, str]:
    """What its state is called, its tone, its sign."""
    if order.until <= moment:
        return gettext("Đã hết"), "", "x"
    return (gettext("Chưa bắt đầu"), "", "clock") if order.since > moment else (gettext("Đang hiệu lực"), "ok", "check")
