"""Diagnoses that must be reported: `notifiable.tsv` (disease, ICD-10 prefix) -> codes. No I/O but that file.

The diseases are those of the law on communicable diseases (03/2007/QH12) and Thông tư 54/2015/TT-BYT. HIV is not among
them: the law on HIV (64/2006/QH11) gives it a way of its own, by which no name travels.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("notifiable.tsv")


@cache
def notifiable_codes() -> tuple[str, ...]:
    """Every ICD-10 code at or below the prefixes, as written with a dot: `A90`, `A97`, `A97.0` … `A97.9`."""
    lines = _FILE.read_text(encoding="utf-8").splitlines()[1:]
    prefixes = dict.fromkeys(line.split("\t")[1] for line in lines)
    return tuple(sorted({code for prefix in prefixes for code in _below(prefix)}))


def _below(prefix: str) -> tuple[str, ...]:
    return (prefix,) if "." in prefix else (prefix, *(f"{prefix}.{digit}" for digit in range(10)))
