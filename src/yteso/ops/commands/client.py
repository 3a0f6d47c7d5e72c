"""`yteso client add | list | keys | disable | enable`: apps and machines that may ask for tokens."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from yteso.db import Connection, Database
from yteso.ops.commands.place import at_database, console

client = typer.Typer(help="Ứng dụng và máy (OAuth) · Apps and machines (OAuth)", no_args_is_help=True)
_Id = Annotated[str, typer.Argument(help="Mã ứng dụng · client_id")]
_Keys = Annotated[Path, typer.Option("--keys", help="Tệp JWK Set khóa công khai · File with the public JWK Set")]


@client.command()
def add(
    name: Annotated[str, typer.Argument(help="Tên hiện cho người dùng · Name that people see")],
    scope: Annotated[str, typer.Option(help="Phạm vi tối đa · The most it may ever have")],
    kind: Annotated[str, typer.Option(help="public | confidential | service")] = "public",
    id: Annotated[str, typer.Option("--id", help="client_id; bỏ trống thì tự sinh · made when left out")] = "",
    redirect: Annotated[list[str] | None, typer.Option(help="redirect_uri, nhiều lần được · may be repeated")] = None,
    launch: Annotated[str, typer.Option(help="Địa chỉ mở từ hồ sơ · Where it is opened from a record")] = "",
    keys: Annotated[Path | None, typer.Option("--keys", help="JWK Set (public)")] = None,
    role: Annotated[str, typer.Option(help="service: facility | integrator")] = "",
    facility: Annotated[str, typer.Option(help="Mã cơ sở (MA_CSKCB) · Facility code")] = "",
    purpose: Annotated[str, typer.Option(help="v3-PurposeOfUse")] = "TREAT",
) -> None:
    """Đăng ký hoặc sửa một ứng dụng, một máy. · Register an app or machine, or change it."""
    from yteso.base.clock import system_clock
    from yteso.oauth.clients import Client, read_keys, save_client
    from yteso.oauth.trail import note_registered

    given = Client(
        id=id,
        name=name,
        kind=kind,
        redirects=tuple(redirect or ()),
        launch=launch,
        scope=scope,
        keys=read_keys(keys.read_text(encoding="utf-8")) if keys else (),
        role=role,
        facility=facility,
        purpose=purpose,
    )
    with _connection() as conn:
        made = save_client(conn, given, system_clock(), "yteso client")
        note_registered(conn, made)
    console.print(f"client_id: [bold]{made.id}[/]", highlight=False)


@client.command("list")
def list_() -> None:
    """Mọi ứng dụng và máy. · Every app and machine."""
    from yteso.oauth.clients import fetch_clients

    with _connection() as conn:
        found = fetch_clients(conn)
    table = Table("client_id", "Tên · Name", "Loại · Kind", "Cơ sở · Facility", "Scope", "Hoạt động · Active")
    for one in found:
        table.add_row(one.id, one.name, one.kind, one.facility, one.scope, "✓" if one.active else "–")
    console.print(table)


@client.command("keys")
def keys_(id: _Id, keys: _Keys) -> None:
    """Thay khóa công khai; giữ cả khóa cũ và mới trong tệp khi đổi. · Replace the public keys; keep both to rotate."""
    from yteso.oauth.clients import set_keys
    from yteso.oauth.trail import note_client

    with _connection() as conn:
        set_keys(conn, id, keys.read_text(encoding="utf-8"))
        note_client(conn, id, "other keys", part="keys")
    console.print(f"{id}: đã lưu · saved")


@client.command()
def disable(id: _Id) -> None:
    """Khóa: mọi mã truy cập hết hiệu lực trong một giây. · Lock: all its tokens end within a second."""
    from yteso.base.clock import system_clock
    from yteso.oauth.clients import set_active
    from yteso.oauth.ended import end
    from yteso.oauth.trail import note_client

    with _connection() as conn:
        set_active(conn, id, active=False)
        note_client(conn, id, "locked", part="active")
        end(conn, "client", id, system_clock())
    console.print(f"{id}: đã khóa · locked")


@client.command()
def enable(id: _Id) -> None:
    """Mở khóa. · Unlock."""
    from yteso.oauth.clients import set_active
    from yteso.oauth.trail import note_client

    with _connection() as conn:
        set_active(conn, id, active=True)
        note_client(conn, id, "unlocked", part="active")
    console.print(f"{id}: đã mở · unlocked")


@contextmanager
def _connection() -> Iterator[Connection]:
    """A transaction on the installation's database."""
    with at_database(existing=True) as settings:
        database = Database(settings.database_url, max_size=2, application="yteso client").open()
        try:
            with database.connection() as conn:
                yield conn
        finally:
            database.close()
