"""What happens to accounts, sessions, tokens and pages -> rows of the audit chain, beside those about the record.

A row's `what` is `act:subject`: `login:bacsi`, `token:lis-79001`, `page:record:person`. Nothing else in the chain has a
lower-case word before a colon. What strangers can cause without end (a wrong password, an unknown client) goes through
`add_tried`, which writes every one of the first and then fewer and fewer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from hashlib import blake2b

from yteso.access.principal import Principal
from yteso.base.errors import Refused
from yteso.db import Connection
from yteso.search.keys import number, patient_key
from yteso.store.audit import REFUSED, SQL, Note, Stranger, write_notes
from yteso.store.held import Right, told

FREE = 30
"""Tries of one place within an hour that all get their row; later the 32nd, 64th, 128th …"""
FREE_OF_ALL = 1000
"""The same for all places together."""
_BUCKETS = 4096
_LONGEST = 200
_ALL = -1


class Act(StrEnum):
    """What was done. The value stands in the chain: it is never used again for anything else."""

    LOGIN = "login"
    LOGOUT = "logout"
    PROOF = "proof"
    """Proved again, in a session, who one is."""
    PASSWORD = "password"  # noqa: S105 - a word, no secret
    FACTOR = "factor"
    IDENTITY = "identity"
    """An identity of an OpenID Connect provider was tied to an account, or untied."""
    RECOVERY = "recovery"
    """A one-time link."""
    SESSION = "session"
    """Sessions were ended by their owner or an administrator."""
    ACCOUNT = "account"
    CLIENT = "client"
    """An app or a machine was registered, got other keys, was locked or unlocked."""
    GRANT = "grant"
    """A person let an app act for them, refused to, or took it back."""
    TOKEN = "token"  # noqa: S105 - a word, no secret
    PAGE = "page"
    """A page that was not shown."""
    BUDGET = "budget"
    """How many people accounts of each role may see an hour was set otherwise, at a start."""
    ADOPTED = "adopted"
    """The rows that give rights, as they were when the chain began to tell of them (`held`)."""


_ACTIONS = {
    Act.PASSWORD: "U",
    Act.FACTOR: "U",
    Act.IDENTITY: "U",
    Act.RECOVERY: "U",
    Act.SESSION: "U",
    Act.ACCOUNT: "U",
    Act.CLIENT: "U",
    Act.GRANT: "U",
    Act.PAGE: "R",
    Act.BUDGET: "U",
    Act.ADOPTED: "U",
}


_WORDS = frozenset(act.value for act in Act)


@dataclass(frozen=True, slots=True)
class Did:
    """One act: on what (`subject`: an account, a client, a page's name), how (`detail`), and whether it was refused.

    `patient`: id of the Patient whose page it was, who then finds the row among those about the own record.
    `rights`: the rows it set that give somebody a right, as they are now. `spent`: what counts once and was used.
    """

    act: Act
    subject: str
    detail: str = ""
    refused: bool = False
    patient: str = ""
    rights: Iterable[Right] = ()
    spent: Right | None = None


def act_of(what: str) -> tuple[Act, str] | None:
    """`login:bacsi` -> (Act.LOGIN, "bacsi"); None for a row about the record."""
    word, colon, subject = what.partition(":")
    return (Act(word), subject) if colon and word in _WORDS else None


def add_act(conn: Connection, who: Principal | Stranger, did: Did) -> None:
    """The row of an act, in the transaction of the act."""
    write_notes(conn, [_note(who, did)])


def add_tried(conn: Connection, who: Principal | Stranger, did: Did, place: str) -> bool:
    """The row of something refused that anybody can try; False when so many came from `place` that this one has none.

    The row then due tells how many it stands for.
    """
    bucket = int.from_bytes(blake2b(place.encode("utf-8", "replace"), digest_size=2).digest()) % _BUCKETS
    counts: dict[int, int] = dict(conn.execute(SQL["count_attempt"], {"buckets": [_ALL, bucket]}).fetchall())
    if not (_is_due(counts[bucket], FREE) and _is_due(counts[_ALL], FREE_OF_ALL)):
        return False
    many = f"{did.detail} ({counts[bucket]} within the hour)" if counts[bucket] > FREE else did.detail
    add_act(conn, who, replace(did, detail=many, refused=True))
    return True


def add_unproved(conn: Connection, door: str, refused: Refused, place: str) -> None:
    """The row of a request whose token was missing or did not hold; not every one of a flood."""
    codes = " ".join(issue.code for issue in refused.issues)
    add_tried(conn, Stranger("unknown"), Did(Act.TOKEN, "unknown", f"from={place[:64]} {door} {codes}"), place)


def _is_due(count: int, free: int) -> bool:
    return count <= free or count & (count - 1) == 0


def _note(who: Principal | Stranger, did: Did) -> Note:
    actor = replace(who, purpose="") if isinstance(who, Principal) and not did.patient else who
    patients = [number(patient_key(did.patient))] if did.patient else []
    outcome = REFUSED if did.refused else ""
    action = _ACTIONS.get(did.act, "E")
    what, detail = f"{did.act}:{_plain(did.subject)}", _plain(did.detail)
    if did.spent:
        detail += f" spent={did.spent.state.hex()}"
    return Note(actor, action, what, detail, patients, told(did.rights), outcome)


def _plain(text: str) -> str:
    """One line of a bounded length: parts of it were typed by whoever came."""
    return "".join(letter if letter.isprintable() else " " for letter in text[:_LONGEST])
