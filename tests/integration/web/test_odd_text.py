"""Every parameter of every page route, given text that nobody would type: an answer, never a failure of ours."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

import pytest

ODD = {
    "nul": "\0",
    "nul within": "a\0b",
    "long": "a" * 10_000,
    "long digits": "1" * 10_000,
    "marks": "'\";--%_\\{}[]<>&",
    "right to left": "\u202eabc\u2066",
    "combining": "a" + "\u0301" * 500,
    "beyond the basic plane": "\U0001f3e5\U0010ffff",
    "not a character": "\ufffe\uffff",
    "control signs": "\x01\x1f\x7f\r\n\t",
    "words without letters": "… – · \u200b",
}
GET = {
    "/login": ("next",),
    "/ioc/visits": ("span", "facility", "format"),
    "/ioc/diagnoses": ("span", "facility", "format"),
    "/ioc/money": ("span", "facility"),
    "/ioc/files": ("span", "facility"),
    "/ioc/facilities": ("span",),
    "/intake/": ("facility", "state", "severity", "code", "since", "until", "cursor"),
    "/intake/file/{file}": ("severity", "new", "again"),
    "/record/{patient}": ("cursor",),
    "/record/{patient}/diagnoses": ("cursor",),
    "/record/{patient}/raw/Patient/{patient}": ("download",),
}
POST = {
    "/login": ("username", "password", "next"),
    "/language": ("language", "next"),
    "/theme": ("theme", "next"),
    "/account": ("present", "new", "again"),
    "/record/": ("q", "cursor"),
    "/review/x/settle": ("choice",),
    "/intake/upload": ("file",),
}
PATHS = (
    "/ioc/tiles/{odd}",
    "/static/{odd}",
    "/intake/file/{odd}",
    "/intake/file/{odd}/raw",
    "/record/{odd}",
    "/record/visits/{odd}/2026-11-20",
    "/record/visits/79901/{odd}",
    "/record/{odd}/diagnoses",
    "/record/{patient}/visit/{odd}",
    "/record/{patient}/raw/{odd}/x",
    "/record/{patient}/raw/Patient/{odd}",
    "/record/{patient}/{odd}",
    "/{odd}",
)


@pytest.fixture
def client(site):
    client = site.client("nhanvien")
    client.raise_request_exception = False
    return client


def where(site, path: str, odd: str = "") -> str:
    return path.format(file=site.file, patient=site.patient, odd=odd)


@pytest.mark.parametrize("odd", ODD)
def test_odd_text_in_an_address_or_a_form_never_fails(site, client, odd):
    sent = ODD[odd]
    answers = {}
    for path, names in GET.items():
        for name in names:
            answers[path, name] = client.get(where(site, path), {name: sent}).status_code
    for path, names in POST.items():
        for name in names:
            fields = {"q": "a", "username": "a", "password": "b", name: sent}
            answers[path, name] = client.post(path, fields).status_code
    for path in PATHS:
        answers[path, ""] = client.get(where(site, path, quote(sent, safe=""))).status_code
    assert {where: status for where, status in answers.items() if status >= 500} == {}


@pytest.mark.parametrize("raw", ["%ED%A0%80", "%ff%fe", "%C0%80", "%", "%00"])
def test_bytes_that_are_no_text_never_fail(client, site, raw):
    for path in ("/intake/?facility=", "/intake/?cursor=", "/ioc/visits?facility=", f"/record/{site.patient}?cursor="):
        assert client.get(path + raw).status_code < 500, path
    for path in PATHS:
        assert client.get(where(site, path, raw)).status_code < 500, path


@pytest.mark.parametrize("path", ["/intake/?facility=%00", "/intake/?code=a%00"])
def test_nul_is_refused_with_a_number_in_both_languages(client, path):
    answer = client.get(path)
    assert answer.status_code == 400
    assert "WEB-0005" in answer.content.decode()


def test_a_cookie_of_nul_is_none(client):
    client.cookies["sessionid"] = "x"
    for name in list(client.cookies):
        client.cookies[name] = '"\\000\\000\\000\\000\\000\\000\\000\\000\\000"'
    answer = client.get("/intake/", headers={"cookie": "; ".join(f"{n}={c.value}" for n, c in client.cookies.items())})
    assert answer.status_code == 302


NAMES = (
    "../../etc/passwd",
    'a"; filename="b.exe',
    "a\r\nSet-Cookie: x=1",
    "a;b=c.xml",
    "hồ sơ.xml",
    "\u202egnp.xml",
    "'%s'",
)


def test_the_name_of_a_file_is_one_encoded_word_of_its_header(site):
    rename = "UPDATE exchange.intake SET name = %s WHERE id::text = %s RETURNING name"
    with site.services.database.connection() as conn:
        before = conn.execute("SELECT name FROM exchange.intake WHERE id::text = %s", [site.file]).fetchone()[0]
    try:
        for name in NAMES:
            with site.services.database.connection() as conn:
                assert conn.execute(rename, [name, site.file]).fetchone() == (name,)
            answer = site.client("nhanvien").get(f"/intake/file/{site.file}/raw")
            said = answer["Content-Disposition"]
            b"".join(answer.streaming_content)
            assert re.fullmatch(r"attachment; filename\*=UTF-8''[A-Za-z0-9._~%-]+", said), said
            assert unquote(said.partition("''")[2]) == name
            assert answer["Content-Type"] == "application/octet-stream"
            assert answer["X-Content-Type-Options"] == "nosniff"
    finally:
        with site.services.database.connection() as conn:
            conn.execute(rename, [before, site.file])
