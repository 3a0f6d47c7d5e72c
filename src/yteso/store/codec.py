"""Canonical JSON <-> the bytes of `resource.body`: zstd with a dictionary, and the place where the version goes in.

Nearly every canonical JSON begins with its type and id, which its row tells anyway, and the first `meta` in it is that
of the resource, where versionId and lastUpdated belong: then the body is the rest, compressed, without the four bytes
by which every zstd frame begins (RFC 8878 §3.1.1; no frame header begins like them). The UUIDs in it go before that
(`uuids.py`); their first byte is no frame's either, whose last two bits would name a dictionary (§3.1.1.1.1.6). Any
other body is a whole frame: four bytes, the offset inside `meta`, and the canonical JSON; the first of these 32 bits
says that type and id are left out. `Codec` never parses JSON to read. It holds dictionaries, not connections.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

import zstandard

from yteso.base.errors import YtesoError
from yteso.fhir.dates import instant
from yteso.fhir.json import dumps
from yteso.store import uuids

NO_DICTIONARY = 0
LEVEL = 3
_MATCH = 7
"""Bytes that must be the same to be told by their place: shorter ones, parts of ids, cost more than they save."""
_LARGE = 1 << 16
"""Bytes of a large body: how far back the compressor looks suits it."""
_TABLES = {"hash_log": 14, "chain_log": 13}
"""Small tables: those of all types together stay in the processor's memory."""
_MAGIC = b"\x28\xb5\x2f\xfd"
_META = b'"meta":{'
_OFFSET = 4
_HEADLESS = 1 << 31
_MARK = secrets.token_hex(16)
"""Unguessable, so that no resource can hold it: it shows where a member went in the encoded bytes."""
_MARKED = dumps({"versionId": _MARK})[1:-1]
_SERVER_OWNED = frozenset({"versionId", "lastUpdated"})
_HEAD = b'{"resourceType":"%s","id":"%s"'
_START = _HEAD + b',"meta":{'
"""How nearly every resource begins: then the place inside `meta` is known without a mark."""


class DictionaryMissing(YtesoError):
    """A body was compressed with a dictionary that is not in the database."""

    permanent = True


def canonical(resource: Mapping[str, Any], text: bytes = b"") -> tuple[bytes, int]:
    """The canonical bytes without versionId and lastUpdated, and the offset where they go. Leaves `resource` alone.

    `text` is `dumps(resource)` where the caller has it.

    A resource whose `meta` says nothing of its own has it after its id; otherwise the order of the members stays.
    """
    meta = resource.get("meta")
    if isinstance(meta, dict) and meta and _SERVER_OWNED.isdisjoint(meta):
        text = text or dumps(resource)
        start = _START % (str(resource.get("resourceType")).encode(), str(resource.get("id")).encode())
        if text.startswith(start):
            return text, len(start)
        own = b'"meta":%b' % dumps(meta)
        if text.count(own) == 1:  # a contained resource may have the same
            return text, text.index(own) + len(b'"meta":{')
    return _marked(resource, meta)


def _marked(resource: Mapping[str, Any], meta: object) -> tuple[bytes, int]:
    """The same for a resource whatever stands in front of its `meta` and inside it."""
    rest = {k: v for k, v in meta.items() if k not in _SERVER_OWNED} if isinstance(meta, dict) else {}
    marked = {"versionId": _MARK, **rest}
    if rest:
        document = {**resource, "meta": marked}
    else:
        document = {}
        for name, value in resource.items():
            if name != "meta":
                document[name] = value
            if name == "id":
                document["meta"] = marked
    text = dumps(document)
    at = text.index(_MARKED)
    end = at + len(_MARKED)
    if text[end] == 0x2C:
        end += 1
    return text[:at] + text[end:], at


def spliced(text: bytes, offset: int, version: int, updated: datetime) -> bytes:
    """The full JSON of a version, made by putting two members into the canonical bytes."""
    comma = b"" if text[offset] == 0x7D else b","
    members = b'"versionId":"%d","lastUpdated":"%s"%s' % (version, instant(updated).encode(), comma)
    return text[:offset] + members + text[offset:]


def _inside_meta(text: bytes) -> int:
    """Where the first `meta` of a text begins inside; in a string its quotation marks would be escaped."""
    return text.find(_META) + len(_META)


