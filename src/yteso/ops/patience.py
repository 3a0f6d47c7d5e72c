"""What needs PostgreSQL, begun anew while that comes back: it was killed, is being started, or was not there yet."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from yteso.base.errors import CannotStart
from yteso.base.trace import where
from yteso.db import is_retryable

log = logging.getLogger(__name__)
T = TypeVar("T")
CONNECT_SECONDS = 5.0
"""How long a pool is given to connect here: it is made anew as soon as the server is back, an old one waits longer."""
_SECONDS = 30.0
_PAUSE = 0.5


def patiently(act: Callable[[], T], bring_back: Callable[[], object] = lambda: None) -> T:
    """What `act` gives, which must be safe to run twice; `bring_back` is called before it is begun anew.

    Raises what `act` raised when that is not of the database, or is still so half a minute after the first time.
    """
    deadline = 0.0
    while True:
        try:
            return act()
        except Exception as error:
            deadline = deadline or time.monotonic() + _SECONDS
            if not is_retryable(error) or time.monotonic() > deadline:
                raise
            log.warning("PostgreSQL does not answer; this begins anew: %s", where(error))
        time.sleep(_PAUSE)
        try:
            bring_back()
        except (CannotStart, OSError) as error:
            log.error("PostgreSQL did not start: %s", where(error))
