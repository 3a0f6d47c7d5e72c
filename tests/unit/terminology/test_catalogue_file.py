"""Files of catalogues: read as a stream, a bad row costs that row, a broken file is refused."""

from __future__ import annotations

import gzip
import json

import pytest

from yteso.base.errors import Refused
from yteso.terminology.catalogue_file import CatalogueFile
from yteso.terminology.concept_stream import ConceptStream


def read(tmp_path, name: str, content: str | bytes):
    path = tmp_path / name
    data = content.encode() if isinstance(content, str) else content
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    file = CatalogueFile(path)
    return file, list(file.entries())


TABLE = "code,display,parent,display.en,unit\n01,Khám bệnh,,Examination,lượt\n01.1,Khám nội,01,,\n"


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("name", ["a.csv", "a.tsv.gz"])
def test_a_table_has_names_parents_and_properties(tmp_path, name, separator):
    file, entries = read(tmp_path, name, "\ufeff" + TABLE.replace(",", separator))
    first, second = entries
    assert (first.code, first.display, first.name("en")) == ("01", "Khám bệnh", "Examination")
    assert first.properties == (("unit", "valueString", "lượt"),)
    assert (second.parents, second.designations, second.properties) == (("01",), (), ())
    assert file.header["property"] == [{"code": "unit", "type": "string"}]
    assert file.issues == []


def test_bad_rows_are_left_out_and_told_with_their_place(tmp_path):
    file, entries = read(tmp_path, "a.csv", "code,display,parent\na,A,\n,B,\na,again,\n a  b,,\nc,C,zz\n\n")
    assert [entry.code for entry in entries] == ["a", "c"]
    assert [(issue.code, issue.origin.row) for issue in file.issues] == [
        ("TERM-0303", 3),
        ("TERM-0304", 4),
        ("TERM-0303", 5),
        ("TERM-0305", 6),
    ]
    assert file.left_out == 3


def test_a_code_system_is_read_with_its_hierarchy_whatever_the_order_of_its_elements(tmp_path):
    concepts = [
        {"code": "a", "concept": [{"code": "b", "property": [{"code": "parent", "valueCode": "c"}]}]},
        {"code": "c"},
    ]
    document = {"concept": concepts, "resourceType": "CodeSystem", "url": "urn:x", "version": "1"}
    file, entries = read(tmp_path, "a.json.gz", json.dumps(document, indent=1))
    assert {entry.code: entry.parents for entry in entries} == {"a": (), "b": ("a", "c"), "c": ()}
    assert file.header == {"resourceType": "CodeSystem", "url": "urn:x", "version": "1"}


def test_a_long_file_is_read_piece_by_piece(tmp_path, monkeypatch):
    monkeypatch.setattr("yteso.terminology.concept_stream._PIECE", 7)
    document = {
        "resourceType": "CodeSystem",
        "concept": [{"code": f"c{n}", "display": "x" * n} for n in range(60)],
        "n": 1.5,
    }
    path = tmp_path / "a.json"
    path.write_text(json.dumps(document))
    with path.open() as source:
        stream = ConceptStream(source)
        assert [concept["code"] for concept in stream] == [f"c{n}" for n in range(60)]
    assert str(stream.header["n"]) == "1.5"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.csv", "name,display\na,b\n", "TERM-0302"),
        ("a.csv", "", "TERM-0302"),
        ("a.csv", b"code\n\xff\xfe\n", "TERM-0307"),
        ("a.json", "", "TERM-0307"),
        ("a.json", "[]", "TERM-0301"),
        ("a.json", '{"resourceType":"CodeSystem","concept":[{"code":"a"},', "TERM-0307"),
        ("a.json", '{"resourceType":"CodeSystem","concept":[{"code":"a"}{"code":"b"}]}', "TERM-0307"),
        ("a.json", '{"resourceType":"CodeSystem","concept":["a"]}', "TERM-0301"),
        ("a.json", '{"resourceType":"CodeSystem","concept":[{"code":"a","property":"x"}]}', "TERM-0301"),
        ("a.json", '{"resourceType":"Patient"}', "TERM-0301"),
        ("a.json", '{"resourceType":"CodeSystem","concept":' + "[" * 100_000, "TERM-0307"),
    ],
)
def test_a_file_that_is_no_catalogue_is_refused_with_its_number(tmp_path, name, content, code):
    with pytest.raises(Refused) as refused:
        read(tmp_path, name, content)
    assert [issue.code for issue in refused.value.issues] == [code]


def test_a_truncated_or_false_gzip_is_refused(tmp_path):
    whole = gzip.compress(TABLE.encode() * 100)
    for n, data in enumerate((whole[: len(whole) // 2], b"code\na\n")):
        path = tmp_path / f"{n}.csv.gz"
        path.write_bytes(data)
        with pytest.raises(Refused) as refused:
            list(CatalogueFile(path).entries())
        assert refused.value.issues[0].code == "TERM-0307"
