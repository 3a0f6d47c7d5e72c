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
class Sort:
    """One key of `_sort`."""

    name: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Include:
    """`_include=Source:param[:Target]`."""

    source: str
    name: str
    target: str = ""


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
