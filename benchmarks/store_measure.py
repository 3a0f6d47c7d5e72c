"""What the benchmarks share: a fresh embedded database, the machine's description, spread, a JSON report."""

from __future__ import annotations

import json
import os
import platform
import shutil
import statistics
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from yteso.db.embedded import EmbeddedServer
from yteso.db.migrate import migrate


@contextmanager
def fresh_database() -> Iterator[str]:
    """The connection string of an empty, migrated database on a server of its own, gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="yteso-bench-"))
    server = EmbeddedServer(folder)
    server.start()
    try:
        dsn = server.dsn()
        migrate(dsn, ("store",))
        yield dsn
    finally:
        server.stop()
        shutil.rmtree(folder)


def machine() -> dict[str, Any]:
    """Where the numbers come from, and how busy it was."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    model = next((line.split(":")[1].strip() for line in lines if "model name" in line), "")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**30
    return {
        "cpu": model,
        "cores": os.cpu_count(),
        "memory_gb": memory,
        "python": platform.python_version(),
        "load_1_min": os.getloadavg()[0],
    }


def spread(values: Sequence[float]) -> dict[str, float]:
    """Median, smallest and largest of several rounds."""
    return {
        "median": round(statistics.median(values), 3),
        "min": round(min(values), 3),
        "max": round(max(values), 3),
    }


def quartiles(values: Sequence[float]) -> dict[str, float]:
    """Lower quartile, median and upper quartile of many rounds."""
    lower, median, upper = statistics.quantiles(values, n=4)
    return {"lower": round(lower, 3), "median": round(median, 3), "upper": round(upper, 3)}


def report(name: str, document: dict[str, Any], folder: str | None) -> None:
    """Print the result as JSON and write it to a file when a folder is given."""
    text = json.dumps({"benchmark": name, "machine": machine(), **document}, indent=2, ensure_ascii=False)
    print(text)
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        (Path(folder) / f"{name}.json").write_text(text + "\n", encoding="utf-8")
