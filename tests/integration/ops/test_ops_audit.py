"""Roots are signed, published, carried away by receipts; the verifier tells a tampered database from a whole one."""

import io
import threading
from concurrent.futures import ThreadPoolExecutor

import orjson
import psycopg
import pytest

from yteso.access.principal import Principal, Role
from yteso.access.restriction import EVERYTHING
from yteso.base.http import Request
from yteso.exchange.raw import Arrival, keep
from yteso.exchange.spool import Spool
from yteso.ops.cli import run
from yteso.ops.compose import build
from yteso.ops.prepare import prepare
from yteso.ops.sealer import PublishedRoot
from yteso.ops.wsgi import doors_of
from yteso.signing.root import verify_root
from yteso.store.protocol import Put
from yteso.store.roots import Newest

OFFICE = Principal("quan-tri", Role.ADMINISTRATOR)
PATIENT = {"resourceType": "Patient", "id": "p1", "name": [{"text": "Trần Văn Giả"}]}


@pytest.fixture
def services(settings):
    prepare(settings)
    services = build(settings, application="test")
    yield services
    services.close()


def written(services):
    with services.database.connection() as conn:
        services.store.write(conn, OFFICE, [Put(PATIENT)])


def test_a_root_is_made_when_something_was_done_and_kept_in_the_file(services):
    sealer = services.sealer()
    written(services)
    sealer.seal()
    sealer.seal()
    lines = (services.settings.home / "audit" / "roots.ndjson").read_bytes().splitlines()
    assert [orjson.loads(line)["number"] for line in lines] == [1]
    assert verify_root(orjson.loads(lines[0]), services.keys.public())


def test_a_line_lost_from_the_file_comes_back_and_none_is_doubled(services):
    for _ in range(3):
        with services.database.connection() as conn:
            services.store.write(conn, Principal("a", Role.ADMINISTRATOR), [Put({**PATIENT, "active": bool(_ % 2)})])
        services.sealer().seal()
    path = services.settings.home / "audit" / "roots.ndjson"
    whole = path.read_bytes()
    path.write_bytes(b"".join(whole.splitlines(keepends=True)[:1]))
    services.sealer().seal()
    assert path.read_bytes() == whole


def test_what_a_crash_left_of_a_line_does_not_stop_the_file(services):
    written(services)
    services.sealer().seal()
    path = services.settings.home / "audit" / "roots.ndjson"
    whole = path.read_bytes()
    path.write_bytes(whole + whole[:20])
    services.sealer().seal()
    assert path.read_bytes() == whole
    path.write_bytes(whole[:20])
    services.sealer().seal()
    assert path.read_bytes() == whole


def test_everybody_may_see_the_newest_root_and_the_keys(services):
    door = PublishedRoot(services.database, services.keys)
    asked = Request("GET", "/.well-known/yteso-audit-root", "", {}, io.BytesIO(), "", "")
    assert orjson.loads(door.handle(asked).body)["root"] is None
    written(services)
    services.sealer().seal()
    told = orjson.loads(door.handle(asked).body)
    assert told["root"]["number"] == 1
    assert told["keys"][0]["id"] == told["root"]["keyId"]


def test_no_door_stands_behind_another_one(services):
    doors = doors_of(services)
    for door in doors:
        for prefix in door.prefixes:
            assert next(one for one in doors if one.prefix_of(prefix)).name == door.name, prefix


def test_a_receipt_carries_the_newest_root(services, tmp_path):
    written(services)
    services.sealer().seal()
    with services.desk.spool() as spool:
        assert isinstance(spool, Spool)
        spool.write(b"<GIAMDINHHS/>")
        arrival = Arrival("m79001", "79001", "a.xml", "bhyt", "plain")
        kept = keep(services.database, services.keys, arrival, spool.finish())
    assert kept.receipt["auditRoot"]["number"] == 1


def test_a_root_for_receipts_is_a_second_old_at_most(services, monkeypatch):
    now = [100.0]
    monkeypatch.setattr("yteso.store.roots.time.monotonic", lambda: now[0])
    newest, told = Newest(), []
    for number, later in enumerate((0.0, 0.9, 0.2)):
        now[0] += later
        with services.database.connection() as conn:
            told.append(newest(conn))
            services.store.write(conn, OFFICE, [Put({**PATIENT, "multipleBirthInteger": number + 1})])
        services.sealer().seal()
    assert told[:2] == [None, None]
    assert told[2]["number"] == 2


