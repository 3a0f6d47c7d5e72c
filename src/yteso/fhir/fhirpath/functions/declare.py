"""How a function is declared: its name, how many arguments it takes, and whether they are values or expressions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Function:
    """`run(items, *arguments)`, or with `context` first. Arguments are items; of a lazy function programs to call."""

    least: int
    most: int
    lazy: bool
    context: bool
    run: Callable[..., list[Any]]


FUNCTIONS: dict[str, Function] = {}

Run = Callable[..., list[Any]]


def function(
    name: str, least: int = 0, most: int | None = None, *, lazy: bool = False, context: bool = False
) -> Callable[[Run], Run]:
    """Declare the decorated function under a name of the language."""

    def declare(run: Run) -> Run:
        assert name not in FUNCTIONS, name
        FUNCTIONS[name] = Function(least, most if most is not None else least, lazy, context, run)
        return run

    return declare
