"""Bearer token <-> principal: the one place where every door learns who calls. Verifying does no I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from yteso.access.principal import Principal, Role
from yteso.base.clock import Clock, system_clock
from yteso.base.errors import Refused
from yteso.signing.keys import Keys
from yteso.signing.tokens import MISSING, Claims, Tokens


@dataclass(frozen=True, slots=True)
class Bearer:
    """Issues and verifies the tokens of one installation: `Bearer(load_or_create(settings.home))`."""

    keys: Keys
    clock: Clock = system_clock

    def issue(self, principal: Principal, ttl: timedelta) -> str:
        """A token that speaks for `principal` from now for `ttl`."""
        claims = Claims(principal.name, principal.role.value, principal.facility, principal.purpose)
        return self._tokens.issue(claims, ttl)

    def verify(self, token: str, now: datetime | None = None) -> Principal:
        """Who the token speaks for. Raises Refused (401) with AUTH-0001…0004."""
        claims = self._tokens.verify(token, now)
        return Principal(claims.name, Role(claims.role), claims.facility, claims.purpose)

    def verify_header(self, authorization: str, now: datetime | None = None) -> Principal:
        """The same, from the value of an `Authorization` header (RFC 6750 §2.1; the scheme's case is ignored)."""
        scheme, _, token = authorization.strip().partition(" ")
        if scheme.lower() != "bearer":
            raise Refused(MISSING.at(), status=401)
        return self.verify(token.strip(), now)

    @property
    def _tokens(self) -> Tokens:
        return Tokens(self.keys, clock=self.clock)
