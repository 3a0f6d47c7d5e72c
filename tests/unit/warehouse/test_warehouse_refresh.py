import dataclasses
import shutil
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import duckdb
import pyarrow.parquet as pq
import pytest
from made_up_changes import NOW, change, gone, organization, received, visit, visits

from yteso.base.clock import day_in_vietnam
from yteso.base.errors import CannotStart
from yteso.warehouse import InUse, Marts, Warehouse
from yteso.warehouse import flat as flat_module
from yteso.warehouse import refresh as refresh_module
from yteso.warehouse.marts import marts
from yteso.warehouse.read import NoSuchMart


@pytest.fixture
def warehouse(tmp_path):
    with Warehouse(tmp_path) as warehouse:
        yield warehouse


@pytest.fixture
def read(tmp_path):
    return Marts(tmp_path)


def turn(warehouse, record=(), intake=(), now=NOW, **more):
    return warehouse.refresh(record, intake, now, **more)


def everything(read):
    return {name: [without_stamp(row) for row in read.table(name)] for name in marts()}


def without_stamp(row):
    return {name: value for name, value in row.items() if name not in ("as_of", "t")}


def a_history():
    """Two facilities, fourteen visits, one changed, one deleted, three files."""
    first = visits(2, *(visit(n, icd="A97.0" if n < 7 else "I10", days_ago=n % 3) for n in range(12)))
    later = [
        *visits(20, visit(100, facility="79902", care="03", insured=False, fund=0), visit(101, facility="79902")),
        *[change(22, one, version=2) for one in visit(0, icd="A97.1", fund=60)],
        gone(23, "Encounter", "e1"),
        gone(23, "Condition", "c1"),
        gone(23, "Claim", "cl1"),
    ]
    head = [change(1, organization("79901")), change(1, organization("79902"))]
    files = [received(1, 1), received(2, 2, "79902", state="quarantined", errors=3), received(3, 3, "79902")]
    return [*head, *first, *later], files


def in_steps(record, files):
    """The history in five parts, cut between transactions."""
    for low, high in ((0, 1), (1, 3), (3, 14), (14, 22), (22, 23)):
        yield [one for one in record if low < one.t <= high], [one for one in files if low < one.t <= high]


def test_nothing_published_is_told_as_empty(read):
    assert read.state().empty
    assert read.state().is_stale(NOW)
    assert read.table("visits_daily") == []
    assert read.totals("visits_daily", ["visits"]) == []


def test_visits_are_counted_by_day_facility_and_care(warehouse, read):
    record, files = a_history()
    turn(warehouse, record, files)
    today = read.totals(
        "visits_daily", ["visits"], ["facility", "care"], since=day_in_vietnam(NOW), order=["facility", "care"]
    )
    assert [(row["facility"], row["care"], row["visits"]) for row in today] == [
        ("79901", "01", 4), ("79902", "01", 1), ("79902", "03", 1),
    ]  # fmt: skip
    assert read.totals("visits_daily", ["visits"])[0]["visits"] == 13


def test_money_is_summed_to_the_last_dong(warehouse, read):
    bills = [visit(n, days_ago=n % 2, fund=80 if n else 60) for n in range(10)]
    turn(warehouse, visits(1, *bills, *(visit(100 + n, insured=False, fund=0) for n in range(5))))
    (insured,) = read.totals("money_daily", ["fund", "copay", "hospital_amount"], insured=True)
    assert (insured["fund"], insured["copay"], insured["hospital_amount"]) == (
        Decimal("780.00"), Decimal("220.00"), Decimal("1000.00"),
    )  # fmt: skip


def test_every_row_knows_when_and_as_of_which_transaction_it_is_true(warehouse, read):
    record, files = a_history()
    done = turn(warehouse, record, files, expected=["79901", "79902"])
    assert (done.record_t, done.intake_t) == (23, 3)
    for name, mart in marts().items():
        rows = read.table(name)
        assert rows, name
        assert {row["as_of"] for row in rows} == {NOW}
        assert {row["t"] for row in rows} == {23 if mart.clock == "record" else 3}


