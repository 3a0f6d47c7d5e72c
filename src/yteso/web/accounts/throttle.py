"""Guessing is slowed down, owners are not locked out: attempts are counted for an account *and* where they come from.

Each attempt is counted before it is judged, in one statement, so that attempts at the same time cannot slip through;
one that succeeds clears its counter. From the sixth failure on one waits 5 s, 10 s, 20 s … at most 15 minutes; half an
hour without a failure forgets all. Keys are keyed hashes: the table tells nobody's name.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import connection
from django.utils.crypto import salted_hmac

from yteso.web.accounts.models import Throttle
from yteso.web.services import now

FREE = 5
"""Attempts without a wait."""

WIDE = 50
"""Attempts at the second step of one account from everywhere: only who knows the password gets there at all."""

_FIRST = 5
_LONGEST = 900
_FORGET = timedelta(minutes=30)

# One statement: count the attempt unless one has to wait. A counter that was quiet for long begins again.
_ATTEMPT = """
INSERT INTO accounts_throttle AS t (key, attempts, until, at) VALUES (%(key)s, 1, %(now)s, %(now)s)
ON CONFLICT (key) DO UPDATE SET
    attempts = CASE WHEN t.at < %(forget)s THEN 1 ELSE t.attempts + 1 END,
    until = %(now)s::timestamptz + CASE WHEN t.at < %(forget)s OR t.attempts + 1 < %(free)s THEN interval '0'
        ELSE least(%(longest)s, %(first)s * power(2, least(t.attempts + 1 - %(free)s, 20))) * interval '1 second' END,
    at = %(now)s
WHERE t.until <= %(now)s
RETURNING attempts
"""


def attempt(*what: str, free: int = FREE) -> int:
    """Count one attempt at `what`. 0: go on; else the seconds to wait (and the attempt must not be judged)."""
    moment = now()
    values = {
        "key": _key(what),
        "now": moment,
        "forget": moment - _FORGET,
        "free": free,
        "first": _FIRST,
        "longest": _LONGEST,
    }
    with connection.cursor() as cursor:
        cursor.execute(_ATTEMPT, values)
        if cursor.fetchone() is not None:
            return 0
    row = Throttle.objects.filter(key=values["key"]).first()
    return max(1, round((row.until - moment).total_seconds())) if row is not None else 1


def clear(*what: str) -> None:
    """The attempt was good: its counter begins again."""
    Throttle.objects.filter(key=_key(what)).delete()


def forget_old() -> int:
    """Remove counters that count no more; how many. For the daily job."""
    return Throttle.objects.filter(until__lt=now() - _FORGET, at__lt=now() - _FORGET).delete()[0]


def _key(what: tuple[str, ...]) -> str:
    return salted_hmac("yteso.throttle", "\x1f".join(what), algorithm="sha256").hexdigest()
