"""Which database a lake was made from: noted beside the lake at first use, compared ever after.

In: the lake's folder, the database's identity as an opaque text. Out: nothing, or CannotStart (WH-0001). The lake's
watermark means something only in the database whose transactions it counts: in another one it would hide changes.
"""

from __future__ import annotations

import json
from pathlib import Path

from yteso.base.errors import CannotStart
from yteso.warehouse.marts import write_json
from yteso.warehouse.rules import OTHER_DATABASE


def require_source(folder: Path, database: str) -> None:
    """Raise CannotStart (WH-0001) when the lake in `folder` was made from another database than this one."""
    note = folder / "source.json"
    if not note.exists():
        write_json(note, {"database": database})
    elif json.loads(note.read_text())["database"] != database:
        raise CannotStart(OTHER_DATABASE.at(folder=folder))
