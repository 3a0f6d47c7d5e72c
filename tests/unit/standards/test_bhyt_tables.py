from datetime import date

import pytest

from yteso.standards.bhyt import LATEST, LAYERS, LEGACY_4210, TABLES, layer_in_force, table

SIZED = ("QD130", "QD4750", "QD3176", "QD1931")


def test_all_sixteen_tables_are_there_with_their_field_counts():
    counts = {name: len(found.fields) for name, found in TABLES.items()}
    assert counts == {
        "XML0": 26, "XML1": 66, "XML2": 39, "XML3": 47, "XML4": 12, "XML5": 9, "XML6": 47, "XML7": 26, "XML8": 22,
        "XML9": 35, "XML10": 13, "XML11": 23, "XML12": 35, "XML13": 37, "XML14": 22, "XML15": 20,
    }  # fmt: skip


@pytest.mark.parametrize("layer", SIZED)
def test_fields_are_numbered_from_one_without_gaps_or_twins(layer):
    for name in TABLES if layer != "QD130" else [n for n in TABLES if n not in ("XML13", "XML14", "XML15")]:
        fields = table(name, layer).fields
        assert [field.order for field in fields] == [*range(1, len(fields) + 1)]
        assert len(table(name, layer).by_name) == len(fields)


@pytest.mark.parametrize(
    ("name", "field", "sizes"),
    [
        ("XML1", "SO_CCCD", (15, 15, None, None)),
        ("XML1", "MA_TTDV", (10, 10, 255, 255)),
        ("XML1", "MA_BENH_YHCT", (255, 255, 150, 150)),
        ("XML2", "MUC_HUONG", (3, 3, 3, 4)),
        ("XML2", "MA_KHOA", (15, 50, 50, 50)),
        ("XML3", "TT_THAU", (25, 25, 50, 50)),
        ("XML4", "GIA_TRI", (50, 50, 255, 255)),
        ("XML7", "SO_NGAY_NGHI", (2, 2, 3, 3)),
    ],
)
def test_a_field_has_the_size_of_its_layer(name, field, sizes):
    assert tuple(table(name, layer).by_name[field].max_length for layer in SIZED) == sizes


def test_a_field_is_absent_before_the_decision_that_introduced_it():
    assert "NHOM_MAU" not in table("XML1", "QD130").by_name
    assert "NHOM_MAU" in table("XML1", "QD4750").by_name
    with pytest.raises(KeyError):
        table("XML13", "QD130")


def test_types_changed_from_number_to_string_with_qd_4750():
    assert table("XML0", "QD130").by_name["SO_CCCD"].type == "number"
    assert table("XML0", "QD4750").by_name["SO_CCCD"].type == "string"


def test_xml13_is_known_under_both_sets_of_names():
    old, new = table("XML13", "QD4750"), table("XML13", "QD3176")
    assert {"MA_NOI_DI", "MA_NOI_DEN", "TEN_DICH_VU", "TEN_THUOC", "PP_DIEU_TRI"} <= set(old.by_name)
    assert {"MA_CSKCB_DI", "MA_CSKCB_DEN", "TINH_TRANG_CT"} <= set(new.by_name)
    assert new.former_names == {"MA_NOI_DI": "MA_CSKCB_DI", "MA_NOI_DEN": "MA_CSKCB_DEN"}
    assert {field.name for field in new.superseded} == set(old.by_name) - set(new.by_name)
    assert new.by_name["NGAY_VAO"].many
    assert (old.by_name["NGAY_VAO"].max_length, new.by_name["NGAY_VAO"].max_length) == (12, 100)


def test_a_condition_decides_whether_a_field_is_required():
    result_time = TABLES["XML4"].by_name["NGAY_KQ"]
    assert result_time.is_required({"GIA_TRI": "5.6"})
    assert not result_time.is_required({"GIA_TRI": ""})
    tender = TABLES["XML2"].by_name["TT_THAU"]
    assert tender.is_required({"MA_NHOM": "4"})
    assert not tender.is_required({"MA_NHOM": "7"})
    assert TABLES["XML6"].by_name["NGAY_BAT_DAU_XU_TRI"].is_required({"MA_XU_TRI": "3;1"})
    assert TABLES["XML0"].by_name["MA_DICH_VU"].is_required({})
    assert not TABLES["XML0"].by_name["MA_DICH_VU"].is_required({"MA_THUOC": "40.1"})


def test_every_condition_names_a_field_of_its_table():
    for found in TABLES.values():
        for field in found.fields:
            assert all(condition.field in found.by_name for condition in field.conditions), (found.name, field.name)


def test_the_district_is_demanded_only_while_there_were_districts():
    assert table("XML1", "QD4750").by_name["MAHUYEN_CU_TRU"].required == "yes"
    assert table("XML1", "QD3176").by_name["MAHUYEN_CU_TRU"].required == "no"


@pytest.mark.parametrize(
    ("day", "layer"),
    [
        (date(2023, 6, 1), "QD4210"),
        (date(2024, 6, 30), "QD4210"),
        (date(2024, 7, 1), "QD4750"),
        (date(2024, 12, 31), "QD4750"),
        (date(2025, 1, 1), "QD3176"),
        (date(2026, 6, 28), "QD3176"),
        (date(2026, 6, 29), "QD1931"),
    ],
)
def test_the_layer_in_force_follows_the_dates_of_the_decisions(day, layer):
    assert layer_in_force(day) == layer


def test_the_newest_layer_is_the_default():
    assert table("XML1") is TABLES["XML1"]
    assert TABLES["XML1"].layer == LATEST
    assert LAYERS[LATEST].until is None


def test_paths_of_elements_are_those_of_the_annex():
    assert TABLES["XML3"].path == ("CHITIEU_CHITIET_DVKT_VTYT", "DSACH_CHI_TIET_DVKT", "CHI_TIET_DVKT")
    assert TABLES["XML1"].path == ("TONG_HOP",)
    assert TABLES["XML12"].path == ()


def test_legacy_fields_map_to_fields_that_exist():
    assert {name: len(fields) for name, fields in LEGACY_4210.items()} == {
        "XML1": 40, "XML2": 27, "XML3": 29, "XML4": 10, "XML5": 6,
    }  # fmt: skip
    for name, fields in LEGACY_4210.items():
        for field in (field for field in fields if field.maps_to):
            target, _, column = field.maps_to.rpartition(".")
            assert column in table(target or name, "QD130").by_name, field


def test_every_field_has_a_name_in_both_languages():
    for found in TABLES.values():
        for field in (*found.fields, *found.superseded):
            assert field.vi, (found.name, field.name)
            assert field.en, (found.name, field.name)
