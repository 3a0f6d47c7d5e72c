"""The HTTP doors for senders: our own, the insurer's shape, the Hà Nội shape. One table of routes says who may.

A `Request` with its whole path in, a `Response` out, always with a numbered, bilingual reason when it is a refusal. The
bytes are kept by `adapters.bhyt.receive`; this file routes, checks who calls, and puts the answer in the door's shape.
"""

from __future__ import annotations

import base64
import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import orjson

from yteso.access.bearer import Bearer
from yteso.access.principal import Principal, Role
from yteso.access.scopes import permits
from yteso.base.clock import Clock, system_clock
from yteso.base.errors import Refused
from yteso.base.http import Request, Response
from yteso.base.issue import Issue, Origin
from yteso.base.scanner import Scanner
from yteso.db import Database, is_retryable
from yteso.exchange import intake, rules, uploads
from yteso.exchange.adapters.bhyt import reply
from yteso.exchange.adapters.bhyt.receive import SENDERS, Desk, receive, require_sender
from yteso.exchange.raw import Kept
from yteso.exchange.sender import authenticate
from yteso.signing import Keys
from yteso.signing.tokens import MALFORMED, MISSING
from yteso.store import audit, trail
from yteso.store.trail import Act, Did

log = logging.getLogger(__name__)
TOKEN_TTL = timedelta(hours=1)
BATCH = 100
_FILE = "fileHSBase64"
_LOOKERS = SENDERS


@dataclass(frozen=True, slots=True)
class Call:
    """One request at its route. `caller` is None only at a route that is open."""

    request: Request
    caller: Principal | None
    match: re.Match[str]

    @property
    def who(self) -> Principal:
        """Who calls. Raises Refused (401) where nobody was asked to say so."""
        if self.caller is None:
            raise Refused(MISSING.at(), status=401)
        return self.caller


@dataclass(frozen=True, slots=True)
class Route:
    """`who` may call; None: anybody (a log-in). `shape` tells how a refusal looks."""

    method: str
    path: re.Pattern[str]
    answer: Callable[[Doors, Call], Response]
    who: frozenset[Role] | None
    shape: str


class Doors:
    """All doors of one installation. `limit` is the largest file in bytes; `spool_folder` must be private."""

    def __init__(
        self,
        database: Database,
        keys: Keys,
        *,
        limit: int = 256 * 1024 * 1024,
        spool_folder: Path | None = None,
        clock: Clock = system_clock,
        bearer: Bearer | None = None,
        scanner: Scanner | None = None,
    ) -> None:
        self.database = database
        self.keys = keys
        self.bearer = bearer or Bearer(keys, clock)
        self.clock = clock
        self.desk = Desk(database, keys, limit, spool_folder, scanner=scanner)

    def handle(self, request: Request) -> Response:
        """The answer. Refusals are answers; a lost database is 503 with EXC-0019; other failures surface."""
        shape = "insurer" if request.path.lower().startswith("/api/") else "plain"
        try:
            return self._answer(request)
        except Refused as refusal:
            return self._refusal(refusal.issues, refusal.status, shape)
        except Exception as error:
            if not is_retryable(error):
                raise
            log.warning("intake door: %s", type(error).__name__)
            return self._refusal((rules.NOT_NOW.at(),), 503, shape)

    def _answer(self, request: Request) -> Response:
        """The answer of the route. Who may not, or did not prove who they are, is in the audit."""
        route, match = _route(request)
        caller = None
        try:
            caller = None if route.who is None else self._who(request)
            if route.who is not None and (caller is None or not _may(caller, route.who)):
                raise Refused(rules.ROLE.at(), status=403)
            return route.answer(self, Call(request, caller, match))
        except Refused as refused:
            self._note(request, route, caller, refused)
            raise

    def _note(self, request: Request, route: Route, caller: Principal | None, refused: Refused) -> None:
        if route.who is None or refused.status not in (401, 403, 429):
            return
        with self.database.connection() as conn:
            if caller is None:
                trail.add_unproved(conn, "intake", refused, request.remote)
            else:
                audit.add_refusal(conn, caller, "C", "intake", " ".join(issue.code for issue in refused.issues))

    def _who(self, request: Request) -> Principal:
        token = request.headers.get("accesstoken", "")
        header = request.headers.get("authorization", "")
        if token and not header:
            who = self.bearer.verify(token)
            self._check_companions(request, token)
            return who
        return self.bearer.verify_header(header)

    def _check_companions(self, request: Request, token: str) -> None:
        """The insurer's clients also send tokenId and passwordHash: when they do, all three must belong together."""
        given, md5 = request.headers.get("tokenid", ""), request.headers.get("passwordhash", "")
        if given and md5 and given != self.token_id(token, md5.strip().upper()):
            raise Refused(MALFORMED.at(Origin(field="tokenId")), status=401)

    def token_id(self, token: str, md5: str) -> str:
        """What binds a token to the password it was taken with; only we can make it."""
        proof = self.keys.sign(f"token-id\x1f{token}\x1f{md5}".encode("utf-8", "replace"))
        return base64.urlsafe_b64encode(sha256(proof).digest()).rstrip(b"=").decode()

    def _refusal(self, issues: Sequence[Issue], status: int, shape: str) -> Response:
        body = reply.refused(issues) if shape == "plain" else reply.insurer_refused(issues, status, self.clock())
        headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
        if status in (429, 503):
            headers["Retry-After"] = "60"
        return _json(body, status, headers)


def _may(caller: Principal, roles: frozenset[Role]) -> bool:
    return caller.role in roles and permits(caller.scope, "exchange")


