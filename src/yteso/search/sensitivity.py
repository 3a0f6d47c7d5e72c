"""A resource -> the bits of its sensitivity labels, by the rules of a day. Pure; content stays as it was sent.

In: the JSON bytes, and the document for the few whose bytes look suspicious. Every code counts wherever it stands (a
claim's line, a charge, an order), so that a fact does not leak through what repeats it. What stands only in prose is
not seen: papers of a visit take the labels of the visit's coded facts (`store.labels`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from yteso.standards.sensitivity import LABELS, in_force, sent_labels


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """The rules of one day, compiled. `suspect` is quick: what it does not find carries no label."""

    suspect: re.Pattern[bytes]
    coded: tuple[tuple[re.Pattern[str], str, int], ...]
    sent: tuple[tuple[str, Mapping[str, int]], ...]

    def labels(self, text: bytes, resource: Mapping[str, Any]) -> int:
        """The bits of every label one of its codes carries."""
        if self.suspect.search(text) is None:
            return 0
        bits = 0
        for system, code in _codings(resource):
            bits |= self._of_code(system.lower().replace("-", ""), code)
        return bits | self._sent(resource)

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
    return Sensitivity(re.compile(suspect.encode()), coded, sent)


def fingerprint(day: date) -> str:
    """A mark of the rules of a day: when it changes, what is stored is labelled anew."""
    return blake2b(repr((in_force(day), sent_labels())).encode(), digest_size=8).hexdigest()


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