def test_the_command_tells_a_tampered_database_from_a_whole_one(services, monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("YTESO_HOME", str(services.settings.home))
    monkeypatch.setenv("YTESO_DATABASE_URL", services.settings.database_url)
    written(services)
    services.sealer().seal()
    assert run(["audit", "roots"]) == 0
    roots = tmp_path / "roots.ndjson"
    roots.write_text(capsys.readouterr().out)
    assert run(["audit", "key"]) == 0
    key = tmp_path / "key.pem"
    key.write_text(capsys.readouterr().out)
    given = ["audit", "verify", "--roots", str(roots), "--key", str(key)]
    assert run(given) == 0
    assert "Intact" in capsys.readouterr().out
    for nothing in ("", "{}\n", "1\n", "x\n"):
        (tmp_path / "none.ndjson").write_text(nothing)
        assert run(["audit", "verify", "--roots", str(tmp_path / "none.ndjson"), "--key", str(key)]) != 0
        told = capsys.readouterr()
        assert "OPS-0029" in told.out + told.err
        assert "Intact" not in told.out
    with psycopg.connect(services.settings.database_url) as conn:
        conn.execute("UPDATE store.labelling SET fingerprint = 'others'")
        conn.execute("INSERT INTO store.parameter VALUES (0, 'x', '', '', '{}', 'indexing', '', '{}')")
    assert run(given) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "Labels were not judged" in told
    assert "The index was not judged" in told
    with psycopg.connect(services.settings.database_url) as conn:
        newest = "SELECT shard, n, tableoid::regclass::text FROM store.audit ORDER BY shard DESC, n DESC LIMIT 1"
        lane, n, month = conn.execute(newest).fetchone()
        conn.execute(f"UPDATE {month} SET who = 'nobody' WHERE shard = %s AND n = %s", (lane, n))
    assert run(given) == 3
    told = capsys.readouterr().out
    assert f"làn {lane}, dòng {n}" in told
    assert f"lane {lane}, row {n}" in told


def take_back(conn, lanes):
    """The newest rows, what they wrote and their roots, so that the ends of the lanes are what they were."""
    conn.execute("ALTER TABLE store.audit DISABLE TRIGGER audit_keep")
    conn.execute("ALTER TABLE store.root DISABLE TRIGGER root_keep")
    conn.execute("DELETE FROM store.resource WHERE id = 'p1'")
    conn.execute("DELETE FROM store.root WHERE n > 1")
    for lane, n, digest in lanes:
        conn.execute("DELETE FROM store.audit WHERE shard = %s AND n > %s", (lane, n))
        conn.execute("UPDATE store.lane SET n = %s, hash = %s WHERE shard = %s", (n, digest, lane))


def test_who_takes_the_newest_rows_away_with_their_roots_is_found_by_the_file(services, monkeypatch, capsys):
    monkeypatch.setenv("YTESO_HOME", str(services.settings.home))
    monkeypatch.setenv("YTESO_DATABASE_URL", services.settings.database_url)
    with services.database.connection() as conn:
        services.store.read(conn, OFFICE, EVERYTHING, "Patient", "p1")
    services.sealer().seal()
    with services.database.connection() as conn:
        lanes = conn.execute("SELECT shard, n, hash FROM store.lane").fetchall()
    written(services)
    services.sealer().seal()
    assert run(["audit", "verify"]) == 0
    assert "2 gốc" in capsys.readouterr().out
    with psycopg.connect(services.settings.database_url) as conn:
        take_back(conn, lanes)
    assert run(["audit", "verify"]) == 3
    assert "lacks rows" in capsys.readouterr().out
    services.sealer().seal()
    (services.settings.home / "audit" / "roots.ndjson").unlink()
    capsys.readouterr()
    assert run(["audit", "verify"]) == 0, capsys.readouterr().out


def test_what_is_written_while_the_verifier_reads_is_no_finding(services, monkeypatch, capsys):
    monkeypatch.setenv("YTESO_HOME", str(services.settings.home))
    monkeypatch.setenv("YTESO_DATABASE_URL", services.settings.database_url)
    ended, sealer = threading.Event(), services.sealer()

    def go_on():
        number = 0
        while not ended.is_set():
            number += 1
            with services.database.connection() as conn:
                name = [{"family": "Thử", "given": [str(number)]}]
                services.store.write(conn, OFFICE, [Put({**PATIENT, "id": f"p{number % 7}", "name": name})])
            sealer.seal()

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(go_on)
        try:
            told = [(run(["audit", "verify"]), capsys.readouterr().out) for _ in range(5)]
        finally:
            ended.set()
        writing.result()
    assert [(code, text) for code, text in told if code] == []


def test_the_verifier_leaves_what_it_judges_as_it_is(services, monkeypatch, capsys):
    """A start would set budgets as the settings say, and bring an older database up to date with all that is in it."""
    monkeypatch.setenv("YTESO_HOME", str(services.settings.home))
    monkeypatch.setenv("YTESO_DATABASE_URL", services.settings.database_url)
    asked = (
        "SELECT max(most), (SELECT count(*) FROM db.migration), (SELECT count(*) FROM store.audit) FROM store.budget"
    )
    with psycopg.connect(services.settings.database_url) as conn:
        conn.execute("UPDATE store.budget SET most = 1000000")
        there = conn.execute(asked).fetchone()
    assert run(["audit", "verify"]) == 3
    assert "store.budget" in capsys.readouterr().out
    with psycopg.connect(services.settings.database_url) as conn:
        assert conn.execute(asked).fetchone() == there
        conn.execute("DELETE FROM db.migration WHERE (room, number) = ('store', 236)")
        (count,) = conn.execute("SELECT count(*) FROM db.migration").fetchone()
    for command in ("verify", "roots"):
        assert run(["audit", command]) != 0
        told = capsys.readouterr()
        assert "OPS-0033" in told.out + told.err
    with psycopg.connect(services.settings.database_url) as conn:
        assert conn.execute("SELECT count(*) FROM db.migration").fetchone() == (count,)
        conn.execute("DROP TABLE db.migration")
    assert run(["audit", "verify"]) != 0
    told = capsys.readouterr()
    assert "OPS-0033" in told.out + told.err
