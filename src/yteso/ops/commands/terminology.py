"""`yteso terminology import FILE`: a catalogue of codes into the record, with its version."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from yteso.ops.commands.place import at_database, console
from yteso.ops.exits import DATA

terminology = typer.Typer(help="Danh mục mã · Catalogues of codes", no_args_is_help=True)


@terminology.callback()
def start() -> None:
    """Danh mục mã. · Catalogues of codes."""


@terminology.command("import")
def import_(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="JSON · CSV · TSV · .gz")],
    url: Annotated[str, typer.Option(help="Địa chỉ chuẩn của hệ mã · Canonical url of the code system")] = "",
    version: Annotated[str, typer.Option(help="Phiên bản, ví dụ số quyết định · Version, such as a decision")] = "",
    title: Annotated[str, typer.Option(help="Tên danh mục · Title")] = "",
    language: Annotated[str, typer.Option(help="Ngôn ngữ của tên · Language of the names")] = "",
) -> None:
    """Nạp một danh mục mã. · Import a catalogue of codes: a CodeSystem in JSON, or a table with a header line."""
    from yteso.access.principal import Principal, Role
    from yteso.ops.compose import build
    from yteso.store.import_codes import import_codes
    from yteso.terminology.catalogue_file import CatalogueFile

    given = {"url": url, "version": version, "title": title, "language": language}
    with at_database() as settings:
        services = build(settings, application="yteso terminology", connections=1)
        try:
            with services.database.connection() as conn:
                who = Principal("yteso terminology", Role.SYSTEM, purpose="HOPERAT")
                done = import_codes(conn, services.store, who, CatalogueFile(file), given)
        finally:
            services.close()
    for issue in done.issues:
        sys.stderr.write(f"{issue.code} {issue.origin}: {issue.text} {issue.fix}\n")
        sys.stderr.write(f"{issue.code} {issue.origin}: {issue.text_en} {issue.fix_en}\n")
    console.print(
        f"CodeSystem/{done.id}: {done.status}, {done.concepts} mã · codes, {done.left_out} bỏ qua · left out",
        highlight=False,
        soft_wrap=True,
    )
    if done.issues:
        raise typer.Exit(DATA)
