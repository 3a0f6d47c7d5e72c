"""`IndexRow`: everything that can be searched of one resource, as 64-bit keys, times, numbers and folded text."""

from __future__ import annotations

from dataclasses import dataclass, field

from yteso.search.keys import Key
from yteso.search.numbers import Amount, Coded, Number

NO_DATE = -(2**63)
"""`d_lo` and `d_hi` of a resource without a clinical date: before every date there is."""


@dataclass(slots=True)
class IndexRow:
    """What can be searched of one resource.

    `pat`, `code`: see `hot`; None where it has none. `d_lo`, `d_hi`: the clinical date in microseconds, or NO_DATE.
    `tok`: tokens, `mark`: marks (both may repeat; the store writes each once). `strings`: (key, folded text, word it
    starts from). `moments`: (key, lowest, highest) of further dates, and of further codes with the clinical date.
    `numbers`: of paths; `coded`: of paths inside an element that has a code; `amount`: the one that has a column (see
    `hot`). `codes`: the tokens of all codes of the hot code element, first one first. `care`: facility codes and
    Organization references that serve this Encounter. `source`: the code of the facility that sent it, or "".
    """

    pat: Key | None = None
    code: Key | None = None
    d_lo: int = NO_DATE
    d_hi: int = NO_DATE
    tok: list[Key] = field(default_factory=list)
    mark: list[Key] = field(default_factory=list)
    strings: list[tuple[Key, str, int]] = field(default_factory=list)
    moments: list[tuple[Key, int, int]] = field(default_factory=list)
    numbers: list[Number] = field(default_factory=list)
    codes: list[Key] = field(default_factory=list)
    care: tuple[str, ...] = ()
    coded: list[Coded] = field(default_factory=list)
    amount: Amount | None = None
    source: str = ""
