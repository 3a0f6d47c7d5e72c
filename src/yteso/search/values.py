"""Search values with FHIR's escapes (backslash before `,` `|` `$`, R4 §3.1.1.4.0): split where unescaped, bare."""

from __future__ import annotations

import re

PREFIXED = frozenset({"date", "number", "quantity"})
"""Kinds whose values may begin with a comparison."""
_PREFIX = re.compile(r"(eq|ne|gt|lt|ge|le|sa|eb|ap)(?=[\d+\-.])")


def prefixed(kind: str, text: str) -> tuple[str, str]:
    """(comparison, value); "eq" when there is none."""
    match = _PREFIX.match(text) if kind in PREFIXED else None
    return (match[1], text[2:]) if match else ("eq", text)


def split(text: str, separator: str) -> list[str]:
    """The parts between unescaped separators, escapes kept."""
    if "\\" not in text:
        return text.split(separator)
    parts = [""]
    escaped = False
    for character in text:
        if character == separator and not escaped:
            parts.append("")
            continue
        parts[-1] += character
        escaped = character == "\\" and not escaped
    return parts


def bare(text: str) -> str:
    """The text without escapes."""
    if "\\" not in text:
        return text
    found, escaped = "", False
    for character in text:
        if character == "\\" and not escaped:
            escaped = True
            continue
        found += character if not escaped or character in ",|$\\" else "\\" + character
        escaped = False
    return found + ("\\" if escaped else "")


def split_token(value: str) -> tuple[str | None, str]:
    """`system|code` -> (system, code); (None, code) without a bar; ("", code) for `|code`."""
    system, *rest = split(value, "|")
    if not rest:
        return None, bare(system)
    return bare(system), bare("|".join(rest))


def uris_above(uri: str) -> list[str]:
    """The uri and everything it lies under, cut at its slashes (FHIR R4 §3.1.1.4.14)."""
    start = uri.find("://") + 3 if "://" in uri else 0
    cuts = [at for at in range(start + 1, len(uri)) if uri[at] == "/"][:64]
    return [uri, *(uri[:at] for at in cuts)]


def escaped(text: str) -> str:
    """The text with FHIR's escapes, so that `bare` gives it back."""
    return text.replace("\\", "\\\\").replace("|", "\\|").replace(",", "\\,").replace("$", "\\$")
