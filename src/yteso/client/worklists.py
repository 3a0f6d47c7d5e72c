"""A facility's work of a day for laboratory, pharmacy and cash desk: its visits, what was ordered, what was done.

In: who asks, a day. Out: frozen values, a page of visits at a time. The visits are the facility's own; of each only the
types that the role may see are read, through `access.policy` and the audited store, so the page shows no more than the
FHIR door would.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from yteso.access.policy import Interaction, require
from yteso.access.principal import Principal, Role
from yteso.client.people import PersonBanner
from yteso.client.record import Fact, Records, as_section
from yteso.db import Connection, Database
from yteso.search.query import Clause, Query
from yteso.store.protocol import Store

Resource = dict[str, Any]
VISITS = 25
_FACTS = 1000
_ORDERS = {
    Role.LAB: ("ServiceRequest", "encounter"),
    Role.PHARMACIST: ("MedicationRequest", "encounter"),
    Role.CASHIER: ("ChargeItem", "context"),
}
_ANSWERS = {
    # role -> (type that answers an order, its reference to the visit, where it names the order)
    Role.LAB: ("DiagnosticReport", "encounter", "basedOn"),
    Role.PHARMACIST: ("MedicationDispense", "context", "authorizingPrescription"),
    Role.CASHIER: ("Claim", "encounter", ""),
}
ROLES = tuple(_ORDERS)


@dataclass(frozen=True, slots=True)
class Order:
    """One thing to do, and the answer that names it; None: there is none yet."""

    fact: Fact
    answer: Resource | None


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit of the day. `claims` are those of a cash desk."""

    person: PersonBanner
    fact: Fact
    orders: tuple[Order, ...]
    claims: tuple[Resource, ...] = ()


@dataclass(frozen=True, slots=True)
class Day:
    """A page of a day's visits that have something to do; `next` continues it, `passed` counts those without."""

    visits: tuple[Visit, ...]
    passed: int
    next: str = ""


class Worklists:
    """One instance serves a process; every call reads in transactions of its own."""

    def __init__(self, database: Database, store: Store, records: Records) -> None:
        self._database = database
        self._store = store
        self._records = records

    def day(self, who: Principal, day: str, cursor: str = "") -> Day:
        """The caller's work on a day at the caller's facility. Raises Refused (403) for a role without such work."""
        require(who, Interaction.SEARCH, _ORDERS.get(who.role, ("ServiceRequest", ""))[0])
        visits = self._records.visits_on(who, who.facility, day, VISITS, cursor)
        people = self._records.banners(who, [_patient(fact.resource) for fact in visits.facts])
        named = [fact.resource["id"] for fact in visits.facts]
        kind, link, order_link = _ANSWERS[who.role]
        with self._database.reading() as conn:
            orders = self._facts(conn, who, *_ORDERS[who.role], named)
            answers = self._facts(conn, who, kind, link, named)
        shown = (_visit_of(fact, people, orders, answers, order_link) for fact in visits.facts)
        found = tuple(one for one in shown if one)
        return Day(found, len(named) - len(found), visits.next)

    def _facts(self, conn: Connection, who: Principal, kind: str, link: str, visits: Sequence[str]) -> list[Fact]:
        if not visits:
            return []
        wanted = tuple(("eq", f"Encounter/{one}") for one in visits)
        limit = require(who, Interaction.SEARCH, kind)
        page = self._store.search(conn, who, limit, Query(kind, (Clause(link, "reference", wanted),), count=_FACTS))
        return list(as_section(page).facts)


def _visit_of(
    fact: Fact, people: Mapping[str, PersonBanner], orders: Sequence[Fact], answers: Sequence[Fact], order_link: str
) -> Visit | None:
    """The visit with what belongs to it; None when nothing does, or its person may not be seen."""
    person, visit = people.get(_patient(fact.resource)), fact.resource["id"]
    named = {_reference(one.resource, order_link): one.resource for one in answers if order_link}
    mine = [Order(one, named.get(_name(one.resource))) for one in orders if _visit(one.resource) == visit]
    claims = tuple(one.resource for one in answers if not order_link and _visit(one.resource) == visit)
    return Visit(person, fact, tuple(mine), claims) if person and mine else None


def _patient(resource: Resource) -> str:
    return str(resource.get("subject", {}).get("reference", "")).removeprefix("Patient/")


def _name(resource: Resource) -> str:
    return f"{resource['resourceType']}/{resource['id']}"


def _visit(resource: Resource) -> str:
    """The visit a resource belongs to; of a claim, that of its lines."""
    items: Iterable[Any] = (one for item in resource.get("item", []) for one in item.get("encounter", []))
    named = (resource.get("encounter"), resource.get("context"), *items)
    texts = (one.get("reference", "") for one in named if isinstance(one, dict))
    return next((text.removeprefix("Encounter/") for text in texts if text), "")


def _reference(resource: Resource, link: str) -> str:
    told = resource.get(link) or []
    return next((str(one.get("reference", "")) for one in told if isinstance(one, dict)), "")
