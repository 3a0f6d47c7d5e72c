"""PostgreSQL: connections, named SQL, migrations, the embedded server. Knows no word of health care."""

from yteso.db.connection import Connection, Database, Owner, Reader, is_conflict, is_in_order, is_retryable, is_stopped
from yteso.db.packed import Packed  # a connection knows only the forms of parameters that were known when it was made
from yteso.db.queries import Queries

__all__ = [
    "Connection",
    "Database",
    "Owner",
    "Packed",
    "Queries",
    "Reader",
    "is_conflict",
    "is_in_order",
    "is_retryable",
    "is_stopped",
]
