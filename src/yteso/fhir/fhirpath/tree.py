"""The nodes of a parsed expression. Frozen, without behaviour; `parse` makes them, `build` uses them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Literal:
    """A value as the engine calculates with it; None is the empty collection `{}`."""

    value: Any


@dataclass(frozen=True, slots=True)
class Name:
    """`base.name`; without a base it starts at the focus, where a type's name keeps what is of that type."""

    base: Tree | None
    name: str


@dataclass(frozen=True, slots=True)
class Call:
    """`base.name(arguments)`; without a base it works on the focus."""

    base: Tree | None
    name: str
    arguments: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Index:
    """`base[at]`."""

    base: Tree
    at: Tree


@dataclass(frozen=True, slots=True)
class Variable:
    """`%name`."""

    name: str


@dataclass(frozen=True, slots=True)
class Dollar:
    """`$this`, `$index` or `$total`."""

    name: str


@dataclass(frozen=True, slots=True)
class Unary:
    """`-operand`; `+` needs a number too."""

    operator: str
    operand: Tree


@dataclass(frozen=True, slots=True)
class Binary:
    """`left operator right`."""

    operator: str
    left: Tree
    right: Tree


@dataclass(frozen=True, slots=True)
class TypeOperation:
    """`operand is type` or `operand as type`."""

    operator: str
    operand: Tree
    type: str


Tree = Literal | Name | Call | Index | Variable | Dollar | Unary | Binary | TypeOperation


def nodes(tree: Tree) -> Iterator[Tree]:
    """The node and every node under it."""
    yield tree
    for name in tree.__slots__:
        part: Any = getattr(tree, name)
        for node in part if isinstance(part, tuple) else (part,):
            if isinstance(node, Tree):
                yield from nodes(node)
