"""What the operations on codes are asked about: a code system, a value set, codes. Shared by all five of them.

A resource is named by the address (`ValueSet/[id]/$expand`), by its canonical url, or sent along. Refused (400, 404,
422) with numbers that name the parameter.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from yteso.api.body import Resource, refuse_blocking, structure_issues
from yteso.api.call import Call
from yteso.api.operations.arguments import Arguments
from yteso.api.read import refuse_absent
from yteso.base.clock import VIETNAM, day_in_vietnam
from yteso.base.errors import Refused
from yteso.base.issue import Origin
from yteso.db import Connection
from yteso.fhir import json
from yteso.fhir.dates import local
from yteso.terminology import rules
from yteso.terminology.code_system import CodeSystem
from yteso.terminology.engine import Engine
from yteso.terminology.read_code_system import read_code_system
from yteso.terminology.validation import Coded
from yteso.terminology.value_set import ValueSet

MOST_CODINGS = 50
LONGEST = 200
"""Characters of a canonical url that a refusal repeats."""


def asked_value_set(call: Call, conn: Connection, given: Arguments, engine: Engine) -> tuple[Resource, ValueSet]:
    """The ValueSet resource (a bare one for an implicit value set) and the same made ready."""
    resource = _named_or_sent(call, conn, given, "valueSet", "ValueSet")
    if resource is not None:
        return resource, engine.compiled(resource)
    canonical = with_version(given.text("url"), given.text("valueSetVersion"))
    ready = engine.value_set(canonical)
    if ready is None:
        raise Refused(rules.NO_VALUE_SET.at(Origin(field="url"), url=canonical[:LONGEST]), status=404)
    url, _, version = canonical.partition("|")
    return engine.content.value_set(url, version) or {"url": url}, ready


def asked_code_system(call: Call, conn: Connection, given: Arguments, engine: Engine) -> CodeSystem | None:
    """The code system; None when it is named by a url that is not here."""
    resource = _named_or_sent(call, conn, given, "codeSystem", "CodeSystem")
    if resource is None:
        return engine.code_system(with_version(given.text("url"), given.text("version")))
    same = engine.code_system(f"{resource.get('url')}|{resource.get('version', '')}") if call.id else None
    return same or read_code_system(resource)


def known_code_system(engine: Engine, system: str, version: str, name: str) -> CodeSystem:
    """The code system of a code; Refused (404) when its content is not here."""
    if not system:
        raise Refused(rules.NO_SYSTEM.at(Origin(field=name)), status=400)
    canonical = with_version(system, version)
    found = engine.code_system(canonical)
    if found is None or found.about.content == "not-present":
        raise Refused(rules.NO_CODE_SYSTEM.at(Origin(field=name), url=canonical[:LONGEST]), status=404)
    return found


def asked_codes(given: Arguments, system: str, version: str) -> list[Coded]:
    """The code, Coding or CodeableConcept to be judged."""
    given_by = only_one(given, "code", "coding", "codeableConcept")
    if given_by == "code":
        return [Coded(system, given.text("code"), version, given.text("display"))]
    if given_by == "coding":
        return [coded_of(given.one("coding"), "coding")]
    codings = given.one("codeableConcept").get("coding", ())
    if len(codings) > MOST_CODINGS:
        raise Refused(rules.TOO_MANY_CODES.at(Origin(field="codeableConcept"), limit=MOST_CODINGS), status=400)
    return [coded_of(coding, "codeableConcept") for coding in codings]


def coded_of(coding: dict[str, Any], name: str) -> Coded:
    """A Coding with its code; Refused (400) without one."""
    if not coding.get("code"):
        raise Refused(rules.ONE_OF.at(Origin(field=f"{name}.code"), names="code"), status=400)
    return Coded.of(coding)


def only_one(given: Arguments, *names: str) -> str:
    """The one of these parameters that is given; Refused (400) when none is, or several are."""
    there = [name for name in names if given.one(name) is not None]
    if len(there) != 1:
        raise Refused(
            rules.ONE_OF.at(Origin(field=there[-1] if there else names[0]), names=", ".join(names)), status=400
        )
    return there[0]


def refuse_unused(given: Arguments, *names: str) -> None:
    """Refused (400) for parameters of R4 that would change the answer and that we cannot follow."""
    for name in names:
        if given.one(name) is not None:
            raise Refused(rules.NOT_OFFERED.at(Origin(field=name), name=name), status=400)


def day_of(call: Call, given: Arguments) -> str:
    """The day asked for, otherwise today, in Việt Nam."""
    return asked_day(given) or day_in_vietnam(today(call)).isoformat()


def asked_day(given: Arguments) -> str:
    """The (first) day of `date` in Việt Nam; empty without it."""
    moment = local(given.text("date"))
    return day_in_vietnam(moment).isoformat() if moment else ""


def today(call: Call) -> datetime:
    """The present moment in Việt Nam."""
    return call.engine.clock().astimezone(VIETNAM)


def with_version(url: str, version: str) -> str:
    """The canonical url; a version in the url itself is stronger."""
    return f"{url}|{version}" if version and "|" not in url else url


def split_canonicals(canonicals: list[str]) -> Iterator[tuple[str, str]]:
    """(url, version) of each."""
    for canonical in canonicals:
        url, _, version = canonical.partition("|")
        yield url, version


def _named_or_sent(call: Call, conn: Connection, given: Arguments, name: str, type: str) -> Resource | None:
    """The resource of the address or of the request; None when it is asked for by url."""
    if call.id:
        refuse_besides_address(given, "url", name)
        found = refuse_absent(type, call.engine.store.read(conn, call.who, call.limit, type, call.id))
        stored: Resource = json.loads(found.body)
        return stored
    if only_one(given, "url", name) == "url":
        return None
    return sent(given, name, type)


def refuse_besides_address(given: Arguments, *names: str) -> None:
    """Refused (400) when the address names the resource and a parameter names another."""
    for name in names:
        if given.one(name) is not None:
            raise Refused(rules.ONE_OF.at(Origin(field=name), names="[id], " + ", ".join(names)), status=400)


def sent(given: Arguments, name: str, type: str) -> Resource:
    """A resource that came with the request, its type and structure checked."""
    resource: Resource = given.one(name)
    if resource.get("resourceType") != type:
        raise Refused(rules.OTHER_RESOURCE.at(Origin(field=name), name=name, type=type), status=400)
    refuse_blocking(structure_issues(resource, name))
    return resource
