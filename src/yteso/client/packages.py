"""FHIR packages in the record: load one, list those loaded. Definitions become resources, the package itself an
ImplementationGuide that names them.

In: who asks, and a `fhir.package.Package`. Out: what became of it. Loading is one transaction, and loading the same
package again writes nothing. Profiles that come with a differential only get their snapshot here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from yteso.access.policy import Interaction, require
from yteso.access.principal import Principal
from yteso.base.errors import Refused
from yteso.base.ids import stable_id
from yteso.base.issue import Issue, Origin
from yteso.db import Connection, Database
from yteso.fhir import json as fhir_json
from yteso.fhir import package_rules as rules
from yteso.fhir.package import Package
from yteso.search.query import Query
from yteso.store.definitions import RecordDefinitions
from yteso.store.protocol import Put, Store, Stored
from yteso.validate.profiles import Shelf, make_snapshot
from yteso.validate.structure import check_resource

Resource = dict[str, Any]

GUIDE = "urn:yteso:package:"
"""Before a package's name: the url of the ImplementationGuide that stands for it."""
DIGEST = "urn:yteso:extension:package-digest"
PREPARED = 1
"""Changes when definitions are prepared differently, so that packages are loaded anew."""
_TOGETHER = 500


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of a package: how many definitions are new, changed and as before."""

    name: str
    version: str
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    issues: tuple[Issue, ...] = ()


@dataclass(frozen=True, slots=True)
class Listed:
    """One loaded package: how many definitions, and when they last changed (ISO 8601)."""

    name: str
    version: str
    title: str
    definitions: int
    updated: str


class Packages:
    """The door for packages. One instance serves a process."""

    def __init__(self, database: Database, store: Store) -> None:
        self._database = database
        self._store = store

    def has(self, name: str, digest: str) -> bool:
        """True when this very package is there: one look-up by id, so that a start costs nothing."""
        key = ("ImplementationGuide", guide_id(name))
        with self._database.connection() as conn:
            stored = self._store.peek(conn, [key]).get(key)
        return stored is not None and not stored.deleted and _digest_in(fhir_json.loads(stored.body)) == digest

    def load(self, who: Principal, package: Package, digest: str = "") -> Loaded:
        """Put all its definitions into the record. Raises `Refused` when `who` may not write one of them.

        `digest` tells the package's content; without one it is told from the resources.
        """
        for type_ in sorted({"ImplementationGuide", *(one["resourceType"] for one in package.resources)}):
            require(who, Interaction.UPDATE, type_)
        issues = list(package.issues)
        with self._database.connection() as conn:
            ready = list(self._prepared(conn, package, issues))
            ready.append(_guide(package, ready, digest or content_digest(package.resources)))
            counts = self._write(conn, who, ready, f"package {package.name}#{package.version}")
        return Loaded(package.name, package.version, *counts, issues=tuple(issues))

    def listed(self, who: Principal) -> tuple[Listed, ...]:
        """The loaded packages by name."""
        limit = require(who, Interaction.SEARCH, "ImplementationGuide")
        with self._database.reading() as conn:
            page = self._store.search(conn, who, limit, Query("ImplementationGuide", count=1000))
        found = [fhir_json.loads(match.body) for match in page.matches]
        ours = (guide for guide in found if str(guide.get("url", "")).startswith(GUIDE))
        return tuple(sorted((_listed(guide) for guide in ours), key=lambda one: one.name))

    def _write(self, conn: Connection, who: Principal, ready: Sequence[Resource], detail: str) -> tuple[int, int, int]:
        counts = dict.fromkeys(("created", "updated", "unchanged"), 0)
        for start in range(0, len(ready), _TOGETHER):
            changes = [Put(resource) for resource in ready[start : start + _TOGETHER]]
            for written in self._store.write(conn, who, changes, detail).written:
                counts[written.status] += 1
        return counts["created"], counts["updated"], counts["unchanged"]

    def _prepared(self, conn: Connection, package: Package, issues: list[Issue]) -> Iterator[Resource]:
        """The sound definitions, each with an id and, for profiles, a snapshot; the last of those with one address."""
        shelf = Shelf(package.resources, beyond=RecordDefinitions(self._store).at(conn))
        sound: dict[tuple[str, str], Resource] = {}
        for resource in package.resources:
            complete = _with_snapshot(resource, shelf, issues)
            if any(issue.blocks for issue in check_resource(complete)):
                issues.append(rules.BROKEN.at(_place(resource), type=resource["resourceType"]))
            else:
                sound[complete["resourceType"], str(complete.get("url") or complete.get("id"))] = complete
        ready = [_with_id(resource, package.name) for resource in sound.values()]
        keys = [(one["resourceType"], one["id"]) for one in ready]
        there = self._store.peek(conn, keys) if keys else {}
        taken: set[tuple[str, str]] = set()
        for resource in ready:
            key = (resource["resourceType"], resource["id"])
            if key in taken or _is_another(there.get(key), resource):
                issues.append(rules.ID_TAKEN.at(_place(resource), type=key[0]))
                resource = {**resource, "id": stable_id("package", package.name, key[0], _address(resource))}
            taken.add(key)
            yield resource


def guide_id(name: str) -> str:
    """The id of the ImplementationGuide that stands for a package."""
    return stable_id("package", name)


def content_digest(resources: Iterable[Resource]) -> str:
    """The same for the same resources in whatever order."""
    sums = sorted(sha256(fhir_json.dumps(resource)).digest() for resource in resources)
    return sha256(str(PREPARED).encode() + b"".join(sums)).hexdigest()


def _with_snapshot(resource: Resource, shelf: Shelf, issues: list[Issue]) -> Resource:
    if resource["resourceType"] != "StructureDefinition" or "snapshot" in resource:
        return resource
    if resource.get("derivation") != "constraint":
        return resource
    try:
        return {**resource, "snapshot": {"element": make_snapshot(resource, shelf)}}
    except Refused:
        issues.append(rules.NO_SNAPSHOT.at(_place(resource), name=str(resource.get("id", "?"))))
        return resource


def _with_id(resource: Resource, package: str) -> Resource:
    if isinstance(resource.get("id"), str):
        return resource
    made = stable_id("package", package, resource["resourceType"], _address(resource))
    return {"resourceType": resource["resourceType"], "id": made, **resource}


def _address(resource: Resource) -> str:
    """What tells a definition: its url, or where there is none (NamingSystem) its name."""
    return str(resource.get("url") or resource.get("name") or "")


def _is_another(stored: Stored | None, resource: Resource) -> bool:
    if stored is None or stored.deleted:
        return False
    return _address(fhir_json.loads(stored.body)) != _address(resource)


def _place(resource: Resource) -> Origin:
    return Origin(field=f"{resource['resourceType']}/{resource.get('id', '?')}")


def _guide(package: Package, ready: Sequence[Resource], digest: str) -> Resource:
    references = sorted(f"{one['resourceType']}/{one['id']}" for one in ready)
    resources = [{"reference": {"reference": reference}} for reference in references]
    return {
        "resourceType": "ImplementationGuide",
        "id": guide_id(package.name),
        "extension": [{"url": DIGEST, "valueString": digest}],
        "url": GUIDE + package.name,
        "version": package.version,
        "name": package.name,
        "title": package.title,
        "status": "active",
        "packageId": package.name,
        "fhirVersion": ["4.0.1"],
        **({"definition": {"resource": resources}} if resources else {}),
    }


def _digest_in(guide: Resource) -> str:
    return next((str(one.get("valueString")) for one in guide.get("extension", ()) if one.get("url") == DIGEST), "")


def _listed(guide: Resource) -> Listed:
    definitions = len(guide.get("definition", {}).get("resource", ()))
    updated = str(guide.get("meta", {}).get("lastUpdated", ""))
    return Listed(guide["packageId"], guide["version"], str(guide.get("title", "")), definitions, updated)
