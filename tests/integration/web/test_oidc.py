"""Log-in by OpenID Connect against a real provider in a process of its own: whole walks, and all that is refused."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from urllib.request import Request, urlopen

import pytest
from codes import session_of
from django.test import Client
from playwright.sync_api import expect

from yteso.access.principal import Role

pytestmark = pytest.mark.slow
PASSWORD = "mat khau mau cho kiem thu"
TWISTS = {
    "state": "state",
    "iss": "iss",
    "no iss": "iss",
    "unsigned": "signature",
    "shared": "signature",
    "key": "signature",
    "issuer": "issuer",
    "audience": "audience",
    "azp": "audience",
    "expired": "expiry",
    "future": "time",
    "nonce": "nonce",
    "subject": "subject",
}


@dataclass(frozen=True)
class Place:
    """The provider's address, the citizen number of a person of the record, and that person's Patient."""

    issuer: str
    citizen: str
    patient: str


def citizen_of(site) -> tuple[str, dict]:
    """A grown-up of the record whose citizen number nobody else has, whatever other tests wrote there."""
    from yteso.access.policy import Interaction, require
    from yteso.access.principal import Principal
    from yteso.fhir import json as fhir_json
    from yteso.search.query import Query
    from yteso.web.accounts.models import User

    who = Principal("kiem-thu", Role.SYSTEM)
    with site.services.database.connection() as conn:
        restriction = require(who, Interaction.SEARCH, "Patient")
        page = site.services.store.search(conn, who, restriction, Query("Patient", (), count=200))
    numbers: dict[str, list[dict]] = {}
    for match in page.matches:
        patient = fhir_json.loads(match.body)
        if patient.get("birthDate", "9999") > "2000":
            continue
        for one in patient.get("identifier", []):
            if one["system"].endswith("cccd"):
                numbers.setdefault(one["value"], []).append(patient)
    tied = set(User.objects.values_list("person", flat=True))
    alone = ((number, *found) for number, found in numbers.items() if len(found) == 1)
    return next((number, patient) for number, patient in alone if patient["id"] not in tied)


SURE = {"token": {"acr": "cao"}}


@pytest.fixture(scope="module")
def place(site, address: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    number, patient = citizen_of(site)
    folder = tmp_path_factory.mktemp("provider")
    birth = patient.get("birthDate", "")
    person = {"sub": "p-1", "claims": {"citizen_id": number, "name": "Nguyễn Thử", "birthdate": birth}}
    people = {
        "dan": {**person, **SURE},
        "dan-yeu": {**person, "token": {"acr": "go-so-thoi"}},
        "la": {"sub": "p-2", "claims": {"citizen_id": "079000000000", "name": "Không Có"}, **SURE},
        "sai-ngay": {"sub": "p-3", "claims": {**person["claims"], "birthdate": "1901-01-01"}, **SURE},
        "can-bo": {"sub": "s-1", "claims": {"name": "Bác Sĩ Thử"}, "token": {"acr": "vua"}},
        "can-bo-yeu": {"sub": "s-2", "claims": {"name": "Bác Sĩ Thử"}},
        "dung-lai": {**person, "twist": "denied"},
        "x-stale": {**person, "twist": "stale"},
        **{f"x-{twist}": {**person, "twist": twist} for twist in TWISTS},
    }
    back = [f"{address}/login/with/{name}/back" for name in ("thu", "bi-mat")]
    clients = {
        "yteso": {"redirects": back, "keys": f"{address}/login/with/thu/keys"},
        "yte:so": {"redirects": back, "secret": "bí mật/+="},
    }
    with provider(folder, people, clients) as issuer:
        configure(site, issuer)
        yield Place(issuer, number, patient["id"])
        (site.services.settings.home / "oidc.json").unlink()


def configure(site, issuer: str, secret_issuer: str = "", **changed) -> None:
    home = site.services.settings.home
    (home / "secret.txt").write_text("bí mật/+=\n", encoding="utf-8")
    one = {
        "id": "thu",
        "name": "Thử ID",
        "issuer": issuer,
        "client_id": "yteso",
        "assurance": {"cao": 3, "vua": 2},
        "citizens": True,
        "private": True,
        **changed,
    }
    secret = {
        "id": "bi-mat",
        "name": "Thử bí mật",
        "client_id": "yte:so",
        "method": "client_secret_basic",
        "secret_file": "secret.txt",
        "issuer": secret_issuer or issuer,
    }
    (home / "oidc.json").write_text(json.dumps([one, {**one, **secret}]), encoding="utf-8")


@pytest.fixture(autouse=True)
def clean(site):
    yield
    from yteso.web.accounts.models import Identity, User

    Identity.objects.all().delete()
    User.objects.filter(username__startswith="nd-").delete()


class Walk:
    """A person at both places, without scripts."""

    def __init__(self, address: str, provider: str = "thu", client: Client | None = None) -> None:
        self.client = client or Client(HTTP_HOST=urlsplit(address).netloc)
        self.provider = provider

    def begin(self) -> str:
        return self.client.post(f"/login/with/{self.provider}", {"next": "/account"}).url

    def consent(self, there: str, person: str) -> str:
        """The provider's page is opened, answered, and the address it sends back to is returned."""
        with urlopen(there, timeout=10) as page:
            html = page.read().decode()
        fields = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', html))
        body = "&".join(f"{name}={quoted(value)}" for name, value in {**fields, "person": person}.items())
        return no_redirect(f"{urlsplit(there).scheme}://{urlsplit(there).netloc}/authorize", body)

    def come_back(self, address: str):
        parts = urlsplit(address)
        return self.client.get(f"{parts.path}?{parts.query}")

    def whole(self, person: str):
        return self.come_back(self.consent(self.begin(), person))


