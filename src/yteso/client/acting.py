"""For whom a citizen acts: for themselves, or for whom they represent, as far as that lets them (`access.mandate`)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from yteso.access.consent import closed_to
from yteso.access.mandate import Mandate
from yteso.access.policy import Interaction, require
from yteso.access.principal import Principal
from yteso.access.restriction import Restriction
from yteso.access.types import PATIENT_TYPES
from yteso.base.errors import Refused
from yteso.base.issue import Origin
from yteso.client.representation_rules import NOT_ACTING, NOT_NAMED
from yteso.db import Connection
from yteso.store.consents import persons_of
from yteso.store.mandates import mandate_for
from yteso.store.protocol import Store
from yteso.store.untold import NOTHING, Untold, untold


@dataclass(frozen=True, slots=True)
class Acting:
    """For this Patient; `mandate` is None for the own record."""

    person: str
    mandate: Mandate | None = None

    @property
    def reference(self) -> str:
        """Who acts, as FHIR names it: the person, or the very representation."""
        return f"RelatedPerson/{self.mandate.id}" if self.mandate else f"Patient/{self.person}"

    def limit(self, who: Principal, interaction: Interaction, type: str) -> Restriction:
        """What is reached: all of the own record, of a ward's what the representative sees."""
        if self.mandate:
            return require(who, interaction, type)
        return Restriction(frozenset([type]), care_types=PATIENT_TYPES, person=self.person)

    def untold(self, conn: Connection, who: Principal) -> Untold:
        """What of the person's trail is not told to a representative; nothing is kept from oneself."""
        return untold(conn, closed_to(who), self.person) if self.mandate else NOTHING

    def may_name(self, labels: Iterable[str]) -> tuple[str, ...]:
        """Those of the labels this one decides about."""
        hidden = self.mandate.hidden(labels) if self.mandate else ()
        return tuple(one for one in labels if one not in hidden)

    def require_named(self, labels: Iterable[str]) -> None:
        """Refused (403, REPR-0007) when one of the labels is not this one's to decide about."""
        if self.mandate and self.mandate.hidden(labels):
            raise Refused(NOT_NAMED.at(Origin(field="label")), status=403)


def acting(conn: Connection, store: Store, who: Principal, of: str = "") -> Acting:
    """The caller for themselves, or for `of`. Refused (403, REPR-0006) without a representation that lets them."""
    if not of or of in persons_of(conn, who.person):
        return Acting(who.person)
    mandate = mandate_for(conn, store, who, of)
    if mandate is None:
        raise Refused(NOT_ACTING.at(), status=403)
    return Acting(of, mandate)
