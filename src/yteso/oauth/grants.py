"""What was given to whom, and the short secrets that stand for it: codes, refresh tokens, launches.

A secret is random, kept by its hash, good once. Whoever shows one a second time has stolen it or lost it: its grant
ends at once, with every token of it (RFC 6749 §4.1.2, RFC 9700 §4.14).
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from yteso.access.principal import Principal, Role
from yteso.db import Connection
from yteso.oauth.clients import SQL
from yteso.oauth.ended import end
from yteso.store.held import Right

CODE_LIVES = timedelta(seconds=60)
LAUNCH_LIVES = timedelta(minutes=5)
SESSION_LIVES = timedelta(hours=1)
OFFLINE_LIVES = timedelta(days=90)
"""How long a grant lasts: without and with `offline_access`."""


@dataclass(frozen=True, slots=True)
class Grant:
    """One person (or service) gave one client this much until `expires`."""

    id: str
    client: str
    account: str
    role: str
    facility: str
    purpose: str
    person: str
    assurance: int
    patient: str
    encounter: str
    scope: str
    nonce: str
    proved: datetime
    made: datetime
    expires: datetime
    ended: datetime | None = None

    def principal(self, scope: str) -> Principal:
        """Who acts by a token of this grant, with this much of its scope."""
        return Principal(
            self.account,
            Role(self.role),
            self.facility,
            self.purpose,
            person=self.person,
            client=self.client,
            scope=scope,
            assurance=self.assurance,
            patient=self.patient,
        )

    @property
    def right(self) -> Right:
        """What it gives, as the audit holds it."""
        who = (self.client, self.account, self.role, self.facility, self.purpose, self.person, self.assurance)
        until = self.expires.astimezone(UTC).isoformat()
        return Right("oauth.grant_", self.id, (*who, self.patient, self.encounter, self.scope, until))

    def over(self) -> Right:
        """What it gives once it ended."""
        return Right("oauth.grant_", self.id)

    def holds(self, now: datetime) -> bool:
        """True until it ends."""
        return self.ended is None and now < self.expires


@dataclass(frozen=True, slots=True)
class Code:
    """What an authorization code stands for."""

    grant: str
    redirect: str
    challenge: str
    expires: datetime
    used: datetime | None


def code_right(code: str, grant: str, redirect: str, challenge: str) -> Right:
    """What a code gives, as the audit holds it."""
    return Right("oauth.code", hash_of(code).hex(), (grant, redirect, challenge))


def refresh_right(token: str, grant: str, scope: str) -> Right:
    """What a refresh token gives, as the audit holds it."""
    return _refresh_right(hash_of(token), grant, scope)


def _refresh_right(hashed: bytes, grant: str, scope: str) -> Right:
    return Right("oauth.refresh", hashed.hex(), (grant, scope))


def new_id() -> str:
    """An id of a grant."""
    return secrets.token_urlsafe(16)


def hash_of(secret: str) -> bytes:
    """How secrets are kept."""
    return sha256(secret.encode("utf-8", "replace")).digest()


def add_grant(conn: Connection, grant: Grant) -> None:
    """Keep what was given."""
    fields = Grant.__dataclass_fields__
    conn.execute(SQL["add_grant"], {name: getattr(grant, name) for name in fields if name != "ended"})


def fetch_grant(conn: Connection, id: str) -> Grant | None:
    """One grant."""
    row = conn.execute(SQL["fetch_grant"], [id]).fetchone()
    return Grant(*row) if row else None


def fetch_grants_of(conn: Connection, account: str, now: datetime) -> list[Grant]:
    """What a person gave that still holds."""
    return [Grant(*row) for row in conn.execute(SQL["fetch_grants_of"], [account, now]).fetchall()]


def fetch_held(conn: Connection, now: datetime) -> Iterator[Grant]:
    """Every grant that holds."""
    for row in conn.execute(SQL["fetch_held"], [now]):
        yield Grant(*row)


def fetch_refresh_rights(conn: Connection, now: datetime) -> Iterator[Right]:
    """Every refresh token that can be exchanged."""
    for row in conn.execute(SQL["fetch_refresh_held"], [now]):
        yield _refresh_right(*row)


def end_grant(conn: Connection, id: str, now: datetime) -> None:
    """The grant is over, with its refresh tokens and its access tokens."""
    conn.execute(SQL["end_grant"], [now, id])
    end(conn, "grant", id, now)


def issue_code(conn: Connection, grant: str, redirect: str, challenge: str, now: datetime) -> str:
    """A code for this grant, to be sent to `redirect`."""
    code = secrets.token_urlsafe(32)
    conn.execute(SQL["add_code"], [hash_of(code), grant, redirect, challenge, now + CODE_LIVES])
    return code


def lock_code(conn: Connection, code: str) -> Code | None:
    """What the code stands for; others who show it wait until this transaction ends."""
    row = conn.execute(SQL["lock_code"], [hash_of(code)]).fetchone()
    return Code(*row) if row else None


def use_code(conn: Connection, code: str, now: datetime) -> None:
    """It is exchanged."""
    conn.execute(SQL["use_code"], [now, hash_of(code)])


def issue_refresh(conn: Connection, grant: str, scope: str) -> str:
    """A refresh token of this grant for this scope."""
    token = secrets.token_urlsafe(48)
    conn.execute(SQL["add_refresh"], [hash_of(token), grant, scope])
    return token


def lock_refresh(conn: Connection, token: str) -> tuple[str, str, datetime | None] | None:
    """(grant, scope, when it was used); others who show it wait until this transaction ends."""
    row = conn.execute(SQL["lock_refresh"], [hash_of(token)]).fetchone()
    return (row[0], row[1], row[2]) if row else None


def use_refresh(conn: Connection, token: str, now: datetime) -> None:
    """It is exchanged."""
    conn.execute(SQL["use_refresh"], [now, hash_of(token)])


def issue_launch(conn: Connection, client: str, who: Principal, patient: str, encounter: str, now: datetime) -> str:
    """A launch of this client by `who` about this patient."""
    launch = secrets.token_urlsafe(32)
    conn.execute(SQL["add_launch"], [hash_of(launch), client, who.name, patient, encounter, now + LAUNCH_LIVES])
    return launch


def fetch_launch(conn: Connection, launch: str, client: str, account: str, now: datetime) -> tuple[str, str] | None:
    """(patient, encounter) of a launch by this person for this client."""
    row = conn.execute(SQL["fetch_launch"], [hash_of(launch), client, account, now]).fetchone()
    return (row[0], row[1]) if row else None


def use_launch(conn: Connection, launch: str) -> bool:
    """It is used; False when somebody did before."""
    return conn.execute(SQL["drop_launch"], [hash_of(launch)]).fetchone() is not None


def sweep(conn: Connection, now: datetime) -> None:
    """Forget what nothing can ask for any more; families and ended marks as long as a token of theirs could live."""
    day = timedelta(days=1)
    conn.execute(SQL["sweep_grants"], [now - 31 * day])
    for name in ("sweep_launches", "sweep_assertions", "sweep_ended"):
        conn.execute(SQL[name], [now])
