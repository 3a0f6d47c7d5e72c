"""What an operation is: its right, its addresses, its parameters, and the function that answers. Pure.

An operation without an `Interaction` cannot be written down, and an interaction that no grant of `access.policy` names
is nobody's but the administrator's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from yteso.access.policy import Interaction
from yteso.base.errors import Refused
from yteso.base.http import Response

Handler_co = TypeVar("Handler_co", covariant=True)
"""What answers, from a call and its arguments (`operations.arguments`)."""
OWN = "urn:yteso:OperationDefinition:"
"""Before the names of our own definitions."""
Level = Literal["system", "type", "instance"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter, in or out. `type` is a FHIR type (`string`, `Resource`…) or `part` for a group of `parts`."""

    name: str
    type: str
    required: bool = False
    repeats: bool = False
    parts: tuple[Parameter, ...] = ()


@dataclass(frozen=True, slots=True)
class Operation(Generic[Handler_co]):
    """One operation. `types` are the resource types it is offered on (None: all); `changes` rules GET out, and one that
    `streams` reads its body itself. `unreadable` answers for a body that could not be read, instead of a refusal.

    `definition` is the canonical address of its OperationDefinition, `title` one sentence for people. Where not all of
    a standard's definition is offered it is `narrower`: its address is then our own. `out` is what it answers.
    """

    interaction: Interaction
    handler: Handler_co
    levels: frozenset[Level]
    definition: str
    title: str
    types: frozenset[str] | None = None
    changes: bool = False
    streams: bool = False
    parameters: tuple[Parameter, ...] = ()
    unreadable: Callable[[Refused], Response] | None = None
    narrower: bool = False
    out: tuple[Parameter, ...] = ()

    @property
    def own_definition(self) -> str:
        """The canonical address of the definition that says what is offered here."""
        return OWN + self.definition.removeprefix(OWN).rpartition("/")[2]

    @property
    def canonical(self) -> str:
        """What a CapabilityStatement names: to name the standard's definition promises all of it."""
        return self.own_definition if self.narrower else self.definition

    @property
    def name(self) -> str:
        """The name without its dollar sign, as a CapabilityStatement has it."""
        return self.interaction.value.removeprefix("$")


def returned(type: str) -> tuple[Parameter, ...]:
    """The one resource or value that is the answer."""
    return (Parameter("return", type, required=True),)


def levels(names: str) -> frozenset[Level]:
    """`levels("system type")`."""
    known: tuple[Level, ...] = ("system", "type", "instance")
    chosen = frozenset(level for level in known if level in names.split())
    assert len(chosen) == len(names.split()), names
    return chosen
