"""Every BHYT field is mapped or left out with a reason, and what the table says is true of what the mapping does."""

import re

import pytest

from yteso.base.ids import stable_id
from yteso.exchange.adapters.bhyt.map import link, map_visit
from yteso.exchange.adapters.bhyt.map.coverage import FIELDS, ONLY_4210, WHOLE, LeftOut, place_of
from yteso.fhir.json import dumps
from yteso.standards.bhyt import LEGACY_4210, TABLES
from yteso.validate.rules.bhyt.repeats import REPEATED
from yteso.validate.structure import check_resource

from .made_up import FACILITY, arrival_visit, filled, full_visit, record, visit_of

ALL = [(name, field.name) for name, table in TABLES.items() for field in (*table.fields, *table.superseded)]
MAPPED = [(table, field) for table, field in ALL if isinstance(place_of(table, field), str)]
LEFT_OUT = [(table, field) for table, field in ALL if isinstance(place_of(table, field), LeftOut)]


def bundle(visit):
    mapped = map_visit(visit)
    return {f"{r['resourceType']}/{r['id']}": dumps(r) for r in link(mapped, mapped.patient["id"])}


def around(table, *, without=None):
    return arrival_visit(without=without) if table == "XML0" else full_visit(without=without)


def types_named_in(place):
    return set(re.findall(r"\b([A-Z][A-Za-z]+)(?:\.| \(|;|$|,)", place)) | {place.split(".")[0].split(" ")[0]}


def changed_types(before, after):
    return {key.split("/")[0] for key in before.keys() | after.keys() if before.get(key) != after.get(key)}


def test_every_field_is_mapped_or_left_out_with_a_reason():
    unplaced = [f"{table}.{field}" for table, field in ALL if place_of(table, field) is None]
    invented = [f"{t}.{f}" for t, fields in FIELDS.items() for f in fields if (t, f) not in set(ALL)]
    reasons = [place.reason for table, field in LEFT_OUT if (place := place_of(table, field))]
    assert unplaced == []
    assert invented == []
    assert all(len(reason) > 20 for reason in reasons)


@pytest.mark.parametrize(("table", "field"), MAPPED, ids=lambda part: part)
def test_a_mapped_field_changes_the_resource_it_is_said_to_go_to(table, field):
    if field == "MA_LK":
        assert b"LK-THU-1" in b"".join(value for key, value in bundle(around(table)).items() if "Encounter" in key)
        return
    if field not in filled(table):
        before = with_field(table, field, "Thử trường cũ")
        after = bundle(full_visit())
    else:
        before, after = bundle(around(table)), bundle(around(table, without=(table, field)))
    assert changed_types(before, after) & types_named_in(place_of(table, field))


def with_field(table, field, value):
    visit = full_visit()
    tables = {**visit.tables, table: (record(table, {**filled(table), field: value}),)}
    return bundle(type(visit)(visit.facility, visit.ma_lk, visit.layer, 1, tables))


@pytest.mark.parametrize(("table", "field"), LEFT_OUT, ids=lambda part: part)
def test_a_left_out_field_changes_nothing(table, field):
    assert bundle(around(table)) == bundle(around(table, without=(table, field)))


def test_the_text_of_every_mapped_text_field_is_found_in_the_output():
    everything = b"".join(bundle(full_visit()).values()).decode() + b"".join(bundle(arrival_visit()).values()).decode()
    missing = [
        f"{table}.{field}"
        for table, field in MAPPED
        if (value := filled(table).get(field, "")).startswith("Thử") and value not in everything
    ]
    assert missing == []


def test_every_amount_is_found_with_its_digits():
    everything = b"".join(bundle(full_visit()).values()).decode()
    missing = [
        f"{table}.{field.name}"
        for table in ("XML1", "XML2", "XML3")
        for field in TABLES[table].fields
        if field.format == "decimal" and f'"value":{filled(table)[field.name]}' not in everything
    ]
    assert missing == []


def test_every_date_is_found():
    everything = b"".join(bundle(full_visit()).values()).decode()
    missing = []
    for table, field in MAPPED:
        value = filled(table).get(field, "")
        if TABLES[table].by_name.get(field) and TABLES[table].by_name[field].format and value[:3] == "200":
            day = f"{value[:4]}-{value[4:6]}-{value[6:8]}"
            if table != "XML0" and day not in everything:
                missing.append(f"{table}.{field}")
    assert missing == []


def test_every_field_of_qd_4210_has_a_name_of_today_or_a_place_of_its_own():
    for table, fields in LEGACY_4210.items():
        for field in fields:
            own = ONLY_4210.get(table, {}).get(field.name)
            assert own or place_of(table, field.maps_to) is not None, f"{table}.{field.name}"


@pytest.mark.parametrize(
    ("table", "field"), [(table, field) for table, fields in ONLY_4210.items() for field in fields], ids=str
)
def test_a_field_only_qd_4210_has_changes_the_resource_it_is_said_to_go_to(table, field):
    before, after = with_field(table, field, "12345.50"), bundle(full_visit())
    assert changed_types(before, after) & types_named_in(ONLY_4210[table][field])


def test_tables_left_out_whole_change_nothing():
    assert WHOLE.keys() == TABLES.keys() - FIELDS.keys()
    assert bundle(full_visit()) == bundle(visit_of(*FIELDS.keys() - {"XML0"}))


@pytest.mark.parametrize("visit", [full_visit(), arrival_visit()], ids=["whole", "arrival"])
def test_a_visit_with_every_field_gives_resources_of_sound_structure(visit):
    mapped = map_visit(visit)
    found = [(r["resourceType"], str(i.origin), i.text_en) for r in link(mapped, "p1") for i in check_resource(r)]
    assert found == []
    assert mapped.directory[0]["id"] == stable_id("organization", FACILITY)


def test_a_field_left_out_because_it_repeats_xml1_is_really_compared_with_it():
    said = {
        (table, field)
        for table, fields in FIELDS.items()
        for field, place in fields.items()
        if isinstance(place, LeftOut) and "BHYT-2040" in place.reason
    }
    assert said
    assert {(table, field) for table, fields in REPEATED.items() for field in fields} >= said
