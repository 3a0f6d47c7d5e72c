"""The one table of operations. Who may is in `access.policy`, where each has its interaction."""

from __future__ import annotations

from yteso.api.operations.document import DOCUMENT
from yteso.api.operations.everything import EVERYTHING
from yteso.api.operations.export import EXPORT, EXPORT_GROUP, EXPORT_PATIENTS
from yteso.api.operations.import_ import IMPORT
from yteso.api.operations.lastn import LASTN
from yteso.api.operations.meta import META
from yteso.api.operations.meta_add import META_ADD
from yteso.api.operations.meta_delete import META_DELETE
from yteso.api.operations.operation import Operation
from yteso.api.operations.stats import STATS
from yteso.api.operations.summary import SUMMARY

OPERATIONS: tuple[Operation, ...] = (
    META,
    META_ADD,
    META_DELETE,
    EVERYTHING,
    DOCUMENT,
    SUMMARY,
    LASTN,
    STATS,
    EXPORT,
    EXPORT_PATIENTS,
    EXPORT_GROUP,
    IMPORT,
)
