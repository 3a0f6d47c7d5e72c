"""RSA pairs that sign who logged in (OpenID Connect ID tokens, RS256): another kind of key than that of access tokens.

So that neither can ever be taken for the other. Made at first use, or given, like the pairs of `keys.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc.jwk import RSAKey

from yteso.base.errors import CannotStart, Misconfigured
from yteso.signing import jose
from yteso.signing.shelf import Shelf

ALGORITHM = "RS256"
_KIND, _ENDING = "identity", "pem"
_BITS = 3072


@dataclass(frozen=True, slots=True)
class IdentityKeys:
    """All pairs by kid as the process began, the newest last; the newest signs. `shelf`: where later ones appear."""

    pairs: dict[str, RSAKey]
    shelf: Shelf | None = None

    def sign(self, claims: Mapping[str, Any]) -> str:
        """An ID token that says `claims`."""
        kid = next(reversed(self.pairs))
        return jose.write(claims, self.pairs[kid], algorithm=ALGORITHM, kid=kid, typ="JWT")

    def public(self) -> list[dict[str, Any]]:
        """The JWK Set's keys."""
        return [
            {**pair.as_dict(private=False), "kid": kid, "use": "sig", "alg": ALGORITHM}
            for kid, pair in reversed(list(self._now().items()))
        ]

    def _now(self) -> dict[str, RSAKey]:
        """With those by which a process that started later signs."""
        try:
            return self.pairs | (_pairs_on(self.shelf, self.shelf.changed) if self.shelf else {})
        except (Misconfigured, CannotStart, OSError, ValueError):
            return self.pairs


def load_or_create_identity(home: Path, given: Path | None = None) -> IdentityKeys:
    """The pairs under `home/keys`, the first one made when there is none; or those that are given (KEY-0001)."""
    shelf = Shelf.of(home, given)
    return IdentityKeys(_pairs_of(shelf), shelf)


def _pairs_of(shelf: Shelf) -> dict[str, RSAKey]:
    pairs = (RSAKey.import_key(path.read_bytes()) for path in shelf.series(_KIND, _ENDING, make_identity_pair))
    return {pair.thumbprint()[:16]: pair for pair in pairs}


@lru_cache(maxsize=8)
def _pairs_on(shelf: Shelf, _changed: int) -> dict[str, RSAKey]:
    """The pairs of a shelf, read again when something on it has changed."""
    return _pairs_of(shelf)


def rotate_identity(home: Path) -> str:
    """One more pair, which signs from the next start on; its kid."""
    load_or_create_identity(home)
    Shelf.of(home).add(_KIND, _ENDING, make_identity_pair)
    return next(reversed(load_or_create_identity(home).pairs))


def make_identity_pair() -> bytes:
    """A new pair as PEM."""
    pair = generate_private_key(public_exponent=65537, key_size=_BITS)
    return pair.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
