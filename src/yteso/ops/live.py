"""Live updates as Server-Sent Events: `GET /live?topics=intake,marts&ticket=…` -> `event: intake` whenever it changed.

Only names of topics go out, never data: the page then asks again, with its own rights. A caller shows either the
ticket its page was given, which names nobody, or a bearer token in the Authorization header, and hears the topics of
its role.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
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
from yteso.db.listen import Listener
from yteso.oauth.origins import Origins
from yteso.ops.compose import build
from yteso.ops.hub import CHANNEL, TOPICS, Hub, Subscriber
from yteso.ops.sockets import Sockets

_BEAT_SECONDS = 15.0
_LEAST_SECONDS_BETWEEN = 0.5
_POLICY = 1008
RoleOf = Callable[[Request], Role | None]
"""Who asks, by role; None: nobody known."""
IsApp = Callable[[str], bool]


def application_of(
    settings: Settings, hub: Hub, role_of: RoleOf, sockets: Sockets | None = None, is_app: IsApp = lambda _: False
) -> Starlette:
    """The ASGI application; `sockets` tell those who subscribed by websocket, `is_app` knows origins of apps' pages."""

    async def live(request: Request) -> Response:
        origin = allowed_origin(request, settings)
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no", "X-Content-Type-Options": "nosniff"}
        if origin:
            headers |= {"Access-Control-Allow-Origin": origin, "Access-Control-Allow-Credentials": "true"}
            headers["Vary"] = "Origin"
        role = role_of(request)
        if role is None:
            return PlainTextResponse("401\n", 401, headers)
        subscriber = hub.subscribe(heard_by(role).intersection(wanted(request)))
        if subscriber is None:
            return PlainTextResponse("503\n", 503, {**headers, "Retry-After": "10"})
        return StreamingResponse(events(hub, subscriber), 200, headers, "text/event-stream")

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        hub.start()
        yield
        hub.close()
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


def wanted(request: Request) -> list[str]:
    """The topics asked for; all of them when none is named."""
    return [topic for topic in request.query_params.get("topics", "").split(",") if topic] or sorted(TOPICS)


async def events(hub: Hub, subscriber: Subscriber) -> AsyncIterator[bytes]:
    """The stream: a greeting, one event per changed topic at most twice a second, a comment when nothing happens."""
    try:
        yield b"retry: 3000\n: yteso\n\n"
        while not hub.closed:
            topics = await subscriber.changed(_BEAT_SECONDS)
            if hub.closed:
                return
            text = "".join(f"event: {topic}\ndata: {topic}\n\n" for topic in topics) or ": beat\n\n"
            yield text.encode()
            await asyncio.sleep(_LEAST_SECONDS_BETWEEN)
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


def ticket_or_token(settings: Settings, bearer: Bearer) -> RoleOf:
    """The role in a page's ticket or a bearer token of this installation; an app, which has scopes, has no ear here."""
    from yteso.web import setup
    from yteso.web.live import role_in
    from yteso.web.secret import load_or_create_secret

    secret = load_or_create_secret(settings.home)
    setup.configure(settings)

    def role_of(request: Request) -> Role | None:
        ticket = request.query_params.get("ticket", "")
        if ticket:
            return role_in(ticket, secret)
        try:
            who = bearer.verify_header(request.headers.get("authorization", ""))
        except Refused:
            return None
        return who.role if who.scope is None else None

    return role_of


def _application() -> Starlette:
    settings = Settings.from_environment()
    hub = Hub(Listener(settings.database_url, [CHANNEL], application="yteso live"))
    services = build(settings, application="yteso live", connections=4)
    sockets = Sockets(services.database, services.store, services.people, settings.fhir_address, services.clock)
    apps = Origins(services.database)
    return application_of(settings, hub, ticket_or_token(settings, services.bearer), sockets, apps.allows)


def __getattr__(name: str) -> Starlette:
    """`application` is made when the server asks for it, so that importing this module connects to nothing."""
    if name != "application":
        raise AttributeError(name)
    return _application()
