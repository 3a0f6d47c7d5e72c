"""What other rooms may ask about codes, and where the answers come from. Contracts only.

`Terminology` is what search, validation and FHIRPath call; `engine.Engine` keeps it. `Content` is a place where code
systems and value sets are found by canonical url; `builtin.BUILTIN` keeps it in memory, the FHIR door over the record.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from yteso.terminology.code_system import CodeSystem

Resource = dict[str, Any]


class Terminology(Protocol):
    """Questions about codes. A value set is named by its canonical url, with `|version` where one is meant.

    None always means: it cannot be said, because the value set or the content of a code system is not here. Nothing
    is raised for that.
    """

    def contains(self, value_set: str, system: str, code: str) -> bool | None:
        """Whether the code is in the value set. An empty system asks for the code in any system of it (FHIR `code`)."""
        ...

    def expand(self, value_set: str) -> Mapping[str, frozenset[str]] | None:
        """system -> codes of the whole value set. None also when they are too many to list (`engine.MOST_CODES`)."""
        ...

    def knows(self, system: str, code: str) -> bool | None:
        """Whether the code system has this code."""
        ...

    def display(self, system: str, code: str, language: str = "") -> str:
        """The code's name in that language when there is one, otherwise its display; empty when it is unknown."""
        ...

    def descendants(self, system: str, code: str) -> frozenset[str] | None:
        """The code and all below it (`:below`, is-a). None when the system or the code is not here."""
        ...

    def ancestors(self, system: str, code: str) -> frozenset[str] | None:
        """The code and all above it (`:above`). None when the system or the code is not here."""
        ...


class Content(Protocol):
    """Where code systems, value sets and concept maps are found. An empty version asks for the newest."""

    def code_system(self, url: str, version: str = "") -> CodeSystem | None:
        """The code system, ready to be asked."""
        ...

    def value_set(self, url: str, version: str = "") -> Resource | None:
        """The ValueSet resource."""
        ...

    def all_codes_of(self, url: str) -> str:
        """The system whose CodeSystem.valueSet is this url, so that it means all its codes; empty: none."""
        ...

    def concept_map(self, url: str, version: str = "") -> Resource | None:
        """The ConceptMap resource."""
        ...

    def concept_maps(self, source: str, target: str) -> Iterable[Resource]:
        """The maps with this source and target value set or system; an empty one leaves that side open."""
        ...
