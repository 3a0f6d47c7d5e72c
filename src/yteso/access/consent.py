"""Which sensitive facts a role needs, and the condition that binds everybody to what a person closed.

The table of labels: `OWN`: labels seen of facts the own facility made. What is not here, and no fact of another
facility, is seen without the person's explicit consent or broken glass. Silence means no. Also surveillance: a disease
that must be reported carries no label, and HIV is reported by a way of its own, without names (Luật 64/2006/QH11).
"""

from __future__ import annotations

from yteso.access.principal import Principal, Role
from yteso.search.closed import Closed
from yteso.search.keys import number, patient_key
from yteso.standards.sensitivity import LABELS


def _bits(names: str) -> int:
    return sum(LABELS[name] for name in names.split())


OWN: dict[Role, int] = {
    Role.DOCTOR: _bits("HIV PSY SEX ETH SDV MINOR R V"),
    Role.STATION: _bits("HIV PSY SEX ETH SDV MINOR R"),
    Role.NURSE: _bits("HIV PSY SEX ETH SDV MINOR R"),
    Role.LAB: _bits("HIV SEX ETH"),
    Role.PHARMACIST: _bits("HIV PSY SEX ETH"),
}
"""Who treats sees what the own facility found; laboratory and pharmacy what their work is about."""

WARD = {"HIV": 15, "PSY": 16, "SEX": 16, "ETH": 16, "R": 16, "MINOR": 18}
"""Whoever represents a child as parent or guardian sees these labels of facts from before this birthday.

The database knows the same ages (`store.ward_labels`). From 15 on one asks for an HIV test alone (Luật 64/2006/QH11
điều 27, as of Luật 71/2020/QH14); a child is who is not yet 16 and has a right to a private life (Luật Trẻ em
102/2016/QH13 điều 1 and 21). Violence (SDV) and what is very restricted (V) are never theirs to see: who did it may be
the one who asks. Without a label, a fact is seen until the child comes of age (Bộ luật Dân sự 91/2015/QH13 điều 20)."""

UNBOUND = frozenset([Role.SYSTEM, Role.INTEGRATOR, Role.ADMINISTRATOR])
"""The platform itself and who acts on its order; an administrator has no clinical types by the table of rights."""


def closed_to(principal: Principal) -> Closed | None:
    """The condition for this principal; None for the platform itself."""
    if principal.role in UNBOUND:
        return None
    person = number(patient_key(principal.person)) if principal.person and principal.role is Role.CITIZEN else None
    return Closed(
        principal.name,
        principal.facility,
        principal.role.value,
        principal.purpose,
        OWN.get(principal.role, 0),
        person=person,
    )
