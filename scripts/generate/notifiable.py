"""Diseases to be reported and the ICD-10 codes they are seen by -> `standards/bhyt/notifiable.tsv`.

In: `surveillance_icd10.csv` (columns disease, icd_prefix). Out: line 1 says what made it, then `disease<TAB>prefix`.
HIV is left out: the law on HIV (64/2006/QH11) gives it a way of its own.

    python scripts/generate/notifiable.py surveillance_icd10.csv
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

TARGET = Path(__file__).parents[2] / "src" / "yteso" / "standards" / "bhyt" / "notifiable.tsv"
HEAD = "# made by scripts/generate/notifiable.py from the list of diseases to be reported; do not edit"


def made_of(source: Path) -> str:
    """The file's text."""
    with source.open(encoding="utf-8", newline="") as rows:
        pairs = dict.fromkeys((row["disease"], row["icd_prefix"]) for row in csv.DictReader(rows))
    lines = ["\t".join(pair) for pair in pairs if not pair[0].startswith("hiv")]
    return "\n".join((HEAD, *lines, ""))


if __name__ == "__main__":
    TARGET.write_text(made_of(Path(sys.argv[1])), encoding="utf-8")
