"""Is a Narrative's XHTML what FHIR R4 §2.4.0 (txt-1, txt-2) allows? Text in, yes or no out; linear in its length.

Basic formatting only: no scripts, forms, frames, objects, styles or handlers of events, every tag closed, and
text or an image somewhere inside.
"""

from __future__ import annotations

import re
from functools import lru_cache

_TAGS = frozenset(
    """div p br hr h1 h2 h3 h4 h5 h6 blockquote pre address ul ol li dl dt dd table caption colgroup col thead tbody
    tfoot tr th td a abbr acronym b big cite code dfn em i img ins del kbd map area q samp small span strike strong sub
    sup tt u var font bdo center""".split()  # noqa: SIM905 -- a list of ninety quoted words reads worse
)
_ATTRIBUTES = frozenset(
    """xmlns class id lang xml:lang style title dir accesskey tabindex span width align char charoff valign abbr axis
    headers scope rowspan colspan cellpadding cellspacing border frame rules summary href hreflang rel rev name charset
    type coords shape src alt longdesc height usemap ismap cite nowrap bgcolor start value color size face nohref
    datetime compact clear target xml:space noshade vspace hspace background vlink link text alink""".split()  # noqa: SIM905
)
_TOKEN = re.compile(
    r"<!--(?:[^-]|-(?!-))*-->|<\?[^>]*\?>|<(?P<close>/?)(?P<name>[A-Za-z][A-Za-z0-9]*)(?P<rest>[^<>]*)>|(?P<text>[^<]+)"
)
_ATTRIBUTE = re.compile(r"\s*([A-Za-z_:][\w:.-]*)\s*=\s*(\"[^\"<]*\"|'[^'<]*')")
_ENTITY = re.compile(r"&(?!(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{0,31});)")


def is_sound(text: str) -> bool:
    """True when the text is one `div` of allowed, balanced tags with some content."""
    return is_basic(text) and has_content(text)


def has_content(text: str) -> bool:
    """Is there an image or anything but white space between the tags (txt-2)?"""
    return any(match["name"] == "img" or (match["text"] or "").strip() for match in _TOKEN.finditer(text))


@lru_cache(maxsize=256)
def is_basic(text: str) -> bool:
    """Is it one `div` of allowed, balanced tags (txt-1)?"""
    open_tags: list[str] = []
    ended = False
    at, stripped = 0, text.strip()
    while at < len(stripped):
        match = _TOKEN.match(stripped, at)
        if match is None or (ended and match["name"]):
            return False
        at = match.end()
        if match["name"]:
            if not _tag(match, open_tags):
                return False
            ended = not open_tags
        elif match["text"] and (_ENTITY.search(match["text"]) or not open_tags):
            return False
    return ended


def _tag(match: re.Match[str], open_tags: list[str]) -> bool:
    name, rest = match["name"], match["rest"]
    if name not in _TAGS or (not open_tags and name != "div"):
        return False
    if match["close"]:
        return bool(open_tags) and open_tags.pop() == name and not rest.strip()
    alone = rest.endswith("/")
    if not _attributes(rest.removesuffix("/")):
        return False
    if not alone:
        open_tags.append(name)
    return True


def _attributes(text: str) -> bool:
    at = 0
    while text[at:].strip():
        match = _ATTRIBUTE.match(text, at)
        if match is None or match[1] not in _ATTRIBUTES:
            return False
        if match[1] in ("href", "src") and match[2][1:].lstrip().lower().startswith("javascript:"):
            return False
        at = match.end()
    return True
