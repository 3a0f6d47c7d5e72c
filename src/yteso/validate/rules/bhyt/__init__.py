"""The business rules of the BHYT output data: one visit's rows -> numbered issues. One family of rules per file."""

from yteso.validate.rules.bhyt.check import check

__all__ = ["check"]
