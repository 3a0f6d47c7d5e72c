"""The FHIR door with a place for bulk jobs, and a worker that can be told to work off what waits."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta

import pytest
from tests.integration.api.conftest import BASE, DOCTOR, INTEGRATOR, Client

from yteso.access.principal import Principal, Role
from yteso.api import Api
from yteso.jobs import Task, Worker
from yteso.store.bulk import approvals
from yteso.store.bulk.desk import TASK, BulkDesk
from yteso.store.postgres import PostgresStore
from yteso.store.protocol import Put

OFFICER = Principal("bảo vệ dữ liệu Mẫu", Role.DATA_OFFICER)
ASYNC = {"prefer": "respond-async"}
NDJSON = {**ASYNC, "content_type": "application/fhir+ndjson"}


class Bulk:
    """Asks as one principal, works the jobs off, reads the files."""

    def __init__(self, client, desk):
        self.client, self.desk = client, desk

    def work(self):
        """Every job that waits, as a walker would."""
        worker = Worker(self.desk.database, [Task(TASK, lambda **given: self.desk.work(lambda: False, **given))])
        while worker.run_one():
            pass

    def start(self, url, body=None, **headers):
        answer = self.client("POST" if body is not None else "GET", url, body, **{**ASYNC, **headers})
        assert answer.status == 202, answer.body
        return answer.headers["Content-Location"]

    def run(self, url, body=None, **headers):
        """The manifest of a whole export or import."""
        place = self.start(url, body, **headers)
        self.work()
        answer = self.client("GET", place)
        assert answer.status == 200, (answer.status, answer.body)
        return answer.json

    def lines(self, manifest, kind="output"):
        """Every document of the files of one kind."""
        found = []
        for file in manifest[kind]:
            answer = self.client("GET", file["url"], accept="application/fhir+ndjson", accept_encoding="gzip")
            assert answer.status == 200
            documents = [json.loads(line) for line in gzip.decompress(answer.body).splitlines()]
            assert len(documents) == file["count"]
            found += documents
        return found

    def keys(self, manifest):
        return sorted(f"{one['resourceType']}/{one['id']}" for one in self.lines(manifest))


@pytest.fixture
def store():
    return PostgresStore()


@pytest.fixture
def desk(database, store, tmp_path) -> BulkDesk:
    """Where the cast has a standing approval, so that exports begin."""
    with database.connection() as conn:
        for name in (INTEGRATOR.name, "tích hợp Giả", DOCTOR.name):
            until = datetime.now(UTC) + timedelta(days=1)
            approvals.add_standing(conn, OFFICER, name, until, "Trao đổi dữ liệu thường ngày")
    return BulkDesk(database, store, tmp_path)


@pytest.fixture
def door(database, store, desk):
    return Api(database, store, lambda: datetime.now(UTC), bulk=desk)


@pytest.fixture
def bulk(door, desk) -> Bulk:
    return Bulk(Client(door, INTEGRATOR), desk)


@pytest.fixture
def doctor(door) -> Client:
    return Client(door, DOCTOR)


@pytest.fixture
def other_integrator(door) -> Client:
    return Client(door, Principal("tích hợp Giả", Role.INTEGRATOR))


@pytest.fixture
def write(database, store):
    """Put resources into the record."""

    def put(*resources):
        with database.connection() as conn:
            return store.write(conn, INTEGRATOR, [Put(one) for one in resources]).t

    return put


def patient(id, **more):
    return {"resourceType": "Patient", "id": id, "name": [{"text": "Người Thử"}], **more}


def observation(id, of, code="718-7"):
    return {
        "resourceType": "Observation",
        "id": id,
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": code}]},
        "subject": {"reference": f"Patient/{of}"},
    }


def ndjson(*documents):
    return b"".join(json.dumps(one).encode() + b"\n" for one in documents)


__all__ = ["BASE", "NDJSON", "Bulk", "ndjson", "observation", "patient"]
