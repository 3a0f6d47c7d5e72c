"""Databases of earlier releases: their tables, and rows as those releases wrote them."""

import shutil
from dataclasses import replace

from yteso.db.migrate import ROOT, migrate
from yteso.ops.compose import ROOMS
from yteso.search.extract import extract
from yteso.search.keys import number, short
from yteso.store.codec import Codec
from yteso.store.rows import row_of


def as_before(number, url, folder):
    """An empty database as it was before the store's migration of this number."""
    for room in ROOMS:
        if (ROOT / room / "migrations").exists():
            shutil.copytree(ROOT / room / "migrations", folder / room / "migrations")
    for file in (folder / "store" / "migrations").glob("*.sql"):
        if int(file.name[:4]) >= number:
            file.unlink()
    migrate(url, ROOMS, root=folder)
    return url


def write_earlier(conn, resource, **columns):
    """A resource as the layout from 0060 to 0109 had it; `columns` of its index are as the rules of then had them."""
    row = row_of(resource)
    index = replace(extract(resource), **columns)
    conn.execute(
        "INSERT INTO store.resource"
        " (shard, type, id, hid, ver, t, ts, pat, code, d_lo, d_hi, tok, mark, hash, dict, body)"
        " VALUES (%s, %s, %s, store.hid(%s), 1, store.present_t(), now(), %s, %s, %s, %s, %s, %s, %s, 0, %s)",
        (
            *row.key,
            row.key[2],
            number(index.pat) if index.pat else None,
            number(index.code) if index.code else None,
            index.d_lo,
            index.d_hi,
            [number(key) for key in dict.fromkeys(index.tok)],
            [number(short(key)) for key in reversed(dict.fromkeys(index.mark))],
            row.hash,
            Codec().pack(resource["resourceType"], resource["id"], 0, row.text, row.offset),
        ),
    )
    for key, low, high, unit, bare in set(index.numbers):
        conn.execute(
            "INSERT INTO store.number (shard, type, hid, t, key, lo, hi, unit, bare)"
            " VALUES (%s, %s, store.hid(%s), store.present_t(), %s, %s, %s, %s, %s)",
            (*row.key, number(key), low, high, number(unit), number(bare)),
        )
    for key, low, high in index.moments:
        conn.execute(
            "INSERT INTO store.moment (shard, type, hid, t, key, lo, hi)"
            " VALUES (%s, %s, store.hid(%s), store.present_t(), %s, %s, %s)",
            (*row.key, number(key), low, high),
        )
    for key, text, at in index.strings:
        conn.execute(
            "INSERT INTO store.string (shard, type, hid, t, key, val, at)"
            " VALUES (%s, %s, store.hid(%s), store.present_t(), %s, %s, %s)",
            (*row.key, number(key), text, at),
        )
