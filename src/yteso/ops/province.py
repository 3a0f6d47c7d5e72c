"""The simulated province in this installation: noted, its accounts made, fed through the front doors, waited for.

Idempotent: a province that was fed is not fed again, an interrupted one goes on with the very same files. While
PostgreSQL is away it is waited for.
"""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from yteso.access.principal import Principal, Role
from yteso.base.clock import VIETNAM, system_clock
from yteso.base.errors import CannotStart
from yteso.base.ids import stable_id
from yteso.base.settings import Settings
from yteso.db import Connection, Database, Queries
from yteso.exchange import sender as machines
from yteso.ops import accounts
from yteso.ops.compose import Services
from yteso.ops.patience import CONNECT_SECONDS, patiently
from yteso.ops.pulse import read_pulse
from yteso.ops.rules import NOT_ANSWERING
from yteso.sandbox.feed import NotSent, feed
from yteso.sandbox.province import Province
from yteso.standards.fhir_r4 import TYPE_NUMBER
from yteso.store.inspections import Order, add_inspection
from yteso.store.protocol import Put
from yteso.store.relations import EVIDENCE, REPRESENTATIVE

SQL = Queries.beside(__file__)
_DEMO = Principal("yteso demo", Role.SYSTEM, purpose="HOPERAT")
_OFFICER = Principal("dataofficer", Role.DATA_OFFICER)
FAULTS = 0.02
"""Share of visits with a known fault, so that the issue pages have something to show."""


@dataclass(frozen=True, slots=True)
class Login:
    """A demo account; the password is documented and only ever set by the demo."""

    name: str
    password: str
    role: Role
    title: str
    facility: str = ""


def logins(facility: str) -> tuple[Login, ...]:
    """One log-in per role of staff; those of a facility belong to that one. See `CITIZEN` for the person's own."""
    return (
        Login("admin", "demo-quan-tri-2026", Role.ADMINISTRATOR, "Quản trị Mẫu"),
        Login("operator", "demo-dieu-hanh-2026", Role.OPERATOR, "Điều hành Mẫu"),
        Login("staff", "demo-nhan-vien-2026", Role.STAFF, "Nhân viên Mẫu", facility),
        Login("doctor", "demo-bac-si-2026", Role.DOCTOR, "Bác sĩ Mẫu", facility),
        Login("nurse", "demo-dieu-duong-2026", Role.NURSE, "Điều dưỡng Mẫu", facility),
        Login("lab", "demo-xet-nghiem-2026", Role.LAB, "Xét nghiệm Mẫu", facility),
        Login("pharmacist", "demo-duoc-si-2026", Role.PHARMACIST, "Dược sĩ Mẫu", facility),
        Login("cashier", "demo-thu-ngan-2026", Role.CASHIER, "Thu ngân Mẫu", facility),
        Login("facility", "demo-co-so-2026", Role.FACILITY_ADMINISTRATOR, "Quản trị cơ sở Mẫu", facility),
        Login("station", "demo-tram-y-te-2026", Role.STATION, "Trạm y tế Mẫu", facility),
        Login("surveillance", "demo-giam-sat-2026", Role.SURVEILLANCE, "Giám sát dịch tễ Mẫu"),
        Login("inspector", "demo-thanh-tra-2026", Role.INSPECTOR, "Thanh tra Mẫu"),
        Login("analyst", "demo-phan-tich-2026", Role.ANALYST, "Phân tích Mẫu"),
        Login("integrator", "demo-tich-hop-2026", Role.INTEGRATOR, "Hệ thống tích hợp Mẫu (yteso token)"),
        Login("dataofficer", "demo-bao-ve-du-lieu-2026", Role.DATA_OFFICER, "Cán bộ bảo vệ dữ liệu Mẫu"),
    )


CITIZEN = Login("citizen", "demo-nguoi-dan-2026", Role.CITIZEN, "Người dân Mẫu")
"""The log-in of the person whose record tells most; made when there are records."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One simulated province of this installation; `fed` when all its files were received already."""

    province: Province
    visits: int
    fed: bool


def plan(settings: Settings, visits: int, facilities: int, seed: int) -> Plan:
    """Note the province (its simulated time ends now, the first time) and make its accounts and organisations."""
    return patiently(lambda: _plan(settings, visits, facilities, seed))


def _plan(settings: Settings, visits: int, facilities: int, seed: int) -> Plan:
    now = datetime.now(VIETNAM).replace(second=0, microsecond=0)
    database = Database(settings.database_url, max_size=2, application="yteso demo").open(CONNECT_SECONDS)
    try:
        with database.connection() as conn:
            row = conn.execute(SQL["begin_province"], [seed, facilities, visits, now]).fetchone()
        assert row is not None
        province = Province(seed, facilities, until=row[0], fault_rate=FAULTS)
        if not row[1]:
            _make_accounts(settings, database, province)
    finally:
        database.close()
    return Plan(province, visits, bool(row[1]))


def send(settings: Settings, what: Plan, address: str, seen: Callable[[int], None]) -> tuple[int, int]:
    """Feed every file; `seen` hears how many visits have come. Returns (files accepted, files refused).

    Raises CannotStart (OPS-0004) when the doors answer no more.
    """
    visits: set[str] = set()
    counts = {True: 0, False: 0}
    try:
        for sent in feed(what.province.files(what.visits), what.province.senders(), address):
            counts[sent.accepted] += 1
            visits.update(sent.file.visits)
            seen(len(visits))
    except NotSent as error:
        raise CannotStart(NOT_ANSWERING.at(address=address, log=settings.home / "log")) from error
    patiently(lambda: _finish(settings, what))
    return counts[True], counts[False]


