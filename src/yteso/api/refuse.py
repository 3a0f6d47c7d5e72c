"""The addresses of FHIR that name a resource by criteria (`PUT [type]?…`, `DELETE [type]?…`): a clear refusal."""

from __future__ import annotations

from yteso.api import rules
from yteso.api.call import Call
from yteso.base.errors import Refused
from yteso.base.http import Response


def refuse_conditional(call: Call) -> Response:
    """Always Refused (405), saying what to do instead."""
    interaction = "update" if call.request.method == "PUT" else "delete"
    raise Refused(rules.NOT_CONDITIONAL.at(interaction=interaction, type=call.type), status=405)
