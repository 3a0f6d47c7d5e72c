"""Stored XSS by whatever form there is: every role's pages are walked, every text field found there is filled in and
sent, and every page is walked again. A field that is new is found by itself; one whose text gets nowhere is named here.

Markup is looked for in the parsed pages; what a browser makes of such pages is the matter of `test_stored_script.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urljoin, urlsplit

import lxml.html
import psycopg.errors
import pytest
from tests.integration.web.conftest import ROLES
from tests.integration.web.test_stored_script import PASSWORD, PAYLOADS, RUN

from yteso.access.principal import Principal, Role
from yteso.base.clock import day_in_vietnam, system_clock
from yteso.base.ids import random_id
from yteso.store.protocol import Put, Remove

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
SYSTEM = Principal("system", Role.SYSTEM)
CCCD = "http://fhir.hl7.org.vn/core/sid/cccd"
ONE, OTHER, KIN = "001090000301", "001090000302", "001188000303"
SHORT = "\"><b data-xss>'<i data-xss>"
ALL = f"{SHORT} {' '.join(PAYLOADS)}"
LONGEST = 1900
FREE = frozenset(["text", "search", "", None])
PERSON, SECOND = "xss.nguoidan", "xss.nguoithan"


def today(**ahead) -> str:
    return day_in_vietnam(system_clock() + timedelta(**ahead)).isoformat()


VALID = {
    "identifier": ONE,
    "number": KIN,
    "birth_date": "1988-01-02",
    "username": "xss.moi",
    "facility": "",
    "person": "",
    "practitioner": "",
    "id": "zq-app",
    "keys": "",
    "launch": "",
    "redirects": "http://127.0.0.1/back",
    "scope": "user/*.rs",
    "account": "bacsi",
    "/privacy/exports/standing account": "zq-he-thong",
    "/privacy/inspections/give account": "thanhtra",
    "/privacy/inspections/give number": "15/QĐ-TTr",
    "first": today(),
    "last": today(days=20),
    "until": today(days=20),
    "relationship": "POWATT",
    "end": today(days=20),
}
"""What fields take that take one form only, so that the other fields of their form get through."""
NOWHERE = {
    "q": "looked for, and kept by nobody",
    "code": "what is typed once: a visit's code, a factor's, a file's number",
    "/privacy/register new": "an activity's code, one form only",
    "/account username": "a log-in's name, read-only",
    "/privacy/budgets/grant account": "one that there is: anything else is refused",
    "/privacy/exports/standing account": "one that there is: anything else is refused",
    "/privacy/inspections/give account": "one that there is: anything else is refused",
    "/privacy/inspections/give number": "one form only",
    "/privacy/inspections/give facilities": "codes of the directory: anything else is refused",
    "/privacy/breaches/open account": "one that there is, or that did something: anything else is refused",
    "/account/factors/passkey name": "kept with a passkey alone (test_stored_script.py)",
    **dict.fromkeys(("facility", "person", "practitioner", "username"), "one form only: anything else is refused"),
    **{f"/oauth/apps {name}": "one form only" for name in ("id", "keys", "launch", "redirects", "scope")},
}
"""Fields whose text is refused or forgotten, with the reason."""


@dataclass
class Form:
    """One form of one page: where it leads, its free texts, and all its values."""

    page: str
    action: str
    method: str
    texts: dict[str, int]
    others: dict[str, str] = field(default_factory=dict)
    kinds: set[str] = field(default_factory=set)

    @property
    def key(self) -> tuple[str, ...]:
        return (pattern(self.action), *sorted({*self.texts, *self.others} - {"csrfmiddlewaretoken"}))


def pattern(path: str) -> str:
    """The address without ids, so that every record's page is one page."""
    path = urlsplit(path).path
    path = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "{}", path)
    path = re.sub(r"^/(accounts|privacy/register)/(?!new$)[^/]+", r"/\1/{}", path)
    return re.sub(r"/[^/]*\d[^/]*(?=/|$)", "/{}", path)


