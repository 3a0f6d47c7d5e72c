"""Canonical JSON <-> the bytes of `resource.body`: zstd with a dictionary, and the place where the version goes in.

Nearly every canonical JSON begins with its type and id, which its row tells anyway, and the first `meta` in it is that
of the resource, where versionId and lastUpdated belong: then the body is the rest, compressed, without the four bytes
by which every zstd frame begins (RFC 8878 §3.1.1; no frame header begins like them). Any other body is a whole frame:
four bytes, the offset inside `meta`, and the canonical JSON; the first of these 32 bits says that type and id are left
out. `Codec` never parses JSON to read. It holds dictionaries, not connections.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

import zstandard

from yteso.base.errors import YtesoError
from yteso.fhir.dates import instant
from yteso.fhir.json import dumps

NO_DICTIONARY = 0
LEVEL = 3
_MATCH = 7
"""Bytes that must be the same to be told by their place: shorter ones, parts of ids, cost more than they save."""
_LARGE = 1 << 16
"""Bytes of a large body: tables of the compressor suit it."""
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
    """Packs with the dictionary `current`, unpacks with any that was added. Safe to share between threads."""

    def __init__(self) -> None:
        self.current = NO_DICTIONARY
        self._contents: dict[int, zstandard.ZstdCompressionDict] = {}
        self._local = threading.local()

    def add(self, dictionary: int, content: bytes) -> None:
        """Make a dictionary known. Its number always means the same content."""
        self._contents.setdefault(dictionary, zstandard.ZstdCompressionDict(content))

    def knows(self, dictionary: int) -> bool:
        """True when bodies compressed with it can be read."""
        return dictionary == NO_DICTIONARY or dictionary in self._contents

    def pack(self, type: str, id: str, text: bytes, offset: int) -> bytes:
        """The body of the row of this type and id, compressed with dictionary `current`."""
        compressor = self._tool("compressors", self.current, self._compressor)
        packed: bytes
        head = _HEAD % (type.encode(), id.encode())
        if text.startswith(head):
            text = text[len(head) :]
            if _inside_meta(text) == offset - len(head):
                packed = compressor.compress(text)
                return packed[len(_MAGIC) :]
            offset |= _HEADLESS
        packed = compressor.compress(offset.to_bytes(_OFFSET, "big") + text)
        return packed

    def unpack(self, type: str, id: str, dictionary: int, body: bytes) -> tuple[bytes, int]:
        """The canonical bytes and the offset. Raises DictionaryMissing."""
        if not body.startswith(_MAGIC):
            head, text = _HEAD % (type.encode(), id.encode()), self._plain(dictionary, _MAGIC + body)
            return head + text, len(head) + _inside_meta(text)
        plain = self._plain(dictionary, body)
        offset = int.from_bytes(plain[:_OFFSET], "big")
        if offset & _HEADLESS:
            return (_HEAD % (type.encode(), id.encode())) + plain[_OFFSET:], offset ^ _HEADLESS
        return plain[_OFFSET:], offset

    def sample(self, dictionary: int, body: bytes) -> bytes:
        """What a dictionary should learn from a body."""
        if not body.startswith(_MAGIC):
            return self._plain(dictionary, _MAGIC + body)
        return self._plain(dictionary, body)[_OFFSET:]

    def _plain(self, dictionary: int, body: bytes) -> bytes:
        decompressor = self._tool("decompressors", dictionary, self._decompressor)
        plain: bytes = decompressor.decompress(body, allow_extra_data=False)
        return plain

    def read(self, type: str, id: str, dictionary: int, body: bytes, version: int, updated: datetime) -> bytes:
        """The full JSON of a version."""
        return spliced(*self.unpack(type, id, dictionary, body), version, updated)

    def _tool(self, kind: str, dictionary: int, make: Callable[[int], Any]) -> Any:
        """zstd contexts are not shared between threads."""
        tools = self._local.__dict__.setdefault(kind, {})
        tool = tools.get(dictionary)
        if tool is None:
            tool = tools[dictionary] = make(dictionary)
        return tool

    def _compressor(self, dictionary: int) -> zstandard.ZstdCompressor:
        if dictionary == NO_DICTIONARY:
            return zstandard.ZstdCompressor(level=LEVEL, write_dict_id=False)
        content = self._content(dictionary)
        sizes = {"source_size": _LARGE, "dict_size": len(content)}
        chosen = zstandard.ZstdCompressionParameters.from_level(LEVEL, min_match=_MATCH, write_dict_id=False, **sizes)
        return zstandard.ZstdCompressor(compression_params=chosen, dict_data=content)

    def _decompressor(self, dictionary: int) -> zstandard.ZstdDecompressor:
        if dictionary == NO_DICTIONARY:
            return zstandard.ZstdDecompressor()
        return zstandard.ZstdDecompressor(dict_data=self._content(dictionary))

    def _content(self, dictionary: int) -> zstandard.ZstdCompressionDict:
        found = self._contents.get(dictionary)
        if found is None:
            raise DictionaryMissing
        return found


def trained(samples: Sequence[bytes], size: int = 112_640) -> bytes:
    """A dictionary for bodies like these. Raises zstandard.ZstdError when the samples are too few."""
    return zstandard.train_dictionary(size, list(samples), level=LEVEL).as_bytes()


def fingerprint(content: bytes) -> bytes:
    """The hash by which a dictionary is known."""
    return sha256(content).digest()
