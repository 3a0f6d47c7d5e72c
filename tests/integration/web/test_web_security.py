"""What attackers of pages try: forged forms on every route, foreign targets, framing. The routes are the site's own."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.test import Client, override_settings
from test_roles import POSTED, PUBLIC, TABLE, routes

PASSWORD = "mat khau mau cho kiem thu"
FOREIGN = (
    "https://evil.example/",
    "//evil.example",
    "///evil.example",
    "////evil.example/%2f..",
    "/\\evil.example",
    "\\\\evil.example",
    "/\\/evil.example",
    "https:evil.example",
    "https:///evil.example",
    "http:///evil.example/login",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,x",
    "https://localhost@evil.example/",
    "https://evil.example#@localhost/",
    "\thttps://evil.example",
    "/\t/evil.example",
    "//evil.example\\@localhost/",
    "http://localhost:99999999/",
    "ftp://localhost/",
)
SHOWN = {
    "account_login": "/login",
    "mfa_authenticate": "/login/step",
    "account_passkey_login": "/login/passkey",
    "account_provider": "/login/with/thu",
    "account_provider_back": "/login/with/thu/back",
    "account_provider_keys": "/login/with/thu/keys",
    "account_recover": "/recover/x",
    "logout": "/logout",
    "language": "/language",
    "theme": "/theme",
    "static": "/static/app.js",
    "favicon": "/favicon.ico",
}


def addresses(site) -> dict[str, str]:
    known = {name: address for name, (address, _) in TABLE.items()} | SHOWN
    values = {
        "file": site.file,
        "patient": site.patient,
        "visit": site.visit,
        "document": site.document,
        "result": site.result,
    }
    return {name: address.format(**values) for name, address in known.items()}


def own_forms(site, **more) -> Client:
    """An administrator in a browser that checks forms as a real one makes us do."""
    client = Client(SERVER_NAME="localhost", enforce_csrf_checks=True, **more)
    client.get("/login")
    values = {"username": "quantri", "password": PASSWORD, "csrfmiddlewaretoken": token(client, "/login")}
    assert client.post("/login", values).status_code == 302
    return client


def token(client: Client, path: str) -> str:
    page = client.get(path).content.decode()
    return page.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]


def test_every_route_refuses_a_form_that_is_not_ours(site):
    client, known = own_forms(site), addresses(site)
    names = {name for name, _ in routes()}
    assert names <= set(known), "a new route must be walked too"
    for name in names:
        for given in ({}, {"csrfmiddlewaretoken": "x" * 64}):
            answer = client.post(known[name], given)
            assert answer.status_code == 403, name
            assert "Biểu mẫu đã hết hạn" in answer.content.decode(), name
    assert client.get("/ioc/").status_code == 200, "the forged log-out was refused"


def test_no_view_is_exempt_from_the_check(site):
    assert [name for name, route in routes() if getattr(route.callback, "csrf_exempt", False)] == []


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://localhost.evil.example", "https://localhost"]
)
def test_a_form_from_another_origin_is_refused_even_with_a_token(site, origin):
    client = own_forms(site)
    values = {"language": "en", "next": "/ioc/", "csrfmiddlewaretoken": token(client, "/account")}
    assert client.post("/language", values, headers={"origin": origin}).status_code == 403
    assert client.post("/language", values, headers={"origin": "http://localhost"}).status_code == 302


def test_what_changes_something_is_never_done_by_a_link(site):
    client, known = site.client("quantri"), addresses(site)
    for name in [*POSTED, "logout", "language", "theme", "account_provider"]:
        assert client.get(known[name]).status_code in {403, 405}, name


@pytest.mark.parametrize("target", FOREIGN)
def test_nowhere_does_next_lead_to_a_foreign_place(site, target):
    from yteso.web.accounts.models import Throttle

    Throttle.objects.all().delete()
    client = Client(SERVER_NAME="localhost")
    answer = client.post("/login", {"username": "quantri", "password": PASSWORD, "next": target})
    assert answer.url == "/ioc/"
    assert client.post("/account/confirm", {"password": PASSWORD, "next": target}).url == "/ioc/"
    for path, name in (("/language", "language"), ("/theme", "theme")):
        assert client.post(path, {name: "vi", "next": target}).url == "/"
    assert target not in client.get("/login", {"next": target}).headers.get("Location", "")


def test_no_page_can_be_framed_sniffed_or_run_foreign_script(site):
    client, known = site.client("quantri"), addresses(site)
    for name, path in known.items():
        answer = client.get(path)
        policy = answer["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in policy, name
        assert "base-uri 'none'" in policy, name
        assert "object-src 'none'" in policy, name
        assert "unsafe" not in policy, name
        assert answer["X-Frame-Options"] == "DENY", name
        assert answer["X-Content-Type-Options"] == "nosniff", name
        assert answer["Cross-Origin-Opener-Policy"] == "same-origin", name
        if name not in {"static", "favicon"}:
            assert answer["Cache-Control"].startswith("no-store") or "no-store" in answer["Cache-Control"], name


def test_the_page_of_samples_is_not_there_where_others_come(site):
    client = site.client("quantri")
    assert client.get("/ui").status_code == 200
    for change in ({"public_url": "https://yte.example.vn"}, {"host": "192.0.2.7"}):
        with override_settings(YTESO=replace(site.services.settings, **change)):
            assert client.get("/ui").status_code == 404


def test_methods_nobody_needs_change_nothing(site):
    client, known = site.client("quantri"), addresses(site)
    for name in set(TABLE) | PUBLIC:
        for method in (client.put, client.delete, client.patch):
            assert method(known[name]).status_code in {403, 404, 405, 410, 302}, name
    assert client.get("/ioc/").status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "localhost@evil.example", "127.0.0.1.evil.example"]
)
def test_a_foreign_host_header_is_refused(site, host):
    assert Client(HTTP_HOST=host).get("/login").status_code == 400


def test_every_text_that_is_answered_names_its_charset(site):
    """ASVS 4.1.1; what the FHIR door answers in XML is held by `test_api_xml.py`."""
    from yteso.web import assets

    kinds, clients = {asset.type for asset in assets._assets().values()}, {}
    for address, roles in TABLE.values():
        path = address.format(
            file=site.file, patient=site.patient, visit=site.visit, document=site.document, result=site.result
        )
        name = min(roles, default="")  # A citizen's pages: nobody of the table gets in.
        client = clients.get(name) or clients.setdefault(name, site.client(name))
        kinds.add(client.get(path).headers.get("Content-Type", ""))
    assert {kind.partition(";")[0] for kind in kinds} >= {"text/html", "text/csv"}
    texts = [kind for kind in kinds if kind.startswith("text/") or "xml" in kind]
    assert not [kind for kind in texts if not kind.endswith("; charset=utf-8")]
