"""The raw: bytes -> intake row, chunks, receipt and job in one transaction; and back, as a stream of bounded memory.

The id of a file is a function of its sender and its bytes, so the same bytes from the same sender find the receipt
they were given before and nothing is doubled.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson
import zstandard

from yteso.base.errors import Refused, YtesoError
from yteso.base.ids import shard_of, shard_of_key, stable_id
from yteso.db import Connection, Database, Queries, Statement, is_conflict, run_together
from yteso.exchange import rules
from yteso.exchange.bell import Bell
from yteso.exchange.spool import FRAME, Spool
from yteso.jobs import asking
from yteso.signing import Keys, Receipt, sign_receipt
from yteso.store.roots import Root, newest_root

if TYPE_CHECKING:
    from typing_extensions import Buffer

SQL = Queries.beside(__file__)
_BELL = Bell()
DRAIN = "exchange.drain"
"""The job that wakes a walker; one waiting is enough for any number of files."""


class RawLost(YtesoError):
    """The raw bytes of a file are not all there."""

    permanent = True


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file at the door, judged fit to be kept. `door` names how it came (plain, insurer, hanoi, page, command)."""

    sender: str
    facility: str
    name: str
    adapter: str
    door: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A kept file: its id, its signed receipt as a JSON document, and whether these bytes were known already."""

    id: str
    receipt: dict[str, Any]
    again: bool = False


def intake_id(sender: str, sha256: bytes) -> str:
    """The id that these bytes of that sender always get; it lives on the shard of its sender."""
    return stable_id("intake", sender, sha256.hex(), near=sender)


def keep(
    database: Database,
    keys: Keys,
    arrival: Arrival,
    spool: Spool,
    root: Callable[[Connection], Root | None] = newest_root,
) -> Kept:
    """Keep the file and give its receipt, with the root it is to carry; when this returns, it is committed.

    Raises Refused (403) for a locked account. A lost database surfaces as its own error and nothing is kept then.
    """
    file, shard = intake_id(arrival.sender, spool.sha256), shard_of_key(arrival.sender)
    asked = Statement(SQL["open_file"], [shard, arrival.sender, shard, file, shard, arrival.sender])
    with database.connection() as conn:
        (((active, receipt, sequence, received),),) = run_together(conn, [asked])
        if active is False:
            raise Refused(rules.INACTIVE.at(), status=403)
        if receipt is not None:
            return Kept(file, orjson.loads(receipt), again=True)
        given = Receipt(file, arrival.sender, sequence, spool.sha256.hex(), spool.size, received, root(conn))
        signed = sign_receipt(keys, given)
        try:
            _insert(conn, arrival, given, spool, orjson.dumps(signed))
        except Exception as error:
            if not is_conflict(error):
                raise
            conn.rollback()  # another request with these bytes held the sender's counter before us
            return Kept(file, _receipt(conn, shard, file), again=True)
    if _BELL.due():
        with database.connection() as conn:
            conn.execute(SQL["notify_intake"])
    return Kept(file, signed)


def _receipt(conn: Connection, shard: int, file: str) -> dict[str, Any]:
    row = conn.execute(SQL["fetch_receipt"], [shard, file]).fetchone()
    assert row is not None
    receipt: dict[str, Any] = orjson.loads(row[0])
    return receipt


def _insert(conn: Connection, arrival: Arrival, given: Receipt, spool: Spool, receipt: bytes) -> None:
    """The file's row, its pieces and its job, committed."""
    shard, frames = shard_of_key(arrival.sender), spool.frames()
    known = [shard, given.intake, arrival.sender, given.sequence, arrival.facility, given.received]
    about = [spool.sha256, spool.size, arrival.name, arrival.adapter, arrival.door, receipt]
    file = Statement(SQL["insert_file"], [*known, *about, next(frames)])
    job = asking(DRAIN, queueing_lock=DRAIN)
    if spool.size <= FRAME:
        run_together(conn, [file, job], ends=True)
        return
    run_together(conn, [file, job])
    with conn.cursor().copy(SQL["copy_chunks"]) as copy:
        copy.set_types(["int2", "uuid", "int4", "bytea"])
        for n, frame in enumerate(frames, 1):
            copy.write_row((shard, UUID(given.intake), n, frame))
    conn.commit()


def chunks(conn: Connection, id: str, size: int) -> Iterator[bytes]:
    """The original bytes in pieces of at most 1 MiB. Raises RawLost when they are not `size` bytes in all."""
    shard, n, left = shard_of(id), 0, size
    decompressor = zstandard.ZstdDecompressor()
    while (row := conn.execute(SQL["fetch_chunk"], [shard, id, n]).fetchone()) is not None:
        piece = decompressor.decompress(row[0], max_output_size=FRAME)
        n, left = n + 1, left - len(piece)
        yield piece
    if left:
        raise RawLost(f"{left} bytes of intake {id} are missing")


def small_files(conn: Connection, ids: Sequence[str]) -> dict[str, bytes]:
    """The bytes of files of one piece, fetched together; none for an id whose raw is lost."""
    if not ids:
        return {}
    decompressor = zstandard.ZstdDecompressor()
    rows = conn.execute(SQL["fetch_first_chunks"], [[shard_of(one) for one in ids], list(ids)]).fetchall()
    return {file: decompressor.decompress(body, max_output_size=FRAME) for file, body in rows}


def tail(conn: Connection, id: str, size: int, length: int) -> bytes:
    """The last `length` bytes (at most FRAME) of a file."""
    decompressor = zstandard.ZstdDecompressor()
    found = b""
    for n in range((size - 1) // FRAME, -1, -1):
        row = conn.execute(SQL["fetch_chunk"], [shard_of(id), id, n]).fetchone()
        if row is None:
            raise RawLost(f"piece {n} of intake {id} is missing")
        found = decompressor.decompress(row[0], max_output_size=FRAME) + found
        if len(found) >= length:
            break
    return found[-length:]


class RawStream(io.RawIOBase):
    """The original bytes of a file, read once, forward. Each piece is fetched when it is needed."""

    def __init__(self, conn: Connection, id: str, size: int) -> None:
        self._chunks = chunks(conn, id, size)
        self._piece = memoryview(b"")

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, target: Buffer, /) -> int:
        """As `io.RawIOBase`: 0 at the end."""
        if not self._piece:
            self._piece = memoryview(next(self._chunks, b""))
        room = memoryview(target).cast("B")
        count = min(len(room), len(self._piece))
        room[:count] = self._piece[:count]
        self._piece = self._piece[count:]
        return count
