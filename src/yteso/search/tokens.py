"""What the generated programs of `program` call: one value -> its tokens, with bounded memory where values return.

Codes and references are remembered per element (a visit names one patient in fifty resources); identifiers, contacts
and names never are. Odd shapes raise TypeError or AttributeError, as `emit` promises.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from yteso.fhir import reference
from yteso.search.keys import (
    Key,
    coded,
    contact,
    exact,
    identified,
    identifier,
    of_system,
    present,
    token,
    typed,
    under,
)
from yteso.search.values import uris_above
from yteso.search.words import prefixes
from yteso.standards.fhir_r4 import RESOURCE_TYPES
from yteso.standards.identifiers import canonical_system

_CODES = 65_536
"""How many codes the memory of one element's code tokens holds before it starts anew."""
_TARGETS = 2_048
"""How many references the memory of one element holds."""

Tokens = list[Key]
Learned = tuple[tuple[Key, ...], tuple[Key, ...]]
"""(tokens, marks) of a value."""


def learn_coding(known: dict[tuple[str | None, str], Learned], key: str, pair: tuple[str | None, str]) -> Learned:
    """The tokens of (system, code), the bare code's first, and the mark of the system; kept."""
    if len(known) >= _CODES:
        known.clear()
    system, code = pair
    first, second = coded(key, system, code)
    learned = known[pair] = (token(first), token(second)), ((token(of_system(key, system)),) if system else ())
    return learned


def learn_code(known: dict[object, Key], key: str, value: object) -> Key:
    """The token of a code whose system is implied; kept."""
    if len(known) >= _CODES:
        known.clear()
    text = ("true" if value else "false") if isinstance(value, bool) else str(value)
    number = known[value] = token(f"{key}|{text}")
    return number


def learn_target(known: dict[str, tuple[Key, Key]], key: str, text: str) -> tuple[Key, Key]:
    """The token of what a reference names, and the mark that it names something of this type; kept."""
    if len(known) >= _TARGETS:
        known.clear()
    type, _, id = text.partition("/")
    if type in RESOURCE_TYPES and len(id) <= 64 and _IS_ID(id):
        name = text
    else:
        found = reference.parse(text)
        name, type = (f"{found.base}/{found.type}/{found.id}".lstrip("/") if found.id else text), found.type
    learned = known[text] = token(f"{key}|{name}"), _target(key, type)
    return learned


_IS_ID = re.compile(r"[A-Za-z0-9.\-]+", re.ASCII).fullmatch


@lru_cache(maxsize=_TARGETS)
def _target(key: str, type: str) -> Key:
    return token(present(key, type))


def of_identifier(key: str, value: Any, tok: Tokens, mark: Tokens) -> None:
    """An Identifier."""
    text = value.get("value")
    if text:
        system = value.get("system")
        tok += [token(fact) for fact in identifier(key, system, text)]
        if system:
            mark.append(_system(key, canonical_system(system)))
        if "type" in value:
            for coding in value["type"].get("coding") or ():
                tok.append(token(typed(key, coding.get("system") or "", coding.get("code") or "", text)))


@lru_cache(maxsize=_TARGETS)
def _system(key: str, system: str) -> Key:
    return token(of_system(key, system))


def of_identified(key: str, value: Any, tok: Tokens) -> None:
    """The identifier of a Reference."""
    text = value.get("value")
    if text:
        tok += [token(fact) for fact in identified(key, value.get("system"), text)]


def of_resource(key: str, value: Any, tok: Tokens) -> None:
    """A resource inside a Bundle, found as if it were referred to."""
    tok.append(token(f"{key}|{value['resourceType']}/{value['id']}"))


def of_contact(key: str, value: Any, tok: Tokens, mark: Tokens) -> None:
    """A ContactPoint: what kind of contact it is takes the place of a system."""
    text = value.get("value")
    if text:
        system = value.get("system")
        tok += [token(fact) for fact in coded(key, system, contact(system, text))]
        if system:
            mark.append(_system(key, system))


def of_uri(key: str, value: str, tok: Tokens) -> None:
    """A uri, canonical or plain text as a token; a canonical is also found without its version or fragment."""
    tok.append(token(f"{key}|{value}"))
    if value.find("#") >= 0:
        _add_bare(key, value.partition("#")[0], tok)
    if value.find("|") >= 0:
        _add_bare(key, value.partition("|")[0], tok)


def of_profile(key: str, value: str, tok: Tokens, mark: Tokens) -> None:
    """A profile: as other canonicals, and what it lies under."""
    of_uri(key, value, tok)
    mark += _ways_to(key, value)


@lru_cache(maxsize=_TARGETS)
def _ways_to(key: str, address: str) -> tuple[Key, ...]:
    return tuple(token(under(key, one)) for one in uris_above(address.partition("|")[0]))


def _add_bare(key: str, text: str, tok: Tokens) -> None:
    if text:
        tok.append(_bare_uri(key, text))


@lru_cache(maxsize=_TARGETS)
def _bare_uri(key: str, text: str) -> Key:
    return token(f"{key}|{text}")


_PARTS = ("text", "family", "given", "prefix", "suffix", "line", "district", "city", "state", "country", "postalCode")
"""The searchable parts of a HumanName and of an Address (FHIR R4 §3.1.1.4.9)."""


def of_text(key: str, number: Key, value: Any, tok: Tokens, strings: list[tuple[Key, str, int]]) -> None:
    """A string, HumanName or Address: each of its texts exactly, and its folded beginnings.

    A name in parts is found as a whole too, as it is said here and as it is said elsewhere.
    """
    for text in [value] if isinstance(value, str) else _texts(value):
        tok.append(token(exact(key, text)))
        strings += [(number, part, at) for at, part in enumerate(prefixes(text))]
    if isinstance(value, dict) and "text" not in value and "family" in value and "given" in value:
        family, given = value["family"], " ".join(value["given"])
        for whole in (f"{family} {given}", f"{given} {family}"):
            strings += [(number, part, at) for at, part in enumerate(prefixes(whole))]


def _texts(value: Any) -> list[str]:
    found: list[str] = []
    for part in _PARTS:
        text = value.get(part)
        if isinstance(text, str):
            found.append(text)
        elif text:
            found.extend(item for item in text if isinstance(item, str))
    return found
