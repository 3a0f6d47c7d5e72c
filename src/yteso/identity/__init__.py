"""Who is who. A person is found by a valid citizen number, an insurance number or a facility's own code."""

from yteso.identity.claim import PersonClaim
from yteso.identity.decide import Candidate, Decider, Verdict, first_floor
from yteso.identity.resolve import Asked, Decision, resolve

__all__ = ["Asked", "Candidate", "Decider", "Decision", "PersonClaim", "Verdict", "first_floor", "resolve"]
