"""Secrets that must be had again (a receiver's token): sealed by a key that lies beside the database, not in it.

Fernet (AES-128-CBC, then HMAC-SHA-256 over it). What was sealed for one place is not opened for another.
"""

from __future__ import annotations

import base64
import secrets
from hashlib import blake2b
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from yteso.base.errors import YtesoError
from yteso.signing.keys import require_private, write_once

_FILE = "safe.secret"


class NotOurs(YtesoError):
    """What was sealed cannot be opened with this key, or not for this place."""

    permanent = True


class Safe:
    """Seals and opens. One per installation: `load_or_create_safe(home)`."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def seal(self, text: str, about: str) -> bytes:
        """Only who has the key opens it, for this place alone."""
        return self._fernet(about).encrypt(text.encode())

    def open(self, sealed: bytes, about: str) -> str:
        """The text. Raises NotOurs."""
        try:
            return self._fernet(about).decrypt(sealed).decode()
        except InvalidToken as error:
            raise NotOurs from error

    def _fernet(self, about: str) -> Fernet:
        key = blake2b(about.encode(), digest_size=32, key=self._secret, person=b"yteso safe").digest()
        return Fernet(base64.urlsafe_b64encode(key))


def load_or_create_safe(home: Path) -> Safe:
    """The installation's safe; its key is made at first start under `home/keys` (0600), the first file wins.

    Raises Misconfigured when others can read it.
    """
    path = home / "keys" / _FILE
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        write_once(path, secrets.token_bytes(64))
    require_private(path)
    return Safe(path.read_bytes())
