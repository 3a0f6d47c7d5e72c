"""Ids of resources: random for what we create, stable for what a sender's keys name; each id tells its shard.

Our ids are RFC 9562 version 8 UUIDs whose first byte is the shard, so that a row is found on one shard by its id
alone and everything minted for one key lives together. Any other id (a client's own) is hashed to its shard.
"""

from __future__ import annotations

import re
import secrets
from functools import lru_cache
from hashlib import blake2b, sha256

SHARDS = 256
_OURS = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.ASCII)


@lru_cache(maxsize=1024)
def shard_of_key(key: str) -> int:
    """The shard (0–255) of a person's, visit's or facility's key."""
    return blake2b(key.encode(), digest_size=1).digest()[0]


def shard_of(resource_id: str) -> int:
    """The shard (0–255) of a resource, from its id alone."""
    if _OURS.fullmatch(resource_id):
        return int(resource_id[:2], 16)
    return shard_of_key(resource_id)


@lru_cache(maxsize=4096)
def hid_of(resource_id: str) -> bytes:
    """What stands for an id in keys: the first 8 bytes of its SHA-256, as `store.hid` has it too."""
    return sha256(resource_id.encode()).digest()[:8]


def stable_id(*parts: str, near: str | None = None) -> str:
    """The id that these keys always get. `near` names the shard's key; without it the keys themselves are it.

    `stable_id("79001", "LK1", "XML2", "3", near="79001/LK1")` lives on the shard of its visit.
    """
    joined = "\x1f".join(parts)
    shard = shard_of_key(joined if near is None else near)
    return _as_uuid(blake2b(joined.encode(), digest_size=16).hexdigest(), shard)


def random_id(shard: int | None = None) -> str:
    """A new id, on the given shard when there is one."""
    digits = secrets.token_hex(16)
    return _as_uuid(digits, int(digits[:2], 16) if shard is None else shard)


_VARIANT = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}


def _as_uuid(digits: str, shard: int) -> str:
    """32 hexadecimal digits as a UUID: the shard first, the version 8 and the variant 10 in their places."""
    variant = _VARIANT[digits[16]]
    return f"{shard:02x}{digits[2:8]}-{digits[8:12]}-8{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"
