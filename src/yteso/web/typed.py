"""What was typed and not sent waits in the browser's tab, sealed by a key of its account (`frontend/js/typed.js`)."""

from __future__ import annotations

import base64

from django.utils.crypto import salted_hmac


def seal_of(username: str) -> str:
    """The account's key (256 bits, base64): the same after every log-in, told only on its own pages."""
    return base64.b64encode(salted_hmac(__name__, username, algorithm="sha256").digest()).decode()
