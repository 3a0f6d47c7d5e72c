"""Bulk exports: what waits for a second person, the decision, and what machines may export without asking each time."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from yteso.access.principal import Role
from yteso.apps.privacy.acts import done, number_of, tabs
from yteso.base.errors import Refused
from yteso.base.issue import Origin
from yteso.client.exports import LEAST, MOST, MOST_DAYS, NO_ACCOUNT, Exports
from yteso.web.guard import allow, needs_fresh_login
from yteso.web.looks import roles
from yteso.web.names import is_account, names_of
from yteso.web.services import now, service
from yteso.web.turning import turned


def _exports() -> Exports:
    found: Exports = service("exports")
    return found


@allow(Role.DATA_OFFICER)
@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """What waits, what was decided, and standing approvals."""
    exports, turn = turned(request, lambda stretch: _exports().all(request.principal, stretch))
    standing = _exports().standing(request.principal)
    accounts = [account for one in exports for account in (one.who, one.decided_by)]
    accounts += [account for one in standing for account in (one.who, one.given_by)]
    context = {
        "tabs": tabs(request, "privacy:exports"),
        "exports": exports,
        "turn": turn,
        "standing": standing,
        "people": names_of(accounts),
        "roles": roles(),
        "states": _states(),
        "least": LEAST,
        "most": MOST,
        "most_days": MOST_DAYS,
        "as_of": now(),
    }
    return render(request, "privacy/exports.html", context)


@allow(Role.DATA_OFFICER)
@needs_fresh_login
@require_POST
def decide(request: HttpRequest, id: UUID) -> HttpResponse:
    """Approve or refuse one."""
    approved, reason = request.POST.get("decision") == "approve", request.POST.get("reason", "")
    words = gettext("Đã phê duyệt; dữ liệu được chuẩn bị.") if approved else gettext("Đã từ chối yêu cầu xuất.")
    return done(
        request,
        lambda: _exports().decide(request.principal, str(id), approved=approved, reason=reason),
        words,
        reverse("privacy:exports"),
    )


@allow(Role.DATA_OFFICER)
@needs_fresh_login
@require_POST
def stand(request: HttpRequest) -> HttpResponse:
    """A machine that there is may export for a while: a name given beforehand would wait for whoever gets it."""
    account, reason = request.POST.get("account", "").strip(), request.POST.get("reason", "")
    days = number_of(request, "days")

    def give() -> None:
        if account and not is_account(account, Role.INTEGRATOR):
            raise Refused(NO_ACCOUNT.at(Origin(field="account")), status=400)
        _exports().add_standing(request.principal, account, days, reason)

    return done(request, give, gettext("Đã phê duyệt dài hạn."), reverse("privacy:exports"))


@allow(Role.DATA_OFFICER)
@require_POST
def end(request: HttpRequest, id: UUID) -> HttpResponse:
    """Take a standing approval back."""
    words = gettext("Đã thu hồi phê duyệt.")
    return done(request, lambda: _exports().end_standing(request.principal, str(id)), words, reverse("privacy:exports"))


def _states() -> dict[str, tuple[str, str, str]]:
    """What a state is called, its tone, its sign."""
    return {
        "held": (gettext("Chờ phê duyệt"), "warn", "hourglass"),
        "waiting": (gettext("Đang chuẩn bị"), "", "clock"),
        "done": (gettext("Đã có tệp"), "ok", "check"),
        "failed": (gettext("Không hoàn thành"), "bad", "x"),
        "cancelled": (gettext("Đã hủy"), "", "x"),
        "refused": (gettext("Bị từ chối"), "bad", "lock"),
    }
