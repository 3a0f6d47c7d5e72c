"""$meta-delete: take profiles, tags and security labels from one resource (FHIR R4 resource-operation-meta-delete).

Rights and versions as for $meta-add. Taking what is not there changes nothing.
"""

from __future__ import annotations

from yteso.access.policy import Interaction
from yteso.api.call import Call
from yteso.api.operation import Operation, Parameter, levels, returned
from yteso.api.operations.arguments import Arguments
from yteso.api.operations.meta_add import Labels, change_meta, key_of
from yteso.base.http import Response


def meta_delete(call: Call, given: Arguments) -> Response:
    """200 with the whole `meta` after the change."""
    return change_meta(call, given, _without)


def _without(meta: Labels, less: Labels) -> Labels:
    gone = {
        "profile": set(less.get("profile", ())),
        "security": {key_of(coding) for coding in less.get("security", ())},
        "tag": {key_of(coding) for coding in less.get("tag", ())},
    }
    changed = dict(meta)
    for name, keys in gone.items():
        kept = [one for one in meta.get(name, ()) if (one if name == "profile" else key_of(one)) not in keys]
        changed.pop(name, None)
        if kept:
            changed[name] = kept
    return changed


META_DELETE = Operation(
    Interaction.META_DELETE,
    meta_delete,
    levels("instance"),
    "http://hl7.org/fhir/OperationDefinition/Resource-meta-delete",
    "Remove profiles, tags and security labels from a resource.",
    changes=True,
    parameters=(Parameter("meta", "Meta", required=True),),
    out=returned("Meta"),
)
