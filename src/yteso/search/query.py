"""A FHIR search as a value (FHIR R4 §3.1.1): what is asked, with every name resolved to a parameter's definition."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ParamType = Literal["token", "string", "date", "reference", "number", "quantity", "uri", "composite", "special"]


@dataclass(frozen=True, slots=True)
class Clause:
    """`name:modifier=prefix value,prefix value`: values are ORed, clauses are ANDed."""

    name: str
    type: ParamType
    values: tuple[tuple[str, str], ...]
    """(prefix, value) pairs; prefix is "eq" when none was given."""
    modifier: str = ""


@dataclass(frozen=True, slots=True)
class Chain:
    """`name:Type.condition=…`: a reference to something for which the condition holds, per type it may be of."""

    name: str
    targets: tuple[tuple[str, Condition], ...]


@dataclass(frozen=True, slots=True)
class Has:
    """`_has:source:name:condition=…`: a `source` refers here by `name`, and the condition holds there."""

    source: str
    name: str
    condition: Condition


@dataclass(frozen=True, slots=True)
class Listed:
    """`_list=id`: it is an entry of this List."""

    id: str


@dataclass(frozen=True, slots=True)
class Words:
    """`_text`, `_content` or `code:text`: what people wrote has all words of one of the values (see `prose`)."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ranked:
    """`name:below=…`: a reference to one of these (`Type/id`) or to what is part of it, at any depth; `above`: to it or
    to what it is part of."""

    name: str
    above: bool
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Together:
    """All of these hold (`and`), or any of them (`or`)."""

    word: Literal["and", "or"]
    tests: tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class Denied:
    """This does not hold."""

    test: Test


@dataclass(frozen=True, slots=True)
class Filter:
    """`_filter=text` (FHIR R4 §3.1.3), or what of it is not simply one condition beside the others."""

    test: Test
    text: str


Test = Clause | Chain | Together | Denied
"""What a filter is made of: one condition on a row, chains looked up first."""

Link = Chain | Has | Listed | Words | Ranked | Filter
"""What no index of the asked resources answers: the store looks it up first, within the rights of who asks."""

Condition = Clause | Link


def is_looked_up(link: Link) -> bool:
    """False for a filter without chains, which the row itself answers."""
    return not isinstance(link, Filter) or _has_chain(link.test)


def _has_chain(test: Test) -> bool:
    if isinstance(test, Together):
        return any(map(_has_chain, test.tests))
    return _has_chain(test.test) if isinstance(test, Denied) else isinstance(test, Chain)


@dataclass(frozen=True, slots=True)
class Sort:
    """One key of `_sort`."""

    name: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Include:
    """`_include=Source:name[:Target]`, with `reverse` `_revinclude`; no name is `*`. `iterate`: of includes too."""

    source: str
    name: str
    target: str = ""
    iterate: bool = False
    reverse: bool = False


@dataclass(frozen=True, slots=True)
class Compartment:
    """Only what belongs to this resource's compartment (FHIR R4 §2.11)."""

    type: str
    id: str


@dataclass(frozen=True, slots=True)
class Query:
    """One search on one type. `cursor` continues an earlier page."""

    type: str
    clauses: tuple[Clause, ...] = ()
    sort: tuple[Sort, ...] = ()
    include: tuple[Include, ...] = ()
    count: int = 20
    total: Literal["none", "estimate", "accurate"] = "none"
    cursor: str = ""
    links: tuple[Link, ...] = ()
    compartment: Compartment | None = None

    @property
    def conditions(self) -> tuple[object, ...]:
        """All that narrows the search; empty: everything of the type."""
        return (*self.clauses, *self.links, *((self.compartment,) if self.compartment else ()))


@dataclass(frozen=True, slots=True)
class Across:
    """One search over several types: what is asked of each, the same of all. `sort` is by time of writing or by id.

    `named`: the types stood in the question, and are not simply all.
    """

    queries: tuple[Query, ...]
    sort: Sort = Sort("_lastUpdated", descending=True)
    count: int = 20
    total: Literal["none", "estimate", "accurate"] = "none"
    cursor: str = ""
    named: bool = False
