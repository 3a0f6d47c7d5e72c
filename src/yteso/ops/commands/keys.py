"""`yteso keys …`: new keys beside the older ones, which verify and open still; what lies here by the newest."""

from __future__ import annotations

from typing import Annotated

import typer

from yteso.base.errors import CannotStart, Refused
from yteso.ops.commands.place import at_database, console, settings
from yteso.ops.rules import UNKNOWN_ALGORITHM

keys = typer.Typer(help="Khóa của nền tảng · The platform's keys", no_args_is_help=True)
_SERIES = (("signing", "pem"), ("identity", "pem"), ("safe", "secret"), ("web", "secret"))


@keys.command()
def rotate(
    algorithm: Annotated[str, typer.Option(help="Của biên nhận, gốc nhật ký · Of receipts and roots")] = "Ed25519",
) -> None:
    """Tạo khóa mới; khởi động lại để dùng. · Make new keys; restart to use them."""
    from yteso.signing.identity_keys import rotate_identity
    from yteso.signing.keys import ALGORITHMS
    from yteso.signing.keys import rotate as rotate_signing
    from yteso.signing.safe import rotate_safe
    from yteso.signing.shelf import ROTATED_THERE, Shelf
    from yteso.web.secret import rotate_secret

    if algorithm not in ALGORITHMS:
        raise Refused(UNKNOWN_ALGORITHM.at(known=", ".join(ALGORITHMS)), status=400)
    here = settings()
    shelf = Shelf.of(here.home, here.keys)
    if shelf.given:
        names = ", ".join(shelf.next_name(kind, ending) for kind, ending in _SERIES)
        raise CannotStart(ROTATED_THERE.at(folder=shelf.folder, names=names))
    _line(algorithm, rotate_signing(here.home, algorithm))
    _line("RS256", rotate_identity(here.home))
    _line("Fernet", rotate_safe(here.home))
    _line("HMAC-SHA-256", rotate_secret(here.home))


@keys.command("list")
def list_() -> None:
    """Mã của các khóa, khóa đang ký đứng đầu. · The keys' ids, the signing one first."""
    from yteso.signing.identity_keys import load_or_create_identity
    from yteso.signing.keys import load_or_create

    here = settings()
    for key in load_or_create(here.home, here.keys).public():
        _line(key.algorithm, key.id)
    for one in load_or_create_identity(here.home, here.keys).public():
        _line("RS256", str(one["kid"]))


@keys.command()
def reseal() -> None:
    """Mã hóa lại bằng khóa mới nhất; sau đó bỏ được khóa cũ. · Encipher by the newest key; then older ones may go."""
    from yteso.ops.compose import build
    from yteso.store.subscriptions.state import reseal as reseal_receivers
    from yteso.web import setup

    with at_database(existing=True) as here:
        services = build(here, application="yteso keys", connections=2)
        try:
            with services.database.connection() as conn:
                _line("Subscription", str(reseal_receivers(conn, services.store)))
            setup.configure(here)
            from yteso.web.accounts import factors

            _line("TOTP", str(factors.reseal()))
        finally:
            setup.close()
            services.close()


def _line(name: str, text: str) -> None:
    console.print(f"{name} {text}", highlight=False)
