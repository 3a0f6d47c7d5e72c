"""What a principal may see -> what the database is told before it reads for them: a role and settings. No connection.

The second wall: policies of the tables (`store/migrations/0176_pre_fewer_look_ups.sql`) read these settings. Each
naming leaves all of them as they are to be, so that nothing of who was named before is left; the role says which policy
counts. The wall knows types, patients, labels, what a person closed, and the scopes of an app with their conditions.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from yteso.fhir import json
from yteso.search.closed import Closed
from yteso.search.guarded import told
from yteso.search.keys import number, patient_key, token
from yteso.search.rights import Rights
from yteso.search.scoped import Alternative, Scoped
from yteso.standards.bhyt.notifiable import notifiable_codes
from yteso.standards.fhir_r4 import TYPE_NUMBER

_APP = ("app", "app_free", "app_own", "app_loose", "app_found")
_OWN = ("holder", "pat", "facility", "account")
"""By no more than these differ people of one role."""
_SETTINGS = (*_OWN, "types", "loose", "facts", "role", "purpose", "own", "anywhere", *_APP)


def _telling(names: Iterable[str]) -> str:
    return ", ".join(f"set_config('yteso.{name}', %s, true)" for name in names)


NAME = f"SELECT set_config('role', %s, true), {_telling(_SETTINGS)}"
"""One statement, until the end of the transaction or until somebody else is named."""
NAME_NEXT = f"SELECT {_telling(_OWN)}"
"""The same for who differs from the one named just before by `told_next` alone."""
EVERY = "yteso_every"
"""The role of who may see everything."""
_ALL_LABELS = 2**15 - 1
_NO_APP = ("",) * len(_APP)


@lru_cache(maxsize=1024)
def named(rights: Rights) -> tuple[str, ...]:
    """The values of `NAME`: the role first."""
    role, holder, needed = _bound(rights)
    types = frozenset(TYPE_NUMBER) if rights.types is None else rights.types
    asked = types | needed if types else types
    closed = next((part for part in rights.also if isinstance(part, Closed)), None)
    scoped = next((part for part in rights.also if isinstance(part, Scoped)), None)
    facility, account, *labels = (
        _labels(closed) if closed else (rights.care_facility, rights.care_account, "", "", "", str(_ALL_LABELS))
    )
    return (
        role,
        holder,
        str(number(patient_key(rights.person))) if rights.person else "",
        facility,
        account,
        _numbers(TYPE_NUMBER[name] for name in asked if name in TYPE_NUMBER),
        _numbers(TYPE_NUMBER[name] for name in types - rights.care_types if name in TYPE_NUMBER),
        _numbers(number(token(f"Condition.code|{code}")) for code in notifiable_codes()) if rights.notifiable else "",
        *labels,
        *(_app(scoped.alternatives, needed) if scoped else _NO_APP),
    )


def told_next(before: tuple[str, ...], values: tuple[str, ...]) -> tuple[str, ...] | None:
    """What `NAME_NEXT` tells so that these values hold after those of who was named just before; None: it cannot."""
    own = slice(1, 1 + len(_OWN))
    if before[0] != values[0] or before[own.stop :] != values[own.stop :]:
        return None
    return values[own]


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
    return (EVERY if rights.types is None and not rights.also else "yteso_types"), "", frozenset()


def _labels(closed: Closed) -> tuple[str, ...]:
    return (
        closed.facility,
        closed.account,
        closed.role,
        closed.purpose,
        str(closed.own),
        str(closed.anywhere),
    )


def _app(alternatives: Sequence[Alternative], needed: frozenset[str]) -> tuple[str, ...]:
    """The patient an app was started for, types of everybody, of that patient, of nobody; what else must be found."""
    patient = next((str(number(patient_key(one.patient))) for one in alternatives if one.patient), "-")
    free, own, loose = set[str](), set[str](), set[str]()
    (own if all(one.patient for one in alternatives) else free).update(needed)
    found = []
    for one in alternatives:
        types = frozenset(TYPE_NUMBER) if one.types is None else one.types
        if one.clauses:
            (type,) = types
            loosely = not types & one.of_patients
            asked = _asked([told(type, clause) for clause in one.clauses])
            found.append({"types": [TYPE_NUMBER[type]], "own": bool(one.patient), "loose": loosely, **asked})
        elif one.patient:
            own |= types
            loose |= types - one.of_patients
        else:
            free |= types
    sets = (_numbers(TYPE_NUMBER[name] for name in types) for types in (free, own, loose))
    return (patient, *sets, json.dumps(found).decode() if found else "")


def _asked(conditions: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Groups of tokens of which a row has one each, which the policy has at hand; the rest wants a look at the row."""
    tokens, further = [], []
    for one in conditions:
        if len(one["any"]) == 1 and one["any"][0]["in"] == "tok" and "not" not in one:
            tokens.append(one["any"][0]["keys"])
        else:
            further.append(one)
    return {"tokens": tokens, **({"further": further} if further else {})}


def _numbers(values: Iterable[int]) -> str:
    return "{" + ",".join(map(str, sorted(values))) + "}"
