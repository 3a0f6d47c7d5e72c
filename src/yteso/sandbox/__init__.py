"""A province that never was: its facilities, people and the files they send. For demo, training and load tests."""

from yteso.sandbox.facilities import Facility, Sender
from yteso.sandbox.faults import Fault
from yteso.sandbox.province import Province, SimFile

__all__ = ["Facility", "Fault", "Province", "Sender", "SimFile"]
