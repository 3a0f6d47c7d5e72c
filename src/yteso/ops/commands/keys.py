"""`yteso keys rotate`: new signing keys; the older ones go on verifying what they signed."""

from __future__ import annotations

import typer

from yteso.base.settings import Settings
from yteso.ops.commands.place import console

keys = typer.Typer(help="Khóa ký của nền tảng · The platform's signing keys", no_args_is_help=True)


@keys.command()
def rotate() -> None:
    """Tạo khóa ký mới; khởi động lại để dùng. · Make new signing keys; restart to use them."""
    from yteso.signing.identity_keys import rotate_identity
    from yteso.signing.keys import rotate as rotate_signing

    home = Settings.from_environment().home
    console.print(f"Ed25519: {rotate_signing(home)}\nRS256: {rotate_identity(home)}", highlight=False)


@keys.command("list")
def list_() -> None:
    """Mã của các khóa, khóa đang ký đứng đầu. · The keys' ids, the signing one first."""
    from yteso.signing.identity_keys import load_or_create_identity
    from yteso.signing.keys import load_or_create

    home = Settings.from_environment().home
    for key in load_or_create(home).public():
        console.print(f"Ed25519 {key.id}", highlight=False)
    for one in load_or_create_identity(home).public():
        console.print(f"RS256 {one['kid']}", highlight=False)
