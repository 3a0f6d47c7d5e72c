"""`yteso intake replay ID`: have a received file read again from its raw, as the button on its page does."""

from __future__ import annotations

from typing import Annotated

import typer

from yteso.ops.commands.place import address, at_database, console
from yteso.ops.exits import FAILED

intake = typer.Typer(help="Tệp đã nhận · Files received", no_args_is_help=True)


@intake.callback()
def start() -> None:
    """Tệp đã nhận. · Files received."""


@intake.command()
def replay(id: Annotated[str, typer.Argument(help="Mã tệp (mã giao dịch) · The file's code")]) -> None:
    """Đọc lại một tệp từ bản gốc. · Read a file again from its raw."""
    from yteso.access.principal import Principal, Role
    from yteso.db import Database
    from yteso.exchange import intake as desk

    with at_database(existing=True) as settings:
        database = Database(settings.database_url, max_size=1).open()
        try:
            with database.connection() as conn:
                again = desk.replay(conn, Principal("command", Role.SYSTEM, purpose="HOPERAT"), id.strip())
        finally:
            database.close()
    if not again:
        console.print(f"{id}: đang chờ hoặc đang đọc · waiting or being read")
        raise typer.Exit(FAILED)
    later = "" if address() else "; đọc khi hệ thống chạy (yteso up) · read when the platform runs (yteso up)"
    console.print(f"{id}: sẽ được đọc lại · will be read again{later}")
