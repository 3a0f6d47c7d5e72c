"""One parameter of a query, its modifier and values -> a `Clause`, or the issues why not. It checks no rights.

What needs a terminology (`:in :not-in :below :above` on codes) is answered here: the clause then holds the codes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from yteso.base.issue import Issue, Origin, Rule
from yteso.fhir import reference
from yteso.fhir.dates import interval
from yteso.search import rules
from yteso.search.parameters import is_prefixed, is_shared, parents_of
from yteso.search.place import circle
from yteso.search.prose import words
from yteso.search.query import Clause, Ranked, Words
from yteso.search.values import PREFIXED, bare, escaped, prefixed, split, split_token, uris_above
from yteso.standards.fhir_r4 import RESOURCE_TYPES, Component, SearchParameter
from yteso.standards.identifiers import canonical_system
from yteso.terminology.protocol import Terminology

MODIFIERS = {
    "token": ("not", "text", "missing", "in", "not-in", "below", "above", "of-type"),
    "string": ("exact", "contains", "missing"),
    "reference": ("identifier", "missing", "above", "below"),
    "uri": ("above", "below", "missing"),
    "date": ("missing",),
    "number": ("missing",),
    "quantity": ("missing",),
    "composite": (),
    "special": ("missing",),
}
"""The kinds of parameters that can be searched by, with their modifiers."""

BY_TERMINOLOGY = frozenset({"in", "not-in", "below", "above"})
"""Modifiers of tokens that a terminology has to answer."""

MAX_CODES = 10_000


@dataclass(slots=True)
class Report:
    """Where issues go while a query is read, and what reading needs."""

    base_url: str = ""
    terminology: Terminology | None = None
    issues: list[Issue] = field(default_factory=list)

    def add(self, rule: Rule, name: str, **names: object) -> None:
        """Note an issue at a parameter, named as far as a parameter's name can go."""
        self.issues.append(rule.at(Origin(field=name[:64]), name=name[:64], **names))


def read_clause(
    report: Report, parameter: SearchParameter, modifier: str, value: str
) -> Clause | Words | Ranked | None:
    """The clause; None when it was reported instead."""
    name, kind = parameter.name, parameter.kind
    allowed = modifiers_of(parameter)
    if modifier and modifier not in allowed and not (kind == "reference" and modifier in RESOURCE_TYPES):
        report.add(rules.MODIFIER, name, modifier=modifier[:32], allowed=", ".join(allowed))
        return None
    parts = [one for one in split(value, ",") if one]
    if not parts:
        report.add(rules.VALUE, name, kind=kind)
        return None
    if modifier == "missing":
        if any(one not in ("true", "false") for one in parts):
            report.add(rules.VALUE, name, kind="boolean")
            return None
        return Clause(name, kind, tuple(("eq", one) for one in parts), modifier)
    if modifier == "text":
        return read_words(report, name, value)
    if modifier in BY_TERMINOLOGY and kind == "token":
        return _by_terminology(report, parameter, modifier, parts)
    if modifier in ("above", "below") and kind == "reference":
        return _ranked(report, parameter, modifier, parts)
    if modifier == "above":
        parts, modifier = [escaped(above) for one in parts for above in uris_above(bare(one))], ""
    values = tuple(_value(report, kind, one) for one in parts)
    if modifier in ("identifier", "of-type") or any(path.type == "Identifier" for path in parameter.paths):
        values = tuple((prefix, _canonical(text)) for prefix, text in values)
    if not all(_is_good(parameter, modifier, text) for _, text in values):
        report.add(rules.VALUE, name, kind=kind)
        return None
    return Clause(name, kind, values, modifier)


def read_words(report: Report, name: str, value: str) -> Words | None:
    """`_text`, `_content`, or a token parameter with `:text`."""
    parts = [one for one in split(value, ",") if one]
    if not parts or not all(map(words, parts)):
        report.add(rules.VALUE, name, kind="string")
        return None
    return Words(name, tuple(parts))


def modifiers_of(parameter: SearchParameter) -> tuple[str, ...]:
    """The modifiers a parameter can have, besides the type of a reference."""
    allowed = MODIFIERS[parameter.kind]
    if parameter.kind == "uri" and not all(is_prefixed(path) or is_shared(path) for path in parameter.paths):
        return tuple(one for one in allowed if one != "below")
    if parameter.kind == "reference":
        known = {"above": bool(parents_of(parameter)), "below": bool(parents_of(parameter)) or _is_canonical(parameter)}
        return tuple(one for one in allowed if known.get(one, True))
    if any(path.type == "Identifier" for path in parameter.paths):
        return allowed
    return tuple(one for one in allowed if one != "of-type")


