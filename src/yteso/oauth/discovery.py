"""What the server tells of itself: SMART configuration, OpenID configuration, JWK Set. Pure."""

from __future__ import annotations

from typing import Any

from yteso.access.scopes import NAMED
from yteso.signing import Keys
from yteso.signing.identity_keys import ALGORITHM, IdentityKeys
from yteso.signing.tokens import pairs_of

_CAPABILITIES = (
    "launch-ehr",
    "launch-standalone",
    "authorize-post",
    "client-public",
    "client-confidential-asymmetric",
    "sso-openid-connect",
    "context-ehr-patient",
    "context-ehr-encounter",
    "context-standalone-patient",
    "permission-offline",
    "permission-patient",
    "permission-user",
    "permission-v1",
    "permission-v2",
)


def configuration(issuer: str) -> dict[str, Any]:
    """Both documents in one: SMART App Launch 2.2 §2.1 and OpenID Connect Discovery 1.0 §3 (RFC 8414)."""
    methods = {
        "token_endpoint_auth_methods_supported": ["private_key_jwt", "none"],
        "token_endpoint_auth_signing_alg_values_supported": ["RS384", "ES384"],
    }
    return {
        "issuer": issuer,
        "jwks_uri": f"{issuer}/oauth/jwks",
        "authorization_endpoint": f"{issuer}/oauth/authorize",
        "token_endpoint": f"{issuer}/oauth/token",
        "introspection_endpoint": f"{issuer}/oauth/introspect",
        "revocation_endpoint": f"{issuer}/oauth/revoke",
        "management_endpoint": f"{issuer}/oauth/grants",
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [ALGORITHM],
        "scopes_supported": [*sorted(NAMED), "patient/*.rs", "user/*.cruds", "system/*.cruds"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
        "claims_supported": ["iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "fhirUser"],
        "request_uri_parameter_supported": False,
        "request_parameter_supported": False,
        "capabilities": list(_CAPABILITIES),
        **methods,
        **{name.replace("token_endpoint", "revocation_endpoint"): value for name, value in methods.items()},
        **{name.replace("token_endpoint", "introspection_endpoint"): value for name, value in methods.items()},
    }


def key_set(identity: IdentityKeys, keys: Keys) -> dict[str, Any]:
    """The public keys of ID tokens and of access tokens, older ones too: they verify until what they signed expires."""
    access = [
        {**key.as_dict(private=False), "kid": kid, "use": "sig", "alg": algorithm}
        for kid, (algorithm, key) in pairs_of(keys.now()).items()
    ]
    return {"keys": [*identity.public(), *access]}
