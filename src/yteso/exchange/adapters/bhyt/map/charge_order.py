"""How one mapped resource points at another."""

from __future__ import annotations

from yteso.exchange.adapters.bhyt.map.elements import Json


def reference_to(resource: Json) -> Json:
    """A literal reference to a resource of the same visit."""
    return {"reference": f"{resource['resourceType']}/{resource['id']}"}
