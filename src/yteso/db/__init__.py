"""PostgreSQL: connections, named SQL, migrations, the embedded server. Knows no word of health care."""

from yteso.db.connection import (
    Connection,
    Database,
    Keeping,
    Owner,
    Reader,
    is_away,
    is_conflict,
    is_in_order,
    is_retryable,
    is_stopped,
    said_by,
)
from yteso.db.packed import Packed  # a connection knows only the forms of parameters that were known when it was made
from yteso.db.queries import Queries
from yteso.db.server_conf import READING_SECONDS
from yteso.db.trip import Rows, Statement, run_together

__all__ = [
    "READING_SECONDS",
    "Connection",
    "Database",
    "Keeping",
    "Owner",
    "Packed",
    "Queries",
    "Reader",
    "Rows",
    "Statement",
    "is_away",
    "is_conflict",
    "is_in_order",
    "is_retryable",
    "is_stopped",
    "run_together",
    "said_by",
]
