"""Claim and candidates -> a verdict. Pure: the full matcher replaces this one function by another `Decider`.

The strongest key decides. Keys that lead to different persons, or a person of another name *and* another birth date
behind a key, are doubts: they never stop the visit, they become a person's task.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from yteso.base.text import fold
from yteso.identity.claim import PersonClaim
from yteso.identity.keys import Key

_NUMBERS = ("cccd", "bhxh")


@dataclass(frozen=True, slots=True)
class Candidate:
    """What is known about a person: folded name, birth date of any precision, hashes of the lifelong numbers."""

    patient: str
    name: str
    birth_date: str
    gender: str = ""
    cccd: bytes | None = None
    bhxh: bytes | None = None
    as_of: str = ""

    def number(self, kind: str) -> bytes | None:
        """The person's number of that kind, if known."""
        return self.cccd if kind == "cccd" else self.bhxh if kind == "bhxh" else None


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a person should look: `keys-disagree`, `name-and-birth-differ` or `number-differs`; `other` is a patient."""

    reason: str
    kind: str
    other: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """`patient` is "" for a new person; `basis` is the kind of key that decided, or `new`."""

    patient: str
    basis: str
    doubts: tuple[Doubt, ...] = ()


class Decider(Protocol):
    """Decides who a claim is about."""

    def __call__(self, claim: PersonClaim, keys: Sequence[Key], found: Mapping[str, Candidate]) -> Verdict:
        """`found` maps the kind of a key to the person it leads to; kinds that lead nowhere are absent."""
        ...


def first_floor(claim: PersonClaim, keys: Sequence[Key], found: Mapping[str, Candidate]) -> Verdict:
    """The strongest key that leads to a person wins, unless a stronger but unknown number speaks against it."""
    doubts: list[Doubt] = []
    unknown: list[Key] = []
    for key in keys:
        candidate = found.get(key.kind)
        if candidate is None:
            unknown.append(key)
        elif doubt := _against(claim, unknown, key, candidate):
            doubts.append(doubt)
        else:
            doubts.extend(_doubts(claim, keys, key, candidate, found))
            return Verdict(candidate.patient, key.kind, tuple(doubts))
    return Verdict("", "new", tuple(doubts))


def _against(claim: PersonClaim, unknown: Sequence[Key], key: Key, candidate: Candidate) -> Doubt | None:
    """Why a stronger number that nobody has yet makes this candidate somebody else."""
    if not unknown:
        return None
    if differs(claim, candidate):
        return Doubt("name-and-birth-differ", key.kind, candidate.patient)
    other_number = any(candidate.number(stronger.kind) not in (None, stronger.hash) for stronger in unknown)
    if other_number and not _same_name_and_birth(claim, candidate):
        return Doubt("number-differs", key.kind, candidate.patient)
    return None


def _doubts(
    claim: PersonClaim, keys: Sequence[Key], winner: Key, candidate: Candidate, found: Mapping[str, Candidate]
) -> list[Doubt]:
    doubts = [
        Doubt("keys-disagree", key.kind, found[key.kind].patient)
        for key in keys
        if key.kind in found and found[key.kind].patient != candidate.patient and key.kind != winner.kind
    ]
    if differs(claim, candidate):
        doubts.append(Doubt("name-and-birth-differ", winner.kind, candidate.patient))
    doubts += [
        Doubt("number-differs", key.kind, candidate.patient)
        for key in keys
        if key.kind in _NUMBERS and key.kind != winner.kind and candidate.number(key.kind) not in (None, key.hash)
    ]
    return doubts


def differs(claim: PersonClaim, candidate: Candidate) -> bool:
    """True when name and birth date are both known on both sides and both are different."""
    name = fold(claim.name)
    if not (name and candidate.name and claim.birth_date and candidate.birth_date):
        return False
    return name != candidate.name and not _same_date(claim.birth_date, candidate.birth_date)


def _same_name_and_birth(claim: PersonClaim, candidate: Candidate) -> bool:
    return (
        bool(claim.birth_date and candidate.birth_date)
        and fold(claim.name) == candidate.name
        and _same_date(claim.birth_date, candidate.birth_date)
    )


def _same_date(one: str, other: str) -> bool:
    """Dates of different precision agree as far as both tell: 1990 and 1990-05-15 do."""
    shared = min(len(one), len(other))
    return one[:shared] == other[:shared]