def quoted(value: str) -> str:
    from html import unescape
    from urllib.parse import quote

    return quote(unescape(value), safe="")


def no_redirect(url: str, body: str) -> str:
    import urllib.request

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_):
            return None

    try:
        urllib.request.build_opener(Stay).open(Request(url, body.encode()), timeout=10)
    except urllib.request.HTTPError as answer:
        with answer:
            return answer.headers["Location"]
    raise AssertionError("no redirect")


@pytest.mark.browser
def test_a_citizen_signs_in_in_a_real_browser_and_is_the_person_of_the_record(site, browser, address, place):
    from yteso.web.accounts.models import User

    context = browser.new_context(base_url=address)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.goto("/login?next=/account")
    page.get_by_role("button", name="Đăng nhập bằng Thử ID").click()
    page.wait_for_url(f"{place.issuer}/authorize**")
    page.fill("input[name=person]", "dan")
    page.get_by_role("button", name="Đồng ý").click()
    page.wait_for_url(f"{address}/account")
    expect(page.locator("main")).to_contain_text("Nguyễn Thử")
    expect(page.locator("main")).to_contain_text(place.issuer)
    context.close()
    assert not [text for text in said if "Content Security Policy" in text]
    user = User.objects.get(person=place.patient)
    assert user.role == Role.CITIZEN
    assert not user.has_usable_password()
    identity = user.identities.get()
    assert (identity.issuer, identity.subject) == (place.issuer, "p-1")


def test_the_assurance_of_the_provider_becomes_the_principals(site, address, place):
    walk = Walk(address)
    assert walk.whole("dan").url == "/account"
    assert session_of(walk.client)["assurance"] == 3
    assert walk.client.get("/account").wsgi_request.principal.person == place.patient
    assert walk.client.get("/account").wsgi_request.principal.assurance == 3


@pytest.mark.parametrize("known", [False, True], ids=["nobody yet", "known from a log-in that was sure"])
def test_a_record_opens_to_no_citizen_of_whom_the_provider_is_not_sure(site, address, place, known):
    from yteso.web.accounts.models import Identity

    if known:
        assert Walk(address).whole("dan").url == "/account"
    walk = Walk(address)
    answer = walk.whole("dan-yeu")
    assert answer.status_code == 403
    assert "WEB-0011" in answer.content.decode()
    assert "sessionid" not in walk.client.cookies or walk.client.get("/account").status_code == 302
    assert Identity.objects.exists() == known


def test_how_sure_is_sure_enough_is_the_operators_to_say(site, address, place):
    configure(site, place.issuer, least=1)
    try:
        assert Walk(address).whole("dan-yeu").url == "/account"
        configure(site, place.issuer, least=3, assurance={"cao": 2})
        assert Walk(address).whole("dan").status_code == 403
    finally:
        configure(site, place.issuer)


def test_the_second_log_in_finds_the_same_account_by_issuer_and_subject(site, address, place):
    from yteso.web.accounts.models import User

    Walk(address).whole("dan")
    Walk(address).whole("dan")
    assert User.objects.filter(person=place.patient).count() == 1


