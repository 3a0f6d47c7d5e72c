"""Profiles: StructureDefinitions that narrow R4, compiled once and checked against. Pure."""

from yteso.validate.profiles.check import Budget, Codes, NoCodes
from yteso.validate.profiles.definitions import Definitions, Shelf, find
from yteso.validate.profiles.judge import check_profiles, claims, makes_claims
from yteso.validate.profiles.library import Library
from yteso.validate.profiles.snapshot import make_snapshot

__all__ = [
    "Budget",
    "Codes",
    "Definitions",
    "Library",
    "NoCodes",
    "Shelf",
    "check_profiles",
    "claims",
    "find",
    "make_snapshot",
    "makes_claims",
]
