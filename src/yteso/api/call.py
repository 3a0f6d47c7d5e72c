"""One request on its way: what was asked, by whom, within which rights, and the things an interaction needs for it.

In: a `base.http.Request` that the router has matched. It reads the body at most once, bounded, and opens a connection
at most once; inside a transaction bundle the bundle's connection is used. It decides nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from yteso.access.principal import Principal
from yteso.access.restriction import NOTHING, Restriction
from yteso.api import rules
from yteso.api.headers import Prefer
from yteso.api.route import Router
from yteso.api.shared import Shared, attempt
from yteso.base.clock import Clock
from yteso.base.errors import Refused
from yteso.base.http import Request, Response
from yteso.base.issue import Issue
from yteso.base.scanner import Scanner
from yteso.base.value import value
from yteso.db import Connection, Database
from yteso.store.bulk.desk import BulkDesk
from yteso.store.codes import RecordCodes
from yteso.store.definitions import RecordDefinitions
from yteso.store.protocol import Store
from yteso.validate.profiles.modes import Modes

Result = TypeVar("Result")
Params = tuple[tuple[str, str], ...]
Handler = Callable[["Call"], Response]

MAX_BODY = 50 * 1024 * 1024
MAX_ENTRIES = 10_000
MAX_PARAMETERS = 64
"""Each parameter is a condition of the search; planning a search of hundreds takes PostgreSQL many seconds."""
_PIECE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Engine:
    """What every interaction works with; made once."""

    database: Database
    store: Store
    clock: Clock
    started: datetime
    router: Router[Handler]
    codes: RecordCodes
    max_body: int = MAX_BODY
    max_entries: int = MAX_ENTRIES
    bulk: BulkDesk | None = None
    websocket: str = ""
    modes: Modes = field(default_factory=Modes)
    scanner: Scanner | None = None
    shared: Shared = field(init=False, repr=False)
    definitions: RecordDefinitions = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "shared", Shared(self.database, self.store))
        object.__setattr__(self, "definitions", RecordDefinitions(self.store))


@value(frozen=True, slots=True)
class Call:
    """One matched request. `type`, `id`, `version`, `member` are of the address; `limit` is the caller's right."""

    engine: Engine
    request: Request
    who: Principal
    type: str = ""
    id: str = ""
    version: str = ""
    member: str = ""
    params: Params = ()
    limit: Restriction = NOTHING
    prefer: Prefer = field(default_factory=Prefer)
    conn: Connection | None = None
    document: Any = None
    findings: list[Issue] = field(default_factory=list)
    """What was found in a resource that is taken nevertheless; told when the client prefers an OperationOutcome."""

    @property
    def base(self) -> str:
        """The address of the FHIR endpoint, without a final slash."""
        return self.request.base_url.rstrip("/")

    @property
    def headers(self) -> Mapping[str, str]:
        """The request's headers, names in lower case."""
        return self.request.headers

    def param(self, name: str) -> str:
        """The last value of a parameter; empty when absent."""
        return dict(self.params).get(name, "")

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """The bundle's connection inside a bundle, otherwise a new transaction."""
        if self.conn is not None:
            yield self.conn
            return
        with self.engine.database.connection() as conn:
            yield conn

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """The same for what only reads, for the caller: a new transaction is behind the second wall (ADR 39)."""
        if self.conn is not None:
            yield self.conn
            return
        with self.engine.database.reading() as conn:
            yield conn

    def attempt(self, work: Callable[[Connection], Result]) -> Result:
        """Run `work` in a transaction of its own; see `shared.attempt`."""
        return attempt(self.engine.database, work)


def read_body(request: Request, limit: int) -> bytes:
    """The whole body. Refused (413) as soon as it is known to be longer than `limit` bytes."""
    announced = request.headers.get("content-length", "")
    if announced.isascii() and announced.isdigit() and int(announced[:18]) > limit:
        raise Refused(rules.TOO_LARGE.at(limit=limit), status=413)
    pieces: list[bytes] = []
    size = 0
    while piece := request.body.read(_PIECE):
        size += len(piece)
        if size > limit:
            raise Refused(rules.TOO_LARGE.at(limit=limit), status=413)
        pieces.append(piece)
    return b"".join(pieces)


def read_params(query: str) -> Params:
    """The parameters of a query string or form, in order. Refused (400) when they cannot be read as UTF-8 text."""
    if not query:
        return ()
    try:
        found = parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=MAX_PARAMETERS)
    except ValueError as error:
        raise Refused(rules.BAD_QUERY.at(limit=MAX_PARAMETERS), status=400) from error
    if any(_UNSTORABLE(name) or _UNSTORABLE(value) for name, value in found):
        raise Refused(rules.BAD_QUERY.at(limit=MAX_PARAMETERS), status=400)
    return tuple(found)


_UNSTORABLE = re.compile("[\x00\ud800-\udfff]").search
"""PostgreSQL text holds neither NUL nor a lone surrogate."""
