"""One piece of an import: lines -> resources -> the record, in one transaction with its counts and findings.

What is nobody's record (organizations, practitioners) stands in many pieces that are worked off side by side. It is
written before, in a short transaction of its own; else the first piece to end would make all others start again.

A line that cannot be read, is no sound resource or has no id is a finding with its line number; the other lines go on.
Resources keep their ids (update as create), and what is there with the same content stays untouched, so that a piece
may be done again. References that name nothing yet are noted (`loose`): files may come in any order. It opens no file.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any

from yteso.access.types import NO_RECORD, PATIENT_TYPES
from yteso.base.errors import Refused
from yteso.base.issue import Issue, Origin
from yteso.base.trace import where
from yteso.db import Connection, is_conflict, is_retryable
from yteso.fhir.json import dumps, read
from yteso.fhir.outcome import outcome_issue
from yteso.fhir.reference import references
from yteso.fhir.subset import is_part
from yteso.standards.fhir_r4 import TYPE_NAME, TYPE_NUMBER
from yteso.store.bulk import rules
from yteso.store.bulk.claims import Judge
from yteso.store.bulk.job import SQL, Job
from yteso.store.bulk.loose import unfound
from yteso.store.labelled import without_ours
from yteso.store.postgres import PostgresStore
from yteso.store.protocol import Made, Put, Resource, Written
from yteso.store.rows import index_of, key_of, row_of
from yteso.store.scan import Scan
from yteso.validate.structure import check_resource

ACTING = frozenset(["Subscription", "SearchParameter"])
"""Types that make the server do something; they are written one by one, where that is judged."""
MOST_PROBLEMS = 10_000
"""So many findings of one job are kept; all are counted."""
_SHARED = frozenset(number for name, number in TYPE_NUMBER.items() if name not in PATIENT_TYPES)
"""Numbers of the types that are nobody's record."""
_MOST_OF_A_LINE = 20
_ATTEMPTS = 10

