"""Log-in at a provider of OpenID Connect (VNeID is such a one): `provider` what the operator set, `metadata` what the
provider publishes, `client_key` our key towards it, `flow` the log-in itself. No Django there.
"""

from __future__ import annotations

from django.conf import settings

from yteso.web.accounts.models import User
from yteso.web.accounts.oidc.provider import Provider, load


def providers() -> tuple[Provider, ...]:
    """The providers of this installation, in the order of its `oidc.json`."""
    return load(settings.YTESO.home)


def provider(id: str) -> Provider | None:
    """The provider with this id."""
    return next((one for one in providers() if one.id == id), None)


def of_user(user: User) -> tuple[Provider, ...]:
    """The providers by which this account's owner can sign in."""
    issuers = set(user.identities.values_list("issuer", flat=True))
    return tuple(one for one in providers() if one.issuer in issuers)
