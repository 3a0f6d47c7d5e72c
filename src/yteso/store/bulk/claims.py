"""Profiles that lines of an import claim, with their codes and invariants: judged as the installation's mode says.

`refuse`: a line that does not meet them is left out and told. `warn`: it is stored, the findings are told as warnings
in the file of errors. `off` (the default): nothing is looked at. Bounded: in `warn` the lines of a piece share one
budget, and what comes after it is spent is stored unjudged, which is told once; in `refuse` each line has its own.
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
from yteso.validate.profiles import Budget, Codes, Library, check_profiles, makes_claims
from yteso.validate.profiles.modes import IMPORT, Mode, Modes, softened

Judge = Callable[[Resource], Sequence[Issue]]

STEPS = 2_000_000
INVARIANTS = 100_000
"""What the lines of a piece may cost together: some seconds."""


class Claims:
    """One per process; threads may share it."""

    def __init__(self, store: Store, modes: Modes) -> None:
        self._modes = modes
        self._definitions = RecordDefinitions(store)
        self._codes = RecordCodes(store)

    def judge(self, conn: Connection, who: Principal) -> Judge:
        """What judges the claims of a piece's resources, which `who` imports, for use within this transaction."""
        mode = self._modes.of(IMPORT, who.facility)
        if mode is Mode.OFF:
            return _unjudged
        library = self._definitions.library(conn)
        limit = require(VALIDATOR, Interaction.EXPAND, "ValueSet")
        codes = self._codes.engine(conn, VALIDATOR, limit)
        return _strict(library, codes) if mode is Mode.REFUSE else _mild(library, codes)


def _unjudged(_: Resource) -> Sequence[Issue]:
    return ()


def _strict(library: Library, codes: Codes) -> Judge:
    return lambda resource: check_profiles(resource, library, codes) if makes_claims(resource) else ()


def _mild(library: Library, codes: Codes) -> Judge:
    budget = Budget(STEPS, INVARIANTS)

    def judge(resource: Resource) -> Sequence[Issue]:
        if budget.spent or not makes_claims(resource):
            return ()
        return [softened(issue) for issue in check_profiles(resource, library, codes, budget=budget)]

    return judge
