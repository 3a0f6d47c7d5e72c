"""The text of a number -> `int` or `Decimal`, with every digit it was written with, within the limits of FHIR R4.

Both readers, of JSON and of XML, read their numbers here. It does not know where the number stands: what is wrong is
raised as `Unreadable`, and the reader adds the place.
"""

from __future__ import annotations

import re
from decimal import Decimal

from yteso.base.issue import Rule, Severity

MAX_DIGITS = 18
"""FHIR R4 §2.24.0.1: decimals beyond 18 significant digits are not promised to survive."""
MAX_EXPONENT = 99

DIGITS = Rule(
    "FHIR-0007",
    Severity.FATAL,
    "Số có hơn {limit} chữ số có nghĩa",
    "a number has more than {limit} significant digits",
    "Làm tròn số ở nơi gửi",
    "round the number at its source",
    basis="FHIR R4 §2.24.0.1 (decimal)",
)
EXPONENT = Rule(
    "FHIR-0008",
    Severity.FATAL,
    "Số mũ vượt quá ±{limit}",
    "a number's exponent is beyond ±{limit}",
    "Kiểm tra lại giá trị ở nơi gửi",
    "check the value at its source",
    basis="FHIR R4 §2.24.0.1 (decimal)",
)

_SHORT_NUMBER = MAX_DIGITS + 1
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)", re.ASCII)
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?", re.ASCII)


class Unreadable(Exception):
    """What a hook of a reader found, without the place: `rule` and `names` say what is wrong."""

    def __init__(self, rule: Rule, **names: object) -> None:
        super().__init__(rule.code)
        self.rule = rule
        self.names = names


def read_decimal(text: str) -> Decimal:
    """A number with a fraction or an exponent, as JSON writes it."""
    number = Decimal(text)
    if len(text) > _SHORT_NUMBER or "e" in text or "E" in text:
        if len(number.as_tuple().digits) > MAX_DIGITS:
            raise Unreadable(DIGITS, limit=MAX_DIGITS)
        if not -MAX_EXPONENT <= number.adjusted() <= MAX_EXPONENT or not number.is_finite():
            raise Unreadable(EXPONENT, limit=MAX_EXPONENT)
    return number


def read_integer(text: str) -> int:
    """A whole number, as JSON writes it."""
    if len(text.lstrip("-")) > MAX_DIGITS:
        raise Unreadable(DIGITS, limit=MAX_DIGITS)
    return int(text)


def integer_of(text: str) -> int | None:
    """The whole number a FHIR `integer` says; None when the text has another form."""
    return read_integer(text) if _INTEGER.fullmatch(text) else None


def decimal_of(text: str) -> int | Decimal | None:
    """The number a FHIR `decimal` says, an `int` where JSON would read one; None when the text has another form."""
    if _INTEGER.fullmatch(text):
        return read_integer(text)
    try:
        return read_decimal(text) if _DECIMAL.fullmatch(text) else None
    except ArithmeticError as error:
        raise Unreadable(EXPONENT, limit=MAX_EXPONENT) from error
