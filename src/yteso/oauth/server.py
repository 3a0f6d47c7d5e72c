"""The authorization server's doors (`base.http` in and out) and what the pages ask of it (`read_request`, `give`, …).

It knows the installation's address from the settings, never from a request: a proof made for another server must not
fit here because somebody sent another Host header.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl

import orjson

from yteso.access.bearer import Bearer
from yteso.access.principal import Principal
from yteso.base.clock import Clock, system_clock
from yteso.base.errors import Refused
from yteso.base.http import Request, Response
from yteso.base.issue import Issue, Origin
from yteso.db import Connection, Database, is_retryable
from yteso.oauth import authorize, clients, grants, rules, token, trail
from yteso.oauth.assertion import authenticated
from yteso.oauth.clients import SERVICE, Client
from yteso.oauth.discovery import configuration, key_set
from yteso.oauth.ended import end
from yteso.signing import Keys
from yteso.signing.identity_keys import IdentityKeys
from yteso.signing.tokens import Claims
from yteso.store.trail import Act

log = logging.getLogger(__name__)
PREFIXES = ("/oauth/token", "/oauth/introspect", "/oauth/revoke", "/oauth/jwks", "/.well-known", "/fhir/.well-known")
_DOCUMENTS = ("/smart-configuration", "/openid-configuration", "/oauth-authorization-server")
_FORM = "application/x-www-form-urlencoded"
_MOST = 64 * 1024
_OPEN = {"Access-Control-Allow-Origin": "*"}
"""These doors read no cookie, so any page may ask them (SMART App Launch 2.2 §1: CORS)."""
_PREFLIGHT = {
    **_OPEN,
    "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Content-Type, Authorization",
    "Access-Control-Max-Age": "600",
}

Account = Callable[[str], Principal | None]


class Server:
    """One installation's authorization server. `account` tells who an account is now; None: it may not act.

    `practitioner` tells the id of the Practitioner that an account of staff is; empty: it names none.
    """

    def __init__(
        self,
        database: Database,
        bearer: Bearer,
        identity: Callable[[], IdentityKeys],
        issuer: str,
        account: Account,
        clock: Clock = system_clock,
        practitioner: Callable[[str], str] = lambda _: "",
    ) -> None:
        self.database = database
        self.issuer = issuer.rstrip("/")
        self._bearer = bearer
        self._identity_of = identity
        self._account = account
        self._clock = clock
        self._practitioner = practitioner

    # -- the doors ----------------------------------------------------------------------------------------------------

    def handle(self, request: Request) -> Response:
        """The answer; refusals in the form of RFC 6749 §5.2."""
        try:
            return self._answer(request)
        except Refused as refusal:
            return _refusal(refusal.issues[0], refusal.status)
        except Exception as error:
            if not is_retryable(error):
                raise
            log.warning("oauth door: %s", type(error).__name__)
            return _json({"error": "temporarily_unavailable"}, 503, {"Retry-After": "5"})

    def _answer(self, request: Request) -> Response:
        path = request.path.rstrip("/")
        if request.method == "OPTIONS":
            return Response(204, headers=_PREFLIGHT)
        if path in self._posts:
            return self._posts[path](self._form(request), request.remote)
        if request.method not in ("GET", "HEAD"):
            raise Refused(rules.METHOD.at(), status=405)
        if path == "/oauth/jwks":
            return _json(key_set(self._identity, self._keys), headers={"Cache-Control": "public, max-age=300"})
        if path.partition("/.well-known")[2] in _DOCUMENTS:
            return _json(configuration(self.issuer), headers={"Cache-Control": "public, max-age=300"})
        raise Refused(rules.NO_ADDRESS.at(), status=404)

    @cached_property
    def _posts(self) -> Mapping[str, Callable[[dict[str, str], str], Response]]:
        return {
            "/oauth/token": self._token,
            "/oauth/introspect": self._introspect,
            "/oauth/revoke": self._revoke,
        }

    @cached_property
    def _identity(self) -> IdentityKeys:
        return self._identity_of()

    @property
    def _keys(self) -> Keys:
        return self._bearer.tokens.keys

    def _form(self, request: Request) -> dict[str, str]:
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if request.method != "POST" or kind != _FORM:
            raise Refused(rules.METHOD.at(), status=405 if request.method != "POST" else 400)
        length = request.headers.get("content-length", "")
        try:
            if not length.isdigit() or int(length[:9]) > _MOST or request.query:
                raise ValueError
            raw = request.body.read(int(length))
            pairs = parse_qsl(raw.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=32)
        except ValueError as error:
            raise Refused(rules.REQUEST.at(field="form"), status=400) from error
        form = dict(pairs)
        if len(form) != len(pairs) or any("\x00" in value for value in form.values()):
            raise Refused(rules.REQUEST.at(field="form"), status=400)
        return form

    def _client(self, form: Mapping[str, str], remote: str) -> Client:
        try:
            with self.database.connection() as conn:
                return authenticated(conn, form, f"{self.issuer}/oauth/token", self._clock())
        except Refused:
            with self.database.connection() as conn:
                trail.note_unknown(conn, remote)
            raise

    def _token(self, form: dict[str, str], remote: str) -> Response:
        client = self._client(form, remote)
        exchange = token.EXCHANGES.get(form.get("grant_type", ""))
        if exchange is None:
            raise Refused(rules.GRANT_TYPE.at(Origin(field="grant_type")), status=400)
        now = self._clock()
        with self.database.connection() as conn:
            answer = exchange(conn, client, form, now)
            if isinstance(answer, token.Given) and not self._still_acts(client, answer):
                answer = token.burn(conn, answer.grant, now)
            trail.note_answer(conn, client, form["grant_type"], answer)
        return _json(self._told(token.raised(answer), client, now))

    def _still_acts(self, client: Client, given: token.Given) -> bool:
        """The person has the same account, role and facility as when they agreed."""
        if client.kind == SERVICE:
            return True
        grant = given.grant
        now = self._account(grant.account)
        return now is not None and (now.role.value, now.facility, now.person) == (
            grant.role,
            grant.facility,
            grant.person,
        )

    def _told(self, given: token.Given, client: Client, now: datetime) -> dict[str, Any]:
        grant, scopes = given.grant, given.scope.split()
        lives = min(token.SERVICE_LIVES if client.kind == SERVICE else token.PERSON_LIVES, grant.expires - now)
        told: dict[str, Any] = {
            "access_token": self._bearer.issue(grant.principal(given.scope), lives, grant=grant.id, now=now),
            "token_type": "Bearer",
            "expires_in": int(lives.total_seconds()),
            "scope": given.scope,
        }
        if given.refresh:
            told["refresh_token"] = given.refresh
        if given.is_first and "openid" in scopes:
            claims = token.identity_claims(grant, self.issuer, now, self._practitioner(grant.account))
            told["id_token"] = self._identity.sign(claims)
        if grant.patient:
            told |= {"patient": grant.patient, "need_patient_banner": True}
        if grant.encounter:
            told["encounter"] = grant.encounter
        return told

    def _introspect(self, form: dict[str, str], remote: str) -> Response:
        """RFC 7662: a client with a key asks about its own tokens."""
        client = self._client(form, remote)
        claims = self._live(form.get("token", ""))
        own = claims is not None and claims.client == client.id and client.kind != clients.PUBLIC
        if not own and (claims is not None or client.kind == clients.PUBLIC):
            with self.database.connection() as conn:
                trail.note_curious(conn, client, remote)
        if client.kind == clients.PUBLIC:
            raise Refused(rules.CLIENT.at(), status=401)
        if claims is None or not own:
            return _json({"active": False})
        told = {
            "active": True,
            "scope": claims.scope or "",
            "client_id": claims.client,
            "sub": claims.name,
            "token_type": "Bearer",
            "exp": int(claims.expires),
            "iat": int(claims.issued),
            "iss": self.issuer,
            "patient": claims.patient,
            "facility": claims.facility,
            "purpose": claims.purpose,
        }
        return _json({name: value for name, value in told.items() if value != ""})

    def _live(self, text: str) -> Claims | None:
        try:
            self._bearer.verify(text)
            return self._bearer.tokens.verify(text)
        except Refused:
            return None

    def _revoke(self, form: dict[str, str], remote: str) -> Response:
        """RFC 7009: an access or refresh token of the client's own; its grant ends. An unknown one is no error."""
        client, text, now = self._client(form, remote), form.get("token", ""), self._clock()
        claims = self._live(text)
        with self.database.connection() as conn:
            found = grants.lock_refresh(conn, text)
            ids = {claims.grant} if claims and claims.client == client.id else set()
            for one in {*ids, *({found[0]} if found else ())}:
                grant = grants.fetch_grant(conn, one)
                if grant is not None and grant.client == client.id:
                    grants.end_grant(conn, one, now)
                    who, told = grant.principal(grant.scope), "called back by the client"
                    trail.note(conn, who, Act.TOKEN, client.id, told, rights=(grant.over(),))
        return Response(200, headers={**_OPEN, "Cache-Control": "no-store"})

    # -- what pages and the command line ask ---------------------------------------------------------------------------

    def read_request(self, query: str, who: Principal) -> authorize.Asked:
        """What an app asks. Raises Refused (OAUTH-0008), authorize.Returned."""
        with self.database.connection() as conn:
            return authorize.read_request(conn, query, who, self.issuer, self._clock())

    def give(self, asked: authorize.Asked, who: Principal, patient: str, proved: datetime) -> str:
        """The person says yes; the address to send the browser to. Raises authorize.Returned."""
        now = self._clock()
        with self.database.connection() as conn:
            given, address = authorize.give(conn, asked, who, patient, proved, self.issuer, now)
            trail.note_given(conn, who, asked, given)
        return address

    def refuse(self, asked: authorize.Asked, who: Principal) -> str:
        """The person says no; the address to send the browser to."""
        with self.database.connection() as conn:
            trail.note(conn, who, Act.GRANT, asked.client.id, "not given", refused=True)
        return authorize.refuse(asked, self.issuer)

    def launch(self, client: str, who: Principal, patient: str, encounter: str = "") -> str:
        """Open an app from a record page: the address to send the browser to. Raises Refused (OAUTH-0008)."""
        with self.database.connection() as conn:
            found = clients.fetch_client(conn, client)
            if found is None or not found.active or not found.launch:
                raise Refused(rules.UNKNOWN_APP.at(), status=404)
            secret = grants.issue_launch(conn, client, who, patient, encounter, self._clock())
        return authorize.launch_address(found.launch, self.issuer, secret)

    def apps(self) -> list[Client]:
        """All registered clients."""
        with self.database.connection() as conn:
            return clients.fetch_clients(conn)

    def register(self, client: Client, by: Principal = trail.COMMAND) -> Client:
        """A new client, or other values for one. Raises Refused (OAUTH-0009)."""
        with self.database.connection() as conn:
            saved = clients.save_client(conn, client, self._clock(), by.name)
            trail.note_registered(conn, saved, by)
        return saved

    def set_keys(self, client: str, document: str) -> None:
        """Other keys for a client. Raises Refused (OAUTH-0009, OAUTH-0012)."""
        with self.database.connection() as conn:
            clients.set_keys(conn, client, document)
            trail.note_client(conn, client, "other keys", part="keys")

    def set_active(self, client: str, by: Principal = trail.COMMAND, *, active: bool) -> None:
        """Lock a client, which ends all its tokens within a second, or unlock it. Raises Refused (OAUTH-0012)."""
        with self.database.connection() as conn:
            clients.set_active(conn, client, active=active)
            trail.note_client(conn, client, "unlocked" if active else "locked", by, part="active")
            if not active:
                end(conn, "client", client, self._clock())

    def grants_of(self, account: str) -> list[grants.Grant]:
        """What a person gave to apps and still holds."""
        with self.database.connection() as conn:
            return grants.fetch_grants_of(conn, account, self._clock())

    def end_grant(self, who: Principal, id: str) -> None:
        """A person takes back what they gave. Somebody else's grant is left alone."""
        with self.database.connection() as conn:
            grant = grants.fetch_grant(conn, id)
            if grant is not None and grant.account == who.name:
                grants.end_grant(conn, id, self._clock())
                trail.note(conn, who, Act.GRANT, grant.client, "taken back", rights=(grant.over(),))

    def end_account(self, account: str) -> None:
        """All tokens of an account end within a second."""
        with self.database.connection() as conn:
            end(conn, "account", account, self._clock())

    def sweep(self, conn: Connection) -> None:
        """Daily upkeep."""
        grants.sweep(conn, self._clock())


def _refusal(issue: Issue, status: int) -> Response:
    told = {
        "error": rules.ERRORS.get(issue.code, "invalid_request"),
        "error_description": f"{issue.code} {issue.text_en} {issue.fix_en}",
        "message_vi": f"{issue.text} {issue.fix}",
    }
    return _json(told, status)


def _json(body: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    common = {"Content-Type": "application/json; charset=utf-8", "Cache-Control": "no-store", "Pragma": "no-cache"}
    return Response(status, orjson.dumps(body), {**common, **_OPEN, **(headers or {})})
