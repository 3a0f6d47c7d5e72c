"""A body that arrives in pieces -> its hash, its size, its head, and its bytes compressed in 1 MiB frames.

Memory is bounded whatever the size: two megabytes of frames stay in memory, the rest lies in a temporary file that
has no name and goes with its process. No database, no judgement of the content.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from types import TracebackType

import zstandard

from yteso.base.errors import Refused
from yteso.base.http import Body
from yteso.exchange import rules

FRAME = 1024 * 1024
"""Bytes of the original in one frame."""
HEAD = 64 * 1024
_IN_MEMORY = 2 * FRAME
_READ = 256 * 1024


class Spool:
    """Takes pieces by `write`; after `finish` it knows `sha256` (32 bytes), `size` and gives the `frames`.

    Raises Refused (413, EXC-0002) as soon as more than `limit` bytes have come.
    """

    def __init__(self, limit: int, folder: Path | None = None) -> None:
        self._limit = limit
        self._file = tempfile.SpooledTemporaryFile(_IN_MEMORY, dir=str(folder) if folder else None)  # noqa: SIM115 -- see close
        self._hash = sha256()
        self._compressor = zstandard.ZstdCompressor(level=3)
        self._pending: list[bytes] = []
        self._waiting = 0
        self._lengths: list[int] = []
        self.size = 0
        self.head = b""

    @property
    def sha256(self) -> bytes:
        """SHA-256 of everything written so far."""
        return self._hash.digest()

    def require_room(self, size: int) -> None:
        """Refuse before reading what is declared too large."""
        if size > self._limit:
            raise Refused(rules.TOO_LARGE.at(limit=self._limit // FRAME), status=413)

    def write(self, piece: bytes) -> None:
        """Take the next bytes."""
        self.size += len(piece)
        self.require_room(self.size)
        self._hash.update(piece)
        if len(self.head) < HEAD:
            self.head += piece[: HEAD - len(self.head)]
        self._pending.append(piece)
        self._waiting += len(piece)
        if self._waiting >= FRAME:
            self._flush(keep_rest=True)

    def finish(self) -> Spool:
        """Everything has come."""
        self._flush(keep_rest=False)
        return self

    def frames(self) -> Iterator[bytes]:
        """The zstd frames in order; may be asked for again."""
        self._file.seek(0)
        for length in self._lengths:
            yield self._file.read(length)

    def pieces(self) -> Iterator[bytes]:
        """The bytes as they came, a frame at a time; may be asked for again."""
        return map(zstandard.decompress, self.frames())

    def close(self) -> None:
        """Forget the bytes."""
        self._file.close()

    def __enter__(self) -> Spool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _flush(self, *, keep_rest: bool) -> None:
        whole = b"".join(self._pending)
        end = len(whole) - len(whole) % FRAME if keep_rest else len(whole)
        for start in range(0, end, FRAME):
            frame = self._compressor.compress(whole[start : min(start + FRAME, end)])
            self._file.write(frame)
            self._lengths.append(len(frame))
        self._pending = [whole[end:]] if end < len(whole) else []
        self._waiting = len(whole) - end


def drain_into(spool: Spool, body: Body, declared: int | None) -> Spool:
    """Read the whole body into the spool. Raises Refused (400, EXC-0018) when fewer bytes than declared came."""
    while piece := body.read(_READ):
        spool.write(piece)
    if declared is not None and spool.size < declared:
        raise Refused(rules.CUT_SHORT.at(), status=400)
    return spool.finish()
