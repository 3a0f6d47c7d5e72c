"""The content of one NOIDUNGFILE (base64, CDATA, escaped or nested XML) -> a parsed table element, or an issue.

Hardened: no DTD, no entities, no network, bounded size and depth. It repairs what cannot be misread (a bare `&`,
a byte that is no character) and says so; everything else that is broken costs this table only.
"""

from __future__ import annotations

import binascii
import re
from functools import cache
from typing import Any, TypeAlias

import pybase64
from lxml import etree

from yteso.base.issue import Issue, Origin
from yteso.exchange.adapters.bhyt import reading_rules as rules
from yteso.exchange.adapters.bhyt.envelope import clean, encoding_of, without_declaration
from yteso.exchange.adapters.bhyt.scan import MAX_CONTENT, TOO_LARGE

Element: TypeAlias = Any
"""An lxml element (`etree._Element`); lxml carries no types."""
Parsed = tuple[Element | None, tuple[Issue, ...]]

_SPACES = b" \t\r\n"
_BARE_AMPERSAND = re.compile(rb"&(?!(?:#\d{1,7}|#x[0-9A-Fa-f]{1,6}|[A-Za-z][\w.\-]*);)")
_FOREIGN_ENTITY = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos);)[A-Za-z][\w.\-]*;")
_CHARACTER = re.compile(rb"&#(?:(\d{1,7})|x([0-9A-Fa-f]{1,6}));")
_UNREADABLE = "\ufffd".encode()
_TOO_LARGE = TOO_LARGE.strip(b"<>/").decode()


@cache
def _parser() -> etree.XMLParser:
    """A parser of clean UTF-8 bytes that opens nothing and expands nothing; threads may share it."""
    return etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        remove_comments=True,
        remove_pis=True,
        huge_tree=False,
    )


def parse(xml: bytes) -> Element | None:
    """Strictly well-formed UTF-8 XML without a DOCTYPE -> its root; None otherwise."""
    try:
        root = etree.fromstring(xml, _parser())
    except (etree.XMLSyntaxError, ValueError):
        return None
    return root if root is not None and root.getroottree().docinfo.internalDTD is None else None


def table_element(content: Element, table: str, origin: Origin) -> Parsed:
    """The table inside a NOIDUNGFILE element. (None, ()) when it is empty."""
    if len(content):
        return _nested(content, table, origin)
    text = (content.text or "").strip()
    if not text:
        return None, (rules.EMPTY_TABLE.at(origin, table=table),)
    if len(text) > MAX_CONTENT:
        return None, (rules.CONTENT_TOO_LARGE.at(origin, table=table, limit=MAX_CONTENT >> 20),)
    if text.startswith("<"):
        return parse_table(text.encode("utf-8", "replace"), table, origin)
    data = decode_base64(text)
    if data is None:
        return None, (rules.BAD_BASE64.at(origin, table=table),)
    return parse_table(data, table, origin)


def _nested(content: Element, table: str, origin: Origin) -> Parsed:
    children = [child for child in content if isinstance(child.tag, str)]
    if any(child.tag.rpartition("}")[2] == _TOO_LARGE for child in children):
        return None, (rules.CONTENT_TOO_LARGE.at(origin, table=table, limit=MAX_CONTENT >> 20),)
    if len(children) != 1:
        return None, (rules.BROKEN_TABLE.at(origin, table=table),)
    return children[0], ()


def decode_base64(text: str) -> bytes | None:
    """RFC 4648 base64, spaces and missing padding tolerated; None when it is something else."""
    try:
        packed = "".join(text.split()).encode("ascii").rstrip(b"=")
        return pybase64.b64decode(packed + b"=" * (-len(packed) % 4), validate=True)
    except (binascii.Error, UnicodeError, ValueError):
        return None


def parse_table(data: bytes, table: str, origin: Origin) -> Parsed:
    """The XML bytes of one table -> its root element, repaired where nothing can be misread."""
    encoding, issues = encoding_of(data, origin)
    xml = without_declaration(clean(data, encoding).lstrip(_SPACES))
    if not xml.strip(_SPACES):
        return None, (*issues, rules.EMPTY_TABLE.at(origin, table=table))
    if xml.lstrip(_SPACES)[:9].upper() == b"<!DOCTYPE":
        return None, (*issues, rules.DOCTYPE.at(origin))
    root = parse(xml)
    if root is not None:
        return root, issues
    repaired = _CHARACTER.sub(_legal_character, _FOREIGN_ENTITY.sub(_escaped, _BARE_AMPERSAND.sub(b"&amp;", xml)))
    root = parse(repaired) if repaired != xml else None
    if root is None:
        return None, (*issues, rules.BROKEN_TABLE.at(origin, table=table))
    if _BARE_AMPERSAND.search(xml) or _FOREIGN_ENTITY.search(xml):
        issues = (*issues, rules.BARE_AMPERSAND.at(origin, table=table))
    return root, issues


def _escaped(found: re.Match[bytes]) -> bytes:
    return b"&amp;" + found[0][1:]


def _legal_character(found: re.Match[bytes]) -> bytes:
    code = int(found[1]) if found[1] else int(found[2], 16)
    legal = code in (9, 10, 13) or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or 0x10000 <= code <= 0x10FFFF
    return found[0] if legal else _UNREADABLE
