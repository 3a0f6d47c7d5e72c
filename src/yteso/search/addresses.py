"""Canonical references: a resource is meant by its own url, and by its version where one is told (FHIR R4 §2.3.0.2).

The index finds a canonical with and without its version; whether a text means a certain version is asked here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from yteso.search.facts import facts_for
from yteso.search.keys import path_key
from yteso.search.parameters import parameters_of
from yteso.search.values import escaped
from yteso.standards.fhir_r4 import SearchParameter


def is_canonical(parameter: SearchParameter) -> bool:
    """Whether a reference parameter reads nothing but canonicals."""
    return bool(parameter.paths) and all(path.type in ("canonical", "uri") for path in parameter.paths)


def means(text: str, resource: Mapping[str, Any]) -> bool:
    """Whether a canonical, or a relative address in its place, means this resource."""
    address, _, version = text.partition("#")[0].partition("|")
    if address == f"{resource['resourceType']}/{resource['id']}":
        return True
    return bool(address) and address == resource.get("url") and version in ("", resource.get("version", ""))


def addresses_of(resource: Mapping[str, Any]) -> list[str]:
    """The texts, without version, by which canonicals may mean a resource."""
    own = f"{resource['resourceType']}/{resource['id']}"
    return [own, resource["url"]] if isinstance(resource.get("url"), str) else [own]


def found_by(type: str, text: str) -> list[str]:
    """The facts that all hold of the resource of this type which a canonical means; none when it can mean none."""
    address, _, version = text.partition("#")[0].partition("|")
    parameters = parameters_of(type)
    if "url" not in parameters or ":" not in address:
        return []
    wanted = {"url": address, **({"version": version} if version and "version" in parameters else {})}
    return [fact for name, value in wanted.items() for fact in facts_for(type, parameters[name], "", (escaped(value),))]


def canonicals_to(type: str, parameter: SearchParameter, addresses: Iterable[str]) -> list[str]:
    """The facts by which canonicals of a type lead to any of these addresses, in whatever version."""
    keys = [path_key(type, path) for path in parameter.paths if path.type in ("canonical", "uri")]
    return [f"{key}|{address}" for address in addresses for key in keys]