Finding = tuple[int, int, Issue]
"""The number of the line, the place among the line's findings, the finding."""
Apart = Callable[[], AbstractContextManager[Connection]]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a job: its number, the file as its sender calls it, and where its lines begin."""

    n: int
    file: str
    line: int


def load(
    conn: Connection,
    store: PostgresStore,
    job: Job,
    piece: Piece,
    data: bytes,
    *,
    judge: Judge,
    scan: Scan,
    apart: Apart,
) -> None:
    """Write what is sound, note what is not. `judge` tells what a resource claims and does not keep, `scan` its files.

    `apart` opens another transaction. After a death in between, what was written there counts as unchanged.
    """
    base = str(job.wish.get("base", ""))
    sound: list[tuple[int, Made]] = []
    shared: list[tuple[int, Made]] = []
    findings: list[Finding] = []
    for number, line in enumerate(data.split(b"\n"), start=piece.line):
        if line and not line.isspace():
            put, issues = read_line(line, base, judge)
            if put is not None and (infected := scan.issues(put.resource)):
                put, issues = None, [*infected, *issues]
            if put is not None:
                one = _made(put)
                (shared if one.row.key[1] in _SHARED else sound).append((number, one))
            findings.extend((number, at, issue) for at, issue in enumerate(issues[:_MOST_OF_A_LINE]))
    counts: Counter[str] = Counter()
    if shared:
        with apart() as other:
            counts, refused = write(other, store, job, shared)
        findings += refused
    written, refused = write(conn, store, job, sound)
    counts += written
    findings += refused
    save_problems(conn, job, piece.file, findings)
    failed = len({line for line, _, issue in findings if issue.blocks})
    states = (counts["created"], counts["updated"], counts["unchanged"], failed)
    lost = {line for line, _, _ in findings}
    keys = (one.row.key for line, one in sound + shared if line not in lost)
    there = {f"{TYPE_NAME[type]}/{id}" for _, type, id in keys}
    conn.execute(SQL["finish_chunk"], (*states, unfound(conn, data, base, there), *job.key, piece.n))


def read_line(line: bytes, base: str = "", judge: Judge | None = None) -> tuple[Put | None, Sequence[Issue]]:
    """The resource of a line, to be put, or None with what is wrong. References to our own address become relative."""
    try:
        given, text = read(line)
        document = without_ours(given)
    except Refused as refusal:
        return None, refusal.issues
    issues = check_resource(document)
    if any(issue.blocks for issue in issues):
        return None, issues
    wrong = _unfit(document)
    if wrong is not None:
        return None, [wrong]
    if base and base.encode() in line.replace(b"\\/", b"/"):
        _make_local(document, base)
        text = b""
    claims = judge(document) if judge else ()
    put = Put(document, text=text if document is given else b"")
    return (None if any(issue.blocks for issue in claims) else put), (*issues, *claims)


def _made(put: Put) -> Made:
    """The row of a resource, whose document goes before the next one is read."""
    row = row_of(put.resource, put.text)
    index = index_of(row)
    row.document = None
    return Made(row, index)


def write(
    conn: Connection, store: PostgresStore, job: Job, lines: Sequence[tuple[int, Made]]
) -> tuple[Counter[str], list[Finding]]:
    """How many were created, updated and left as they were. Of one resource given twice the last one counts.

    What the record does not take as a whole is tried in halves, so that one line nobody foresaw keeps back no other.
    """
    if not lines:
        return Counter(), []
    try:
        done = _written(conn, store, job, [one for _, one in lines])
    except Exception as error:
        if is_conflict(error) or is_retryable(error):
            raise
        if len(lines) == 1:
            log.warning("a line of import %s was not stored: %s", job.id, where(error))
            return Counter(), [(lines[0][0], 0, rules.NOT_STORED.at())]
        middle = len(lines) // 2
        first, second = write(conn, store, job, lines[:middle]), write(conn, store, job, lines[middle:])
        return first[0] + second[0], first[1] + second[1]
    last = {(one.type, one.id): one.status for one in done}
    return Counter(last.values()), []


def _written(conn: Connection, store: PostgresStore, job: Job, made: Sequence[Made]) -> Sequence[Written]:
    """What another piece has just created under the same id is met by the next attempt, which need not read again."""
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            with conn.transaction():
                return store.write(conn, job.who, made, f"import {job.id}").written
        except Exception as error:
            if attempt == _ATTEMPTS or not is_conflict(error):
                raise
    raise AssertionError("unreachable")


def save_problems(conn: Connection, job: Job, file: str, findings: Iterable[Finding]) -> None:
    """Keep findings, as many as one job may have."""
    found = list(findings)
    if not found:
        return
    row = conn.execute(SQL["count_problems"], job.key).fetchone()
    room = max(0, MOST_PROBLEMS - (row[0] if row else 0))
    with conn.cursor() as cursor, cursor.copy(SQL["copy_problem"]) as copy:
        for line, n, issue in found[:room]:
            told = outcome_issue(issue, "invalid")
            copy.write_row((*job.key, file, line, n, dumps(told).decode()))


def _unfit(document: Any) -> Issue | None:
    """What a sound resource lacks to be imported."""
    type = document["resourceType"]
    if type in NO_RECORD:
        return rules.NO_RECORD_OF.at(Origin(field="resourceType"), type=type)
    if type in ACTING:
        return rules.NOT_IMPORTED.at(Origin(field="resourceType"), type=type)
    if is_part(document):
        return rules.ONLY_A_PART.at(Origin(field=f"{type}.meta.tag"))
    if "id" not in document:
        return rules.NO_ID.at(Origin(field=f"{type}.id"))
    try:
        key_of(type, document["id"])
    except Refused as refusal:
        return replace(refusal.issues[0], origin=Origin(field=f"{type}.id"))
    return None


def _make_local(document: Resource, base: str) -> None:
    for holder in references(document):
        if holder["reference"].startswith(f"{base}/"):
            holder["reference"] = holder["reference"][len(base) + 1 :]
