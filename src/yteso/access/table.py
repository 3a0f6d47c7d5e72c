"""The one table of rights: role -> grants. What is not here is denied. `docs/reference/roles.md` is made from it."""

from __future__ import annotations

from yteso.access.grant import Bound, Grant
from yteso.access.interaction import Interaction
from yteso.access.principal import Role
from yteso.access.types import (
    CASHIER_TYPES,
    CASHIER_WRITES,
    CODE_TYPES,
    DESK_TYPES,
    DIRECTORY_TYPES,
    LAB_TYPES,
    LAB_WRITES,
    MANAGED_TYPES,
    NOTIFIABLE_TYPES,
    NURSE_WRITES,
    PATIENT_TYPES,
    PHARMACY_TYPES,
    PHARMACY_WRITES,
    REFERENCE_TYPES,
)

_PLAIN = frozenset(
    [
        Interaction.READ,
        Interaction.VREAD,
        Interaction.SEARCH,
        Interaction.HISTORY,
        Interaction.META,
        Interaction.VALIDATE,
    ]
)
_LOOK = _PLAIN | frozenset(
    [
        Interaction.EVERYTHING,
        Interaction.DOCUMENT,
        Interaction.SUMMARY,
        Interaction.LASTN,
        Interaction.STATS,
    ]
)
_WRITE = frozenset(
    [Interaction.CREATE, Interaction.UPDATE, Interaction.PATCH, Interaction.META_ADD, Interaction.META_DELETE]
)
_CODES = Grant(
    frozenset(
        [
            Interaction.LOOKUP,
            Interaction.VALIDATE_CODE,
            Interaction.EXPAND,
            Interaction.TRANSLATE,
            Interaction.SUBSUMES,
        ]
    ),
    CODE_TYPES,
)
_ALL = Grant(frozenset(Interaction), None)
_METADATA = Grant(frozenset([Interaction.CAPABILITIES]), None)
_BATCH = Grant(frozenset([Interaction.BATCH]), None)
_BUNDLES = Grant(frozenset([Interaction.BATCH, Interaction.TRANSACTION]), None)
_DIRECTORY = Grant(_LOOK, DIRECTORY_TYPES)
_AUDIT = frozenset([Interaction.READ, Interaction.SEARCH])
"""What the door to the audit chain knows; it shows a citizen the rows about the own record."""
_CHOOSE = frozenset([Interaction.CREATE, Interaction.UPDATE])
"""How a citizen sets and withdraws their own Consent, or a ward's."""
_PAPERS_OF_RECORDS = frozenset(["RelatedPerson", "DocumentReference"])
"""What the records desk takes in: who represents a patient, and the paper that proves it."""
RECORDS_REPRESENTATION = frozenset([Role.STAFF, Role.STATION, Role.SYSTEM, Role.INTEGRATOR])
"""Who may write that somebody represents a patient: the records desk, the station. Who treats writes contacts only."""
_CLINICIAN = Grant(_LOOK, PATIENT_TYPES | REFERENCE_TYPES, Bound.CARE)

TABLE: dict[Role, tuple[Grant, ...]] = {
    Role.SYSTEM: (_ALL,),
    Role.INTEGRATOR: (_ALL,),
    Role.ADMINISTRATOR: (
        _METADATA,
        _BUNDLES,
        _CODES,
        Grant(_LOOK | _WRITE | frozenset([Interaction.DELETE]), MANAGED_TYPES),
    ),
    Role.OPERATOR: (_METADATA, _BATCH, _CODES, _DIRECTORY),
    Role.DATA_OFFICER: (_METADATA, _BATCH, _CODES, _DIRECTORY, Grant(_AUDIT, frozenset(["AuditEvent"]))),
    Role.ANALYST: (_METADATA, _CODES),
    Role.FACILITY: (_METADATA,),
    Role.FACILITY_ADMINISTRATOR: (_METADATA, _BATCH, _CODES, Grant(_LOOK, DESK_TYPES)),
    Role.STAFF: (
        _METADATA,
        _BATCH,
        _CODES,
        _CLINICIAN,
        Grant(frozenset([Interaction.CREATE]), _PAPERS_OF_RECORDS, Bound.CARE),
        Grant(frozenset([Interaction.UPDATE]), frozenset(["RelatedPerson"]), Bound.CARE),
    ),
    Role.DOCTOR: (_METADATA, _BUNDLES, _CODES, _CLINICIAN, Grant(_WRITE, PATIENT_TYPES, Bound.CARE)),
    Role.STATION: (_METADATA, _BUNDLES, _CODES, _CLINICIAN, Grant(_WRITE, PATIENT_TYPES, Bound.CARE)),
    Role.NURSE: (_METADATA, _BUNDLES, _CODES, _CLINICIAN, Grant(_WRITE, NURSE_WRITES, Bound.CARE)),
    Role.LAB: (
        _METADATA,
        _BUNDLES,
        _CODES,
        Grant(_PLAIN, LAB_TYPES | REFERENCE_TYPES, Bound.CARE),
        Grant(_WRITE, LAB_WRITES, Bound.CARE),
    ),
    Role.PHARMACIST: (
        _METADATA,
        _BUNDLES,
        _CODES,
        Grant(_PLAIN, PHARMACY_TYPES | REFERENCE_TYPES, Bound.CARE),
        Grant(_WRITE, PHARMACY_WRITES, Bound.CARE),
    ),
    Role.CASHIER: (
        _METADATA,
        _BUNDLES,
        _CODES,
        Grant(_PLAIN, CASHIER_TYPES | REFERENCE_TYPES, Bound.CARE),
        Grant(_WRITE, CASHIER_WRITES, Bound.CARE),
    ),
    Role.CITIZEN: (
        _METADATA,
        _BATCH,
        _CODES,
        Grant(_LOOK, PATIENT_TYPES | REFERENCE_TYPES, Bound.SELF),
        Grant(_CHOOSE, frozenset(["Consent"]), Bound.SELF),
        Grant(_AUDIT, frozenset(["AuditEvent"]), Bound.SELF),
    ),
    Role.SURVEILLANCE: (
        _METADATA,
        _BATCH,
        _CODES,
        Grant(_PLAIN, NOTIFIABLE_TYPES | DIRECTORY_TYPES, Bound.NOTIFIABLE),
    ),
    Role.INSPECTOR: (_METADATA, _BATCH, _CODES, Grant(_LOOK, PATIENT_TYPES | REFERENCE_TYPES, Bound.ORDER)),
}
"""A bundle's grant only opens the envelope: each entry is judged by itself.

Nobody who treats deletes: a wrong entry becomes `entered-in-error`, so that its reader of yesterday finds it. Of two
grants of a role that fit, the first counts."""
