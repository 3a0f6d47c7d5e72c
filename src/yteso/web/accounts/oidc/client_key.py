"""Our key towards providers (`private_key_jwt`): ES256, made at first use, kept under `home/keys`; its public half is
published for the provider to read.
"""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path

from joserfc import jwt
from joserfc.jwk import ECKey

_LIFE = 60


def assertion(home: Path, client_id: str, audience: str, moment: int) -> str:
    """A statement signed by us that we are this client (RFC 7523 §3): once, for a minute, for this address."""
    key = load_or_create(home)
    claims = {
        "iss": client_id,
        "sub": client_id,
        "aud": audience,
        "jti": secrets.token_urlsafe(16),
        "iat": moment,
        "exp": moment + _LIFE,
    }
    return jwt.encode({"alg": "ES256", "kid": key.thumbprint()}, claims, key)


def public(home: Path) -> dict[str, object]:
    """The JWK Set a provider reads."""
    key = load_or_create(home)
    return {"keys": [{**key.as_dict(private=False), "kid": key.thumbprint(), "use": "sig", "alg": "ES256"}]}


def load_or_create(home: Path) -> ECKey:
    """The key. Two processes that start together end with the same one."""
    path = home / "keys" / "oidc.jwk"
    if not path.exists():
        _create(path)
    return ECKey.import_key(json.loads(path.read_text(encoding="ascii")))


def _create(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        json.dump(ECKey.generate_key("P-256").as_dict(private=True), file)
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink()
