"""FHIR R4 REST: a request -> an answer, without a framework and without SQL. One file per interaction."""

from yteso.api.door import Api

__all__ = ["Api"]
