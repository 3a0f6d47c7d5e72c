"""The published ICD-10 list of QĐ 4469/QĐ-BYT (2020) -> `terminology/icd10_vn.tsv.zst`: code, names, marks.

In: `icd10_vn_qd4469_2020.csv`. Out: one line per code `code<TAB>marks<TAB>vi<TAB>en`; line 1 says what made it.
Marks: d dagger, s asterisk, m never a main diagnosis, f female only, h male only, n newborn only.

    python scripts/generate/icd10.py icd10_vn_qd4469_2020.csv
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import zstandard

TARGET = Path(__file__).parents[2] / "src" / "yteso" / "terminology" / "icd10_vn.tsv.zst"
HEAD = "# made by scripts/generate/icd10.py from the list of 4469/QĐ-BYT; do not edit"
COLUMNS = {"m": "not_main_dx", "f": "female_only", "h": "male_only", "n": "newborn_only"}

ENGLISH = {
    "C86": "Other specified types of T/NK-cell lymphoma",
    "D45": "Polycythaemia vera",
    "E10.6": "Insulin-dependent diabetes mellitus (With other specified complications)",
    "I10": "Essential (primary) hypertension",
    "I48": "Atrial fibrillation and flutter",
    "K64": "Haemorrhoids and perianal venous thrombosis",
    "T08.0": "Fracture of spine, level unspecified, closed",
    "T08.1": "Fracture of spine, level unspecified, open",
}
"""Where the list repeats the English name of a neighbouring code: the name in WHO's ICD-10."""


def generate(source: Path) -> bytes:
    """The compressed file."""
    with source.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    lines: dict[str, str] = {}
    for row in rows:
        code = row["code"].rstrip("†*")
        marks = "".join(mark for mark, sign in (("d", "†"), ("s", "*")) if row["code"].endswith(sign))
        marks += "".join(mark for mark, column in COLUMNS.items() if row[column] == "1")
        english = ENGLISH.get(code, row["name_en"])
        names = (" ".join(name.split()) for name in (row["name_vi"], english))
        lines.setdefault(code, "\t".join([code, marks, *names]))
    text = "\n".join([HEAD, *(lines[code] for code in sorted(lines))]) + "\n"
    return zstandard.ZstdCompressor(level=19).compress(text.encode())


if __name__ == "__main__":
    TARGET.write_bytes(generate(Path(sys.argv[1])))
