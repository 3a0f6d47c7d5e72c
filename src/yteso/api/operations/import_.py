"""$import: ndjson into the record, in the background: the body itself, or files of the operator's import folder.

The body is streamed to disk, never held; no address is fetched. Ids are kept: what is not there is created, what is
there with other content becomes a new version, and what is the same stays as it is.
"""

from __future__ import annotations

from yteso.access.policy import Interaction
from yteso.api.bulk import accepted, desk_of
from yteso.api.call import Call
from yteso.api.formats import MEDIA_TYPES
from yteso.api.operation import OWN, Operation, Parameter, levels
from yteso.api.operations.arguments import Arguments, read_arguments
from yteso.api.operations.export import require_async
from yteso.base.errors import Refused
from yteso.base.http import Response
from yteso.store.bulk import rules

_NDJSON = frozenset(["application/fhir+ndjson", "application/ndjson", "application/x-ndjson", "text/ndjson"])


def import_(call: Call, _: Arguments) -> Response:
    """202 once every byte is safe on disk and its pieces are noted."""
    require_async(call)
    if call.limit.types is not None or call.limit.is_bound:
        raise Refused(rules.WITHOUT_LIMITS.at(), status=403)
    desk = desk_of(call)
    kind = call.headers.get("content-type", "").partition(";")[0].strip().lower()
    request = f"{call.base}/$import"
    if kind in _NDJSON and call.headers.get("content-encoding", "identity") == "identity":
        return accepted(call, desk.import_upload(call.who, request, call.base, call.request.body))
    if kind in MEDIA_TYPES:
        names = [str(name) for name in read_arguments(call, IMPORT).all("file")]
        return accepted(call, desk.import_given(call.who, request, call.base, names))
    raise Refused(rules.BAD_MEDIA.at(), status=415)


IMPORT = Operation(
    Interaction.IMPORT,
    import_,
    levels("system"),
    f"{OWN}import",
    "Import ndjson, in the background.",
    changes=True,
    streams=True,
    parameters=(Parameter("file", "string", required=True, repeats=True),),
)
