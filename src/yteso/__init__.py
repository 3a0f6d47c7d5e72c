"""yteso (Y tế số): the health-data platform of a Vietnamese province or city."""

__version__ = "0.1.0"
