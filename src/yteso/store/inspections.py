"""Orders to inspect a facility: which inspector may see its patients, from when until when, by which decision.

What an order opens is said in `access.table` (`Bound.ORDER`) and read from here by `search.rights` and the second wall.
Giving and ending one is an act of its own with its row in the chain, which `verify_granted` holds it against.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from yteso.access.principal import Principal
from yteso.base.stretch import FIRST, Part, Stretch, part_of
from yteso.db import Connection, Queries
from yteso.store import audit
from yteso.store.protocol import AuditNote

SQL = Queries.beside(__file__, "inspections.sql")


@dataclass(frozen=True, slots=True)
class Order:
    """What a decision says of one inspector and one facility. `since` counts, `until` no more."""

    number: str
    who: str
    facility: str
    since: datetime
    until: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Inspection(Order):
    """An order as it is kept."""

    given_by: str
    given: datetime
    id: str


def find_inspections(conn: Connection, stretch: Stretch = FIRST) -> Part[Inspection]:
    """Those that are not over, then the latest."""
    return part_of(conn.execute(SQL["fetch_inspections"], stretch.names).fetchall(), stretch, Inspection)


def find_running(conn: Connection, inspector: str) -> list[Inspection]:
    """What the inspector may look at now, by facility."""
    return [Inspection(*row) for row in conn.execute(SQL["fetch_running"], (inspector,))]


def add_inspection(conn: Connection, who: Principal, order: Order) -> bool:
    """The inspector may see the facility's patients; False when this decision says so already."""
    if conn.execute(SQL["add_inspection"], {**asdict(order), "given_by": who.name}).fetchone() is None:
        return False
    span = f"since {order.since.isoformat()} until {order.until.isoformat()}"
    audit.add_note(conn, who, AuditNote("C", f"{said(order.number, order.facility)} {span}"), f"inspection/{order.who}")
    return True


def end_inspection(conn: Connection, who: Principal, id: str) -> bool:
    """Take it back; False when there is none that is not over."""
    row = conn.execute(SQL["end_inspection"], {"id": id}).fetchone()
    if row is None:
        return False
    number, inspector, facility = row
    audit.add_note(conn, who, AuditNote("D", f"{said(number, facility)} ended"), f"inspection/{inspector}")
    return True


def said(number: str, facility: str) -> str:
    """How the chain names one facility of an order."""
    return f"inspection order {number} of {facility}"
