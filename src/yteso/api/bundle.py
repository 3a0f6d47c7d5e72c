"""`POST [base]`: a Bundle of type transaction or batch (FHIR R4 §3.1.0.11). The envelope is judged here."""

from __future__ import annotations

from yteso.access.policy import Interaction, require
from yteso.api import rules
from yteso.api.batch import batch
from yteso.api.body import as_resource, read_json
from yteso.api.call import Call
from yteso.api.transaction import transaction
from yteso.base.errors import Refused
from yteso.base.http import Response
from yteso.base.issue import Origin
from yteso.fhir import json


def bundle(call: Call) -> Response:
    """200 with a Bundle of answers. A transaction is all or nothing, a batch each entry on its own."""
    raw = read_json(call)
    if not raw:
        raise Refused(rules.EMPTY.at(), status=400)
    document = as_resource(json.loads(raw))
    if document["resourceType"] != "Bundle" or document.get("type") not in ("transaction", "batch"):
        raise Refused(rules.NOT_A_BUNDLE.at(Origin(field="Bundle.type")), status=400)
    entries = document.get("entry", [])
    if not isinstance(entries, list):
        raise Refused(rules.NOT_A_BUNDLE.at(Origin(field="Bundle.entry")), status=400)
    if len(entries) > call.engine.max_entries:
        raise Refused(
            rules.TOO_MANY_ENTRIES.at(Origin(field="Bundle.entry"), limit=call.engine.max_entries), status=413
        )
    if document["type"] == "batch":
        return batch(call, document)
    require(call.who, Interaction.TRANSACTION)
    return transaction(call, document, raw)
