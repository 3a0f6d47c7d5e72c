"""The part of the official SQL-on-FHIR v2 suite that lies beside the checkout, case by case. No case is left out."""

import json
from pathlib import Path

import duckdb
import pytest
from results import Suite

from yteso.warehouse.compile import compile_view
from yteso.warehouse.fhirpath import BadView

SUITE = Suite(
    "sql-on-fhir",
    "SQL on FHIR v2",
    "The part of the official test suite that lies beside the checkout, run by the view compiler on DuckDB.",
    by_case="the view gives the expected rows",
)
pytestmark = pytest.mark.samples
FOLDER = Path(__file__).resolve().parents[3] / "shared" / "data" / "sqlonfhir"
CASES = [
    pytest.param(suite, case, id=f"{path.stem}: {case['title']}")
    for path in sorted(FOLDER.glob("*.json"))
    if (suite := json.loads(path.read_text())).get("tests")
    for case in suite["tests"]
]


def ordered(rows):
    return sorted(rows, key=lambda row: json.dumps(row, sort_keys=True, default=str))


@pytest.mark.parametrize(("suite", "case"), CASES)
def test_the_view_gives_what_the_suite_expects(shared, suite, case):
    connection = duckdb.connect()
    connection.execute("CREATE TABLE changes (t BIGINT, type VARCHAR, id VARCHAR, body VARCHAR)")
    rows = [(t, one["resourceType"], one.get("id"), json.dumps(one)) for t, one in enumerate(suite["resources"])]
    connection.executemany("INSERT INTO changes VALUES (?, ?, ?, ?)", rows)
    if case.get("expectError"):
        with pytest.raises((BadView, duckdb.Error)):
            connection.execute(compile_view(case["view"]).over("changes"))
        return
    found = connection.execute(compile_view(case["view"]).over("changes"))
    names = [column[0] for column in found.description][2:]
    assert ordered([dict(zip(names, row[2:], strict=True)) for row in found.fetchall()]) == ordered(case["expect"])
    if case.get("expectColumns"):
        assert names == case["expectColumns"]


def test_the_page_tells_it(shared, published):
    published()
