"""What the store promises. Values that travel in and out, and the contract of `Store` (real: `postgres.py`).

Resources are JSON documents (dict, decimals as `decimal.Decimal`); bodies leave as exact canonical JSON bytes.
Every method runs inside the caller's transaction (`conn`) and writes its audit row there: no audit, no access.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from yteso.access.principal import Principal
from yteso.access.restriction import Restriction
from yteso.base.errors import Refused, YtesoError
from yteso.base.value import value
from yteso.db import Connection
from yteso.search.query import Across, Query
from yteso.search.row import IndexRow
from yteso.store.codec import spliced
from yteso.store.rows import Row

Resource = dict[str, Any]


class VersionConflict(YtesoError):
    """The resource is no longer at the expected version."""

    permanent = True

    def __init__(self, type: str = "", id: str = "") -> None:
        super().__init__()
        self.key = (type, id)


class Gone(YtesoError):
    """The resource was deleted."""

    permanent = True


EXISTS = -1
"""As the version a resource must have: whichever, but it must be there and not deleted (`If-Match: *`)."""


@value(frozen=True, slots=True)
class Put:
    """Write this resource under its id: a first version, a new version, or nothing when the content is the same.

    `expected` is the version it must have now (If-Match), or EXISTS; 0: it must not exist. None: whatever is there.
    `text` is `fhir.json.dumps(resource)` where the caller has it already; it is trusted to be just that.
    `new`: the id was made at random for this write, so that nothing of that id is looked for.
    """

    resource: Resource
    expected: int | None = None
    text: bytes = b""
    new: bool = False


@value(frozen=True, slots=True)
class Made:
    """The same, its row made while the document was at hand, which may be gone since. Whatever is there gives way.

    For so many resources at once that a second way through all their documents costs more than a row made in vain.
    """

    row: Row
    index: IndexRow


@value(frozen=True, slots=True)
class Remove:
    """Delete the resource; its versions stay in history. Removing what is not there changes nothing."""

    type: str
    id: str
    expected: int | None = None


Change = Put | Remove
Writable = Change | Made


@value(frozen=True, slots=True)
class Write:
    """What one caller writes, all or nothing. `detail` goes into its audit row."""

    who: Principal
    changes: Sequence[Writable]
    detail: str = ""


@dataclass(slots=True)
class Written:
    """What became of one change, in the order the changes were given. Not frozen: that doubles the cost of making it.

    `text` is the canonical JSON of what was put and `offset` the place in it where version and time go (see `body`).
    """

    type: str
    id: str
    version: int
    updated: datetime
    status: Literal["created", "updated", "unchanged", "deleted", "absent"]
    text: bytes = field(default=b"", repr=False)
    offset: int = 0

    @property
    def body(self) -> bytes:
        """The full JSON of the version that is there now; empty when there is none."""
        return spliced(self.text, self.offset, self.version, self.updated) if self.text else b""


@value(frozen=True, slots=True)
class Transaction:
    """`t` is the transaction number; it is 0 when nothing changed (nothing is written then, not even a number)."""

    t: int
    written: tuple[Written, ...]


@value(frozen=True, slots=True)
class Stored:
    """One version. `body` is canonical JSON bytes with meta.versionId and meta.lastUpdated in it; empty if deleted.

    `label`: the bits of its sensitivity labels, where it was read for somebody.
    """

    type: str
    id: str
    version: int
    updated: datetime
    body: bytes
    t: int = 0
    deleted: bool = False
    label: int = 0


@value(frozen=True, slots=True)
class Read:
    """One caller's question for the current version of one resource."""

    who: Principal
    limit: Restriction
    type: str
    id: str


@value(frozen=True, slots=True)
class Search:
    """One caller's search."""

    who: Principal
    limit: Restriction
    query: Query


@value(frozen=True, slots=True)
class Page:
    """One page of a search. `included` came by `_include`; `next` is an opaque cursor, empty on the last page.

    `total` is there when it was asked for, and when the first page is all there is. `cut`: more would be included.
    """

    matches: tuple[Stored, ...]
    included: tuple[Stored, ...] = ()
    total: int | None = None
    next: str = ""
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """Which versions a history tells: written since, and current at some moment `within` (lowest, highest).

    `oldest_first` turns the order.
    """

    since: datetime | None = None
    within: tuple[datetime, datetime] | None = None
    oldest_first: bool = False


@dataclass(frozen=True, slots=True)
class Extent:
    """How much of everything: these types (None: all), changed since, clinically dated from `lowest` to `highest`.

    What has no clinical date is never left out by dates. `cursor` continues an earlier page.
    """

    types: frozenset[str] | None = None
    since: datetime | None = None
    lowest: datetime | None = None
    highest: datetime | None = None
    count: int = 1000
    cursor: str = ""


