"""What a principal may see -> what the database is told before it reads for them: a role and settings. No connection.

The second wall: policies of the tables (`store/migrations/0090_pre_wall.sql`) read these settings. Each statement sets
all of them, so that nothing of who was named before is left; the role says which policy counts. The wall knows types,
patients and labels; scopes of apps, and what a person closed without a label, are the first wall's (`rights.visible`).
"""

from __future__ import annotations

from collections.abc import Iterable

from yteso.search.closed import Closed
from yteso.search.keys import number, patient_key, token
from yteso.search.rights import Rights
from yteso.standards.bhyt.notifiable import notifiable_codes
from yteso.standards.fhir_r4 import TYPE_NUMBER

_SETTINGS = ("types", "loose", "holder", "pat", "facts", "facility", "account", "role", "purpose", "own", "anywhere")
NAME = "SELECT set_config('role', %s, true), " + ", ".join(
    f"set_config('yteso.{name}', %s, true)" for name in _SETTINGS
)
"""One statement, until the end of the transaction or until somebody else is named."""
_ALL_LABELS = 2**15 - 1


def named(rights: Rights) -> tuple[str, ...]:
    """The values of `NAME`: the role first."""
    role, holder, needed = _bound(rights)
    types = frozenset(TYPE_NUMBER) if rights.types is None else rights.types
    asked = types | needed if types else types
    closed = next((part for part in rights.also if isinstance(part, Closed)), None)
    return (
        role,
        _numbers(TYPE_NUMBER[name] for name in asked if name in TYPE_NUMBER),
        _numbers(TYPE_NUMBER[name] for name in types - rights.care_types if name in TYPE_NUMBER),
        holder,
        str(number(patient_key(rights.person))) if rights.person else "",
        _numbers(number(token(f"Condition.code|{code}")) for code in notifiable_codes()) if rights.notifiable else "",
        *(_labels(closed) if closed else (rights.care_facility, rights.care_account, "", "", "", str(_ALL_LABELS))),
    )


def _bound(rights: Rights) -> tuple[str, str, frozenset[str]]:
    """(role, whose relations count, types the first wall looks at to decide); of several bounds one."""
    if rights.care_facility:
        return "yteso_care", rights.care_facility, frozenset()
    if rights.person:
        return "yteso_person", f"Patient/{rights.person}", frozenset(["Patient"])
    if rights.inspector:
        return "yteso_order", rights.inspector, frozenset()
    if rights.notifiable:
        return "yteso_notifiable", "", frozenset(["Condition"])
    return ("yteso_every" if rights.types is None and not rights.also else "yteso_types"), "", frozenset()


def _labels(closed: Closed) -> tuple[str, ...]:
    return (
        closed.facility,
        closed.account,
        closed.role,
        closed.purpose,
        str(closed.own),
        str(closed.anywhere),
    )


def _numbers(values: Iterable[int]) -> str:
    return "{" + ",".join(map(str, sorted(values))) + "}"
