"""`yteso token --user NAME`: print a bearer token for scripts."""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import Annotated

import typer

from yteso.ops.commands.place import at_database


def token(
    user: Annotated[str, typer.Option("--user", help="Tên đăng nhập · User name")],
    hours: Annotated[float, typer.Option(min=0.01, max=24 * 30, help="Số giờ hiệu lực · Hours it is valid")] = 8.0,
) -> None:
    """In mã truy cập (bearer token) của một tài khoản. · Print a bearer token of an account."""
    from yteso.access.bearer import Bearer
    from yteso.ops.accounts import principal_of
    from yteso.signing.keys import load_or_create

    with at_database(existing=True) as settings:
        who = principal_of(settings, user)
    sys.stdout.write(Bearer(load_or_create(settings.home, settings.keys)).issue(who, timedelta(hours=hours)) + "\n")
