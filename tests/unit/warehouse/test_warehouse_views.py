import json

import duckdb
import pytest

from yteso.warehouse import flat
from yteso.warehouse.compile import compile_view
from yteso.warehouse.fhirpath import BadView, parse
from yteso.warehouse.flat import views


def run(view, *resources):
    connection = duckdb.connect()
    connection.execute("CREATE TABLE changes (t BIGINT, type VARCHAR, id VARCHAR, body VARCHAR)")
    for t, one in enumerate(resources):
        connection.execute(
            "INSERT INTO changes VALUES (?, ?, ?, ?)", [t, one["resourceType"], one["id"], json.dumps(one)]
        )
    found = connection.execute(compile_view(view).over("changes"))
    names = [column[0] for column in found.description]
    return [dict(zip(names[2:], row[2:], strict=True)) for row in found.fetchall()]


def view(*columns, resource="Patient", **more):
    listed = [{"name": name, "path": path, **({"type": kind} if kind else {})} for name, path, kind in columns]
    return {"resource": resource, "select": [{"column": listed}], **more}


@pytest.mark.parametrize("text", ["", "name.", "name[", "name.where(", "@@", "a b", "name)", 7, None])
def test_what_is_no_fhirpath_is_refused(text):
    with pytest.raises(BadView):
        parse(text)


@pytest.mark.parametrize(
    "path",
    [
        *("nmae", "name.repeat(given)", "birthDate.year", "value.ofType(Quantity)", "%missing", "$index", "{}"),
        *("-1", "multipleBirth.ofType(integer) + 1", "name is HumanName", "birthDate > @2020", "active xor active"),
    ],
)
def test_what_the_standard_or_this_floor_does_not_know_is_refused(path):
    with pytest.raises(BadView):
        compile_view(view(("x", path, "")))


def test_a_quote_in_a_literal_stays_text():
    patient = {"resourceType": "Patient", "id": "1", "name": [{"family": "O'Brien"}]}
    assert run(view(("id", "id", ""), where=[{"path": "name.where(family = 'O\\'Brien').exists()"}]), patient) == [
        {"id": "1"}
    ]


def test_more_than_one_value_where_one_is_expected_is_an_error():
    patient = {"resourceType": "Patient", "id": "1", "name": [{"family": "A"}, {"family": "B"}]}
    with pytest.raises(duckdb.Error, match="more than one value"):
        run(view(("family", "name.family", "string")), patient)


def test_money_keeps_its_digits():
    claim = '{"resourceType":"Claim","id":"1","total":{"value":1234567890123.45}}'
    connection = duckdb.connect()
    connection.execute("CREATE TABLE changes AS SELECT 1 AS t, 'Claim' AS type, '1' AS id, ? AS body", [claim])
    sql = compile_view(view(("total", "total.value", "decimal"), resource="Claim")).over("changes")
    assert str(connection.execute(sql).fetchone()[2]) == "1234567890123.45"


def test_all_our_views_compile_and_give_only_allowed_columns():
    assert {one.name for one in views()} == {"encounter", "condition", "claim", "patient_deidentified", "organization"}


def test_a_column_that_the_deidentification_rules_do_not_name_is_refused(monkeypatch):
    views.cache_clear()
    rules = {name: {"columns": dict(rule["columns"])} for name, rule in flat._rules().items()}
    del rules["patient_deidentified"]["columns"]["ward"]
    monkeypatch.setattr(flat, "_rules", lambda: rules)
    with pytest.raises(BadView, match="ward"):
        views()
    monkeypatch.undo()
    views.cache_clear()
