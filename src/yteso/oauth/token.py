"""The token endpoint: a code, a refresh token or a machine's proof -> an access token (RFC 6749 §4.1.3, §4.4, §6).

A transaction commits also when it refuses, so that a code or refresh token shown twice ends its grant for good: what
is found wrong travels as a value until the transaction is over.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest
from typing import Any

from yteso.access.scopes import is_understood, is_within, narrowed
from yteso.base.errors import Refused
from yteso.base.issue import Issue, Origin, Rule
from yteso.db import Connection
from yteso.oauth import rules
from yteso.oauth.clients import SERVICE, Client, scopes_of, wrong_scope
from yteso.oauth.grants import (
    Grant,
    add_grant,
    code_right,
    end_grant,
    fetch_grant,
    issue_refresh,
    lock_code,
    lock_refresh,
    new_id,
    refresh_right,
    use_code,
    use_refresh,
)
from yteso.store.held import Right

PERSON_LIVES = timedelta(minutes=60)
SERVICE_LIVES = timedelta(minutes=5)
"""Access tokens; a machine takes a new one whenever it needs one (SMART Backend Services: at most five minutes)."""
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Given:
    """What a request got: the grant, the scope of this access token, the next refresh token."""

    grant: Grant
    scope: str
    refresh: str = ""
    is_first: bool = False
    is_new: bool = False
    """The grant was made for this very request, which a machine's is."""
    spent: Right | None = None
    """The code or refresh token that was exchanged."""
    granted: str = ""
    """The scope of the next refresh token."""

    @property
    def rights(self) -> tuple[Right, ...]:
        """What there is from now on that was not before."""
        grant = (self.grant.right,) if self.is_new else ()
        refresh = (refresh_right(self.refresh, self.grant.id, self.granted),) if self.refresh else ()
        return grant + refresh


@dataclass(frozen=True, slots=True)
class Burnt:
    """It was shown twice, or by somebody else than it was for: its grant is over."""

    over: Right
    rule: Rule = rules.GRANT


Answer = Given | Burnt | Rule | Issue


def exchange_code(conn: Connection, client: Client, form: Mapping[str, str], now: datetime) -> Answer:
    """An authorization code, once, by the client and for the address it was issued to, with the PKCE verifier."""
    code = lock_code(conn, form.get("code", ""))
    grant = fetch_grant(conn, code.grant) if code else None
    if code is None or grant is None or grant.client != client.id:
        return rules.GRANT
    if code.used is not None:
        return burn(conn, grant, now)
    use_code(conn, form["code"], now)
    good = now < code.expires and form.get("redirect_uri") == code.redirect and grant.holds(now)
    if not good or not _is_verified(form.get("code_verifier", ""), code.challenge):
        return burn(conn, grant, now)
    offline = "offline_access" in grant.scope.split()
    return Given(
        grant,
        grant.scope,
        issue_refresh(conn, grant.id, grant.scope) if offline else "",
        is_first=True,
        spent=code_right(form["code"], grant.id, code.redirect, code.challenge),
        granted=grant.scope,
    )


def exchange_refresh(conn: Connection, client: Client, form: Mapping[str, str], now: datetime) -> Answer:
    """A refresh token, once; it is replaced. A scope may be asked that is within the one granted, never a wider one."""
    token = form.get("refresh_token", "")
    found = lock_refresh(conn, token)
    grant = fetch_grant(conn, found[0]) if found else None
    if found is None or grant is None or grant.client != client.id:
        return rules.GRANT
    if found[2] is not None:
        return burn(conn, grant, now)
    if not grant.holds(now):
        return rules.GRANT
    asked = form.get("scope", "").split() or found[1].split()
    if not all(map(is_understood, asked)) or not is_within(asked, found[1].split()):
        return wrong_scope(asked)
    use_refresh(conn, token, now)
    spent = refresh_right(token, grant.id, found[1])
    return Given(grant, " ".join(asked), issue_refresh(conn, grant.id, found[1]), spent=spent, granted=found[1])


def exchange_proof(conn: Connection, client: Client, form: Mapping[str, str], now: datetime) -> Answer:
    """A machine that proved who it is gets what it is registered for and asks for (SMART Backend Services)."""
    if client.kind != SERVICE:
        return rules.GRANT_TYPE
    asked = form.get("scope", "").split()
    scopes = narrowed(asked, scopes_of(client))
    if not scopes or not all(map(is_understood, asked)):
        return wrong_scope(asked)
    grant = Grant(
        id=new_id(),
        client=client.id,
        account=client.id,
        role=client.role,
        facility=client.facility,
        purpose=client.purpose,
        person="",
        assurance=2,
        patient="",
        encounter="",
        scope=" ".join(scopes),
        nonce="",
        proved=now,
        made=now,
        expires=now + SERVICE_LIVES,
    )
    add_grant(conn, grant)
    return Given(grant, grant.scope, is_new=True)


def burn(conn: Connection, grant: Grant, now: datetime) -> Burnt:
    """The grant is over, for good."""
    end_grant(conn, grant.id, now)
    return Burnt(grant.over())


EXCHANGES = {
    "authorization_code": exchange_code,
    "refresh_token": exchange_refresh,
    "client_credentials": exchange_proof,
}


def raised(answer: Answer) -> Given:
    """What was given. Raises Refused (400) for a rule."""
    if isinstance(answer, Burnt):
        answer = answer.rule
    if isinstance(answer, Rule):
        answer = answer.at(Origin(field="grant"))
    if isinstance(answer, Issue):
        raise Refused(answer, status=400)
    return answer


def identity_claims(grant: Grant, issuer: str, now: datetime, practitioner: str = "") -> dict[str, Any]:
    """The claims of the ID token (OpenID Connect Core §2, SMART App Launch 2.2 scopes for identity)."""
    claims: dict[str, Any] = {
        "iss": issuer,
        "sub": grant.account,
        "aud": grant.client,
        "iat": int(now.timestamp()),
        "exp": int((now + timedelta(minutes=5)).timestamp()),
        "auth_time": int(grant.proved.timestamp()),
    }
    if grant.nonce:
        claims["nonce"] = grant.nonce
    user = f"Patient/{grant.person}" if grant.person else f"Practitioner/{practitioner}" if practitioner else ""
    if "fhirUser" in grant.scope.split() and user:
        claims["fhirUser"] = f"{issuer}/fhir/{user}"
    return claims


def _is_verified(verifier: str, challenge: str) -> bool:
    """PKCE with S256 and nothing else (RFC 7636 §4.6)."""
    if not _VERIFIER.fullmatch(verifier):
        return False
    made = base64.urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    return compare_digest(made, challenge)
