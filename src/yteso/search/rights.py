"""What a principal may see -> a condition on rows. It is part of every statement that reads for somebody."""

from __future__ import annotations

from typing import Protocol

from yteso.search.closed import opened_to
from yteso.search.fragment import FALSE, TRUE, Fragment, all_of
from yteso.search.keys import number, source, token
from yteso.standards.fhir_r4 import TYPE_NUMBER


class Part(Protocol):
    """One more condition beside those below; a frozen dataclass, so that equal rights make equal statements."""

    def condition(self, row: str, *, past: bool) -> Fragment:
        """On alias `row` of `store.resource`, or of `store.history` when `past`."""
        ...


class Rights(Protocol):
    """The shape of `access.Restriction`, which lives one floor up."""

    @property
    def types(self) -> frozenset[str] | None:
        """Types allowed; None: all."""
        ...

    @property
    def care_facility(self) -> str:
        """Only patients this facility cares for."""
        ...

    @property
    def care_account(self) -> str:
        """The account of the facility, to whom a record may be opened for a while."""
        ...

    @property
    def care_types(self) -> frozenset[str]:
        """Types that need such a patient; what names none of the record is not shown."""
        ...

    @property
    def source_facility(self) -> str:
        """Only what this facility sent."""
        ...

    @property
    def also(self) -> tuple[Part, ...]:
        """Further conditions."""
        ...


def visible(rights: Rights, row: str = "r", *, past: bool = False) -> Fragment:
    """The condition on alias `row` of `store.resource` (or of `store.history` when `past`)."""
    own = (_types(rights, row), _care(rights, row), _source(rights, row, past))
    return all_of((*own, *(part.condition(row, past=past) for part in rights.also)))


def _types(rights: Rights, row: str) -> Fragment:
    if rights.types is None:
        return TRUE
    numbers = sorted(TYPE_NUMBER[name] for name in rights.types if name in TYPE_NUMBER)
    if not numbers:
        return FALSE
    return Fragment(f"{row}.type = ANY(%s::smallint[])", (numbers,))


def _care(rights: Rights, row: str) -> Fragment:
    """`pat` of a row outside every patient's compartment is NULL; of a patient's type, that is no reason to show it."""
    if not rights.care_facility:
        return TRUE
    bound = sorted(TYPE_NUMBER[name] for name in rights.care_types)
    opened = FALSE
    if rights.care_account:
        opened = opened_to(row, rights.care_facility, rights.care_account)
    return Fragment(
        f"(({row}.pat IS NULL AND {row}.type <> ALL(%s::smallint[]))"
        f" OR EXISTS (SELECT FROM store.care c WHERE c.pat = {row}.pat AND c.facility = %s) OR {opened.text})",
        (bound, rights.care_facility, *opened.params),
    )


def _source(rights: Rights, row: str, past: bool) -> Fragment:
    if not rights.source_facility:
        return TRUE
    fact = [number(token(source(rights.source_facility)))]
    if not past:
        return Fragment(f"{row}.tok @> %s::bigint[]", (fact,))
    return Fragment(
        f"EXISTS (SELECT FROM store.resource c WHERE c.shard = {row}.shard AND c.type = {row}.type"
        f" AND c.hid = store.hid({row}.id) AND c.tok @> %s::bigint[])",
        (fact,),
    )
