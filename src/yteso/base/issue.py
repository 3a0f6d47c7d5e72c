"""What is wrong with somebody's data, as a value: numbered, bilingual, with its origin and never a patient's value.

A `Rule` is declared once, at import time, by the room that checks it; `Rule.at(...)` makes the `Issue` that
travels beside the result. Codes are unique in the product (a test walks `Rule.registry`); retired ones stay listed.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar


class Severity(StrEnum):
    """The four severities of FHIR R4 `issue-severity`."""

    FATAL = "fatal"
    ERROR = "error"
    WARNING = "warning"
    INFORMATION = "information"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a fact came from. Every part may be empty: a JSON body has only `field` (a FHIRPath expression)."""

    file: str = ""
    table: str = ""
    row: int = 0
    field: str = ""

    def __str__(self) -> str:
        place = "/".join(part for part in (self.file, self.table, str(self.row) if self.row else "") if part)
        return f"{place}.{self.field}" if place and self.field else place or self.field


@dataclass(frozen=True, slots=True)
class Issue:
    """One finding. `text` and `fix` are Vietnamese, `text_en` and `fix_en` English; they name fields, never values."""

    code: str
    severity: Severity
    text: str
    text_en: str
    fix: str = ""
    fix_en: str = ""
    origin: Origin = Origin()
    kind: str = ""

    @property
    def blocks(self) -> bool:
        """True when the thing it is about cannot go on (a visit is quarantined, a request refused)."""
        return self.severity in (Severity.FATAL, Severity.ERROR)


@dataclass(frozen=True, slots=True)
class Rule:
    """A numbered rule. Texts may hold `{name}` places for *names and numbers of the rule*, never for patient data.

    `basis` is the legal or standard source; `since`/`until` are ISO dates between which the rule is in force. `kind` is
    the code of FHIR R4 issue-type where the HTTP status does not tell it (`too-costly`).
    """

    code: str
    severity: Severity
    text: str
    text_en: str
    fix: str = ""
    fix_en: str = ""
    basis: str = ""
    since: str = ""
    until: str = ""
    kind: str = ""

    registry: ClassVar[dict[str, Rule]] = {}

    def __post_init__(self) -> None:
        if self.code in self.registry:
            raise AssertionError(f"issue code {self.code} given twice")
        self.registry[self.code] = self

    def at(self, origin: Origin = Origin(), **names: object) -> Issue:
        """The issue of this rule at that place."""
        return Issue(
            code=self.code,
            severity=self.severity,
            text=self.text.format(**names),
            text_en=self.text_en.format(**names),
            fix=self.fix.format(**names),
            fix_en=self.fix_en.format(**names),
            origin=origin,
            kind=self.kind,
        )
