"""The files of one export while they grow: lines are added, and what is certain is told at the end of each stretch.

A file longer than what is certain was left by a killed process: it is cut back before it grows on. Files reach the disk
before their length is noted. One folder a job, 0700, under `YTESO_HOME/bulk`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from yteso.store.bulk.job import File, TakenBack

LARGEST = 256 * 1024 * 1024
"""A file that has grown so far is followed by another one."""


class Growing:
    """The files of one stretch. `seal` gives back the ones that grew; `close` in any case. `add` raises TakenBack when
    the folder is gone: who cancels a job takes it away at once."""

    def __init__(self, folder: Path, certain: Iterable[File]) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder
        self._newest: dict[tuple[str, str], tuple[int, File]] = {}
        self._open: dict[tuple[str, str], BinaryIO] = {}
        for file in certain:
            number = int(file.name.split(".")[1])
            key = (file.kind, file.type)
            if number > self._newest.get(key, (0, file))[0]:
                self._newest[key] = (number, file)

    def add(self, kind: str, type: str, line: bytes) -> None:
        """One line."""
        key = (kind, type)
        stream = self._open.get(key) or self._begin(key)
        stream.write(line + b"\n")
        number, file = self._newest[key]
        self._newest[key] = (number, replace(file, size=file.size + len(line) + 1, written=file.written + 1))

    def seal(self) -> list[File]:
        """The files that grew, safe on disk, with their new lengths."""
        for stream in self._open.values():
            stream.flush()
            os.fsync(stream.fileno())
        return [self._newest[key][1] for key in self._open]

    def close(self) -> None:
        """Let go of every file."""
        for stream in self._open.values():
            stream.close()

    def _begin(self, key: tuple[str, str]) -> BinaryIO:
        kind, type = key
        number, file = self._newest.get(key, (0, None))
        if file is None or file.size >= LARGEST:
            name = f"{type if kind == 'output' else kind}.{number + 1}.ndjson"
            file = File(name, kind, type, 0, 0)
            self._newest[key] = (number + 1, file)
        path = self._folder / file.name
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        except FileNotFoundError as error:
            raise TakenBack from error
        stream = os.fdopen(descriptor, "r+b", buffering=1024 * 1024)
        stream.truncate(file.size)
        stream.seek(file.size)
        self._open[key] = stream
        return stream
