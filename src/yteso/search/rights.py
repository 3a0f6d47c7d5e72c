"""What a principal may see -> a condition on rows. It is part of every statement that reads for somebody.

Relations are looked at by the statement itself, with their beginning and end: a right that is taken away, or that
ends, is gone with the next statement.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Protocol

from yteso.search.contexts import TYPE as CONTENT
from yteso.search.contexts import with_contexts
from yteso.search.fragment import FALSE, TRUE, Fragment, all_of, any_of
from yteso.search.keys import number, patient_key, source, token
from yteso.standards.bhyt.notifiable import notifiable_codes
from yteso.standards.fhir_r4 import TYPE_NUMBER


class Part(Protocol):
    """One more condition beside those below; a frozen dataclass, so that equal rights make equal statements."""

    def condition(self, row: str, *, past: bool, patient: int | None = None) -> Fragment:
        """On alias `row` of `store.resource`, or of `store.history` when `past`; `patient`: as `visible` has it."""
        ...


class Rights(Protocol):
    """The shape of `access.Restriction`, which lives one floor up."""

    @property
    def types(self) -> frozenset[str] | None:
        """Types allowed; None: all."""
        ...

    @property
    def care_facility(self) -> str:
        """Only patients this facility has a care relation with."""
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
    def person(self) -> str:
        """Only this Patient and whom they represent now."""
        ...

    @property
    def notifiable(self) -> bool:
        """Only notifiable diagnoses and who has them."""
        ...

    @property
    def inspector(self) -> str:
        """Only patients of facilities that this account inspects now."""
        ...

    @property
    def also(self) -> tuple[Part, ...]:
        """Further conditions."""
        ...


def visible(
    rights: Rights,
    row: str = "r",
    *,
    past: bool = False,
    type: str = "",
    patient: int | None = None,
    led: bool = False,
    files: bool = True,
) -> Fragment:
    """The condition on alias `row` of `store.resource` (or of `store.history` when `past`).

    With a `type`, the rest of the statement lets only rows of that type through: much need not be asked then. The same
    of a `patient` (the number of a key): what decides about a patient is asked once, not for each row. `led`: the rest
    reaches rows by the keys of patients whom the reader may see (`search.leading`). Without `files` the rest lets no
    Binary through that has no patient of its own.
    """
    bound = _Bound(rights.care_facility, rights.care_account, rights.person, rights.notifiable, rights.inspector)
    own = _own(
        rights.types if not type or rights.types is None else rights.types & {type},
        _LED if led else bound,
        rights.care_types,
        type,
        row,
        named=patient is not None,
    )
    if patient is not None:
        own = Fragment(own.text, tuple(patient if value is _PATIENT else value for value in own.params))
    also = (part.condition(row, past=past, patient=patient) for part in rights.also)
    plain = all_of((own, _source(rights, row, past), *also))
    if not (files and _may_be_content(rights, type)):
        return plain
    return with_contexts(
        plain,
        row,
        past=past,
        of_row=all_of((_types(rights.types, type, row), _source(rights, row, past))),
        of_context=lambda seen: visible(rights, seen, files=False),
        parts=[partial(part.condition, past=False) for part in rights.also],
    )


def _may_be_content(rights: Rights, type: str) -> bool:
    """Whether there may be Binaries among the rows that are seen, and not all of them are."""
    if type not in ("", CONTENT) or (rights.types is not None and CONTENT not in rights.types):
        return False
    ways = (rights.care_facility, rights.person, rights.notifiable, rights.inspector, rights.source_facility)
    return rights.types is not None or bool(rights.also) or any(ways)


_PATIENT = object()
"""Stands among parameters for the patient whom the statement names, so that the condition can be kept for all."""


@dataclass(frozen=True, slots=True)
class _Bound:
    """The ways to a patient's record; all that are given hold."""

    facility: str
    account: str
    person: str
    notifiable: bool
    inspector: str

    def condition(self, row: str, pat: Fragment) -> Fragment:
        """Of the patient `pat`, that of the row."""
        ways = []
        if self.facility:
            ways.append(_cared_for(pat, self.facility, self.account))
        if self.person:
            ways.append(_own_or_represented(pat, self.person))
        if self.notifiable:
            ways.append(_notifiable(row, pat))
        if self.inspector:
            ways.append(_inspected(pat, self.inspector))
        return all_of(ways)


_LED = _Bound("", "", "", notifiable=False, inspector="")


