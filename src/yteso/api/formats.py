"""JSON or XML: which one a body is in, and which one the answer shall be in (FHIR R4 §3.1.0.1.9). Pure.

In: `Content-Type`, `Accept`, `_format`. Out: a `Format`, or Refused with 406 or 415. Every spelling that FHIR and its
clients have used for the two is known; another version of FHIR than 4.0 is another format.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from yteso.api import rules
from yteso.base.errors import Refused
from yteso.base.issue import Origin

Format = Literal["json", "xml"]

FHIR_JSON = "application/fhir+json; charset=utf-8; fhirVersion=4.0"
FHIR_XML = "application/fhir+xml; charset=utf-8; fhirVersion=4.0"
JSON_PATCH = "application/json-patch+json"

_FORM = "application/x-www-form-urlencoded"
_EXPECTED = "application/fhir+json, application/fhir+xml"
MEDIA_TYPES: Mapping[str, Format] = {
    "application/fhir+json": "json",
    "application/json": "json",
    "text/json": "json",
    "application/json+fhir": "json",
    "application/fhir+xml": "xml",
    "application/xml": "xml",
    "text/xml": "xml",
    "application/xml+fhir": "xml",
}
"""Every media type that means one of the two formats."""
_SPELLINGS: Mapping[str, Format] = {**MEDIA_TYPES, "json": "json", "xml": "xml"}
_RANGES = {"*/*": 0, "application/*": 1, "text/*": 1}
"""Media ranges and how specific they are; a media type by its name is more specific than any (RFC 9110 §12.5.1)."""
_EXACT = 2
_PLAIN = frozenset(["", "*/*", "application/fhir+json", "application/json"])
"""What nearly every client sends; these need no weighing."""


def wanted_format(accept: str, format: str = "", sent: str = "") -> Format:
    """The format to answer in; Refused (406) when the client can read neither.

    `_format` is stronger than `Accept`. Where both formats are as welcome, it is the one of the body that was sent
    (`sent`: its Content-Type), else JSON.
    """
    if format:
        # In a query string a literal "+" has become a space: application/fhir json.
        named = _SPELLINGS.get(media_type(format).replace(" ", "+"))
        if named is None:
            raise Refused(rules.NOT_ACCEPTABLE.at(Origin(field="_format")), status=406)
        return named
    own: Format = "xml" if "xml" in sent and MEDIA_TYPES.get(media_type(sent)) == "xml" else "json"
    if accept in _PLAIN:
        return "json" if "json" in accept else own
    return _weighed(accept, own)


def _weighed(accept: str, own: Format) -> Format:
    welcome: dict[Format, tuple[int, float]] = {"json": (-1, 0.0), "xml": (-1, 0.0)}
    for part in accept.split(","):
        essence, quality = media_type(part), _quality(part)
        meant = [MEDIA_TYPES[essence]] if essence in MEDIA_TYPES else list(welcome) if essence in _RANGES else []
        for name in meant:
            welcome[name] = max(welcome[name], (_RANGES.get(essence, _EXACT), quality))
    weights = {name: quality for name, (_, quality) in welcome.items()}
    best = max(weights.values())
    if best <= 0 and accept.strip():
        raise Refused(rules.NOT_ACCEPTABLE.at(), status=406)
    if weights["json"] == weights["xml"]:
        return own
    return "json" if weights["json"] == best else "xml"


def sent_format(headers: Mapping[str, str]) -> Format:
    """The format of the body. No type at all counts as JSON. Refused (415) for other types, charsets, compression."""
    content_type = headers.get("content-type", "")
    found = MEDIA_TYPES.get(media_type(content_type)) if content_type.strip() else "json"
    if found is None or not _right_version(content_type):
        raise Refused(rules.MEDIA_TYPE.at(expected=_EXPECTED), status=415)
    _check_coding(headers, _EXPECTED)
    return found


def check_form(headers: Mapping[str, str]) -> None:
    """Refused (415) unless the body is a form."""
    content_type = headers.get("content-type", "")
    if content_type.strip() and media_type(content_type) != _FORM:
        raise Refused(rules.MEDIA_TYPE.at(expected=_FORM), status=415)
    _check_coding(headers, _FORM)


def is_json_patch(headers: Mapping[str, str]) -> bool:
    """True when the body is said to be a JSON Patch."""
    return media_type(headers.get("content-type", "")) == JSON_PATCH


def _check_coding(headers: Mapping[str, str], expected: str) -> None:
    charset = _parameter(headers.get("content-type", ""), "charset")
    if charset not in ("", "utf-8", "utf8") or is_encoded(headers):
        raise Refused(rules.MEDIA_TYPE.at(expected=expected), status=415)


def is_encoded(headers: Mapping[str, str]) -> bool:
    """True for a body that is compressed, or otherwise not itself."""
    return headers.get("content-encoding", "identity").strip().lower() not in ("", "identity")


def weight(accept: str, type: str, *, ranges: bool = True) -> tuple[float, bool]:
    """How welcome a media type is (0 to 1), and whether by its own name; without `ranges` by its name only."""
    found: dict[str, float] = {}
    for part in (accept if accept.strip() else "*/*").split(","):
        found.setdefault(media_type(part), _quality(part))
    if type in found:
        return found[type], True
    about = (f"{type.partition('/')[0]}/*", "*/*") if ranges else ()
    return next((found[one] for one in about if one in found), 0.0), False


def _quality(part: str) -> float:
    """The weight of one part of `Accept`; 0 for another FHIR version and for a weight that is no number."""
    try:
        quality = float(_parameter(part, "q") or "1")
    except ValueError:
        return 0.0
    return quality if _right_version(part) and 0 < quality <= 1 else 0.0


def _right_version(text: str) -> bool:
    return _parameter(text, "fhirversion") in ("", "4.0", "4.0.1")


def media_type(text: str) -> str:
    """A media type without its parameters."""
    return text.partition(";")[0].strip().lower()


def _parameter(text: str, name: str) -> str:
    for part in text.split(";")[1:]:
        key, _, value = part.partition("=")
        if key.strip().lower() == name:
            return value.strip().strip('"').lower()
    return ""
