"""Read one resource, change it, write it: as one act, within the caller's rights. For patches and labels.

The row is locked before it is read, so that what the change was made from is still there when it is written: two
changes at once come one after the other, and neither is lost.
"""

from __future__ import annotations

from collections.abc import Callable

from yteso.access.policy import Interaction, require
from yteso.api import rules
from yteso.api.attached import refuse_infected
from yteso.api.body import make_local, refuse_blocking, structure_issues
from yteso.api.call import Call
from yteso.api.profiles import judge_claims
from yteso.api.read import refuse_absent
from yteso.api.rights import as_sent, check_changes
from yteso.base.errors import Refused
from yteso.base.issue import Origin
from yteso.db import Connection
from yteso.fhir import json
from yteso.store.protocol import EXISTS, Put, Resource, VersionConflict, Written
from yteso.store.scan import texts_of


def change_stored(
    call: Call,
    conn: Connection,
    key: tuple[str, str],
    expected: int | None,
    change: Callable[[Resource], Resource],
) -> Written:
    """Write what `change` makes of the resource. 404, 410, 412, and 400 when the result is no sound resource."""
    put = changed(call, conn, key, expected, change)
    whole = check_changes(call, conn, [put])
    done = call.engine.store.write(conn, call.who, whole, "update").written
    as_sent([put], done, whole)
    return done[0]


def changed(
    call: Call,
    conn: Connection,
    key: tuple[str, str],
    expected: int | None,
    change: Callable[[Resource], Resource],
    place: str = "",
) -> Put:
    """The change to write, of a resource that is locked from now on. Its own id and type it keeps.

    `place` is where it stands in a Bundle.
    """
    call.engine.store.lock(conn, [key])
    limit = require(call.who, Interaction.READ, key[0])
    stored = refuse_absent(key[0], call.engine.store.read(conn, call.who, limit, *key))
    if expected not in (None, EXISTS, stored.version):
        raise VersionConflict
    (shown,) = call.engine.store.as_given(conn, call.who, [stored])
    resource = json.loads(json.dumps(change(json.loads(shown.body))))  # The limits of what is read hold anew.
    if not isinstance(resource, dict) or (resource.get("resourceType"), resource.get("id")) != key:
        raise Refused(rules.OTHER_ID.at(Origin(field="id")), status=400)
    refuse_blocking(structure_issues(resource))
    if call.engine.scanner is not None:
        refuse_infected(call, [(resource, place)], known=texts_of(json.loads(stored.body)))
    judge_claims(call, [(resource, place)], conn)
    return Put(make_local(resource, call.base), stored.version)
