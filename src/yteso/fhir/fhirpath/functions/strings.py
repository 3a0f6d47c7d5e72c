"""N1 §5.6 string functions, with the additional ones (split, join, trim, encode, escape, …)."""

from __future__ import annotations

import base64
import binascii
import html
import json

from yteso.fhir.fhirpath import patterns
from yteso.fhir.fhirpath.context import Context
from yteso.fhir.fhirpath.functions.declare import function
from yteso.fhir.fhirpath.nodes import Items, integer, string
from yteso.fhir.fhirpath.refusals import Unanswerable

_LONGEST = 1_000_000
"""Characters of a string made by a function."""


def _made(text: str) -> Items:
    if len(text) > _LONGEST:
        raise Unanswerable
    return [text]


@function("indexOf", 1)
def _index_of(items: Items, part: Items) -> Items:
    text, wanted = string(items), string(part)
    return [] if text is None or wanted is None else [text.find(wanted)]


@function("lastIndexOf", 1)
def _last_index_of(items: Items, part: Items) -> Items:
    text, wanted = string(items), string(part)
    return [] if text is None or wanted is None else [text.rfind(wanted)]


@function("substring", 1, 2)
def _substring(items: Items, start: Items, length: Items | None = None) -> Items:
    text, first = string(items), integer(start)
    if text is None or first is None or not 0 <= first < len(text):
        return []
    count = integer(length) if length else None
    return [text[first:] if count is None else text[first : first + max(0, count)]]


@function("startsWith", 1)
def _starts_with(items: Items, prefix: Items) -> Items:
    text, wanted = string(items), string(prefix)
    return [] if text is None or wanted is None else [text.startswith(wanted)]


@function("endsWith", 1)
def _ends_with(items: Items, suffix: Items) -> Items:
    text, wanted = string(items), string(suffix)
    return [] if text is None or wanted is None else [text.endswith(wanted)]


@function("contains", 1)
def _contains(items: Items, part: Items) -> Items:
    text, wanted = string(items), string(part)
    return [] if text is None or wanted is None else [wanted in text]


@function("upper")
def _upper(items: Items) -> Items:
    text = string(items)
    return [] if text is None else [text.upper()]


@function("lower")
def _lower(items: Items) -> Items:
    text = string(items)
    return [] if text is None else [text.lower()]


@function("replace", 2)
def _replace(items: Items, part: Items, substitution: Items) -> Items:
    text, wanted, new = string(items), string(part), string(substitution)
    if text is None or wanted is None or new is None:
        return []
    if (text.count(wanted) if wanted else len(text) + 1) * len(new) > _LONGEST:
        raise Unanswerable
    return _made(text.replace(wanted, new))


@function("matches", 1)
def _matches(items: Items, expression: Items) -> Items:
    text, wanted = string(items), string(expression)
    return [] if text is None or wanted is None else [patterns.search(wanted, text)]


@function("matchesFull", 1)
def _matches_full(items: Items, expression: Items) -> Items:
    text, wanted = string(items), string(expression)
    return [] if text is None or wanted is None else [patterns.search(rf"\A(?:{wanted})\Z", text)]


@function("replaceMatches", 2)
def _replace_matches(items: Items, expression: Items, substitution: Items) -> Items:
    text, wanted, new = string(items), string(expression), string(substitution)
    if text is None or wanted is None or new is None:
        return []
    if not wanted:
        return [text]
    return _made(patterns.replace(wanted, text, new, _LONGEST))


@function("length")
def _length(items: Items) -> Items:
    text = string(items)
    return [] if text is None else [len(text)]


@function("toChars", context=True)
def _to_chars(context: Context, items: Items) -> Items:
    text = string(items)
    context.tick(len(text or ""))
    return list(text or "")


@function("split", 1, context=True)
def _split(context: Context, items: Items, separator: Items) -> Items:
    text, wanted = string(items), string(separator)
    if text is None or wanted is None:
        return []
    parts = text.split(wanted) if wanted else list(text)
    context.tick(len(parts))
    return list(parts)


@function("join", 0, 1)
def _join(items: Items, separator: Items | None = None) -> Items:
    between = (string(separator) or "") if separator else ""
    parts = [string([item]) or "" for item in items]
    if sum(map(len, parts)) + len(between) * len(parts) > _LONGEST:
        raise Unanswerable
    return [between.join(parts)] if parts else []


@function("trim")
def _trim(items: Items) -> Items:
    text = string(items)
    return [] if text is None else [text.strip()]


@function("encode", 1)
def _encode(items: Items, format_: Items) -> Items:
    text, wanted = string(items), string(format_)
    if text is None or wanted is None:
        return []
    data = text.encode()
    made = {"hex": data.hex, "base64": lambda: base64.b64encode(data).decode()}
    made["urlbase64"] = lambda: base64.urlsafe_b64encode(data).decode()
    return _made(made[wanted]()) if wanted in made else []


@function("decode", 1)
def _decode(items: Items, format_: Items) -> Items:
    text, wanted = string(items), string(format_)
    if text is None or wanted is None:
        return []
    try:
        if wanted == "hex":
            return [bytes.fromhex(text).decode()]
        if wanted == "base64":
            return [base64.b64decode(text, validate=True).decode()]
        if wanted == "urlbase64":
            return [base64.urlsafe_b64decode(text).decode()]
    except (ValueError, binascii.Error):
        raise Unanswerable from None
    return []


@function("escape", 1)
def _escape(items: Items, target: Items) -> Items:
    text, wanted = string(items), string(target)
    if text is None or wanted not in ("html", "json"):
        return []
    return _made(html.escape(text) if wanted == "html" else json.dumps(text, ensure_ascii=False)[1:-1])


@function("unescape", 1)
def _unescape(items: Items, target: Items) -> Items:
    text, wanted = string(items), string(target)
    if text is None or wanted not in ("html", "json"):
        return []
    if wanted == "html":
        return [html.unescape(text)]
    try:
        return [json.loads(f'"{text}"')]
    except ValueError:
        raise Unanswerable from None
