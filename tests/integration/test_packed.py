"""Rows as one binary parameter arrive as they were packed, on a connection made before anything was packed too."""

import subprocess
import sys

import psycopg

from yteso.db.packed import rows_of, type_number

PROGRAM = """
import sys
from yteso.db import Database
database = Database(sys.argv[1]).open()
with database.connection() as conn:
    conn.execute("SELECT 1")
from struct import pack
from yteso.db.packed import rows_of, type_number
with database.connection() as conn:
    conn.execute("CREATE TYPE pair AS (a integer, b text)")
    row = pack(">iiii", 2, 23, 4, 7) + pack(">ii", 25, 3) + "bé".encode()
    parameter = rows_of(type_number(conn, "pair"), [pack(">i", len(row)) + row] * 2)
    print(conn.execute("SELECT a, b FROM unnest(%b::pair[])", [parameter]).fetchall())
database.close()
"""


def test_rows_arrive_as_they_were_packed_also_on_a_connection_that_was_there_before(database_url):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, database_url], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.stdout.strip() == "[(7, 'bé'), (7, 'bé')]", done.stderr


def test_a_type_is_asked_for_once_a_connection_and_by_each_connection(database):
    with database.connection() as conn:
        first = type_number(conn, "store.new_string")
        assert type_number(conn, "store.new_string") == first
    with psycopg.connect(database.dsn) as other:
        assert type_number(other, "store.new_string") == first
    assert rows_of(first, [])[:20] == b"\0\0\0\x01\0\0\0\0" + first.to_bytes(4, "big") + bytes(4) + b"\0\0\0\x01"
