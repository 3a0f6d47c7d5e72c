"""A transaction or batch bundle -> its entries, the order they run in, and their references made real. No I/O.

In: the JSON document of a Bundle (FHIR R4 §2.36.1). Out: `Entry` values and issues with the entry's place. It decides
no ids and answers nothing; `api` does, and hands back the new names of the entries to `rewrite`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from yteso.base.issue import Issue, Origin, Rule, Severity
from yteso.fhir.reference import is_plain

METHODS = ("DELETE", "POST", "PUT", "PATCH", "GET", "HEAD")
"""In the order a transaction runs them (FHIR R4 §3.1.0.11.2); PUT and PATCH share a place, GET and HEAD too."""

_RANK = {"DELETE": 0, "POST": 1, "PUT": 2, "PATCH": 2, "GET": 3, "HEAD": 3}

_NOT_AN_ENTRY = Rule(
    "FHIR-0101",
    Severity.ERROR,
    "Mục của Bundle không có request.method và request.url hợp lệ",
    "the bundle's entry has no valid request.method and request.url",
    "Thêm request.method (DELETE, POST, PUT, PATCH, GET, HEAD) và request.url",
    "give request.method (DELETE, POST, PUT, PATCH, GET, HEAD) and request.url",
    basis="FHIR R4 §2.36.1 bdl-3",
)
_NO_RESOURCE = Rule(
    "FHIR-0102",
    Severity.ERROR,
    "Mục POST, PUT hoặc PATCH của Bundle không có resource",
    "the bundle's POST, PUT or PATCH entry has no resource",
    "Thêm resource có resourceType",
    "add the resource, with its resourceType",
    basis="FHIR R4 §2.36.1",
)
_SAME_FULL_URL = Rule(
    "FHIR-0103",
    Severity.ERROR,
    "Hai mục của Bundle có cùng fullUrl",
    "two entries of the bundle have the same fullUrl",
    "Mỗi mục ghi phải có fullUrl riêng",
    "give each written entry its own fullUrl",
    basis="FHIR R4 §2.36.1 bdl-7",
)

_LINK_NAMES = """
address authority authorizationUrl code contentReference defaultValueOid defaultValueUri defaultValueUrl
defaultValueUuid definition definitionUri derivedFromUri detail endpoint eventUri fixedOid fixedUri fixedUrl fixedUuid
fullUrl identifier implicitRules instantiates instantiatesUri issuer jurisdiction link location moduleUri nameUrl
onlineInformation patternOid patternUri patternUrl patternUuid policy property protocol reference relativePath
rendering source sourceUri system target targetUri type uri url valueOid valueUri valueUrl valueUuid
"""
_LINKS = frozenset(_LINK_NAMES.split())
"""The names of elements that are a uri, url, oid or uuid in some type of FHIR R4; a test reads its definitions."""

_URN = re.compile(r"urn:(?:uuid|oid):[0-9A-Za-z.\-]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Entry:
    """One request of a bundle. `index` is its place in the bundle, for the answer's order and for issues."""

    index: int
    method: str
    url: str
    full_url: str = ""
    resource: dict[str, Any] | None = None
    if_match: str = ""
    if_none_match: str = ""
    if_none_exist: str = ""
    if_modified_since: str = ""

    @property
    def origin(self) -> Origin:
        """The place issues about this entry name."""
        return Origin(field=f"Bundle.entry[{self.index}]")


def read_entries(bundle: Mapping[str, Any]) -> tuple[list[Entry], list[Issue]]:
    """The entries in the bundle's order, and an issue for every one that is none."""
    entries: list[Entry] = []
    issues: list[Issue] = []
    rows = bundle.get("entry") or []
    seen: set[str] = set()
    for index, row in enumerate(rows if isinstance(rows, list) else [rows]):
        entry = _entry(index, row if isinstance(row, dict) else {})
        if entry.method not in METHODS or not entry.url:
            issues.append(_NOT_AN_ENTRY.at(entry.origin))
        elif _lacks_resource(entry):
            issues.append(_NO_RESOURCE.at(entry.origin))
        elif entry.full_url and entry.full_url in seen and entry.method in ("POST", "PUT"):
            issues.append(_SAME_FULL_URL.at(entry.origin))
        else:
            seen.add(entry.full_url)
            entries.append(entry)
    return entries, issues


def is_form_search(url: str) -> bool:
    """Whether this is the address of a search by POST, whose form may as well stand in the address."""
    return url.partition("?")[0].rpartition("/")[2] == "_search"


def _lacks_resource(entry: Entry) -> bool:
    writes = entry.method in ("PUT", "PATCH") or (entry.method == "POST" and not is_form_search(entry.url))
    return writes and "resourceType" not in (entry.resource or {})


def _entry(index: int, row: Mapping[str, Any]) -> Entry:
    request = row.get("request")
    request = request if isinstance(request, dict) else {}
    resource = row.get("resource")

    def text(source: Mapping[str, Any], name: str) -> str:
        value = source.get(name)
        return value if isinstance(value, str) else ""

    return Entry(
        index=index,
        method=text(request, "method"),
        url=text(request, "url").lstrip("/"),
        full_url=text(row, "fullUrl"),
        resource=resource if isinstance(resource, dict) else None,
        if_match=text(request, "ifMatch"),
        if_none_match=text(request, "ifNoneMatch"),
        if_none_exist=text(request, "ifNoneExist"),
        if_modified_since=text(request, "ifModifiedSince"),
    )


def in_order(entries: Iterable[Entry]) -> list[Entry]:
    """As a transaction must run them: DELETE, POST, PUT/PATCH, GET/HEAD; otherwise in the bundle's order."""
    return sorted(entries, key=lambda entry: _RANK[entry.method])


def rewrite(document: dict[str, Any], names: Mapping[str, str]) -> bool:
    """Put the new names (`urn:uuid:…` or absolute fullUrl -> `Type/id`) into a resource, in place.

    FHIR R4 §3.1.0.11.2: in every Reference, in values of type uri, url, oid or uuid that are a name, and in links of
    the narrative; never in a canonical, nor in a string like `Identifier.value`, which some senders fill with the very
    urn of the entry. Returns True when a reference that names nothing may be left, criteria (`Type?…`) apart. One loop
    with few calls: large transactions spend much of their time here.
    """
    left = False
    odd: set[str] = set()
    stack: list[Any] = [document]
    while stack:
        value = stack.pop()
        for key, inner in value.items() if type(value) is dict else enumerate(value):
            kind = type(inner)
            if kind is dict:
                stack.append(inner)
            elif kind is list:
                if inner and (type(inner[0]) is not str or key in _LINKS):
                    stack.append(inner)
            elif kind is not str:
                continue
            elif key == "reference" or (inner[:4] == "urn:" and (key in _LINKS or type(key) is int)):
                new = names.get(inner) or ("#" in inner and _renamed(inner, names)) or inner
                if new is not inner:
                    value[key] = new
                elif inner[:9] == "urn:uuid:":
                    left = True
                elif key == "reference" and "?" not in inner and not is_plain(inner):
                    odd.add(inner)
            elif key == "div" and "urn:" in inner:
                value[key] = _URN.sub(lambda match: names.get(match[0], match[0]), inner)
    return left or bool(odd and odd - {"#"}.union(f"#{part.get('id')}" for part in document.get("contained", ())))


def _renamed(text: str, names: Mapping[str, str]) -> str:
    """A name may carry a fragment (`urn:uuid:…#part`), which stays; empty when it is no name."""
    name, _, fragment = text.partition("#")
    return f"{names[name]}#{fragment}" if name in names else ""
