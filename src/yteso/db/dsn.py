"""A connection string in any form libpq reads -> its parts, for a library that wants them one by one. No connection."""

from __future__ import annotations

from psycopg.conninfo import conninfo_to_dict


def parts_of(dsn: str) -> dict[str, str]:
    """`"postgresql:///yteso?host=/run/x"` -> `{"dbname": "yteso", "host": "/run/x"}`.

    Raises psycopg.ProgrammingError when it is no connection string.
    """
    return {name: str(value) for name, value in conninfo_to_dict(dsn).items() if value is not None}
