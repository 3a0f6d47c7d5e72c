"""Profiles at the FHIR door: what a written resource claims, and what `$validate` asks. The modes decide about a write.

Definitions and codes are those of the record, read by the platform itself: they tell of nobody. A write that claims no
profile costs one look at `meta`; in mode `warn` nothing is judged unless the client asks for the findings.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from yteso.access.policy import Interaction, require
from yteso.api.call import Call
from yteso.base.errors import Refused
from yteso.base.issue import Issue, Origin
from yteso.db import Connection
from yteso.store.definitions import VALIDATOR
from yteso.store.protocol import Resource
from yteso.validate.judge import judge
from yteso.validate.profiles import Library, check_profiles, makes_claims
from yteso.validate.profiles.modes import FHIR, Mode


def judge_document(
    call: Call, conn: Connection, document: Any, profiles: Sequence[str] = (), *, base: bool = True
) -> tuple[Issue, ...]:
    """Everything that can be said about a document."""
    return judge(document, _library(call, conn), _codes(call, conn), profiles=profiles, base=base)


def judge_claims(call: Call, resources: Iterable[tuple[Resource, str]], conn: Connection | None = None) -> None:
    """The profiles that resources (each with its place in a Bundle, or "") claim, before they are written.

    Refused (422) in mode `refuse` when one is not met; otherwise the findings are added to `call.findings`.
    """
    mode = call.engine.modes.of(FHIR, call.who.facility)
    wanted = mode is Mode.REFUSE or (mode is Mode.WARN and call.prefer.returns == "OperationOutcome")
    claiming = [(resource, place) for resource, place in resources if makes_claims(resource)] if wanted else []
    if not claiming:
        return
    if conn is not None:
        issues = _judged(call, conn, claiming)
    else:
        with call.connection() as own:
            issues = _judged(call, own, claiming)
    if mode is Mode.REFUSE and any(issue.blocks for issue in issues):
        raise Refused(*issues, status=422)
    call.findings.extend(issue for issue in issues if issue not in call.findings)  # an attempt may be a second one


def _judged(call: Call, conn: Connection, claiming: Sequence[tuple[Resource, str]]) -> list[Issue]:
    library, codes = _library(call, conn), _codes(call, conn)
    found: list[Issue] = []
    for resource, place in claiming:
        for issue in check_profiles(resource, library, codes):
            inside = issue.origin.field.removeprefix(str(resource["resourceType"]))
            origin = Origin(field=place + inside) if place else issue.origin
            found.append(replace(issue, origin=origin, kind="invalid"))
    return found


def _library(call: Call, conn: Connection) -> Library:
    return call.engine.definitions.library(conn, alone=call.conn is not None)


def _codes(call: Call, conn: Connection) -> Any:
    limit = require(VALIDATOR, Interaction.EXPAND, "ValueSet")
    return call.engine.codes.engine(conn, VALIDATOR, limit, alone=call.conn is not None)
