"""Secrets that must be had again (a receiver's token): sealed by a key that lies beside the database, not in it.

Fernet (AES-128-CBC, then HMAC-SHA-256 over it). What was sealed for one place is not opened for another. The newest of
several keys seals, all open: a key is replaced by a further file, what it sealed is sealed anew, and it goes.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Sequence
from hashlib import blake2b, sha512
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from yteso.base.errors import Misconfigured, YtesoError
from yteso.signing.shelf import Shelf

_KIND, _ENDING = "safe", "secret"
_LENGTH, _LEAST = 64, 32


class NotOurs(YtesoError):
    """What was sealed cannot be opened with this key, or not for this place."""

    permanent = True


class Safe:
    """Seals and opens. One per installation: `load_or_create_safe(home)`."""

    def __init__(self, *keys: bytes) -> None:
        """`keys`: the newest one first."""
        self._keys: Sequence[bytes] = keys

    def seal(self, text: str, about: str) -> bytes:
        """Only who has the key opens it, for this place alone."""
        return self._fernet(about).encrypt(text.encode())

    def open(self, sealed: bytes, about: str) -> str:
        """The text. Raises NotOurs."""
        try:
            return self._fernet(about).decrypt(sealed).decode()
        except InvalidToken as error:
            raise NotOurs from error

    def _fernet(self, about: str) -> MultiFernet:
        made = (blake2b(about.encode(), digest_size=32, key=key, person=b"yteso safe").digest() for key in self._keys)
        return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in made])


def load_or_create_safe(home: Path, given: Path | None = None) -> Safe:
    """The installation's safe; its key is made at first start under `home/keys` (0600), or given (KEY-0001).

    Raises Misconfigured when others can read it, or it is too short.
    """
    files = Shelf.of(home, given).series(_KIND, _ENDING, _made)
    return Safe(*map(_key_in, reversed(files)))


def rotate_safe(home: Path) -> str:
    """One more key, which seals from the next start on; its file's name. The older ones go on opening."""
    load_or_create_safe(home)
    return Shelf.of(home).add(_KIND, _ENDING, _made).name


def _made() -> bytes:
    return secrets.token_bytes(_LENGTH)


def _key_in(path: Path) -> bytes:
    """What we made is used as it is; what is given may be text of another length."""
    content = path.read_bytes()
    if len(content) < _LEAST:
        raise Misconfigured(f"{path.name} is too short for a key: {_LEAST} bytes at least")
    return content if len(content) == _LENGTH else sha512(content.strip()).digest()
