"""A visit's resources against VN Core, by resource type, in the mode of its facility. Pure; made once per process.

In: what the mapping made. Out: findings with the sender's table and row: as warnings in mode `warn`, as they are in
mode `refuse` (errors quarantine the visit), none in mode `off`, which costs nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cached_property
from typing import Any

from yteso.base.issue import Issue, Origin, Severity
from yteso.standards.vn_core import BASE
from yteso.terminology.engine import Engine
from yteso.terminology.held import Held
from yteso.terminology.vn_core import vn_core_package
from yteso.validate.profiles import Library, Shelf, check_profiles
from yteso.validate.profiles.modes import BHYT, Mode, Modes, softened

PROFILES = {
    "Patient": "vn-core-patient",
    "Practitioner": "vn-core-practitioner",
    "Organization": "vn-core-organization",
    "Location": "vn-core-location",
    "Encounter": "vn-core-encounter",
    "Coverage": "vn-core-coverage",
    "Claim": "vn-core-claim",
    "DiagnosticReport": "vn-core-diagnostic-report",
    "ServiceRequest": "vn-core-service-request",
    "Specimen": "vn-core-specimen",
    "MedicationRequest": "vn-core-medication-request",
    "MedicationDispense": "vn-core-medication-dispense",
}
"""What mapped resources are judged by. Not here: Condition, for a diagnosis told in words only has no ICD-10 code
(vn-core-condition-diagnosis demands one), and Composition, for papers are not the EMR that vn-core-composition is."""

_SOURCE = re.compile(r"#(\w+)/(\d+)$")


class VisitProfiles:
    """Judges visits; compiles VN Core when the first visit is judged."""

    def __init__(self, modes: Modes) -> None:
        self._modes = modes

    def issues(self, resources: Iterable[dict[str, Any]], facility: str) -> list[Issue]:
        """What the facility is told about these resources."""
        mode = self._modes.of(BHYT, facility)
        if mode is Mode.OFF:
            return []
        found = list(self._found(resources))
        return found if mode is Mode.REFUSE else [softened(issue) for issue in found]

    def _found(self, resources: Iterable[dict[str, Any]]) -> Iterator[Issue]:
        library, codes = self._judge
        for resource in resources:
            profile = PROFILES.get(resource["resourceType"])
            if profile is None:
                continue
            url = f"{BASE}/StructureDefinition/{profile}"
            for issue in check_profiles(resource, library, codes, profiles=[url]):
                if issue.severity is not Severity.INFORMATION:
                    yield replace(issue, origin=_origin(resource, issue.origin.field))

    @cached_property
    def _judge(self) -> tuple[Library, Engine]:
        resources = vn_core_package().resources
        return Library(Shelf(resources)), Engine(Held(resources))


def _origin(resource: dict[str, Any], field: str) -> Origin:
    """The sender's table and row, which `meta.source` ends in, and the place in the resource."""
    found = _SOURCE.search(str(resource.get("meta", {}).get("source", "")))
    return Origin(table=found[1], row=int(found[2]), field=field) if found else Origin(field=field)
