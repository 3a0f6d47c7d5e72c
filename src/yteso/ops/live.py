"""Live updates as Server-Sent Events: `GET /live?topics=intake,marts&ticket=…` -> `event: intake` whenever it changed.

Only names of topics go out, never data: the page then asks again, with its own rights. A caller shows either the
ticket its page was given or a bearer token in the Authorization header, and hears the topics of its role. A stream ends
within a second when its session, account, token or role is no longer what it was.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket

from yteso.access.bearer import Bearer
from yteso.access.principal import Role
from yteso.access.topics import heard_by
from yteso.base.errors import Refused
from yteso.base.settings import Settings
from yteso.base.trace import where
from yteso.db.listen import Listener
from yteso.oauth.ended import Ended
from yteso.oauth.origins import Origins
from yteso.ops.compose import build
from yteso.ops.hub import CHANNEL, TOPICS, Hub, Subscriber
from yteso.ops.logs import log_to_stderr
from yteso.ops.sockets import Sockets

log = logging.getLogger(__name__)
_BEAT_SECONDS = 15.0
_LEAST_SECONDS_BETWEEN = 0.5
_LOOK_SECONDS = 0.3
STALE_SECONDS = 10.0
"""So long streams go on while nobody can tell who still may hear them."""
_POLICY = 1008
IsApp = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Shown:
    """What a caller came with: the ticket of a page, or a header with a bearer token."""

    ticket: str
    authorization: str


class Roles(Protocol):
    """Whose role each of them is now; who is not known, or not any more, is left out. Asked in one thread only."""

    def __call__(self, shown: Collection[Shown], /) -> Mapping[Shown, Role]:
        """May read the database, and raise when that does not answer."""

    def close(self) -> None:
        """Nobody asks any more."""


def application_of(
    settings: Settings, hub: Hub, roles: Roles, sockets: Sockets | None = None, is_app: IsApp = lambda _: False
) -> Starlette:
    """The ASGI application; `sockets` tell those who subscribed by websocket, `is_app` knows origins of apps' pages."""
    reception = Reception(hub, roles)

    async def live(request: Request) -> Response:
        origin = allowed_origin(request, settings)
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no", "X-Content-Type-Options": "nosniff"}
        if origin:
            headers |= {"Access-Control-Allow-Origin": origin, "Access-Control-Allow-Credentials": "true"}
            headers["Vary"] = "Origin"
        shown = Shown(request.query_params.get("ticket", ""), request.headers.get("authorization", ""))
        role = (await reception.ask([shown])).get(shown)
        if role is None:
            return PlainTextResponse("401\n", 401, headers)
        subscriber = hub.subscribe(heard_by(role).intersection(wanted(request)), shown, role)
        if subscriber is None:
            return PlainTextResponse("503\n", 503, {**headers, "Retry-After": "10"})
        return StreamingResponse(events(hub, subscriber), 200, headers, "text/event-stream")

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        hub.start()
        watching = asyncio.create_task(reception.watch())
        yield
        hub.close()
        await watching
        reception.close()
        if sockets is not None:
            sockets.close()

    async def subscriptions(socket: WebSocket) -> None:
        """A page of a site that is neither ours nor a registered app's opens none (RFC 6455 §10.2)."""
        assert sockets is not None
        origin = socket.headers.get("origin", "")
        if origin and not allowed_origin(socket, settings) and not await asyncio.to_thread(is_app, origin):
            await socket.close(_POLICY)
            return
        await sockets.serve(socket)

    routes: list[BaseRoute] = [Route("/live", live, methods=["GET"])]
    if sockets is not None:
        routes.append(WebSocketRoute("/subscriptions", subscriptions))
    return Starlette(routes=routes, lifespan=lifespan)


