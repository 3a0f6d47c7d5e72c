"""Where one fact of the record came from, read out of the resource itself: facility, visit, table and row.

In: `meta.source` as the adapters write it, `urn:yteso:bhyt:{MA_CSKCB}:{MA_LK}#{TABLE}/{STT}`. Out: its parts.
The file behind a visit is found through the visit's Provenance (`record.py`), not here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

_SOURCE = re.compile(
    r"urn:yteso:(?P<adapter>\w+):(?P<facility>[^:#]*):(?P<visit>[^#]*)"
    r"(?:#(?P<table>[^/]*)/?(?P<row>.*))?"
)


@dataclass(frozen=True, slots=True)
class Source:
    """The sender's own place of a fact; every part is empty for a resource that came over the FHIR interface."""

    adapter: str = ""
    facility: str = ""
    visit: str = ""
    table: str = ""
    row: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """(MA_CSKCB, MA_LK): what names the visit."""
        return self.facility, self.visit


def source_of(resource: Mapping[str, Any]) -> Source:
    """The origin written in `meta.source`; an empty one when there is none or it is somebody else's."""
    match = _SOURCE.fullmatch(resource.get("meta", {}).get("source", ""))
    if not match:
        return Source()
    # The adapters percent-encode the sender's codes, so that a ":" or "#" in them cannot be taken for ours.
    return Source(**{name: unquote(text or "") for name, text in match.groupdict().items()})
