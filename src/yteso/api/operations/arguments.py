"""What a client gives an operation -> `Arguments`: named, typed, counted. Reads the body at most once.

In: the query of the address, and for POST a Parameters resource, or, where the operation takes one resource, that
resource itself (FHIR R4 §3.2.0.2); at `Parameters/$…` Parameters too, unless they hand one over. Out: values in their
order, or Refused (400) with a number that names the parameter.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from yteso.api.body import Resource, read_document_if_any, refuse_blocking, structure_issues
from yteso.api.call import Call, Params
from yteso.api.operation import Operation, Parameter
from yteso.api.operations import rules
from yteso.api.page import read_page
from yteso.base.clock import VIETNAM
from yteso.base.errors import Refused
from yteso.base.http import Response
from yteso.base.issue import Origin
from yteso.fhir.dates import interval

_TEXTS = frozenset(["string", "code", "uri", "url", "canonical", "id", "markdown", "oid", "uuid"])
_DATES = frozenset(["date", "dateTime", "instant"])
_NUMBERS = frozenset(["integer", "positiveInt", "unsignedInt"])
SIMPLE = _TEXTS | _DATES | _NUMBERS | {"boolean", "decimal"}
"""The types a parameter in an address may have."""

_WHOLE = re.compile(r"-?[0-9]{1,9}", re.ASCII)
_DECIMAL = re.compile(r"-?[0-9]{1,9}(?:\.[0-9]{1,9})?", re.ASCII)
_LONGEST = 10_000
"""Characters of one simple value."""


@dataclass(frozen=True, slots=True)
class Arguments:
    """The values by parameter name, in the order they came. A group (`part`) is a list of raw parameters.

    `params` are the simple values as text, for the links of an answer in pages; `cursor` is where such a link goes on.
    """

    values: Mapping[str, Sequence[Any]]
    params: Params = ()
    cursor: str = ""

    def all(self, name: str) -> Sequence[Any]:
        """Every value of a parameter that repeats."""
        return self.values.get(name, ())

    def one(self, name: str) -> Any:
        """The value, or None."""
        found = self.values.get(name)
        return found[0] if found else None

    def text(self, name: str, default: str = "") -> str:
        """The text of a simple value."""
        found = self.one(name)
        return default if found is None else str(found)

    def flag(self, name: str, *, default: bool = False) -> bool:
        """A boolean."""
        found = self.one(name)
        return default if found is None else bool(found)

    def number(self, name: str, default: int) -> int:
        """A whole number."""
        found = self.one(name)
        return default if found is None else int(found)


NO_ARGUMENTS = Arguments({})
Answering = Callable[[Call, Arguments], Response]
"""The function of an operation."""


def read_arguments(call: Call, operation: Operation[Any]) -> Arguments:
    """Everything given, checked against the operation's parameters."""
    known = {parameter.name: parameter for parameter in operation.parameters}
    found: dict[str, list[Any]] = {}
    given, cursor = read_page(call)
    for name, text in given:
        parameter = _known(known, name)
        found.setdefault(name, []).append(_from_text(parameter, text))
    if call.request.method == "POST":
        for name, value in _from_body(call, operation, known):
            found.setdefault(name, []).append(value)
    for parameter in operation.parameters:
        count = len(found.get(parameter.name, ()))
        if parameter.required and not count:
            raise _refusal(rules.MISSING, parameter.name)
        if count > 1 and not parameter.repeats:
            raise _refusal(rules.REPEATED, parameter.name)
    simple = {parameter.name for parameter in operation.parameters if parameter.type in SIMPLE}
    return Arguments(found, tuple(_texts(found, simple)), cursor)


def _texts(found: Mapping[str, Sequence[Any]], simple: Container[str]) -> Iterator[tuple[str, str]]:
    for name, values in found.items():
        if name in simple:
            for value in values:
                yield name, str(value).lower() if isinstance(value, bool) else str(value)


def _from_body(call: Call, operation: Operation[Any], known: Mapping[str, Parameter]) -> Iterator[tuple[str, Any]]:
    document = read_document_if_any(call)
    if document is None:
        return
    holder = next((one for one in operation.parameters if one.type == "Resource"), None)
    if document["resourceType"] != "Parameters" or _is_the_resource(call, document, holder):
        if holder is None:
            raise Refused(rules.NOT_PARAMETERS.at(Origin(field="resourceType")), status=400)
        yield holder.name, document
        return
    refuse_blocking(structure_issues(_without_resources(document)))
    for given in document.get("parameter", ()):
        parameter = _known(known, given["name"])
        yield parameter.name, _value(parameter, given)


