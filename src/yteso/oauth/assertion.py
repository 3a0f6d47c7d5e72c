"""A client proves who it is by a JWT it signs (RFC 7523, SMART App Launch 2.2 client-confidential-asymmetric).

In: the form of a request to the token endpoint. Out: the client, or Refused (401, OAUTH-0002) whatever was wrong: a
caller does not learn which ids exist. A proof counts once: its `jti` is noted in the transaction of the answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from yteso.base.errors import Refused
from yteso.db import Connection
from yteso.oauth import rules
from yteso.oauth.clients import PUBLIC, SQL, Client, fetch_client
from yteso.oauth.grants import hash_of
from yteso.signing import jose

TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LONGEST = timedelta(minutes=5)
_SKEW = 10.0


def authenticated(conn: Connection, form: Mapping[str, str], audience: str, now: datetime) -> Client:
    """The client that sends the form; `audience` is the address of the token endpoint."""
    if "client_assertion" not in form and "client_assertion_type" not in form:
        client = fetch_client(conn, form.get("client_id", ""))
        if client is None or client.kind != PUBLIC or not client.active:
            raise _refused()
        return client
    if form.get("client_assertion_type") != TYPE:
        raise _refused()
    return _proved(conn, form, audience, now)


def _proved(conn: Connection, form: Mapping[str, str], audience: str, now: datetime) -> Client:
    assertion = form.get("client_assertion", "")
    try:
        name = jose.peek(assertion).get("sub")
        client = fetch_client(conn, name) if isinstance(name, str) else None
        if client is None or not client.active or form.get("client_id", client.id) != client.id:
            raise _refused()
        claims = jose.read(assertion, client.public_keys(), algorithms=client.algorithms, types=["jwt", ""])
    except jose.BadToken as error:
        raise _refused() from error
    _check(claims, client, audience, now.timestamp())
    expires = datetime.fromtimestamp(claims["exp"], now.tzinfo) + timedelta(seconds=_SKEW)
    if conn.execute(SQL["note_assertion"], [hash_of(f"{client.id}\x1f{claims['jti']}"), expires]).fetchone() is None:
        raise _refused()
    return client


def _check(claims: Mapping[str, Any], client: Client, audience: str, now: float) -> None:
    """Every claim says what it must; `exp` is needed and near, `nbf` and `iat` are optional and not ahead."""
    ends, begins = claims.get("exp"), [claims.get(name, now) for name in ("nbf", "iat")]
    good = (
        claims.get("iss") == claims.get("sub") == client.id
        and claims.get("aud") in (audience, [audience])
        and isinstance(claims.get("jti"), str)
        and 0 < len(claims["jti"]) <= 256
        and _is_moment(ends)
        and now < float(ends or 0) + _SKEW <= now + LONGEST.total_seconds() + 2 * _SKEW
        and all(_is_moment(one) and one <= now + _SKEW for one in begins)
    )
    if not good:
        raise _refused()


def _is_moment(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _refused() -> Refused:
    return Refused(rules.CLIENT.at(), status=401)
