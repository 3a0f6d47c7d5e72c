"""A catalogue's file -> a CodeSystem in the record, its concepts in it or, when they are many, in pieces beside it.

One transaction: either the new version of the catalogue is there, with all its concepts, or nothing is. The same file
twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from yteso.access.principal import Principal
from yteso.access.restriction import EVERYTHING
from yteso.base.errors import Refused
from yteso.base.ids import stable_id
from yteso.base.issue import Issue
from yteso.db import Connection
from yteso.fhir import json
from yteso.search.parse import parse
from yteso.store.codes import escaped
from yteso.store.protocol import Put, Resource, Store
from yteso.terminology import catalogue
from yteso.terminology.catalogue_file import CatalogueFile
from yteso.terminology.catalogue_rules import NO_URL
from yteso.terminology.code_system import Entry
from yteso.validate.structure import check_resource

MOST_INSIDE = 1_000
"""A CodeSystem with more concepts keeps them outside, so that no search and no read carries megabytes."""

_PARENT = {"code": "parent", "uri": "http://hl7.org/fhir/concept-properties#parent", "type": "code"}


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of the file. `status` is that of the store: created, updated or unchanged."""

    id: str
    status: str
    concepts: int
    left_out: int
    issues: tuple[Issue, ...]


def import_codes(
    conn: Connection, store: Store, who: Principal, file: CatalogueFile, given: Mapping[str, str]
) -> Imported:
    """Write the catalogue. `given` (url, version, title…) is stronger than what the file says.

    Refused (400) for a file that cannot be read, has no url or is no CodeSystem when its header is judged.
    """
    entries = file.entries()
    first = list(islice(entries, MOST_INSIDE + 1))
    digest = file.digest()
    many = len(first) > MOST_INSIDE
    concepts = _kept(conn, digest, chain(first, entries)) if many else len(first)
    resource = _resource(file, given, concepts)
    if many:
        resource["content"] = "not-present"
        resource.setdefault("extension", []).append({"url": catalogue.EXTENSION, "valueString": digest.hex()})
    else:
        resource["concept"] = [_concept(entry) for entry in first]
    resource["id"] = _id(conn, store, who, resource)
    issues = [issue for issue in check_resource(resource) if issue.blocks]
    if issues:
        raise Refused(*issues, status=400)
    (written,) = store.write(conn, who, [Put(_ordered(resource))], f"terminology import {file.path.name}").written
    return Imported(written.id, written.status, concepts, file.left_out, tuple(file.issues))


def _kept(conn: Connection, digest: bytes, entries: Iterable[Entry]) -> int:
    """Pieces are named by the file's hash: the same file's may be there. It is read all the same, for its issues."""
    known = catalogue.is_there(conn, digest)
    if not known:
        return catalogue.save(conn, digest, entries)
    for _ in entries:
        pass
    return known


def _resource(file: CatalogueFile, given: Mapping[str, str], concepts: int) -> Resource:
    """The header: from the file, from what is given, and what we know of it."""
    header = {name: value for name, value in file.header.items() if name not in ("concept", "text", "meta", "id")}
    resource: Resource = {"status": "active", **header, **{name: text for name, text in given.items() if text}}
    if not resource.get("url"):
        raise Refused(NO_URL.at(), status=400)
    resource["resourceType"] = "CodeSystem"
    if resource.get("content") in (None, "not-present"):
        resource["content"] = "complete"
    resource.setdefault("caseSensitive", True)
    resource["count"] = concepts
    declared = [one for one in resource.get("property", ()) if isinstance(one, dict)]
    if not any(one.get("code") == "parent" for one in declared):
        resource["property"] = [_PARENT, *declared]
    return json.loads(json.dumps(resource))  # type: ignore[no-any-return]


def _concept(entry: Entry) -> dict[str, Any]:
    """An entry as a concept of a flat list: what is above it is told by the property `parent`."""
    concept: dict[str, Any] = {"code": entry.code}
    concept |= {"display": entry.display} if entry.display else {}
    concept |= {"definition": entry.definition} if entry.definition else {}
    names = [
        {
            **({"language": one.language} if one.language else {}),
            **({"use": dict(one.use)} if one.use else {}),
            "value": one.value,
        }
        for one in entry.designations
    ]
    properties = [{"code": code, kind: value} for code, kind, value in entry.properties if code != "parent"]
    properties = [{"code": "parent", "valueCode": parent} for parent in entry.parents] + properties
    concept |= {"designation": names} if names else {}
    return concept | ({"property": properties} if properties else {})


def _id(conn: Connection, store: Store, who: Principal, resource: Resource) -> str:
    """The id under which this url and version is stored, otherwise one that they always get."""
    url, version = resource["url"], resource.get("version", "")
    query, _ = parse("CodeSystem", [("url", escaped(str(url))), ("_count", "1000")])
    for stored in store.search(conn, who, EVERYTHING, query).matches:
        if json.loads(stored.body).get("version", "") == version:
            return stored.id
    return stable_id("CodeSystem", str(url), str(version))


def _ordered(resource: Resource) -> Resource:
    """With the elements in the order of FHIR R4, as far as readers expect it."""
    return dict(_first(resource, "resourceType", "id", "extension", "url", "version", "name", "title", "status"))


def _first(resource: Resource, *names: str) -> Iterator[tuple[str, Any]]:
    yield from ((name, resource[name]) for name in names if name in resource)
    yield from ((name, value) for name, value in resource.items() if name not in names)
