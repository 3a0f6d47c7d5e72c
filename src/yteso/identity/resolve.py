"""Claims -> decisions, in the caller's transaction: looks the keys up, lets the decider decide, keeps what was learnt.

All keys of the batch are locked in one order first, so two transactions never decide on one key at the same time and
never wait for each other in a circle. What is kept holds no number: keys are hashes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from yteso.base.ids import random_id, shard_of, stable_id
from yteso.base.text import fold
from yteso.db import Connection, Queries
from yteso.identity.claim import PersonClaim
from yteso.identity.decide import Candidate, Decider, Doubt, first_floor
from yteso.identity.keys import Key, keys_of

SQL = Queries.beside(__file__)


@dataclass(frozen=True, slots=True)
class Asked:
    """Who is this? `visit` is the visit's key as text (facility/MA_LK), `as_of` its start as FHIR text."""

    claim: PersonClaim
    visit: str
    as_of: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer. `newest`: no later visit has described this person yet, so its demographics may be shown.

    `doubt` is a reason of `decide.Doubt` or ""; a doubtful claim's demographics must not change the person.
    """

    patient_id: str
    basis: str
    new: bool
    doubt: str = ""
    newest: bool = True


@dataclass(slots=True)
class _Known:
    """What the batch knows, growing while it decides."""

    links: dict[bytes, str]
    people: dict[str, Candidate]
    new_links: dict[bytes, tuple[Key, str]]
    changed: set[str]
    reviews: list[tuple[Asked, str, Doubt]]


def resolve(conn: Connection, asked: Sequence[Asked], decider: Decider = first_floor) -> list[Decision]:
    """One decision per question, in order; a person new in one question is known to the next.

    Holds advisory locks on the keys until the transaction ends. Deadlocks surface as `db.is_retryable`.
    """
    keys = [keys_of(one.claim, one.visit) for one in asked]
    known = _look_up(conn, {key.hash: key for group in keys for key in group})
    decisions = [_decide(one, group, known, decider) for one, group in zip(asked, keys, strict=True)]
    _keep(conn, known)
    return decisions


def _look_up(conn: Connection, keys: dict[bytes, Key]) -> _Known:
    ordered = sorted(keys.values(), key=lambda key: key.lock)
    conn.execute(SQL["lock_keys"], [[key.lock for key in ordered]])
    shards, hashes = [key.shard for key in ordered], [key.hash for key in ordered]
    links: dict[bytes, str] = dict(conn.execute(SQL["fetch_links"], [shards, hashes]).fetchall())
    patients = sorted(set(links.values()))
    people = {}
    if patients:
        rows = conn.execute(SQL["fetch_people"], [[shard_of(one) for one in patients], patients]).fetchall()
        people = {row[0]: Candidate(*row) for row in rows}
    return _Known(links, people, {}, set(), [])


def _decide(asked: Asked, keys: Sequence[Key], known: _Known, decider: Decider) -> Decision:
    found = {key.kind: known.people[known.links[key.hash]] for key in keys if key.hash in known.links}
    verdict = decider(asked.claim, keys, found)
    patient = verdict.patient or random_id()
    doubt = verdict.doubts[0].reason if verdict.doubts else ""
    before = known.people.get(patient)
    newest = before is None or asked.as_of >= before.as_of
    for key in keys:
        if key.hash not in known.links:
            known.links[key.hash] = patient
            known.new_links[key.hash] = (key, patient)
    _learn(asked, keys, known, patient, show=newest and not (doubt and before))
    known.reviews += [(asked, patient, one) for one in verdict.doubts]
    return Decision(patient, verdict.basis, before is None, doubt, newest)


def _learn(asked: Asked, keys: Sequence[Key], known: _Known, patient: str, *, show: bool) -> None:
    """Keep the newest description; numbers are added where none was known."""
    before = known.people.get(patient) or Candidate(patient, "", "")
    claim = asked.claim
    after = replace(before, cccd=before.cccd or _hash(keys, "cccd"), bhxh=before.bhxh or _hash(keys, "bhxh"))
    if show:
        after = replace(
            after,
            name=fold(claim.name) or before.name,
            birth_date=claim.birth_date or before.birth_date,
            gender=claim.gender or before.gender,
            as_of=max(asked.as_of, before.as_of),
        )
    if after != before or patient not in known.people:
        known.people[patient] = after
        known.changed.add(patient)


def _hash(keys: Sequence[Key], kind: str) -> bytes | None:
    return next((key.hash for key in keys if key.kind == kind), None)


def _keep(conn: Connection, known: _Known) -> None:
    if known.new_links:
        links = list(known.new_links.values())
        columns = [[key.shard for key, _ in links], [key.hash for key, _ in links]]
        conn.execute(SQL["insert_links"], [*columns, [key.kind for key, _ in links], [one for _, one in links]])
    if known.changed:
        people = [known.people[one] for one in sorted(known.changed)]
        fields = ("patient", "name", "birth_date", "gender", "cccd", "bhxh", "as_of")
        values = [[getattr(person, field) for person in people] for field in fields]
        conn.execute(SQL["save_people"], [[shard_of(person.patient) for person in people], *values])
    if known.reviews:
        conn.execute(SQL["open_reviews"], _review_columns(known.reviews))


def _review_columns(reviews: Sequence[tuple[Asked, str, Doubt]]) -> list[list[object]]:
    rows = []
    for asked, patient, doubt in reviews:
        number = stable_id("review", asked.visit, patient, doubt.reason, doubt.kind, doubt.other)
        doubted = f"{doubt.reason}:{doubt.kind}"
        rows.append((shard_of(number), number, patient, doubt.other, doubted, asked.claim.facility, asked.visit))
    return [list(column) for column in zip(*rows, strict=True)]
