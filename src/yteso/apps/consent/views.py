"""Pages to open and close records. Ask `client.openings` and `client.consents`; what they refuse is told there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yteso.access.principal import Role
from yteso.apps.consent import words
from yteso.apps.consent.apps import STAFF
from yteso.base.errors import Refused
from yteso.client.consents import Consents
from yteso.client.openings import REVIEW, TREATING, Openings
from yteso.web.errors import keep_refusal
from yteso.web.guard import allow, is_proved_anew, needs_fresh_login, spend_proof, to_proof
from yteso.web.looks import look, parts
from yteso.web.names import names_of, names_with_accounts
from yteso.web.qr import qr_path
from yteso.web.services import installed, service
from yteso.web.turning import turned

_TREATING = tuple(sorted(TREATING))
_FIELDS = ("identifier", "reason", "words", "very")
_TYPED = "typed_to_break_glass"
"""Session key: what was typed, until the page is shown again after the proof."""
_ACCOUNT = "account:"
"""How the form tells a person from a facility, of which one is chosen."""


def _openings() -> Openings:
    found: Openings = service("openings")
    return found


def _consents() -> Consents:
    found: Consents = service("consents")
    return found


@allow(*STAFF)
@require_GET
def open_(request: HttpRequest) -> HttpResponse:
    """A code for a visit, broken glass, and what one holds open."""
    return _open_page(request)


def _open_page(request: HttpRequest, status: int = 200) -> HttpResponse:
    """That page; after a refusal with what was typed, because seconds count where the glass is broken."""
    who = request.principal
    treats = who.role in TREATING and bool(who.facility)
    mine, waiting = _openings().mine(who), _openings().waiting(who) if treats else []
    context = {
        "treats": treats,
        "mine": mine,
        "patients": service("records").banners(who, [one.patient for one in mine]) if mine else {},
        "waiting": waiting,
        "people": names_of(one.opened_by for one in waiting),
        "may_approve": who.role is Role.DOCTOR,
        "reasons": list(words.reasons().items()),
        "reason": words.reason,
        "given": request.POST or request.session.pop(_TYPED, {}),
        "fresh": is_proved_anew(request),
    }
    return render(request, "consent/open.html", context, status=status)


@allow(*STAFF)
@require_POST
def use_code(request: HttpRequest) -> HttpResponse:
    """Open the record whose code was shown."""

    def act() -> HttpResponse:
        patient, _ = _openings().open_by_code(request.principal, request.POST.get("code", ""))
        return HttpResponseRedirect(reverse("record:person", args=[patient]))

    return _told(request, act, "consent:open")


@allow(*_TREATING)
@require_http_methods(["GET", "POST"])
def glass(request: HttpRequest) -> HttpResponse:
    """Break the glass over one record after a proof of who one is, which counts for this alone; the log-in is none.
    What was typed before it waits in the session.

    After a refusal the form stands at this address, and who proves anew comes back to it.
    """
    if request.method == "GET":
        return HttpResponseRedirect(reverse("consent:open"))
    if not is_proved_anew(request):
        request.session[_TYPED] = {name: request.POST.get(name, "")[:500] for name in _FIELDS}
        return to_proof(request)

    def act() -> HttpResponse:
        given = request.POST
        patient, _ = _openings().break_glass(
            request.principal,
            given.get("identifier", ""),
            given.get("reason", ""),
            given.get("words", ""),
            very_restricted="very" in given,
        )
        spend_proof(request)
        return HttpResponseRedirect(reverse("record:person", args=[patient]))

    try:
        return act()
    except Refused as refused:
        _tell(request, refused)
        return _open_page(request, refused.status)


@allow(*_TREATING)
@require_POST
def end(request: HttpRequest, id: UUID) -> HttpResponse:
    """Close again."""
    return _said(request, _openings().end(request.principal, str(id)), gettext("Đã đóng lại."), "consent:open")


@allow(Role.DOCTOR)
@require_POST
def approve(request: HttpRequest, id: UUID) -> HttpResponse:
    """Be the second person, after a proof of who one is that counts for this alone."""
    if not is_proved_anew(request):
        return to_proof(request)

    def act() -> HttpResponse:
        done = _openings().approve(request.principal, str(id))
        spend_proof(request)
        return _said(request, done, gettext("Đã đồng ý mở phần rất hạn chế."), "consent:open")

    return _told(request, act, "consent:open")


@allow(Role.DATA_OFFICER)
@require_GET
def review(request: HttpRequest) -> HttpResponse:
    """Broken glass nobody reviewed yet, and accounts that do it often."""
    openings, who = _openings(), request.principal
    waiting, turn = turned(request, lambda stretch: openings.to_review(who, stretch))
    now = installed().clock()
    often = openings.often(who)
    context = {
        "waiting": waiting,
        "turn": turn,
        "often": often,
        "people": names_with_accounts(
            [*(one.opened_by for one in waiting), *(one.second for one in waiting), *(one.account for one in often)]
        ),
        "late": service("officer").waiting(who).late,
        "overdue": {one.id for one in waiting if one.since + REVIEW < now},
        "opened": {
            one.id: parts(look(done, who.name, "") for done in openings.done_under(who, one)) for one in waiting
        },
        "due": {one.id: one.since + REVIEW for one in waiting},
        "facilities": service("accesses").facilities(),
        "reason": words.reason,
    }
    return render(request, "consent/review.html", context)


@allow(Role.DATA_OFFICER)
@require_POST
def settle(request: HttpRequest, id: UUID) -> HttpResponse:
    """Keep what was found."""
    found = request.POST.get("verdict", "")
    if found not in ("justified", "unjustified"):
        messages.error(request, gettext("Hãy chọn một kết luận."))
        return HttpResponseRedirect(reverse("consent:review"))
    done = _openings().review(request.principal, str(id), justified=found == "justified")
    return _said(request, done, gettext("Đã ghi kết luận."), "consent:review")


@allow(Role.CITIZEN)
@require_GET
def own(request: HttpRequest) -> HttpResponse:
    """What the person chose, and who opened the record; with `?of=` of somebody the person acts for."""
    return render(request, "consent/own.html", _own(request))


@allow(Role.CITIZEN)
@require_POST
def find(request: HttpRequest) -> HttpResponse:
    """The same page with the facilities whose name was typed. Whom one closes to stays out of addresses and logs."""
    text = request.POST.get("q", "").strip()[:100]
    return render(request, "consent/own.html", _own(request, text))


@allow(Role.CITIZEN)
@require_POST
def code(request: HttpRequest) -> HttpResponse:
    """A new code for a visit, shown once."""
    drawn = _openings().visit_code(request.principal, _of(request))
    shown = "-".join(drawn.text[at : at + 4] for at in range(0, len(drawn.text), 4))
    told = {"code": shown, "until": drawn.until, "qr": qr_path(drawn.text)}
    answer = render(request, "consent/own.html", _own(request) | told)
    answer["Cache-Control"] = "no-store"
    return answer


@allow(Role.CITIZEN)
@needs_fresh_login
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Close to a facility or to one person who looked, or let them see sensitive facts."""

    def act() -> HttpResponse:
        given = request.POST
        permits = given.get("choice") == "permit"
        whom = given.get("facility", "")
        account = whom.removeprefix(_ACCOUNT) if whom.startswith(_ACCOUNT) else ""
        _consents().choose(
            request.principal,
            permits=permits,
            facility=whom,
            account=account,
            labels=tuple(given.getlist("label")),
            of=_of(request),
        )
        return _said(request, "chosen", gettext("Đã ghi. Có hiệu lực ngay."), "consent:own")

    return _told(request, act, "consent:own")


