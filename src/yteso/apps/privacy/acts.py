"""What the desk's forms share: an act is done and told, and the page it came from is opened again; the row of tabs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext

from yteso.base.clock import VIETNAM
from yteso.base.direction import isolated
from yteso.base.errors import Refused
from yteso.client.breaches import Affected
from yteso.client.desk import Desk, Waiting
from yteso.web.errors import told
from yteso.web.names import names_with_accounts
from yteso.web.services import service

Tab = tuple[str, str, int | None, bool]


def done(request: HttpRequest, act: Callable[[], object], words: str, to: str) -> HttpResponse:
    """Do it and say so, or say by its number and words why not; then to that address."""
    try:
        act()
    except Refused as refusal:
        tell_refusal(request, refusal)
    else:
        messages.success(request, words)
    return HttpResponseRedirect(to)


def tell_refusal(request: HttpRequest, refusal: Refused) -> None:
    """Say on the next page why not. What is more than a wrong form, or a case that moved on, is raised."""
    if refusal.status not in (400, 404):
        raise refusal
    for issue in map(told, refusal.issues):
        messages.error(request, f"{issue['code']}: {issue['text']} {issue['fix']}")


def moment_of(request: HttpRequest, name: str) -> datetime | None:
    """A moment of a form (`datetime-local`), by Vietnam's clock; None when it is none."""
    return moment_in(request.POST.get(name, ""))


def moment_in(text: str) -> datetime | None:
    """A moment written as `datetime-local` writes it, by Vietnam's clock; None when it is none."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)
    except ValueError:
        return None


def number_of(request: HttpRequest, name: str) -> int:
    """A whole number of a form; 0 when it is none, which no act takes."""
    text = request.POST.get(name, "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def sources(shown: Iterable[Affected]) -> dict[str, object]:
    """What the lines of people who were seen need: whose the accounts are, and what each was seen through."""
    lines = list(shown)
    apps = {app.id: app.name for app in service("oauth").apps()} if any(any(one.through) for one in lines) else {}
    ways = {way for one in lines for way in one.through}
    return {
        "named": names_with_accounts(account for one in lines for account in one.by),
        "ways": {way: _way(way, apps) for way in ways},
    }


def _way(way: str, apps: Mapping[str, str]) -> str:
    if not way:
        return gettext("Trang, API của nền tảng")
    if way == "$export":
        return gettext("Tệp kết xuất")
    return gettext("Ứng dụng %(name)s") % {"name": isolated(apps.get(way, way))}


def waiting(request: HttpRequest) -> Waiting:
    """How much waits for the officer, by kind."""
    desk: Desk = service("officer")
    return desk.waiting(request.principal)  # type: ignore[attr-defined]


def tabs(request: HttpRequest, here: str) -> list[Tab]:
    """The parts of the desk, with how much waits in each."""
    open_ = waiting(request)
    parts = {
        "privacy:start": (gettext("Câu hỏi"), open_.questions),
        "privacy:requests": (gettext("Yêu cầu"), open_.requests),
        "privacy:breaches": (gettext("Vi phạm"), open_.breaches),
        "privacy:budgets": (gettext("Hạn mức"), 0),
        "privacy:exports": (gettext("Xuất hàng loạt"), open_.exports),
        "privacy:inspections": (gettext("Thanh tra"), 0),
        "privacy:register": (gettext("Hồ sơ xử lý"), 0),
    }
    return [(reverse(name), label, count or None, name == here) for name, (label, count) in parts.items()]
