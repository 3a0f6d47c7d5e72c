"""What a definition of R4 says in words, and no invariant does: addresses of entries, sizes of files. Pure.

In: a resource of any soundness, with its place. Out: issues FHIR-26xx. Resources inside are looked at by themselves,
except for files, which are looked for everywhere below.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from yteso.base.issue import Issue, Origin, Rule, Severity
from yteso.standards.fhir_r4 import RESOURCE_TYPES

NOT_ABSOLUTE = Rule(
    "FHIR-2601",
    Severity.ERROR,
    "fullUrl phải là địa chỉ tuyệt đối",
    "fullUrl must be an absolute address",
    "Dùng địa chỉ đầy đủ (https://…/Patient/1) hoặc urn:uuid:…",
    "give the whole address (https://…/Patient/1), or urn:uuid:…",
    "FHIR R4 Bundle.entry.fullUrl",
)
DISAGREES = Rule(
    "FHIR-2602",
    Severity.ERROR,
    "fullUrl không khớp với loại và id của tài nguyên trong entry",
    "fullUrl disagrees with the type and id of the entry's resource",
    "Sửa fullUrl cho kết thúc bằng [loại]/[id] của tài nguyên, hoặc dùng urn:uuid:…",
    "let fullUrl end with the resource's [type]/[id], or use urn:uuid:…",
    "FHIR R4 Bundle.entry.fullUrl",
)
OTHER_SIZE = Rule(
    "FHIR-2603",
    Severity.ERROR,
    "size không phải số byte của data",
    "size is not the number of bytes of data",
    "Ghi số byte trước khi mã hóa base64",
    "give the number of bytes before the base64 encoding",
    "FHIR R4 Attachment.size",
)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:", re.ASCII)
_RESTFUL = re.compile(r"https?://[^?#]*/([A-Za-z]+)/([A-Za-z0-9.-]{1,64})", re.ASCII)
_ASKS = frozenset(["transaction", "batch"])
"""Bundles whose entries are not there yet: an address may be a name."""


def check_full_urls(resource: Any, place: str) -> Iterator[Issue]:
    """What is wrong with the addresses of a Bundle's entries."""
    entries = resource.get("entry") if resource.get("resourceType") == "Bundle" else None
    for at, entry in enumerate(entries if isinstance(entries, list) else ()):
        url = entry.get("fullUrl") if isinstance(entry, dict) else None
        if not isinstance(url, str):
            continue
        origin = Origin(field=f"{place}.entry[{at}].fullUrl")
        if not _SCHEME.match(url):
            yield NOT_ABSOLUTE.at(origin)
        elif resource.get("type") not in _ASKS and _disagrees(url, entry.get("resource")):
            yield DISAGREES.at(origin)


def _disagrees(url: str, resource: Any) -> bool:
    """Whether this is the address of another resource of a server."""
    match = _RESTFUL.fullmatch(url)
    if match is None or match[1] not in RESOURCE_TYPES or not isinstance(resource, dict) or "id" not in resource:
        return False
    return (match[1], match[2]) != (resource.get("resourceType"), resource["id"])


def check_sizes(node: Any, place: str) -> Iterator[Issue]:
    """Every Attachment below whose size is not that of the data it holds."""
    if isinstance(node, list):
        for at, one in enumerate(node):
            yield from check_sizes(one, f"{place}[{at}]")
    elif isinstance(node, dict):
        data, size = node.get("data"), node.get("size")
        if isinstance(data, str) and isinstance(size, int) and size != _bytes_in(data):
            yield OTHER_SIZE.at(Origin(field=f"{place}.size"))
        for name, inner in node.items():
            if isinstance(inner, dict | list):
                yield from check_sizes(inner, f"{place}.{name}")


def _bytes_in(text: str) -> int:
    """How many bytes base64 stands for; whether it is base64 is asked elsewhere."""
    letters = "".join(text.split())
    return len(letters.rstrip("=")) * 3 // 4
