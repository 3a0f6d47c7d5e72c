"""Every address of the FHIR door × role: may come, or is refused (403). What is asked for exists nowhere."""

from __future__ import annotations

from collections.abc import Iterator

from tests.acceptance.matrix.world import ask, who

from yteso.access.principal import Role
from yteso.api import Api
from yteso.api.route import Route
from yteso.api.table import ROUTES

TYPES = (
    *("Observation", "MedicationDispense", "Invoice", "Consent", "RelatedPerson"),
    *("Organization", "AuditEvent", "Binary", "Subscription"),
)
"""Of clinicians, pharmacists, cashiers, citizens, the records desk; the directory, the data officer; attachments of
patients; live feeds, of machines."""
Row = tuple[str, str, str]
"""(method, pattern, kind)."""


def rows() -> Iterator[Row]:
    """What the CSV must have, each once."""
    for one in ROUTES:
        pattern = "/".join(one.segments)
        for kind in _types(one):
            yield one.method, pattern, kind


def _types(one: Route) -> tuple[str, ...]:
    if "{type}" not in one.segments:
        return ("",)
    if "{member}" in one.segments:
        return TYPES
    if "*" in one.segments:
        return ("Patient",)
    limited = one.operation.types if one.operation else None
    return TYPES if limited is None else tuple(sorted(limited))


def allowed(api: Api, role: Role, row: Row) -> bool:
    """Whether the role may come. Of a compartment the member's kind is what counts."""
    method, pattern, kind = row
    path = pattern.replace("{member}", kind)
    path = path.replace("{type}", "Patient" if "{member}" in pattern else kind).replace("{id}", "nobody")
    status, _ = ask(api, who(role), method, path.replace("{vid}", "1"), None if method == "GET" else {})
    return status != 403
