"""Whose record a citizen number is on: for tying a state's identity to a person, and for nothing else."""

from __future__ import annotations

from typing import Any

from yteso.access.policy import Interaction, require
from yteso.access.principal import Principal, Role
from yteso.db import Database
from yteso.fhir import json as fhir_json
from yteso.search.query import Clause, Query
from yteso.standards.identifiers import CCCD
from yteso.store.protocol import Store

_PLATFORM = Principal("yteso sign-in", Role.SYSTEM, purpose="PATRQT")


class Citizens:
    """One instance serves a process; a call is one transaction, and is in the audit chain as the platform's own."""

    def __init__(self, database: Database, store: Store) -> None:
        self._database = database
        self._store = store

    def with_number(self, number: str, birth_date: str = "") -> tuple[str, ...]:
        """The ids of the Patients with this citizen number that stand for a person today (not those merged away).

        A record that tells another day of birth than `birth_date` is somebody else's with a mistyped number.
        """
        restriction = require(_PLATFORM, Interaction.SEARCH, "Patient")
        clause = Clause("identifier", "token", (("eq", f"{CCCD}|{number}"),))
        with self._database.connection() as conn:
            page = self._store.search(conn, _PLATFORM, restriction, Query("Patient", (clause,), count=20))
        patients = [fhir_json.loads(match.body) for match in page.matches]
        return tuple(one["id"] for one in patients if _stands(one) and _agrees(one.get("birthDate", ""), birth_date))


def _agrees(known: str, told: str) -> bool:
    """Dates may be partial: 1984 and 1984-03-02 agree."""
    return known.startswith(told) or told.startswith(known)


def _stands(patient: dict[str, Any]) -> bool:
    replaced = any(link.get("type") == "replaced-by" for link in patient.get("link", ()))
    return patient.get("active", True) and not replaced
