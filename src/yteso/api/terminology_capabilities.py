"""`GET [base]/metadata?mode=terminology`: the TerminologyCapabilities (FHIR R4 §3.1.0.9), from what is really there.

It is open to everybody, so it names the code systems of the package only; what the record holds is told to who may see.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

from yteso import __version__
from yteso.api.operations.expand import EXPAND
from yteso.fhir import json
from yteso.terminology.builtin import systems
from yteso.terminology.code_system import About
from yteso.terminology.expansion import MOST_LISTED


def terminology_capabilities(base: str, started: datetime) -> bytes:
    """The document."""
    return json.dumps(
        {
            "resourceType": "TerminologyCapabilities",
            "status": "active",
            "date": started.isoformat(timespec="seconds"),
            "kind": "instance",
            "software": {"name": "yteso", "version": __version__},
            "implementation": {"description": "Y tế số", "url": base or "/fhir"},
            "lockedDate": False,
            "codeSystem": _systems(),
            "expansion": {
                "hierarchical": False,
                "paging": True,
                "incomplete": False,
                "parameter": [{"name": one.name} for one in EXPAND.parameters if not one.name.startswith("context")],
                "textFilter": f"Words by their beginning, Vietnamese marks aside; {MOST_LISTED} codes at most.",
            },
            "codeSearch": "explicit",
            "validateCode": {"translations": True},
            "translation": {"needsMap": True},
            "closure": {"translation": False},
        }
    )


@cache
def _systems() -> list[dict[str, Any]]:
    return [_system(about) for about in systems() if about.content != "not-present"]


def _system(about: About) -> dict[str, Any]:
    version: dict[str, Any] = {"isDefault": True}
    if about.version:
        version = {"code": about.version, **version}
    if about.language:
        version["language"] = [about.language]
    properties = [one["code"] for one in about.properties if one.get("code")]
    if properties:
        version["property"] = properties
    return {"uri": about.url, "version": [version], "subsumption": about.subsumes}
