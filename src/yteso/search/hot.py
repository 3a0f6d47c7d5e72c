"""Which parameters of a type have their own column: the clinical date, the code, the amount, the patient it belongs to.

Everything else is found by tokens and side tables. Changing a choice here changes what stored rows hold, so it needs
a re-index (a migration), like a change of the tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from yteso.search.keys import path_key
from yteso.standards.fhir_r4 import COMPARTMENTS, SEARCH_PARAMETERS, Path, SearchParameter

_DATES = (
    "recorded-date",
    "authoredon",
    "date",
    "authored",
    "authored-on",
    "created",
    "occurrence",
    "effective",
    "effective-time",
    "started",
    "start",
    "whenhandedover",
    "sent",
    "collected",
    "recorded",
    "birthdate",
    "issued",
    "timestamp",
    "period",
)
"""The first of these that a type has is its clinical date; else its only date parameter. A prescription's `date` are
the times to take it, which hardly any names."""

_CODES = ("code", "vaccine-code", "class", "type")
"""The first of these that a type has, and that is coded, is its code."""

_BY_TOKENS_ALONE = frozenset(["Condition"])
"""Rights and the second wall know notifiable diagnoses by tokens."""

_AMOUNTS = ("value-quantity", "quantity")
"""The first of these that a type has, else its first parameter of numbers, gives its amount."""

_PATIENTS = ("patient", "subject", "beneficiary")

_FURTHER = {"Device": ("patient",)}
"""What R4's compartment of a Patient leaves out, but tells of one: the device that somebody carries."""

_BY_CONTEXT = {"Binary": (Path(("securityContext",), (False,), "Reference", (), ("Patient",)),)}
"""Content without search parameters, of the patient as whose it is to be treated (FHIR R4 §2.38)."""

LATER = frozenset([*_FURTHER, *_BY_CONTEXT])
"""Types of which a version written by an earlier release may not name its patient on its row."""


@dataclass(frozen=True, slots=True)
class Hot:
    """The choices for one type; empty names where it has none.

    `code_key` is the token prefix of the code's path; `code_apart`: its first code is not among the tokens. `patients`
    are the paths that may name the patient, the main one first; `patient_key` is the main path's key when it holds at
    most one reference, so that `pat` answers for it, in place of a token. `amount_key` is the key of the number that
    there can be only one of (Observation.valueQuantity).
    """

    date: str
    code: str
    code_key: str
    code_apart: bool
    patients: tuple[Path, ...]
    patient_key: str
    amount_key: str


@cache
def hot(type: str) -> Hot:
    """The hot columns of a type."""
    parameters = SEARCH_PARAMETERS[type]
    code = next((name for name in _CODES if name in parameters and _is_coded(parameters[name])), "")
    patients = _patient_paths(type)
    main = patients[0] if patients and not any(patients[0].many) else None
    return Hot(
        date=_date(parameters),
        code=code,
        code_key=path_key(type, parameters[code].paths[0]) if code else "",
        code_apart=bool(code) and type not in _BY_TOKENS_ALONE,
        patients=patients,
        patient_key=path_key(type, main) if main else "",
        amount_key=_amount(type, parameters),
    )


def _date(parameters: Mapping[str, SearchParameter]) -> str:
    dates = sorted(name for name, one in parameters.items() if one.kind == "date" and name != "_lastUpdated")
    return next((name for name in _DATES if name in dates), dates[0] if dates else "")


def _amount(type: str, parameters: Mapping[str, SearchParameter]) -> str:
    names = sorted(name for name, one in parameters.items() if one.kind in ("number", "quantity"))
    names.sort(key=lambda name: _AMOUNTS.index(name) if name in _AMOUNTS else len(_AMOUNTS))
    paths = (path for name in names for path in parameters[name].paths)
    return next((path_key(type, path) for path in paths if not any(path.many) and not path.where), "")


def _is_coded(parameter: SearchParameter) -> bool:
    return len(parameter.paths) == 1 and parameter.paths[0].type in ("CodeableConcept", "Coding")


def _patient_paths(type: str) -> tuple[Path, ...]:
    if type in _BY_CONTEXT:
        return _BY_CONTEXT[type]
    members = COMPARTMENTS["Patient"].get(type) or _FURTHER.get(type, ())
    if type == "Patient" or not members:
        return ()
    parameters = SEARCH_PARAMETERS[type]
    names = sorted(members, key=lambda n: _PATIENTS.index(n) if n in _PATIENTS else len(_PATIENTS))
    found = [path for name in names if name in parameters for path in parameters[name].paths]
    if "patient" in parameters:
        found = [*parameters["patient"].paths, *found]
    unique = {path_key(type, path): path for path in reversed(found)}
    return tuple(reversed(unique.values()))
