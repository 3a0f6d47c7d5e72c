"""The platform's Ed25519 key pairs: made at first start, kept in files only their owner can read, newest one signs.

In: the home directory. Out: `Keys`. Older pairs stay and still verify, so a rotation (a further file with a higher
number) breaks no receipt. This file signs bytes; what is signed is decided by `receipt.py` and `tokens.py`.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from yteso.base.errors import Misconfigured

_FILE = re.compile(r"signing-(\d{4})\.pem")


@dataclass(frozen=True, slots=True)
class PublicKey:
    """What others need to check our signatures. `id` is the first 16 hex digits of SHA-256 of the raw key."""

    id: str
    pem: str

    def verifies(self, signature: bytes, message: bytes) -> bool:
        """True when this key's owner signed exactly `message`."""
        return _verifies(_public_from(self.pem), signature, message)


@dataclass(frozen=True, slots=True)
class Keys:
    """All pairs of one installation. `current` is the id of the pair that signs."""

    current: str
    pairs: Mapping[str, Ed25519PrivateKey]

    @property
    def oldest(self) -> str:
        """The id of the first pair: it names the installation, whichever pair signs today."""
        return next(iter(self.pairs))

    def sign(self, message: bytes) -> bytes:
        """The 64-byte Ed25519 signature (RFC 8032) by the current pair."""
        return self.pairs[self.current].sign(message)

    def verifies(self, key_id: str, signature: bytes, message: bytes) -> bool:
        """True when our pair `key_id` signed exactly `message`; an unknown id verifies nothing."""
        pair = self.pairs.get(key_id)
        return pair is not None and _remembered(pair, signature, message)

    def public(self) -> tuple[PublicKey, ...]:
        """The public halves, the signing one first."""
        ids = [self.current, *(key for key in self.pairs if key != self.current)]
        return tuple(PublicKey(key, _public_pem(self.pairs[key])) for key in ids)


def load_or_create(home: Path) -> Keys:
    """The pairs under `home/keys` (0700, files 0600); the first pair is made when there is none.

    Several processes may start at once: the first file that appears wins and all load it. Raises Misconfigured
    when the directory or a file can be read by others, or a file holds no Ed25519 key.
    """
    folder = home / "keys"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    require_private(folder)
    if not _files(folder):
        _create(folder / "signing-0001.pem")
    pairs: dict[str, Ed25519PrivateKey] = {}
    for path in _files(folder):
        pair = _load(path)
        pairs[_id_of(pair)] = pair
    return Keys(current=next(reversed(pairs)), pairs=pairs)


def read_public(pem: str) -> PublicKey:
    """A public key from its PEM text. Raises Misconfigured when it is no Ed25519 key."""
    raw = _public_from(pem).public_bytes(Encoding.Raw, PublicFormat.Raw)
    return PublicKey(sha256(raw).hexdigest()[:16], pem)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if _FILE.fullmatch(path.name))


def rotate(home: Path) -> str:
    """One more pair, which signs from the next start on; its id. The older ones go on verifying."""
    load_or_create(home)
    number = int(_files(home / "keys")[-1].stem.rpartition("-")[2])
    path = home / "keys" / f"signing-{number + 1:04}.pem"
    _create(path)
    return _id_of(_load(path))


def _create(path: Path) -> None:
    write_once(path, Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def write_once(path: Path, pem: bytes) -> None:
    """Write the whole file under another name, then link it: no process ever sees half a key, the first one wins."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()


def _load(path: Path) -> Ed25519PrivateKey:
    require_private(path)
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except ValueError as error:
        raise Misconfigured(f"{path.name} holds no private key") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise Misconfigured(f"{path.name} is not an Ed25519 key")
    return key


def require_private(path: Path) -> None:
    """Raises Misconfigured when anybody but the owner may read it."""
    if path.stat().st_mode & 0o077:
        raise Misconfigured(f"{path} can be read by others: allow its owner only (chmod go-rwx)")


def _id_of(pair: Ed25519PrivateKey) -> str:
    raw = pair.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return sha256(raw).hexdigest()[:16]


def _public_pem(pair: Ed25519PrivateKey) -> str:
    return pair.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def _public_from(pem: str) -> Ed25519PublicKey:
    key = load_pem_public_key(pem.encode())
    if not isinstance(key, Ed25519PublicKey):
        raise Misconfigured("not an Ed25519 public key")
    return key


@lru_cache(maxsize=2048)
def _remembered(pair: Ed25519PrivateKey, signature: bytes, message: bytes) -> bool:
    """A caller sends the same token with every request: the same question has the same answer, whenever it is asked."""
    return _verifies(pair.public_key(), signature, message)


def _verifies(key: Ed25519PublicKey, signature: bytes, message: bytes) -> bool:
    try:
        key.verify(signature, message)
    except InvalidSignature:
        return False
    return True
