"""The citizen's pages; views ask `client`. Whose record it is, the account says, or `of`, which its rights reach."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yteso.apps.healthbook import lines
from yteso.apps.healthbook.apps import ROLES
from yteso.apps.healthbook.documents import document_of
from yteso.apps.healthbook.paper import paper_of, paper_of_visit
from yteso.base.errors import Refused
from yteso.client.accesses import LEAST, MOST, Access, Accesses, Asked
from yteso.client.inbox import Inbox
from yteso.client.openings import Opening
from yteso.client.origin import source_of
from yteso.client.people import PersonBanner
from yteso.client.record import Fact, Records, is_measure
from yteso.client.representations import ADULT, LONGEST_YEARS, OFFERED, Representations
from yteso.fhir import json as fhir_json
from yteso.web.common_tests import common_test
from yteso.web.errors import told
from yteso.web.guard import allow, needs_fresh_login
from yteso.web.looks import Look, look, parts, relationships, runs
from yteso.web.names import names_of
from yteso.web.paper.press import print_pdf
from yteso.web.qr import qr_path
from yteso.web.services import now, service
from yteso.web.trend import trend_of
from yteso.web.turning import sliced, turned

PAGE = 50
FEW = 3
WHOLE = 1000
TOLD = timedelta(days=7)
"""How long the first page tells of an emergency opening."""
_CODE = "yteso.apps.healthbook.representative"
_CODE_LIVES = 30 * 60
PERIODS = (7, 30, 90, 365)


def _records() -> Records:
    found: Records = service("records")
    return found


def _accesses() -> Accesses:
    found: Accesses = service("accesses")
    return found


def _inbox() -> Inbox:
    found: Inbox = service("inbox")
    return found


def _representations() -> Representations:
    found: Representations = service("representations")
    return found


@allow(*ROLES)
@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """The record at a glance: the newest of each section; what to do when the account has no record yet."""
    if not request.principal.person:
        return render(request, "healthbook/unbound.html")
    book = _book(request)
    names = lines.section_names()
    facilities = _accesses().facilities()
    groups = [(name, names[name], _section(request, book, name, facilities, FEW)[0]) for name in names]
    broken = _broken(request, book, now() - TOLD) if book.acts else []
    context = {
        "book": book,
        "groups": groups,
        "broken": broken,
        "names": names_of(one.opened_by for one in broken),
        "facilities": facilities,
        "unread": _inbox().unread(request.principal, book.of) if book.acts else 0,
        "people": [one.person for one in _representations().by_me(request.principal)],
        "asked": now(),
    }
    return render(request, "healthbook/start.html", context)


@allow(*ROLES)
@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """The inbox: what the platform tells the person, and emergency openings of the record. Shown is read."""
    book, principal = _book(request), request.principal
    messages, turn = turned(request, lambda stretch: _inbox().open(principal, book.of, stretch))
    broken, opened = sliced(request, _broken(request, book), "opened")
    context = {
        "book": book,
        "messages_of_person": messages,
        "turn": turn,
        "broken": broken,
        "opened": opened,
        "people": names_of(one.opened_by for one in broken),
        "facilities": _accesses().facilities(),
        "asked": now(),
    }
    return render(request, "healthbook/inbox.html", context)


def _broken(request: HttpRequest, book: Book, since: datetime | None = None) -> list[Opening]:
    """Emergency openings of the record, newest first; those since then."""
    found: list[Opening] = service("openings").of_person(request.principal, book.of)
    return [one for one in found if one.kind == "g" and (since is None or one.since >= since)]


@allow(*ROLES)
@require_GET
def section(request: HttpRequest, name: str) -> HttpResponse:
    """One section, newest first."""
    names = lines.section_names()
    if name not in names:
        raise Http404
    book = _book(request)
    cursor = request.GET.get("cursor", "")
    shown, more = _section(request, book, name, _accesses().facilities(), PAGE, cursor)
    first = reverse("healthbook:section", args=[name]) + book.query if cursor else ""
    context = {"book": book, "name": name, "title": names[name], "lines": shown, "next": more, "first": first}
    context |= {"asked": now()}
    return render(request, "healthbook/section.html", context)


@allow(*ROLES)
@require_GET
def visit(request: HttpRequest, id: str) -> HttpResponse:
    """One visit: why, what was found, who treated, medicines, results and papers of it."""
    book = _book(request)
    found, facts = _visit(request, book, id)
    facilities, names = _accesses().facilities(), lines.visit_names()
    groups = [(name, names[name], [lines.line(one, facilities, book.person) for one in many]) for name, many in facts]
    context = {
        "book": book,
        "id": id,
        "line": lines.line(found, facilities),
        "until": found.resource.get("period", {}).get("end", ""),
        "doctors": lines.doctors([found, *(one for _, many in facts for one in many)]),
        "outcome": lines.outcome(found.resource),
        "groups": groups,
        "asked": now(),
    }
    return render(request, "healthbook/visit.html", context)


@allow(*ROLES)
@require_GET
def visit_printed(request: HttpRequest, id: str) -> HttpResponse:
    """That visit as a PDF."""
    book = _book(request)
    found, facts = _visit(request, book, id)
    _records().took_home(request.principal, book.person.id, "pdf", f"Encounter/{id}")
    facilities, names = _accesses().facilities(), lines.visit_names()
    groups = [
        (names[name], [lines.line(one, facilities, book.person) for one in many], False) for name, many in facts if many
    ]
    paper = paper_of_visit(book.person, lines.line(found, facilities), groups, now())
    return _file(print_pdf(paper), "application/pdf", "luot-kham.pdf")


def _visit(request: HttpRequest, book: Book, id: str) -> tuple[Fact, list[tuple[str, list[Fact]]]]:
    """The visit and what belongs to it, by the sections of its page. One of another person does not exist."""
    who = request.principal
    found = _records().resource(who, "Encounter", id)
    if found is None or not _records().concerns(found, book.person.id):
        raise Http404
    groups = {name: list(one.facts) for name, one in _records().visit(who, id, tuple(lines.visit_names())).items()}
    tests = groups["tests"]
    groups["measures"] = [one for one in tests if is_measure(one.resource)]
    groups["reports"] = [one for one in groups["reports"] if one.resource.get("conclusion")]
    groups["tests"] = [one for one in tests if not is_measure(one.resource)]
    return Fact(found, source_of(found)), [(name, groups[name]) for name in lines.visit_names()]


@allow(*ROLES)
@require_GET
def document(request: HttpRequest, id: str) -> HttpResponse:
    """One paper, to be read. One of another person does not exist."""
    book, principal = _book(request), request.principal
    found = _records().resource(principal, "DocumentReference", id)
    if found is None or not _records().concerns(found, book.person.id):
        raise Http404
    line = lines.line(Fact(found, source_of(found)), _accesses().facilities())
    said = _records().said_by(principal, book.person.id, found, line.visit)
    context = {"book": book, "line": line, "document": document_of(found, said), "asked": now()}
    return render(request, "healthbook/document.html", context)


@allow(*ROLES)
@require_GET
def trend(request: HttpRequest, id: str) -> HttpResponse:
    """The results of one test over time, by one of them."""
    book, who = _book(request), request.principal
    test = _records().resource(who, "Observation", id)
    if test is None or not _records().concerns(test, book.person.id):
        raise Http404
    found = _records().series(who, book.person.id, test, PAGE)
    shown = trend_of(test, found.facts, _accesses().facilities(), book.person, more=bool(found.next))
    common = common_test(shown.name)
    context = {"book": book, "trend": shown, "about": common.words if common else "", "asked": now()}
    return render(request, "healthbook/trend.html", context)


@allow(*ROLES)
@require_GET
def download(request: HttpRequest) -> HttpResponse:
    """The record as a FHIR Bundle (collection): the person and the newest 1,000 of each section."""
    person = _book(request).person.id
    _records().took_home(request.principal, person, "fhir")
    patient = _records().resource(request.principal, "Patient", person)
    facts = (_records().section(request.principal, person, name, WHOLE).facts for name in lines.section_names())
    found = [patient, *(fact.resource for many in facts for fact in many)]
    entries = [{"fullUrl": f"{one['resourceType']}/{one['id']}", "resource": one} for one in found if one]
    bundle = {"resourceType": "Bundle", "type": "collection", "timestamp": now().isoformat(), "entry": entries}
    return _file(fhir_json.dumps(bundle), "application/fhir+json", "so-suc-khoe.json")


@allow(*ROLES)
@require_GET
def printed(request: HttpRequest) -> HttpResponse:
    """The record in plain words as a PDF: the newest 1,000 of each section, in the language of the page."""
    book, names = _book(request), lines.section_names()
    _records().took_home(request.principal, book.person.id, "pdf")
    facilities = _accesses().facilities()
    found = {name: _section(request, book, name, facilities, WHOLE) for name in names}
    groups = [(names[name], shown, bool(more)) for name, (shown, more) in found.items()]
    return _file(print_pdf(paper_of(book.person, groups, now())), "application/pdf", "so-suc-khoe.pdf")


@allow(*ROLES)
@require_GET
def who(request: HttpRequest) -> HttpResponse:
    """Who looked at the record: newest first, within a period, of a facility."""
    book = _book(request)
    days = _chosen_days(request)
    facility, own = request.GET.get("facility", "")[:10], request.GET.get("own", "") == "1"
    asked = Asked(since=now() - timedelta(days=days), facility=facility, others=not own, count=PAGE + 1)
    asked = _continued(request, asked, book.of)
    found = _accesses().mine(request.principal, asked, book.of)
    principal, facilities = request.principal, _accesses().facilities()
    cases = {case.access: case for case in _accesses().my_cases(principal, book.of)}
    context = {
        "book": book,
        "parts": parts,
        "runs": runs(_looks(request, found[:PAGE])),
        "facilities": facilities,
        "facility": facility,
        "periods": [(str(one), gettext("%(count)s ngày qua") % {"count": one}) for one in PERIODS],
        "choices": [("", gettext("Mọi cơ sở")), *sorted(facilities.items(), key=lambda pair: pair[1])],
        "days": str(days),
        "own": own,
        "cases": cases,
        "next": found[PAGE - 1].id if len(found) > PAGE else "",
    }
    return render(request, "healthbook/who.html", context)


def _looks(request: HttpRequest, found: Sequence[Access]) -> list[Look]:
    """Accesses in words, who acted by name."""
    who, names = request.principal, names_of(account for one in found for account in (one.who, one.client))
    return [look(one, who.name, who.person, names) for one in found]


@allow(*ROLES)
@require_http_methods(["GET", "POST"])
def question(request: HttpRequest, id: str) -> HttpResponse:
    """Ask the data officer about one access."""
    principal, book = request.principal, _book(request)
    access = _accesses().one(principal, id, book.of)
    text = request.POST.get("question", "").strip()
    short = request.method == "POST" and not LEAST <= len(text) <= MOST
    if request.method == "POST" and not short:
        if _accesses().question(principal, id, text, book.of):
            messages.success(request, gettext("Đã gửi câu hỏi. Cán bộ bảo vệ dữ liệu trả lời trong 2 ngày làm việc."))
        else:
            messages.info(request, gettext("Bạn đã hỏi về lượt truy cập này rồi."))
        return HttpResponseRedirect(reverse("healthbook:who") + book.query)
    context = {
        "book": book,
        "look": _looks(request, [access])[0],
        "facilities": _accesses().facilities(),
        "text": text,
        "short": short,
        "least": LEAST,
        "most": MOST,
    }
    return render(request, "healthbook/question.html", context, status=400 if short else 200)


@allow(*ROLES)
@require_GET
def representatives(request: HttpRequest) -> HttpResponse:
    """Who represents the person, and whom the person represents: by what, until when."""
    principal = request.principal
    context = {
        "mine": _representations().of_me(principal),
        "others": _representations().by_me(principal),
        "kinds": relationships(),
        "child_decides": _representations().child_decides,
    }
    return render(request, "healthbook/representatives.html", context)


@allow(*ROLES)
@require_POST
def representative_code(request: HttpRequest) -> HttpResponse:
    """A code by which somebody can name the person their representative, shown once, good for half an hour."""
    person = _records().banner(request.principal, request.principal.person) if request.principal.person else None
    if person is None or (person.age or 0) < ADULT:
        messages.error(request, gettext("Chỉ người từ đủ 18 tuổi, có ngày sinh trong hồ sơ, làm người đại diện."))
        return HttpResponseRedirect(reverse("healthbook:representatives"))
    code = signing.dumps([person.id, person.name], salt=_CODE)
    address = request.build_absolute_uri(f"{reverse('healthbook:name_representative')}?code={code}")
    context = {"address": address, "qr": qr_path(address), "minutes": _CODE_LIVES // 60}
    answer = render(request, "healthbook/code.html", context)
    answer["Cache-Control"] = "no-store"
    return answer


@allow(*ROLES)
@needs_fresh_login
@require_http_methods(["GET", "POST"])
def name_representative(request: HttpRequest) -> HttpResponse:
    """Name the one whose code it is: what for, until when. An old or foreign code does not exist."""
    code = request.GET.get("code", "")
    try:
        holder, name = signing.loads(code, salt=_CODE, max_age=_CODE_LIVES)
    except (signing.BadSignature, ValueError) as bad:
        raise Http404 from bad
    problems: list[dict[str, str]] = []
    if request.method == "POST":
        given = request.POST
        try:
            relationship, until = given.get("relationship", ""), given.get("until", "")
            _representations().name(request.principal, holder, name, relationship, until)
            messages.success(request, gettext("Đã cử người đại diện. Có hiệu lực ngay."))
            return HttpResponseRedirect(reverse("healthbook:representatives"))
        except Refused as refused:
            problems = [told(issue) for issue in refused.issues]
    kinds = [(kind, relationships()[kind]) for kind in OFFERED]
    context = {"name": name, "kinds": kinds, "problems": problems, "years": LONGEST_YEARS, "given": request.POST}
    return render(request, "healthbook/name.html", context, status=422 if problems else 200)


@allow(*ROLES)
@needs_fresh_login
@require_POST
def end_representation(request: HttpRequest, id: str) -> HttpResponse:
    """End one, as the represented person or as the representative."""
    if _representations().end(request.principal, id):
        messages.success(request, gettext("Đã kết thúc việc đại diện. Có hiệu lực ngay."))
    else:
        messages.info(request, gettext("Việc đại diện này không còn, hoặc không tự kết thúc được ở đây."))
    return HttpResponseRedirect(reverse("healthbook:representatives"))


@dataclass(frozen=True, slots=True)
class Book:
    """Whose book is open. `of` is its address' part: empty for the own one. `acts`: the reader decides about it."""

    person: PersonBanner
    of: str
    acts: bool = True

    @property
    def query(self) -> str:
        """What links to other pages of the same book carry."""
        return f"?of={self.of}" if self.of else ""


