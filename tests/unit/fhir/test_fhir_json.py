"""Bytes and documents are the same thing twice, or the bytes are refused with a number."""

from decimal import Decimal

import pytest

from yteso.base.errors import Refused
from yteso.fhir.json import MAX_DEPTH, content_hash, dumps, loads


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b'"\xff"', "FHIR-0001"),
        (b'"\xed\xa0\x80"', "FHIR-0001"),
        (b"", "FHIR-0002"),
        (b'{"a":"b', "FHIR-0002"),
        (b"{} x", "FHIR-0002"),
        (b'"a\x00"', "FHIR-0002"),
        (b"\xef\xbb\xbf{}", "FHIR-0002"),
        (b"{'a': 1}", "FHIR-0002"),
        (b"01", "FHIR-0002"),
        (b'{"a":1,"a":2}', "FHIR-0003"),
        (b'{"a":1,"\\u0061":2}', "FHIR-0003"),
        (b'{"a":1,"a":"\\u0022\\u0022"}', "FHIR-0003"),
        (b'{"a": -1234567890123456789 }', "FHIR-0007"),
        (b"[1," + b" " * 100 + b"1234567890123456789" + b" " * 100 + b"]", "FHIR-0007"),
        (b"1234567890123456789", "FHIR-0007"),
        (b'{"a":"seed: 1234567890123456789","b":12345678901234567890.5}', "FHIR-0007"),
        (b'[{"b":{"a":"1","c":[],"a":"1"}}]', "FHIR-0003"),
        (b'"\\ud800"', "FHIR-0004"),
        (b'{"\\udc00":1}', "FHIR-0004"),
        (b'"\\u0000"', "FHIR-0005"),
        (b'{"a":NaN}', "FHIR-0006"),
        (b"-Infinity", "FHIR-0006"),
        (b"0.1234567890123456789", "FHIR-0007"),
        (b"9" * 5000, "FHIR-0007"),
        (b"1e131071", "FHIR-0008"),
        (b"1e-131071", "FHIR-0008"),
        (b"1e9999999999999999999", "FHIR-0008"),
        (b"[" * 100_000, "FHIR-0009"),
        (b"[" * 100_000 + b"]" * 100_000, "FHIR-0009"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "FHIR-0009"),
        (b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1), "FHIR-0009"),
    ],
)
def test_bytes_that_two_readers_could_read_differently_are_refused_with_their_number(data, code):
    with pytest.raises(Refused) as refused:
        loads(data)
    assert [issue.code for issue in refused.value.issues] == [code]
    assert refused.value.status == 400


def test_decimals_keep_their_digits():
    data = b'{"a":1.00,"b":-0.0,"c":0.123456789012345678,"d":1.0E-7,"e":5}'
    assert dumps(loads(data)) == data
    assert loads(b"1.00") == Decimal("1.00")


def test_key_order_and_vietnamese_letters_stay():
    data = '{"z":"Nguyễn Văn Thử","a":["đ","😀"]}'.encode()
    assert dumps(loads(data)) == data


def test_spaces_and_escapes_are_read_and_written_canonically():
    assert dumps(loads(b' { "a" : "\\u0111\\ud83d\\ude00\\n" } ')) == '{"a":"đ😀\\n"}'.encode()


def test_brackets_and_quotes_inside_strings_are_no_structure():
    data = b'{"a":"{{{{[[[[","b":"\\"\\"\\\\"}'
    assert dumps(loads(data)) == data


def test_an_escaped_backslash_before_u0000_is_no_nul():
    assert loads(b'"\\\\u0000"') == "\\u0000"


def test_the_deepest_allowed_document_is_read():
    assert loads(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH)


def test_a_long_run_of_digits_inside_a_string_is_no_number():
    assert loads(b'{"a":"1234567890123456789012"}') == {"a": "1234567890123456789012"}


def test_the_content_hash_tells_documents_apart():
    assert content_hash(b'{"a":1.0}') == content_hash(dumps(loads(b'{ "a": 1.0 }')))
    assert content_hash(b'{"a":1.0}') != content_hash(b'{"a":1.00}')
