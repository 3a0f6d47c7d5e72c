"""The package: every known artefact of VN Core as a FHIR resource, and the digest by which a server knows it has it.

In: the data files beside this one, and the concepts of the code lists (they live a floor higher, in `terminology`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from yteso.standards.identifiers import BASE as SID
from yteso.standards.identifiers import SYSTEMS
from yteso.standards.vn_core.describe import BASE, DATE, VERSION, both, head
from yteso.standards.vn_core.structures import extension, profile

Json = dict[str, Any]
Concepts = Iterable[tuple[str, str, str, str, str]]
"""(code, Vietnamese, English, first day in force, last day or "") of a code list."""

_DATES = [{"code": code, "type": "dateTime"} for code in ("effectiveDate", "retirementDate")]

PACKAGE = "yteso.vn.core"
"""Not `hl7.fhir.vn.core`: two different guides claim that name already, and this is neither."""

_HERE = Path(__file__).parent


def digest() -> str:
    """Changes with the data and with the code that makes artefacts of it; costs a millisecond."""
    sums = sha256(VERSION.encode())
    for file in sorted(_HERE.iterdir()):
        if file.suffix in (".toml", ".py"):
            sums.update(file.name.encode() + b"\0" + file.read_bytes())
    return sums.hexdigest()


def artefacts(list_of: Callable[[str], Concepts]) -> Iterator[Json]:
    """Every artefact, code systems first. `list_of("MA_LOAI_RV")` gives the concepts of one BHYT field."""
    codes = _read("codes.toml")
    for fact in codes["code_system"]:
        yield _code_system(fact, list_of)
        yield _value_set({**fact, "id": fact["id"].removesuffix("-cs") + "-vs"}, [f"{BASE}/CodeSystem/{fact['id']}"])
    for fact in codes["value_set"]:
        yield _value_set(fact, fact["systems"])
    for fact in _read("naming_systems.toml")["naming_system"]:
        yield _naming_system(fact)
    for fact in _read("extensions.toml")["extension"]:
        yield extension(fact)
    for fact in _read("profiles.toml")["profile"]:
        yield profile(fact)
    for fact in _read("search.toml")["search_parameter"]:
        yield _search_parameter(fact)


def profiles_of(type_: str) -> tuple[str, ...]:
    """The addresses of the package's profiles on a resource type."""
    return _profiles().get(type_, ())


@cache
def _profiles() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for fact in _read("profiles.toml")["profile"]:
        found[fact["type"]] = (*found.get(fact["type"], ()), f"{BASE}/StructureDefinition/{fact['id']}")
    return found


def _read(name: str) -> dict[str, list[Json]]:
    return tomllib.loads((_HERE / name).read_text(encoding="utf-8"))


def _code_system(fact: Json, list_of: Callable[[str], Concepts]) -> Json:
    found = list(list_of(fact["list"])) if "list" in fact else [(*one, "", "") for one in fact["concepts"]]
    ended = any(until for *_, until in found)
    return {
        **head("CodeSystem", fact),
        "caseSensitive": True,
        "valueSet": f"{BASE}/ValueSet/{fact['id'].removesuffix('-cs')}-vs",
        "content": "complete" if "list" in fact else "fragment",
        "count": len(found),
        **({"property": _DATES} if ended else {}),
        "concept": [_concept(*one) for one in found],
    }


def _concept(code: str, vi: str, en: str, since: str, until: str) -> Json:
    """With the days in force of a code that is no longer used."""
    english = {"designation": [{"language": "en", "value": en}]} if en else {}
    dates = {"effectiveDate": since, "retirementDate": until}
    ended = {"property": [{"code": code, "valueDateTime": day} for code, day in dates.items()]} if until else {}
    return {"code": code, "display": vi, **english, **ended}


def _value_set(fact: Json, systems: list[str]) -> Json:
    return {**head("ValueSet", fact), "compose": {"include": [{"system": system} for system in systems]}}


def _naming_system(fact: Json) -> Json:
    system = SYSTEMS[SID + fact["sid"]]
    made = head(
        "NamingSystem",
        {**fact, "title": [system.vi, system.en]},
        "url", "version", "title", "experimental", "purpose", "copyright",
    )  # fmt: skip
    made["status"] = "retired" if system.retired else "draft"
    old = [{"type": "uri", "value": alias, "preferred": False} for alias in system.aliases]
    return made | {
        "kind": "identifier",
        "description": f"{both([system.vi, system.en])}. {made['description'].rpartition('. ')[2]} "
        f"Căn cứ · basis: {fact['legal']}",
        "usage": both(fact["usage"]),
        "uniqueId": [{"type": "uri", "value": system.uri, "preferred": True}, *old],
        "date": DATE,
    }


def _search_parameter(fact: Json) -> Json:
    made = head("SearchParameter", fact, "title", "copyright") | {"status": "active"}  # only an active one is searched
    return made | {"code": fact["code"], "base": [fact["on"]], "type": "token", "expression": fact["expression"]}
