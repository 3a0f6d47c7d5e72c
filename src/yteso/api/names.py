"""What the entries of a transaction call each other, and what is called by a name that nobody bears. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from yteso.api import rules
from yteso.api.plan import Step
from yteso.base.errors import Refused
from yteso.base.issue import Origin
from yteso.fhir.reference import parse


def names_of(steps: Sequence[Step], ids: Mapping[int, str], base: str) -> dict[str, str]:
    """What the entries call each other -> `Type/id`. A fullUrl that is an address also names its relative form."""
    names: dict[str, str] = {}
    for step in steps:
        if step.resource is None or not step.full_url:
            continue
        real = f"{step.type}/{ids[step.index]}"
        address = parse(step.full_url)
        if step.full_url != f"{base}/{real}":
            names[step.full_url] = real
        relative = f"{address.type}/{address.id}"
        if address.kind == "absolute" and address.type == step.type and relative != real:
            names[relative] = real
    return names


def refuse_nameless(steps: Iterable[Step]) -> None:
    """Refused (400) for each `urn:uuid:` left after `rewrite`: no entry bears it, it would point nowhere."""
    issues = [
        rules.NO_ENTRY.at(Origin(field=f"Bundle.entry[{step.index}].resource{place}"))
        for step in sorted(steps, key=lambda step: step.index)
        if (place := _unresolved(step.resource))
    ]
    if issues:
        raise Refused(*issues, status=400)


def _unresolved(value: object) -> str:
    """The place (`.subject.reference`) of the first such reference; empty when there is none.

    A Bundle inside is left alone: its references are to its own entries.
    """
    members: Iterable[tuple[object, object]] = ()
    if isinstance(value, list):
        members = enumerate(value)
    elif isinstance(value, dict) and value.get("resourceType") != "Bundle":
        if str(value.get("reference", "")).startswith("urn:uuid:"):
            return ".reference"
        members = value.items()
    for step, inner in members:
        if isinstance(inner, (dict, list)) and (place := _unresolved(inner)):
            return f"[{step}]{place}" if isinstance(value, list) else f".{step}{place}"
    return ""
