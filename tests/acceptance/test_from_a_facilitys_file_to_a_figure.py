"""The whole walk: a simulated province is fed through the real doors over HTTP and its figures come out as planned."""

import json
import threading
from collections import Counter, defaultdict
from datetime import date, datetime
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from yteso.access.principal import Principal, Role
from yteso.base.clock import VIETNAM, day_in_vietnam
from yteso.base.http import Request
from yteso.exchange.doors import Doors
from yteso.exchange.export import intake_changes_since
from yteso.exchange.sender import Sender, save_sender
from yteso.exchange.walk import Walker
from yteso.sandbox import Province
from yteso.sandbox.feed import feed
from yteso.sandbox.names import MARKERS
from yteso.signing import load_or_create
from yteso.store.postgres import PostgresStore
from yteso.store.protocol import Put
from yteso.warehouse import IntakeChange, Marts, RecordChange, Warehouse

UNTIL = datetime(2026, 11, 18, 15, 0, tzinfo=VIETNAM)
VISITS = 150


@pytest.fixture
def province():
    return Province(seed=21, until=UNTIL)


@pytest.fixture
def address(database, tmp_path, province):
    """A server on a free port with all doors, accounts of the province behind it."""
    doors = Doors(database, load_or_create(tmp_path))
    with database.connection() as conn:
        for sender in province.senders():
            save_sender(conn, Sender(sender.username, sender.facility), sender.password)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = Limited(self.rfile, int(headers.get("content-length", 0)))
            answer = doors.handle(Request("POST", self.path, "", headers, body, "", self.client_address[0]))
            content = answer.body if isinstance(answer.body, bytes) else b"".join(answer.body)
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


class Limited:
    def __init__(self, stream, left):
        self.stream, self.left = stream, left

    def read(self, size=-1, /):
        wanted = self.left if size < 0 else min(size, self.left)
        piece = self.stream.read(wanted)
        self.left -= len(piece)
        return piece


def export(conn, store, warehouse, province):
    """What the exporter process does in one turn."""
    record = [
        RecordChange(one.t, one.type, one.id, one.version, one.deleted, one.updated, one.body)
        for one in store.changes_since(conn, warehouse.record_mark, 1_000_000)
    ]
    found = intake_changes_since(conn, warehouse.intake_mark)
    intake = [
        IntakeChange(
            found.mark, one.id, one.facility, one.sender, one.door, one.state, one.received, one.done, one.size,
            one.visits, one.accepted, one.unchanged, one.quarantined, one.failed, one.errors, one.warnings,
        )
        for one in found.files
    ]  # fmt: skip
    expected = [facility.code for facility in province.facilities]
    return warehouse.refresh(record, intake, UNTIL, expected=expected)


def test_a_province_fed_over_http_comes_out_as_its_planned_figures(database, tmp_path, province, address):
    store = PostgresStore()
    with database.connection() as conn:
        store.write(conn, Principal("demo", Role.SYSTEM), [Put(one) for one in province.organizations()])
    files = list(province.files(VISITS))
    sent = list(feed(files, province.senders(), address, connections=3))
    assert Counter(one.accepted for one in sent) == {True: len(files)}, [one for one in sent if not one.accepted][:2]
    assert {one.file.name for one in sent} == {file.name for file in files}

    Walker(database, store).drain()
    with database.connection() as conn, Warehouse(tmp_path) as warehouse:
        export(conn, store, warehouse, province)
        # Sending everything again, and walking again, adds nothing.
        again = list(feed(files, province.senders(), address, connections=3))
        assert {one.intake for one in again} == {one.intake for one in sent}
        Walker(database, store).drain()
        assert export(conn, store, warehouse, province).record == 0

    marts = Marts(tmp_path)
    plans = province.plans(VISITS)
    shown = {(row["day"], row["facility"], row["care"]): row["visits"] for row in marts.table("visits_daily")}
    assert shown == Counter((day_in_vietnam(one.arrived), one.facility.code, one.care) for one in plans)

    bills = [province.tables(one)["XML1"][0] for one in plans if one.left and not one.archive]
    this_year = date(2026, 1, 1)
    assert marts.totals("money_daily", ["visits"], since=this_year)[0]["visits"] == len(bills)
    days = defaultdict(list)
    for bill in bills:
        days[date.fromisoformat(bill["NGAY_RA"][:8])].append(bill)
    columns = ["visits", "untold", "fund", "copay", "own_pocket", "other_sources"]
    told = marts.totals("money_daily", columns, ["day", "insured"], since=this_year)
    assert sum(row["visits"] - row["untold"] for row in told) > 15, "or the sums below prove little"
    for row in told:
        of_day = [one for one in days[row["day"]] if bool(one["MA_THE_BHYT"]) is row["insured"]]
        assert (row["visits"], row["untold"]) == (len(of_day), len(of_day) % 5)
        for column, field in (
            ("fund", "T_BHTT"), ("copay", "T_BNCCT"), ("own_pocket", "T_BNTT"), ("other_sources", "T_NGUONKHAC"),
        ):  # fmt: skip
            # What fewer than five paid is told to nobody: the newest of a day wait for others.
            amounts = sorted(Decimal(one[field]) for one in of_day)
            left_out = sum(amounts) - (row[column] or 0)
            assert sum(amounts[: row["untold"]]) <= left_out <= sum(amounts[len(amounts) - row["untold"] :])

    assert {row["facility"]: row["facility_name"] for row in marts.table("facilities")} == {
        one.code: one.name for one in province.facilities
    }
    sent = {file.facility for file in files}
    silent = {row["facility"] for row in marts.table("facilities", silent=True)}
    assert silent == {one.code for one in province.facilities} - sent
    (coverage,) = marts.table("coverage", span="all")
    assert coverage["known"] == 12
    assert coverage["with_files"] == len({file.facility for file in files})
    counted = marts.totals("intake_daily", ["files", "accepted", "with_errors", "waiting"])[0]
    assert (counted["files"], counted["with_errors"], counted["waiting"]) == (len(files), 0, 0)
    published = json.dumps([marts.table(name) for name in ("visits_daily", "diagnoses", "facilities")], default=str)
    assert not any(f" {marker} " in published or marker.upper() in published for marker in MARKERS)
