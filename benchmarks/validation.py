"""What it costs to judge one resource: microseconds of CPU, on Synthea's bundles and on resources mapped from visits.

`python -m benchmarks.validation [--synthea ARCHIVE] [--visits N] [--rounds N] [--out FOLDER]`

Each set is judged once before the clock starts, so that schemas are compiled; a round is the whole set, and its figure
the average over all resources, each judged by itself, as a write does.
"""

from __future__ import annotations

import argparse
import gc
import io
import lzma
import tarfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.store_measure import report, spread
from yteso.exchange.adapters.bhyt.map import map_visit
from yteso.exchange.adapters.bhyt.read import read_visits
from yteso.fhir.json import loads
from yteso.sandbox import Province
from yteso.validate.invariants import check_invariants
from yteso.validate.structure import check_resource

ARCHIVE = Path(__file__).resolve().parents[2] / "shared" / "data" / "synthea" / "bundles_r4_60_patients.tar.xz"
Resource = dict[str, Any]


def synthea(archive: Path) -> list[Resource]:
    """The resources of the bundles in an archive of JSON files."""
    with lzma.open(archive) as packed, tarfile.open(fileobj=packed) as tar:
        members = [tar.extractfile(member) for member in tar if member.name.endswith(".json")]
        bundles = [loads(member.read()) for member in members if member is not None]
    return [entry["resource"] for bundle in bundles for entry in bundle["entry"]]


def mapped(visits: int) -> list[Resource]:
    """The resources of so many visits of a simulated province."""
    resources: list[Resource] = []
    for file in Province(seed=1).files(visits):
        for visit in read_visits(io.BytesIO(file.content), "bench"):
            if visit.position and not visit.blocked:
                made = map_visit(visit)
                resources += (made.patient, *made.resources)
    return resources


def microseconds(judge: Callable[[Resource], object], resources: Sequence[Resource], rounds: int) -> dict[str, float]:
    """Per resource; the spread is over the rounds."""
    for resource in resources:
        judge(resource)
    found = []
    gc.disable()
    for _ in range(rounds):
        start = time.process_time()
        for resource in resources:
            judge(resource)
        found.append((time.process_time() - start) / len(resources) * 1e6)
    gc.enable()
    return spread(found)


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--synthea", type=Path, default=ARCHIVE)
    parser.add_argument("--visits", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--out", default="")
    options = parser.parse_args()
    sets = {"mapped": mapped(options.visits)}
    if options.synthea.exists():
        sets["synthea"] = synthea(options.synthea)
    result: dict[str, Any] = {"unit": "microseconds of CPU per resource"}
    for name, resources in sets.items():
        result[name] = {
            "resources": len(resources),
            "base": microseconds(check_resource, resources, options.rounds),
            "invariants": microseconds(check_invariants, resources, options.rounds),
        }
    report("validation", result, options.out)


if __name__ == "__main__":
    main()
