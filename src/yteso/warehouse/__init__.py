"""Changes of the record and of the intake -> lake (Parquet) -> flat tables -> marts. Never reads the live database."""

from yteso.warehouse.changes import IntakeChange, RecordChange
from yteso.warehouse.read import Marts
from yteso.warehouse.refresh import Refreshed, Warehouse

__all__ = ["IntakeChange", "Marts", "RecordChange", "Refreshed", "Warehouse"]
