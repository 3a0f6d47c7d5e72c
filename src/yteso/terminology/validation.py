"""Is this code right? Against a code system or a value set, as $validate-code asks (R4 §4.8.16.2, §4.9.18.2). Pure.

In: what is to be checked, and the day it should be in force. Out: a verdict with the reason. What cannot be known is
not confirmed: the result is false, and the reason says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from yteso.base.issue import Rule
from yteso.base.text import fold
from yteso.terminology import rules
from yteso.terminology.code_system import CodeSystem, Entry
from yteso.terminology.engine import Engine
from yteso.terminology.look_up import Parameter
from yteso.terminology.value_set import ValueSet


@dataclass(frozen=True, slots=True)
class Coded:
    """One code to be checked."""

    system: str
    code: str
    version: str = ""
    display: str = ""

    @classmethod
    def of(cls, coding: dict[str, Any]) -> Coded:
        """From a FHIR Coding."""
        return cls(*(str(coding.get(name, "")) for name in ("system", "code", "version", "display")))


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer; `why` not, None when all is well."""

    why: Rule | None = None
    display: str = ""

    @property
    def result(self) -> bool:
        """True when the code is right."""
        return self.why is None

    def parameters(self) -> list[Parameter]:
        """As parameters out."""
        found: list[Parameter] = [{"name": "result", "valueBoolean": self.result}]
        if self.why:
            issue = self.why.at()
            found.append({"name": "message", "valueString": f"{issue.code}: {issue.text} · {issue.text_en}"})
        if self.display:
            found.append({"name": "display", "valueString": self.display})
        return found


@dataclass(frozen=True, slots=True)
class Judge:
    """`day` (ISO): when a code must be in force. Without `abstract` headings are refused. `language` of the display."""

    engine: Engine
    day: str
    language: str = ""
    abstract: bool = field(default=True)

    def in_system(self, system: CodeSystem, coded: Coded) -> Verdict:
        """Against one code system."""
        if not system.about.is_version(coded.version):
            return Verdict(rules.NO_VERSION)
        entry = system.get(coded.code)
        if entry is None:
            return Verdict(rules.NOT_IN_SYSTEM if system.closed else rules.CANNOT_SAY)
        return self._judged(entry, coded)

    def in_set(self, value_set: ValueSet, coded: Coded) -> Verdict:
        """Against a value set. A code without a system is looked for in all systems of the set."""
        if coded.version and self._lacks(coded):
            return Verdict(rules.NO_VERSION)
        inside = value_set.contains(coded.system, coded.code)
        if inside is None:
            return Verdict(rules.CANNOT_SAY)
        if not inside:
            return Verdict(rules.NOT_IN_SET)
        entry = value_set.entry(coded.system, coded.code)
        return self._judged(entry, coded) if entry else Verdict()

    def _lacks(self, coded: Coded) -> bool:
        """The system is here, but not in that version."""
        known = self.engine.code_system(coded.system)
        return known is not None and self.engine.code_system(f"{coded.system}|{coded.version}") is None

    def _judged(self, entry: Entry, coded: Coded) -> Verdict:
        display = entry.name(self.language)
        if not self.abstract and entry.abstract:
            return Verdict(rules.ABSTRACT, display)
        if not entry.in_force(self.day):
            return Verdict(rules.NOT_IN_FORCE, display)
        if coded.display and fold(coded.display) not in {fold(name) for name in entry.names[1:]}:
            return Verdict(rules.WRONG_DISPLAY, display)
        return Verdict(None, display)


def best(verdicts: Iterable[Verdict]) -> Verdict:
    """For a CodeableConcept: the first good verdict, otherwise the first."""
    found = list(verdicts)
    return next((one for one in found if one.result), found[0] if found else Verdict(rules.NO_CODING))
