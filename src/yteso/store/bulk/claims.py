"""Profiles that lines of an import claim: judged where the installation refuses what does not meet them.

The mode is that of the FHIR door. In `warn` and `off` nothing is judged: nobody waits for an import's warnings.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from yteso.access.policy import Interaction, require
from yteso.access.principal import Principal
from yteso.base.issue import Issue
from yteso.db import Connection
from yteso.store.codes import RecordCodes
from yteso.store.definitions import VALIDATOR, RecordDefinitions
from yteso.store.protocol import Resource, Store
from yteso.validate.profiles import check_profiles, makes_claims
from yteso.validate.profiles.modes import FHIR, Mode, Modes

Judge = Callable[[Resource], Sequence[Issue]]


class Claims:
    """One per process; threads may share it."""

    def __init__(self, store: Store, modes: Modes) -> None:
        self._modes = modes
        self._definitions = RecordDefinitions(store)
        self._codes = RecordCodes(store)

    def judge(self, conn: Connection, who: Principal) -> Judge:
        """What judges the claims of a resource that `who` imports, for use within this transaction."""
        if self._modes.of(FHIR, who.facility) is not Mode.REFUSE:
            return _unjudged
        library = self._definitions.library(conn)
        limit = require(VALIDATOR, Interaction.EXPAND, "ValueSet")
        codes = self._codes.engine(conn, VALIDATOR, limit)
        return lambda resource: tuple(check_profiles(resource, library, codes)) if makes_claims(resource) else ()


def _unjudged(_: Resource) -> Sequence[Issue]:
    return ()
