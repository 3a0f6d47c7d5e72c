"""`yteso user …`: accounts of people and of facilities' software, their sessions, one-time links."""

from __future__ import annotations

import secrets
import sys
from typing import Annotated

import typer
from rich.table import Table

from yteso.access.principal import Role
from yteso.base.errors import Refused
from yteso.ops.commands.place import at_database, console
from yteso.ops.rules import UNKNOWN_ROLE

user = typer.Typer(help="Tài khoản · Accounts", no_args_is_help=True)
_ROLES = tuple(role.value for role in Role if role is not Role.SYSTEM)
"""Every role of people; `facility`: a facility's software; `integrator`: a system that gets the whole record."""
_Name = Annotated[str, typer.Argument(help="Tên đăng nhập · User name")]
_Password = Annotated[
    str | None,
    typer.Option("--password", help="Mật khẩu; - đọc từ stdin; bỏ trống thì tự sinh · Password; - reads stdin"),
]


@user.command()
def add(
    name: _Name,
    role: Annotated[str, typer.Option(help=" | ".join(_ROLES))],
    facility: Annotated[str, typer.Option(help="Mã cơ sở (MA_CSKCB) · Facility code")] = "",
    display_name: Annotated[str, typer.Option(help="Tên hiển thị · Name shown")] = "",
    person: Annotated[str, typer.Option(help="Mã hồ sơ (Patient) của người dân · A citizen's Patient id")] = "",
    practitioner: Annotated[
        str, typer.Option(help="Mã trong danh bạ (Practitioner) của nhân viên · A staff member's Practitioner id")
    ] = "",
    password: _Password = None,
) -> None:
    """Tạo hoặc sửa tài khoản. · Create an account, or bring it to these values."""
    from yteso.ops import accounts

    if role not in _ROLES:
        raise Refused(UNKNOWN_ROLE.at(), status=400)
    chosen = _chosen(password)
    with at_database() as settings:
        row = accounts.Row(name, role, facility, active=True)
        accounts.save(settings, row, chosen, display_name=display_name, person=person, practitioner=practitioner)
    _tell(name, chosen, password)


@user.command("list")
def list_() -> None:
    """Mọi tài khoản. · Every account."""
    from yteso.ops import accounts

    with at_database(existing=True) as settings:
        rows = accounts.listed(settings)
    table = Table("Tên · Name", "Vai trò · Role", "Cơ sở · Facility", "Hoạt động · Active")
    for row in rows:
        table.add_row(row.name, row.role, row.facility, "✓" if row.active else "–")
    console.print(table)


@user.command("password")
def password_(name: _Name, password: _Password = None) -> None:
    """Đặt mật khẩu mới. · Set a new password."""
    from yteso.ops import accounts

    chosen = _chosen(password)
    with at_database(existing=True) as settings:
        accounts.set_password(settings, name, chosen)
    _tell(name, chosen, password)


@user.command()
def disable(name: _Name) -> None:
    """Khóa tài khoản. · Lock an account."""
    from yteso.ops import accounts

    with at_database(existing=True) as settings:
        accounts.disable(settings, name)
    console.print(f"{name}: đã khóa · locked")


@user.command()
def enable(name: _Name) -> None:
    """Mở lại tài khoản. · Let an account be used again."""
    from yteso.ops import accounts

    with at_database(existing=True) as settings:
        accounts.enable(settings, name)
    console.print(f"{name}: đã mở · enabled")


@user.command()
def sessions(name: _Name) -> None:
    """Kết thúc mọi phiên của một người. · End every session of a person."""
    from yteso.ops import accounts

    with at_database(existing=True) as settings:
        ended = accounts.end_sessions(settings, name)
    console.print(f"{name}: {ended} phiên đã kết thúc · sessions ended")


@user.command()
def link(
    name: _Name,
    factors: Annotated[
        bool, typer.Option("--factors", help="Đặt lại cả bước xác thực thứ hai · Reset the second factors too")
    ] = False,
) -> None:
    """Liên kết dùng một lần để tự đặt mật khẩu. · A one-time link by which the owner sets a password."""
    from yteso.ops import accounts

    with at_database(existing=True) as settings:
        address = accounts.one_time_link(settings, name, reset_factors=factors)
    console.print(address, highlight=False, soft_wrap=True)


def _chosen(password: str | None) -> str:
    if password == "-":  # noqa: S105 - means standard input
        return sys.stdin.readline().rstrip("\n")
    return password or secrets.token_urlsafe(15)


def _tell(name: str, chosen: str, given: str | None) -> None:
    """A password we made is shown once; one that was given is not repeated."""
    console.print(f"{name}: đã lưu · saved")
    if not given:
        console.print(f"Mật khẩu · Password: [bold]{chosen}[/]", highlight=False)