def test_a_later_version_replaces_the_earlier_one(warehouse, read):
    turn(warehouse, visits(1, *(visit(n, icd="I10") for n in range(5))))
    later = [one for n in range(5) for one in visit(n, icd="E11.9", fund=50)]
    turn(warehouse, [change(20, one, version=2) for one in later])
    assert read.totals("money_daily", ["visits", "fund"])[0]["fund"] == Decimal("250.00")
    assert {row["code"] for row in read.table("diagnoses")} == {"E11.9"}


def test_a_deleted_encounter_disappears(warehouse, read):
    turn(warehouse, visits(1, visit(1), visit(2)))
    turn(warehouse, [gone(5, "Encounter", "e1")])
    assert read.totals("visits_daily", ["visits"])[0]["visits"] == 1


def test_incremental_turns_equal_a_rebuild_from_the_lake(tmp_path, warehouse, read):
    record, files = a_history()
    for part in in_steps(record, files):
        turn(warehouse, *part)
    by_steps = everything(read)
    warehouse.close()
    for path in (tmp_path / "lake").glob("flat.duckdb*"):
        path.unlink()
    shutil.rmtree(tmp_path / "lake" / "marts")
    with Warehouse(tmp_path) as again:
        turn(again)
    assert everything(read) == by_steps


def test_one_turn_equals_many(tmp_path, read, warehouse):
    record, files = a_history()
    turn(warehouse, record, files)
    at_once = everything(read)
    other = tmp_path / "other"
    with Warehouse(other) as second:
        for part in in_steps(record, files):
            turn(second, *part)
    assert everything(Marts(other)) == at_once


@pytest.mark.parametrize("where", ["between lake and flat", "between flat and marts", "inside the flat step"])
def test_a_kill_between_the_steps_loses_nothing_and_doubles_nothing(tmp_path, monkeypatch, where):
    record, files = a_history()
    with Warehouse(tmp_path / "whole") as whole:
        turn(whole, record, files)

    def killed(*_, **__):
        raise KeyboardInterrupt

    home = tmp_path / "killed"
    warehouse = Warehouse(home)
    turn(warehouse, [one for one in record if one.t <= 6])
    if where == "between lake and flat":
        monkeypatch.setattr(flat_module.Flat, "take", killed)
    elif where == "between flat and marts":
        monkeypatch.setattr(refresh_module, "publish", killed)
    else:
        monkeypatch.setattr(flat_module, "_HOW", {"as-is": "{}", "key": "no_such_function({})", "year": "{}"})
    with pytest.raises((KeyboardInterrupt, duckdb.Error)):
        turn(warehouse, record, files)
    warehouse.close()
    monkeypatch.undo()
    with Warehouse(home) as again:
        turn(again, record, files)
    assert everything(Marts(home)) == everything(Marts(tmp_path / "whole"))


def test_a_damaged_flat_file_is_made_anew_from_the_lake(tmp_path, read):
    record, files = a_history()
    with Warehouse(tmp_path) as warehouse:
        turn(warehouse, record, files)
    before = everything(read)
    (tmp_path / "lake" / "flat.duckdb").write_bytes(b"this is no database" * 1000)
    with Warehouse(tmp_path) as warehouse:
        turn(warehouse)
    assert everything(read) == before


def test_a_second_writer_is_turned_away_and_harms_nothing(tmp_path, warehouse, read):
    turn(warehouse, visits(1, visit(1)))
    with pytest.raises(InUse):
        Warehouse(tmp_path)
    turn(warehouse, visits(2, visit(2)))
    assert read.totals("visits_daily", ["visits"])[0]["visits"] == 2


def test_changed_views_make_the_flat_tables_anew(tmp_path, read, monkeypatch):
    record, files = a_history()
    with Warehouse(tmp_path) as warehouse:
        turn(warehouse, record, files)
    before = everything(read)
    monkeypatch.setattr(flat_module, "_fingerprint", lambda: "another")
    with Warehouse(tmp_path) as warehouse:
        assert warehouse.flat.mark("record") == 0
        turn(warehouse)
    assert everything(read) == before


