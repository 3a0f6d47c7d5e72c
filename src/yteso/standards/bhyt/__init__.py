"""The tables of the BHYT output data (XML0–XML15) by layer and date, and the legacy tables of QĐ 4210."""

from yteso.standards.bhyt.model import Condition, Field, Layer, LegacyField, Table
from yteso.standards.bhyt.tables import (
    ENVELOPE,
    LATEST,
    LAYERS,
    LEGACY_4210,
    TABLES,
    layer_in_force,
    table,
)

__all__ = [
    "ENVELOPE",
    "LATEST",
    "LAYERS",
    "LEGACY_4210",
    "TABLES",
    "Condition",
    "Field",
    "Layer",
    "LegacyField",
    "Table",
    "layer_in_force",
    "table",
]