def _value(report: Report, kind: str, text: str) -> tuple[str, str]:
    if kind in PREFIXED:
        if kind == "date":
            text = text.replace(" ", "+")  # An unencoded "+07:00" arrives as " 07:00".
        return prefixed(kind, text)
    return "eq", _local(report, text) if kind == "reference" else text


def _local(report: Report, text: str) -> str:
    """An address of ours, relative."""
    own = f"{report.base_url}/"
    return text[len(own) :] if report.base_url and text.startswith(own) else text


def _canonical(identifier: str) -> str:
    """`system|value` with the VN Core URI of the system, as the index has it, and so in criteria, locks and cursors."""
    system, *rest = split(identifier, "|")
    known = canonical_system(bare(system)) if rest else system
    return identifier if known == bare(system) else "|".join((known, *rest))


def _is_good(parameter: SearchParameter, modifier: str, text: str) -> bool:
    if parameter.kind == "composite":
        parts = split(text, "$")
        return len(parts) == len(parameter.components) and all(map(_is_good_part, parameter.components, parts))
    if modifier == "of-type":
        return len(split(text, "|")) == 3 and all(split(text, "|"))
    return _is_good_value(parameter.kind, text)


def _is_good_part(component: Component, text: str) -> bool:
    return _is_good_value(component.kind, prefixed(component.kind, text)[1])


def _is_good_value(kind: str, text: str) -> bool:
    if kind == "special":
        return circle(text) is not None
    if kind == "date":
        return interval(text) is not None
    if kind in ("number", "quantity"):
        return _is_number(split(text, "|")[0])
    if kind == "token":
        return any(split(text, "|"))
    return bool(bare(text))


def _is_number(text: str) -> bool:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return False
    return number.is_finite() and -99 <= number.adjusted() <= 99 and len(text) <= 64


def _ranked(report: Report, parameter: SearchParameter, modifier: str, parts: list[str]) -> Ranked | Clause | None:
    """What stands in a hierarchy, or, of a canonical, every version of it."""
    parents = parents_of(parameter)
    texts = [bare(_value(report, "reference", one)[1]) for one in parts]
    if not parents and not any("|" in text for text in texts):
        return Clause(parameter.name, "reference", tuple(("eq", escaped(text)) for text in texts))
    named = [_named(parents, text) for text in texts]
    if not all(named):
        report.add(rules.VALUE, parameter.name, kind="reference")
        return None
    return Ranked(parameter.name, modifier == "above", tuple(one for names in named for one in names))


def _named(parents: Mapping[str, str], text: str) -> list[str]:
    """`Type/id` of each resource that may be meant."""
    found = reference.parse(text)
    if found.kind == "relative":
        return [f"{found.type}/{found.id}"] if found.type in parents else []
    return [f"{type}/{text}" for type in parents] if text and "/" not in text and ":" not in text else []


def _is_canonical(parameter: SearchParameter) -> bool:
    return any(path.type == "canonical" for path in parameter.paths)


def _by_terminology(report: Report, parameter: SearchParameter, modifier: str, parts: list[str]) -> Clause | None:
    codes: list[str] = []
    for part in parts:
        found = _codes(report.terminology or _builtin(), modifier, _local(report, part))
        if found is None or len(codes) + len(found) > MAX_CODES:
            report.add(rules.UNKNOWN_CODES, parameter.name, modifier=modifier)
            return None
        codes += found
    values = tuple(("eq", one) for one in codes) or (("eq", "\\|\\|"),)
    return Clause(parameter.name, parameter.kind, values, "not" if modifier == "not-in" else "")


def _codes(terminology: Terminology, modifier: str, text: str) -> list[str] | None:
    """`system|code` of everything a value set holds or that lies below or above a code; None: it cannot be said."""
    if modifier in ("in", "not-in"):
        value_set = terminology.expand(bare(text))
        if value_set is None:
            return None
        return [
            f"{escaped(system)}|{escaped(code)}"
            for system, codes in sorted(value_set.items())
            for code in sorted(codes)
        ]
    system, code = split_token(text)
    if not system or not code:
        return None
    look = terminology.descendants if modifier == "below" else terminology.ancestors
    found = look(system, code)
    return None if found is None else [f"{escaped(system)}|{escaped(one)}" for one in sorted(found)]


def _builtin() -> Terminology:
    """The terminology of the package, loaded when the first query asks for it."""
    from yteso.terminology.builtin import TERMINOLOGY

    return TERMINOLOGY
