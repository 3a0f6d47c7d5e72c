"""The signed root over the audit's lanes: whoever holds one can prove later what the audit said then. Pure; no I/O.

In: the number of rows and the last hash of each lane. The tree is that of RFC 6962 §2.1: a leaf is
SHA-256(0x00 ‖ lane ‖ rows ‖ hash), a node SHA-256(0x01 ‖ left ‖ right). Signed is the canonical JSON of the document
without `signature`, as for receipts (`receipt.py`).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import orjson

from yteso.signing.keys import Keys, PublicKey

KIND = "yteso-audit-root/1"


@dataclass(frozen=True, slots=True)
class Head:
    """How many rows a lane has, and the hash of the last one."""

    lane: int
    rows: int
    hash: bytes


def tree_hash(leaves: Sequence[bytes]) -> bytes:
    """The Merkle tree hash of hashed leaves (RFC 6962 §2.1)."""
    if not leaves:
        return sha256().digest()
    if len(leaves) == 1:
        return leaves[0]
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return _node(tree_hash(leaves[:half]), tree_hash(leaves[half:]))


def proof(leaves: Sequence[bytes], at: int) -> list[bytes]:
    """The audit path of one leaf, from the bottom up (RFC 6962 §2.1.1)."""
    if len(leaves) == 1:
        return []
    half = 1 << (len(leaves) - 1).bit_length() - 1
    if at < half:
        return [*proof(leaves[:half], at), tree_hash(leaves[half:])]
    return [*proof(leaves[half:], at - half), tree_hash(leaves[:half])]


def proves(leaf: bytes, at: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """True when the path leads from this leaf, number `at` of `size`, to the root (RFC 9162 §2.1.3.2)."""
    if not 0 <= at < size:
        return False
    place, last, found = at, size - 1, leaf
    for step in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = _node(step, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = _node(found, step)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root


def leaf_of(head: Head) -> bytes:
    """The hashed leaf of a lane."""
    return sha256(b"\0" + head.lane.to_bytes(2, "big") + head.rows.to_bytes(8, "big") + head.hash).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\1" + left + right).digest()


def heads_hash(heads: Iterable[Head]) -> bytes:
    """The tree hash over lanes, in their order."""
    return tree_hash([leaf_of(head) for head in sorted(heads, key=lambda head: head.lane)])


def sign_root(
    keys: Keys, number: int, made: datetime, heads: Sequence[Head], before: Mapping[str, Any] | None
) -> dict[str, Any]:
    """The document: its number, time, rows of each lane, the ends of lanes that grew, the root, the root before."""
    known = before["rows"] if before else [0] * len(heads)
    heads = sorted(heads, key=lambda head: head.lane)
    document: dict[str, Any] = {
        "kind": KIND,
        "number": number,
        "time": made.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "rows": [head.rows for head in heads],
        "heads": {str(head.lane): head.hash.hex() for head in heads if head.rows != known[head.lane]},
        "root": heads_hash(heads).hex(),
        "previous": before["root"] if before else "",
        "keyId": keys.current,
    }
    return {**document, "signature": base64.urlsafe_b64encode(keys.sign(_canonical(document))).rstrip(b"=").decode()}


def verify_root(document: Mapping[str, Any], keys: Iterable[PublicKey]) -> bool:
    """True when one of the keys signed exactly this root."""
    signature, named = document.get("signature"), document.get("keyId")
    key = next((one for one in keys if one.id == named), None)
    if key is None or not isinstance(signature, str) or document.get("kind") != KIND:
        return False
    try:
        raw = base64.b64decode(signature + "=" * (-len(signature) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return False
    return key.verifies(raw, _canonical({name: value for name, value in document.items() if name != "signature"}))


def _canonical(document: Mapping[str, Any]) -> bytes:
    return orjson.dumps(dict(document), option=orjson.OPT_SORT_KEYS)
