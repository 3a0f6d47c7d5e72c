"""HL7's own test cases, out of a package of Maven Central: patches, and what the validator of the standard says."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

from maven import jar

from yteso.base.errors import Refused
from yteso.fhir import json, xml

ARTIFACT = "org.hl7.fhir.testcases:fhir-test-cases:1.7.48"
HASH = "3548af9e436bdc3fe6926f0949e32cd3b7b524f36c98e5f55e01fb2337af8b6d"
INSIDE = "org/hl7/fhir/testcases/"
_ELSEWHERE = frozenset(["cda", "cdshooks", "dsig", "json5", "logical", "shc", "v2", "xver"])
"""Modules about something else than a resource of R4."""
_MARK = b"\xef\xbb\xbf"

Resource = dict[str, Any]


@dataclass(frozen=True)
class Judged:
    """A document, the definitions it is judged by, and how many errors the validator of the standard finds."""

    name: str
    document: bytes
    definitions: Sequence[Resource]
    profiles: Sequence[str]
    errors: int


class Cases:
    """The open package. OSError, SubprocessError or ValueError when it cannot be had."""

    def __init__(self) -> None:
        self._packed = zipfile.ZipFile(jar(ARTIFACT, HASH))

    def bytes(self, name: str) -> bytes:
        """One file."""
        return self._packed.read(INSIDE + name).removeprefix(_MARK)

    def json_patches(self) -> Any:
        """The cases of JSON Patch: `doc`, `patch`, and what is `expected`, or an `error`."""
        return json.loads(self.bytes("r4b/patch/json-patch-tests.json"))

    def patches(self) -> Iterator[tuple[str, Resource, Resource, Resource | None]]:
        """(name, resource, patch, result; None: it is to be refused) of each case of FHIRPath Patch."""
        for case in ElementTree.fromstring(self.bytes("r4b/patch/fhir-patch-tests.xml")).iter("case"):
            parts = {part.tag: part for part in case}
            result = parts.get("output")
            expected = read(result[0]) if result is not None and len(result) else None
            yield case.get("name", ""), read(parts["input"][0]), read(parts["diff"][0]), expected

    def judged(self) -> Iterator[Judged]:
        """Documents of R4 with what the validator says, without a profile named and with one."""
        for case in json.loads(self.bytes("validator/manifest.json"))["test-cases"]:
            if case.get("version") not in ("4.0", "4.0.1") or case.get("module") in _ELSEWHERE:
                continue
            beside = [*case.get("supporting", ()), *case.get("profiles", ())]
            named = case.get("profile") if isinstance(case.get("profile"), dict) else {}
            yield from self._judged(case["name"], case["file"], beside, case.get("java"), "")
            more = [*beside, *named.get("supporting", ())]
            yield from self._judged(
                f"{case['name']}, profile", case["file"], more, named.get("java"), named.get("source")
            )

    def _judged(
        self, name: str, file: str, beside: Sequence[str], outcome: str | Resource | None, profile: str | None
    ) -> Iterator[Judged]:
        if outcome is None or profile is None or not self._has(file):
            return
        if isinstance(outcome, str) and not self._has(f"outcomes/{outcome}"):
            return
        told = outcome if isinstance(outcome, dict) else json.loads(self.bytes(f"validator/outcomes/{outcome}"))
        issues = told.get("outcome", told).get("issue", ())
        errors = sum(issue["severity"] in ("error", "fatal") for issue in issues)
        definitions = [one for other in beside if (one := self._definition(other)) is not None]
        profiles = [profile] if profile.startswith("http") else []
        if profile and not profiles and (own := self._definition(profile)) is not None:
            definitions, profiles = [*definitions, own], [own["url"]]
        yield Judged(name, self.bytes(f"validator/{file}"), definitions, profiles, errors)

    def _has(self, name: str) -> bool:
        """The manifest names some files that the package lacks."""
        return f"{INSIDE}validator/{name}" in self._packed.NameToInfo

    def _definition(self, name: str) -> Resource | None:
        """A definition beside a case; None for one that is no sound FHIR R4, or lies in another package."""
        try:
            return document(self.bytes(f"validator/{name}"))
        except (Refused, KeyError):
            return None


def document(raw: bytes) -> Any:
    """JSON or XML. Raises Refused."""
    return json.loads(json.dumps(xml.loads(raw)) if raw.lstrip()[:1] == b"<" else raw)


def read(element: ElementTree.Element) -> Any:
    """A resource within a file of cases."""
    return document(ElementTree.tostring(element))
