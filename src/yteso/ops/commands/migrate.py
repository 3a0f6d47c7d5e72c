"""`yteso migrate`: bring the database to this version and end."""

from __future__ import annotations

from yteso.ops.commands.place import at_database, console


def migrate() -> None:
    """Nâng cấp cơ sở dữ liệu lên phiên bản này. · Bring the database to this version."""
    with at_database():
        console.print("Cơ sở dữ liệu đã ở phiên bản này. · The database is up to date.")
