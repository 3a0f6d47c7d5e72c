"""The platform's key pairs: made at first start, kept in files only their owner can read, newest one signs.

In: the shelf. Out: `Keys`. Older pairs stay and still verify, whatever their algorithm, so a rotation (a further file
with a higher number) breaks no receipt. This file signs bytes; what is signed is decided by `receipt.py`, `root.py` and
`tokens.py`. How a signature is verified follows from the key, never from what is signed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PrivateKey, Ed448PublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PrivateKey, MLDSA65PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from yteso.base.errors import CannotStart, Misconfigured
from yteso.signing.shelf import Shelf

Pair = Ed25519PrivateKey | Ed448PrivateKey | MLDSA65PrivateKey
Public = Ed25519PublicKey | Ed448PublicKey | MLDSA65PublicKey

ALGORITHMS: Mapping[str, Callable[[], Pair]] = {
    "Ed25519": Ed25519PrivateKey.generate,
    "Ed448": Ed448PrivateKey.generate,
    "ML-DSA-65": MLDSA65PrivateKey.generate,
}
"""Algorithm (RFC 8032; FIPS 204) -> a new pair. The first one is used unless the operator says otherwise."""
_PAIRS: Mapping[type[Pair], tuple[type[Public], str]] = {
    Ed25519PrivateKey: (Ed25519PublicKey, "Ed25519"),
    Ed448PrivateKey: (Ed448PublicKey, "Ed448"),
    MLDSA65PrivateKey: (MLDSA65PublicKey, "ML-DSA-65"),
}
_KIND, _ENDING = "signing", "pem"
_PEM = re.compile(r"-----BEGIN PUBLIC KEY-----.+?-----END PUBLIC KEY-----\n?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class PublicKey:
    """What others need to check our signatures. `id` is the first 16 hex digits of SHA-256 of the raw key."""

    id: str
    pem: str

    @property
    def algorithm(self) -> str:
        """By which its owner signs."""
        return algorithm_of(_public_from(self.pem))

    def verifies(self, signature: bytes, message: bytes) -> bool:
        """True when this key's owner signed exactly `message`."""
        return _verifies(_public_from(self.pem), signature, message)


@dataclass(frozen=True, slots=True)
class Keys:
    """All pairs of one installation, as this process began. `current` is the id of the pair that signs; `shelf`: where
    others may appear, by which a process that starts later signs.
    """

    current: str
    pairs: Mapping[str, Pair]
    shelf: Shelf | None = None

    @property
    def oldest(self) -> str:
        """The id of the first pair: it names the installation, whichever pair signs today."""
        return next(iter(self.pairs))

    def sign(self, message: bytes) -> bytes:
        """The signature by the current pair."""
        return self.pairs[self.current].sign(message)

    def verifies(self, key_id: str, signature: bytes, message: bytes) -> bool:
        """True when our pair `key_id` signed exactly `message`; an unknown id verifies nothing."""
        pair = self.pairs.get(key_id) or self.now().pairs.get(key_id)
        return pair is not None and _remembered(pair, signature, message)

    def now(self) -> Keys:
        """With the pairs that came since. What cannot be read stops the next start, not this process."""
        try:
            newer = _pairs_on(self.shelf, self.shelf.changed) if self.shelf else {}
        except (Misconfigured, CannotStart, OSError):
            return self
        return replace(self, pairs={**self.pairs, **newer})

    def public(self) -> tuple[PublicKey, ...]:
        """The public halves, the signing one first."""
        pairs = self.now().pairs
        ids = [self.current, *(key for key in pairs if key != self.current)]
        return tuple(PublicKey(key, _public_pem(pairs[key])) for key in ids)


def load_or_create(home: Path, given: Path | None = None) -> Keys:
    """The pairs under `home/keys` (0700, files 0600), the first one made when there is none; or those that are given.

    Raises CannotStart (KEY-0001), and Misconfigured when others can read a file, or it holds no key we know.
    """
    shelf = Shelf.of(home, given)
    pairs = _pairs_of(shelf)
    return Keys(current=next(reversed(pairs)), pairs=pairs, shelf=shelf)


def _pairs_of(shelf: Shelf) -> dict[str, Pair]:
    return {_id_of(pair): pair for pair in map(_load, shelf.series(_KIND, _ENDING, make_pair))}


@lru_cache(maxsize=8)
def _pairs_on(shelf: Shelf, _changed: int) -> Mapping[str, Pair]:
    """The pairs of a shelf, read again when something on it has changed."""
    return _pairs_of(shelf)


def read_public(pem: str) -> tuple[PublicKey, ...]:
    """The public keys of a text, as `yteso audit key` prints them. Raises Misconfigured for one we do not know, or
    for none.
    """
    found = tuple(map(_one_public, _PEM.findall(pem)))
    if not found:
        raise Misconfigured("no public key")
    return found


def _one_public(pem: str) -> PublicKey:
    raw = _public_from(pem).public_bytes(Encoding.Raw, PublicFormat.Raw)
    return PublicKey(sha256(raw).hexdigest()[:16], pem)


def rotate(home: Path, algorithm: str = "Ed25519") -> str:
    """One more pair, which signs from the next start on; its id. The older ones go on verifying."""
    load_or_create(home)
    return _id_of(_load(Shelf.of(home).add(_KIND, _ENDING, lambda: make_pair(algorithm))))


def make_pair(algorithm: str = "Ed25519") -> bytes:
    """A new pair as PEM. KeyError for an algorithm we do not know."""
    return ALGORITHMS[algorithm]().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def algorithm_of(key: Pair | Public) -> str:
    """Its name."""
    return next(name for pair, (public, name) in _PAIRS.items() if isinstance(key, (pair, public)))


def _load(path: Path) -> Pair:
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise Misconfigured(f"{path.name} holds no private key") from error
    if not isinstance(key, Pair):
        raise Misconfigured(f"{path.name} is a key of none of {', '.join(ALGORITHMS)}")
    return key


def _id_of(pair: Pair) -> str:
    raw = pair.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return sha256(raw).hexdigest()[:16]


def _public_pem(pair: Pair) -> str:
    return pair.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def _public_from(pem: str) -> Public:
    key = load_pem_public_key(pem.encode())
    if not isinstance(key, Public):
        raise Misconfigured(f"a public key of none of {', '.join(ALGORITHMS)}")
    return key


@lru_cache(maxsize=2048)
def _remembered(pair: Pair, signature: bytes, message: bytes) -> bool:
    """A caller sends the same token with every request: the same question has the same answer, whenever it is asked."""
    return _verifies(pair.public_key(), signature, message)


def _verifies(key: Public, signature: bytes, message: bytes) -> bool:
    try:
        key.verify(signature, message)
    except InvalidSignature:
        return False
    return True
