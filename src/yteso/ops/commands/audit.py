"""`yteso audit verify` and `yteso audit roots`: is everything as it was written, and the roots to check it against."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from yteso.base.errors import Refused
from yteso.base.settings import Settings
from yteso.ops.commands.place import at_database, console
from yteso.ops.exits import DATA
from yteso.ops.rules import NO_ROOTS
from yteso.signing.keys import PublicKey
from yteso.store.verify import BadPlace

audit = typer.Typer(help="Nhật ký truy cập · The audit chain", no_args_is_help=True)
_WORDS = {
    "root": ("Gốc số {n} bị giả mạo, thiếu hoặc sai thứ tự", "Root {n} is forged, missing or out of order"),
    "row": (
        "Dòng đầu tiên sai: làn {lane}, dòng {n} (bị sửa, thêm, xóa hoặc chuyển chỗ)",
        "First bad row: lane {lane}, row {n} (changed, added, removed or moved)",
    ),
    "end": ("Làn {lane} thiếu dòng từ dòng {n}", "Lane {lane} lacks rows from row {n} on"),
    "missing": (
        "Nội dung do làn {lane}, dòng {n} ghi đã bị sửa hoặc mất {about}",
        "What lane {lane}, row {n} wrote was altered or is gone {about}",
    ),
    "right": (
        "Dòng quyết định ai được xem không đúng với hồ sơ: {about}",
        "A row that decides who may see is not what the record says: {about}",
    ),
    "content": ("Phiên bản không có trong nhật ký: {about}", "A version that the audit does not know: {about}"),
}


_LEFT_OUT = {
    "labels": (
        "Chưa đối chiếu nhãn nhạy cảm: hồ sơ đang được gắn nhãn lại, hãy chạy lại sau",
        "Labels were not judged: the record is being labelled anew, run this again later",
    ),
    "index": (
        "Chưa đối chiếu chỉ mục: đang lập lại, hãy chạy lại sau",
        "The index was not judged: it is being made anew, run this again later",
    ),
}


_OF_A_ROOT = {"number", "previous", "root", "rows", "heads"}


@audit.command()
def verify(
    roots: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Tệp gốc đã ký (ndjson) · File of signed roots")
    ] = None,
    key: Annotated[
        list[Path] | None, typer.Option(exists=True, dir_okay=False, help="Khóa công khai (PEM) · Public key")
    ] = None,
) -> None:
    """Đối chiếu toàn bộ nhật ký và hồ sơ với các gốc đã ký. · Check audit and record against the signed roots.

    Chỉ đọc cơ sở dữ liệu (YTESO_DATABASE_URL, hoặc cơ sở dữ liệu nhúng). · Only reads the database.
    """
    from yteso.db import Database
    from yteso.ops.held import bad_right
    from yteso.ops.sealer import roots_file
    from yteso.store.postgres import PostgresStore
    from yteso.store.roots import roots_after
    from yteso.store.verify import see_one_moment, unjudged
    from yteso.store.verify import verify as find_bad
    from yteso.web import setup

    with at_database(existing=True, untouched=True) as settings:
        keys = _keys(settings, key or [])
        database = Database(settings.database_url, max_size=1, application="yteso audit").open()
        try:
            with database.connection() as conn:
                documents = _read(roots.name, roots.read_bytes()) if roots else _kept(roots_file(settings.home))
                see_one_moment(conn)
                if not roots:
                    documents += roots_after(conn, documents[-1]["number"] if documents else 0)
                store = PostgresStore()
                store.refresh(conn)
                bad = find_bad(conn, store.codec(conn), documents, keys)
                left_out = unjudged(conn)
            if bad is None and (about := bad_right(database, settings)):
                bad = BadPlace("right", about=about)
        finally:
            setup.close()
            database.close()
    if bad is not None:
        _tell(bad)
        raise typer.Exit(DATA)
    for one in left_out:
        console.print(" · ".join(_LEFT_OUT[one]), style="yellow")
    console.print(f"Nguyên vẹn · Intact ({len(documents)} gốc · roots)")


@audit.command("roots")
def roots_() -> None:
    """In mọi gốc đã ký, mỗi dòng một gốc. · Print every signed root, one a line."""
    from yteso.db import Database
    from yteso.store.roots import roots_after

    with at_database(existing=True, untouched=True) as settings:
        database = Database(settings.database_url, max_size=1, application="yteso audit").open()
        try:
            with database.connection() as conn:
                for root in roots_after(conn, 0):
                    sys.stdout.write(orjson.dumps(root).decode() + "\n")
        finally:
            database.close()


@audit.command("key")
def key_() -> None:
    """In khóa công khai để kiểm tra. · Print the public keys to check with."""
    from yteso.ops.commands.place import settings
    from yteso.signing.keys import load_or_create

    here = settings()
    for one in load_or_create(here.home, here.keys).public():
        sys.stdout.write(one.pem)


def _keys(here: Settings, paths: list[Path]) -> list[PublicKey]:
    """The keys given; without any, those of this installation."""
    from yteso.signing.keys import load_or_create, read_public

    if not paths:
        return list(load_or_create(here.home, here.keys).public())
    return [one for path in paths for one in read_public(path.read_text())]


def _kept(path: Path) -> list[dict[str, Any]]:
    """Those in the file of this installation, which who changes the database does not reach; no line half written."""
    whole, _, _ = path.read_bytes().rpartition(b"\n") if path.is_file() else (b"", b"", b"")
    return _read(path.name, whole) if whole else []


def _read(name: str, text: bytes) -> list[dict[str, Any]]:
    """The roots of a file; one that holds none proves nothing, and is refused like one that cannot be read."""
    try:
        found = [orjson.loads(line) for line in text.splitlines()]
    except orjson.JSONDecodeError as error:
        raise Refused(NO_ROOTS.at(file=name), status=400) from error
    if not found or not all(isinstance(one, dict) and one.keys() >= _OF_A_ROOT for one in found):
        raise Refused(NO_ROOTS.at(file=name), status=400)
    return found


def _tell(bad: BadPlace) -> None:
    for text in _WORDS[bad.kind]:
        console.print(text.format(lane=bad.lane, n=bad.n, about=bad.about).strip(), highlight=False, style="red")
