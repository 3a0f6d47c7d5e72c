"""Ten recovery codes of an account: shown when they are made and never again, kept as hashes, each good once.

argon2id with a salt of the account's own (ASVS 5.0 V6.5.2), so that who has the database and the pages' secrets learns
none. Earlier releases kept a seed, enciphered, of which allauth made them: those codes go on counting, as hashes
(`turned_over`).
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from argon2.low_level import Type, hash_secret_raw

KIND = Authenticator.Type.RECOVERY_CODES
COUNT, DIGITS = 10, 12
"""Digits only: the field of the second step shows a pad of digits. 40 bits, and some 20 ms for each guess."""
_EARLIER_DIGITS = 8
_COST = {"time_cost": 2, "memory_cost": 19_456, "parallelism": 1}
"""OWASP's Password Storage Cheat Sheet. Kept beside the hashes, so that others may be chosen."""
_SALT, _LENGTH = 16, 32


def made() -> tuple[list[str], dict[str, Any]]:
    """(codes to be shown, what is kept of them)."""
    codes = [f"{secrets.randbelow(10**DIGITS):0{DIGITS}}" for _ in range(COUNT)]
    return codes, _kept(codes)


def turned_over(row: Authenticator) -> bool:
    """Keep an earlier release's unused codes as hashes; False where that was done. The row is locked."""
    if "hashes" in row.data:
        return False
    row.data = _kept(RecoveryCodes(row).get_unused_codes())
    row.save(update_fields=["data"])
    return True


def use(row: Authenticator, code: str) -> bool:
    """Whether it is one of them; it is none from then on. The row is locked."""
    if len(code) not in (DIGITS, _EARLIER_DIGITS):
        return False
    turned_over(row)
    given, hashes = _hashed(code, row.data), row.data["hashes"]
    matches = [hmac.compare_digest(one, given) for one in hashes]
    if not any(matches):
        return False
    row.data["hashes"] = [one for one, same in zip(hashes, matches, strict=True) if not same]
    row.save(update_fields=["data"])
    return True


def left(row: Authenticator) -> int:
    """How many were not used."""
    return len(row.data["hashes"]) if "hashes" in row.data else len(RecoveryCodes(row).get_unused_codes())


def _kept(codes: Iterable[str]) -> dict[str, Any]:
    data: dict[str, Any] = {"salt": secrets.token_hex(_SALT), "cost": _COST}
    return data | {"hashes": [_hashed(one, data) for one in codes]}


def _hashed(code: str, data: dict[str, Any]) -> str:
    salt = bytes.fromhex(data["salt"])
    return hash_secret_raw(code.encode(), salt, **data["cost"], hash_len=_LENGTH, type=Type.ID).hex()
