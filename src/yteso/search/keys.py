"""The 64-bit numbers that stand for searchable facts in the index: the same function for index rows and for queries.

A token is a fact such as "Observation.code has the code 718-7": type and element path are part of it, so that a
query sends tokens alone. Tokens are xxh3 (fast; a collision shows a wrong hit, never a forbidden one, because rights
are checked by other columns). Patients are blake2b, because rights hang on them and ids are chosen by clients.
"""

from __future__ import annotations

import re
from functools import lru_cache
from hashlib import blake2b

from xxhash import xxh3_64_digest

from yteso.standards.fhir_r4 import ELEMENTS, Path
from yteso.standards.identifiers import canonical_system

Key = bytes
"""A 64-bit number as its 8 big-endian bytes: how the index writes it without converting."""


def number(key: Key) -> int:
    """The signed number of a key, as SQL parameters want it."""
    return int.from_bytes(key, "big", signed=True)


class Mark(str):
    """A fact that nearly every resource of a type shares: kept beside the index of tokens, to filter by."""

    __slots__ = ()


class Code(str):
    """A code without its system: the first one of the element that has a column stands there, not among the tokens."""

    __slots__ = ()


def short(key: Key) -> bytes:
    """The 32 bits of a mark's key: enough to tell apart the some thousand marks there are."""
    return key[4:]


def path_key(type: str, path: Path) -> str:
    """The name of an element path in tokens, without reference targets: subject and patient share their tokens."""
    where = "".join(f"[{at}.{name}={value}]" for at, name, value in path.where)
    return f"{type}.{'.'.join(path.steps)}{where}"


def mandatory(type: str, path: Path) -> bool:
    """True when every step of the path must be there, so that no mark of its presence is kept."""
    elements = ELEMENTS[type]
    steps = [elements.get(".".join(path.steps[: count + 1])) for count in range(len(path.steps))]
    return all(step is not None and step.min > 0 for step in steps)


def token(fact: str) -> Key:
    """The key of a fact."""
    return xxh3_64_digest(fact.encode())


@lru_cache(maxsize=8192)
def patient_key(id: str) -> Key:
    """The key of a patient's compartment."""
    return blake2b(id.encode(), digest_size=8, person=b"patient").digest()


def coded(key: str, system: str | None, code: str) -> tuple[str, str]:
    """The facts of one code: the bare code, and with its system; `|code` when it has no system."""
    return f"{key}|{code}", f"{key}|{system or ''}|{code}"


_CALLED = frozenset({"phone", "fax", "sms", "pager"})
_NOT_DIALLED = re.compile(r"[\s.()\-/]+")


def contact(system: str | None, value: str) -> str:
    """A contact as it is compared: numbers without what is not dialled, Vietnam's code as 0; others without case."""
    if system not in _CALLED:
        return value.casefold()
    number = _NOT_DIALLED.sub("", value)
    return f"0{number[3:]}" if number.startswith("+84") else number


def of_system(key: str, system: str) -> Mark:
    """The mark of some code of this system."""
    return Mark(f"{key}|{system}|")


def present(key: str, target: str = "") -> Mark:
    """The mark of an element that has a value (for `:missing`); a reference names the type it points to."""
    return Mark(f"{key}?{target}")


def under(key: str, address: str) -> Mark:
    """The mark of some uri that is this one or lies under it (for `:below`)."""
    return Mark(f"{key}<{address}")


def exact(key: str, text: str) -> str:
    """The fact that a string element is exactly this (for `:exact`)."""
    return f"{key}={text}"


def identifier(key: str, system: str | None, value: str) -> tuple[str, str]:
    """The facts of one identifier. Under whichever of its URIs the system was sent, the facts are the same."""
    return coded(key, canonical_system(system) if system else system, value)


def typed(key: str, system: str, code: str, value: str) -> str:
    """The fact of an identifier of a type (for `:of-type`)."""
    return f"{key}#type|{system}|{code}|{value}"


def paired(key: str, first: str, second: str) -> str:
    """The fact that two parts of a composite hold in one element."""
    return f"{key}${first}${second}"


def elsewhere(type: str) -> str:
    """The fact that the patient of the row is not named by the main path of its type."""
    return f"{type}#patient-elsewhere"


def identified(key: str, system: str | None, value: str) -> tuple[str, str]:
    """The facts of a reference by identifier (for `:identifier`)."""
    return identifier(f"{key}#identifier", system, value)


def within_bundle(key: Key) -> Key:
    """The key of the same fact, of a Bundle's first entry: no search of the entry's own type meets it."""
    return xxh3_64_digest(b"Bundle.entry[0]" + key)


def source(facility: str) -> str:
    """The fact that a facility sent the resource, the same for every type."""
    return f"*.meta.source|{facility}"
