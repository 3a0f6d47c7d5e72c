"""What a client asks for in headers and general parameters, and the headers an answer carries. Pure.

In: header texts, `_format`, `_pretty`. Out: frozen values, or `Refused` with 400, 406 or 415. FHIR R4 §3.1.0.1.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Literal

from yteso.api import rules
from yteso.base.errors import Refused
from yteso.base.issue import Origin

FHIR_JSON = "application/fhir+json; charset=utf-8; fhirVersion=4.0"

_JSON_TYPES = frozenset(["application/fhir+json", "application/json", "text/json", "application/json+fhir"])
JSON_PATCH = "application/json-patch+json"
_FORMATS = _JSON_TYPES | {"json"}
_ANY = frozenset(["*/*", "application/*"])
_ETAG = re.compile(r'(?:W/)?"([0-9]{1,9})"|([0-9]{1,9})', re.ASCII)

Return = Literal["minimal", "representation", "OperationOutcome"]


@dataclass(frozen=True, slots=True)
class Prefer:
    """The `Prefer` header (RFC 7240, FHIR R4 §3.1.0.1.7). What is not understood is ignored, as RFC 7240 asks."""

    returns: Return | None = None
    strict: bool = False


def read_prefer(text: str) -> Prefer:
    """`return=minimal; handling=strict` and the like."""
    wanted = dict(part.strip().partition("=")[::2] for part in re.split("[,;]", text))
    returned = wanted.get("return", "").strip('"')
    known: dict[str, Return] = {name: name for name in ("minimal", "representation", "OperationOutcome")}
    return Prefer(known.get(returned), wanted.get("handling", "").strip('"') == "strict")


def check_accept(accept: str, format: str) -> None:
    """Refused (406) when the client can read no JSON. `_format` is stronger than `Accept`."""
    if format:
        # In a query string a literal "+" has become a space: application/fhir json.
        if _essence(format).replace(" ", "+") not in _FORMATS:
            raise Refused(rules.NOT_ACCEPTABLE.at(Origin(field="_format")), status=406)
    elif accept.strip() and not any(_acceptable(part) for part in accept.split(",")):
        raise Refused(rules.NOT_ACCEPTABLE.at(), status=406)


def is_json_patch(headers: Mapping[str, str]) -> bool:
    """True when the body is said to be a JSON Patch."""
    return _essence(headers.get("content-type", "")) == JSON_PATCH


def check_content_type(headers: Mapping[str, str], *, form: bool = False) -> None:
    """Refused (415) for a body in another format, another charset, or compressed. No type at all counts as ours."""
    content_type = headers.get("content-type", "")
    expected = frozenset(["application/x-www-form-urlencoded"]) if form else _JSON_TYPES
    wrong = bool(content_type.strip()) and (
        _essence(content_type) not in expected
        or _parameter(content_type, "charset") not in ("", "utf-8", "utf8")
        or not _right_version(content_type)
    )
    if wrong or headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
        raise Refused(rules.MEDIA_TYPE.at(expected=sorted(expected)[0]), status=415)


def read_version(text: str) -> int | None:
    """`W/"3"` -> 3, absent -> None. Refused (400) otherwise; `*` is handled by the caller."""
    if not text.strip():
        return None
    match = _ETAG.fullmatch(text.strip())
    if not match:
        raise Refused(rules.BAD_VERSION.at(), status=400)
    return int(match[1] or match[2])


def not_modified(headers: Mapping[str, str], version: int, updated: datetime) -> bool:
    """True when the client already has this version (304). `If-None-Match` beats `If-Modified-Since` (RFC 9110 §13)."""
    tags = headers.get("if-none-match", "")
    if tags.strip():
        return any(_matches(tag.strip(), version) for tag in tags.split(","))
    since = _http_date(headers.get("if-modified-since", ""))
    return since is not None and updated.replace(microsecond=0) <= since


def version_headers(version: int, updated: datetime) -> dict[str, str]:
    """`ETag` and `Last-Modified` of one version."""
    return {
        "ETag": etag(version),
        "Last-Modified": format_datetime(updated.astimezone(UTC), usegmt=True),
    }


def etag(version: int) -> str:
    """The weak ETag of a version."""
    return f'W/"{version}"'


def _matches(tag: str, version: int) -> bool:
    """A tag that is not ours simply is another one."""
    match = _ETAG.fullmatch(tag)
    return tag == "*" or bool(match and int(match[1] or match[2]) == version)


def _http_date(text: str) -> datetime | None:
    try:
        when = parsedate_to_datetime(text) if text.strip() else None
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return when.replace(tzinfo=UTC) if when is not None and when.tzinfo is None else when


def _acceptable(part: str) -> bool:
    if _essence(part) not in _JSON_TYPES | _ANY or not _right_version(part):
        return False
    try:
        return float(_parameter(part, "q") or "1") > 0
    except ValueError:
        return False


def _right_version(media_type: str) -> bool:
    return _parameter(media_type, "fhirversion") in ("", "4.0", "4.0.1")


def _essence(media_type: str) -> str:
    return media_type.partition(";")[0].strip().lower()


def _parameter(media_type: str, name: str) -> str:
    for part in media_type.split(";")[1:]:
        key, _, value = part.partition("=")
        if key.strip().lower() == name:
            return value.strip().strip('"').lower()
    return ""
