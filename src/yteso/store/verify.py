"""Audit rows, the record's versions and signed roots -> the first place that is not as it was written, or None.

Needs the database (or a dump of it, restored anywhere), the platform's public keys and, to see that the newest rows
were not taken away together, roots that lie elsewhere: those published, or those in facilities' receipts. Everything is
computed here, nothing by functions of the database, which whoever changed rows could have changed too. Writes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any, Literal

import zstandard

from yteso.base.clock import system_clock
from yteso.base.errors import YtesoError
from yteso.base.ids import shard_of
from yteso.db import Connection, Queries
from yteso.fhir import json as fhir_json
from yteso.fhir.json import content_hash
from yteso.search.extract import extract
from yteso.search.hot import LATER
from yteso.search.keys import number
from yteso.search.row import IndexRow
from yteso.search.sensitivity import Sensitivity
from yteso.search.side import hid
from yteso.signing.keys import PublicKey
from yteso.signing.root import Head, heads_hash, verify_root
from yteso.standards.fhir_r4 import TYPE_NAME, TYPE_NUMBER
from yteso.store.audit import LEAF, leaf, removal_leaf
from yteso.store.chain import bad_row, ends_batch
from yteso.store.codec import Codec
from yteso.store.dictionaries import ensure_known
from yteso.store.kept import bad_kept
from yteso.store.labels import is_labelled, rules_in_force
from yteso.store.rows import Row, index_of
from yteso.store.verify_contexts import bad_context
from yteso.store.verify_granted import bad_grant
from yteso.store.verify_index import Found
from yteso.store.verify_rights import bad_right, streamed
from yteso.store.verify_subscriptions import bad_subscription

SQL = Queries.beside(__file__)
_EMPTY = b""
Kind = Literal["root", "row", "end", "missing", "content", "right"]


@dataclass(frozen=True, slots=True)
class BadPlace:
    """The first thing found wrong.

    `root`: root number `n` is forged, missing or out of order. `row`: audit row `lane`, `n` was changed, added, removed
    or moved. `end`: the end of the lane is not what `store.lane` or a root says. `missing`: a version that row wrote is
    gone or altered. `content`: a version (`about`) that no audit row wrote, or whose columns say something else.
    `right`: a row (`about`) that decides who may see, and is not what the present resources, or the chain, say.
    """

    kind: Kind
    lane: int = 0
    n: int = 0
    about: str = ""


@dataclass(frozen=True, slots=True)
class _Reading:
    """What a version is judged with. `rules`: by which everything is labelled; None while it is being labelled anew.

    `indexed`: nothing is being indexed anew. `own`: no search parameters but R4's, so that every token is known.
    """

    conn: Connection
    codec: Codec
    rules: Sensitivity | None
    indexed: bool
    own: bool
    found: Found


@dataclass(slots=True)
class _Lane:
    """One lane on its way: rows so far, the last hash, and the hashes at the rows roots ask for."""

    rows: int = 0
    hash: bytes = _EMPTY
    marks: dict[int, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Written:
    """What an audit row says it wrote: place, moment, and the leaves."""

    lane: int
    n: int
    t: int
    ts: datetime
    leaves: tuple[bytes, ...]


def see_one_moment(conn: Connection) -> None:
    """The rest of the transaction, which begins here, sees what was committed by now: others may go on writing."""
    conn.execute(SQL["see_one_moment"])


def verify(
    conn: Connection, codec: Codec, roots: Sequence[Mapping[str, Any]] = (), keys: Iterable[PublicKey] = ()
) -> BadPlace | None:
    """Look at everything; roots first, then lanes, then the record's versions, then who may see.

    While others write, the transaction must see one moment, and the roots be older (`see_one_moment`).
    """
    return (
        _bad_root(roots, tuple(keys))
        or verify_chains(conn, roots)
        or verify_versions(conn, codec)
        or verify_rights(conn, codec)
    )


def unjudged(conn: Connection) -> list[Literal["labels", "index"]]:
    """What was not compared with the content, as it is being made anew: whoever could say so falsely hides by it."""
    indexed, _ = conn.execute(SQL["fetch_indexed"], (TYPE_NUMBER["SearchParameter"],)).fetchall()[0]
    left_out: list[Literal["labels", "index"]] = []
    if rules_in_force(conn, system_clock()) is None:
        left_out.append("labels")
    if not indexed:
        left_out.append("index")
    return left_out


def verify_rights(conn: Connection, codec: Codec) -> BadPlace | None:
    """Visits, relations, consents and subscriptions as rows are what the resources say, contexts what a file says;
    openings, grants, approvals and cases what the chain says that somebody gave or did.
    """
    bad = bad_right(conn, codec) or bad_context(conn, codec) or bad_subscription(conn, codec)
    bad = bad or bad_grant(conn) or bad_kept(conn)
    return BadPlace("right", about=bad) if bad else None


def _bad_root(roots: Sequence[Mapping[str, Any]], keys: tuple[PublicKey, ...]) -> BadPlace | None:
    before = ""
    for expected, root in enumerate(roots, start=int(roots[0]["number"]) if roots else 1):
        follows = root["previous"] == before or (root is roots[0] and expected > 1)
        if root["number"] != expected or not follows or not verify_root(root, keys):
            return BadPlace("root", n=expected)
        before = root["root"]
    return None


def verify_chains(conn: Connection, roots: Sequence[Mapping[str, Any]] = ()) -> BadPlace | None:
    """Every lane from its first row to its end, and what the roots say of it. Roots are trusted to be genuine."""
    ends = {lane: (rows, bytes(hash)) for lane, rows, hash in conn.execute(SQL["fetch_lanes"])}
    wanted = _wanted(roots)
    lanes: dict[int, _Lane] = {}
    for lane, (rows, hash) in ends.items():
        found = lanes[lane] = _Lane()
        if bad := _walk(conn, lane, found, wanted.get(lane, frozenset())):
            return bad
        if (found.rows, found.hash) != (rows, hash):
            return BadPlace("end", lane, found.rows + 1)
    strays = conn.execute(SQL["fetch_stray_row"], (list(ends),)).fetchone()
    if strays:
        return BadPlace("row", *strays)
    return _against_roots(lanes, roots)


def _wanted(roots: Sequence[Mapping[str, Any]]) -> dict[int, set[int]]:
    wanted: dict[int, set[int]] = {}
    for root in roots:
        for lane, rows in enumerate(root["rows"]):
            wanted.setdefault(lane, set()).add(rows)
    return wanted


def _walk(conn: Connection, lane: int, found: _Lane, wanted: Iterable[int]) -> BadPlace | None:
    marks = frozenset(wanted)
    batch: list[Sequence[Any]] = []
    for row in streamed(conn, "fetch_audit", (lane,)):
        expected = found.rows + len(batch) + 1
        if row[0] != expected:
            return BadPlace("row", lane, expected)
        batch.append(row)
        if not ends_batch(row):
            continue
        if bad := bad_row(found.hash, lane, batch):
            return BadPlace("row", lane, bad)
        found.rows, found.hash, batch = expected, bytes(row[1]), []
        if expected in marks:
            found.marks[expected] = found.hash
    return BadPlace("end", lane, found.rows + len(batch) + 1) if batch else None


def _against_roots(lanes: Mapping[int, _Lane], roots: Sequence[Mapping[str, Any]]) -> BadPlace | None:
    """The first root that says something else than the rows do; a lane is named by the heads the root carries."""
    before = [0] * len(lanes)
    for root in roots:
        for lane, rows in enumerate(root["rows"]):
            found = lanes.get(lane, _Lane())
            if rows > found.rows:
                return BadPlace("end", lane, found.rows + 1)
            told = root["heads"].get(str(lane))
            if told is not None and found.marks.get(rows, _EMPTY).hex() != told:
                return BadPlace("row", lane, before[lane] + 1)
        heads = [Head(lane, rows, lanes[lane].marks.get(rows, _EMPTY)) for lane, rows in enumerate(root["rows"])]
        if heads_hash(heads).hex() != root["root"]:
            return BadPlace("root", n=root["number"])
        before = root["rows"]
    return None


def verify_versions(conn: Connection, codec: Codec) -> BadPlace | None:
    """Every version is one an audit row wrote, and every version audit rows wrote is there, unaltered."""
    if misdated := conn.execute(SQL["fetch_misdated"]).fetchone():
        return BadPlace("content", about=_named(*misdated))
    unbound = conn.execute(SQL["fetch_unbound_t"]).fetchone()
    bound_from = unbound[0] if unbound and unbound[0] is not None else None
    written = groupby(_written(conn), key=lambda one: one.t)
    versions = groupby(_versions(conn), key=lambda row: row[4])
    indexed, own = conn.execute(SQL["fetch_indexed"], (TYPE_NUMBER["SearchParameter"],)).fetchall()[0]
    found = Found(conn, own=own)
    reading = _Reading(conn, codec, rules_in_force(conn, system_clock()), indexed, own, found)
    if bad := _merge(reading, written, versions, bound_from):
        return bad
    about = found.bad() if indexed else None
    return BadPlace("content", about=about) if about else None


def _merge(reading: _Reading, written: Any, versions: Any, unbound: int | None) -> BadPlace | None:
    """Both in the order of transactions; `unbound`: up to there rows of the audit said nothing of content."""
    said, there = next(written, None), next(versions, None)
    while said or there:
        if said and (not there or said[0] <= there[0]):
            rows = list(there[1]) if there and there[0] == said[0] else []
            if bad := _compare(reading, list(said[1]), rows):
                return bad
            if there and there[0] == said[0]:
                there = next(versions, None)
            said = next(written, None)
            continue
        assert there is not None
        row = next(iter(there[1]))
        if unbound is None or there[0] > unbound:
            return BadPlace("content", about=_named(*row[:3]))
        there = next(versions, None)
    return None


def _compare(reading: _Reading, said: Sequence[_Written], rows: Sequence[Sequence[Any]]) -> BadPlace | None:
    there = Counter[tuple[datetime, bytes]]()
    about: dict[tuple[datetime, bytes], str] = {}
    broken = ""
    for row in rows:
        found = _leaf_of(reading, row)
        if found is None:
            broken = broken or _named(*row[:3])
            continue
        there[row[3], found] += 1
        about[row[3], found] = _named(*row[:3])
    for one in said:
        for wanted in one.leaves:
            if not there[one.ts, wanted]:
                return BadPlace("missing", one.lane, one.n, broken)
            there[one.ts, wanted] -= 1
    if broken:
        return BadPlace("content", about=broken)
    return next((BadPlace("content", about=about[key]) for key, count in there.items() if count), None)


def _leaf_of(reading: _Reading, row: Sequence[Any]) -> bytes | None:
    """The leaf of a version as it is stored; None when it contradicts itself."""
    type, id, version, _, t, deleted, dictionary, body, hash, patient, shard, key, label, maker, *columns = row
    name = TYPE_NAME.get(type)
    if name is None or shard != shard_of(id) or key not in (None, hid(id)):
        return None
    if deleted:
        return None if body else removal_leaf(name, id, version, patient)
    try:
        ensure_known(reading.conn, reading.codec, dictionary)
        text, _ = reading.codec.unpack(name, id, dictionary, body)
        resource = fhir_json.loads(text)
    except (YtesoError, zstandard.ZstdError, ValueError, TypeError):
        return None
    found = content_hash(text)
    named = resource.get("resourceType") == name and resource.get("id") == id
    index = extract(resource)
    if not named or not found.startswith(hash or _EMPTY) or not _is_of(patient, index, resource):
        return None
    if reading.rules is not None:
        past = key is None
        labelled = is_labelled(reading.rules, type, text, resource, label, past=past)
        if not labelled or (index.source and maker != index.source and not (past and maker is None)):
            return None
    if (
        key is not None
        and reading.indexed
        and not _is_indexed(reading, Row((shard, type, id), text, 0, found, resource, t=t), columns)
    ):
        return None
    return leaf(name, id, version, found)


def _is_of(patient: int | None, index: IndexRow, resource: dict[str, Any]) -> bool:
    """Whether it is in this patient's compartment, anew from the content: the column decides who may see it."""
    key = index.pat
    return patient == (number(key) if key else None) or (patient is None and resource["resourceType"] in LATER)


def _is_indexed(reading: _Reading, row: Row, columns: Sequence[Any]) -> bool:
    """Whether code, clinical date, tokens, marks and amount are those of the content: rights ask for them too."""
    code, low, high, tokens, shape, *amount = columns
    index = index_of(row)
    made, there = {number(one) for one in index.tok}, set(tokens)
    same = made == there if reading.own else made <= there
    reading.found.expect(row, index)
    told = (number(index.code) if index.code else None, index.d_lo, index.d_hi)
    return same and (code, low, high) == told and reading.found.columns_are(index, shape, amount)


def _written(conn: Connection) -> Iterator[_Written]:
    for lane, n, t, ts, content in streamed(conn, "fetch_written"):
        raw = bytes(content)
        yield _Written(lane, n, t, ts, tuple(raw[at : at + LEAF] for at in range(0, len(raw), LEAF)))


def _versions(conn: Connection) -> Iterator[Sequence[Any]]:
    yield from streamed(conn, "fetch_versions")


def _named(type: int, id: str, version: int) -> str:
    return f"{TYPE_NAME.get(type, type)}/{id}/_history/{version}"
