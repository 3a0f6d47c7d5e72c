"""Egress budgets: accounts that came near theirs or were stopped, and more for one account for a while."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from yteso.access.principal import Role
from yteso.apps.privacy.acts import done, moment_in, number_of, sources, tabs
from yteso.base.errors import Refused
from yteso.base.issue import Origin
from yteso.client.budgets import MOST_HOURS, MOST_PEOPLE, NO_ACCOUNT, Budgets
from yteso.client.officer import LEAST, MOST
from yteso.web.guard import allow
from yteso.web.looks import roles
from yteso.web.names import names_of
from yteso.web.services import now, service
from yteso.web.turning import sliced, turned


def _budgets() -> Budgets:
    found: Budgets = service("budgets")
    return found


@allow(Role.DATA_OFFICER)
@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """Alarms and stops of the last days, what is granted, and the form for more; `?for=` names its account."""
    spent, turn = turned(request, lambda stretch: _budgets().spent(request.principal, stretch))
    grants = _budgets().grants(request.principal)
    account = request.GET.get("for", "")
    accounts = [account, *(one.who for one in spent), *(one.who for one in grants), *(one.given_by for one in grants)]
    context = {
        "tabs": tabs(request, "privacy:budgets"),
        "spent": spent,
        "turn": turn,
        "grants": grants,
        "people": names_of(accounts),
        "facilities": service("accesses").facilities(),
        "roles": roles(),
        "account": account,
        "as_of": now(),
        "most_people": MOST_PEOPLE,
        "most_hours": MOST_HOURS,
        "least": LEAST,
        "most": MOST,
    }
    return render(request, "privacy/budgets.html", context)


@allow(Role.DATA_OFFICER)
@require_GET
def seen(request: HttpRequest) -> HttpResponse:
    """Whom the account `?for=` saw within the hour that begins with `?hour=`: a line each, without names."""
    account, hour = request.GET.get("for", ""), moment_in(request.GET.get("hour", ""))
    if not account or hour is None:
        raise Http404
    found = _budgets().seen(request.principal, account, hour)
    rows, turn = sliced(request, list(enumerate(found, 1)))
    context = {
        "tabs": tabs(request, "privacy:budgets"),
        **sources(one for _, one in rows),
        "account": account,
        "people": names_of([account]),
        "hour": hour,
        "begins": request.GET["hour"],
        "rows": rows,
        "turn": turn,
        "all": len(found),
        "times": sum(one.times for one in found),
    }
    return render(request, "privacy/seen.html", context)


@allow(Role.DATA_OFFICER)
@require_POST
def grant(request: HttpRequest) -> HttpResponse:
    """More for an account that there is."""
    account, reason = request.POST.get("account", "").strip(), request.POST.get("reason", "")
    people, hours = number_of(request, "people"), number_of(request, "hours")

    def give() -> None:
        if account and not names_of([account]):
            raise Refused(NO_ACCOUNT.at(Origin(field="account")), status=400)
        _budgets().grant(request.principal, account, people, hours, reason)

    return done(request, give, gettext("Đã cho thêm hạn mức."), reverse("privacy:budgets"))


@allow(Role.DATA_OFFICER)
@require_POST
def end(request: HttpRequest, id: UUID) -> HttpResponse:
    """Take it back."""
    words = gettext("Đã thu hồi hạn mức thêm.")
    return done(request, lambda: _budgets().end_grant(request.principal, str(id)), words, reverse("privacy:budgets"))
