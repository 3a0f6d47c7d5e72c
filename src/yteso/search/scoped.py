"""What the scopes of an app leave, as a condition on rows: alternatives, each some types, perhaps of one patient only,
perhaps only what a search condition finds. A part of somebody's rights (`search.rights.Part`)."""

from __future__ import annotations

from dataclasses import dataclass

from yteso.base.clock import system_clock
from yteso.search.conditions import Rows, conditions
from yteso.search.fragment import FALSE, TRUE, Fragment, all_of, any_of
from yteso.search.keys import number, patient_key
from yteso.search.query import Clause
from yteso.standards.fhir_r4 import TYPE_NUMBER


@dataclass(frozen=True, slots=True)
class Alternative:
    """These types (None: all); of this patient, where a type is `of_patients`; and, of one type, what this finds."""

    types: frozenset[str] | None
    patient: str = ""
    of_patients: frozenset[str] = frozenset()
    clauses: tuple[Clause, ...] = ()


@dataclass(frozen=True, slots=True)
class Scoped:
    """A row is visible when one of the alternatives holds."""

    alternatives: tuple[Alternative, ...]

    def is_free(self, type: str) -> bool:
        """Whether all of a type is visible: for what no row can be asked for."""
        return any(
            (one.types is None or type in one.types) and not one.patient and not one.clauses
            for one in self.alternatives
        )

    def condition(self, row: str, *, past: bool, patient: int | None = None) -> Fragment:
        """On alias `row`; a past version is judged by what its resource is now, as it alone is indexed."""
        return any_of(_condition(one, row, past, patient) for one in self.alternatives)


def _condition(one: Alternative, row: str, past: bool, patient: int | None) -> Fragment:
    parts = []
    if one.types is not None:
        parts.append(Fragment(f"{row}.type = ANY(%s::smallint[])", (_numbers(one.types),)))
    if one.patient:
        parts.append(_of_patient(one, row, patient))
    if one.clauses:
        parts.append(_found(one, row, past))
    return all_of(parts)


def _of_patient(one: Alternative, row: str, patient: int | None) -> Fragment:
    key = number(patient_key(one.patient))
    if patient is not None:
        return TRUE if patient == key else FALSE
    others = Fragment(f"({row}.pat IS NULL AND {row}.type <> ALL(%s::smallint[]))", (_numbers(one.of_patients),))
    return any_of((Fragment(f"{row}.pat = %s", (key,)), others))


def _found(one: Alternative, row: str, past: bool) -> Fragment:
    assert one.types is not None
    (type,) = one.types
    alias = "present" if past else row
    found = all_of(conditions(Rows(type, alias, system_clock()), one.clauses))
    if not past:
        return found
    same = f"{alias}.shard = {row}.shard AND {alias}.type = {row}.type AND {alias}.id = {row}.id"
    text = f"EXISTS (SELECT FROM store.resource {alias} WHERE {same} AND {alias}.hash IS NOT NULL AND {found.text})"
    return Fragment(text, found.params)


def _numbers(types: frozenset[str]) -> list[int]:
    return sorted(TYPE_NUMBER[name] for name in types)
