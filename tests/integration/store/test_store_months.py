"""Months of history and audit: made ahead without a gap, over the turn of a year too; what came too early moves in."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

import pytest

from yteso.access.principal import Principal, Role
from yteso.access.restriction import EVERYTHING
from yteso.base.clock import system_clock
from yteso.store.postgres import MONTHS_AHEAD
from yteso.store.protocol import Put
from yteso.store.wall import missing

SYSTEM = Principal("system", Role.SYSTEM)
BOUNDS = """
    SELECT c.relname, substring(pg_get_expr(c.relpartbound, c.oid) FROM $$FROM \\('([^']+)$$)::timestamptz,
           substring(pg_get_expr(c.relpartbound, c.oid) FROM $$TO \\('([^']+)$$)::timestamptz
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = %s::regclass AND pg_get_expr(c.relpartbound, c.oid) <> 'DEFAULT' ORDER BY 2
"""


def months():
    """Where this month and those after it begin, by UTC, by which the tables go."""
    now = system_clock()
    counted = [now.year * 12 + now.month - 1 + n for n in range(MONTHS_AHEAD + 2)]
    return [datetime(one // 12, one % 12 + 1, 1, tzinfo=UTC) for one in counted]


@pytest.mark.parametrize("table", ["history", "audit"])
@pytest.mark.parametrize("zone", ["UTC", "Asia/Ho_Chi_Minh", "America/New_York"])
def test_the_months_ahead_follow_each_other_in_whatever_zone_somebody_asks(database, table, zone):
    begins = months()
    with database.connection() as conn:
        conn.execute("SELECT set_config('TimeZone', %s, true), store.make_partitions(%s)", [zone, MONTHS_AHEAD])
        conn.execute(f"DROP TABLE store.{table}_{begins[2]:%Y_%m}")
        assert conn.execute("SELECT store.make_partitions(%s)", [MONTHS_AHEAD]).fetchone() == (1,)
        found = conn.execute(BOUNDS, [f"store.{table}"]).fetchall()
    assert [one for one in found if one[1] >= begins[0]] == [
        (f"{table}_{since:%Y_%m}", since, until) for since, until in pairwise(begins)
    ]


def test_what_was_written_before_its_month_was_made_moves_in_and_the_wall_stands(database, store):
    after = months()[1]
    with database.connection() as conn:
        conn.execute(f"DROP TABLE store.history_{after:%Y_%m}")
        for born in ("1990", "1991"):
            store.write(conn, SYSTEM, [Put({"resourceType": "Patient", "id": "p", "birthDate": born})])
        conn.execute("UPDATE store.history SET until = %s", [after])
        assert conn.execute("SELECT count(*) FROM store.history_default").fetchone() == (1,)
        store.maintain(conn)
        assert conn.execute("SELECT count(*) FROM store.history_default").fetchone() == (0,)
        assert conn.execute(f"SELECT count(*) FROM store.history_{after:%Y_%m}").fetchone() == (1,)
        assert missing(conn) == []
        past = store.read_version(conn, SYSTEM, EVERYTHING, "Patient", "p", 1)
    assert past is not None
    assert b"1990" in past.body
