"""Compression dictionaries in the database: load them, take up the newest, train one from the site's own rows.

Rows name the dictionary that made them, so an old one is never replaced; a newer one only serves new rows.
"""

from __future__ import annotations

from yteso.db import Connection, Queries
from yteso.store.codec import Codec, fingerprint, trained

SQL = Queries.beside(__file__)
SAMPLES = 20_000


def load_newest(conn: Connection, codec: Codec) -> int:
    """Compress with the newest dictionary from now on; gives back its number (0: none)."""
    row = conn.execute(SQL["fetch_newest_dictionary"]).fetchone()
    assert row is not None
    ensure_known(conn, codec, row[0])
    codec.current = row[0]
    return codec.current


def ensure_known(conn: Connection, codec: Codec, dictionary: int) -> None:
    """Fetch a dictionary this process has not met yet. A missing one shows as DictionaryMissing when it is used."""
    if not codec.knows(dictionary):
        row = conn.execute(SQL["fetch_dictionary"], (dictionary,)).fetchone()
        if row is not None:
            codec.add(dictionary, row[0])


def add_dictionary(conn: Connection, content: bytes) -> int:
    """Keep a dictionary; gives back its number, the old one when the same content is there already."""
    row = conn.execute(SQL["add_dictionary"], {"content": content, "sha256": fingerprint(content)}).fetchone()
    assert row is not None
    return int(row[0])


def train(conn: Connection, codec: Codec, *, percent: float = 100.0, samples: int = SAMPLES) -> int:
    """Train a dictionary on a sample of the present rows and keep it; gives back its number.

    Raises zstandard.ZstdError when there are too few rows to learn from (some hundreds are needed).
    """
    rows = conn.execute(SQL["sample_bodies"], (percent, samples)).fetchall()
    texts = []
    for dictionary, body in rows:
        ensure_known(conn, codec, dictionary)
        texts.append(codec.sample(dictionary, body))
    return add_dictionary(conn, trained(texts))
