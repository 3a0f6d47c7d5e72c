"""Who may act for whom now: rows of `store.relation` -> `access.mandate.Mandate`, and how the chain names one.

The question is the platform's own, inside the transaction of the act; nothing of it is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from yteso.access.mandate import Mandate
from yteso.access.principal import Principal, Role
from yteso.base.clock import day_in_vietnam
from yteso.db import Connection, Queries
from yteso.fhir import json
from yteso.fhir.dates import moment
from yteso.search.keys import number, patient_key
from yteso.store.protocol import Store

SQL = Queries.beside(__file__, "mandates.sql")


BY = "by RelatedPerson/"
"""How the detail of a row of the chain names the representation by which somebody acted for another."""


def mandate_for(conn: Connection, store: Store, who: Principal, ward: str) -> Mandate | None:
    """The representation by which a citizen acts for this person now; None when there is none that lets them act."""
    return next((mandate for _, mandate in _in_force(conn, store, who, ward) if mandate.acts), None)


def wards(conn: Connection, store: Store, who: Principal) -> list[str]:
    """For whom a citizen acts now: the ids of their Patients."""
    return list(dict.fromkeys(ward for ward, mandate in _in_force(conn, store, who) if mandate.acts))


def representatives(conn: Connection, store: Store, wards: Sequence[int]) -> list[tuple[int, str]]:
    """(ward's key, id of the Patient who acts for them now), for many wards."""
    rows = conn.execute(SQL["fetch_mandates_of"], (list(wards),)).fetchall()
    codes = _codes(conn, store, [row[2] for row in rows])
    return [
        (ward, holder)
        for ward, holder, id, minor, born, today in rows
        if Mandate(id, codes.get(id, ""), today, _day(born) if minor else None, store.child_decides).acts
    ]


def said(detail: str, mandate: Mandate | None) -> str:
    """The detail of a row of the chain, with the mandate where there is one."""
    return f"{detail} {BY}{mandate.id}" if mandate else detail


def _in_force(conn: Connection, store: Store, who: Principal, ward: str = "") -> list[tuple[str, Mandate]]:
    if who.role is not Role.CITIZEN or not who.person:
        return []
    asked = {"holder": f"Patient/{who.person}", "pat": number(patient_key(ward)) if ward else None}
    rows = conn.execute(SQL["fetch_mandates"], asked).fetchall()
    codes = _codes(conn, store, [row[0] for row in rows])
    return [
        (patient, Mandate(id, codes.get(id, ""), today, _day(born) if minor else None, store.child_decides))
        for id, minor, patient, born, today in rows
    ]


def _day(born: int) -> date:
    return day_in_vietnam(moment(born))


def _codes(conn: Connection, store: Store, ids: Sequence[str]) -> dict[str, str]:
    """RelatedPerson -> its relationship."""
    held = store.peek(conn, [("RelatedPerson", id) for id in ids])
    return {one.id: _code(json.loads(one.body)) for one in held.values() if one.body}


def _code(related: dict[str, Any]) -> str:
    codings = (coding for concept in related.get("relationship", ()) for coding in concept.get("coding", ()))
    return next((str(coding.get("code", "")) for coding in codings), "")
