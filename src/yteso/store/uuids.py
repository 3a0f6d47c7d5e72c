"""Canonical JSON <-> the UUIDs that references in it end with, 16 bytes each, and the text without them.

Written out, a UUID is 36 characters that no dictionary knows: packed they take 20 bytes, and cut what they stand in
into pieces that have to be told one by one. Where one was, a control character stands, which JSON never holds unescaped
(RFC 8259 §7). A text that holds it all the same is left as it is.
"""

from __future__ import annotations

import re
from binascii import hexlify, unhexlify
from struct import Struct

MOST = 63
"""So many are taken out of a text; further ones stay in it."""
HERE = b"\x01"
_SIZE = 16
_ONCE, _AGAIN = 1, 3
_UUID = re.compile(rb"/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})")
_WRITTEN = b"/%b-%b-%b-%b-%b"
_PARTS = 5
_parts = [Struct("8s4s4s4s12s" * count).unpack for count in range(MOST + 1)]


def taken_out(text: bytes) -> tuple[bytes, bytes]:
    """(the UUIDs packed, the text without them); the first is empty where there are none.

    Packed: a byte, four times the number of different ones plus 1; or plus 3 where one is there again, then how many
    there are in all and, for each, which; then the different ones.
    """
    pieces = _UUID.split(text, MOST)
    found = pieces[1::2]
    if not found or HERE in text:
        return b"", text
    once = dict.fromkeys(found)
    count = len(once)
    if count == len(found):
        start = bytes((count << 2 | _ONCE,))
    else:
        which = {name: at for at, name in enumerate(once)}
        start = bytes((count << 2 | _AGAIN, len(found), *[which[name] for name in found]))
    return start + unhexlify(b"".join(once).replace(b"-", b"")), HERE.join(pieces[::2])


def where_packed_end(body: bytes) -> int:
    """Where the packed UUIDs at the beginning of a body end; 0 where there are none."""
    first = body[0] if body else 0
    if not first & _AGAIN:
        return 0
    places = 1 + body[1] if first & _AGAIN == _AGAIN else 0
    return 1 + places + (first >> 2) * _SIZE


def put_back(packed: bytes, text: bytes) -> bytes:
    """The text as it was."""
    first = packed[0]
    count = first >> 2
    parts = _parts[count](hexlify(packed[-count * _SIZE :]))
    if first & _AGAIN == _AGAIN:
        parts = tuple(part for at in packed[2 : 2 + packed[1]] for part in parts[_PARTS * at : _PARTS * at + _PARTS])
    return text.replace(b"%", b"%%").replace(HERE, _WRITTEN) % parts
