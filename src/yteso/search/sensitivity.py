"""A resource -> the bits of its sensitivity labels, by the rules of a day. Pure; content stays as it was sent.

In: the JSON bytes, and the document for the few whose bytes look suspicious. Every code counts wherever it stands (a
claim's line, a charge, an order), so that a fact does not leak through what repeats it; so do the names of some
medicines and tests, whose codes do not tell. What else stands only in prose is not seen: papers of a visit take the
labels of the visit's facts (`store.labels`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from yteso.standards.sensitivity import LABELS, NamedRule, in_force, named_in_force, sent_labels

_WORDS = frozenset(["text", "div", "display", "title", "description", "conclusion", "comment", "valueString", "name"])


@dataclass(frozen=True, slots=True)
class _Named:
    """Of one type: `hints`, one of which is in every word; the words as patterns, with their labels."""

    hints: tuple[bytes, ...]
    patterns: tuple[tuple[re.Pattern[str], int], ...]


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """The rules of one day, compiled. `suspect` is quick: what it does not find carries no label."""

    suspect: re.Pattern[bytes]
    coded: tuple[tuple[re.Pattern[str], str, int], ...]
    sent: tuple[tuple[str, Mapping[str, int]], ...]
    named: Mapping[str, _Named]

    def labels(self, text: bytes, resource: Mapping[str, Any]) -> int:
        """The bits of every label one of its codes, or a name in it, carries."""
        bits = self._of_names(text, resource)
        if self.suspect.search(text) is None:
            return bits
        for system, code in _codings(resource):
            bits |= self._of_code(system.lower().replace("-", ""), code)
        return bits | self._sent(resource)

    def _of_names(self, text: bytes, resource: Mapping[str, Any]) -> int:
        """Most resources hold none of the hints, and need no look at what they say in words."""
        named = self.named.get(resource["resourceType"])
        if named is None:
            return 0
        lowered = text.lower()
        for hint in named.hints:
            if hint in lowered:
                said = "\n".join(_said(resource))
                return sum(bit for pattern, bit in named.patterns if pattern.search(said))
        return 0

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
    beginnings = sorted({code for rule in rules for code in rule.codes})
    words = sorted({f'{code}"' for _, known in sent for code in known})
    suspect = rf'"code" ?: ?"(?i:{_by_first([*beginnings, *words])})'
    coded = tuple((re.compile(_any(rule.codes), re.IGNORECASE), rule.within, LABELS[rule.label]) for rule in rules)
    return Sensitivity(re.compile(suspect.encode()), coded, sent, _by_type(named_in_force(day)))


def _by_type(rules: Iterable[NamedRule]) -> dict[str, _Named]:
    words: dict[str, dict[int, list[str]]] = {}
    for rule in rules:
        for type in rule.types:
            words.setdefault(type, {}).setdefault(LABELS[rule.label], []).extend(rule.names)
    return {type: _named(labelled) for type, labelled in words.items()}


def _named(labelled: Mapping[int, Sequence[str]]) -> _Named:
    begins = {bit: rf"\b(?:{'|'.join(map(re.escape, words))})" for bit, words in labelled.items()}
    patterns = tuple((re.compile(begin, re.IGNORECASE), bit) for bit, begin in begins.items())
    return _Named(_hints({word for words in labelled.values() for word in words}), patterns)


def _hints(words: Collection[str]) -> tuple[bytes, ...]:
    """A few pieces of four letters, at least one of which is in each word (the word itself, when it is shorter)."""
    found: list[bytes] = []
    left = set(words)
    while left:
        pieces = Counter(piece for word in left for piece in _pieces(word))
        best = max(pieces, key=lambda piece: (pieces[piece], piece))
        found.append(best.encode())
        left = {word for word in left if best not in word}
    return tuple(found)


def _pieces(word: str) -> set[str]:
    return {word[at : at + 4] for at in range(max(1, len(word) - 3))}


def fingerprint(day: date) -> str:
    """A mark of the rules of a day: when it changes, what is stored is labelled anew."""
    told = in_force(day), named_in_force(day), sent_labels()
    return blake2b(repr(told).encode(), digest_size=8).hexdigest()


_ICD10 = re.compile(r"[A-Z]\d\d(?:\.|\d?$)", re.IGNORECASE)


def _speaks(within: str, code: str) -> bool:
    """Whether a code without a system is of this one: diagnoses are known by their form."""
    return not within or (within == "icd10" and _ICD10.match(code) is not None)


def _by_first(words: list[str]) -> str:
    """As `_any` without regard to case, but tried by the first character: most words need no look at all."""
    rests: dict[str, list[str]] = {}
    for word in words:
        rests.setdefault(word[0].lower(), []).append(word[1:])
    return "|".join(f"{re.escape(first)}(?:{_any(rest)})" for first, rest in sorted(rests.items()))


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
