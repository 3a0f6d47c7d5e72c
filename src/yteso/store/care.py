"""Which facilities care for a patient, from the patient's Encounters: the rows behind the restriction of doctors.

An Encounter names its facility by `serviceProvider.identifier` or by where it came from; when it only refers to an
Organization, that Organization's identifiers are looked up when the Encounter is written; an import looks again at its
end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from yteso.db import Connection, Queries
from yteso.fhir import reference
from yteso.fhir.json import loads
from yteso.search.row import IndexRow
from yteso.standards.fhir_r4 import TYPE_NUMBER
from yteso.store.codec import Codec
from yteso.store.dictionaries import ensure_known
from yteso.store.rows import Key, Row, copy_care, index_of, key_lists, key_of, row_of

SQL = Queries.beside(__file__)
TOGETHER = 1_000


def care_rows(
    conn: Connection, codec: Codec, encounters: Sequence[tuple[Row, IndexRow]]
) -> Iterator[tuple[Row, bytes, str]]:
    """(encounter, patient key, facility code) for every facility that serves each Encounter."""
    named = {text for _, index in encounters for text in index.care if "/" in text}
    codes = _organization_codes(conn, codec, named) if named else {}
    for row, index in encounters:
        assert index.pat is not None
        facilities = {code for text in index.care for code in codes.get(text, (text,))}
        for facility in sorted(facilities):
            yield row, index.pat, facility


def mend_care(conn: Connection, codec: Codec, transactions: Sequence[int]) -> int:
    """Give Encounters of these transactions the facilities that came after them; gives back how many rows it added."""
    added = 0
    shard, id = -1, ""
    while True:
        rows = conn.execute(
            SQL["fetch_unserved"], (list(transactions), TYPE_NUMBER["Encounter"], shard, id, TOGETHER)
        ).fetchall()
        found = list(care_rows(conn, codec, list(_served(conn, codec, rows))))
        if found:
            with conn.cursor() as cursor, cursor.copy(SQL["copy_care"]) as copy:
                copy.write(copy_care(found))
        added += len(found)
        if len(rows) < TOGETHER:
            return added
        shard, id = rows[-1][:2]


def _served(conn: Connection, codec: Codec, rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[Row, IndexRow]]:
    """The Encounters that name some facility or Organization."""
    for _, _, dictionary, body in rows:
        ensure_known(conn, codec, dictionary)
        row = row_of(loads(codec.unpack(dictionary, body)[0]))
        index = index_of(row)
        if index.care and index.pat:
            yield row, index


def _organization_codes(conn: Connection, codec: Codec, references: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Reference -> the values of the Organization's identifiers; none when it is not here."""
    keys: dict[Key, str] = {}
    found: dict[str, tuple[str, ...]] = {}
    for text in references:
        target = reference.parse(text)
        found[text] = ()
        if target.kind == "relative" and target.type == "Organization":
            keys[key_of(target.type, target.id)] = text
    if not keys:
        return found
    for type, id, _, _, _, deleted, dictionary, body in conn.execute(SQL["fetch_many"], key_lists(keys)).fetchall():
        if not deleted:
            ensure_known(conn, codec, dictionary)
            organization = loads(codec.unpack(dictionary, body)[0])
            values = (one.get("value") for one in organization.get("identifier") or ())
            text = next(text for key, text in keys.items() if key[1:] == (type, id))
            found[text] = tuple(value for value in values if isinstance(value, str))
    return found
