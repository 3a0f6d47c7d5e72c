"""What is written -> its sensitivity label and the facility that made it, on the row; content stays as it was sent.

Papers of a visit (notes, documents) tell in prose what its coded facts say: of what is written together they take the
labels of every fact of their visit. At night the rules' fingerprint is compared; other rules label everything anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from yteso.base.clock import VIETNAM, system_clock
from yteso.db import Connection, Queries
from yteso.search.sensitivity import fingerprint, sensitivity
from yteso.standards.fhir_r4 import TYPE_NUMBER
from yteso.store.rows import Indexed, Row

SQL = Queries.beside(__file__)
PAPERS = frozenset(TYPE_NUMBER[name] for name in ("Composition", "DocumentReference", "ClinicalImpression", "Media"))
"""Numbers of the types that tell in prose what a visit found."""


def mark(rows: Sequence[Indexed], facility: str) -> None:
    """Set label and maker of rows that are written together for somebody of this facility ("" when of none)."""
    rules = sensitivity(system_clock().astimezone(VIETNAM).date())
    found: dict[str, int] = {}
    papers: list[tuple[Row, str]] = []
    for row, index in rows:
        row.label = rules.labels(row.text, row.resource)
        row.maker = index.source or facility
        if row.label or row.key[1] in PAPERS:
            for visit in _visits(row.resource):
                found[visit] = found.get(visit, 0) | row.label
                if row.key[1] in PAPERS:
                    papers.append((row, visit))
    for row, visit in papers:
        row.label |= found[visit]


def _visits(resource: Mapping[str, Any]) -> Iterable[str]:
    """The visit a fact belongs to, as it names it; an Encounter is its own."""
    if resource["resourceType"] == "Encounter":
        yield f"Encounter/{resource['id']}"
    for name in ("encounter", "context"):
        named = resource.get(name)
        inner = named.get("encounter") if isinstance(named, dict) else None
        for one in (named, *(inner if isinstance(inner, list) else ())):
            if isinstance(one, dict) and isinstance(one.get("reference"), str):
                yield one["reference"]


def renew(conn: Connection, now: datetime) -> bool:
    """Nightly: when other rules are in force than those of the record's labels, label it anew, in the background."""
    fresh = fingerprint(now.astimezone(VIETNAM).date())
    changed = conn.execute(SQL["note_labelling"], (fresh,)).fetchone() is not None
    if changed:
        conn.execute(SQL["label_anew"])
    return changed
