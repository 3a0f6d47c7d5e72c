"""The SQL of a search: values only as parameters, the access path that was measured, rights in every alternative."""

from datetime import UTC, datetime

import pytest

from yteso.access.restriction import EVERYTHING, NOTHING, Restriction
from yteso.base.errors import Refused
from yteso.search import cursor, sql
from yteso.search.keys import number, patient_key, token
from yteso.search.parse import parse
from yteso.search.plan import Plan

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def page(type, text, rights=EVERYTHING):
    query, issues = parse(type, text)
    assert not issues
    return sql.page(Plan(query, NOW), rights)


def test_an_identifier_goes_by_tokens_alone_without_the_type():
    text, params, _ = page("Patient", "identifier=http://s|079")
    assert "r.tok @> %s" in text
    assert "r.type =" not in text.partition(" FROM ")[2]
    assert [number(token("Patient.identifier|http://s|079"))] in params


def test_a_patient_goes_by_its_own_index_in_one_alternative():
    text, params, orders = page("Observation", "patient=Patient/p&code=1&date=ge2024")
    assert "UNION" not in text
    assert "r.pat = %s" in text
    assert params.count(number(token("Observation.subject|Patient/p"))) == 0
    assert number(patient_key("p")) in params
    assert (orders[0].kind, orders[0].descending) == ("clinical", True)


def test_a_code_goes_by_its_column_and_by_further_codes():
    text, params, _ = page("Condition", "code=http://icd|A90")
    assert text.count("UNION ALL") == 1
    assert "r.code = %s" in text
    assert "store.moment m JOIN" in text
    assert params.count(number(token("Condition.code|A90"))) == 2


def test_a_date_from_below_is_parted_into_short_and_long_intervals():
    text, _, _ = page("Encounter", "date=ge2024-01-01")
    assert text.count("UNION ALL") == 1
    assert "r.d_hi - r.d_lo > 2678400000000" in text


def test_a_day_of_birth_with_texts_goes_by_the_day_and_always_so():
    text, _, _ = page("Patient", "name=Thử&family:contains=ă&birthdate=1984-03-02")
    assert text.startswith("SELECT")
    assert text.count("OFFSET 0) r") == 1
    assert text.count("(SELECT true FROM store.string x") == 2
    assert "EXISTS" not in text
    plan = Plan(parse("Patient", "name=Thử&birthdate=1984-03-02")[0], NOW)
    assert (plan.same_way, plan.is_quick, plan.is_served) == (True, True, True)


@pytest.mark.parametrize(
    ("type", "asked"),
    [
        ("Patient", "name=Thử"),
        ("Patient", "name=Thử&birthdate=1984"),
        ("Patient", "name=Thử&birthdate=ge1984-03-02"),
        ("Patient", "name=Thử&birthdate=1984-03-02,1984-03-03"),
        ("Patient", "birthdate=1984-03-02&gender=male"),
        ("Patient", "birthdate:missing=true&name=Thử"),
        ("Encounter", "date=2024-03-02"),
    ],
)
def test_any_other_date_leaves_the_way_to_the_planner(type, asked):
    plan = Plan(parse(type, asked)[0], NOW)
    assert (plan.by_birth, plan.same_way, plan.is_quick) == (False, False, False)
    assert "OFFSET 0" not in page(type, asked)[0]


@pytest.mark.parametrize(
    "asked", ["name=Lê Văn Thử", "name=lê+thị+thử,trần văn thử&gender=male", "name=Lê Văn Thử&birthdate=ge1984"]
)
def test_a_whole_name_goes_by_the_index_of_texts_and_always_so(asked):
    plan = Plan(parse("Patient", asked)[0], NOW)
    assert (plan.by_name, plan.same_way, plan.is_quick, plan.is_served) == (True, True, True, False)
    text, params, _ = page("Patient", asked)
    assert text.count("OFFSET 0) r") == 1
    assert text.count("%s") == len(params)


@pytest.mark.parametrize(
    ("type", "asked"),
    [
        ("Patient", "name=Lê Văn"),
        ("Patient", "name=Lê Văn Thử,Lê"),
        ("Patient", "name:contains=Lê Văn Thử"),
        ("Patient", "address=Xã Bình Thử"),
        ("Patient", "name=Lê Văn Thử&identifier=1"),
        ("Patient", "name=Lê Văn Thử&birthdate=1984-03-02"),
        ("Organization", "name=Trạm y tế"),
    ],
)
def test_of_shorter_and_other_texts_nobody_knows_how_many_there_are(type, asked):
    assert not Plan(parse(type, asked)[0], NOW).by_name