@dataclass(frozen=True, slots=True)
class AuditNote:
    """What the audit row says besides who and when: the act, its reason, where it came from."""

    action: Literal["C", "R", "U", "D", "E"]
    detail: str = ""
    patients: tuple[str, ...] = field(default=())


class Store(Protocol):
    """The contract. `who` is audited; `limit` becomes part of the SQL."""

    @property
    def child_decides(self) -> int:
        """The age from which a child acts alone here (`access.mandate`)."""

    @property
    def is_fresh(self) -> bool:
        """False when `refresh` would look."""
        ...

    def refresh(self, conn: Connection) -> None:
        """See what search parameters were defined meanwhile: before a query is read."""
        ...

    def write(self, conn: Connection, who: Principal, changes: Sequence[Writable], detail: str = "") -> Transaction:
        """All or nothing. Raises VersionConflict; a deadlock or taken key surfaces as `db.is_retryable/is_conflict`."""
        ...

    def write_together(
        self, conn: Connection, writes: Sequence[Write], *, ends: bool = False
    ) -> Sequence[Transaction | VersionConflict | Refused]:
        """Several callers' writes in one transaction, in this order; each has its own answer and audit row.

        What the data say against one (a version, an id) is its answer and touches no other; what fails otherwise
        (a deadlock, a taken key) raises, and then nothing was written. `ends`: as with reads, where all is new.
        """
        ...

    def read(self, conn: Connection, who: Principal, limit: Restriction, type: str, id: str) -> Stored | None:
        """The current version; None when absent or not visible. A deleted one is returned with `deleted`."""
        ...

    def read_together(self, conn: Connection, reads: Sequence[Read], *, ends: bool = False) -> Sequence[Stored | None]:
        """Several callers' reads in one transaction; each is answered and audited as `read` would.

        With `ends` the transaction is the reads' own, and is committed in the same trip as their audit rows.
        """
        ...

    def read_version(
        self, conn: Connection, who: Principal, limit: Restriction, type: str, id: str, version: int
    ) -> Stored | None:
        """One version, current or past."""
        ...

    def history(
        self,
        conn: Connection,
        who: Principal,
        limit: Restriction,
        type: str = "",
        id: str = "",
        *,
        when: Span = Span(),
        count: int = 100,
        cursor: str = "",
    ) -> Page:
        """Versions of one resource, of one type or of all; `when` says which, and in which order.

        A `count` of 0 shows none and tells how many there are.
        """
        ...

    def whole_compartment(
        self, conn: Connection, who: Principal, limit: Restriction, query: Query, types: Sequence[str]
    ) -> Page:
        """What belongs to the query's compartment, of these types (none: all), by type and id; its clauses hold too."""
        ...

    def search_across(self, conn: Connection, who: Principal, limit: Restriction, across: Across) -> Page:
        """One page of a search over several types."""
        ...

    def search(self, conn: Connection, who: Principal, limit: Restriction, query: Query) -> Page:
        """One page of the query's answer."""
        ...

    def search_together(
        self, conn: Connection, searches: Sequence[Search], *, ends: bool = False
    ) -> Sequence[Page | None]:
        """Several callers' searches in one transaction, each answered and audited as `search` would.

        None for those that may take long, or that must be asked alone because one of them did take long. `ends`: as
        with reads.
        """
        ...

    def everything(self, conn: Connection, who: Principal, limit: Restriction, focus: Stored, extent: Extent) -> Page:
        """What belongs to a patient or a visit that was read already, without it; `included`: what that refers to."""
        ...

    def newest(
        self, conn: Connection, who: Principal, limit: Restriction, patient: str, types: Iterable[str], most: int
    ) -> tuple[Stored, ...]:
        """A patient's newest resources by clinical date, so many of each type, type by type."""
        ...

    def read_many(
        self, conn: Connection, who: Principal, limit: Restriction, keys: Iterable[tuple[str, str]]
    ) -> dict[tuple[str, str], Stored]:
        """Current versions by (type, id); those absent, deleted or not visible are left out."""
        ...

    def as_given(self, conn: Connection, who: Principal, found: Sequence[Stored]) -> tuple[Stored, ...]:
        """The same versions as they are told to who asks over FHIR: with the secrets of receivers they gave (ADR 53).

        Nothing else may show what this gives back: it is for the answer to `who`, and never kept.
        """
        ...

    def peek(self, conn: Connection, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Stored]:
        """Current versions of many (type, id) for the platform's own work inside a write; not audited, never shown."""
        ...

    def lock(self, conn: Connection, keys: Sequence[tuple[str, str]]) -> None:
        """Let nobody else write these resources until the transaction ends. Absent ones cannot be locked."""
        ...

    def changes_since(self, conn: Connection, t: int, limit: int) -> Iterable[Stored]:
        """Current state of what changed after `t`, in order of `t`, only from transactions no older one can precede."""
        ...
