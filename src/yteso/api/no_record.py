"""What may be asked of the types that are no resources of the record (`access.types.NO_RECORD`)? Pure.

Asked wherever an address is matched: by the door, for each entry of a batch, and for each of a transaction.
"""

from __future__ import annotations

from yteso.access.policy import Interaction
from yteso.api import rules
from yteso.base.errors import Refused

_CHAIN, _CARRIER = "AuditEvent", "Parameters"
_LOOKS = frozenset([Interaction.READ, Interaction.SEARCH, Interaction.CAPABILITIES])


def refuse_no_record(interaction: Interaction, type: str) -> None:
    """Refused: anything but looking at AuditEvents (405), anything but an operation at Parameters (404)."""
    if type == _CHAIN and interaction not in _LOOKS:
        raise Refused(rules.NO_AUDIT_WRITE.at(), status=405)
    if type == _CARRIER and not interaction.value.startswith("$"):
        raise Refused(rules.NO_ADDRESS.at(), status=404)
