"""Compression dictionaries in the database: load them, take up the newest, train some from the site's own rows.

Rows name the dictionary that made them, so an old one is never replaced; a newer one only serves new rows. One made for
a type serves that type until a newer one for all types comes.
"""

from __future__ import annotations

from yteso.db import Connection, Queries
from yteso.standards.fhir_r4 import TYPE_NAME
from yteso.store.codec import Codec, fingerprint
from yteso.store.training import COMMON, dictionaries

SQL = Queries.beside(__file__)
SAMPLES = 20_000
FIRST_OWN = 100
"""Dictionaries of a site are numbered from here; below are those that came with the platform."""


def load_newest(conn: Connection, codec: Codec) -> None:
    """Compress with the newest dictionaries from now on."""
    newest: dict[int, int] = dict(conn.execute(SQL["fetch_newest_dictionaries"]).fetchall())
    common = newest.get(COMMON, 0)
    serving = {type: number for type, number in newest.items() if number >= common}
    for number in serving.values():
        ensure_known(conn, codec, number)
    codec.newest = {TYPE_NAME.get(type, ""): number for type, number in serving.items()}


def ensure_known(conn: Connection, codec: Codec, dictionary: int) -> None:
    """Fetch a dictionary this process has not met yet. A missing one shows as DictionaryMissing when it is used."""
    if not codec.knows(dictionary):
        row = conn.execute(SQL["fetch_dictionary"], (dictionary,)).fetchone()
        if row is not None:
            codec.add(dictionary, row[0])


def add_dictionary(conn: Connection, content: bytes, type: int = COMMON) -> int:
    """Keep a dictionary; gives back its number, the old one when the same content is there already."""
    named = {"content": content, "sha256": fingerprint(content), "type": type}
    row = conn.execute(SQL["add_dictionary"], named).fetchone()
    assert row is not None
    return int(row[0])


def train_first(conn: Connection, codec: Codec) -> None:
    """The site's first own dictionaries, once there are resources enough to learn from; one process at a time."""
    row = conn.execute(SQL["fetch_training"]).fetchone()
    assert row is not None
    newest, resources, alone = row
    if newest < FIRST_OWN and resources >= SAMPLES and alone:
        train(conn, codec, percent=min(100.0, 300.0 * SAMPLES / resources))


def train(conn: Connection, codec: Codec, *, percent: float = 100.0, samples: int = SAMPLES) -> int:
    """Train dictionaries on a sample of the present rows and keep them; gives back the number of the common one.

    Raises zstandard.ZstdError when there are too few rows to learn from (some hundreds are needed).
    """
    texts: dict[int, list[bytes]] = {}
    for type, dictionary, body in conn.execute(SQL["sample_bodies"], (percent, samples)).fetchall():
        ensure_known(conn, codec, dictionary)
        texts.setdefault(type, []).append(codec.sample(dictionary, body))
    made = [add_dictionary(conn, content, type) for type, content in dictionaries(texts).items()]
    return made[0]