@lru_cache(maxsize=4096)
def _own(
    types: frozenset[str] | None, bound: _Bound, care_types: frozenset[str], type: str, row: str, *, named: bool
) -> Fragment:
    pat = Fragment("%s::bigint", (_PATIENT,)) if named else Fragment(f"{row}.pat")
    return all_of((_types(types, type, row), _patients(bound.condition(row, pat), care_types, type, row)))


def _types(types: frozenset[str] | None, type: str, row: str) -> Fragment:
    if types is None or type in types:
        return TRUE
    numbers = sorted(TYPE_NUMBER[name] for name in types if name in TYPE_NUMBER)
    if not numbers:
        return FALSE
    return Fragment(f"{row}.type = ANY(%s::smallint[])", (numbers,))


def _patients(mine: Fragment, care_types: frozenset[str], type: str, row: str) -> Fragment:
    """`pat` of a row outside every patient's compartment is NULL; of a patient's type, that is no reason to show it."""
    if mine is TRUE:
        return TRUE
    if type in care_types:
        return Fragment(f"({mine.text})", mine.params)
    if type:
        return Fragment(f"({row}.pat IS NULL OR ({mine.text}))", mine.params)
    bound = sorted(TYPE_NUMBER[name] for name in care_types)
    outside = f"({row}.pat IS NULL AND {row}.type <> ALL(%s::smallint[]))"
    return Fragment(f"({outside} OR ({mine.text}))", (bound, *mine.params))


_NOW = "c.since <= now() AND c.until > now()"


def _cared_for(pat: Fragment, facility: str, account: str) -> Fragment:
    """A visit, which most are, is asked for first; another reason only when there is none.

    The visit is the first row of a look-up: for EXISTS the planner may gather all patients of the facility each time.
    """
    visit = Fragment(
        f"(SELECT true FROM store.care c WHERE c.pat = {pat.text} AND c.facility = %s LIMIT 1)",
        (*pat.params, facility),
    )
    return any_of((visit, _otherwise(pat, facility, account)))


def _otherwise(pat: Fragment, facility: str, account: str) -> Fragment:
    """A relation, or a record that is open for a while: by a list of all whom the facility cares for so, made once for
    the statement when the first is asked for. Where that would be long, its end says to ask for each.
    """
    known = f"{pat.text} = ANY ((SELECT store.others_in_care(%s, %s))::bigint[])"
    params = (*pat.params, facility, account, *pat.params, facility)
    return Fragment(f"coalesce({known}, store.related({pat.text}, %s))", params)


def wards(person: str) -> Fragment:
    """An array of keys, made once for the statement: the person's Patients, and whom they represent now."""
    return Fragment("((SELECT store.wards(%s, %s))::bigint[])", (number(patient_key(person)), f"Patient/{person}"))


def cared_for(facility: str, account: str) -> Fragment:
    """An array of keys, made once for the statement: whom `_cared_for` holds of."""
    return Fragment("((SELECT store.cared_for(%s, %s))::bigint[])", (facility, account))


def _own_or_represented(pat: Fragment, person: str) -> Fragment:
    """A minor's parent represents until the minor's 18th birthday, by the birth date as it is known now.

    The own record is all of it, whichever of a merged person's Patients it is about.
    """
    others = wards(person)
    return Fragment(
        f"({pat.text} = %s OR {pat.text} = ANY {others.text})",
        (*pat.params, number(patient_key(person)), *pat.params, *others.params),
    )


def _notifiable(row: str, pat: Fragment) -> Fragment:
    """The present Condition decides, also about past versions; of a Patient, that there is such a Condition."""
    facts = [number(token(f"Condition.code|{code}")) for code in notifiable_codes()]
    return Fragment(
        f"EXISTS (SELECT FROM store.resource c WHERE c.pat = {pat.text} AND c.type = %s AND c.hash IS NOT NULL"
        f" AND c.tok && %s::bigint[] AND ({row}.type = %s OR ({row}.type = %s AND c.id = {row}.id)))",
        (*pat.params, TYPE_NUMBER["Condition"], facts, TYPE_NUMBER["Patient"], TYPE_NUMBER["Condition"]),
    )


def _inspected(pat: Fragment, inspector: str) -> Fragment:
    return Fragment(
        "EXISTS (SELECT FROM store.inspection c JOIN store.care v ON v.facility = c.facility"
        f" WHERE c.who = %s AND v.pat = {pat.text} AND {_NOW})",
        (inspector, *pat.params),
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
