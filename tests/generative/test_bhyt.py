"""BHYT: reading and judging never raise, mapping twice gives equal bytes, order in the file makes no difference."""

import base64
import io
import sys
from datetime import date
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yteso.base.record import Record
from yteso.exchange.adapters.bhyt.check_file import check_file
from yteso.exchange.adapters.bhyt.map import link, map_visit, own_resources, own_texts
from yteso.exchange.adapters.bhyt.read import Visit, peek, read_visits
from yteso.exchange.adapters.bhyt.rows import SINGLE
from yteso.fhir.json import dumps
from yteso.standards.bhyt import TABLES
from yteso.validate.rules.bhyt import check
from yteso.validate.structure import check_resource

sys.path.insert(0, str(Path(__file__).parents[1] / "unit"))
from exchange.adapters.bhyt.made_up import EXAM, FACILITY, SUMMARY, file_xml, part, record, table_xml, visit_xml

ON = date(2026, 11, 22)
quick = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
TABLE_NAMES = [name for name in TABLES if name not in ("XML0", "XML12")]

values = st.one_of(
    # What XML can hold and the reader lets through: no control characters, no surrogates, no outer spaces.
    st.text(st.characters(exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff"), max_size=20),
    st.from_regex(r"\A\d{8}(\d{4})?\Z"),
    st.decimals(allow_nan=False, places=2, min_value=-10, max_value=10**12).map(str),
    st.sampled_from(["", "0", "1", "2", "8", "1e131071", "20261345", "A97.1;J06", ";;;", "\ufffd", "9" * 40]),
)


@st.composite
def tables(draw):
    """Rows of any tables with any values under the right names."""
    found = {}
    for name in ["XML1", *draw(st.lists(st.sampled_from(TABLE_NAMES), max_size=4, unique=True))]:
        names = [field.name for field in (*TABLES[name].fields, *TABLES[name].superseded)]
        row = st.dictionaries(st.sampled_from(names), values.map(str.strip), max_size=25)
        rows = draw(st.lists(row, min_size=1, max_size=1 if name in SINGLE else 4))
        found[name] = tuple(record(name, one, number) for number, one in enumerate(rows, 1))
    return found


def whole_file(content: bytes) -> bytes:
    return file_xml(visit_xml(part("XML1", content)))


@quick
@given(st.binary(max_size=3000))
def test_reading_arbitrary_bytes_never_raises(data):
    peek(io.BytesIO(data))
    list(read_visits(io.BytesIO(data), "thu.xml"))
    list(read_visits(io.BytesIO(whole_file(data)), "thu.xml"))
    list(read_visits(io.BytesIO(b"<GIAMDINHHS><HOSO>" + data + b"</HOSO>"), "thu.xml"))


@quick
@given(st.data())
def test_reading_damaged_files_never_raises_and_neither_does_what_follows(data):
    sound = file_xml(
        visit_xml(part("XML1", table_xml("XML1", [SUMMARY])), part("XML3", table_xml("XML3", [EXAM]), raw=True))
    )
    damaged = bytearray(sound)
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(damaged) - 1))
        match data.draw(st.sampled_from(["change", "cut", "insert", "repeat"])):
            case "change":
                damaged[at] = data.draw(st.integers(0, 255))
            case "cut":
                del damaged[at : at + data.draw(st.integers(1, 200))]
            case "insert":
                damaged[at:at] = data.draw(
                    st.sampled_from([b"<", b"&", b"]]>", b"<!--", b"<HOSO>", b"</HOSO>", b"\x00"])
                )
            case "repeat":
                damaged[at:at] = damaged[at : at + 300]
        if not damaged:
            return
    result = check_file(io.BytesIO(bytes(damaged)), "thu.xml", ON)
    dumps(result)


@quick
@given(tables())
def test_rules_and_mapping_never_raise_whatever_the_values(found):
    check(found, FACILITY, "QD1931", ON)
    check(found, FACILITY, "QD4210", ON)
    map_visit(Visit(FACILITY, "LK", "QD1931", 1, found))


@quick
@given(tables())
def test_mapping_twice_gives_equal_bytes_and_linking_names_only_the_person(found):
    visit = Visit(FACILITY, "LK", "QD1931", 1, found)
    mapped = map_visit(visit)
    before = dumps(link(mapped, mapped.patient["id"]))
    linked = dumps(link(mapped, "nguoi-da-biet"))
    assert mapped.patient["id"].encode() not in linked
    assert before == dumps(link(map_visit(visit), mapped.patient["id"]))


@quick
@given(tables())
def test_texts_encoded_before_the_person_is_known_are_those_of_the_linked_resources(found):
    mapped = map_visit(Visit(FACILITY, "LK", "QD1931", 1, found))
    texts = [dumps(resource) for resource in mapped.resources]
    for patient in (mapped.patient["id"], "nguoi-da-biet"):
        assert own_texts(mapped, texts, patient) == [dumps(one) for one in own_resources(mapped, patient)]


@quick
@given(tables())
def test_whatever_the_values_the_resources_are_of_sound_structure(found):
    mapped = map_visit(Visit(FACILITY, "LK", "QD1931", 1, found))
    assert [(r["resourceType"], i) for r in link(mapped, "p") for i in check_resource(r)] == []


@quick
@given(tables(), st.randoms())
def test_the_order_of_fields_tables_and_numbered_rows_makes_no_difference(found, random):
    def numbered(rows):
        return tuple(Record(row.origin, {**row.values, "STT": str(n)}) for n, row in enumerate(rows, 1))

    def shuffled(items):
        items = list(items)
        random.shuffle(items)
        return items

    one = {name: numbered(rows) for name, rows in found.items()}
    other = {
        name: tuple(Record(row.origin, dict(shuffled(row.values.items()))) for row in shuffled(one[name]))
        for name in shuffled(one)
    }
    first, second = (map_visit(Visit(FACILITY, "LK", "QD1931", 1, t)) for t in (one, other))
    assert sorted(map(dumps, first.resources)) == sorted(map(dumps, second.resources))
    assert dumps(first.patient) == dumps(second.patient)


@quick
@given(st.dictionaries(st.sampled_from([f.name for f in TABLES["XML1"].fields]), st.text(max_size=30), max_size=20))
def test_what_was_written_is_what_is_read(values):
    clean = {n: v for n, v in values.items() if v.strip() and v.isprintable() and not set("<&") & set(v)}
    row = {**clean, "MA_LK": "LK1"}
    content = base64.b64encode(table_xml("XML1", [row]).encode("utf-8", "replace")).decode()
    visits = list(read_visits(io.BytesIO(file_xml(visit_xml(part("XML1", content, raw=True)))), "thu.xml"))
    assert visits[0].ma_lk == "LK1"
