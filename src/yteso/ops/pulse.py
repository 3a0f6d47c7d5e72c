"""The exporter's sign of life: a small file it replaces after every round, read by health and metrics."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Pulse:
    """`at`: when the last round ended; `t`: the transaction number the warehouse has reached."""

    at: datetime
    t: int


def write_pulse(home: Path, pulse: Pulse) -> None:
    """Replace the file at once, so that nobody reads half of it."""
    draft = home / f"exporter.json.{os.getpid()}"
    draft.write_text(json.dumps({"at": pulse.at.isoformat(), "t": pulse.t}), encoding="ascii")
    draft.replace(home / "exporter.json")


def read_pulse(home: Path) -> Pulse | None:
    """The last sign of life; None when there was none yet."""
    try:
        document = json.loads((home / "exporter.json").read_text(encoding="ascii"))
        return Pulse(datetime.fromisoformat(document["at"]), int(document["t"]))
    except (OSError, ValueError, KeyError):
        return None
