"""`yteso reindex`: what the search index is being made for, and `--all` to make it anew for everything."""

from __future__ import annotations

from typing import Annotated

import typer

from yteso.ops.commands.place import at_database, console


def reindex(
    everything: Annotated[bool, typer.Option("--all", help="Lập lại toàn bộ · Everything anew")] = False,
) -> None:
    """Chỉ mục tìm kiếm: tiến độ, hoặc lập lại toàn bộ. · The search index: progress, or anew for everything."""
    from yteso.ops.compose import build
    from yteso.store.search_parameters import index_everything, progress

    with at_database() as given:
        services = build(given, application="yteso reindex", connections=1)
        try:
            with services.database.connection() as conn:
                if everything:
                    index_everything(conn)
                for one in progress(conn):
                    console.print(f"{one.id:<40} {one.code:<24} {one.state:<9} {one.done}/{one.total} {one.reason}")
        finally:
            services.close()
