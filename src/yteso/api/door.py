"""The FHIR endpoint: one `base.http.Request` in, one `Response` out, and nothing ever raised.

`ops` mounts it under /fhir and gives it the store and a way to know who asks. It decides nothing itself: `dispatch`
finds the interaction and the rights, `outcome` turns whatever was raised into an OperationOutcome, and `present` gives
the answer the form that was asked for.
"""

from __future__ import annotations

from collections.abc import Callable

from yteso.access.principal import Principal
from yteso.api.call import MAX_BODY, MAX_ENTRIES, Engine
from yteso.api.dispatch import dispatch
from yteso.api.outcome import refusal_of
from yteso.api.present import present
from yteso.api.refusals import note_unproved
from yteso.api.table import OPEN, ROUTER
from yteso.base.clock import Clock, system_clock
from yteso.base.errors import Refused
from yteso.base.http import Request, Response
from yteso.base.scanner import Scanner
from yteso.db import Database
from yteso.store.bulk.desk import BulkDesk
from yteso.store.codes import RecordCodes
from yteso.store.protocol import Store
from yteso.validate.profiles.modes import Modes

Authenticate = Callable[[Request], Principal]


class Api:
    """FHIR R4 REST over one store. `handle` may be called from many threads at once."""

    def __init__(
        self,
        database: Database,
        store: Store,
        clock: Clock = system_clock,
        *,
        authenticate: Authenticate | None = None,
        max_body: int = MAX_BODY,
        max_entries: int = MAX_ENTRIES,
        bulk: BulkDesk | None = None,
        websocket: str = "",
        modes: Modes | None = None,
        scanner: Scanner | None = None,
    ) -> None:
        """`authenticate` reads the Authorization header: a Principal, or Refused (401). `bulk`: where bulk jobs are.

        `websocket` is where subscribers open theirs; empty: beside this door, on the next port. `modes`: how strict
        profiles are for whom; `scanner` sees every file inside what is written.
        """
        codes = RecordCodes(store)
        self._engine = Engine(
            database,
            store,
            clock,
            clock(),
            ROUTER,
            codes,
            max_body,
            max_entries,
            bulk=bulk,
            websocket=websocket,
            modes=modes or Modes(),
            scanner=scanner,
        )
        self._authenticate = authenticate

    def handle(self, request: Request, principal: Principal | None = None) -> Response:
        """Answer. `principal` is who a session already knows; without one the request must say who it is."""
        try:
            response = dispatch(self._engine, request, self._who(request, principal))
        except Exception as error:
            response = self._refusal(request, error)
        return present(request, response)

    def _refusal(self, request: Request, error: Exception) -> Response:
        """What the caller is told. Who did not prove who they are is in the audit before; without it, that is told."""
        if isinstance(error, Refused) and error.status == 401:
            try:
                note_unproved(self._engine.database, request, error)
            except Exception as other:
                return refusal_of(other)
        return refusal_of(error)

    def _who(self, request: Request, principal: Principal | None) -> Principal | None:
        open_to_all = request.path.strip("/") in OPEN
        if principal is not None or open_to_all or self._authenticate is None:
            return principal
        return self._authenticate(request)
