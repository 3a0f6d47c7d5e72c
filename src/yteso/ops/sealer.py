"""Every ten seconds a signed root over the audit: into its table and, line by line, into `home/audit/roots.ndjson`.

The file is the copy to carry off the machine; it is completed from the table, so that a lost line comes back. Runs as a
thread of the exporter process.
"""

from __future__ import annotations

import logging
import os
import threading
from pathlib import Path

import orjson

from yteso.base.clock import Clock
from yteso.base.http import Request, Response
from yteso.base.trace import where
from yteso.db import Database
from yteso.ops.answer import json_of
from yteso.signing.keys import Keys
from yteso.store.roots import SECONDS, make_root, newest_root, roots_after

log = logging.getLogger(__name__)
ADDRESS = "/.well-known/yteso-audit-root"


def roots_file(home: Path) -> Path:
    """Where an installation keeps its roots beside the database."""
    return home / "audit" / "roots.ndjson"


class Sealer:
    """Makes roots and writes them down."""

    def __init__(self, database: Database, keys: Keys, home: Path, clock: Clock) -> None:
        self._database = database
        self._keys = keys
        self._file = roots_file(home)
        self._clock = clock
        self._written: int | None = None

    def run(self, stop: threading.Event) -> None:
        """Until told to stop; a failure is logged and tried again."""
        while not stop.wait(SECONDS):
            try:
                self.seal()
            except Exception as error:
                log.error("no root was signed, tried again: %s", where(error))

    def seal(self) -> None:
        """One root, when something was done; then the file."""
        with self._database.connection() as conn:
            make_root(conn, self._keys, self._clock())
        if self._written is None:
            self._written = _last_number(self._file)
        with self._database.connection() as conn:
            roots = list(roots_after(conn, self._written))
        if roots:
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self._file.open("ab") as file:
                file.writelines(orjson.dumps(root) + b"\n" for root in roots)
            self._written = roots[-1]["number"]


def _last_number(path: Path) -> int:
    """The number in the last whole line; 0 when there is none. What a crash left of another is taken away."""
    if not path.is_file():
        return 0
    text = path.read_bytes()
    whole = text[: text.rfind(b"\n") + 1]
    if len(whole) < len(text):
        os.truncate(path, len(whole))
    lines = whole.splitlines()
    return int(orjson.loads(lines[-1])["number"]) if lines else 0


class PublishedRoot:
    """The door that shows everybody the newest root and the keys to check it with."""

    def __init__(self, database: Database, keys: Keys) -> None:
        self._database = database
        self._keys = keys

    def handle(self, request: Request) -> Response:
        """The newest root (null before the first) and the public keys."""
        del request
        with self._database.connection() as conn:
            root = newest_root(conn)
        return json_of({"root": root, "keys": [{"id": key.id, "pem": key.pem} for key in self._keys.public()]}, 200)
