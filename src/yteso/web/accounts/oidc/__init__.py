"""Log-in at a provider of OpenID Connect (VNeID is such a one): `provider` what the operator set, `metadata` what the
provider publishes, `client_key` our key towards it, `flow` the log-in itself. No Django there.
"""

from __future__ import annotations

from django.conf import settings

from yteso.web.accounts.oidc.provider import Provider, load


def providers() -> tuple[Provider, ...]:
    """The providers of this installation, in the order of its `oidc.json`."""
    return load(settings.YTESO.home)


def provider(id: str) -> Provider | None:
    """The provider with this id."""
    return next((one for one in providers() if one.id == id), None)
