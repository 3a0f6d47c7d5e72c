"""The one table of operations. Who may is in `access.policy`, where each has its interaction."""

from __future__ import annotations

from yteso.api.operation import Operation
from yteso.api.operations.arguments import Answering
from yteso.api.operations.document import DOCUMENT
from yteso.api.operations.everything import EVERYTHING, EVERYTHING_OF_VISIT
from yteso.api.operations.expand import EXPAND
from yteso.api.operations.export import EXPORT, EXPORT_GROUP, EXPORT_PATIENTS
from yteso.api.operations.import_ import IMPORT
from yteso.api.operations.lastn import LASTN
from yteso.api.operations.lookup import LOOKUP
from yteso.api.operations.meta import META
from yteso.api.operations.meta_add import META_ADD
from yteso.api.operations.meta_delete import META_DELETE
from yteso.api.operations.stats import STATS
from yteso.api.operations.subscription_events import EVENTS
from yteso.api.operations.subscription_status import STATUS
from yteso.api.operations.subscription_ticket import TICKET
from yteso.api.operations.subsumes import SUBSUMES
from yteso.api.operations.summary import SUMMARY
from yteso.api.operations.translate import TRANSLATE
from yteso.api.operations.validate import VALIDATE
from yteso.api.operations.validate_code import VALIDATE_IN_SET, VALIDATE_IN_SYSTEM

OPERATIONS: tuple[Operation[Answering], ...] = (
    META,
    META_ADD,
    META_DELETE,
    VALIDATE,
    EVERYTHING,
    EVERYTHING_OF_VISIT,
    DOCUMENT,
    SUMMARY,
    LASTN,
    STATS,
    EXPORT,
    EXPORT_PATIENTS,
    EXPORT_GROUP,
    IMPORT,
    LOOKUP,
    VALIDATE_IN_SYSTEM,
    VALIDATE_IN_SET,
    EXPAND,
    TRANSLATE,
    SUBSUMES,
    STATUS,
    EVENTS,
    TICKET,
)