@allow(Role.CITIZEN)
@require_POST
def withdraw(request: HttpRequest, id: str) -> HttpResponse:
    """Take a choice back. What takes back a refusal opens the record, as a permission does: it wants a fresh proof."""

    def act() -> HttpResponse:
        choices = _consents().own(request.principal, _of(request))
        opens = any(one.id == id and not one.permits for one in choices)
        return (_opened_again if opens else _taken_back)(request, id)

    return _told(request, act, "consent:own")


def _taken_back(request: HttpRequest, id: str) -> HttpResponse:
    done = _consents().withdraw(request.principal, id, _of(request))
    return _said(request, done, gettext("Đã rút lại."), "consent:own")


_opened_again = needs_fresh_login(_taken_back)


def _of(request: HttpRequest) -> str:
    """In whose name: empty for the own one. It stands in the address of the page and of its forms; rights are asked."""
    of = request.GET.get("of", "")
    return "" if of == request.principal.person else of


def _own(request: HttpRequest, text: str = "") -> dict[str, Any]:
    who, consents, of = request.principal, _consents(), _of(request)
    named, ward = consents.named(who, of), service("records").banner(who, of) if of else None
    choices, openings, known = consents.own(who, of), _openings().of_person(who, of), consents.known(who, of)
    facilities = {one.facility for one in (*choices, *openings)} - {""}
    lookers = consents.lookers(who, of)
    found = [one for one in consents.find(who, text) if one.code not in {other.code for other in known}]
    return {
        "code": "",
        "q": text,
        "offered": [*known, *found],
        "found": len(found),
        "choices": choices,
        "openings": openings,
        "ward": ward,
        "query": f"?{urlencode({'of': of})}" if of else "",
        "names": consents.names(who, facilities),
        "lookers": lookers,
        "account": _ACCOUNT,
        "people": names_of([*(one.opened_by for one in openings), *(one.account for one in choices), *lookers]),
        "why": words.why,
        "labels": [(code, text) for code, text in words.labels().items() if code in named],
        "label": words.label,
        "reason": words.reason,
    }


def _told(request: HttpRequest, act: Callable[[], HttpResponse], back: str) -> HttpResponse:
    """What was refused is told where it was asked."""
    try:
        return act()
    except Refused as refused:
        _tell(request, refused)
        return _back(request, back)


def _tell(request: HttpRequest, refused: Refused) -> None:
    keep_refusal(request, refused)
    english = (get_language() or "").startswith("en")
    for issue in refused.issues:
        told = (issue.text_en, issue.fix_en) if english else (issue.text, issue.fix)
        messages.error(request, f"{' '.join(told)} ({issue.code})")


def _said(request: HttpRequest, done: object, text: str, back: str) -> HttpResponse:
    if done:
        messages.success(request, text)
    else:
        messages.info(request, gettext("Việc này không còn mở."))
    return _back(request, back)


def _back(request: HttpRequest, name: str) -> HttpResponse:
    """To the page the form was on, of the same person."""
    of = _of(request) if name == "consent:own" else ""
    return HttpResponseRedirect(reverse(name) + (f"?{urlencode({'of': of})}" if of else ""))
