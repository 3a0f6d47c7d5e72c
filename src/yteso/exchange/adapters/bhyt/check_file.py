"""One file -> everything that is wrong with it, as plain JSON. Keeps nothing; reads only the stream."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, BinaryIO

from yteso.base.issue import Issue
from yteso.exchange.adapters.bhyt.read import Visit, read_visits
from yteso.validate.rules.bhyt import check


def check_file(stream: BinaryIO, name: str, on: date) -> dict[str, Any]:
    """What `yteso bhyt check` prints: file, facility, layer, number of visits, issues in the order of the file.

    `on` is the day of judgement (dates after it are in the future). `visit` in an issue counts the visits of the file
    from 1, 0 is the file itself; `row` counts the rows of the table from 1, 0 when the issue has none.
    """
    facility = layer = ""
    visits = 0
    issues: list[dict[str, Any]] = []
    for visit in read_visits(stream, name):
        visits += visit.position > 0
        facility = facility or visit.facility
        layer = layer or visit.layer
        issues.extend(_shown(issue, visit.position) for issue in issues_of(visit, on))
    return {"file": name, "layer": layer, "facility": facility, "visits": visits, "issues": issues}


def issues_of(visit: Visit, on: date) -> Iterable[Issue]:
    """Reading issues first, then those of the rules; rows that could not be read are not judged."""
    return (*visit.issues, *_rule_issues(visit, on))


def _rule_issues(visit: Visit, on: date) -> Iterator[Issue]:
    if visit.tables:
        yield from check(visit.tables, visit.facility, visit.layer, on)


def _shown(issue: Issue, position: int) -> dict[str, Any]:
    return {
        "code": issue.code,
        "severity": issue.severity.value,
        "visit": position,
        "table": issue.origin.table,
        "row": issue.origin.row,
        "field": issue.origin.field,
        "text": issue.text,
        "text_en": issue.text_en,
        "fix": issue.fix,
        "fix_en": issue.fix_en,
    }
