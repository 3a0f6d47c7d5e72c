"""The FHIRPath of ViewDefinitions: text -> the tree that `fhir.fhirpath` parses. Nothing is evaluated here.

`expression` compiles the subset of SQL-on-FHIR v2; what a view may not use raises `BadView`, nothing is ignored.
"""

from __future__ import annotations

from yteso.base.errors import Refused, YtesoError
from yteso.fhir.fhirpath import parse as language
from yteso.fhir.fhirpath.tree import Tree


class BadView(YtesoError):
    """The ViewDefinition cannot be compiled."""

    permanent = True


def parse(text: object) -> Tree:
    """The tree of an expression. Raises BadView with the place it stops at."""
    if not isinstance(text, str) or not text.strip():
        raise BadView(f"a FHIRPath is a text, not {text!r}")
    try:
        return language.parse(text)
    except Refused as refused:
        raise BadView(f"FHIRPath {text!r}: {refused.issues[0].text_en}") from refused
