"""VN Core's known constraints into the record at every start; the second start finds them there and writes nothing."""

from __future__ import annotations

from yteso.access.principal import Principal, Role
from yteso.client.packages import Packages
from yteso.db import Database, is_conflict, is_retryable
from yteso.standards import vn_core
from yteso.store.postgres import PostgresStore
from yteso.terminology.vn_core import vn_core_package

LOADER = Principal("packages", Role.SYSTEM, purpose="HOPERAT")
_TRIES = 3


def load_vn_core(database: Database, store: PostgresStore) -> None:
    """One look-up when it is there already. Two servers that start together do not disturb each other."""
    packages, digest = Packages(database, store), vn_core.digest()
    for attempt in range(_TRIES):
        if packages.has(vn_core.PACKAGE, digest):
            return
        try:
            with database.connection() as conn:
                store.maintain(conn)
            packages.load(LOADER, vn_core_package(), digest)
        except Exception as error:
            if attempt + 1 == _TRIES or not (is_conflict(error) or is_retryable(error)):
                raise