def _route(request: Request) -> tuple[Route, re.Match[str]]:
    others = set()
    for route in ROUTES:
        if match := route.path.fullmatch(request.path):
            if route.method == request.method:
                return route, match
            others.add(route.method)
    if others:
        raise Refused(rules.METHOD.at(methods=", ".join(sorted(others))), status=405)
    raise Refused(rules.NO_SUCH_ADDRESS.at(), status=404)


def _json(body: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    common = {"Content-Type": "application/json; charset=utf-8", "Cache-Control": "no-store"}
    return Response(status, orjson.dumps(body), {**common, **(headers or {})})


# -- our own doors ----------------------------------------------------------------------------------------------------


def _take_file(doors: Doors, call: Call) -> Response:
    require_sender(call.who)
    spool, name = uploads.read_file(call.request, doors.desk.spool)
    with spool:
        kept = receive(doors.desk, call.who, spool, name=name, door="plain")
    return _json(reply.accepted(kept, call.request.base_url), 200 if kept.again else 202)


def _show_status(doors: Doors, call: Call) -> Response:
    with doors.database.connection() as conn:
        return _json(reply.status(intake.fetch_detail(conn, call.who, call.match["id"])))


def _show_keys(doors: Doors, _call: Call) -> Response:
    keys = [{"keyId": key.id, "algorithm": key.algorithm, "publicKeyPem": key.pem} for key in doors.keys.public()]
    return _json({"keys": keys})


# -- the insurer's shape ----------------------------------------------------------------------------------------------


def _take_token(doors: Doors, call: Call) -> Response:
    fields = {key.lower(): value for key, value in uploads.read_fields(call.request).items()}
    name, md5 = fields.get("username", "").strip(), fields.get("password", "").strip().upper()
    sender = authenticate(doors.database, name, md5, call.request.remote, doors.clock)
    who = Principal(sender.name, Role.FACILITY, sender.facility)
    with doors.database.connection() as conn:
        trail.add_act(conn, who, Did(Act.LOGIN, who.name, f"from={call.request.remote[:64]} token"))
    token = doors.bearer.issue(who, TOKEN_TTL)
    body = reply.insurer_token(token, doors.token_id(token, md5), sender.name, doors.clock() + TOKEN_TTL)
    return _json(body)


def _take_insurer_file(doors: Doors, call: Call) -> Response:
    require_sender(call.who)
    fields, spool = uploads.read_form(call.request, doors.desk.spool, _FILE)
    with spool:
        _require_own(call.who, fields)
        kept = receive(doors.desk, call.who, spool, name=fields.get("filename", ""), door="insurer")
    return _json(reply.insurer_accepted(kept))


def _require_own(who: Principal, fields: dict[str, str]) -> None:
    """The account and the facility named beside the file must be the token's."""
    for field, own in (("username", who.name), ("maCSKCB", who.facility)):
        given = fields.get(field.lower(), "").strip()
        if given and own and given != own:
            raise Refused(rules.OTHER_ACCOUNT.at(Origin(field=field), field=field), status=403)


# -- the Hà Nội shape -------------------------------------------------------------------------------------------------


def _take_batch(doors: Doors, call: Call) -> Response:
    require_sender(call.who)
    document = uploads.read_json(call.request)
    facility = document.get("maCSKCB")
    _require_own(call.who, {"macskcb": facility} if isinstance(facility, str) else {})
    files = document.get("files")
    if not isinstance(files, list) or not files or not all(isinstance(one, str) for one in files):
        raise Refused(rules.JSON_SHAPE.at(Origin(field="files"), field="files", kind="[base64]"), status=400)
    if len(files) > BATCH:
        raise Refused(rules.TOO_MANY_FILES.at(limit=BATCH), status=413)
    return _json(reply.hanoi_batch([_take_one(doors, call.who, text) for text in files]))


def _take_one(doors: Doors, who: Principal, text: str) -> Kept | Sequence[Issue]:
    """One file of a batch; its refusal does not touch the others."""
    try:
        with doors.desk.spool() as spool:
            return receive(doors.desk, who, uploads.decoded(text, spool, "files"), door="hanoi")
    except Refused as refusal:
        return refusal.issues


def _show_hanoi_status(doors: Doors, call: Call) -> Response:
    with doors.database.connection() as conn:
        return _json(reply.hanoi_status(intake.fetch_detail(conn, call.who, call.match["id"])))


def _path(pattern: str) -> re.Pattern[str]:
    """Senders write the same address in different cases."""
    return re.compile(pattern, re.IGNORECASE | re.ASCII)


ROUTES = (
    Route("POST", _path(r"/exchange/bhyt/?"), _take_file, SENDERS, "plain"),
    Route("GET", _path(r"/exchange/intake/(?P<id>[^/]{1,64})"), _show_status, _LOOKERS, "plain"),
    Route("GET", _path(r"/exchange/keys"), _show_keys, None, "plain"),
    Route("POST", _path(r"/api/(auth/)?token/take"), _take_token, None, "insurer"),
    Route("POST", _path(r"/api/qd130/guiHoSoXml\w{0,20}"), _take_insurer_file, SENDERS, "insurer"),
    Route("POST", _path(r"/api/qd130/checkIn\w{0,20}"), _take_insurer_file, SENDERS, "insurer"),
    Route("POST", _path(r"/api/kcb/xml/qd\d{3,4}/guiHoSoXml"), _take_batch, SENDERS, "insurer"),
    Route("GET", _path(r"/api/kcb/tra-cuu-trang-thai/(?P<id>[^/]{1,64})"), _show_hanoi_status, _LOOKERS, "insurer"),
)
"""Every door, with who may: open are only `token/take` and the public keys, which a third party needs for a receipt."""
