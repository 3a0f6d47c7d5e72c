"""How two codes of one system stand to each other, as $subsumes asks (FHIR R4 §4.8.16.3). Pure."""

from __future__ import annotations

from typing import Literal

from yteso.base.errors import Refused
from yteso.base.issue import Origin
from yteso.terminology.code_system import CodeSystem, Entry
from yteso.terminology.rules import NO_CODE

Outcome = Literal["equivalent", "subsumes", "subsumed-by", "not-subsumed"]


def compare(system: CodeSystem, code_a: str, code_b: str) -> Outcome:
    """What A is to B. Refused (404) for a code the system does not have."""
    a, b = _entry(system, code_a, "codeA"), _entry(system, code_b, "codeB")
    if a.code == b.code:
        return "equivalent"
    if system.subsumes and a.code in system.ancestors(b.code):
        return "subsumes"
    return "subsumed-by" if system.subsumes and b.code in system.ancestors(a.code) else "not-subsumed"


def _entry(system: CodeSystem, code: str, name: str) -> Entry:
    found = system.get(code)
    if found is None:
        raise Refused(NO_CODE.at(Origin(field=name), url=system.about.url), status=404)
    return found
