"""What a client asks for in headers about versions and answers, and the headers an answer carries. Pure.

In: header texts. Out: frozen values, or `Refused` with 400. FHIR R4 §3.1.0.1. Formats are `formats.py`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Literal

from yteso.api import rules
from yteso.base.errors import Refused
from yteso.store.protocol import EXISTS, VersionConflict

_ETAG = re.compile(r'(?:W/)?"([0-9]{1,9})"|([0-9]{1,9})', re.ASCII)

Return = Literal["minimal", "representation", "OperationOutcome"]


@dataclass(frozen=True, slots=True)
class Prefer:
    """The `Prefer` header (RFC 7240, FHIR R4 §3.1.0.1.7). What is not understood is ignored, as RFC 7240 asks."""

    returns: Return | None = None
    strict: bool = False


_NOTHING_PREFERRED = Prefer()


def read_prefer(text: str) -> Prefer:
    """`return=minimal; handling=strict` and the like."""
    if not text:
        return _NOTHING_PREFERRED
    wanted = preferences(text)
    known: dict[str, Return] = {name: name for name in ("minimal", "representation", "OperationOutcome")}
    return Prefer(known.get(wanted.get("return", "")), wanted.get("handling") == "strict")


def preferences(text: str) -> dict[str, str]:
    """What is preferred, by its name in lower case. Of one that is named twice the first counts (RFC 7240 §2)."""
    pairs = [part.partition("=")[::2] for part in re.split("[,;]", text)]
    return {name.strip().lower(): value.strip().strip('"') for name, value in reversed(pairs)}


def read_version(text: str) -> int | None:
    """`W/"3"` -> 3, `*` -> EXISTS (RFC 9110 §13.1.1), absent -> None. Refused (400) otherwise."""
    if not text.strip():
        return None
    if text.strip() == "*":
        return EXISTS
    match = _ETAG.fullmatch(text.strip())
    if not match:
        raise Refused(rules.BAD_VERSION.at(), status=400)
    return int(match[1] or match[2])


def refuse_expected(expected: int | None) -> None:
    """VersionConflict (412) where nothing is there, and If-Match asks for something."""
    if expected:
        raise VersionConflict


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
        "Last-Modified": _http_text(updated),
    }


def etag(version: int) -> str:
    """The weak ETag of a version."""
    return f'W/"{version}"'


def _matches(tag: str, version: int) -> bool:
    """A tag that is not ours simply is another one."""
    match = _ETAG.fullmatch(tag)
    return tag == "*" or bool(match and int(match[1] or match[2]) == version)


_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _http_text(when: datetime) -> str:
    """`Thu, 26 Nov 2026 09:00:00 GMT` (RFC 9110 §5.6.7), whatever the language of the process."""
    utc = when.astimezone(UTC)
    day = f"{_DAYS[utc.weekday()]}, {utc.day:02} {_MONTHS[utc.month - 1]} {utc.year:04}"
    return f"{day} {utc.hour:02}:{utc.minute:02}:{utc.second:02} GMT"


def _http_date(text: str) -> datetime | None:
    try:
        when = parsedate_to_datetime(text) if text.strip() else None
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return when.replace(tzinfo=UTC) if when is not None and when.tzinfo is None else when