def test_the_same_subject_at_another_provider_is_somebody_else(site, address, place, tmp_path):
    from yteso.web.accounts import people
    from yteso.web.accounts.models import Identity, User

    people.create_user("lk.hai-noi", PASSWORD, Role.OPERATOR, demo=True)
    client = Client(HTTP_HOST=urlsplit(address).netloc)
    client.post("/login", {"username": "lk.hai-noi", "password": PASSWORD})
    assert Walk(address, client=client).whole("can-bo").url == "/account"
    assert Walk(address).whole("can-bo").status_code == 302
    impostor = {"sub": "s-1", "claims": {"name": "Bác Sĩ Thử"}, "token": {"acr": "cao"}}
    clients = {"yte:so": {"redirects": [f"{address}/login/with/bi-mat/back"], "secret": "bí mật/+="}}
    with provider(tmp_path, {"can-bo": impostor}, clients) as other:
        configure(site, place.issuer, secret_issuer=other)
        walk = Walk(address, "bi-mat")
        assert walk.whole("can-bo").status_code == 403
        assert "_auth_user_id" not in session_of(walk.client)
    configure(site, place.issuer)
    assert Identity.objects.filter(subject="s-1").count() == 1
    User.objects.filter(username="lk.hai-noi").delete()


@contextmanager
def provider(folder: Path, people: dict, clients: dict) -> Iterator[str]:
    """The issuer of one more provider."""
    (folder / "settings.json").write_text(json.dumps({"people": people, "clients": clients}), encoding="utf-8")
    command = [sys.executable, str(Path(__file__).with_name("provider.py")), "0", str(folder / "settings.json")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()


def test_what_the_provider_gave_stays_on_this_side_and_is_not_kept(site, address, place):
    walk = Walk(address)
    answer = walk.whole("dan")
    session = json.dumps(dict(session_of(walk.client).items()), default=str)
    cookies = "".join(str(cookie) for cookie in walk.client.cookies.values())
    page = walk.client.get("/account").content.decode()
    for held in (session, cookies, page, answer.url):
        assert not re.search(r"eyJ[\w-]+\.eyJ|access_token|id_token|verifier", held)


def test_a_session_begins_by_an_act_of_the_person_and_by_no_link(site, address, place):
    walk = Walk(address)
    assert walk.client.get("/login/with/thu", {"next": "/account"}).status_code == 405
    assert walk.client.get("/login/with/thu/back", {"code": "x", "state": "y"}).status_code == 403
    assert "_auth_user_id" not in session_of(walk.client)


def test_a_client_secret_with_odd_signs_works_too(site, address, place):
    assert Walk(address, "bi-mat").whole("dan").url == "/account"


@pytest.mark.parametrize("person", ["la", "sai-ngay", "can-bo"])
def test_who_is_nobody_here_is_told_calmly_what_to_do(site, address, place, person):
    from yteso.web.accounts.models import Identity

    walk = Walk(address)
    answer = walk.whole(person)
    assert answer.status_code == 403
    assert "WEB-0009" in answer.content.decode()
    assert "CCCD" in answer.content.decode()
    assert place.citizen not in answer.content.decode()
    assert not Identity.objects.exists()
    assert walk.client.get("/account").status_code == 302


@pytest.mark.parametrize(("twist", "check"), TWISTS.items())
def test_what_cannot_be_trusted_is_refused(site, address, place, twist, check):
    walk = Walk(address)
    answer = walk.whole(f"x-{twist}")
    assert answer.status_code == 403
    assert f"({check})" in answer.content.decode()
    assert "_auth_user_id" not in session_of(walk.client)


def test_who_stops_at_the_provider_is_back_where_it_was_chosen_and_told_so(site, address, place):
    walk = Walk(address)
    answer = walk.whole("dung-lai")
    assert answer.url == "/login?next=%2Faccount"
    assert "Bạn đã dừng lại ở Thử ID" in walk.client.get(answer.url).content.decode()
    assert "_auth_user_id" not in session_of(walk.client)
    client = site.client("bacsi")
    client.defaults["HTTP_HOST"] = urlsplit(address).netloc
    linking = Walk(address, client=client)
    assert linking.whole("dung-lai").url == "/account"
    assert "Bạn đã dừng lại ở Thử ID" in client.get("/account").content.decode()


def test_a_stop_that_nobody_here_asked_for_is_refused(site, address, place):
    walk = Walk(address)
    walk.begin()
    there = f"/login/with/thu/back?error=access_denied&state=x&iss={place.issuer}"
    assert "(state)" in walk.client.get(there).content.decode()


def test_a_provider_that_does_not_answer_is_told_as_such_and_leaves_the_other_ways(site, address, place):
    configure(site, "http://localhost:9")
    try:
        answer = Client(HTTP_HOST=urlsplit(address).netloc).post("/login/with/thu")
    finally:
        configure(site, place.issuer)
    page = answer.content.decode()
    assert answer.status_code == 503
    assert "Chưa đăng nhập được" in page
    assert "WEB-0013" in page
    assert "Thử ID không trả lời" in page
    assert 'href="/login"' in page


def test_an_answer_counts_once_and_only_in_the_browser_that_asked(site, address, place):
    walk = Walk(address)
    back = walk.consent(walk.begin(), "dan")
    stranger = Walk(address)
    assert stranger.come_back(back).status_code == 403, "nobody asked here: login CSRF"
    stranger.begin()
    assert "(state)" in stranger.come_back(back).content.decode(), "another question was asked here"
    assert walk.come_back(back).status_code == 302
    walk.client.post("/logout")
    assert "(session)" in walk.come_back(back).content.decode(), "the same answer again"


def test_a_code_without_the_browsers_verifier_buys_nothing(site, address, place):
    """What PKCE is for: the provider itself refuses a code whose verifier is another one."""
    walk, thief = Walk(address), Walk(address)
    code = parse_qs(urlsplit(walk.consent(walk.begin(), "dan")).query)["code"][0]
    own = parse_qs(urlsplit(thief.consent(thief.begin(), "dan")).query)
    answer = thief.client.get("/login/with/thu/back", {"code": code, "state": own["state"][0], "iss": own["iss"][0]})
    assert "(token)" in answer.content.decode()


def test_staff_link_an_identity_sign_in_by_it_and_are_still_asked_for_a_second_factor(site, address, place):
    from yteso.web.accounts import people
    from yteso.web.accounts.models import User

    for name, identity, lands in (("lk.manh", "can-bo", "/account"), ("lk.yeu", "can-bo-yeu", "/account")):
        people.create_user(name, PASSWORD, Role.OPERATOR, demo=True)
        client = Client(HTTP_HOST=urlsplit(address).netloc)
        client.post("/login", {"username": name, "password": PASSWORD})
        assert Walk(address, client=client).whole(identity).url == "/account"
        User.objects.filter(username=name).update(demo=False)
        walk = Walk(address)
        assert walk.whole(identity).url == lands
        strong = identity == "can-bo"
        assert walk.client.get("/ioc/").status_code == (200 if strong else 302)
    User.objects.filter(username__startswith="lk.").delete()


def test_an_identity_belongs_to_one_account(site, address, place):
    Walk(address).whole("dan")
    other = site.client("dieuhanh")
    other.defaults["HTTP_HOST"] = urlsplit(address).netloc
    answer = Walk(address, client=other).whole("dan")
    assert answer.status_code == 409
    assert "WEB-0010" in answer.content.decode()


def test_a_provider_that_names_endpoints_elsewhere_is_not_followed(site, address, place):
    """SSRF by discovery: an address of the metadata outside the listed origins is never asked."""
    configure(site, place.issuer.replace("localhost", "127.0.0.1"))
    try:
        answer = Client(SERVER_NAME="localhost").post("/login/with/thu")
        assert answer.status_code == 403
        assert "(issuer)" in answer.content.decode()
        configure(site, place.issuer, private=False)
        page = Client(SERVER_NAME="localhost").post("/login/with/thu")
        assert (page.status_code, "WEB-0007" in page.content.decode()) == (503, True), "plain http is for own networks"
    finally:
        configure(site, place.issuer)


def test_the_published_key_is_the_public_half_alone(site, place):
    (key,) = Client(SERVER_NAME="localhost").get("/login/with/thu/keys").json()["keys"]
    assert set(key) == {"kty", "crv", "x", "y", "kid", "use", "alg"}
    assert Client(SERVER_NAME="localhost").get("/login/with/khong-co/keys").status_code == 404
    kept = site.services.settings.home / "keys" / "oidc.jwk"
    assert kept.stat().st_mode & 0o077 == 0


def test_who_has_no_password_proves_again_at_the_provider(site, address, place):
    walk = Walk(address)
    walk.whole("dan")
    assert walk.client.get("/account/factors/app").status_code == 200
    session = session_of(walk.client)
    session["proved_at"] -= 301
    session.save()
    asked = walk.client.get("/account/factors/app").url
    assert asked.startswith("/account/confirm")
    page = walk.client.get(asked).content.decode()
    assert "Xác nhận bằng Thử ID" in page
    assert 'type="password"' not in page
    for person, good in (("can-bo", False), ("x-stale", False), ("dan", True)):
        there = walk.client.post("/login/with/thu", {"prove": "1", "next": "/account/factors/app"}).url
        assert "max_age=0" in there
        answer = walk.come_back(walk.consent(there, person))
        assert (answer.status_code == 302) == good, person
        assert (walk.client.get("/account/factors/app").status_code == 200) == good, person
    assert answer.url == "/account/factors/app"
