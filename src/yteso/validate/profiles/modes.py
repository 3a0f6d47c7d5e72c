"""How strict profiles are for whom: refuse, warn or off, per source of a write or per facility that sends. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from yteso.base.issue import Issue, Severity


class Mode(StrEnum):
    """What happens when a resource does not meet a profile. The base structure always refuses."""

    REFUSE = "refuse"
    WARN = "warn"
    OFF = "off"


FHIR = "fhir"
"""Single writes, patches and bundles at the FHIR door: the profiles a resource claims in `meta.profile`."""
BHYT = "bhyt"
"""What is mapped from files of insurance: VN Core's profiles, whatever is claimed."""
IMPORT = "import"
"""Lines of a bulk import: the profiles a resource claims. Where the FHIR door refuses, so do imports, unless said."""
DEFAULTS: Mapping[str, Mode] = {FHIR: Mode.WARN, BHYT: Mode.OFF, IMPORT: Mode.OFF}


@dataclass(frozen=True, slots=True)
class Modes:
    """The modes of one installation; `given` holds those that are not the defaults, by source or facility code."""

    given: Mapping[str, str] = field(default_factory=dict)

    def of(self, source: str, facility: str = "") -> Mode:
        """The facility's mode when it has one, else that of the source."""
        named = self.given.get(facility) if facility else None
        strict = Mode.REFUSE if source == IMPORT and self.given.get(FHIR) == Mode.REFUSE else None
        return Mode(named or self.given.get(source) or strict or DEFAULTS[source])


def softened(issue: Issue) -> Issue:
    """A finding as mode `warn` tells it: nothing is an error."""
    return replace(issue, severity=Severity.WARNING) if issue.blocks else issue