class Reception:
    """Who may hear, asked at the door and again for as long as somebody listens; in a thread of its own."""

    def __init__(self, hub: Hub, roles: Roles) -> None:
        self._hub, self._roles = hub, roles
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="live reception")

    async def ask(self, shown: Collection[Shown]) -> Mapping[Shown, Role]:
        """Whose role each of them is now. Raises when that cannot be known."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._roles, shown)

    def close(self) -> None:
        """Nobody comes any more."""
        self._thread.submit(self._roles.close)
        self._thread.shutdown()

    async def watch(self) -> None:
        """End every stream whose role has changed or is gone; all of them when nobody can tell for a while."""
        known = time.monotonic()
        while not self._hub.closed:
            await asyncio.sleep(_LOOK_SECONDS)
            listening = self._hub.listening()
            try:
                now = await self.ask({one.shown for one in listening}) if listening else {}
                known = time.monotonic()
            except Exception as error:
                log.warning("who listens could not be asked: %s", where(error))
                if time.monotonic() - known < STALE_SECONDS:
                    continue
                now = {}
            for one in listening:
                if one.role is None or now.get(one.shown) is not one.role:
                    one.close()


def wanted(request: Request) -> list[str]:
    """The topics asked for; all of them when none is named."""
    return [topic for topic in request.query_params.get("topics", "").split(",") if topic] or sorted(TOPICS)


async def events(hub: Hub, subscriber: Subscriber) -> AsyncIterator[bytes]:
    """The stream: a greeting, one event per changed topic at most twice a second, a comment when nothing happens."""
    try:
        yield b"retry: 3000\n: yteso\n\n"
        while not subscriber.is_over:
            topics = await subscriber.changed(_BEAT_SECONDS)
            if subscriber.is_over:
                return
            text = "".join(f"event: {topic}\ndata: {topic}\n\n" for topic in topics) or ": beat\n\n"
            yield text.encode()
            await subscriber.rest(_LEAST_SECONDS_BETWEEN)
    finally:
        hub.leave(subscriber)


def allowed_origin(request: HTTPConnection, settings: Settings) -> str:
    """The page's origin when it is ours: the public address, or the web port of the host the browser asked here."""
    origin = request.headers.get("origin", "")
    if not origin:
        return ""
    page, public = urlsplit(origin), urlsplit(settings.public_url)
    if public.netloc and (page.scheme, page.netloc) == (public.scheme, public.netloc):
        return origin
    same_host = page.hostname == urlsplit(f"//{request.headers.get('host', '')}").hostname
    return origin if same_host and page.port == settings.port else ""


class TicketOrToken:
    """The roles of pages' tickets and bearer tokens of this installation; an app, which has scopes, has no ear here."""

    def __init__(self, settings: Settings, bearer: Bearer) -> None:
        from yteso.web import setup

        self._bearer = bearer
        setup.configure(settings)

    def __call__(self, shown: Collection[Shown]) -> dict[Shown, Role]:
        """See `Roles`. The thread keeps its connection until something fails."""
        from yteso.web.live import roles_in

        tickets = {one.ticket: one for one in shown if one.ticket}
        try:
            found = {tickets[ticket]: role for ticket, role in roles_in(tickets).items()}
        except BaseException:
            self.close()
            raise
        held = {one: _role_of_token(self._bearer, one.authorization) for one in shown if not one.ticket}
        return found | {one: role for one, role in held.items() if role is not None}

    def close(self) -> None:
        """See `Roles`."""
        from yteso.web import setup

        setup.close()


def _role_of_token(bearer: Bearer, authorization: str) -> Role | None:
    try:
        who = bearer.verify_header(authorization)
    except Refused:
        return None
    return who.role if who.scope is None else None


def _application() -> Starlette:
    settings = Settings.from_environment()
    log_to_stderr(settings.syslog)
    hub = Hub(Listener(settings.database_url, [CHANNEL], application="yteso live"))
    services = build(settings, application="yteso live", connections=4)
    ended = Ended(services.database, services.clock)
    sockets = Sockets(
        services.database,
        services.store,
        services.people,
        settings.fhir_address,
        services.clock,
        is_over=lambda drawer: ended.is_over(drawer.name, drawer.client, drawer.grant, drawer.drawn.timestamp()),
    )
    apps = Origins(services.database)
    return application_of(settings, hub, TicketOrToken(settings, services.bearer), sockets, apps.allows)


def __getattr__(name: str) -> Starlette:
    """`application` is made when the server asks for it, so that importing this module connects to nothing."""
    if name != "application":
        raise AttributeError(name)
    return _application()
