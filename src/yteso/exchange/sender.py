"""Machine accounts of facilities: kept as argon2id over the upper-case MD5 hex that the insurer's API sends.

In: name and MD5 of the password. Out: the account, or a numbered refusal; failed tries are counted per account and
address in the database, so that all processes share the count and a restart does not clear it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from yteso.access.principal import Principal, Role
from yteso.base.clock import Clock, system_clock
from yteso.base.errors import Refused
from yteso.base.ids import shard_of_key
from yteso.base.issue import Rule
from yteso.db import Connection, Database, Queries
from yteso.exchange import rules
from yteso.store.audit import Stranger
from yteso.store.held import Right
from yteso.store.trail import Act, Did, add_act, add_tried

SQL = Queries.beside(__file__)
TRIES = 5
WINDOW = timedelta(minutes=15)

_hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
"""OWASP's minimum for argon2id: a log-in costs about 20 ms, once per token. Kept by others, a log-in keeps it anew."""
_NOBODY = _hasher.hash("nobody")
_COMMAND = Principal("yteso command", Role.SYSTEM, purpose="HSYSADMIN")
"""Machines' accounts are made and locked on the command line."""


@dataclass(frozen=True, slots=True)
class Sender:
    """One account. `policy` is `optional` or `required` (signature); `certificate` is PEM or empty."""

    name: str
    facility: str
    active: bool = True
    policy: str = "optional"
    certificate: str = ""


def md5_of(password: str) -> str:
    """The form in which the insurer's API carries a password: upper-case hex of MD5 (vn-standards §2.1)."""
    return hashlib.md5(password.encode(), usedforsecurity=False).hexdigest().upper()


def save_sender(conn: Connection, sender: Sender, password: str) -> None:
    """Create or change an account, with its row of the audit; `password` is the plain one."""
    conn.execute(
        SQL["save_sender"],
        [
            shard_of_key(sender.name),
            sender.name,
            _hasher.hash(md5_of(password)),
            sender.facility,
            sender.active,
            sender.policy,
            sender.certificate,
        ],
    )
    _note(conn, Act.ACCOUNT, sender.name, f"machine facility={sender.facility}")


def set_active(conn: Connection, name: str, *, active: bool) -> bool:
    """Lock or unlock an account, with its row of the audit; False when there is none of that name."""
    if conn.execute(SQL["set_sender_active"], [active, shard_of_key(name), name]).fetchone() is None:
        return False
    _note(conn, Act.ACCOUNT, name, f"machine {'enabled' if active else 'disabled'}", "active")
    return True


def opens(conn: Connection, name: str, password: str) -> bool:
    """Whether that password opens the account now. Counts no try."""
    row = conn.execute(SQL["fetch_sender"], [shard_of_key(name), name]).fetchone()
    return row is not None and bool(row[2]) and _matches(row[5], md5_of(password))


def fetch_sender(conn: Connection, name: str) -> Sender | None:
    """The account of that name."""
    row = conn.execute(SQL["fetch_sender"], [shard_of_key(name), name]).fetchone()
    return Sender(*row[:5]) if row else None


def fetch_senders(conn: Connection) -> list[Sender]:
    """All accounts; `certificate` is "registered" or empty here."""
    rows = conn.execute(SQL["fetch_senders"]).fetchall()
    return [Sender(name, at, on, policy, "registered" if has else "") for name, at, on, policy, has, _ in rows]


def fetch_rights(conn: Connection, name: str | None = None) -> Iterator[Right]:
    """What the accounts are, one or all, as the audit holds it: for whom, by which password, and whether locked."""
    for who, facility, active, policy, certificate, password in conn.execute(SQL["fetch_rights"], {"name": name}):
        yield Right("exchange.sender", who, (facility, policy, certificate))
        yield Right("exchange.sender.password", who, (password,))
        yield Right("exchange.sender.active", who, (active,))


def _note(conn: Connection, act: Act, name: str, detail: str, part: str = "") -> None:
    """The row of the audit of a change of an account, or of this part of it."""
    table = f"exchange.sender.{part}"
    rights = [right for right in fetch_rights(conn, name) if not part or right.table == table]
    add_act(conn, _COMMAND, Did(act, name, detail, rights=rights))


def authenticate(database: Database, name: str, md5: str, address: str, clock: Clock = system_clock) -> Sender:
    """The account that `name` and `md5` open. Raises Refused: 401 EXC-0013, 403 EXC-0016, 429 EXC-0014."""
    key = hashlib.blake2b(f"{name}\x1f{address}".encode("utf-8", "replace"), digest_size=16).digest()
    now = clock()
    with database.connection() as conn:
        few = _has_few_failures(conn, key, now)
        row = None if "\x00" in name else conn.execute(SQL["fetch_sender"], [shard_of_key(name), name]).fetchone()
        if not few:
            _note_refused(conn, row[0] if row else "unknown", rules.THROTTLED, address)
    if not few:
        raise Refused(rules.THROTTLED.at(minutes=int(WINDOW.total_seconds() // 60)), status=429)
    if not _matches(row[5] if row else _NOBODY, md5) or row is None:
        with database.connection() as conn:
            _note_failure(conn, key, now)
            _note_refused(conn, row[0] if row else "unknown", rules.LOGIN, address)
        raise Refused(rules.LOGIN.at(), status=401)
    with database.connection() as conn:
        conn.execute(SQL["forget_failures"], [key[0], key])
        if _hasher.check_needs_rehash(row[5]):
            conn.execute(SQL["rehash_sender"], [_hasher.hash(md5.strip().upper()), shard_of_key(name), name, row[5]])
            _note(conn, Act.PASSWORD, name, "kept anew", "password")
    sender = Sender(*row[:5])
    if not sender.active:
        with database.connection() as conn:
            _note_refused(conn, sender.name, rules.INACTIVE, address)
        raise Refused(rules.INACTIVE.at(), status=403)
    return sender


def _note_refused(conn: Connection, name: str, rule: Rule, address: str) -> None:
    """The audit row of a log-in that failed; a name nobody has is not kept."""
    add_tried(conn, Stranger(name), Did(Act.LOGIN, name, f"from={address[:64]} token {rule.code}"), address)


def _matches(hashed: str, md5: str) -> bool:
    """An unknown name costs the same time as a wrong password."""
    try:
        return _hasher.verify(hashed, md5.strip().upper())
    except (VerificationError, UnicodeEncodeError):
        return False


def _has_few_failures(conn: Connection, key: bytes, now: datetime) -> bool:
    row = conn.execute(SQL["fetch_failures"], [key[0], key, now - WINDOW]).fetchone()
    return not row or row[0] < TRIES


def _note_failure(conn: Connection, key: bytes, now: datetime) -> None:
    conn.execute(SQL["forget_old_failures"], [now - WINDOW])
    conn.execute(SQL["note_failure"], {"shard": key[0], "key": key, "now": now, "after": now - WINDOW})
