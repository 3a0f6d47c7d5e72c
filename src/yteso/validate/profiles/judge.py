"""A resource, with those inside it, against the profiles it claims and those asked for -> issues. Pure.

In: a document whose structure was checked (a broken one does no harm here), the profiles' addresses, a library and who
knows codes. Out: at most MOST_ISSUES issues. With `whole` each resource is also judged by its base definition: targets
of references, extensible codes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from yteso.base.issue import Issue, Origin
from yteso.standards.fhir_r4 import CANONICAL, RESOURCE_TYPES
from yteso.validate.profiles import rules
from yteso.validate.profiles.check import Budget, Check, Codes, NoCodes
from yteso.validate.profiles.extensions import check_extensions
from yteso.validate.profiles.items import Item
from yteso.validate.profiles.library import Library

Json = dict[str, Any]

MOST_ISSUES = 200
MOST_CLAIMS = 20
"""Profiles of one resource that are looked at."""


def check_profiles(
    resource: Any,
    library: Library,
    codes: Codes | None = None,
    *,
    profiles: Sequence[str] = (),
    whole: bool = False,
    budget: Budget | None = None,
) -> tuple[Issue, ...]:
    """The issues FHIR-24xx of the resource and of the resources inside it, in the order of the resource.

    What it may cost is its own matter, or a budget that several share.
    """
    found = _issues(resource, library, codes or NoCodes(), profiles, whole, budget or Budget())
    return tuple(islice(_distinct(found), MOST_ISSUES))


def claims(resource: Json) -> list[tuple[str, str]]:
    """(address, place inside the resource) of every profile in `meta.profile`."""
    meta = resource.get("meta")
    listed = meta.get("profile") if isinstance(meta, dict) else None
    urls = listed if isinstance(listed, list) else []
    return [(url, f"meta.profile[{index}]") for index, url in enumerate(urls[:MOST_CLAIMS]) if isinstance(url, str)]


def makes_claims(resource: Any) -> bool:
    """True when the resource or one inside it claims a profile: the cheap question before every write."""
    return any(claims(one) for one, _ in resources_in(resource))


def _issues(
    resource: Any, library: Library, codes: Codes, profiles: Sequence[str], whole: bool, budget: Budget
) -> Iterator[Issue]:
    around = dict(_around(resource))
    for one, place in resources_in(resource):
        check = Check(one, library, codes, around=around, budget=budget)
        root = Item(one, None, one["resourceType"], place)
        if whole:
            check.against(CANONICAL + one["resourceType"], root, whole=True)
        for url in profiles if one is resource else ():
            if library.profile(url) is None:
                check.tell(rules.NOT_HERE, place)
            else:
                check.against(url, root)
        for url, claim in claims(one):
            if library.profile(url) is None:
                check.tell(rules.UNKNOWN_PROFILE, f"{place}.{claim}")
            else:
                check.against(url, root)
        check_extensions(check, root)
        yield from check.issues
        if budget.spent:
            yield rules.CUT.at(Origin(field=place))
            return


def resources_in(resource: Any, place: str = "", depth: int = 0) -> Iterator[tuple[Json, str]]:
    """The resource and those inside it (contained, entries, parameters), with their places."""
    type_ = resource.get("resourceType") if isinstance(resource, dict) else None
    if not isinstance(type_, str) or type_ not in RESOURCE_TYPES or depth > _DEEPEST:
        return
    place = place or type_
    yield resource, place
    for name in ("contained", "entry", "parameter"):
        listed = resource.get(name)
        for index, one in enumerate(listed if isinstance(listed, list) else ()):
            inner = one if name == "contained" else one.get("resource") if isinstance(one, dict) else None
            at = f"{place}.{name}[{index}]" + ("" if name == "contained" else ".resource")
            yield from resources_in(inner, at, depth + 1)


_DEEPEST = 24


def _around(resource: Any) -> Iterator[tuple[str, Json]]:
    """What references inside a Bundle may mean: its entries, by fullUrl and by type and id."""
    entries = resource.get("entry") if isinstance(resource, dict) else None
    for entry in entries if isinstance(entries, list) else ():
        inner = entry.get("resource") if isinstance(entry, dict) else None
        if isinstance(inner, dict):
            yield f"{inner.get('resourceType')}/{inner.get('id')}", inner
            if isinstance(entry.get("fullUrl"), str):
                yield entry["fullUrl"], inner


def _distinct(issues: Iterator[Issue]) -> Iterator[Issue]:
    """Each finding once: two profiles may say the same."""
    seen = set()
    for issue in issues:
        key = (issue.code, issue.origin.field, issue.text)
        if key not in seen:
            seen.add(key)
            yield issue