def _finish(settings: Settings, what: Plan) -> None:
    database = Database(settings.database_url, max_size=2, application="yteso demo").open(CONNECT_SECONDS)
    try:
        with database.connection() as conn:
            conn.execute(SQL["finish_province"], [what.province.seed, len(what.province.facilities), what.visits])
    finally:
        database.close()


def await_figures(settings: Settings, address: str, seen: Callable[[int], None], timeout: float = 900.0) -> bool:
    """Wait until every file is walked and the warehouse has looked after that; False after `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while (waiting := backlog(address)) != 0:
        seen(waiting)
        if time.monotonic() > deadline:
            return False
        time.sleep(0.2)
    walked = datetime.now(VIETNAM)
    looks: set[datetime] = set()
    while len(looks) < 2:  # the first round that ended after the walk may have begun before its end
        pulse = read_pulse(settings.home)
        if pulse is not None and pulse.at > walked:
            looks.add(pulse.at)
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def make_citizen(settings: Settings) -> None:
    """Give the person with most visits their log-in, and a child to be the guardian of, unless it is there."""
    patiently(lambda: _make_citizen(settings))


def _make_citizen(settings: Settings) -> None:
    if any(row.name == CITIZEN.name for row in accounts.listed(settings)):
        return
    database = Database(settings.database_url, max_size=2, application="yteso demo").open(CONNECT_SECONDS)
    try:
        with database.connection() as conn:
            found = conn.execute(
                SQL["fetch_most_visited"], [TYPE_NUMBER["Encounter"], TYPE_NUMBER["Patient"]]
            ).fetchone()
            if found is not None:
                _make_guardian(Services(settings, database), conn, found[0])
    finally:
        database.close()
    if found is not None:
        row = accounts.Row(CITIZEN.name, CITIZEN.role.value, CITIZEN.facility, active=True)
        accounts.save(settings, row, CITIZEN.password, display_name=CITIZEN.title, person=found[0], demo=True)


def _make_guardian(services: Services, conn: Connection, person: str) -> None:
    wanted = [TYPE_NUMBER["Patient"], person, TYPE_NUMBER["Observation"]]
    child = conn.execute(SQL["fetch_child"], wanted).fetchone()
    if child is not None:
        services.store.write(conn, _DEMO, [Put(_guardian(person, child[0]))], "demo")


def _guardian(holder: str, child: str) -> dict[str, Any]:
    """Who represents a child, with the paper that proves it (`store.relations`)."""
    return {
        "resourceType": "RelatedPerson",
        "id": stable_id("demo", "guardian", holder, child),
        "identifier": [{"system": REPRESENTATIVE, "value": holder}],
        "extension": [{"url": EVIDENCE, "valueString": "Quyết định công nhận giám hộ (giấy tờ Mẫu)"}],
        "active": True,
        "patient": {"reference": f"Patient/{child}"},
        "relationship": [
            {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-RoleCode", "code": "GUARD"}]}
        ],
        "name": [{"text": CITIZEN.title}],
    }


def lock_samples(settings: Settings) -> list[str]:
    """Lock what still has a password of the sample province, which anybody can read in the source; their names.

    Of people that is told by their mark, which goes with the password; of machines the password is tried.
    """
    database = Database(settings.database_url, max_size=2, application="yteso prepare").open(CONNECT_SECONDS)
    try:
        with database.connection() as conn:
            noted = conn.execute(SQL["fetch_provinces"]).fetchall()
            senders = {one.username: one for seed, size in noted for one in Province(seed, size).senders()}
            names = [one for one in senders if machines.opens(conn, one, senders[one].password)]
    finally:
        database.close()
    names += accounts.samples(settings)
    for name in names:
        accounts.disable(settings, name)
    return names


def backlog(address: str) -> int:
    """Files that wait; -1 when the platform does not say."""
    try:
        with urllib.request.urlopen(f"{address}/healthz", timeout=10) as response:  # noqa: S310 - our own address
            return int(json.load(response).get("backlog", -1))
    except (urllib.error.URLError, OSError, ValueError):
        return -1


def _make_accounts(settings: Settings, database: Database, province: Province) -> None:
    present = {row.name for row in accounts.listed(settings)}
    for login in logins(province.facilities[0].code):
        if login.name not in present:
            row = accounts.Row(login.name, login.role.value, login.facility, active=True)
            accounts.save(settings, row, login.password, display_name=login.title, demo=True)
    services = Services(settings, database)
    changes = [Put(organization) for organization in province.organizations()]
    with database.connection() as conn:
        for sender in province.senders():
            if sender.username not in present:
                machines.save_sender(conn, machines.Sender(sender.username, sender.facility), sender.password)
        services.store.write(conn, _DEMO, changes, "demo")
        add_inspection(conn, _OFFICER, _order(province.facilities[0].code, system_clock()))


def _order(facility: str, now: datetime) -> Order:
    """What lets the inspector see the patients of one facility, for a month from today."""
    begin = now.astimezone(VIETNAM).replace(hour=0, minute=0, second=0, microsecond=0)
    return Order("12/QĐ-TTr", "inspector", facility, begin, begin + timedelta(days=30), "Kế hoạch thanh tra năm (Mẫu)")
