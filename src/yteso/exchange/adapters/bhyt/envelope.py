"""The first bytes of a stream -> what kind of BHYT file it is, told within a moment whatever its size.

Also the encoding of XML bytes and clean UTF-8 pieces of a stream. It reads no visit and judges no content.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO, Literal

from yteso.base.issue import Issue, Origin
from yteso.exchange.adapters.bhyt import reading_rules as rules
from yteso.standards.bhyt import layer_in_force

HEAD = 64 * 1024
"""Bytes looked at by `peek`: the envelope's own fields come before the first visit."""
PIECE = 256 * 1024

Kind = Literal["GIAMDINHHS", "CHI_TIEU_TRANG_THAI_KCB", ""]
KINDS: tuple[Kind, ...] = ("GIAMDINHHS", "CHI_TIEU_TRANG_THAI_KCB")

_PROLOG = re.compile(rb"(?:\s+|<\?.*?\?>|<!--.*?-->)*", re.S)
_ROOT = re.compile(rb"<(?:(?P<prefix>[\w.\-]+):)?(?P<name>[A-Za-z_][\w.\-]*)(?P<rest>[^<>]*)>")
_XMLNS = re.compile(rb"""\sxmlns(?::[\w.\-]+)?\s*=\s*(?:"[^"<]*"|'[^'<]*')""")
_DECLARED = re.compile(rb"""<\?xml[^>]*?\sencoding\s*=\s*["']([\w.:\-]+)["']""")
_DECLARATION = re.compile(rb"\s*<\?xml[^>]*\?>")
_SIMPLE = {
    name: re.compile(rb"<(?:[\w.\-]+:)?" + name + rb"(?:\s[^>]*)?>\s*([^<]*?)\s*<")
    for name in (b"MACSKCB", b"MA_CSKCB", b"SOLUONGHOSO", b"NGAYLAP")
}
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\r")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_LAST_OF_BMP = b"\xef\xbf"
"""How U+FFFE and U+FFFF, which XML does not allow, begin in UTF-8."""
UNREADABLE = "\ufffd"
"""What stands where the sender's bytes could not be read; a field holding it is an issue."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """What the head of a file tells. `visits` is SOLUONGHOSO as declared; `layer` the decision its date falls under.

    `facility` is MACSKCB (in a check-in file the first MA_CSKCB), "" when the head does not name it. `issues` that
    block say why the file cannot be read at all.
    """

    kind: Kind
    facility: str
    layer: str
    visits: int | None
    encoding: str
    prefix: bytes
    namespaces: bytes
    issues: tuple[Issue, ...] = ()


def peek(stream: BinaryIO, file: str = "") -> Envelope:
    """Read at most `HEAD` bytes from where the stream stands. Never raises on content."""
    return envelope_of(_read_head(stream), file)


def _read_head(stream: BinaryIO) -> bytes:
    head = b""
    while len(head) < HEAD and (piece := stream.read(HEAD - len(head))):
        head += piece
    return head


def envelope_of(head: bytes, file: str) -> Envelope:
    """The envelope told by the first bytes of a file."""
    origin = Origin(file)
    encoding, issues = encoding_of(head, origin)
    text = clean(head, encoding)
    prolog = _PROLOG.match(text)
    start = prolog.end() if prolog else 0
    if text[start : start + 9].upper() == b"<!DOCTYPE":
        return _refusal(rules.DOCTYPE.at(origin))
    root = _ROOT.match(text, start)
    if root is None:
        return _refusal(rules.NOT_XML.at(origin))
    kind: Kind = next((known for known in KINDS if known.encode() == root["name"]), "")
    if not kind:
        return _refusal(rules.UNKNOWN_ROOT.at(origin))
    declared = _simple(text, b"SOLUONGHOSO")
    if declared and _number(declared) is None:
        issues = (*issues, rules.COUNT_NO_NUMBER.at(Origin(file, field="SOLUONGHOSO")))
    return Envelope(
        kind=kind,
        facility=_simple(text, b"MACSKCB" if kind == "GIAMDINHHS" else b"MA_CSKCB"),
        layer=_layer(_simple(text, b"NGAYLAP")),
        visits=_number(declared),
        encoding=encoding,
        prefix=root["prefix"] + b":" if root["prefix"] else b"",
        namespaces=b"".join(_XMLNS.findall(root["rest"])),
        issues=issues,
    )


def _refusal(issue: Issue) -> Envelope:
    return Envelope("", "", "", None, "utf-8", b"", b"", (issue,))


def _simple(text: bytes, name: bytes) -> str:
    found = _SIMPLE[name].search(text)
    return found[1].decode("utf-8", "replace")[:20] if found else ""


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _layer(day: str) -> str:
    try:
        return layer_in_force(date(int(day[:4]), int(day[4:6]), int(day[6:8])))
    except ValueError:
        return ""


def encoding_of(head: bytes, origin: Origin) -> tuple[str, tuple[Issue, ...]]:
    """The codec of XML bytes: the byte order mark, else the bytes themselves, else what is declared, else UTF-8.

    Software that writes through a text buffer declares utf-16 over UTF-8 bytes; the bytes are believed, not the words.
    """
    for mark, name in _BOMS:
        if head.startswith(mark):
            return name, ()
    if head[:2] == b"<\x00":
        return "utf-16-le", ()
    if head[:2] == b"\x00<":
        return "utf-16-be", ()
    declared = _DECLARED.match(head.lstrip()[:200])
    if declared is None:
        return "utf-8", ()
    name = declared[1].decode("ascii", "replace").lower()
    if name.startswith(("utf", "ucs")):
        return "utf-8", ()
    try:
        codec = codecs.lookup(name)
    except LookupError:
        return "utf-8", (rules.UNKNOWN_ENCODING.at(origin),)
    is_text = codec._is_text_encoding
    return (codec.name, ()) if is_text else ("utf-8", (rules.UNKNOWN_ENCODING.at(origin),))


def clean(data: bytes, encoding: str = "utf-8") -> bytes:
    """The bytes as UTF-8 in which every character is allowed in XML; what is not became U+FFFD. The BOM goes."""
    text = data.decode(encoding, "replace").removeprefix("\ufeff")
    if encoding == "utf-8" and _is_clean(data, text):
        return data.removeprefix(codecs.BOM_UTF8)
    return _ILLEGAL.sub(UNREADABLE, text).encode("utf-8", "replace")


def without_declaration(data: bytes) -> bytes:
    """XML bytes without their `<?xml …?>`, whose encoding may no longer be true."""
    found = _DECLARATION.match(data)
    return data[found.end() :] if found else data


def _is_clean(data: bytes, text: str) -> bool:
    """True when UTF-8 bytes, decoded to `text`, hold nothing that XML forbids and nothing that could not be read."""
    if len(data.translate(None, _CONTROLS)) != len(data):
        return False
    return text.isascii() or (_LAST_OF_BMP not in data and UNREADABLE not in text)


def pieces(stream: BinaryIO, head: bytes, encoding: str) -> Iterator[bytes]:
    """The head and the rest of the stream as clean UTF-8 pieces of bounded size."""
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    first = True
    piece = head
    while piece:
        held = bool(decoder.getstate()[0])
        text = decoder.decode(piece)
        if encoding == "utf-8" and not held and not decoder.getstate()[0] and _is_clean(piece, text):
            yield piece.removeprefix(codecs.BOM_UTF8) if first else piece
        else:
            text = text.removeprefix("\ufeff") if first else text
            yield _ILLEGAL.sub(UNREADABLE, text).encode("utf-8", "replace")
        first = False
        piece = stream.read(PIECE)
    if tail := decoder.decode(b"", final=True):
        yield _ILLEGAL.sub(UNREADABLE, tail).encode("utf-8", "replace")
