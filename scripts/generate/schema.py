"""docs/reference/schema/: each room's tables, functions, policies and grants as all its migrations leave them.

Migrations tell how the schema came about; who wants to read one rule of it reads it here. Partitions of single months
are left out. Run: python scripts/generate/schema.py (starts a PostgreSQL of its own for as long)
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from yteso.db.embedded import EmbeddedServer
from yteso.db.migrate import migrate
from yteso.db.owner import owner_of
from yteso.db.server_conf import ADMIN_ROLE
from yteso.db.software import program
from yteso.ops.compose import ROOMS

TARGET = Path(__file__).parents[2] / "docs" / "reference" / "schema"
_ROOMS = ("exchange", "identity", "oauth", "ops", "store", "terminology")
"""Rooms with tables of their own design; those of jobs are procrastinate's, those of web Django's."""
_HEAD = "-- Made by scripts/generate/schema.py from src/yteso/{room}/migrations: to be read, not to be run.\n"
_OF_A_MONTH = "*_2[0-9][0-9][0-9]_[0-9][0-9]"
_TITLE = re.compile(r"^--\n-- Name: (?P<name>.*); Type: (?P<kind>[^;]*); Schema: .*\n--\n", re.MULTILINE)


def pages(server: EmbeddedServer, dsn: str) -> Iterator[tuple[Path, str]]:
    """Each file as it should stand, of a migrated database of that server."""
    dump = program("pg_dump", server.folder, owner_of(server.folder))
    for room in _ROOMS:
        chosen = [f"--schema={room}", f"--exclude-table={room}.{_OF_A_MONTH}"]
        command = [dump, "--schema-only", "--no-owner", *chosen, dsn]
        text = subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout
        yield TARGET / f"{room}.sql", _HEAD.format(room=room) + _readable(text)


def _readable(text: str) -> str:
    """Without what is the same in every dump, or another in each."""
    body = text[text.index("CREATE SCHEMA") : text.index("--\n-- PostgreSQL database dump complete")]
    titled = _TITLE.sub(lambda found: f"-- {found['kind']}: {found['name']}\n", body)
    return "\n" + re.sub(r"\n{3,}", "\n\n", titled).strip() + "\n"


def main() -> None:
    """Write the files."""
    with tempfile.TemporaryDirectory(prefix="yteso-schema-") as folder:
        server = EmbeddedServer(Path(folder))
        server.start()
        try:
            migrate(server.dsn(), ROOMS)
            TARGET.mkdir(exist_ok=True)
            for file, text in pages(server, server.dsn(role=ADMIN_ROLE)):
                file.write_text(text, encoding="utf-8")
        finally:
            server.stop()


if __name__ == "__main__":
    main()
