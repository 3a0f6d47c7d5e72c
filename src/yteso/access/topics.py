"""Which live topics a role may hear. Only their names go out, yet that something came in just now tells something too.

Who works with what a topic is about hears it; whoever is not here hears nothing. What a page then asks for is judged by
itself.
"""

from __future__ import annotations

from yteso.access.principal import Role

_MACHINES = (Role.SYSTEM, Role.INTEGRATOR)
HEARD: dict[str, frozenset[Role]] = {
    "intake": frozenset([*_MACHINES, Role.ADMINISTRATOR, Role.OPERATOR, Role.STAFF, Role.FACILITY]),
    "marts": frozenset([*_MACHINES, Role.ADMINISTRATOR, Role.OPERATOR]),
    "record": frozenset(Role)
    - {Role.ANALYST, Role.ADMINISTRATOR, Role.OPERATOR, Role.FACILITY, Role.DATA_OFFICER}
    - {Role.FACILITY_ADMINISTRATOR},
}
"""Files of facilities; the figures; the record of persons."""


def heard_by(role: Role) -> frozenset[str]:
    """The topics of a role."""
    return frozenset(topic for topic, roles in HEARD.items() if role in roles)
