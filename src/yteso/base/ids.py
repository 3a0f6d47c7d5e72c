"""Ids of resources: random for what we create, stable for what a sender's keys name; each id tells its shard.

Our ids are RFC 9562 version 8 UUIDs whose first byte is the shard, so that a row is found on one shard by its id
alone and everything minted for one key lives together. Any other id (a client's own) is hashed to its shard.
"""

from __future__ import annotations

import re
import secrets
from hashlib import blake2b

SHARDS = 256
_OURS = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.ASCII)


def shard_of_key(key: str) -> int:
    """The shard (0–255) of a person's, visit's or facility's key."""
    return blake2b(key.encode(), digest_size=1).digest()[0]


def shard_of(resource_id: str) -> int:
    """The shard (0–255) of a resource, from its id alone."""
    if _OURS.fullmatch(resource_id):
        return int(resource_id[:2], 16)
    return shard_of_key(resource_id)


def stable_id(*parts: str, near: str | None = None) -> str:
    """The id that these keys always get. `near` names the shard's key; without it the keys themselves are it.

    `stable_id("79001", "LK1", "XML2", "3", near="79001/LK1")` lives on the shard of its visit.
    """
    joined = "\x1f".join(parts)
    digest = bytearray(blake2b(joined.encode(), digest_size=16).digest())
    return _as_uuid(digest, shard_of_key(near if near is not None else joined))


def random_id(shard: int | None = None) -> str:
    """A new id, on the given shard when there is one."""
    digest = bytearray(secrets.token_bytes(16))
    return _as_uuid(digest, digest[0] if shard is None else shard)


def _as_uuid(digest: bytearray, shard: int) -> str:
    digest[0] = shard
    digest[6] = 0x80 | (digest[6] & 0x0F)
    digest[8] = 0x80 | (digest[8] & 0x3F)
    text = digest.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
