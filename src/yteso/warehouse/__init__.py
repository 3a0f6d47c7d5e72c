"""Changes of the record and of the intake -> lake (Parquet) -> flat tables -> marts. Never reads the live database."""

from yteso.warehouse.changes import IntakeChange, RecordChange
from yteso.warehouse.read import Marts
from yteso.warehouse.refresh import InUse, Refreshed, Warehouse

__all__ = ["InUse", "IntakeChange", "Marts", "RecordChange", "Refreshed", "Warehouse"]
