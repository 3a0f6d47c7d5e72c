"""Breach cases: the 72 hours, whom the suspects saw, the draft notice, who was told when, and the end."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from yteso.access.principal import Role
from yteso.apps.privacy.acts import done, moment_in, moment_of, sources, tabs, tell_refusal
from yteso.base.errors import Refused
from yteso.client.breaches import LEAST, LEAST_NOTICE, MOST, UNFILLED, Breach, Breaches, Suspicion
from yteso.web.formats import field_moment
from yteso.web.guard import allow, needs_fresh_login
from yteso.web.names import names_of, names_with_accounts
from yteso.web.services import now, service
from yteso.web.turning import sliced, turned

_UUID = re.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def _breaches() -> Breaches:
    found: Breaches = service("breaches")
    return found


@allow(Role.DATA_OFFICER)
@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """All cases and the form for a new one."""
    found, turn = turned(request, lambda stretch: _breaches().all(request.principal, stretch))
    context = {
        **_shared(request),
        "turn": turn,
        "cases": [(one, _left(one.due)) for one in found],
        "people": names_of(one.suspicion.account for one in found),
        "first": _first(request),
    }
    context["sorted_facilities"] = sorted(context["facilities"].items(), key=itemgetter(1))
    return render(request, "privacy/breaches.html", context)


@allow(Role.DATA_OFFICER)
@require_POST
def open_(request: HttpRequest) -> HttpResponse:
    """A new case."""
    since, until = moment_of(request, "since"), moment_of(request, "until")
    account, facility = (request.POST.get(name, "").strip() for name in ("account", "facility"))
    suspicion = Suspicion(account, facility, since, until) if since and until else None
    try:
        what = request.POST.get("what", "")
        if suspicion is not None and not names_of([account]):
            _breaches().require_acted(request.principal, suspicion)
        new = _breaches().open(request.principal, what, moment_of(request, "noticed"), suspicion)
    except Refused as refusal:
        tell_refusal(request, refusal)
        return HttpResponseRedirect(reverse("privacy:breaches"))
    return HttpResponseRedirect(reverse("privacy:breach", args=[new]))


@allow(Role.DATA_OFFICER)
@require_GET
def one(request: HttpRequest, id: UUID) -> HttpResponse:
    """One case with its clock, how many it is about, and what can be done next."""
    case = _breaches().one(request.principal, str(id))
    people = _breaches().affected(request.principal, case)
    context = {
        **_shared(request),
        "case": case,
        "left": _left(case.due),
        "people": people,
        "least_notice": LEAST_NOTICE,
        "named": names_with_accounts(_accounts(case)),
    }
    context["told"] = _breaches().told(request.principal, str(id))
    context["letter"] = case.notice or _letter(request, case)
    return render(request, "privacy/breach.html", context)


@allow(Role.DATA_OFFICER)
@require_GET
def affected(request: HttpRequest, id: UUID) -> HttpResponse:
    """Whom the case is about, a line each and without names: when, by which account, through what, and when told."""
    case = _breaches().one(request.principal, str(id))
    people = _breaches().affected(request.principal, case)
    rows, turn = sliced(request, list(enumerate(people, 1)))
    context = {
        **_shared(request),
        **sources(one for _, one in rows),
        "case": case,
        "rows": rows,
        "turn": turn,
        "all": len(people),
        "times": sum(one.times for one in people),
        "told": _breaches().told_when(request.principal, str(id)),
    }
    return render(request, "privacy/affected.html", context)


@allow(Role.DATA_OFFICER)
@needs_fresh_login
@require_POST
def people(request: HttpRequest, id: UUID) -> HttpResponse:
    """The list of people as CSV; everybody on it can read that it was made."""
    text = _breaches().people_file(request.principal, str(id))
    return _file(text, "text/csv; charset=utf-8", f"nguoi-bi-anh-huong-{id}.csv")


@allow(Role.DATA_OFFICER)
@require_GET
def notice(request: HttpRequest, id: UUID) -> HttpResponse:
    """The draft notice for the authority, in Vietnamese, as text to be signed and sent."""
    case = _breaches().one(request.principal, str(id))
    people = _breaches().affected(request.principal, case)
    context = {
        **_shared(request),
        "case": case,
        "people": len(people),
        "officer": request.user.display_name,
        "named": names_with_accounts(_accounts(case)),
    }
    return render(request, "privacy/notice.txt", context, content_type="text/plain; charset=utf-8")


@allow(Role.DATA_OFFICER)
@require_POST
def describe(request: HttpRequest, id: UUID) -> HttpResponse:
    """What the notice says."""
    texts = {name: request.POST.get(name, "") for name in ("what", "kinds", "consequences", "measures")}
    words = gettext("Đã lưu nội dung thông báo.")
    return done(request, lambda: _breaches().describe(request.principal, str(id), texts), words, _to(id))


@allow(Role.DATA_OFFICER)
@require_POST
def tell(request: HttpRequest, id: UUID) -> HttpResponse:
    """The authority, or the people, were told then."""
    whom = "authority" if request.POST.get("whom") == "authority" else "people"
    when = moment_of(request, "when")
    words = gettext("Đã ghi thời điểm thông báo.")
    return done(request, lambda: _breaches().tell(request.principal, str(id), whom, when), words, _to(id))


@allow(Role.DATA_OFFICER)
@needs_fresh_login
@require_POST
def inbox(request: HttpRequest, id: UUID) -> HttpResponse:
    """Tell the people in their inboxes; again for those who have an account by now."""
    if "again" in request.POST:
        act, words = _breaches().tell_more, gettext("Đang báo cho người mới có tài khoản.")
        return done(request, lambda: act(request.principal, str(id)), words, _to(id))
    text, words = request.POST.get("notice", ""), gettext("Đang gửi thông báo vào hộp thư của từng người.")
    return done(request, lambda: _breaches().have_told(request.principal, str(id), text), words, _to(id))


@allow(Role.DATA_OFFICER)
@require_GET
def told(request: HttpRequest, id: UUID) -> HttpResponse:
    """How far the telling is; asks again while people wait."""
    case = _breaches().one(request.principal, str(id))
    context = {"case": case, "told": _breaches().told(request.principal, str(id)), "as_of": now()}
    return render(request, "privacy/told.html", context)


@allow(Role.DATA_OFFICER)
@require_POST
def close(request: HttpRequest, id: UUID) -> HttpResponse:
    """It is over."""
    conclusion = request.POST.get("conclusion", "")
    words = gettext("Đã đóng vụ việc.")
    return done(request, lambda: _breaches().close(request.principal, str(id), conclusion), words, _to(id))


def _first(request: HttpRequest) -> dict[str, str]:
    """What stands in the form at first: with `?case=` the access a person questioned, and the hours around it; with
    `?for=` and `?hour=` an account and its hour.
    """
    around = _hour(request)
    if around is not None:
        return around
    asked = request.GET.get("case", "")
    one = service("accesses").one_case(request.principal, str(UUID(asked))) if _UUID.fullmatch(asked) else None
    if one is None or one.access is None:
        return dict.fromkeys(("what", "account", "facility", "noticed", "since", "until"), "")
    access, half = one.access, timedelta(hours=12)
    moments = {"since": access.when - half, "until": access.when + half, "noticed": one.case.opened}
    return {"what": one.case.question, "account": access.who, "facility": access.facility, **_written(moments)}


def _hour(request: HttpRequest) -> dict[str, str] | None:
    account, hour = request.GET.get("for", ""), moment_in(request.GET.get("hour", ""))
    if not account or hour is None:
        return None
    moments = {"since": hour, "until": hour + timedelta(hours=1), "noticed": now()}
    return {"what": "", "account": account, "facility": "", **_written(moments)}


def _written(moments: Mapping[str, datetime]) -> dict[str, str]:
    """As the fields of a form take them."""
    return {name: field_moment(moment) for name, moment in moments.items()}


def _accounts(case: Breach) -> tuple[str | None, ...]:
    """All that a case names."""
    return case.suspicion.account, case.opened_by, case.notice_by, case.closed_by


def _shared(request: HttpRequest) -> dict[str, Any]:
    facilities = service("accesses").facilities()
    rows = tabs(request, "privacy:breaches")
    return {"tabs": rows, "facilities": facilities, "least": LEAST, "most": MOST, "as_of": now()}


def _letter(request: HttpRequest, case: Breach) -> str:
    """The template of what people are told, in Vietnamese: the officer reads and changes it before it is sent."""
    context = {"case": case, "officer": request.user.display_name, "unfilled": UNFILLED}
    return str(render_to_string("privacy/letter.txt", context, request)).strip()


def _left(due: datetime) -> int:
    """Whole hours until then; negative when it is past."""
    return int((due - now()).total_seconds() // 3600)


def _to(id: UUID) -> str:
    return reverse("privacy:breach", args=[id])


def _file(text: str, type: str, name: str) -> HttpResponse:
    return HttpResponse(text, content_type=type, headers={"Content-Disposition": f'attachment; filename="{name}"'})