class Codec:
    """Packs with the newest dictionaries, unpacks with any that was added. Safe to share between threads."""

    def __init__(self) -> None:
        self.newest: Mapping[str, int] = {}
        """Type -> its dictionary; under "" that of all other types."""
        self._contents: dict[int, zstandard.ZstdCompressionDict] = {}
        self._compressors: dict[int, list[zstandard.ZstdCompressor]] = {}
        self._decompressors: dict[int, list[zstandard.ZstdDecompressor]] = {}

    def add(self, dictionary: int, content: bytes) -> None:
        """Make a dictionary known. Its number always means the same content."""
        self._contents.setdefault(dictionary, zstandard.ZstdCompressionDict(content))

    def knows(self, dictionary: int) -> bool:
        """True when bodies compressed with it can be read."""
        return dictionary == NO_DICTIONARY or dictionary in self._contents

    def dictionary_of(self, type: str) -> int:
        """What bodies of this type are to be packed with."""
        newest = self.newest
        return newest.get(type) or newest.get("", NO_DICTIONARY)

    def pack(self, type: str, id: str, dictionary: int, text: bytes, offset: int) -> bytes:
        """The body of the row of this type and id. Raises DictionaryMissing."""
        head = _HEAD % (type.encode(), id.encode())
        if text.startswith(head):
            text = text[len(head) :]
            if _inside_meta(text) == offset - len(head):
                named, text = uuids.taken_out(text)
                return named + self._packed(dictionary, text)[len(_MAGIC) :]
            offset |= _HEADLESS
        return self._packed(dictionary, offset.to_bytes(_OFFSET, "big") + text)

    def unpack(self, type: str, id: str, dictionary: int, body: bytes) -> tuple[bytes, int]:
        """The canonical bytes and the offset. Raises DictionaryMissing."""
        if not body.startswith(_MAGIC):
            head, text = _HEAD % (type.encode(), id.encode()), self._rest(dictionary, body)
            return head + text, len(head) + _inside_meta(text)
        plain = self._plain(dictionary, body)
        offset = int.from_bytes(plain[:_OFFSET], "big")
        if offset & _HEADLESS:
            return (_HEAD % (type.encode(), id.encode())) + plain[_OFFSET:], offset ^ _HEADLESS
        return plain[_OFFSET:], offset

    def sample(self, dictionary: int, body: bytes) -> bytes:
        """What a dictionary should learn from a body."""
        if not body.startswith(_MAGIC):
            return uuids.taken_out(self._rest(dictionary, body))[1]
        return self._plain(dictionary, body)[_OFFSET:]

    def _rest(self, dictionary: int, body: bytes) -> bytes:
        """The text after type and id."""
        begin = uuids.where_packed_end(body)
        text = self._plain(dictionary, _MAGIC + body[begin:])
        return uuids.put_back(body[:begin], text) if begin else text

    def _packed(self, dictionary: int, text: bytes) -> bytes:
        """Tools are not shared: one that is at work is not among the free ones."""
        free = self._compressors.setdefault(dictionary, [])
        try:
            tool = free.pop()
        except IndexError:
            tool = compressor(self._content(dictionary))
        packed: bytes = tool.compress(text)
        free.append(tool)
        return packed

    def _plain(self, dictionary: int, body: bytes) -> bytes:
        free = self._decompressors.setdefault(dictionary, [])
        try:
            tool = free.pop()
        except IndexError:
            content = self._content(dictionary)
            tool = zstandard.ZstdDecompressor(dict_data=content) if content else zstandard.ZstdDecompressor()
        plain: bytes = tool.decompress(body, allow_extra_data=False)
        free.append(tool)
        return plain

    def read(self, type: str, id: str, dictionary: int, body: bytes, version: int, updated: datetime) -> bytes:
        """The full JSON of a version."""
        return spliced(*self.unpack(type, id, dictionary, body), version, updated)

    def _content(self, dictionary: int) -> zstandard.ZstdCompressionDict | None:
        if dictionary == NO_DICTIONARY:
            return None
        found = self._contents.get(dictionary)
        if found is None:
            raise DictionaryMissing
        return found


def compressor(content: zstandard.ZstdCompressionDict | None) -> zstandard.ZstdCompressor:
    """What packs bodies with a dictionary, or without one."""
    if content is None:
        return zstandard.ZstdCompressor(level=LEVEL, write_dict_id=False)
    sizes = {"source_size": _LARGE, "dict_size": len(content), **_TABLES}
    chosen = zstandard.ZstdCompressionParameters.from_level(LEVEL, min_match=_MATCH, write_dict_id=False, **sizes)
    return zstandard.ZstdCompressor(compression_params=chosen, dict_data=content)


def fingerprint(content: bytes) -> bytes:
    """The hash by which a dictionary is known."""
    return sha256(content).digest()
