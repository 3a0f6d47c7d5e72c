"""Our keys towards providers (`private_key_jwt`): ES256, the first made at first use, kept as `signing.shelf` tells.

The newest one signs; the public halves are published for the provider to read.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence

from joserfc import jwt
from joserfc.jwk import ECKey

from yteso.signing.shelf import Shelf

_KIND, _ENDING = "oidc", "jwk"
_LIFE = 60


def assertion(shelf: Shelf, client_id: str, audience: str, moment: int) -> str:
    """A statement signed by us that we are this client (RFC 7523 §3): once, for a minute, for this address."""
    key = load_or_create(shelf)[-1]
    claims = {
        "iss": client_id,
        "sub": client_id,
        "aud": audience,
        "jti": secrets.token_urlsafe(16),
        "iat": moment,
        "exp": moment + _LIFE,
    }
    return jwt.encode({"alg": "ES256", "kid": key.thumbprint()}, claims, key)


def public(shelf: Shelf) -> dict[str, object]:
    """The JWK Set a provider reads."""
    keys = reversed(load_or_create(shelf))
    return {
        "keys": [{**one.as_dict(private=False), "kid": one.thumbprint(), "use": "sig", "alg": "ES256"} for one in keys]
    }


def load_or_create(shelf: Shelf) -> Sequence[ECKey]:
    """The keys, oldest first. Raises CannotStart (KEY-0001) where they are given and there is none."""
    files = shelf.series(_KIND, _ENDING, _made)
    return [ECKey.import_key(json.loads(path.read_text(encoding="ascii"))) for path in files]


def _made() -> bytes:
    return json.dumps(ECKey.generate_key("P-256").as_dict(private=True)).encode("ascii")
