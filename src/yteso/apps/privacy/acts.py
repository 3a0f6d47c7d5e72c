"""What the desk's forms share: an act is done and told, and the page it came from is opened again; the row of tabs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext

from yteso.base.clock import VIETNAM
from yteso.base.errors import Refused
from yteso.web.errors import told

Tab = tuple[str, str, None, bool]


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
    try:
        return datetime.fromisoformat(request.POST.get(name, "")).replace(tzinfo=VIETNAM)
    except ValueError:
        return None


def number_of(request: HttpRequest, name: str) -> int:
    """A whole number of a form; 0 when it is none, which no act takes."""
    text = request.POST.get(name, "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def tabs(here: str) -> list[Tab]:
    """The parts of the desk."""
    parts = {
        "privacy:start": gettext("Câu hỏi"),
        "privacy:requests": gettext("Yêu cầu"),
        "privacy:breaches": gettext("Vi phạm"),
        "privacy:budgets": gettext("Hạn mức"),
        "privacy:exports": gettext("Xuất hàng loạt"),
        "privacy:register": gettext("Hồ sơ xử lý"),
    }
    return [(reverse(name), label, None, name == here) for name, label in parts.items()]
