"""BHYT bytes arrive -> kept with a receipt, or refused at the door with a numbered issue. The adapter's only I/O.

Judged here is only what the first 64 KiB tell: XML, no DOCTYPE, a BHYT root, and a facility for which the account may
send. Everything else is the walk's; the receipt does not wait for it.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

from yteso.access.principal import Principal, Role
from yteso.base.errors import Refused
from yteso.base.issue import Origin
from yteso.base.scanner import NotScanned, Scanner
from yteso.db import Database
from yteso.exchange import rules
from yteso.exchange.adapters.bhyt.envelope import Envelope, envelope_of
from yteso.exchange.raw import Arrival, Kept, keep
from yteso.exchange.spool import Spool
from yteso.signing import Keys
from yteso.standards.identifiers import valid_facility
from yteso.store.roots import Newest

ADAPTER = "bhyt/1"
"""Name and version of what will read the raw; a new version may replay it."""
SENDERS = frozenset([Role.FACILITY, Role.STAFF, Role.OPERATOR, Role.ADMINISTRATOR, Role.SYSTEM])
_BOUND = frozenset([Role.FACILITY, Role.STAFF])
_NAME_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Desk:
    """What receiving needs: the database, the keys that sign, the limit of one file in bytes, a folder for spooling.

    `root` gives the root of the audit that receipts carry; `scanner` sees every file before it is kept.
    """

    database: Database
    keys: Keys
    limit: int
    spool_folder: Path | None = None
    root: Newest = field(default_factory=Newest)
    scanner: Scanner | None = None

    def spool(self) -> Spool:
        """An empty spool for one file."""
        return Spool(self.limit, self.spool_folder)


def receive(desk: Desk, who: Principal, spool: Spool, *, name: str = "", door: str = "plain") -> Kept:
    """Keep a whole file that `who` sends. `spool` is finished; the caller closes it.

    Raises Refused: 400 empty, 422 not XML / DOCTYPE / other root / no facility / a virus, 403 role or facility, 503
    when the scanner does not answer.
    """
    require_sender(who)
    if not spool.size:
        raise Refused(rules.EMPTY.at(), status=400)
    file = _clean(name)
    envelope = envelope_of(spool.head, file)
    if not envelope.kind:
        raise Refused(*envelope.issues, status=422)
    arrival = Arrival(who.name, _facility(who, envelope, file), file, ADAPTER, door)
    _scan(desk.scanner, spool)
    return keep(desk.database, desk.keys, arrival, spool, desk.root)


def require_sender(who: Principal) -> None:
    """Raise Refused (403, EXC-0012) unless the role may send; a facility's own people need their facility."""
    if who.role not in SENDERS or (who.role in _BOUND and not who.facility):
        raise Refused(rules.ROLE.at(), status=403)


def _scan(scanner: Scanner | None, spool: Spool) -> None:
    try:
        found = scanner.find(spool.pieces()) if scanner else ""
    except NotScanned as error:
        raise Refused(rules.NOT_SCANNED.at(), status=503) from error
    if found:
        raise Refused(rules.INFECTED.at(name=found), status=422)


def _facility(who: Principal, envelope: Envelope, file: str) -> str:
    place = Origin(file, field="MACSKCB" if envelope.kind == "GIAMDINHHS" else "MA_CSKCB")
    if who.facility and envelope.facility not in ("", who.facility):
        raise Refused(rules.WRONG_FACILITY.at(place), status=403)
    facility = envelope.facility or who.facility
    if not valid_facility(facility):
        raise Refused(rules.NO_FACILITY.at(place), status=422)
    return facility


def _clean(name: str) -> str:
    """A file name for people: its last part, without control characters, of bounded length."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(c for c in last if unicodedata.category(c)[0] != "C")[:_NAME_LENGTH].strip()
