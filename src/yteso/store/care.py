"""Which facilities care for a patient, from the patient's Encounters: the rows behind the restriction of doctors.

An Encounter names its facility by `serviceProvider.identifier` or by where it came from; when it only refers to an
Organization, that Organization's identifiers are looked up when the Encounter is written; an import looks again at its
end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from yteso.db import Connection, Queries
from yteso.db.packed import rows_of, type_number
from yteso.fhir import reference
from yteso.fhir.json import loads
from yteso.standards.fhir_r4 import TYPE_NUMBER
from yteso.store.codec import Codec
from yteso.store.dictionaries import ensure_known
from yteso.store.rows import Indexed, Key, Row, index_of, key_lists, key_of, new_care, row_of

SQL = Queries.beside(__file__)
TOGETHER = 1_000


def care_rows(conn: Connection, codec: Codec, written: Sequence[Indexed]) -> Iterator[tuple[Row, bytes, str]]:
    """(encounter, patient key, facility code) for every facility that serves each Encounter among what is written."""
    encounters = [(row, index) for row, index in written if index.care and index.pat]
    named = {text for _, index in encounters for text in index.care if "/" in text}
    codes = _organization_codes(conn, codec, named, [row for row, _ in written]) if named else {}
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
        found = list(care_rows(conn, codec, list(_indexed(conn, codec, rows))))
        if found:
            conn.execute(SQL["add_care"], [rows_of(type_number(conn, "store.new_care"), new_care(found))])
        added += len(found)
        if len(rows) < TOGETHER:
            return added
        shard, id = rows[-1][:2]


def _indexed(conn: Connection, codec: Codec, rows: Iterable[tuple[Any, ...]]) -> Iterator[Indexed]:
    for _, id, dictionary, body in rows:
        ensure_known(conn, codec, dictionary)
        row = row_of(loads(codec.unpack("Encounter", id, dictionary, body)[0]))
        yield row, index_of(row)


def _organization_codes(
    conn: Connection, codec: Codec, references: Iterable[str], written: Sequence[Row]
) -> dict[str, tuple[str, ...]]:
    """Reference -> the values of the Organization's identifiers; none when it is neither here nor being written."""
    keys: dict[Key, str] = {}
    found: dict[str, tuple[str, ...]] = {}
    for text in references:
        target = reference.parse(text)
        found[text] = ()
        if target.kind == "relative" and target.type == "Organization":
            keys[key_of(target.type, target.id)] = text
    for row in written:
        if row.key in keys:
            found[keys.pop(row.key)] = _identifiers(row.resource)
    if not keys:
        return found
    for type, id, _, _, _, deleted, dictionary, body in conn.execute(SQL["fetch_many"], key_lists(keys)).fetchall():
        if not deleted:
            ensure_known(conn, codec, dictionary)
            text = next(text for key, text in keys.items() if key[1:] == (type, id))
            found[text] = _identifiers(loads(codec.unpack("Organization", id, dictionary, body)[0]))
    return found


def _identifiers(organization: Mapping[str, Any]) -> tuple[str, ...]:
    values = (one.get("value") for one in organization.get("identifier") or ())
    return tuple(value for value in values if isinstance(value, str))
