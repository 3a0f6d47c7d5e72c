"""A resource -> the bits of its sensitivity labels, by the rules of a day. Pure; content stays as it was sent.

In: the JSON bytes, and the document for the few whose bytes look suspicious. Every code counts wherever it stands (a
claim's line, a charge, an order), so that a fact does not leak through what repeats it; so do the names of some
medicines and tests, whose codes do not tell. What else stands only in prose is not seen: papers of a visit take the
labels of the visit's facts (`store.labels`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from hashlib import blake2b
from typing import Any

import jsonschema_rs

from yteso.standards.sensitivity import LABELS, NamedRule, in_force, named_in_force, sent_labels

_WORDS = frozenset(["text", "div", "display", "title", "description", "conclusion", "comment", "valueString", "name"])


@dataclass(frozen=True, slots=True)
class _Named:
    """Of one type: what tells that a resource may carry a label, by a code or a word; the words, with their labels."""

    suspect: Callable[[str], bool]
    patterns: tuple[tuple[re.Pattern[str], int], ...]


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """The rules of one day, compiled. `suspect` is quick; it takes a text in lower case, and no find means no label."""

    suspect: Callable[[str], bool]
    coded: tuple[tuple[re.Pattern[str], str, int], ...]
    sent: tuple[tuple[str, Mapping[str, int]], ...]
    named: Mapping[str, _Named]

    def labels(self, text: bytes, resource: Mapping[str, Any]) -> int:
        """The bits of every label one of its codes, or a name in it, carries."""
        return self.labels_in(resource) if self.suspects(resource["resourceType"], text) else 0

    def suspects(self, type: str, text: bytes) -> bool:
        """False proves that a resource of this type, whose JSON this is, has no label."""
        named = self.named.get(type)
        return (named.suspect if named else self.suspect)(text.lower().decode())

    def labels_in(self, resource: Mapping[str, Any]) -> int:
        """The labels of a resource, looked for in all of it."""
        named = self.named.get(resource["resourceType"])
        bits = self._sent(resource)
        if named:
            said = "\n".join(_said(resource))
            bits |= sum(bit for pattern, bit in named.patterns if pattern.search(said))
        for system, code in _codings(resource):
            bits |= self._of_code(system.lower().replace("-", ""), code)
        return bits

    def _of_code(self, system: str, code: str) -> int:
        bits = 0
        for pattern, within, bit in self.coded:
            if not bits & bit and pattern.match(code) and (within in system if system else _speaks(within, code)):
                bits |= bit
        return bits

    def _sent(self, resource: Mapping[str, Any]) -> int:
        meta: Any = resource.get("meta")
        bits = 0
        # A Consent that names a label tells of it.
        told = resource if resource["resourceType"] == "Consent" else meta.get("security") if meta else None
        for system, code in _codings(told):
            for within, known in self.sent:
                if within in system:
                    bits |= known.get(code, 0)
        return bits


@lru_cache(maxsize=4)
def sensitivity(day: date) -> Sensitivity:
    """The rules of a day."""
    rules = in_force(day)
    sent = tuple((within, {code: LABELS[label] for code, label in known.items()}) for within, known in sent_labels())
    beginnings = sorted({code.lower() for rule in rules for code in rule.codes})
    words = sorted({f'{code.lower()}"' for _, known in sent for code in known})
    suspect = rf'"code" ?: ?"(?:{_any([*beginnings, *words])})'
    coded = tuple((re.compile(_any(rule.codes), re.IGNORECASE), rule.within, LABELS[rule.label]) for rule in rules)
    return Sensitivity(_finder(suspect), coded, sent, _by_type(named_in_force(day), suspect))


def _by_type(rules: Iterable[NamedRule], suspect: str) -> dict[str, _Named]:
    words: dict[str, dict[int, list[str]]] = {}
    for rule in rules:
        for type in rule.types:
            words.setdefault(type, {}).setdefault(LABELS[rule.label], []).extend(rule.names)
    return {type: _named(labelled, suspect) for type, labelled in words.items()}


def _named(labelled: Mapping[int, Sequence[str]], suspect: str) -> _Named:
    begins = {bit: rf"\b(?:{'|'.join(map(re.escape, words))})" for bit, words in labelled.items()}
    patterns = tuple((re.compile(begin, re.IGNORECASE), bit) for bit, begin in begins.items())
    every = sorted({re.escape(word.lower()) for words in labelled.values() for word in words})
    return _Named(_finder("|".join((suspect, *every))), patterns)


def _finder(pattern: str) -> Callable[[str], bool]:
    """Whether a text holds it. These expressions look for many words at once, in one pass."""
    options = jsonschema_rs.RegexOptions()
    return jsonschema_rs.Draft202012Validator({"pattern": pattern}, offline=True, pattern_options=options).is_valid


def fingerprint(day: date) -> str:
    """A mark of the rules of a day: when it changes, what is stored is labelled anew."""
    told = in_force(day), named_in_force(day), sent_labels()
    return blake2b(repr(told).encode(), digest_size=8).hexdigest()


_ICD10 = re.compile(r"[A-Z]\d\d(?:\.|\d?$)", re.IGNORECASE)


def _speaks(within: str, code: str) -> bool:
    """Whether a code without a system is of this one: diagnoses are known by their form."""
    return not within or (within == "icd10" and _ICD10.match(code) is not None)


def _any(words: tuple[str, ...] | list[str]) -> str:
    return "|".join(re.escape(word).replace(r"\.", r"\.?") for word in words)


def _said(node: Any) -> Iterator[str]:
    """What it says in words, at any depth; ids, references and codes are none."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            for name, value in one.items():
                if isinstance(value, str):
                    if name in _WORDS:
                        yield value
                else:
                    waiting.append(value)
        elif isinstance(one, list):
            waiting.extend(one)


def _codings(node: Any) -> Iterator[tuple[str, str]]:
    """(system, code) of everything that has a code, at any depth."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            code = one.get("code")
            if isinstance(code, str):
                system = one.get("system")
                yield system if isinstance(system, str) else "", code
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)
