"""Files inside what is written are shown to the virus scanner that the operator named, before a transaction begins.

A patch is looked at when it is made, in its transaction: only then it is known what it puts together.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from yteso.api.call import Call
from yteso.base.errors import Refused
from yteso.base.issue import Issue
from yteso.fhir.bundle import Entry
from yteso.store.scan import Scan, status_of

_RETRY = 60


def refuse_infected(call: Call, resources: Iterable[tuple[Any, str]], known: Collection[str] = ()) -> None:
    """Refused (422; 503 without a verdict) when a file in a resource, each with its place or "", may not be kept."""
    if call.engine.scanner is None:
        return
    with Scan(call.engine.scanner) as scan:
        found = [issue for resource, place in resources for issue in scan.issues(resource, place, known)]
    if found:
        raise _refused(found)


def infected_entries(call: Call, entries: Iterable[Entry]) -> dict[int, Refused]:
    """Entry -> why it may not be kept; all by one connection."""
    if call.engine.scanner is None:
        return {}
    with Scan(call.engine.scanner) as scan:
        found = {entry.index: scan.issues(entry.resource) for entry in entries}
    return {index: _refused(issues) for index, issues in found.items() if issues}


def _refused(issues: list[Issue]) -> Refused:
    status = status_of(issues)
    return Refused(*issues, status=status, retry_after=_RETRY if status == 503 else 0)
