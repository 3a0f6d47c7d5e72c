"""The signed receipt: proof that these bytes of that sender arrived then, in that order. Pure; no I/O.

The signature covers the canonical JSON of the receipt without `signature`: keys sorted by code point, no spaces,
UTF-8 (the subset of RFC 8785 that strings and whole numbers need), so any language can check it.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import orjson

from yteso.signing.keys import Keys, PublicKey

KIND = "yteso-receipt/1"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What is acknowledged. `sequence` counts the sender's files from 1; `size` is in bytes; `received` has a zone.

    `root`: the newest signed root of the audit, whose number, time and hash the receipt carries away.
    """

    intake: str
    sender: str
    sequence: int
    sha256: str
    size: int
    received: datetime
    root: Mapping[str, object] | None = None


def sign_receipt(keys: Keys, receipt: Receipt) -> dict[str, object]:
    """The receipt as a JSON document with `keyId` and `signature` (base64url without padding)."""
    document: dict[str, object] = {
        "kind": KIND,
        "intake": receipt.intake,
        "sender": receipt.sender,
        "sequence": receipt.sequence,
        "sha256": receipt.sha256,
        "size": receipt.size,
        "receivedAt": receipt.received.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "keyId": keys.current,
    }
    if receipt.root is not None:
        document["auditRoot"] = {name: receipt.root[name] for name in ("number", "time", "root")}
    return {**document, "signature": _text_of(keys.sign(_canonical(document)))}


def verify_receipt(receipt: Mapping[str, object], public_key: PublicKey) -> bool:
    """True when `public_key` signed exactly this receipt; any change, also an added member, makes it False."""
    signature = receipt.get("signature")
    if not isinstance(signature, str) or receipt.get("kind") != KIND or receipt.get("keyId") != public_key.id:
        return False
    try:
        raw = base64.b64decode(signature + "=" * (-len(signature) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return False
    return public_key.verifies(raw, _canonical({k: v for k, v in receipt.items() if k != "signature"}))


def _canonical(document: Mapping[str, object]) -> bytes:
    return orjson.dumps(dict(document), option=orjson.OPT_SORT_KEYS)


def _text_of(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