def _is_the_resource(call: Call, document: Resource, holder: Parameter | None) -> bool:
    """Whether Parameters, at their own type's address, are what the operation is about: they hand over no resource."""
    rows = document.get("parameter")
    named = [row.get("name") for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    return call.type == "Parameters" and holder is not None and holder.name not in named


def _without_resources(document: Resource) -> Resource:
    """Resources handed over are judged by the operation, which may be asked to tell what is wrong with them."""
    rows = document.get("parameter")
    if not isinstance(rows, list):
        return document
    bare = [
        {**row, "resource": {"resourceType": "Basic", "code": {"text": "-"}}}
        if isinstance(row, dict) and isinstance(row.get("resource"), dict)
        else row
        for row in rows
    ]
    return {**document, "parameter": bare}


def _value(parameter: Parameter, given: Mapping[str, Any]) -> Any:
    if parameter.type == "part":
        if not given.get("part"):
            raise _refusal(rules.WRONG_TYPE, parameter.name, type="part")
        return given["part"]
    if parameter.type == "Resource":
        if not isinstance(given.get("resource"), dict):
            raise _refusal(rules.WRONG_TYPE, parameter.name, type="resource")
        return given["resource"]
    for key in _keys(parameter.type):
        if key in given:
            value = given[key]
            return _checked(parameter, value) if parameter.type in SIMPLE else value
    raise _refusal(rules.WRONG_TYPE, parameter.name, type=parameter.type)


def _keys(type: str) -> Iterable[str]:
    """The names a value may stand under: kinds of text, of dates and of numbers are taken for each other."""
    family = next((group for group in (_TEXTS, _DATES, _NUMBERS) if type in group), frozenset([type]))
    return (f"value{name[0].upper()}{name[1:]}" for name in sorted(family | {type}))


def _from_text(parameter: Parameter, text: str) -> Any:
    if parameter.type not in SIMPLE:
        raise _refusal(rules.ONLY_IN_BODY, parameter.name, type=parameter.type)
    if parameter.type == "boolean" and text in ("true", "false"):
        return text == "true"
    if parameter.type in _NUMBERS and _WHOLE.fullmatch(text):
        return _checked(parameter, int(text))
    if parameter.type == "decimal" and _DECIMAL.fullmatch(text):
        return Decimal(text)
    if parameter.type in _DATES:
        return _checked(parameter, text.replace(" ", "+"))
    if parameter.type in _TEXTS:
        return _checked(parameter, text)
    raise _refusal(rules.WRONG_TYPE, parameter.name, type=parameter.type)


def _checked(parameter: Parameter, value: Any) -> Any:
    good = True
    if parameter.type in _TEXTS:
        good = isinstance(value, str) and 0 < len(value) <= _LONGEST
    elif parameter.type in _DATES:
        good = isinstance(value, str) and interval(value) is not None
    elif parameter.type == "boolean":
        good = isinstance(value, bool)
    elif parameter.type == "decimal":
        good = isinstance(value, int | Decimal) and _DECIMAL.fullmatch(str(value)) is not None
    elif parameter.type in _NUMBERS:
        lowest = {"integer": -(2**31), "unsignedInt": 0, "positiveInt": 1}[parameter.type]
        good = isinstance(value, int) and not isinstance(value, bool) and lowest <= value < 2**31
    if not good:
        raise _refusal(rules.WRONG_TYPE, parameter.name, type=parameter.type)
    return value


def moment_of(name: str, text: str) -> datetime:
    """The moment of a date, dateTime or instant given for `name`: its beginning, in Vietnam where no zone is told."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise _refusal(rules.WRONG_TYPE, name, type="instant") from error
    return found if found.tzinfo else found.replace(tzinfo=VIETNAM)


def _known(known: Mapping[str, Parameter], name: str) -> Parameter:
    if name not in known:
        raise _refusal(rules.UNKNOWN_PARAMETER, name[:64], known=", ".join(sorted(known)) or "–")
    return known[name]


def _refusal(rule: Any, name: str, **names: str) -> Refused:
    return Refused(rule.at(Origin(field=name), name=name, **names), status=400)
