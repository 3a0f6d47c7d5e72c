"""The entries of a transaction -> checked steps, before any connection is opened. Pure.

In: the Bundle's document. Out: one `Step` for each entry, its address matched, its right checked, its resource's
structure judged; or Refused with every issue found, each naming its entry. It gives no ids: `transaction` does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from yteso.access.policy import Interaction, require
from yteso.api import rules
from yteso.api.body import Resource, as_resource, is_id, structure_issues
from yteso.api.call import Call, read_params
from yteso.api.condition import criteria_of_create, read_criteria
from yteso.api.entry import entry_request
from yteso.api.no_record import refuse_no_record
from yteso.api.patch import Patch, patch_of
from yteso.api.route import Place
from yteso.api.update import check_own_id, expected_version
from yteso.base.errors import Refused
from yteso.base.http import Request
from yteso.base.issue import Issue, Origin
from yteso.fhir.bundle import Entry, in_order, read_entries
from yteso.search.query import Query
from yteso.standards.fhir_r4 import RESOURCE_TYPES
from yteso.store.protocol import VersionConflict

WRITES = frozenset([Interaction.CREATE, Interaction.UPDATE, Interaction.PATCH, Interaction.DELETE])
READS = frozenset([Interaction.READ, Interaction.VREAD, Interaction.SEARCH, Interaction.HISTORY])


@dataclass(frozen=True, slots=True)
class Step:
    """One entry, understood. `expected` is what If-Match asks; `request` is there for what only reads.

    `query` are criteria: of If-None-Exist for a create, in the place of an id for the others.
    """

    index: int
    interaction: Interaction
    type: str
    id: str
    request: Request | None = None
    full_url: str = ""
    resource: Resource | None = None
    patch: Patch | None = None
    expected: int | None = None
    query: Query | None = None

    @property
    def place(self) -> str:
        """How issues name the entry."""
        return f"Bundle.entry[{self.index}]"


def plan(call: Call, document: Resource) -> list[Step]:
    """The steps in the order a transaction runs them: DELETE, POST, PUT, GET (FHIR R4 §3.1.0.11.2)."""
    entries, issues = read_entries(document)
    steps: list[Step] = []
    for entry in in_order(entries):
        try:
            steps.append(_step(call, entry))
        except Refused as refused:
            if refused.status in (401, 403):
                raise
            issues += [_placed(issue, entry) for issue in refused.issues]
    issues += _structure(steps)
    if any(issue.blocks for issue in issues):
        raise Refused(*sorted(issues, key=_place), status=400)
    return steps


def _step(call: Call, entry: Entry) -> Step:
    if entry.method == "POST" and entry.url in RESOURCE_TYPES and not entry.if_none_exist:
        return _create(call, entry)
    request = entry_request(call, entry)
    route, place = call.engine.router.match(request.method, request.path)
    refuse_no_record(route.interaction, place.member or place.type)
    if route.interaction in READS or (route.operation and request.method in ("GET", "HEAD")):
        return Step(entry.index, route.interaction, place.type, place.id, request)
    if route.interaction not in WRITES:
        raise Refused(rules.ENTRY_REQUEST.at(method=entry.method), status=400)
    require(call.who, route.interaction, place.type)
    resource, change = None, None
    if route.interaction is Interaction.PATCH:
        change = patch_of(entry.resource)
    elif route.interaction is not Interaction.DELETE:
        resource = as_resource(entry.resource)
        if resource["resourceType"] != place.type:
            raise Refused(rules.OTHER_TYPE.at(type=place.type), status=400)
    if route.interaction is Interaction.UPDATE and resource is not None and place.id:
        check_own_id(resource, place.id)
    elif place.id and not is_id(place.id):
        raise Refused(rules.BAD_ID.at(), status=400)
    return Step(
        index=entry.index,
        interaction=route.interaction,
        type=place.type,
        id=place.id,
        full_url=entry.full_url,
        resource=resource,
        patch=change,
        expected=_expected(route.interaction, entry),
        query=_criteria(call, route.interaction, place, entry),
    )


def _create(call: Call, entry: Entry) -> Step:
    """What most entries are: a new resource, without conditions."""
    refuse_no_record(Interaction.CREATE, entry.url)
    require(call.who, Interaction.CREATE, entry.url)
    resource = as_resource(entry.resource)
    if resource["resourceType"] != entry.url:
        raise Refused(rules.OTHER_TYPE.at(type=entry.url), status=400)
    return Step(entry.index, Interaction.CREATE, entry.url, "", None, entry.full_url, resource, expected=0)


def _criteria(call: Call, interaction: Interaction, place: Place, entry: Entry) -> Query | None:
    if interaction is Interaction.CREATE:
        asked = read_params(entry.url.partition("?")[2])
        return criteria_of_create(call, place.type, entry.if_none_exist, asked)
    return None if place.id else read_criteria(call, place.type, entry.url.partition("?")[2])


def _expected(interaction: Interaction, entry: Entry) -> int | None:
    if interaction is Interaction.CREATE:
        return 0
    return expected_version(entry.if_match, entry.if_none_match if interaction is Interaction.UPDATE else "")


def _structure(steps: list[Step]) -> Iterator[Issue]:
    for step in steps:
        if step.resource is not None:
            yield from structure_issues(step.resource, f"{step.place}.resource")


def refused_at(place: str, error: Refused | VersionConflict) -> Refused:
    """The refusal of a whole Bundle for what is wrong at one place of it, or inside that place."""
    if isinstance(error, VersionConflict):
        return Refused(rules.CONFLICT.at(Origin(field=place)), status=412)
    issues = [
        issue if issue.origin.field.startswith(place) else replace(issue, origin=Origin(field=place))
        for issue in error.issues
    ]
    return Refused(*issues, status=error.status, retry_after=error.retry_after)


def _placed(issue: Issue, entry: Entry) -> Issue:
    if issue.origin.field.startswith("Bundle."):
        return issue
    part = issue.origin.field
    field = f"{entry.origin.field}.resource.{part}" if part else f"{entry.origin.field}.request"
    return replace(issue, origin=Origin(field=field))


def _place(issue: Issue) -> int:
    digits = issue.origin.field.removeprefix("Bundle.entry[").partition("]")[0]
    return int(digits) if digits.isdigit() else -1
