"""One small installation per test: two facilities with accounts, all doors, one walker, files of the sandbox."""

from __future__ import annotations

import copy
import io
import json
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from yteso.access.principal import Principal, Role
from yteso.base.http import Request, Response
from yteso.exchange.doors import Doors
from yteso.exchange.sender import Sender, md5_of, save_sender
from yteso.exchange.walk import Walker
from yteso.sandbox import Province
from yteso.sandbox.dialects import DIALECTS, check_in_file, claims_file
from yteso.signing import load_or_create
from yteso.store.postgres import PostgresStore

OPERATOR = Principal("vận hành", Role.OPERATOR)
PASSWORD = "mật khẩu thử"
MADE_AT = datetime(2026, 11, 20, tzinfo=UTC)


class Files:
    """Files of one simulated facility, made by the sandbox and changed as a test needs."""

    def __init__(self) -> None:
        self._province = Province(seed=7, facilities_count=2)
        self._plans = [plan for plan in self._province.plans(60) if plan.left and not plan.archive]
        self.facility = self._plans[0].facility.code
        self._own = [plan for plan in self._plans if plan.facility.code == self.facility]

    def tables(self, number=0):
        """The true rows of one visit; a copy."""
        return copy.deepcopy(self._province.tables(self._own[number]))

    def claims(self, *visits, dialect="alpha", facility=None):
        return claims_file(DIALECTS[dialect], facility or self.facility, MADE_AT, visits, legacy=False)

    def check_in(self, tables):
        row = tables["XML1"][0]
        fields = (
            "MA_LK MA_BN HO_TEN SO_CCCD NGAY_SINH GIOI_TINH MA_THE_BHYT MA_DKBD GT_THE_TU GT_THE_DEN MA_DOITUONG_KCB "
            "NGAY_VAO MA_LOAI_KCB MA_CSKCB"
        )
        return check_in_file(DIALECTS["alpha"], [{name: row.get(name, "") for name in fields.split()} | {"STT": "1"}])


@dataclass
class Installation:
    """What a test acts on. `take` posts a file as a facility's machine account."""

    doors: Doors
    walker: Walker
    files: Files

    def call(self, method, path, body=b"", headers=None, remote="192.0.2.1") -> Response:
        return self.doors.handle(Request(method, path, "", headers or {}, io.BytesIO(body), "http://yteso", remote))

    def bearer(self, facility=None, role=Role.FACILITY, name=None):
        from datetime import timedelta

        facility = self.files.facility if facility is None else facility
        principal = Principal(name or f"his-{facility}", role, facility)
        return {"authorization": "Bearer " + self.doors.bearer.issue(principal, timedelta(hours=1))}

    def take(self, content, *, facility=None, kind="application/xml", **bearer):
        headers = {**self.bearer(facility, **bearer), "content-type": kind}
        return self.call("POST", "/exchange/bhyt", content, headers)

    def kept(self, content, **how):
        answer = self.take(content, **how)
        assert answer.status in (200, 202), answer.body
        return json.loads(answer.body)["intake"]

    def walked(self, content, **how):
        """The status of a file after the walk."""
        intake = self.kept(content, **how)
        self.walker.drain()
        return self.status(intake)

    def status(self, intake):
        answer = self.call("GET", f"/exchange/intake/{intake}", headers=self.bearer(name="vh", role=Role.OPERATOR))
        assert answer.status == 200, answer.body
        return json.loads(answer.body)

    def rows(self, sql, *values):
        with self.doors.database.connection() as conn:
            return conn.execute(sql, values).fetchall()


@pytest.fixture
def installation(database, tmp_path):
    files = Files()
    with database.connection() as conn:
        for facility in (files.facility, "99999"):
            save_sender(conn, Sender(f"his-{facility}", facility), PASSWORD)
    doors = Doors(database, load_or_create(tmp_path), limit=4 * 1024 * 1024)
    return Installation(doors, Walker(database, PostgresStore()), files)


@pytest.fixture
def login(installation):
    """A token taken by the insurer's API, with its companions as headers."""
    name = f"his-{installation.files.facility}"
    body = f"username={name}&password={md5_of(PASSWORD)}".encode()
    kind = {"content-type": "application/x-www-form-urlencoded"}
    document = json.loads(installation.call("POST", "/api/token/take", body, kind).body)
    key = document["APIKey"]
    return {"accesstoken": key["access_token"], "tokenid": key["id_token"], "passwordhash": md5_of(PASSWORD)}
