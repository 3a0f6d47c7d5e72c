"""One row of a sender's table, with its origin: what `exchange` reads, `validate` judges and the mappers map."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from yteso.base.issue import Origin


@dataclass(frozen=True, slots=True)
class Record:
    """One row of a sender's table: its origin (`file`, `table`, `row`) and its fields under the sender's own names."""

    origin: Origin
    values: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        """The field's text, stripped; empty when absent (an empty and a missing element mean the same)."""
        return self.values.get(name, "")

    def place(self, name: str) -> Origin:
        """The origin of one field of this row."""
        return Origin(self.origin.file, self.origin.table, self.origin.row, name)