@pytest.mark.parametrize("asked", ["name=Lê Văn", "family=Lê&gender=male", "name=Thử&birthdate=ge1984", "given=An"])
def test_a_short_name_may_lead_to_the_rows_when_it_is_that_of_few(asked):
    query = parse("Patient", asked)[0]
    plan = Plan(query, NOW, by_few=True)
    assert (plan.same_way, plan.is_quick, plan.is_served) == (True, True, False)
    text, params, _ = sql.page(plan, EVERYTHING)
    assert text.count("store.few_texts(") == 1
    assert text.count("%s") == len(params)
    assert "store.few_texts" not in sql.page(Plan(query, NOW), EVERYTHING)[0]


@pytest.mark.parametrize(
    ("type", "asked"),
    [
        ("Patient", "name=Lê,An"),
        ("Patient", "name:contains=Lê"),
        ("Patient", "name=Lê&identifier=1"),
        ("Patient", "name=Lê Văn Thử"),
        ("Patient", "gender=male"),
        ("Organization", "name=Trạm"),
    ],
)
def test_other_questions_are_not_answered_by_few_texts(type, asked):
    assert Plan(parse(type, asked)[0], NOW, by_few=True).few is None


def test_no_value_is_ever_in_the_text():
    marker = "zzMarkerzz"
    for kind, asked in (
        ("Patient", f"name={marker}&identifier={marker}&family:contains={marker}&given:exact={marker}&_id={marker}"),
        (
            "Observation",
            f"code={marker}&subject={marker}&value-quantity=5||{marker}&_profile={marker}&_tag:not={marker}",
        ),
    ):
        text, params, _ = page(kind, asked)
        assert marker.lower() not in text.lower()
        assert text.count("%s") == len(params)


@pytest.mark.parametrize(
    "asked", ["code=1", "date=ge2024", "code=1&date=ge2024", "identifier=1", "patient=p", "_sort=-date"]
)
def test_rights_are_in_every_alternative_and_in_the_total(asked):
    rights = Restriction(types=frozenset({"Observation"}), care_facility="79001", source_facility="79002")
    text, params, _ = page("Observation", asked, rights)
    arms = text.count("UNION ALL") + 1
    assert text.count("store.care") == arms
    assert params.count("79001") == 3 * arms
    total, _ = sql.total(Plan(parse("Observation", asked)[0], NOW), rights)
    assert total.count("store.care") == arms


def test_a_type_that_is_not_granted_is_asked_for_in_vain():
    rights = Restriction(types=frozenset({"Observation"}), care_facility="79001")
    for asked in ("identifier=1", "patient=p", "_sort=_id"):
        assert "false" in page("Condition", asked, rights)[0]
        assert "false" not in page("Observation", asked, rights)[0]


def test_of_a_patients_type_a_row_of_nobody_is_not_shown():
    care = {"types": frozenset({"Observation", "Organization"}), "care_facility": "79001"}
    rights = Restriction(**care, care_types=frozenset({"Observation"}))
    assert "r.pat IS NULL" not in page("Observation", "patient=p", rights)[0].partition(" FROM ")[2]
    assert "r.pat IS NULL OR" in page("Organization", "name=p", rights)[0]


def test_who_may_see_nothing_asks_for_nothing():
    assert "WHERE false" in page("Patient", "gender=male", NOTHING)[0]


def test_a_cursor_of_another_query_is_refused():
    query, _ = parse("Patient", "gender=male")
    _, _, orders = sql.page(Plan(query, NOW), EVERYTHING)
    mark = cursor.write(query, orders, "p", [NOW])
    assert cursor.Cursor.read(parse("Patient", f"gender=male&_cursor={mark}")[0], orders).id == "p"
    for broken in (mark[:-3], "%%%", "e30", "W10", mark.swapcase()):
        with pytest.raises(Refused, match="SRCH-0001"):
            page("Patient", f"gender=male&_cursor={broken}")
    with pytest.raises(Refused, match="SRCH-0001"):
        page("Patient", f"gender=female&_cursor={mark}")


def test_a_cursor_holds_no_name():
    query, _ = parse("Patient", "_sort=family")
    _, _, orders = sql.page(Plan(query, NOW), EVERYTHING)
    assert cursor.unpack(cursor.write(query, orders, "p", ["nguyen"]))[1:] == ["p", None]
