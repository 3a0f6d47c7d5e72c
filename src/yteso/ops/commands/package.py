"""`yteso package load FILE|FOLDER` and `yteso package list`: FHIR packages in the record."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from yteso.ops.commands.place import at_database, console
from yteso.ops.exits import DATA

if TYPE_CHECKING:
    from yteso.access.principal import Principal
    from yteso.client.packages import Packages

package = typer.Typer(help="Gói FHIR: hồ sơ, tập giá trị, tham số tìm kiếm. · FHIR packages.", no_args_is_help=True)


@package.command()
def load(source: Annotated[Path, typer.Argument(exists=True, help="Tệp .tgz hoặc thư mục · .tgz or folder")]) -> None:
    """Nạp một gói FHIR vào hệ thống; nạp lại không đổi gì. · Load a FHIR package; loading it again changes nothing."""
    from yteso.ops.judging import read_package

    found = read_package(source)
    with _packages() as packages:
        done = packages.load(_who(), found)
    counts = f"{done.created} mới · new, {done.updated} đổi · changed, {done.unchanged} như cũ · as before"
    console.print(f"{done.name} {done.version}: {counts}", highlight=False)
    for issue in done.issues:
        console.print(f"{issue.code} {issue.origin}: {issue.text} · {issue.text_en}", highlight=False, soft_wrap=True)
    if any(issue.blocks for issue in done.issues):
        raise typer.Exit(DATA)


@package.command("list")
def listing() -> None:
    """Liệt kê các gói đã nạp. · List the loaded packages."""
    with _packages() as packages:
        for one in packages.listed(_who()):
            line = f"{one.name}  {one.version}  {one.definitions} định nghĩa · definitions  {one.updated}  {one.title}"
            console.print(line, highlight=False, soft_wrap=True)


@contextmanager
def _packages() -> Iterator[Packages]:
    from yteso.client.packages import Packages
    from yteso.ops.compose import build

    with at_database() as there:
        services = build(there, application="yteso package", connections=2)
        try:
            yield Packages(services.database, services.store)
        finally:
            services.close()


def _who() -> Principal:
    from yteso.ops.own_packages import LOADER

    return LOADER