def test_no_name_and_no_key_of_a_person_or_a_visit_leaves_the_warehouse(tmp_path, warehouse):
    record, files = a_history()
    turn(warehouse, record, files)
    published = tmp_path / "lake" / "marts" / "current"
    cells = {
        str(value)
        for path in published.glob("*.parquet")
        for row in pq.read_table(path).to_pylist()
        for value in row.values()
    }
    text = "\n".join(cells) + (published / "about.json").read_text()
    for leak in ("Thử", "THỬ", "079090123456", "LK1", "e10", "p10", "1990"):
        assert leak not in text


def test_the_flat_tables_hold_no_plain_key_either(warehouse):
    record, files = a_history()
    turn(warehouse, record, files)
    tables = [row[0] for row in warehouse.flat.connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
    for table in set(tables) - {"intake", "batch"}:
        cells = {str(cell) for row in warehouse.flat.connection.execute(f"FROM {table}").fetchall() for cell in row}
        assert not cells & {"e10", "p10", "79901/LK10", "079090123456", "1990-05-15"}, table


def test_only_the_main_diagnosis_of_a_visit_is_counted(warehouse, read):
    groups = [visit(number) for number in range(6)]
    others = [{**group[2], "id": f"other{at}"} for at, group in enumerate(groups)]
    for one in others:
        one["code"] = {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10", "code": "E78.2"}]}
    turn(warehouse, visits(1, *groups, others))
    assert {row["code"] for row in read.table("diagnoses")} == {"I10"}


def test_facilities_that_fell_silent_and_never_spoke_are_told(warehouse, read):
    head = [change(1, organization(code)) for code in ("79901", "79902")]
    record = [*head, *visits(2, visit(1), visit(2, facility="79902", days_ago=3))]
    files = [received(1, 1), received(2, 2, "79902"), received(3, 3, "79904", hours_ago=75)]
    turn(warehouse, record, files, expected=["79901", "79902", "79903", "79904"])
    rows = {row["facility"]: row for row in read.table("facilities")}
    silent = {code: (row["silent"], row["silent_hours"]) for code, row in rows.items()}
    assert silent["79901"][0] is False
    assert silent["79902"][0] is False, "old visits in a file of today are no silence"
    assert rows["79902"]["last_visit"] < rows["79902"]["last_received"]
    assert silent["79904"][0] is True
    assert 70 < silent["79904"][1] < 80
    assert silent["79903"] == (True, None)


def test_coverage_counts_who_gave_anything_for_the_window_among_all_that_are_known(warehouse, read):
    record = [change(1, organization("79901")), change(1, organization("79902")), change(1, organization("79903"))]
    record += visits(2, visit(1), visit(2, facility="79902", days_ago=3), visit(3, facility="79903", days_ago=20))
    files = [received(1, 1), received(2, 2, "79904", hours_ago=24 * 5), received(3, 3, "79903", hours_ago=24 * 40)]
    turn(warehouse, record, files, expected=["79901", "79902", "79903", "79905"])
    shown = {row["span"]: (row["with_data"], row["with_files"], row["known"]) for row in read.table("coverage")}
    assert shown == {"today": (1, 1, 5), "7d": (3, 2, 5), "14d": (3, 2, 5), "30d": (4, 2, 5), "all": (4, 3, 5)}


def test_a_day_on_which_nobody_sent_covers_nobody(warehouse, read):
    turn(warehouse, visits(1, visit(1)), [received(1, 1)], expected=["79901"])
    turn(warehouse, now=NOW + timedelta(days=1))
    shown = {row["span"]: (row["with_data"], row["known"]) for row in read.table("coverage")}
    assert (shown["today"], shown["7d"]) == ((0, 1), (1, 1))


def test_a_lake_of_another_database_is_refused_and_stays_as_it_is(tmp_path):
    with Warehouse(tmp_path) as warehouse:
        warehouse.require_source("one/1")
        turn(warehouse, visits(1, visit(1)))
    with Warehouse(tmp_path) as again:
        again.require_source("one/1")
        with pytest.raises(CannotStart, match="WH-0001") as refusal:
            again.require_source("one/2")
        assert again.record_mark == 1
        again.require_source("one/1")
    assert refusal.value.issue.text != refusal.value.issue.text_en


def test_a_lake_from_before_sources_were_noted_belongs_to_the_first_that_says_so(tmp_path):
    with Warehouse(tmp_path) as warehouse:
        turn(warehouse, visits(1, visit(1)))
        warehouse.require_source("one/1")
    with Warehouse(tmp_path) as again, pytest.raises(CannotStart):
        again.require_source("two/1")


def test_files_are_counted_by_what_became_of_them(warehouse, read):
    turn(
        warehouse, [], [received(1, 1), received(2, 2, state="quarantined", errors=3), received(3, 3, state="walking")]
    )
    (row,) = read.table("intake_daily")
    assert (row["files"], row["accepted"], row["with_errors"], row["waiting"], row["errors"]) == (3, 1, 1, 1, 3)
    turn(warehouse, [], [dataclasses.replace(received(3, 3), t=4)])
    assert read.table("intake_daily")[0]["waiting"] == 0


def test_without_changes_nothing_is_published_until_the_clock_has_moved(warehouse, read):
    assert turn(warehouse, visits(1, visit(1))).published
    soon = turn(warehouse, now=NOW + timedelta(seconds=2))
    assert not soon.published
    assert read.state().checked == NOW + timedelta(seconds=2)
    assert read.state().as_of == NOW
    assert turn(warehouse, now=NOW + timedelta(minutes=6)).published
    assert not read.state().is_stale(NOW + timedelta(minutes=10))
    assert read.state().is_stale(NOW + timedelta(minutes=20))


def test_a_new_day_is_published_though_nothing_changed(warehouse, read):
    """ "Today" of the windows is another day, and so may be the diagnoses that are sensitive."""
    before = datetime(2026, 12, 31, 16, 59, 58, tzinfo=UTC)
    assert turn(warehouse, visits(1, visit(1)), now=before).published
    assert not turn(warehouse, now=before + timedelta(seconds=1)).published
    assert turn(warehouse, now=before + timedelta(seconds=2)).published
    assert not turn(warehouse, now=before + timedelta(seconds=4)).published


def test_filters_bind_and_unknown_names_are_refused(warehouse, read):
    record, files = a_history()
    turn(warehouse, record, files)
    assert read.table("visits_daily", facility="79902' OR '1'='1") == []
    assert {row["day"] for row in read.table("visits_daily", since=date(2026, 11, 19), until=date(2026, 11, 19))} == {
        date(2026, 11, 19)
    }
    rows = read.table("visits_daily", order=["-visits"], limit=2)
    assert len(rows) == 2
    assert rows[0]["visits"] >= rows[1]["visits"]
    with pytest.raises(NoSuchMart):
        read.table("secrets")
    with pytest.raises(NoSuchMart):
        read.table("visits_daily", patient_key="x")
    with pytest.raises(NoSuchMart):
        read.table("visits_daily", order=["as_of; DROP TABLE x"])


def test_a_mart_with_an_unpromised_column_is_refused(warehouse, monkeypatch):
    mart = dataclasses.replace(marts()["coverage"], sql="SELECT 1 AS surprise")
    monkeypatch.setitem(marts(), "coverage", mart)
    with pytest.raises(Exception, match="promises"):
        turn(warehouse, visits(1, visit(1)))


@pytest.mark.parametrize("name", sorted(marts()))
def test_the_key_a_mart_promises_is_unique(warehouse, read, name):
    record, files = a_history()
    turn(warehouse, record, files, expected=["79901"])
    rows = read.table(name)
    assert len({tuple(row[column] for column in marts()[name].key) for row in rows}) == len(rows)


def test_a_reader_between_two_publications_gets_one_whole_one(tmp_path, warehouse, read):
    turn(warehouse, visits(1, visit(1)))
    old = (tmp_path / "lake" / "marts" / "current").resolve()
    for n in range(2, 8):
        turn(warehouse, visits(n, visit(n)))
    assert not old.exists()
    assert read.totals("visits_daily", ["visits"])[0]["visits"] == 7
    assert len(list((tmp_path / "lake" / "marts").glob("0*"))) == 3
