"""Bytes <-> JSON documents, exactly: decimals are `Decimal` and keep their digits, key order stays, nothing is guessed.

In: bytes somebody sent. Out: dict / list / str / int / Decimal / bool / None, or `Refused` (status 400) with one
numbered issue naming the place. Input that two parsers could read differently (duplicate keys, lone surrogates, NaN)
is refused, as RFC 8259 §4, §8.2 and §6 leave it undefined. It does not know what a FHIR resource is.

`loads` decodes with msgspec and proves cheaply, on the bytes, that nothing was dropped; only bytes for which that
proof fails are read a second time by the slow reader, which can say what is wrong.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from hashlib import blake2b
from typing import Any, NoReturn

import msgspec

from yteso.base.errors import Refused
from yteso.base.issue import Origin, Rule, Severity
from yteso.fhir.locate import ROOT, Token, place_of
from yteso.fhir.numbers import DIGITS, EXPONENT, MAX_DIGITS, MAX_EXPONENT, Unreadable, read_decimal, read_integer

MAX_DEPTH = 64

_NOT_UTF8 = Rule(
    "FHIR-0001",
    Severity.FATAL,
    "JSON không phải UTF-8 hợp lệ (byte thứ {position})",
    "the JSON is not valid UTF-8 (byte {position})",
    "Gửi lại dữ liệu mã hoá UTF-8",
    "send the data encoded as UTF-8",
    basis="RFC 8259 §8.1",
)
_MALFORMED = Rule(
    "FHIR-0002",
    Severity.FATAL,
    "Không đọc được JSON tại ký tự {position}",
    "the JSON cannot be read at character {position}",
    "Kiểm tra dấu ngoặc, dấu phẩy, dấu nháy và phần bị cắt cụt",
    "check brackets, commas, quotes and truncation",
    basis="RFC 8259",
)
_DUPLICATE = Rule(
    "FHIR-0003",
    Severity.FATAL,
    "Một đối tượng JSON có hai khoá trùng tên",
    "a JSON object has the same key twice",
    "Mỗi khoá chỉ được xuất hiện một lần trong một đối tượng",
    "give each key once per object",
    basis="FHIR R4 §2.6.2",
)
_SURROGATE = Rule(
    "FHIR-0004",
    Severity.FATAL,
    "Chuỗi JSON chứa nửa cặp ký tự thay thế (lone surrogate)",
    "a JSON string holds a lone surrogate",
    "Sửa chuỗi \\uD800–\\uDFFF không thành cặp",
    "fix \\uD800–\\uDFFF escapes that form no pair",
    basis="RFC 8259 §8.2",
)
_NUL = Rule(
    "FHIR-0005",
    Severity.FATAL,
    "Chuỗi JSON chứa ký tự NUL",
    "a JSON string holds a NUL character",
    "Bỏ ký tự \\u0000",
    "remove \\u0000",
    basis="FHIR R4 §2.24.0.1 (string)",
)
_NOT_A_NUMBER = Rule(
    "FHIR-0006",
    Severity.FATAL,
    "NaN và Infinity không phải số JSON",
    "NaN and Infinity are not JSON numbers",
    "Bỏ phần tử hoặc dùng dataAbsentReason",
    "leave the element out or use dataAbsentReason",
    basis="RFC 8259 §6",
)
_DEPTH = Rule(
    "FHIR-0009",
    Severity.FATAL,
    "JSON lồng nhau quá {limit} tầng",
    "the JSON is nested deeper than {limit} levels",
    "Giảm số tầng lồng nhau",
    "nest less deeply",
)

_NOT_BRACKETS = bytes(set(range(256)) - set(b"{}[]"))
_DIGITS_ONLY = bytes(0x30 if 0x30 <= byte <= 0x39 else 0x20 for byte in range(256))
_LONG_RUN = b"0" * (MAX_DIGITS + 1)
_TELLING_ESCAPE = re.compile(rb"\\u(?:00(?:00|22)|[dD][89a-fA-F])")
"""An escape that may be NUL, half of a pair, or a quotation mark (they are counted); others change nothing."""
_NEAR = 64
_SPACES = b" \t\r\n"
_BEFORE_NUMBER = frozenset((b"", b":", b",", b"["))
_AFTER_NUMBER = frozenset((b"", b",", b"]", b"}"))


def _refuse(rule: Rule, text: str = "", **names: object) -> NoReturn:
    judge = _JUDGES.get(rule.code)
    place = place_of(text, judge) if judge and text else ROOT
    raise Refused(rule.at(Origin(field=place), **names), status=400)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Unreadable(_DUPLICATE)
    return found


def _constant(_name: str) -> NoReturn:
    raise Unreadable(_NOT_A_NUMBER)


_fast = msgspec.json.Decoder(float_hook=read_decimal)
_own = msgspec.json.Decoder(float_hook=Decimal)
_slow = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=read_decimal, parse_int=read_integer, parse_constant=_constant, strict=True
)
_encoder = msgspec.json.Encoder(decimal_format="number")


def loads(data: bytes | bytearray | memoryview) -> Any:
    """The document. Raises `Refused` (400) with FHIR-0001 … FHIR-0009; never anything else, whatever the bytes."""
    return read(data)[0]


def read(data: bytes | bytearray | memoryview) -> tuple[Any, bytes]:
    """The document and its canonical bytes, which the proof needs anyhow. Raises as `loads` does."""
    data = bytes(data)
    try:
        document = _fast.decode(data)
    except Unreadable:
        return _explain(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError, ArithmeticError):
        return _explain(data)
    if (b"\\" in data and _TELLING_ESCAPE.search(data)) or _has_long_integer(data) or _looks_deep(data):
        return _explain(data)
    canonical = _encoder.encode(document)
    # A dropped duplicate member takes at least two quotation marks away from what is written back.
    if canonical != data and data.count(b'"') != canonical.count(b'"'):
        return _explain(data)
    return document, canonical


def reload(canonical: bytes) -> Any:
    """The document of bytes that `dumps` made, or that were put together from such: nothing is checked again."""
    return _own.decode(canonical)


def dumps(document: Any) -> bytes:
    """Canonical bytes: UTF-8, no spaces, keys in their order, decimals with their digits."""
    return _encoder.encode(document)


def content_hash(canonical: bytes) -> bytes:
    """The 16 bytes that decide whether two canonical documents are the same."""
    return blake2b(canonical, digest_size=16).digest()


def _has_long_integer(data: bytes) -> bool:
    """False proves that no number without point or exponent has more than MAX_DIGITS digits.

    True may also come from text that looks like one. Other numbers were judged by `read_decimal`.
    """
    digits = data.translate(_DIGITS_ONLY)
    at = digits.find(_LONG_RUN)
    while at >= 0:
        end = digits.find(b" ", at)
        end = len(digits) if end < 0 else end
        before = data[max(0, at - _NEAR) : at].rstrip(b"-").rstrip(_SPACES)[-1:]
        after = data[end : end + _NEAR].lstrip(_SPACES)[:1]
        if before in _BEFORE_NUMBER and after in _AFTER_NUMBER:
            return True
        at = digits.find(_LONG_RUN, end)
    return False


def _looks_deep(data: bytes) -> bool:
    """False proves a depth of at most MAX_DEPTH; True may also come from brackets inside strings.

    Each round takes the innermost pairs away; what is left after MAX_DEPTH rounds is deeper or not balanced.
    """
    brackets = data.translate(None, _NOT_BRACKETS)
    if len(brackets) <= 2 * MAX_DEPTH:
        return False
    rounds = 0
    while brackets:
        if rounds == MAX_DEPTH:
            return True
        shorter = brackets.replace(b"{}", b"").replace(b"[]", b"")
        if len(shorter) == len(brackets):
            return True
        brackets = shorter
        rounds += 1
    return False


def _explain(data: bytes) -> tuple[Any, bytes]:
    """Read slowly and strictly; what `read` gives, or the refusal that names what is wrong and where."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        _refuse(_NOT_UTF8, position=error.start)
    try:
        document = _slow.decode(text)
    except Unreadable as wrong:
        _refuse(wrong.rule, text, **wrong.names)
    except RecursionError:
        _refuse(_DEPTH, text, limit=MAX_DEPTH)
    except json.JSONDecodeError as error:
        _refuse(_MALFORMED, position=error.pos)
    except ArithmeticError:
        _refuse(EXPONENT, text, limit=MAX_EXPONENT)
    if _is_deep(document):
        _refuse(_DEPTH, text, limit=MAX_DEPTH)
    try:
        canonical = _encoder.encode(document)
    except UnicodeEncodeError:
        _refuse(_SURROGATE, text)
    if b"\\u0000" in canonical and "\x00" in "".join(_strings(document)):
        _refuse(_NUL, text)
    return document, canonical


