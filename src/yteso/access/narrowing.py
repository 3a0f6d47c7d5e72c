"""What narrows the rights of the table further, each in its own file: scopes of an app, consent, sensitivity labels.

A narrowing gets what the table (and the narrowings before it) allow and gives back the same or less: a `Restriction`
with fewer types or with one more part in `also`, or None to deny. It must never widen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from yteso.access.apps import within_scopes
from yteso.access.consent import closed_to
from yteso.access.interaction import Interaction
from yteso.access.principal import Principal
from yteso.access.restriction import Restriction
from yteso.access.types import PATIENT_TYPES

Narrowing = Callable[[Principal, Interaction, str, Restriction], Restriction | None]
"""(who, interaction, type or "", what is allowed so far) -> what is left."""


def _as_persons_closed(
    principal: Principal, _interaction: Interaction, _type: str, allowed: Restriction
) -> Restriction | None:
    """What persons closed and what is sensitive, wherever a patient's types are reached."""
    closed = closed_to(principal)
    if closed is None or not (allowed.types is None or allowed.types & PATIENT_TYPES):
        return allowed
    return replace(allowed, also=(*allowed.also, closed))


NARROWINGS: tuple[Narrowing, ...] = (within_scopes, _as_persons_closed)
