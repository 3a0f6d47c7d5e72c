"""SMART App Launch 2.x scopes: text -> what they leave of somebody's rights. They only ever narrow.

`patient/Observation.rs?category=laboratory`: about whom, which type, which of create, read, update, delete, search, and
a search condition. A scope that is not understood is None here and is refused by whoever was asked for it; in a token,
which we made, it counts for nothing. Pure; the condition is compiled by `search`, as part of the query, and told to the
second wall: one that the wall cannot hold is refused too (`unguarded`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qsl

from yteso.access.types import PATIENT_TYPES
from yteso.base.errors import Refused
from yteso.search.facts import facts_of
from yteso.search.guarded import can_be_told
from yteso.search.parameters import parameters_of
from yteso.search.parse import parse
from yteso.search.query import Clause
from yteso.standards.fhir_r4 import RESOURCE_TYPES

NAMED = frozenset(["openid", "fhirUser", "offline_access", "launch", "launch/patient", "launch/encounter", "exchange"])
"""Scopes that name no resources. `exchange`, our own: the doors where files of visits are sent."""

_FORM = re.compile(
    r"(?P<about>patient|user|system)/(?P<type>\*|[A-Z][A-Za-z]{1,63})"
    r"\.(?P<acts>read|write|\*|(?=[cruds])c?r?u?d?s?)(?:\?(?P<query>[\x21\x23-\x5B\x5D-\x7E]{1,512}))?",
    re.ASCII,
)
_OLD = {"read": "rs", "write": "cud", "*": "cruds"}
"""The actions of SMART 1.0, which 2.x reads so."""
_LONGEST = 4096
_FACTS = PATIENT_TYPES - {"Patient"}


@dataclass(frozen=True, slots=True)
class Scope:
    """One scope about resources. `type` may be `*`; `acts` are letters of `cruds`."""

    about: str
    type: str
    acts: str
    query: str = ""
    clauses: tuple[Clause, ...] = ()

    def __str__(self) -> str:
        return f"{self.about}/{self.type}.{self.acts}{f'?{self.query}' if self.query else ''}"

    def covers(self, other: Scope) -> bool:
        """True when all that `other` allows this one allows too."""
        return (
            (self.about in (other.about, "user") and (self.about == "system") == (other.about == "system"))
            and self.type in ("*", other.type)
            and set(self.acts) >= set(other.acts)
            and (not self.query or set(_pairs(self.query)) <= set(_pairs(other.query)))
        )


@lru_cache(maxsize=4096)
def read_scope(text: str) -> Scope | None:
    """One scope; None when it is not about resources, or not understood whole."""
    match = _FORM.fullmatch(text) if len(text) <= _LONGEST else None
    if match is None or (match["type"] != "*" and match["type"] not in RESOURCE_TYPES):
        return None
    acts = _OLD.get(match["acts"], match["acts"])
    query = match["query"] or ""
    clauses = _clauses(match["type"], query) if query else ()
    if clauses is None or (query and not set(acts) <= set("rs")):
        return None
    return Scope(match["about"], match["type"], acts, query, clauses)


def read_scopes(text: str | None) -> tuple[Scope, ...]:
    """All scopes about resources in a list separated by spaces."""
    return _read_all(text or "")


def is_understood(text: str) -> bool:
    """True for one scope that means something here."""
    return text in NAMED or read_scope(text) is not None


def unguarded(texts: Iterable[str]) -> str:
    """The first parameter (`Patient.gender:missing`) of scopes that the second wall cannot hold, if any."""
    for text in texts:
        match = _FORM.fullmatch(text) if len(text) <= _LONGEST else None
        if match is not None and match["query"]:
            found = _found_by(match["type"], match["query"]) or ()
            bad = next((clause for clause in found if not _is_held(match["type"], clause)), None)
            if bad is not None:
                return _parameter(match["type"], bad)
    return ""


def narrowed(asked: Iterable[str], granted: Iterable[str]) -> list[str]:
    """What of `asked` lies within `granted`, in the order of asking; a wider scope comes back as its allowed part."""
    given = list(granted)
    wide = [scope for scope in map(read_scope, given) if scope is not None]
    found: dict[str, None] = {}
    for text in asked:
        scope = read_scope(text)
        if scope is not None:
            found |= dict.fromkeys(str(part) for one in wide if (part := _common(scope, one)) is not None)
        elif text in NAMED and text in given:
            found[text] = None
    return list(found)


def is_within(asked: Iterable[str], granted: Iterable[str]) -> bool:
    """True when nothing is asked that was not granted: what a refresh may ask for."""
    given = list(granted)
    wide = [scope for scope in map(read_scope, given) if scope is not None]
    return all(text in given or _covered(read_scope(text), wide) for text in asked)


def permits(scope: str | None, named: str) -> bool:
    """True when a token of this scope may do what this named scope stands for; one without scopes is not narrowed."""
    return scope is None or named in scope.split(" ")


def _common(asked: Scope, wide: Scope) -> Scope | None:
    """The part of `asked` that lies within `wide`."""
    if asked.about != wide.about and (asked.about, wide.about) != ("patient", "user"):
        return None
    if "*" not in (asked.type, wide.type) and asked.type != wide.type:
        return None
    acts = "".join(act for act in asked.acts if act in wide.acts)
    query = "&".join(dict.fromkeys(part for one in (asked.query, wide.query) for part in one.split("&") if part))
    if query:
        acts = "".join(act for act in acts if act in "rs")
    kind = wide.type if asked.type == "*" else asked.type
    return read_scope(f"{asked.about}/{kind}.{acts}{f'?{query}' if query else ''}") if acts else None


def _covered(scope: Scope | None, wide: list[Scope]) -> bool:
    return scope is not None and any(one.covers(scope) for one in wide)


@lru_cache(maxsize=1024)
def _read_all(text: str) -> tuple[Scope, ...]:
    return tuple(_found(text.split(" ")))


def _found(texts: Iterable[str]) -> Iterator[Scope]:
    for text in texts:
        scope = read_scope(text)
        if scope is not None:
            yield scope


def _clauses(type: str, query: str) -> tuple[Clause, ...] | None:
    """The same, if both walls can hold it."""
    found = _found_by(type, query)
    return found if found is not None and all(_is_held(type, clause) for clause in found) else None


def _is_held(type: str, clause: Clause) -> bool:
    """Whether both walls can hold it, and it tells nothing: what rows name may be hidden from the app's user, who would
    learn by such a scope that they name it (ADR 50).
    """
    if clause.type != "reference":
        return can_be_told(clause)
    if clause.modifier == "identifier":
        parameter = parameters_of(type)[clause.name]
        return _FACTS.isdisjoint((*parameter.targets, *(one for path in parameter.paths for one in path.targets)))
    return can_be_told(clause) and all(
        fact.partition("|")[2].partition("/")[0] not in _FACTS for fact in facts_of(type, clause)
    )


def _parameter(type: str, clause: Clause) -> str:
    approximate = clause.type == "date" and not clause.modifier
    return f"{type}.{clause.name}{clause.modifier and f':{clause.modifier}'}{'=ap' if approximate else ''}"


def _found_by(type: str, query: str) -> tuple[Clause, ...] | None:
    """The condition, if it is nothing but conditions on the resource itself, all of them understood."""
    if type not in RESOURCE_TYPES:
        return None
    try:
        found, issues = parse(type, query)
    except Refused:
        return None
    if issues or found.links or found.sort or found.include or len(found.clauses) != len(_pairs(query)):
        return None
    return found.clauses


def _pairs(query: str) -> list[tuple[str, str]]:
    return parse_qsl(query, keep_blank_values=True)