def _is_wrong_number(token: Token) -> bool:
    try:
        (read_integer if token.text.lstrip("-").isdigit() else read_decimal)(token.text)
    except Unreadable:
        return True
    except ArithmeticError:
        return token.text[:1] in "-0123456789"
    return False


def _holds(token: Token, found: str) -> bool:
    """A text that does not stand by itself is judged by its neighbours, so the cheap look comes first."""
    return token.kind in ("key", "string") and "\\u" in token.text and found in ascii(json.loads(token.text))


_JUDGES: dict[str, Callable[[Token], bool]] = {
    _DUPLICATE.code: lambda token: token.again,
    DIGITS.code: lambda token: token.kind == "bare" and _is_wrong_number(token),
    EXPONENT.code: lambda token: token.kind == "bare" and _is_wrong_number(token),
    _NOT_A_NUMBER.code: lambda token: token.kind == "bare" and token.text.lstrip("-") in ("NaN", "Infinity"),
    _DEPTH.code: lambda token: token.depth > MAX_DEPTH,
    _SURROGATE.code: lambda token: _holds(token, "\\ud"),
    _NUL.code: lambda token: _holds(token, "\\x00"),
}
"""Which token each refusal is about."""


def _is_deep(document: Any) -> bool:
    level = [document] if isinstance(document, (dict, list)) else []
    for _ in range(MAX_DEPTH):
        if not level:
            return False
        level = [inner for outer in level for inner in _inside(outer) if isinstance(inner, (dict, list))]
    return bool(level)


def _inside(outer: dict[str, Any] | list[Any]) -> Iterable[Any]:
    return outer.values() if isinstance(outer, dict) else outer


def _strings(document: Any) -> Iterable[str]:
    stack = [document]
    while stack:
        value = stack.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            yield from value
            stack.extend(value.values())
        elif isinstance(value, list):
            stack.extend(value)