def _book(request: HttpRequest) -> Book:
    """The own book, or with `?of=` that of somebody the person represents now; rights are asked, the address is not
    believed. An account that is tied to nobody has none. A record that was joined into another leads to that one."""
    principal, of = request.principal, request.GET.get("of", "")
    of = "" if of == principal.person else of
    person = _records().banner(principal, of or principal.person) if principal.person else None
    if person is None:
        raise Http404
    if person.replaced_by:
        person = _records().banner(principal, person.replaced_by) or person
    return Book(person, of, not of or _representations().acts_for(principal, of))


def _section(
    request: HttpRequest, book: Book, name: str, facilities: dict[str, str], count: int, cursor: str = ""
) -> tuple[list[lines.Line], str]:
    """Lines of a section, and where it goes on."""
    found = _records().section(request.principal, book.person.id, name, count, cursor)
    return [lines.line(fact, facilities, book.person) for fact in found.facts], found.next


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type=kind, headers=headers)


def _chosen_days(request: HttpRequest) -> int:
    wish = request.GET.get("days", "")
    return int(wish) if wish in map(str, PERIODS) else PERIODS[1]


def _continued(request: HttpRequest, asked: Asked, of: str) -> Asked:
    """After the row whose id the address gives; it must be one of that record's rows."""
    after = request.GET.get("after", "")
    return _accesses().after(request.principal, asked, after, of) if after else asked