def forms_of(page: str, tree) -> list[Form]:
    found = []
    for one in tree.iter("form"):
        form = Form(page, urljoin(page, one.get("action") or page), (one.get("method") or "get").lower(), {})
        for control in one.iter("input", "textarea", "select"):
            name, kind = control.get("name"), control.get("type")
            form.kinds.add(kind or "")
            if not name or kind in ("file", "submit", "button"):
                continue
            if control.tag == "textarea" or (control.tag == "input" and kind in FREE):
                form.texts[name] = int(control.get("maxlength") or LONGEST)
            elif control.tag == "select":
                chosen = control.xpath(".//option[@selected]/@value") or control.xpath(".//option[@value!='']/@value")
                form.others[name] = chosen[0] if chosen else ""
            elif kind not in ("radio", "checkbox") or name not in form.others:
                form.others[name] = control.get("value") or _typed(kind)
        for button in one.iter("button"):
            if button.get("name"):
                form.others.setdefault(button.get("name"), button.get("value") or "")
        found.append(form)
    return found


def _typed(kind: str | None) -> str:
    given = {"date": today(days=-3), "datetime-local": f"{today(days=-1)}T08:00", "number": "3", "password": PASSWORD}
    return given.get(kind or "", "on")


def harmless(path: str, content: bytes) -> None:
    """Nothing of what was put in became an element, an attribute that acts, or a link that runs."""
    tree = lxml.html.fromstring(content)
    assert not tree.xpath("//*[@data-xss] | //iframe"), path
    assert not [one for one in tree.iter("script") if RUN in (one.text or "")], path
    for element in tree.iter(lxml.html.etree.Element):
        acting = [name for name in element.attrib if name.startswith("on") or name == "srcdoc"]
        assert not acting, (path, element.tag, acting)
        for name in ("href", "src", "action", "formaction"):
            assert not element.get(name, "").strip().lower().startswith("javascript:"), (path, element.tag)


class Walk:
    """All pages that somebody reaches by links, at most two of each kind; every answer is looked at."""

    def __init__(self, site, name: str) -> None:
        self.name, self.client = name, site.client(name)
        self.pages: dict[str, str] = {}
        self.forms: list[Form] = []

    def go(self, starts=("/",)) -> Walk:
        waiting, met = list(starts), {}
        while waiting:
            path = waiting.pop(0)
            kind = pattern(path)
            if met.get(kind, 0) >= 2 or path in self.pages or kind in ("/logout",):
                continue
            met[kind] = met.get(kind, 0) + 1
            tree = self.look(path, self.client.get(path, follow=True))
            if tree is not None:
                self.forms += forms_of(path, tree)
                links = (urljoin(path, one.get("href")) for one in tree.iter("a") if one.get("href"))
                waiting += [one for one in links if one.startswith("/")]
        return self

    def look(self, path: str, answer):
        if "text/html" not in answer.headers.get("Content-Type", "") or getattr(answer, "streaming", False):
            return None
        harmless(path, answer.content)
        self.pages[path] = answer.content.decode()
        return lxml.html.fromstring(answer.content) if answer.content.strip() else None

    def send(self, form: Form, values: dict[str, str]) -> None:
        ask = self.client.post if form.method == "post" else self.client.get
        answer = ask(form.action, {**form.others, **values}, follow=True)
        if answer.request["PATH_INFO"] == "/account/confirm":
            self.client.post("/account/confirm", {"password": PASSWORD})
            answer = ask(form.action, {**form.others, **values}, follow=True)
        self.look(form.action, answer)


