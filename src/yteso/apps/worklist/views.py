"""The day's work of who asks. The view asks `client.worklists`; what a role may see is decided there."""

from __future__ import annotations

from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from yteso.apps.worklist import words
from yteso.base.clock import day_in_vietnam
from yteso.client.worklists import ROLES, Worklists
from yteso.web.guard import allow
from yteso.web.services import now, service


@allow(*ROLES)
@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """A page of the visits of a day (today, unless asked for another) that have something to do."""
    worklists: Worklists = service("worklists")
    who, day, today = request.principal, _day(request), day_in_vietnam(now())
    found = worklists.day(who, day.isoformat(), request.GET.get("cursor", ""))
    context = {
        "title": words.title(who.role),
        "nothing": words.nothing(who.role),
        "visits": [words.told(one) for one in found.visits],
        "next": found.next,
        "facility": service("records").facilities(who).get(who.facility, who.facility),
        "day": day.isoformat(),
        "before": (day - timedelta(days=1)).isoformat(),
        "after": (day + timedelta(days=1)).isoformat() if day < today else "",
        "asked": now(),
    }
    return render(request, "worklist/start.html", context)


def _day(request: HttpRequest) -> date:
    """The day that was asked for; today for what is no day, or is not of this era."""
    try:
        asked = date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        asked = date.min
    return asked if asked.year >= 1900 else day_in_vietnam(now())
