"""What the engine refuses, and how: numbered, at a place in the expression, never with a value of the resource."""

from __future__ import annotations

from typing import NoReturn

from yteso.base.errors import Refused
from yteso.base.issue import Origin, Rule, Severity

LONGEST = 4_000
"""Characters of an expression."""
DEEPEST = 200
"""Levels of an expression's tree; every step of a path is one."""
STEPS = 500_000
"""Items one evaluation may touch."""

SYNTAX = Rule(
    "FHIR-0201",
    Severity.ERROR,
    "Biểu thức FHIRPath sai cú pháp tại ký tự {position}",
    "the FHIRPath expression has a syntax error at character {position}",
    "Sửa biểu thức theo cú pháp FHIRPath",
    "correct the expression",
    basis="FHIRPath N1",
)
LIMIT = Rule(
    "FHIR-0202",
    Severity.ERROR,
    "Biểu thức FHIRPath quá dài, quá sâu hoặc cần quá nhiều bước",
    "the FHIRPath expression is too long, too deep or takes too many steps",
    "Rút gọn biểu thức (tối đa {length} ký tự, {depth} tầng)",
    "shorten the expression (at most {length} characters, {depth} levels)",
)
EVALUATION = Rule(
    "FHIR-0203",
    Severity.ERROR,
    "Không tính được biểu thức FHIRPath trên tài nguyên này",
    "the FHIRPath expression cannot be evaluated on this resource",
    "Kiểm tra tên hàm, số tham số, biến % và kiểu của các toán hạng",
    "check the functions' names and parameters, the % variables and the operands' types",
    basis="FHIRPath N1",
)
UNKNOWN_NAME = Rule(
    "FHIR-0501",
    Severity.ERROR,
    "Biểu thức FHIRPath dùng hàm, biến hoặc kiểu không có: {name}",
    "the FHIRPath expression uses a function, variable or type that does not exist: {name}",
    "Kiểm tra chính tả của tên trong biểu thức",
    "check the spelling of the name in the expression",
    basis="FHIRPath N1 §5, §9",
)
PATTERN = Rule(
    "FHIR-0502",
    Severity.ERROR,
    "Biểu thức chính quy trong FHIRPath sai hoặc có thể chạy quá lâu",
    "the regular expression in the FHIRPath expression is wrong or could run too long",
    "Bỏ phép lặp lồng nhau như (a+)+ và thu hẹp các phép lặp .*",
    "remove nested repetitions such as (a+)+ and narrow repetitions such as .*",
    basis="FHIRPath N1 §5.6.9",
)

_PLACE = Origin(field="expression")


class Unanswerable(Exception):
    """An operand or argument is none that the operation knows; becomes FHIR-0203 where the evaluation began."""


def syntax(position: int) -> NoReturn:
    """Refuse an expression at a character (counted from 0)."""
    raise Refused(SYNTAX.at(_PLACE, position=position))


def too_much() -> NoReturn:
    """Refuse for length, depth or steps."""
    raise Refused(LIMIT.at(_PLACE, length=LONGEST, depth=DEEPEST))


def unanswerable() -> NoReturn:
    """Refuse an evaluation."""
    raise Refused(EVALUATION.at(_PLACE))


def unknown(name: str) -> NoReturn:
    """Refuse a name of the expression (never text of a resource)."""
    raise Refused(UNKNOWN_NAME.at(_PLACE, name=name[:64]))


def pattern() -> NoReturn:
    """Refuse a regular expression."""
    raise Refused(PATTERN.at(_PLACE))
