"""RSA pairs that sign who logged in (OpenID Connect ID tokens, RS256): another kind of key than that of access tokens.

So that neither can ever be taken for the other. Made at first use under `home/keys` like the Ed25519 pairs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc.jwk import RSAKey

from yteso.signing import jose
from yteso.signing.keys import load_or_create, require_private, write_once

ALGORITHM = "RS256"
_FILE = re.compile(r"identity-(\d{4})\.pem")
_BITS = 3072


@dataclass(frozen=True, slots=True)
class IdentityKeys:
    """All pairs by kid, the newest last; the newest signs."""

    pairs: dict[str, RSAKey]

    def sign(self, claims: Mapping[str, Any]) -> str:
        """An ID token that says `claims`."""
        kid = next(reversed(self.pairs))
        return jose.write(claims, self.pairs[kid], algorithm=ALGORITHM, kid=kid, typ="JWT")

    def public(self) -> list[dict[str, Any]]:
        """The JWK Set's keys."""
        return [
            {**pair.as_dict(private=False), "kid": kid, "use": "sig", "alg": ALGORITHM}
            for kid, pair in reversed(list(self.pairs.items()))
        ]


def load_or_create_identity(home: Path) -> IdentityKeys:
    """The pairs under `home/keys`; the first one is made when there is none."""
    load_or_create(home)
    folder = home / "keys"
    if not _files(folder):
        _create(folder / "identity-0001.pem")
    pairs: dict[str, RSAKey] = {}
    for path in _files(folder):
        require_private(path)
        pair = RSAKey.import_key(path.read_bytes())
        pairs[pair.thumbprint()[:16]] = pair
    return IdentityKeys(pairs)


def rotate_identity(home: Path) -> str:
    """One more pair, which signs from the next start on; its kid."""
    load_or_create_identity(home)
    number = int(_files(home / "keys")[-1].stem.rpartition("-")[2])
    _create(home / "keys" / f"identity-{number + 1:04}.pem")
    return next(reversed(load_or_create_identity(home).pairs))


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if _FILE.fullmatch(path.name))


def _create(path: Path) -> None:
    pair = generate_private_key(public_exponent=65537, key_size=_BITS)
    write_once(path, pair.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
