"""What the platform itself brings into the record at every start, as packages: VN Core's known constraints, its topics,
the definitions of its operations.

The second start finds them there and writes nothing.
"""

from __future__ import annotations

from yteso.access.principal import Principal, Role
from yteso.api.operations.definitions import operations_package
from yteso.client.packages import Packages, content_digest
from yteso.db import Database, is_conflict, is_retryable
from yteso.fhir.package import Package
from yteso.standards import vn_core
from yteso.store.postgres import PostgresStore
from yteso.store.subscriptions.topic_resources import topics_package
from yteso.terminology.vn_core import vn_core_package

LOADER = Principal("packages", Role.SYSTEM, purpose="HOPERAT")
_TRIES = 3


def load_vn_core(database: Database, store: PostgresStore) -> None:
    """The package is made only when it is not there: that takes longer than to look."""
    digest = vn_core.digest()
    if not Packages(database, store).has(vn_core.PACKAGE, digest):
        _load(database, store, vn_core_package(), digest)


def load_topics(database: Database, store: PostgresStore) -> None:
    """The topics one can subscribe to, each as a resource."""
    package = topics_package()
    _load(database, store, package, content_digest(package.resources))


def load_operations(database: Database, store: PostgresStore) -> None:
    """The operations that are offered, each with its definition."""
    package = operations_package()
    _load(database, store, package, content_digest(package.resources))


def _load(database: Database, store: PostgresStore, package: Package, digest: str) -> None:
    """One look-up when it is there already. Two servers that start together do not disturb each other."""
    packages = Packages(database, store)
    for attempt in range(_TRIES):
        if packages.has(package.name, digest):
            return
        try:
            with database.connection() as conn:
                store.maintain(conn)
            packages.load(LOADER, package, digest)
        except Exception as error:
            if attempt + 1 == _TRIES or not (is_conflict(error) or is_retryable(error)):
                raise
