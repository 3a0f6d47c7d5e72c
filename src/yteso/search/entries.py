"""What the first entry of a Bundle holds is searched as part of the Bundle: `Bundle?composition.patient=…` (R4 §3.3).

Both sides: `add_entry` adds to a Bundle's index row what the entry's own row would hold, under keys of their own, so
that a search of Compositions never meets them; `inside` asks for it. Marks are tokens here and the clinical date a
moment, as the row's columns are the Bundle's. References to what comes with the Bundle are those of its ids. Numbers,
places, composites, `:missing` and `:below` are not kept: asking by them is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from yteso.base.errors import Refused
from yteso.base.issue import Origin
from yteso.fhir import reference
from yteso.search import rules, when
from yteso.search.conditions import in_text, side_keys
from yteso.search.facts import facts_of
from yteso.search.fragment import Fragment, all_of, any_of, none_of
from yteso.search.hot import hot
from yteso.search.keys import Key, number, token, within_bundle
from yteso.search.parameters import parameters_of
from yteso.search.query import Clause
from yteso.search.row import NO_DATE, IndexRow
from yteso.search.side import of_row
from yteso.standards.fhir_r4 import RESOURCE_TYPES

BUNDLE = "Bundle"
PARAMETERS = {"composition": "Composition", "message": "MessageHeader"}
"""The parameters of a Bundle that lead to its first entry -> what that is."""
_MODIFIERS = frozenset(["", "not", "exact", "contains", "identifier", "of-type"]) | RESOURCE_TYPES


def add_entry(row: IndexRow, bundle: Mapping[str, Any], extract: Callable[[Mapping[str, Any]], IndexRow]) -> None:
    """What can be searched of the first entry, into the row of its Bundle. Of an odd shape there is nothing."""
    entries = bundle.get("entry")
    if not isinstance(entries, list) or not entries or not isinstance(entries[0], dict):
        return
    entry = entries[0].get("resource")
    if not isinstance(entry, dict) or entry.get("resourceType") not in PARAMETERS.values():
        return
    type, entry = entry["resourceType"], _with_ids(entry, entries)
    own = extract(entry)
    facts = {token(type), *own.tok, *own.mark, *own.codes, *_patient(type, entry)}
    row.tok += [within_bundle(key) for key in sorted(facts)]
    row.strings += [(within_bundle(key), text, at) for key, text, at in own.strings]
    row.moments += [(within_bundle(key), low, high) for key, low, high in own.moments]
    if own.d_lo != NO_DATE:
        row.moments.append((within_bundle(token(f"{type}:{hot(type).date}")), own.d_lo, own.d_hi))


def _with_ids(entry: Mapping[str, Any], entries: list[Any]) -> dict[str, Any]:
    """The entry with references by fullUrl turned into those by type and id, where the Bundle says them."""
    names: dict[str, str] = {}
    for one in entries:
        resource = one.get("resource") if isinstance(one, dict) else None
        if isinstance(resource, dict) and {"resourceType", "id"} <= resource.keys() and one.get("fullUrl"):
            names[str(one["fullUrl"])] = f"{resource['resourceType']}/{resource['id']}"
    return _renamed(entry, names) if names else dict(entry)


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        return [_renamed(one, names) for one in value]
    if not isinstance(value, dict):
        return value
    found = {name: _renamed(one, names) for name, one in value.items()}
    if isinstance(found.get("reference"), str):
        found["reference"] = names.get(found["reference"], found["reference"])
    return found


def _patient(type: str, entry: Mapping[str, Any]) -> list[Key]:
    """The fact of the patient that a row of its own would have in a column."""
    key = hot(type).patient_key
    named = entry.get(key.rpartition(".")[2]) if key else None
    target = reference.parse(str(named.get("reference", ""))) if isinstance(named, dict) else None
    if target is None or target.kind != "relative" or target.type != "Patient":
        return []
    return [token(f"{key}|Patient/{target.id}")]


def inside(alias: str, type: str, clause: Clause, now: datetime) -> Fragment:
    """That a Bundle's first entry is of this type and the clause holds of it. Refused (400, SRCH-0025): see above."""
    parameter = parameters_of(type)[clause.name]
    kind = "token" if clause.modifier == "exact" or clause.type in ("token", "reference", "uri") else clause.type
    if (
        clause.modifier not in _MODIFIERS
        or clause.name in ("_id", "_lastUpdated")
        or kind not in ("token", "string", "date")
    ):
        raise Refused(rules.WITHIN_ENTRY.at(Origin(field=clause.name), name=clause.name, type=type), status=400)
    is_one = Fragment(f"{alias}.tok @> %s::bigint[]", ([_number(token(type))],))
    if kind == "token":
        found = holds_inside(alias, facts_of(type, clause))
        return all_of((is_one, none_of(found))) if clause.modifier == "not" else found
    if kind == "date":
        asked = when.condition(clause.values, "x.lo", "x.hi", now)
        return _beside(alias, "moment", [_number(token(f"{type}:{clause.name}"))], asked)
    keys = [_number(key.to_bytes(8, "big", signed=True)) for key in side_keys(type, parameter.paths)]
    return _beside(alias, "string", keys, any_of(in_text(value, clause.modifier) for _, value in clause.values))


def holds_inside(alias: str, facts: list[str]) -> Fragment:
    """That the first entry has any of these facts."""
    return Fragment(f"{alias}.tok && %s::bigint[]", (sorted({_number(token(fact)) for fact in facts}),))


def _number(key: Key) -> int:
    return number(within_bundle(key))


def _beside(alias: str, table: str, keys: list[int], asked: Fragment) -> Fragment:
    same = f"{of_row('x', alias)} AND x.key = ANY(%s::bigint[])"
    return Fragment(f"EXISTS (SELECT FROM store.{table} x WHERE {same} AND {asked.text})", (keys, *asked.params))
