from datetime import UTC, datetime, timedelta

import pytest

from yteso.access.principal import Principal, Role
from yteso.base.errors import Refused
from yteso.exchange.export import expected_facilities, intake_changes_since
from yteso.exchange.intake import (
    Filter,
    count_by_code,
    count_by_facility,
    fetch_detail,
    fetch_findings,
    fetch_raw,
    list_files,
    replay,
    silent_facilities,
)
from yteso.store.audit import accesses

OPERATOR = Principal("vận hành", Role.OPERATOR)


@pytest.fixture
def conn(installation):
    with installation.doors.database.connection() as conn:
        yield conn


@pytest.fixture
def filled(installation):
    """Three good files, one with a faulty visit, one that waits."""
    for number in range(3):
        installation.kept(installation.files.claims(installation.files.tables(number)))
    bad = installation.files.tables(3)
    bad["XML1"][0]["GIOI_TINH"] = "9"
    installation.kept(installation.files.claims(bad))
    installation.walker.drain()
    installation.kept(installation.files.claims(installation.files.tables(4)))
    return installation


def staff(facility):
    return Principal("nhân viên", Role.STAFF, facility)


def test_files_come_newest_first_and_page_by_page(filled, conn):
    first = list_files(conn, OPERATOR, limit=3)
    second = list_files(conn, OPERATOR, limit=3, cursor=first.next)
    assert [file.seq for file in (*first.files, *second.files)] == [5, 4, 3, 2, 1]
    assert not second.next


@pytest.mark.parametrize(
    ("wanted", "seqs"),
    [
        (Filter(states=("done",)), [3, 2, 1]),
        (Filter(states=("quarantined", "received")), [5, 4]),
        (Filter(severity="error"), [4]),
        (Filter(code="BHYT-1010"), [4]),
        (Filter(code="BHYT-9999"), []),
        (Filter(facility="00001"), []),
        (Filter(since=datetime(2100, 1, 1, tzinfo=UTC)), []),
        (Filter(until=datetime(2100, 1, 1, tzinfo=UTC)), [5, 4, 3, 2, 1]),
    ],
)
def test_files_are_filtered(filled, conn, wanted, seqs):
    assert [file.seq for file in list_files(conn, OPERATOR, wanted).files] == seqs


def test_staff_see_their_own_facility_only(filled, conn):
    own = list_files(conn, staff(filled.files.facility)).files
    assert len(own) == 5
    assert list_files(conn, staff("99999")).files == ()
    assert list_files(conn, staff("99999"), Filter(facility=filled.files.facility)).files == ()
    with pytest.raises(Refused):
        fetch_detail(conn, staff("99999"), own[0].id)
    with pytest.raises(Refused):
        list_files(conn, Principal("bác sĩ", Role.DOCTOR, filled.files.facility))


def test_a_finding_names_table_row_field_rule_and_what_to_do(filled, conn):
    (file,) = list_files(conn, OPERATOR, Filter(severity="error")).files
    (finding,) = fetch_findings(conn, OPERATOR, file.id, severity="error")
    assert (finding.table, finding.row, finding.field, finding.code) == ("XML1", 1, "GIOI_TINH", "BHYT-1010")
    assert all((finding.text, finding.text_en, finding.fix, finding.fix_en, finding.ma_lk))


def test_operators_do_not_open_the_raw(filled, conn):
    file = list_files(conn, OPERATOR).files[0]
    with pytest.raises(Refused):
        fetch_raw(conn, OPERATOR, file.id)
    assert b"".join(fetch_raw(conn, staff(file.facility), file.id)[1]).startswith(b"<?xml")


def test_opening_the_raw_is_in_the_audit_of_its_patients(filled, conn):
    file = list_files(conn, OPERATOR, Filter(states=("done",))).files[0]
    (visit,) = fetch_detail(conn, OPERATOR, file.id).visits
    fetch_raw(conn, staff(file.facility), file.id)
    found = [one for one in accesses(conn, visit.patient) if one.what == f"intake/{file.id}"]
    assert [(one.who, one.action) for one in found] == [("nhân viên", "R")]


def test_facilities_are_counted_and_the_silent_ones_found(filled, conn):
    counts = {one.facility: one for one in count_by_facility(conn, OPERATOR)}
    own = counts[filled.files.facility]
    assert (own.files, own.good, own.with_errors, own.waiting) == (5, 3, 1, 1)
    assert counts["99999"].last is None
    now = datetime.now(UTC)
    assert [one.facility for one in silent_facilities(conn, OPERATOR, now)] == ["99999"]
    assert len(silent_facilities(conn, OPERATOR, now + timedelta(hours=25))) == 2
    assert ("BHYT-1010", "error", 1) in count_by_code(conn, OPERATOR, now - timedelta(hours=1))


def test_a_finished_file_is_replayed_by_administrators_only(filled, conn):
    files = {file.seq: file for file in list_files(conn, OPERATOR).files}
    administrator = Principal("quản trị", Role.ADMINISTRATOR)
    with pytest.raises(Refused):
        replay(conn, OPERATOR, files[1].id)
    assert not replay(conn, administrator, files[5].id)
    assert replay(conn, administrator, files[1].id)
    conn.commit()
    filled.walker.drain()
    detail = fetch_detail(conn, OPERATOR, files[1].id)
    assert [visit.state for visit in detail.visits] == ["unchanged"]


def test_changes_are_exported_once_and_never_in_halves(filled, conn):
    first = intake_changes_since(conn, 0, limit=2)
    rest = intake_changes_since(conn, first.mark)
    assert {file.seq for file in (*first.files, *rest.files)} == {1, 2, 3, 4, 5}
    assert not {file.id for file in first.files} & {file.id for file in rest.files}
    assert intake_changes_since(conn, rest.mark).files == ()
    filled.walker.drain()
    with filled.doors.database.connection() as other:
        assert [file.seq for file in intake_changes_since(other, rest.mark).files] == [5]
    assert expected_facilities(conn) == tuple(sorted(["99999", filled.files.facility]))
