"""Steps 5–9 of the walk that need no database: one visit as read -> judged, mapped, coded, checked. Pure.

An unexpected failure is caught here, per visit: it becomes a numbered issue with a look-up code (what failed and
where, never a value), and the other visits go on.
"""

from __future__ import annotations

import logging
import traceback
from dataclasses import dataclass, replace
from hashlib import blake2b

from yteso.base.clock import day_in_vietnam
from yteso.base.issue import Issue
from yteso.exchange import rules
from yteso.exchange.adapters.bhyt.map import Mapped, map_visit
from yteso.exchange.adapters.bhyt.read import Visit
from yteso.exchange.claim import Work
from yteso.exchange.profiles import VisitProfiles
from yteso.fhir import json
from yteso.terminology import UNKNOWN_CODE, code_bundle
from yteso.validate.rules.bhyt import check
from yteso.validate.structure import check_resource

log = logging.getLogger(__name__)
_UNKNOWN_CODE = UNKNOWN_CODE.encode()


@dataclass(frozen=True, slots=True)
class Prepared:
    """One step through a file: a visit, or (`position` 0) findings of the file itself. `item` counts the steps from 1.

    `mapped` is None for a visit that does not go on; `texts` are its resources as JSON and `digest` the hash of
    what the visit says. `signature` is set on the step that tells of the file's signature.
    """

    work: Work
    item: int
    position: int
    ma_lk: str
    facility: str
    issues: tuple[Issue, ...]
    mapped: Mapped | None = None
    texts: tuple[bytes, ...] = ()
    digest: bytes = b""
    failed: bool = False
    signature: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """What names the visit in the whole platform."""
        return self.facility, self.ma_lk

    @property
    def order(self) -> tuple[object, ...]:
        """Which of two versions of a visit is newer: a full record over a check-in, then as received."""
        rank = 0 if self.mapped and self.mapped.arrival else 1
        return (rank, self.work.received, self.work.seq, self.position)


def prepare(work: Work, item: int, visit: Visit, profiles: VisitProfiles | None = None) -> Prepared:
    """Never raises because of the visit."""
    if not visit.facility:
        visit = replace(visit, facility=work.facility)
    step = Prepared(work, item, visit.position, visit.ma_lk, visit.facility, visit.issues)
    if not visit.position:
        return step
    try:
        return _judged(step, visit, profiles)
    except Exception as error:
        return fail(step, error)


def fail(step: Prepared, error: BaseException) -> Prepared:
    """The visit as failed on our side; the log has the look-up code, the place in the code and no value."""
    fingerprint = fingerprint_of(error)
    place = f"intake {step.work.id} visit {step.position}"
    log.error("%s failed: %s %s at %s", place, fingerprint, type(error).__name__, _places(error))
    issue = rules.VISIT_FAILED.at(fingerprint=fingerprint)
    return replace(step, issues=(*step.issues, issue), mapped=None, failed=True)


def fingerprint_of(error: BaseException) -> str:
    """Eight letters that are the same for the same failure at the same place."""
    return blake2b(f"{type(error).__name__}{_places(error)}".encode(), digest_size=4).hexdigest()


def _places(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    return " < ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in reversed(frames))


def _judged(step: Prepared, visit: Visit, profiles: VisitProfiles | None) -> Prepared:
    today = day_in_vietnam(step.work.received)  # the day it was received, also in a replay
    issues = [*visit.issues, *_foreign(step, visit), *check(visit.tables, visit.facility, visit.layer, today)]
    if any(issue.blocks for issue in issues):
        return replace(step, issues=tuple(issues))
    mapped = map_visit(visit)
    resources = [mapped.patient, *mapped.resources]
    issues += mapped.issues
    texts = [json.dumps(resource) for resource in resources]
    if any(_UNKNOWN_CODE in text for text in texts):  # the mapping has coded everything; this says where they are
        issues += code_bundle(resources)
        texts = [json.dumps(resource) for resource in resources]
    for resource in (*resources, *mapped.directory):
        issues += check_resource(resource)
    if profiles is not None:
        issues += profiles.issues((*resources, *mapped.directory), visit.facility)
    if any(issue.blocks for issue in issues):
        return replace(step, issues=tuple(issues))
    digest = blake2b(b"[%s]" % b",".join(texts), digest_size=16).digest()
    return replace(step, issues=tuple(issues), mapped=mapped, texts=tuple(texts[1:]), digest=digest)


def _foreign(step: Prepared, visit: Visit) -> list[Issue]:
    """A facility sends its own visits only."""
    for name in ("XML1", "XML0"):
        for row in visit.tables.get(name, ()):
            if row["MA_CSKCB"] not in ("", step.work.facility) or visit.facility != step.work.facility:
                return [rules.OTHER_FACILITY.at(row.place("MA_CSKCB"))]
    return []
