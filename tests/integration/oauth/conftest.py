"""A whole platform behind a real socket, with two citizens, a doctor, and clients of every kind.

Made once per module; each test registers grants of its own. `browse` signs a person in with the pages' own forms.
"""

from __future__ import annotations

import base64
import hashlib
import io
import re
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from socketserver import ThreadingMixIn
from urllib.parse import parse_qs, urlencode, urlsplit
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
import requests
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey
from tests.browsers import chromium_here, quiet_stream

from yteso.access.principal import Principal, Role
from yteso.base.settings import Settings
from yteso.oauth.clients import Client
from yteso.ops.compose import Services, build
from yteso.ops.wsgi import front_of
from yteso.store.protocol import Put
from yteso.web import setup
from yteso.web.services import install, installed

PASSWORD = "mat khau mau cho kiem thu"
BACK = "http://127.0.0.1/back"
MINE, OTHERS = "nguoi-mau-1", "nguoi-mau-2"


class Threaded(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    block_on_close = False


class Silent(WSGIRequestHandler):
    def log_message(self, *_):
        pass


def bounded(application):
    """As a real server does: the body ends where it was announced to end."""

    def call(environ, start_response):
        length = int(environ.get("CONTENT_LENGTH") or 0)
        environ["wsgi.input"] = io.BytesIO(environ["wsgi.input"].read(length))
        return application(environ, start_response)

    return call


@dataclass
class Platform:
    """The running platform and the keys of its clients."""

    services: Services
    base: str
    keys: dict[str, RSAKey | ECKey] = field(default_factory=dict)

    @property
    def fhir(self) -> str:
        return f"{self.base}/fhir"

    @property
    def token_address(self) -> str:
        return f"{self.base}/oauth/token"

    def assertion(self, client: str, *, header: dict | None = None, key=None, **claims) -> str:
        """A proof of a client's identity; `claims` replace or (None) remove what a good one says."""
        key = key or self.keys[client]
        algorithm = "ES384" if isinstance(key, ECKey) else "RS384"
        now = int(time.time())
        good = {"iss": client, "sub": client, "aud": self.token_address, "jti": secrets.token_hex(16), "exp": now + 240}
        said = {name: value for name, value in {**good, **claims}.items() if value is not None}
        head = {"alg": algorithm, "typ": "JWT", "kid": key.kid, **(header or {})}
        return jwt.encode(head, said, key, algorithms=[head["alg"]])

    def post(self, where: str = "token", **form: str) -> requests.Response:
        return requests.post(f"{self.base}/oauth/{where}", data=form, timeout=20)

    def prove(self, client: str, **form: str) -> requests.Response:
        """A request of a client with a key."""
        return self.post(
            client_assertion_type="urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            client_assertion=form.pop("assertion", "") or self.assertion(client),
            **form,
        )

    def get(self, path: str, token: str) -> requests.Response:
        return requests.get(f"{self.fhir}/{path}", headers={"Authorization": f"Bearer {token}"}, timeout=20)


@dataclass
class Visit:
    """One walk of an app with a person: what it asks with, and the session of the person's browser."""

    platform: Platform
    session: requests.Session
    client: str = "app-mo"
    scope: str = "launch/patient patient/*.rs"
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    redirect: str = BACK
    state: str = "trang-thai"

    def asking(self, **other: str | None) -> str:
        """The address the app opens; `other` replaces or (None) removes parameters."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        asked = {
            "response_type": "code",
            "client_id": self.client,
            "redirect_uri": self.redirect,
            "scope": self.scope,
            "state": self.state,
            "aud": self.platform.fhir,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
            **other,
        }
        return f"{self.platform.base}/oauth/authorize?" + urlencode({k: v for k, v in asked.items() if v is not None})

    def answered(self, answer: str = "yes", patient: str = MINE, **other: str | None) -> dict[str, str]:
        """What the app hears after the person has answered."""
        page = self.session.get(self.asking(**other), allow_redirects=False, timeout=20)
        if page.status_code == 303:
            return told(page)
        assert page.status_code == 200, (page.status_code, page.text[:500])
        form = {
            "csrfmiddlewaretoken": re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)[1],
            "request": urlsplit(self.asking(**other)).query,
            "answer": answer,
        }
        if 'name="patient"' in page.text:
            form["patient"] = patient
        back = self.session.post(f"{self.platform.base}/oauth/authorize", data=form, allow_redirects=False, timeout=20)
        assert back.status_code == 303, (back.status_code, back.text[:800])
        return told(back)

    def tokens(self, **other: str | None) -> dict:
        """The whole walk: the token answer."""
        heard = self.answered(**other)
        answer = self.exchange(heard["code"])
        assert answer.status_code == 200, answer.text
        return answer.json()

    def exchange(self, code: str, **other: str | None) -> requests.Response:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect,
            "client_id": self.client,
            "code_verifier": self.verifier,
            **other,
        }
        return self.platform.post(**{name: value for name, value in form.items() if value is not None})


def told(response: requests.Response) -> dict[str, str]:
    found = parse_qs(urlsplit(response.headers["Location"]).query)
    return {name: values[0] for name, values in found.items()}


@pytest.fixture(scope="module")
def platform(
    fresh_database: Callable[[], AbstractContextManager[str]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Platform]:
    with fresh_database() as dsn:
        server = make_server("127.0.0.1", 0, None, Threaded, Silent)
        settings = Settings(home=tmp_path_factory.mktemp("oauth"), database_url=dsn, port=server.server_port)
        setup.migrate(settings)
        before = installed()
        services = build(settings, application="yteso test oauth")
        front = front_of(services)
        from django.db import connections

        connections["default"].settings_dict["CONN_MAX_AGE"] = 0
        server.set_app(bounded(front))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        platform = Platform(services, settings.address)
        _fill(platform)
        with quiet_stream():
            yield platform
        server.shutdown()
        server.server_close()
        install(before)
        setup.close()
        services.close()


def _fill(platform: Platform) -> None:
    services = platform.services
    with services.database.connection() as conn:
        services.store.write(conn, Principal("he-thong", Role.SYSTEM), [Put(one) for one in _record()])
    _people()
    platform.keys = {
        "may-ky": RSAKey.generate_key(3072, {"kid": "a"}),
        "may-79001": ECKey.generate_key("P-384", {"kid": "b"}),
    }
    platform.keys["he-thong-ngoai"] = RSAKey.generate_key(3072, {"kid": "c"})
    public = {name: (dict(key.as_dict(private=False)),) for name, key in platform.keys.items()}
    wide = "launch launch/patient launch/encounter openid fhirUser offline_access patient/*.cruds user/*.rs"
    open_app = Client("app-mo", "Sổ sức khỏe Mẫu", "public", (BACK, "https://app.example/back?x=1"), scope=wide)
    services.oauth.register(open_app)
    services.oauth.register(Client("app-hai", "Ứng dụng Mẫu hai", "public", (BACK,), scope=wide))
    signing = Client("may-ky", "Máy chủ Mẫu", "confidential", (BACK,), scope=wide, keys=public["may-ky"])
    services.oauth.register(signing)
    machine = Client(
        "may-79001",
        "HIS Mẫu 79001",
        "service",
        scope="exchange system/Encounter.rs",
        keys=public["may-79001"],
        role="facility",
        facility="79001",
        purpose="TREAT",
    )
    services.oauth.register(machine)
    integrator = Client(
        "he-thong-ngoai",
        "Hệ thống Mẫu",
        "service",
        scope="system/*.rs",
        keys=public["he-thong-ngoai"],
        role="integrator",
        purpose="PUBHLTH",
    )
    services.oauth.register(integrator)


def _people() -> None:
    from yteso.web.accounts import people

    people.create_user("congdan", PASSWORD, Role.CITIZEN, display_name="Công dân Mẫu", person=MINE, demo=True)
    people.create_user("bacsi", PASSWORD, Role.DOCTOR, display_name="Bác sĩ Mẫu", facility="79001", demo=True)
    people.create_user("quantri", PASSWORD, Role.ADMINISTRATOR, display_name="Quản trị Mẫu", demo=True)


def _encounter(patient: str) -> dict:
    return {
        "resourceType": "Encounter",
        "id": f"kham-{patient}",
        "status": "finished",
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
        "subject": {"reference": f"Patient/{patient}"},
        "serviceProvider": {"identifier": {"value": "79001"}},
    }


def _record() -> list[dict]:
    found: list[dict] = [_encounter(patient) for patient in (MINE, OTHERS)]
    for patient in (MINE, OTHERS):
        found.append(
            {"resourceType": "Patient", "id": patient, "name": [{"text": f"Mẫu {patient}"}], "birthDate": "1984-03-02"}
        )
        for name, category in (("xn", "laboratory"), ("sinh-hieu", "vital-signs")):
            found.append(
                {
                    "resourceType": "Observation",
                    "id": f"{name}-{patient}",
                    "status": "final",
                    "category": [
                        {
                            "coding": [
                                {
                                    "system": "http://terminology.hl7.org/CodeSystem/observation-category",
                                    "code": category,
                                }
                            ]
                        }
                    ],
                    "code": {"text": name},
                    "subject": {"reference": f"Patient/{patient}"},
                }
            )
        found.append(
            {
                "resourceType": "Condition",
                "id": f"benh-{patient}",
                "code": {"text": "Mẫu"},
                "subject": {"reference": f"Patient/{patient}"},
            }
        )
    return found


@pytest.fixture
def browse(platform: Platform) -> Callable[[str], requests.Session]:
    """Signs somebody in, as a browser without scripts would."""

    def signed_in(username: str) -> requests.Session:
        session = requests.Session()
        session.headers["Accept-Language"] = "en"
        page = session.get(f"{platform.base}/login", timeout=20)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)[1]
        form = {"username": username, "password": PASSWORD, "csrfmiddlewaretoken": token}
        answer = session.post(f"{platform.base}/login", data=form, allow_redirects=False, timeout=20)
        assert answer.status_code == 302, answer.text[:500]
        return session

    return signed_in


@pytest.fixture
def visit(platform: Platform, browse: Callable[[str], requests.Session]) -> Visit:
    """The citizen and the open app."""
    return Visit(platform, browse("congdan"))


@pytest.fixture(scope="session")
def chromium() -> str:
    return chromium_here()
