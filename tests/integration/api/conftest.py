"""The FHIR door over a real store, and the cast: integrator, operator, staff and doctors of two facilities."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest

from yteso.access.principal import Principal, Role
from yteso.api import Api
from yteso.base.http import Request
from yteso.store.postgres import PostgresStore

BASE = "http://test/fhir"

INTEGRATOR = Principal("tích hợp Mẫu", Role.INTEGRATOR)
OPERATOR = Principal("vận hành Mẫu", Role.OPERATOR)
STAFF = Principal("nhân viên Mẫu", Role.STAFF, "79001")
DOCTOR = Principal("bác sĩ Mẫu", Role.DOCTOR, "79001")
OTHER_DOCTOR = Principal("bác sĩ Giả", Role.DOCTOR, "79002")
MACHINE = Principal("may79001", Role.FACILITY, "79001")


@dataclass
class Answer:
    """A response whose body can be asked for."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def codes(self) -> list[str]:
        """The numbers of the issues in an OperationOutcome."""
        return [issue["details"]["coding"][0]["code"] for issue in self.json["issue"]]

    @property
    def ids(self) -> list[str]:
        """The ids of a searchset's matches, in their order."""
        return [e["resource"]["id"] for e in self.json.get("entry", []) if e["search"]["mode"] == "match"]

    def link(self, relation: str) -> str:
        return next((link["url"] for link in self.json.get("link", []) if link["relation"] == relation), "")


class Client:
    """Asks the door as one principal."""

    def __init__(self, api: Api, who: Principal | None) -> None:
        self._api, self._who = api, who

    def __call__(self, method: str, url: str, body: Any = None, **headers: str) -> Answer:
        path, _, query = url.removeprefix(BASE).partition("?")
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        named = {name.replace("_", "-").lower(): value for name, value in headers.items()}
        request = Request(method, path if path.startswith("/") else f"/{path}", query, named, BytesIO(data), BASE)
        response = self._api.handle(request, self._who)
        raw = response.body if isinstance(response.body, bytes) else b"".join(response.body)
        return Answer(response.status, dict(response.headers), raw)


@pytest.fixture
def api(database) -> Api:
    return Api(database, PostgresStore(), lambda: datetime.now(UTC))


@pytest.fixture
def small(database) -> Client:
    """A door that takes bodies of 4,000 bytes."""
    return Client(Api(database, PostgresStore(), lambda: datetime.now(UTC), max_body=4000), INTEGRATOR)


@pytest.fixture
def nobody(api) -> Client:
    return Client(api, None)


@pytest.fixture
def admin(api) -> Client:
    return Client(api, INTEGRATOR)


@pytest.fixture
def operator(api) -> Client:
    return Client(api, OPERATOR)


@pytest.fixture
def staff(api) -> Client:
    return Client(api, STAFF)


@pytest.fixture
def doctor(api) -> Client:
    return Client(api, DOCTOR)


@pytest.fixture
def other_doctor(api) -> Client:
    return Client(api, OTHER_DOCTOR)


@pytest.fixture
def machine(api) -> Client:
    return Client(api, MACHINE)


@pytest.fixture
def patient() -> dict[str, Any]:
    return {
        "resourceType": "Patient",
        "identifier": [{"system": "http://fhir.hl7.org.vn/core/sid/cccd", "value": "079199000001"}],
        "name": [{"family": "Nguyễn", "given": ["Thử"]}],
        "gender": "female",
        "birthDate": "1999-03-02",
    }
