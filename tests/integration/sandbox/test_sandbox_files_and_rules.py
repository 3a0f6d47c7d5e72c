"""The simulator's files against our own reader and rules: clean ones are clean, planted faults are found in place."""

import io
from datetime import datetime

import pytest

from yteso.base.clock import VIETNAM, day_in_vietnam
from yteso.exchange.adapters.bhyt.read import read_visits
from yteso.sandbox import Province
from yteso.sandbox.names import MARKERS
from yteso.validate.rules.bhyt import check

UNTIL = datetime(2026, 11, 18, 15, 0, tzinfo=VIETNAM)


def findings(file):
    for visit in read_visits(io.BytesIO(file.content), file.name):
        issues = check(visit.tables, file.facility, visit.layer, day_in_vietnam(UNTIL)) if visit.tables else ()
        yield visit, [*visit.issues, *issues]


@pytest.mark.parametrize("seed", [1, 2])
def test_clean_files_have_no_error_at_all(seed):
    kinds = set()
    for file in Province(seed=seed, until=UNTIL).files(300):
        kinds.add(file.kind)
        read = list(findings(file))
        assert [visit.ma_lk for visit, _ in read if visit.tables] == list(file.visits)
        assert [str(issue.origin) for _, issues in read for issue in issues if issue.blocks] == []
    assert kinds == {"claims", "checkin", "archive"}


def test_every_planted_fault_is_found_at_its_table_row_and_field():
    kinds = set()
    for file in Province(seed=6, until=UNTIL, fault_rate=0.4).files(300):
        found = {visit.ma_lk: issues for visit, issues in findings(file)}
        for fault in file.faults:
            kinds.add(fault.kind)
            places = {(issue.origin.table, issue.origin.row, issue.origin.field) for issue in found[fault.visit]}
            assert (fault.table, fault.row, fault.field) in places, (file.name, fault)
    assert kinds == {"number", "date", "required", "sum", "product", "order", "code", "format", "length"}


def test_only_the_spoiled_visits_have_errors():
    for file in Province(seed=8, until=UNTIL, fault_rate=0.2).files(200):
        spoiled = {fault.visit for fault in file.faults}
        for visit, issues in findings(file):
            if visit.ma_lk not in spoiled:
                assert not [issue for issue in issues if issue.blocks]


def test_no_issue_repeats_a_persons_name():
    for file in Province(seed=6, until=UNTIL, fault_rate=0.5).files(100):
        for _, issues in findings(file):
            texts = " ".join(issue.text + issue.text_en + issue.fix + issue.fix_en for issue in issues)
            assert not any(f" {marker.upper()} " in texts for marker in MARKERS)
