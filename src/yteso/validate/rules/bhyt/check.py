"""All BHYT rules on one visit. In: rows under the names of today. Out: issues in a steady order. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cache

from yteso.base.issue import Issue, Origin
from yteso.standards.bhyt import LEGACY_4210
from yteso.validate.rules.bhyt.amounts import check_amounts
from yteso.validate.rules.bhyt.codes import check_codes
from yteso.validate.rules.bhyt.diagnoses import check_diagnoses
from yteso.validate.rules.bhyt.facts import LEGACY, Facts, Tables
from yteso.validate.rules.bhyt.fields import check_fields
from yteso.validate.rules.bhyt.people import check_people
from yteso.validate.rules.bhyt.repeats import check_repeats
from yteso.validate.rules.bhyt.tables_sent import check_tables_sent
from yteso.validate.rules.bhyt.times import check_times
from yteso.validate.rules.bhyt.totals import check_totals

_FAMILIES = (
    check_fields,
    check_codes,
    check_people,
    check_diagnoses,
    check_times,
    check_tables_sent,
    check_amounts,
    check_totals,
)


def check(tables: Tables, facility: str, layer: str, on: date) -> tuple[Issue, ...]:
    """Every issue of the visit; `facility` is the sender's code, `layer` the decision it follows, `on` today.

    An issue that blocks means the record would be wrong or illegal: such a visit is quarantined.
    """
    facts = Facts(tables, facility, layer, on)
    issues = [issue for family in _FAMILIES for issue in family(facts)]
    doubtful = frozenset(issue.origin.field for issue in issues if issue.origin.table == "XML1" and issue.blocks)
    issues.extend(check_repeats(facts, doubtful))
    return tuple(_in_the_senders_words(issue) for issue in issues) if layer == LEGACY else tuple(issues)


def _in_the_senders_words(issue: Issue) -> Issue:
    """The same issue at the field as a QĐ 4210 file names it."""
    origin = issue.origin
    name = _names_4210(origin.table).get(origin.field)
    return replace(issue, origin=Origin(origin.file, origin.table, origin.row, name)) if name else issue


@cache
def _names_4210(table: str) -> Mapping[str, str]:
    return {field.maps_to: field.name for field in LEGACY_4210.get(table, ()) if field.maps_to}
