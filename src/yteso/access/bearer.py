"""Bearer token <-> principal: the one place where every door learns who calls. Verifying itself does no I/O.

Whether a token was called back is asked of `ended`, which its maker gives (`oauth.ended.Ended`); without one, tokens
end by their hour alone.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import lru_cache

from yteso.access.principal import Principal, Role
from yteso.base.clock import Clock, system_clock
from yteso.base.errors import Refused
from yteso.base.issue import Rule, Severity
from yteso.signing.keys import Keys
from yteso.signing.tokens import MALFORMED, MISSING, Claims, Tokens

ENDED = Rule(
    "AUTH-0005",
    Severity.ERROR,
    "Mã truy cập đã bị thu hồi.",
    "The bearer token was called back.",
    "Đăng nhập hoặc xin cấp quyền lại.",
    "Log in again, or ask for the right again.",
    basis="RFC 7009 §2",
)

_ROLES = {role.value: role for role in Role}


class Bearer:
    """Issues and verifies the tokens of one installation: `Bearer(load_or_create(settings.home))`."""

    def __init__(self, keys: Keys, clock: Clock = system_clock, ended: Callable[[Claims], bool] | None = None) -> None:
        self.tokens = Tokens(keys, clock=clock)
        self._ended = ended

    def issue(self, principal: Principal, ttl: timedelta, *, grant: str = "", now: datetime | None = None) -> str:
        """A token that speaks for `principal` from now for `ttl`; it ends with `grant`, if that has a name."""
        claims = Claims(
            principal.name,
            principal.role.value,
            principal.facility,
            principal.purpose,
            person=principal.person,
            client=principal.client,
            scope=principal.scope,
            assurance=principal.assurance,
            patient=principal.patient,
            grant=grant,
        )
        return self.tokens.issue(claims, ttl, now)

    def verify(self, token: str, now: datetime | None = None) -> Principal:
        """Who the token speaks for. Raises Refused (401) with AUTH-0001…0005."""
        claims = self.tokens.verify(token, now)
        if claims.role not in _ROLES:
            raise Refused(MALFORMED.at(), status=401)
        if self._ended is not None and self._ended(claims):
            raise Refused(ENDED.at(), status=401)
        return _principal_of(claims)

    def verify_header(self, authorization: str, now: datetime | None = None) -> Principal:
        """The same, from the value of an `Authorization` header (RFC 6750 §2.1; the scheme's case is ignored)."""
        scheme, _, token = authorization.strip().partition(" ")
        if scheme.lower() != "bearer":
            raise Refused(MISSING.at(), status=401)
        return self.verify(token.strip(), now)


@lru_cache(maxsize=4096)
def _principal_of(claims: Claims) -> Principal:
    return Principal(
        claims.name,
        _ROLES[claims.role],
        claims.facility,
        claims.purpose,
        person=claims.person,
        client=claims.client,
        scope=claims.scope,
        assurance=claims.assurance,
        patient=claims.patient,
        grant=claims.grant,
    )
