"""An app asks, a person decides: the parameters of `/oauth/authorize` -> what is asked -> where the browser goes back.

Until the app and its redirect address are known to belong together, a refusal is shown to the person (`Refused`); from
then on it is told to the app (`Returned`). Nothing here draws a page: `web` does, and says who the person is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import parse_qsl, urlencode, urlsplit

from yteso.access.principal import Principal, Role
from yteso.access.scopes import is_understood, narrowed, read_scopes
from yteso.base.errors import Refused
from yteso.base.issue import Issue, Origin
from yteso.db import Connection
from yteso.oauth import rules
from yteso.oauth.clients import SERVICE, Client, fetch_client, scopes_of, wrong_scope
from yteso.oauth.grants import (
    OFFLINE_LIVES,
    SESSION_LIVES,
    Grant,
    add_grant,
    code_right,
    fetch_launch,
    issue_code,
    new_id,
    use_launch,
)
from yteso.store.held import Right

_IGNORED = frozenset(["profile", "email", "online_access"])
"""Scopes that apps send by habit and that give nothing here."""
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_LONGEST = 4096
_ONCE = frozenset(
    [
        "response_type",
        "client_id",
        "redirect_uri",
        "scope",
        "state",
        "aud",
        "code_challenge",
        "code_challenge_method",
        "nonce",
        "launch",
        "request",
        "request_uri",
        "response_mode",
    ]
)
"""Parameters that may stand once (RFC 6749 §3.1)."""


class Returned(Exception):
    """The browser goes back to the app, with an error."""

    def __init__(self, address: str) -> None:
        super().__init__("back to the app")
        self.address = address


@dataclass(frozen=True, slots=True)
class Asked:
    """What an app asks, checked: `scopes` is what it can be given; `patient` whom its launch was about."""

    client: Client
    redirect: str
    state: str
    scopes: tuple[str, ...]
    challenge: str
    nonce: str
    launch: str = ""
    patient: str = ""
    encounter: str = ""

    @property
    def needs_patient(self) -> bool:
        """True when it is about one patient, whom nobody named yet."""
        about_one = any(scope.about == "patient" for scope in read_scopes(" ".join(self.scopes)))
        return not self.patient and (about_one or "launch/patient" in self.scopes)

    @property
    def is_offline(self) -> bool:
        """True when it goes on without the person."""
        return "offline_access" in self.scopes


def read_request(conn: Connection, query: str, who: Principal, issuer: str, now: datetime) -> Asked:
    """What is asked. Raises Refused (OAUTH-0008) or Returned."""
    pairs = parse_qsl(query[: _LONGEST * 2], keep_blank_values=True, max_num_fields=64)
    given = dict(pairs)
    client = fetch_client(conn, given.get("client_id", ""))
    redirect = given.get("redirect_uri", "")
    twice = {name for name, _ in pairs if name in _ONCE and sum(name == other for other, _ in pairs) > 1}
    if client is None or not client.active or client.kind == SERVICE or {"client_id", "redirect_uri"} & twice:
        raise Refused(rules.UNKNOWN_APP.at(), status=400)
    if not any(_same_address(redirect, one) for one in client.redirects):
        raise Refused(rules.UNKNOWN_APP.at(Origin(field="redirect_uri")), status=400)
    state = given.get("state", "")
    issue = _wrong(given, twice, issuer)
    if issue is not None:
        raise Returned(_back(redirect, issuer, state, issue))
    asked = Asked(
        client,
        redirect,
        state,
        tuple(narrowed(_scopes(given), scopes_of(client))),
        given["code_challenge"],
        given.get("nonce", ""),
    )
    if not asked.scopes:
        raise Returned(_back(redirect, issuer, state, wrong_scope(_scopes(given))))
    return _with_launch(conn, asked, given.get("launch", ""), who, issuer, now)


def give(
    conn: Connection, asked: Asked, who: Principal, patient: str, proved: datetime, issuer: str, now: datetime
) -> tuple[tuple[Right, Right], str]:
    """The person says yes: what is given (grant, code), and the address to go to. Raises Returned (used launch)."""
    if asked.launch and not use_launch(conn, asked.launch):
        raise Returned(_back(asked.redirect, issuer, asked.state, rules.REQUEST.at(field="launch")))
    grant = Grant(
        id=new_id(),
        client=asked.client.id,
        account=who.name,
        role=who.role.value,
        facility=who.facility,
        purpose="PATRQT" if who.role is Role.CITIZEN else asked.client.purpose,
        person=who.person,
        assurance=who.assurance,
        patient=asked.patient or patient,
        encounter=asked.encounter,
        scope=" ".join(asked.scopes),
        nonce=asked.nonce,
        proved=proved,
        made=now,
        expires=now + (OFFLINE_LIVES if asked.is_offline else SESSION_LIVES),
    )
    add_grant(conn, grant)
    code = issue_code(conn, grant.id, asked.redirect, asked.challenge, now)
    given = grant.right, code_right(code, grant.id, asked.redirect, asked.challenge)
    return given, _address(asked.redirect, {"code": code, "state": asked.state, "iss": issuer})


def refuse(asked: Asked, issuer: str) -> str:
    """The person says no: the address to go to."""
    return _back(asked.redirect, issuer, asked.state, rules.DENIED.at())


def _wrong(given: dict[str, str], twice: set[str], issuer: str) -> Issue | None:
    """The first thing that is wrong with a request of a known app."""
    if given.get("response_type") != "code":
        return rules.RESPONSE_TYPE.at()
    good = {
        "code_challenge_method": given.get("code_challenge_method") == "S256",
        "code_challenge": bool(_CHALLENGE.fullmatch(given.get("code_challenge", ""))),
        "aud": given.get("aud", "").rstrip("/") == f"{issuer}/fhir",
        "state": len(given.get("state", "")) <= 1024,
        "nonce": len(given.get("nonce", "")) <= 256,
        "prompt": given.get("prompt") != "none",
        "request": "request" not in given and "request_uri" not in given,
        "response_mode": given.get("response_mode", "query") == "query",
        **dict.fromkeys(twice, False),
    }
    for field, is_good in good.items():
        if not is_good:
            return rules.REQUEST.at(Origin(field=field), field=field)
    scopes = _scopes(given)
    return None if scopes and all(map(is_understood, scopes)) else wrong_scope(scopes)


def _scopes(given: dict[str, str]) -> list[str]:
    return [one for one in given.get("scope", "").split() if one not in _IGNORED]


def _with_launch(conn: Connection, asked: Asked, launch: str, who: Principal, issuer: str, now: datetime) -> Asked:
    """`launch` names whom a record page opened the app for (SMART App Launch 2.2, EHR launch)."""
    if not launch:
        scopes = tuple(one for one in asked.scopes if one != "launch")
        return replace(asked, scopes=scopes)
    found = fetch_launch(conn, launch, asked.client.id, who.name, now)
    if found is None or "launch" not in asked.scopes:
        raise Returned(_back(asked.redirect, issuer, asked.state, rules.REQUEST.at(field="launch")))
    return replace(asked, launch=launch, patient=found[0], encounter=found[1])


def _same_address(given: str, registered: str) -> bool:
    """Exactly; but an app on this very machine may listen on any port (RFC 8252 §7.3)."""
    if given == registered:
        return True
    parts = urlsplit(registered)
    if parts.scheme != "http" or parts.hostname not in ("127.0.0.1", "::1"):
        return False
    start, end = (
        (f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname),
        registered.partition(parts.netloc)[2],
    )
    return bool(re.fullmatch(re.escape(f"http://{start}") + r"(:[1-9][0-9]{0,4})?" + re.escape(end), given, re.ASCII))


def _back(redirect: str, issuer: str, state: str, issue: Issue) -> str:
    told = {
        "error": rules.ERRORS.get(issue.code, "invalid_request"),
        "error_description": f"{issue.code} {issue.text_en}",
        "state": state,
        "iss": issuer,
    }
    return _address(redirect, told)


def _address(redirect: str, parameters: dict[str, str]) -> str:
    """`iss` tells the app whose answer it is (RFC 9207), so that servers cannot be mixed up."""
    pairs: Sequence[tuple[str, str]] = [(name, value) for name, value in parameters.items() if value]
    return f"{redirect}{'&' if urlsplit(redirect).query else '?'}{urlencode(pairs)}"


def launch_address(address: str, issuer: str, secret: str) -> str:
    """Where the browser goes to open an app (SMART App Launch 2.2, EHR launch)."""
    pairs = urlencode({"iss": f"{issuer}/fhir", "launch": secret})
    return f"{address}{'&' if urlsplit(address).query else '?'}{pairs}"