@pytest.fixture
def people_of(site):
    """Two records of one person at the facility, a kin with papers, accounts of both; all put back afterwards."""
    from yteso.web.accounts import people
    from yteso.web.accounts.models import User

    before = list(User.objects.all())
    ids = [random_id() for _ in range(3)]
    births = ("1990-05-06", "1990-05-06", "1988-01-02")
    made = [
        {
            "resourceType": "Patient",
            "id": person,
            "identifier": [{"system": CCCD, "value": number}],
            "name": [{"text": "Người Thử"}],
            "birthDate": birth,
        }
        for person, number, birth in zip(ids, (ONE, OTHER, KIN), births, strict=True)
    ]
    visits = [
        {
            "resourceType": "Encounter",
            "id": random_id(),
            "status": "finished",
            "class": {"code": "AMB"},
            "subject": {"reference": f"Patient/{person}"},
            "meta": {"source": f"urn:yteso:bhyt:{site.facility}:X"},
        }
        for person in ids
    ]
    with site.services.database.connection() as conn:
        site.services.store.write(conn, SYSTEM, [Put(one) for one in (*made, *visits)])
    people.create_user(PERSON, PASSWORD, Role.CITIZEN, display_name="Mẫu", person=ids[0], demo=True)
    people.create_user(SECOND, PASSWORD, Role.CITIZEN, display_name="Mẫu", person=ids[2], demo=True)
    people.create_user("zq-he-thong", PASSWORD, Role.INTEGRATOR, display_name="Mẫu", demo=True)
    yield ids
    User.objects.exclude(pk__in=[one.pk for one in before]).delete()
    for one in before:
        one.save()
    with site.services.database.connection() as conn:
        for table in ("inbox", "breach_person", "breach", "subject_request", "standing_approval", "questioned"):
            conn.execute(f"DELETE FROM store.{table}")
        for table in ("budget_grant", "opening", "consent_rule"):
            conn.execute(f"DELETE FROM store.{table}")
        conn.execute("DELETE FROM oauth.client WHERE name LIKE 'zq%'")
        gone = [Remove(one["resourceType"], one["id"]) for one in (*visits, *made)]
        site.services.store.write(conn, SYSTEM, gone)


def starts_of(ids: list[str]) -> tuple[str, ...]:
    one, other, _ = ids
    record = (f"/record/{one}", f"/record/{one}/representatives", f"/review/join/{one}", f"/review/join/{one}/{other}")
    return ("/", *record, "/consent/", "/consent/open", "/privacy/requests/mine")


def texts_in(site) -> str:
    """All that is kept: every row of every table as text, and the bodies of the record."""
    found = []
    with site.services.database.connection() as conn:
        tables = conn.execute(
            "SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition"
            " AND n.nspname IN ('store', 'web', 'oauth', 'exchange', 'identity')"
        ).fetchall()
        for (table,) in tables:
            try:
                with conn.transaction():
                    found += [row[0] for row in conn.execute(f"SELECT x::text FROM {table} x")]
            except psycopg.errors.UndefinedTable:
                continue
        bodies = site.services.store.changes_since(conn, 0, 10**6)
        found += [one.body.decode() for one in bodies]
    return "\n".join(found)


def ways(form: Form, marks: dict[str, str]) -> Iterator[dict[str, str]]:
    """What is sent by a form: whole where the form allows, short, and with script in every field."""
    own = {name: f"{pattern(form.action)} {name}" for name in {**form.texts, **form.others}}
    valid = {name: VALID.get(place, VALID.get(name, "")) for name, place in own.items() if {name, place} & set(VALID)}
    for payload, fixed in ((ALL, valid), (f"{SHORT} {PAYLOADS[0]}"[:90], valid), (ALL, {})):
        values = {}
        for text, longest in form.texts.items():
            mark = f"zq{len(marks):04d}"
            marks[mark] = f"{pattern(form.action)} {text}"
            values[text] = f"{mark} {payload}"[:longest]
        yield {**values, **fixed}


def test_every_text_field_of_every_form_is_only_text_on_every_page(site, people_of, monkeypatch):
    monkeypatch.setitem(VALID, "/privacy/inspections/give facilities", site.facility)
    names, starts = [*ROLES, PERSON, SECOND], starts_of(people_of)
    marks: dict[str, str] = {}
    sent = set()
    for _ in range(2):  # What one form makes brings further forms.
        for name in names:
            walk = Walk(site, name).go(starts)
            for form in [one for one in reversed(walk.forms) if one.texts]:  # What closes a case comes last on a page.
                if (name, form.key) in sent or "password" in form.kinds:
                    continue
                sent.add((name, form.key))
                for values in ways(form, marks):
                    walk.send(form, values)
    readers = ("nhanvien", "bacsi", "baovedulieu", "quantri", PERSON, SECOND)
    shown = "\n".join(page for name in readers for page in Walk(site, name).go(starts).pages.values())
    kept = texts_in(site)
    fields = set(marks.values())
    lost = fields - {place for mark, place in marks.items() if mark in kept}
    unexpected = {place for place in lost if not {place, place.split()[1]} & set(NOWHERE)}
    assert not unexpected, "fields whose text came nowhere: send what they take, or say why they keep nothing"
    assert len(fields - lost) > 25
    assert len([mark for mark in marks if mark in shown and mark in kept]) > 15, "or nothing was proved"
